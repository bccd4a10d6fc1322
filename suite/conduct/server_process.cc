#include "conduct/server_process.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <stdexcept>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "text/bytes.h"

namespace md5spec {
namespace {

constexpr std::chrono::seconds kGrace(5);
constexpr std::size_t kKept = 64U << 10U;  // bytes of the server's output

[[noreturn]] void become(const std::vector<std::string>& command, int output, pid_t parent) {
  // Between fork and exec: nothing but async-signal-safe calls.
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (getppid() != parent) _exit(127);
  const int null = open("/dev/null", O_RDONLY);
  dup2(null, STDIN_FILENO);
  dup2(output, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
  std::vector<char*> words;
  words.reserve(command.size() + 1);
  for (const std::string& word : command) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  execvp(words.front(), words.data());
  const char* const why = std::strerror(errno);
  const auto ignored = write(STDERR_FILENO, why, std::strlen(why));
  (void)ignored;
  _exit(127);
}

}  // namespace

ServerProcess::ServerProcess(const std::vector<std::string>& command) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0)
    throw std::runtime_error(
        fmt::format("can't start {}: {}", command.front(), std::strerror(errno)));
  const pid_t parent = getpid();
  pid_ = fork();
  if (pid_ == 0) become(command, ends[1], parent);
  close(ends[1]);
  output_ = ends[0];
  if (pid_ < 0) {
    close(output_);
    throw std::runtime_error(
        fmt::format("can't start {}: {}", command.front(), std::strerror(errno)));
  }
}

ServerProcess::~ServerProcess() {
  stop();
  close(output_);
}

bool ServerProcess::read_more(std::chrono::steady_clock::time_point deadline) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
      deadline - std::chrono::steady_clock::now());
  pollfd waiting{output_, POLLIN, 0};
  if (left.count() <= 0 || poll(&waiting, 1, static_cast<int>(left.count())) <= 0) return false;
  std::array<char, 4096> buffer{};
  const ssize_t count = read(output_, buffer.data(), buffer.size());
  if (count <= 0) return false;
  printed_.append(buffer.data(), static_cast<std::size_t>(count));
  if (printed_.size() > kKept) printed_.erase(0, printed_.size() - kKept);
  return true;
}

std::string ServerProcess::wait_for_line(const std::string& prefix,
                                         std::chrono::milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  for (;;) {
    std::size_t at = printed_.starts_with(prefix) ? 0 : printed_.find("\n" + prefix);
    if (at != std::string::npos) {
      at += printed_[at] == '\n' ? 1 : 0;
      const std::size_t end = printed_.find('\n', at);
      if (end != std::string::npos)
        return printed_.substr(at + prefix.size(), end - at - prefix.size());
    }
    if (read_more(deadline)) continue;
    const bool ended = reap(false);
    throw std::runtime_error(fmt::format("the server {}; it printed: {}",
                                         ended ? "ended at once" : "didn't begin to listen in time",
                                         printed_.empty() ? "nothing" : in_quotes(printed_, 2000)));
  }
}

bool ServerProcess::reap(bool wait) {
  if (pid_ < 0) return true;
  int status = 0;
  if (waitpid(pid_, &status, wait ? 0 : WNOHANG) != pid_) return false;
  pid_ = -1;
  return true;
}

void ServerProcess::stop() {
  if (reap(false)) return;
  kill(pid_, SIGTERM);
  const auto deadline = std::chrono::steady_clock::now() + kGrace;
  // Its output ends with it: that is the event to wait for.
  while (read_more(deadline)) {
  }
  const bool late = std::chrono::steady_clock::now() >= deadline;
  if (late && !reap(false)) kill(pid_, SIGKILL);
  reap(true);
}

}  // namespace md5spec
