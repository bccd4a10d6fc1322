// A TCP connection that writes down all that happens on it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>

#include <asio/awaitable.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/steady_timer.hpp>

#include "wire/deadline.h"
#include "wire/transcript.h"

namespace md5spec {

// Appends to a transcript, with the time since the case began.
class Recorder {
 public:
  explicit Recorder(Transcript& transcript) : transcript_(&transcript), began_(Clock::now()) {}

  Duration now() const { return std::chrono::duration_cast<Duration>(Clock::now() - began_); }
  Event& add(int connection, Event::Kind kind, std::uint64_t bytes = 0, std::string data = {});
  // From now on, or no longer: what is sent without anything happening in between is one event, and
  // that a send stalls is none. A large message would otherwise fill the memory with them.
  void join_sends(bool join) { joins_sends_ = join; }
  Transcript& transcript() { return *transcript_; }

 private:
  Transcript* transcript_;
  Clock::time_point began_;
  bool joins_sends_ = false;
};

// Used from one thread, that of its executor. The recorder must outlive it, and every coroutine
// started on it must have ended before it goes (see finish).
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  struct Options {
    Options(std::uint64_t receive_buffer_bytes, std::uint64_t most_received)
        : receive_buffer(receive_buffer_bytes), most(most_received) {}
    std::uint64_t receive_buffer;  // 0: the system's default
    std::uint64_t most;            // bytes after which what comes is taken for a flood
  };
  enum class Opened {
    kYes,
    kRefused,
    kOwnLimit
  };  // kOwnLimit: out of ports or descriptors on this side

  Connection(const asio::any_io_executor& executor, Recorder& recorder, int number,
             Options options);

  asio::awaitable<Opened> open(asio::ip::tcp::endpoint server, Deadline deadline);

  // Reads whatever comes, from now on, until the connection's end.
  void start_reading();

  enum class OnStall { kWait, kStop };

  // Hands all of `bytes` to the system. Returns false if the connection failed, or took nothing and
  // gave nothing for `patience`, or `deadline` passed, or, with kStop, when the system takes no
  // more for now; or when `enough`, asked while it takes no more, says so.
  asio::awaitable<bool> send(std::string_view bytes, Duration patience, Deadline deadline,
                             OnStall on_stall = OnStall::kWait,
                             const std::function<bool()>* enough = nullptr);

  void half_close();
  void close();
  void reset();

  // Waits until something has come since the last call, the connection has ended, or `deadline`.
  // Returns whether something happened.
  asio::awaitable<bool> activity(Deadline deadline);

  // Closes, and waits until nothing runs on the connection any more.
  asio::awaitable<void> finish();

  int number() const { return number_; }
  const std::string& received() const { return received_; }
  Clock::time_point last_received() const { return last_received_; }
  bool ended() const { return ended_; }  // the server's end of stream, reset, or a flood
  bool usable() const { return socket_.is_open(); }
  bool half_closed() const { return half_closed_; }
  std::uint64_t sent() const { return sent_; }
  const std::error_code& error() const {
    return error_;
  }                          // what ended it, if not the server's end of stream
  int segment_size() const;  // TCP_INFO's snd_mss; 0 where the system doesn't tell
  void read_after_stall() { read_after_stall_ = true; }

 private:
  asio::awaitable<void> read_all();
  enum class Stall { kOver, kEnough, kTooLong };
  asio::awaitable<Stall> sit_out_stall(Duration patience, Deadline deadline,
                                       const std::function<bool()>* enough);
  void peer_ended(const std::error_code& error);
  void notify();

  Recorder* recorder_;
  int number_;
  Options options_;
  asio::ip::tcp::socket socket_;
  asio::steady_timer changed_;
  std::string received_;
  Clock::time_point last_received_;
  std::uint64_t sent_ = 0;
  bool reading_ = false;
  bool read_after_stall_ = false;
  bool half_closed_ = false;
  bool ended_ = false;
  bool send_failed_ = false;
  std::error_code error_;
  bool news_ = false;  // since activity() last returned
};

}  // namespace md5spec
