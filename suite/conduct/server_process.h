// A server that md5spec started itself.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include <sys/types.h>

namespace md5spec {

// Owns a child process: stop() or the destructor ends it. The child also gets SIGTERM when md5spec
// dies.
class ServerProcess {
 public:
  // Starts `command` (found by PATH if its first word has no slash). Throws std::runtime_error if
  // it can't be started.
  explicit ServerProcess(const std::vector<std::string>& command);
  ~ServerProcess();
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  // Reads what the server prints until a line begins with `prefix`, and returns the rest of that
  // line. Throws std::runtime_error, with the end of what it printed, if it ends or `patience`
  // passes before.
  std::string wait_for_line(const std::string& prefix, std::chrono::milliseconds patience);

  // Asks it to end (SIGTERM), and makes it (SIGKILL) when that takes over five seconds.
  void stop();

  pid_t pid() const { return pid_; }

 private:
  bool read_more(std::chrono::steady_clock::time_point deadline);
  bool reap(bool wait);

  pid_t pid_ = -1;
  int output_ = -1;  // the reading end of its stdout and stderr
  std::string printed_;
};

}  // namespace md5spec
