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
#include "wire/system_error.h"

namespace md5spec {
namespace {

// How often a stalled send looks whether it is to go on.
constexpr std::chrono::milliseconds kStallLook(250);

// Errors that say that this machine, not the server, is short of something.
bool is_own_limit(const std::error_code& error) {
  const auto reasons = {std::errc::too_many_files_open,   std::errc::too_many_files_open_in_system,
                        std::errc::address_not_available, std::errc::address_in_use,
                        std::errc::no_buffer_space,       std::errc::not_enough_memory};
  return std::any_of(reasons.begin(), reasons.end(),
                     [&](std::errc reason) { return failed_for(error, reason); });
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
      options_(std::move(options)),
      socket_(executor),
      changed_(executor) {
  changed_.expires_at(Clock::time_point::max());
}

asio::awaitable<Connection::Opened> Connection::open(asio::ip::tcp::endpoint server,
                                                     Deadline deadline) {
  const Opened connected = co_await connect(std::move(server), deadline);
  if (connected != Opened::kYes) co_return connected;
  co_return co_await secure(deadline);
}

asio::awaitable<Connection::Opened> Connection::connect(asio::ip::tcp::endpoint server,
                                                        Deadline deadline) {
  recorder_->add(number_, Event::Kind::kConnect);
  std::error_code error;
  socket_.open(server.protocol(), error);
  // Before connecting: the window and the segments that the server sees are settled in the
  // handshake.
  if (!error && options_.receive_buffer > 0) make_small(error);
  if (!error) {
    auto connecting =
        socket_.async_connect(server, asio::redirect_error(asio::use_awaitable, error));
    const bool in_time = co_await ends_by(deadline, std::move(connecting));
    if (!in_time) error = std::make_error_code(std::errc::timed_out);
  }
  if (error == asio::error::connection_reset) {
    // The handshake was complete, and a reset came right behind it.
    recorder_->add(number_, Event::Kind::kConnected);
    idle_since_ = Clock::now();
    if (options_.tls) {
      no_handshake(Event::Came::kEnded, "the server reset the connection before the TLS handshake");
      co_return Opened::kNoHandshake;
    }
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
  idle_since_ = Clock::now();
  co_return Opened::kYes;
}

asio::awaitable<Connection::Opened> Connection::secure(Deadline deadline) {
  if (!options_.tls) co_return Opened::kYes;
  const bool secured = co_await shake_hands(deadline);
  idle_since_ = Clock::now();
  co_return secured ? Opened::kYes : Opened::kNoHandshake;
}

// With short segments the server's system, too, keeps less for a client that doesn't read.
void Connection::make_small(std::error_code& error) {
  const int size = static_cast<int>(options_.receive_buffer);
  // A smaller one would have each write wait for a delayed acknowledgement.
  constexpr int kSendBuffer = 64 << 10;
  socket_.set_option(asio::socket_base::receive_buffer_size(size), error);
  if (!error) socket_.set_option(asio::socket_base::send_buffer_size(kSendBuffer), error);
  // As long as every host must take (RFC 9293, section 3.7.1).
  constexpr int kShortSegment = 536;
  std::error_code ignored;  // not every system lets it be chosen
  socket_.set_option(asio::detail::socket_option::integer<IPPROTO_TCP, TCP_MAXSEG>(kShortSegment),
                     ignored);
}

asio::awaitable<bool> Connection::shake_hands(Deadline deadline) {
  tls_ = std::make_unique<TlsSession>(options_.tls);
  std::string buffer(kMostInRecord, '\0');
  for (;;) {
    const TlsSession::Handshake state = tls_->handshake();
    write_records();  // if it failed, this says so; all of it fits a socket's buffer that is empty
    if (state == TlsSession::Handshake::kFailed)
      co_return no_handshake(Event::Came::kUnexpected, tls_->error());
    if (state == TlsSession::Handshake::kUntrusted)
      co_return no_handshake(Event::Came::kUntrusted, tls_->error());
    if (state == TlsSession::Handshake::kDone) break;
    std::error_code error;
    auto readable = socket_.async_wait(asio::ip::tcp::socket::wait_read,
                                       asio::redirect_error(asio::use_awaitable, error));
    const bool in_time = co_await ends_by(deadline, std::move(readable));
    if (!in_time)
      co_return no_handshake(Event::Came::kTimeout, "the server didn't go on with it in time");
    const std::size_t count = socket_.read_some(asio::buffer(buffer), error);
    if (error == asio::error::would_block || error == asio::error::try_again) continue;
    if (error == asio::error::eof)
      co_return no_handshake(Event::Came::kEnded, "the server closed the connection");
    if (error) co_return no_handshake(Event::Came::kEnded, error.message());
    tls_->feed(std::string_view(buffer).substr(0, count));
  }
  secured_ = true;
  recorder_->add(number_, Event::Kind::kSecured, 0, tls_->version());
  co_return true;
}

// The end of it; returns false.
bool Connection::no_handshake(Event::Came came, std::string why) {
  handshake_error_ = why;
  recorder_->add(number_, Event::Kind::kHandshakeFailed, 0, std::move(why)).came = came;
  ended_ = true;
  std::error_code ignored;
  socket_.close(ignored);
  return false;
}

void Connection::start_reading(std::size_t most) {
  read_most_ = most;
  if (most == kEverything && !reading_since_) reading_since_ = Clock::now();
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
  // Something may have come along with the handshake's end.
  if (tls_ && !decrypt({})) co_return;
  while (socket_.is_open() && received_.size() < read_most_) {
    std::error_code error;
    std::size_t most = slow_ ? kSlowRead : buffer.size();
    if (!tls_) most = std::min(most, read_most_ - received_.size());
    const std::size_t count = co_await socket_.async_read_some(
        asio::buffer(buffer.data(), most), asio::redirect_error(asio::use_awaitable, error));
    if (!socket_.is_open()) co_return;  // whatever came was on its way when the client left
    const std::string_view bytes(buffer.data(), count);
    if (count > 0) {
      const bool goes_on = tls_ ? decrypt(bytes) : take(bytes);
      if (!goes_on) co_return;
    }
    if (error == asio::error::operation_aborted || !socket_.is_open()) co_return;
    if (error) {
      peer_ended(error);
      co_return;
    }
    if (slow_) co_await rest();
  }
}

// What comes meanwhile waits for this side, so the server's time begins anew behind it.
asio::awaitable<void> Connection::rest() {
  resting_ = true;
  const Clock::time_point since = Clock::now();
  asio::steady_timer gap(socket_.get_executor(), kSlowGap);
  std::error_code ignored;
  co_await gap.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  resting_ = false;
  idle_since_ = Clock::now();
  rested_ += std::chrono::duration_cast<Duration>(idle_since_ - since);
}

// Returns false where reading ends.
bool Connection::take(std::string_view bytes) {
  const bool flood = received_.size() + bytes.size() > options_.most;
  // Of a flood no more is kept than shows that it is one.
  if (flood) bytes = bytes.substr(0, options_.most + 1 - received_.size());
  received_.append(bytes);
  idle_since_ = Clock::now();
  recorder_->add(number_, Event::Kind::kReceive, bytes.size(), std::string(bytes));
  if (flood) {
    recorder_->add(number_, Event::Kind::kFlood);
    ended_ = true;
  }
  notify();
  return !flood;
}

// Takes whatever `records` complete. Returns false where reading ends.
bool Connection::decrypt(std::string_view records) {
  tls_->feed(records);
  std::string bytes;
  for (;;) {
    switch (tls_->read(&bytes)) {
      case TlsSession::Read::kSome:
        if (!take(bytes)) return false;
        break;
      case TlsSession::Read::kNeedMore:
        write_records();  // an answer to a change of keys, say
        return true;
      case TlsSession::Read::kClosed:
        ended_ = true;
        recorder_->add(number_, Event::Kind::kPeerEnd, 0, "with close_notify");
        notify();
        return false;
      case TlsSession::Read::kRefused:
        no_handshake(Event::Came::kUnexpected, tls_->error());
        notify();
        return false;
      case TlsSession::Read::kFailed:
        write_records();
        ended_ = true;
        error_ = std::make_error_code(std::errc::protocol_error);
        recorder_->add(number_, Event::Kind::kPeerReset, 0, "TLS: " + tls_->error());
        notify();
        return false;
    }
  }
}

// A call that failed because this machine is short of something says nothing of the server.
void Connection::note_own_limit(const std::error_code& error) {
  Hindrance& hindrance = recorder_->transcript().hindrance;
  if (!is_own_limit(error) || hindrance.kind != Hindrance::Kind::kNone) return;
  hindrance = {Hindrance::Kind::kEnvironment,
               "this machine is short of something: " + error.message()};
}

void Connection::peer_ended(const std::error_code& error) {
  if (ended_) return;
  ended_ = true;
  note_own_limit(error);
  // After a failed write the system reports a plain end of stream: the failure has used up the
  // reset.
  if (error != asio::error::eof) error_ = error;
  const bool in_order = error == asio::error::eof && !send_failed_;
  const char* const how = tls_ ? "without close_notify" : "";
  recorder_->add(number_, in_order ? Event::Kind::kPeerEnd : Event::Kind::kPeerReset, 0,
                 in_order ? how : error.message());
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
    const std::size_t count = write_some(bytes, error);
    if (count > 0) {
      sent_ += count;
      recorder_->add(number_, Event::Kind::kSend, count);
      bytes.remove_prefix(count);
    }
    if (error == asio::error::would_block || error == asio::error::try_again) {
      recorder_->add(number_, Event::Kind::kSendStalled);
      if (read_after_) {
        const Stall first = co_await sit_out_stall(*read_after_, deadline, OnStall::kStop, enough);
        if (first == Stall::kOver) continue;
        read_after_.reset();
        start_reading();
      }
      const Stall stall = co_await sit_out_stall(patience, deadline, on_stall, enough);
      if (stall == Stall::kTooLong && on_stall == OnStall::kFail) {
        recorder_->add(number_, Event::Kind::kSendFailed, 0,
                       "the server took no more bytes in time");
      }
      if (stall != Stall::kOver) co_return false;
    } else if (error) {
      note_own_limit(error);
      send_failed_ = true;
      error_ = error;
      recorder_->add(number_, Event::Kind::kSendFailed, 0, error.message());
      co_return false;
    }
  }
  co_return true;
}

// A server that takes nothing may still be writing: as long as something comes it is under way.
// That doesn't matter where nothing is wanted but that it takes nothing.
asio::awaitable<Connection::Stall> Connection::sit_out_stall(Duration patience, Deadline deadline,
                                                             OnStall on_stall,
                                                             const std::function<bool()>* enough) {
  const Clock::time_point began = Clock::now();
  for (;;) {
    if (enough != nullptr && (*enough)()) co_return Stall::kEnough;
    const Clock::time_point idle =
        on_stall == OnStall::kStop ? began : std::max(began, idle_since());
    const Deadline latest = std::min(deadline, idle + patience);
    if (Clock::now() >= latest || !socket_.is_open()) co_return Stall::kTooLong;
    std::error_code error;
    auto writable = socket_.async_wait(asio::ip::tcp::socket::wait_write,
                                       asio::redirect_error(asio::use_awaitable, error));
    const bool in_time =
        co_await ends_by(std::min(latest, Clock::now() + kStallLook), std::move(writable));
    if (in_time) co_return Stall::kOver;
  }
}

// How many of the first bytes are with the system now.
std::size_t Connection::write_some(std::string_view bytes, std::error_code& error) {
  if (!tls_) return socket_.write_some(asio::buffer(bytes.data(), bytes.size()), error);
  if (in_record_ == 0) {
    const std::string_view next = bytes.substr(0, kMostInRecord);
    if (!tls_->encrypt(next)) {
      error = std::make_error_code(std::errc::protocol_error);
      return 0;
    }
    in_record_ = next.size();
  }
  error = write_records();
  return error ? 0 : std::exchange(in_record_, 0);
}

// Hands the system what it takes at once of what the session has to send.
std::error_code Connection::write_records() {
  std::error_code error;
  while (!error && socket_.is_open() && !tls_->output().empty()) {
    const std::string_view records = tls_->output();
    tls_->sent(socket_.write_some(asio::buffer(records.data(), records.size()), error));
  }
  return error;
}

// Goes on with that until nothing is left.
asio::awaitable<void> Connection::write_rest() {
  std::error_code error;
  while (!error && socket_.is_open() && !tls_->output().empty()) {
    co_await socket_.async_wait(asio::ip::tcp::socket::wait_write,
                                asio::redirect_error(asio::use_awaitable, error));
    if (!error) error = write_records();
    if (error == asio::error::would_block || error == asio::error::try_again) error.clear();
  }
}

void Connection::half_close() {
  if (half_closed_ || !socket_.is_open()) return;
  half_closed_ = true;
  std::error_code error;
  if (tls_) {
    tls_->close_notify();
    error = write_records();
    if (error == asio::error::would_block || error == asio::error::try_again) {
      error.clear();
      ++writing_rest_;
      auto self = shared_from_this();
      asio::co_spawn(
          socket_.get_executor(), [self]() { return self->write_rest(); },
          [self](const std::exception_ptr& thrown) {
            --self->writing_rest_;
            self->notify();
            if (thrown) std::rethrow_exception(thrown);
          });
    }
  } else {
    socket_.shutdown(asio::ip::tcp::socket::shutdown_send, error);
  }
  note_own_limit(error);
  recorder_->add(number_, Event::Kind::kHalfClose, 0, error && !ended_ ? error.message() : "");
}

void Connection::fin() {
  if (!tls_) return half_close();
  if (half_closed_ || !socket_.is_open()) return;
  half_closed_ = true;
  std::error_code error;
  socket_.shutdown(asio::ip::tcp::socket::shutdown_send, error);
  recorder_->add(number_, Event::Kind::kFin, 0, error && !ended_ ? error.message() : "");
}

void Connection::close() {
  if (!socket_.is_open()) return;
  recorder_->add(number_, Event::Kind::kClose);
  if (tls_ && !half_closed_ && !send_failed_) {
    tls_->close_notify();
    write_records();
  }
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
  while (reading_ || writing_rest_ > 0) co_await activity(Clock::time_point::max());
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
