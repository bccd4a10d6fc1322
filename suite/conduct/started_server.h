// The server under test, where md5spec runs it itself: started, watched, started again.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>

#include "conduct/endpoint.h"
#include "conduct/server_process.h"
#include "conduct/start_command.h"

namespace md5spec {

struct StartRequest {
  std::vector<std::string> words;  // with {port}, {host} and {profile} still in them
  std::string command;             // as it was given; empty: the bundled reference server's
  std::string profile;             // what {profile} stands for
  std::string flags;               // with which `md5spec run` starts it again; may be empty
  Duration patience = std::chrono::seconds(15);  // until it has to listen
  // Two of them at once are as good as one: they share nothing. Known of the bundled server only.
  bool independent = false;
};

class StartedServer {
 public:
  StartedServer(const asio::any_io_executor& executor, StartRequest request)
      : executor_(executor), request_(std::move(request)) {}

  // Starts it on a free port and waits until it listens. Returns why it doesn't, with the end of
  // what it wrote, and leaves nothing running then. One that ran before is stopped first.
  asio::awaitable<std::optional<std::string>> start();
  asio::awaitable<void> stop();

  const HostPort& target() const { return target_; }
  bool running() const { return process_ != nullptr && !process_->end(); }
  // How it ended; nothing while it runs.
  std::optional<ProcessEnd> end() const;
  Clock::time_point ended_at() const;  // when that was noticed
  asio::awaitable<bool> ended_by(Deadline deadline);

  // What it takes up, its children included, once it is at rest: it may still be about to close the
  // connections of clients that have left, and a child that is ending holds its parent's
  // descriptors a second time. It's looked at for up to 0.2 s, until it takes up no more than the
  // least before (the first time: until that has become no less for 20 ms).
  asio::awaitable<ProcessUsage> usage_at_rest();
  // Sends SIGTERM as a service manager would: to the process that listens, or else to the one that
  // was started.
  void terminate();

 private:
  enum class Readiness { kNotYet, kReady };
  asio::awaitable<std::optional<std::string>> wait_until_listening(Deadline deadline);
  Readiness look(Deadline* foreign_since);
  asio::awaitable<bool> can_connect() const;
  pid_t listener() const;

  asio::any_io_executor executor_;
  StartRequest request_;
  HostPort target_;
  int port_ = 0;
  std::unique_ptr<ServerProcess> process_;
  std::optional<ProcessUsage> least_usage_;  // of those taken since its start
  std::optional<Clock::time_point> told_to_end_;
  pid_t terminated_ = 0;  // the process that terminate() meant, where it isn't the started one
};

// "ended with exit status 1; the end of its output: …"
std::string in_words_with_output(const ProcessEnd& end);

}  // namespace md5spec
