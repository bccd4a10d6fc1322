// A TCP connection that writes down all that happens on it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include <asio/awaitable.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/steady_timer.hpp>

#include "wire/deadline.h"
#include "wire/tls.h"
#include "wire/transcript.h"

namespace md5spec {

// How a connection reads slowly: at most so many bytes at once, and nothing for so long behind
// them. That is 50 KiB a second at the most.
inline constexpr std::size_t kSlowRead = 512;
inline constexpr std::chrono::milliseconds kSlowGap(10);

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
    Options(std::uint64_t receive_buffer_bytes, std::uint64_t most_received,
            std::shared_ptr<const TlsContext> over_tls = nullptr)
        : receive_buffer(receive_buffer_bytes), most(most_received), tls(std::move(over_tls)) {}
    std::uint64_t receive_buffer;           // 0: the system's default, also of what goes with it
    std::uint64_t most;                     // bytes after which what comes is taken for a flood
    std::shared_ptr<const TlsContext> tls;  // nothing: plain TCP
  };
  static constexpr std::size_t kEverything = std::numeric_limits<std::size_t>::max();
  enum class Opened {
    kYes,
    kRefused,
    kNoHandshake,  // TCP's connection was had, but no TLS on it
    kOwnLimit      // out of ports or descriptors on this side
  };

  Connection(const asio::any_io_executor& executor, Recorder& recorder, int number,
             Options options);

  // Connects and, over TLS, completes the handshake, both before `deadline`.
  asio::awaitable<Opened> open(asio::ip::tcp::endpoint server, Deadline deadline);
  // The two one by one: TCP's connection, and then, on what connect() has said kYes of, TLS, which
  // without TLS is nothing.
  asio::awaitable<Opened> connect(asio::ip::tcp::endpoint server, Deadline deadline);
  asio::awaitable<Opened> secure(Deadline deadline);

  // Reads whatever comes, from now on, until the connection's end, or until `most` bytes have come
  // in all (over TLS, the records that hold them).
  void start_reading(std::size_t most = kEverything);
  // Has it read slowly, whenever it reads.
  void read_slowly() { slow_ = true; }

  // What a send that made no headway for as long as it may is: a failure, or what was wanted.
  enum class OnStall { kFail, kStop };

  // Hands all of `bytes` to the system, over TLS in records as large as they go. Returns false if
  // the connection failed, or took nothing and (unless that is wanted) gave nothing for `patience`,
  // or `deadline` passed; or when `enough`, asked while it takes no more, says so.
  asio::awaitable<bool> send(std::string_view bytes, Duration patience, Deadline deadline,
                             OnStall on_stall = OnStall::kFail,
                             const std::function<bool()>* enough = nullptr);

  // Ends this side's direction: over TLS with close_notify, and without TCP's FIN.
  void half_close();
  // Over TLS: ends TCP's direction alone, as anybody on the way could. Otherwise the same.
  void fin();
  void close();
  void reset();

  // Waits until something has come since the last call, the connection has ended, or `deadline`.
  // Returns whether something happened.
  asio::awaitable<bool> activity(Deadline deadline);

  // Closes, and waits until nothing runs on the connection any more.
  asio::awaitable<void> finish();

  int number() const { return number_; }
  const std::string& received() const { return received_; }
  // Since when nothing has come, though it would have been read: what deadlines count from. While
  // a slow reader rests, that is now.
  Clock::time_point idle_since() const { return resting_ ? Clock::now() : idle_since_; }
  // When it first began to read everything; nothing if it hasn't yet.
  std::optional<Clock::time_point> reading_since() const { return reading_since_; }
  // For how long a slow reader has rested in all.
  Duration rested() const { return rested_; }
  bool ended() const { return ended_; }  // the server's end of stream, reset, or a flood
  bool usable() const { return socket_.is_open(); }
  bool half_closed() const { return half_closed_; }
  std::uint64_t sent() const { return sent_; }
  const std::error_code& error() const {
    return error_;
  }                          // what ended it, if not the server's end of stream
  int segment_size() const;  // TCP_INFO's snd_mss; 0 where the system doesn't tell
  // Begins to read once a send has been unable to go on for that long.
  void read_after_stall(Duration stalled) { read_after_ = stalled; }
  bool secured() const { return secured_; }  // the TLS handshake is done
  // Whether half_close() leaves the server free to go on sending: not so before TLS 1.3.
  bool has_half_close() const { return !tls_ || tls_->has_half_close(); }
  // Why there is no TLS on it, for people.
  const std::string& handshake_error() const { return handshake_error_; }

 private:
  void make_small(std::error_code& error);
  asio::awaitable<bool> shake_hands(Deadline deadline);
  bool no_handshake(Event::Came came, std::string why);
  asio::awaitable<void> read_all();
  asio::awaitable<void> rest();
  enum class Stall { kOver, kEnough, kTooLong };
  asio::awaitable<Stall> sit_out_stall(Duration patience, Deadline deadline, OnStall on_stall,
                                       const std::function<bool()>* enough);
  bool take(std::string_view bytes);
  bool decrypt(std::string_view records);
  std::size_t write_some(std::string_view bytes, std::error_code& error);
  std::error_code write_records();
  asio::awaitable<void> write_rest();
  void note_own_limit(const std::error_code& error);
  void peer_ended(const std::error_code& error);
  void notify();

  Recorder* recorder_;
  int number_;
  Options options_;
  asio::ip::tcp::socket socket_;
  asio::steady_timer changed_;
  std::string received_;
  Clock::time_point idle_since_;
  std::uint64_t sent_ = 0;
  bool reading_ = false;
  std::size_t read_most_ = kEverything;
  std::optional<Duration> read_after_;  // begins to read after a stall of that length
  bool slow_ = false;
  bool resting_ = false;  // between two slow reads
  Duration rested_{};
  std::optional<Clock::time_point> reading_since_;
  bool half_closed_ = false;
  bool ended_ = false;
  bool send_failed_ = false;
  std::error_code error_;
  std::unique_ptr<TlsSession> tls_;  // nothing: plain TCP
  std::string handshake_error_;
  bool secured_ = false;
  std::size_t in_record_ = 0;  // bytes that are encrypted already, but not yet with the system
  int writing_rest_ = 0;       // coroutines that do so
  bool news_ = false;          // since activity() last returned
};

}  // namespace md5spec
