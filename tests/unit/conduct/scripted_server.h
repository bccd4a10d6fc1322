// Servers that do as they are told, on a loopback port of their own: what they do to each
// connection is a coroutine.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <exception>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>

#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/post.hpp>
#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/write.hpp>

#include "conduct/endpoint.h"
#include "digest/md5.h"

namespace md5spec {

class ScriptedServer;

// The server's end of one connection.
class Peer {
 public:
  Peer(asio::ip::tcp::socket socket, ScriptedServer& server, int number)
      : socket_(std::move(socket)), server_(&server), number_(number) {}

  int number() const { return number_; }  // from 0, in the order of accepting
  ScriptedServer& server() { return *server_; }

  // The next line without its LF; nothing at the end of stream.
  asio::awaitable<std::optional<std::string>> line() {
    for (;;) {
      const std::size_t end = unread_.find('\n');
      if (end != std::string::npos) {
        std::string found = unread_.substr(0, end);
        unread_.erase(0, end + 1);
        co_return found;
      }
      const bool more = co_await read();
      if (!more) co_return std::nullopt;
    }
  }

  // Whatever comes next; nothing at the end of stream.
  asio::awaitable<std::optional<std::string>> some() {
    if (unread_.empty()) {
      const bool more = co_await read();
      if (!more) co_return std::nullopt;
    }
    co_return std::exchange(unread_, {});
  }

  // All until the end of stream.
  asio::awaitable<std::string> all() {
    for (;;) {
      const bool more = co_await read();
      if (!more) co_return std::exchange(unread_, {});
    }
  }

  // Returns false where the client is gone.
  asio::awaitable<bool> send(std::string bytes) {
    std::error_code error;
    co_await asio::async_write(socket_, asio::buffer(bytes),
                               asio::redirect_error(asio::use_awaitable, error));
    co_return !error;
  }

  asio::awaitable<void> wait(std::chrono::milliseconds time) {
    asio::steady_timer timer(socket_.get_executor(), time);
    std::error_code ignored;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }

  void close() {
    std::error_code ignored;
    socket_.close(ignored);
  }
  void reset() {
    std::error_code ignored;
    socket_.set_option(asio::socket_base::linger(true, 0), ignored);
    socket_.close(ignored);
  }

 private:
  asio::awaitable<bool> read() {
    std::array<char, 4096> buffer{};
    std::error_code error;
    const std::size_t count = co_await socket_.async_read_some(
        asio::buffer(buffer), asio::redirect_error(asio::use_awaitable, error));
    unread_.append(buffer.data(), count);
    co_return !error;
  }

  asio::ip::tcp::socket socket_;
  ScriptedServer* server_;
  int number_;
  std::string unread_;
};

// What a server does to a connection; when it returns, the connection is closed.
using Behaviour = std::function<asio::awaitable<void>(Peer&)>;

class ScriptedServer {
 public:
  explicit ScriptedServer(Behaviour behaviour)
      : behaviour_(std::move(behaviour)),
        acceptor_(context_, {asio::ip::make_address("127.0.0.1"), 0}),
        address_(acceptor_.local_endpoint()) {
    spawn(accept_all());
    thread_ = std::thread([this] { context_.run(); });
  }
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;
  ~ScriptedServer() {
    context_.stop();
    thread_.join();
  }

  asio::ip::tcp::endpoint endpoint() const { return address_; }
  HostPort address() const { return {"127.0.0.1", address_.port()}; }
  int accepted() const { return accepted_; }
  int most_at_once() const { return most_at_once_; }

  // From a behaviour: every connection is reset, and none accepted any more.
  void die() {
    std::error_code ignored;
    acceptor_.close(ignored);
    for (Peer* peer : peers_) peer->reset();
  }

 private:
  void spawn(asio::awaitable<void> task) {
    asio::co_spawn(context_, std::move(task), [](const std::exception_ptr& thrown) {
      if (thrown) std::rethrow_exception(thrown);
    });
  }

  asio::awaitable<void> accept_all() {
    for (;;) {
      std::error_code error;
      asio::ip::tcp::socket socket =
          co_await acceptor_.async_accept(asio::redirect_error(asio::use_awaitable, error));
      if (error) co_return;
      std::error_code ignored;
      socket.set_option(asio::ip::tcp::no_delay(true), ignored);
      auto peer = std::make_shared<Peer>(std::move(socket), *this, accepted_++);
      spawn(serve(std::move(peer)));
    }
  }

  asio::awaitable<void> serve(std::shared_ptr<Peer> peer) {
    peers_.insert(peer.get());
    most_at_once_ = std::max<int>(most_at_once_, static_cast<int>(peers_.size()));
    co_await behaviour_(*peer);
    peers_.erase(peer.get());
    peer->close();
  }

  Behaviour behaviour_;
  asio::io_context context_;
  asio::ip::tcp::acceptor acceptor_;
  asio::ip::tcp::endpoint address_;
  std::atomic<int> accepted_{0};
  std::atomic<int> most_at_once_{0};
  std::set<Peer*> peers_;
  std::thread thread_;
};

// --- behaviours ---

// Conforms to kLineProfile.
inline asio::awaitable<void> answer_lines(Peer& peer) {
  for (;;) {
    const std::optional<std::string> line = co_await peer.line();
    if (!line) co_return;
    const std::string reply = md5(*line).hex() + "\n";
    co_await peer.send(reply);
  }
}

// Conforms to kHalfCloseProfile.
inline asio::awaitable<void> answer_at_the_end(Peer& peer) {
  const std::string message = co_await peer.all();
  const std::string reply = md5(message).hex() + "\n";
  co_await peer.send(reply);
}

// Conforms to kClassicProfile.
inline asio::awaitable<void> answer_reads(Peer& peer) {
  for (;;) {
    const std::optional<std::string> message = co_await peer.some();
    if (!message) co_return;
    const std::string reply = md5(*message).hex();
    co_await peer.send(reply);
  }
}

// Reads, and says nothing, not even goodbye.
inline asio::awaitable<void> never_answer(Peer& peer) {
  co_await peer.all();
  co_await peer.wait(std::chrono::hours(1));
}

// Doesn't even read.
inline asio::awaitable<void> do_nothing(Peer& peer) { co_await peer.wait(std::chrono::hours(1)); }

inline asio::awaitable<void> close_at_once(Peer& peer) {
  peer.close();
  co_return;
}

inline asio::awaitable<void> reset_at_once(Peer& peer) {
  peer.reset();
  co_return;
}

// Right in everything, but for a byte now and then that nobody asked for.
inline asio::awaitable<void> drip(Peer& peer) {
  for (;;) {
    const bool there = co_await peer.send("x");
    if (!there) co_return;
    co_await peer.wait(std::chrono::milliseconds(10));
  }
}

// Answers the first line and then writes without end.
inline asio::awaitable<void> flood(Peer& peer) {
  const std::optional<std::string> line = co_await peer.line();
  if (!line) co_return;
  std::string bytes = md5(*line).hex() + "\n";
  for (;;) {
    const bool there = co_await peer.send(bytes);
    if (!there) co_return;
    bytes = std::string(16384, 'x');
  }
}

// A port on which nobody listens.
inline asio::ip::tcp::endpoint nobody() {
  asio::io_context context;
  const asio::ip::tcp::acceptor acceptor(context, {asio::ip::make_address("127.0.0.1"), 0});
  return acceptor.local_endpoint();
}

}  // namespace md5spec
