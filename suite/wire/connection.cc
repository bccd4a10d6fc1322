#include "wire/connection.h"

#include <algorithm>
#include <array>
#include <utility>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <asio/co_spawn.hpp>
#include <asio/redirect_error.hpp>
#include <asio/use_awaitable.hpp>

#include "wire/race.h"

namespace md5spec {
namespace {

// How often a stalled send looks whether it is to go on.
constexpr std::chrono::milliseconds kStallLook(250);

// Errors that say that this machine, not the server, is short of something.
bool is_own_limit(const std::error_code& error) {
  return error == std::errc::too_many_files_open ||
         error == std::errc::too_many_files_open_in_system ||
         error == std::errc::address_not_available || error == std::errc::no_buffer_space ||
         error == std::errc::not_enough_memory || error == std::errc::address_in_use;
}

}  // namespace

Event& Recorder::add(int connection, Event::Kind kind, std::uint64_t bytes, std::string data) {
  std::vector<Event>& events = transcript_->events;
  const bool follows_send = !events.empty() && events.back().connection == connection &&
                            events.back().kind == Event::Kind::kSend;
  if (joins_sends_ && follows_send) {
    if (kind == Event::Kind::kSend) events.back().bytes += bytes;
    if (kind == Event::Kind::kSend || kind == Event::Kind::kSendStalled) return events.back();
  }
  Event event;
  event.at = now();
  event.connection = connection;
  event.kind = kind;
  event.bytes = bytes;
  event.data = std::move(data);
  events.push_back(std::move(event));
  return events.back();
}

Connection::Connection(const asio::any_io_executor& executor, Recorder& recorder, int number,
                       Options options)
    : recorder_(&recorder),
      number_(number),
      options_(options),
      socket_(executor),
      changed_(executor) {
  changed_.expires_at(Clock::time_point::max());
}

asio::awaitable<Connection::Opened> Connection::open(asio::ip::tcp::endpoint server,
                                                     Deadline deadline) {
  recorder_->add(number_, Event::Kind::kConnect);
  std::error_code error;
  socket_.open(server.protocol(), error);
  if (!error && options_.receive_buffer > 0) {
    // Before connecting: the window that the server sees is settled in the handshake.
    socket_.set_option(
        asio::socket_base::receive_buffer_size(static_cast<int>(options_.receive_buffer)), error);
  }
  if (!error) {
    auto connecting =
        socket_.async_connect(server, asio::redirect_error(asio::use_awaitable, error));
    const bool in_time = co_await ends_by(deadline, std::move(connecting));
    if (!in_time) error = std::make_error_code(std::errc::timed_out);
  }
  if (error == asio::error::connection_reset) {
    // The handshake was complete, and a reset came right behind it.
    recorder_->add(number_, Event::Kind::kConnected);
    last_received_ = Clock::now();
    peer_ended(error);
    co_return Opened::kYes;
  }
  if (error) {
    error_ = error;
    recorder_->add(number_, Event::Kind::kConnectFailed, 0, error.message());
    std::error_code ignored;
    socket_.close(ignored);
    co_return is_own_limit(error) ? Opened::kOwnLimit : Opened::kRefused;
  }
  socket_.set_option(asio::ip::tcp::no_delay(true), error);
  socket_.non_blocking(true,
                       error);  // write_some() is not to wait, though it is no asynchronous call
  recorder_->add(number_, Event::Kind::kConnected);
  const auto local = socket_.local_endpoint(error);
  if (!error)
    recorder_->transcript().connections[static_cast<std::size_t>(number_)].local_port =
        local.port();
  last_received_ = Clock::now();
  co_return Opened::kYes;
}

void Connection::start_reading() {
  if (reading_ || ended_ || !socket_.is_open()) return;
  reading_ = true;
  auto self = shared_from_this();
  asio::co_spawn(
      socket_.get_executor(), [self]() { return self->read_all(); },
      [self](const std::exception_ptr& thrown) {
        self->reading_ = false;
        self->notify();
        if (thrown) std::rethrow_exception(thrown);
      });
}

asio::awaitable<void> Connection::read_all() {
  std::array<char, 65536>
      buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init): filled before it is read
  while (socket_.is_open()) {
    std::error_code error;
    const std::size_t count = co_await socket_.async_read_some(
        asio::buffer(buffer), asio::redirect_error(asio::use_awaitable, error));
    if (count > 0) {
      received_.append(buffer.data(), count);
      last_received_ = Clock::now();
      recorder_->add(number_, Event::Kind::kReceive, count, std::string(buffer.data(), count));
      if (received_.size() > options_.most) {
        recorder_->add(number_, Event::Kind::kFlood);
        ended_ = true;
        notify();
        co_return;
      }
      notify();
    }
    if (error == asio::error::operation_aborted || !socket_.is_open()) co_return;
    if (error) {
      peer_ended(error);
      co_return;
    }
  }
}

void Connection::peer_ended(const std::error_code& error) {
  if (ended_) return;
  ended_ = true;
  // After a failed write the system reports a plain end of stream: the failure has used up the
  // reset.
  if (error != asio::error::eof) error_ = error;
  const bool in_order = error == asio::error::eof && !send_failed_;
  recorder_->add(number_, in_order ? Event::Kind::kPeerEnd : Event::Kind::kPeerReset, 0,
                 in_order ? "" : error.message());
  notify();
}

void Connection::notify() {
  news_ = true;
  changed_.cancel();
}

asio::awaitable<bool> Connection::activity(Deadline deadline) {
  if (!news_) {
    changed_.expires_at(deadline);
    std::error_code cancelled;
    co_await changed_.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
  }
  co_return std::exchange(news_, false);
}

asio::awaitable<bool> Connection::send(std::string_view bytes, Duration patience, Deadline deadline,
                                       OnStall on_stall, const std::function<bool()>* enough) {
  while (!bytes.empty()) {
    if (!socket_.is_open() || send_failed_) co_return false;
    std::error_code error;
    const std::size_t count = socket_.write_some(asio::buffer(bytes.data(), bytes.size()), error);
    if (count > 0) {
      sent_ += count;
      recorder_->add(number_, Event::Kind::kSend, count);
      bytes.remove_prefix(count);
    }
    if (error == asio::error::would_block || error == asio::error::try_again) {
      recorder_->add(number_, Event::Kind::kSendStalled);
      if (on_stall == OnStall::kStop) co_return false;
      if (read_after_stall_) start_reading();
      const Stall stall = co_await sit_out_stall(patience, deadline, enough);
      if (stall == Stall::kTooLong) {
        recorder_->add(number_, Event::Kind::kSendFailed, 0,
                       "the server took no more bytes in time");
      }
      if (stall != Stall::kOver) co_return false;
    } else if (error) {
      send_failed_ = true;
      error_ = error;
      recorder_->add(number_, Event::Kind::kSendFailed, 0, error.message());
      co_return false;
    }
  }
  co_return true;
}

// A server that takes nothing may still be writing: as long as something comes it is under way.
asio::awaitable<Connection::Stall> Connection::sit_out_stall(Duration patience, Deadline deadline,
                                                             const std::function<bool()>* enough) {
  const Clock::time_point began = Clock::now();
  for (;;) {
    if (enough != nullptr && (*enough)()) co_return Stall::kEnough;
    const Deadline latest = std::min(deadline, std::max(began, last_received_) + patience);
    if (Clock::now() >= latest || !socket_.is_open()) co_return Stall::kTooLong;
    std::error_code error;
    auto writable = socket_.async_wait(asio::ip::tcp::socket::wait_write,
                                       asio::redirect_error(asio::use_awaitable, error));
    const bool in_time =
        co_await ends_by(std::min(latest, Clock::now() + kStallLook), std::move(writable));
    if (in_time) co_return Stall::kOver;
  }
}

void Connection::half_close() {
  if (half_closed_ || !socket_.is_open()) return;
  half_closed_ = true;
  std::error_code error;
  socket_.shutdown(asio::ip::tcp::socket::shutdown_send, error);
  recorder_->add(number_, Event::Kind::kHalfClose, 0, error && !ended_ ? error.message() : "");
}

void Connection::close() {
  if (!socket_.is_open()) return;
  recorder_->add(number_, Event::Kind::kClose);
  std::error_code ignored;
  socket_.close(ignored);
}

void Connection::reset() {
  if (!socket_.is_open()) return;
  recorder_->add(number_, Event::Kind::kReset);
  std::error_code ignored;
  socket_.set_option(asio::socket_base::linger(true, 0), ignored);
  socket_.close(ignored);
}

asio::awaitable<void> Connection::finish() {
  close();
  while (reading_) co_await activity(Clock::time_point::max());
}

int Connection::segment_size() const {
#ifdef __linux__
  tcp_info info{};
  socklen_t length = sizeof info;
  auto& socket = const_cast<asio::ip::tcp::socket&>(socket_);
  if (getsockopt(socket.native_handle(), IPPROTO_TCP, TCP_INFO, &info, &length) == 0)
    return static_cast<int>(info.tcpi_snd_mss);
#endif
  return 0;
}

}  // namespace md5spec
