#include "conduct/server_process.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <stdexcept>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <asio/buffer.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>

#include "conduct/own_limits.h"

namespace md5spec {
namespace {

constexpr std::chrono::milliseconds kLook(10);
constexpr std::size_t kKept = 4096;  // bytes of its output
// Whoever comes of a started server has this in its environment, even if it has left its parent
// and its session behind.
constexpr const char* kMark = "MD5SPEC_STARTED";

struct Pipe {
  int reading = -1;
  int writing = -1;
};

Pipe make_pipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error(std::strerror(errno));
  return {ends[0], ends[1]};
}

// What the child needs; made before the fork, since it can't allocate behind it.
struct Launch {
  std::vector<char*> words;
  std::vector<char*> environment;
  int output = -1;
  int failure = -1;  // where the child writes errno if it can't become the command
  pid_t parent = 0;
  rlimit descriptors{};
};

// Between fork and exec: nothing but async-signal-safe calls.
[[noreturn]] void become(const Launch& launch) {
  setsid();
#ifdef __linux__
  prctl(PR_SET_PDEATHSIG, SIGKILL);  // when the thread ends that has forked
  if (getppid() != launch.parent) _exit(127);
#endif
  const int null = open("/dev/null", O_RDONLY);
  dup2(null, STDIN_FILENO);
  dup2(launch.output, STDOUT_FILENO);
  dup2(launch.output, STDERR_FILENO);
  // What is ignored stays so behind exec, and a server has to see its own SIGPIPE.
  std::signal(SIGPIPE, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  setrlimit(RLIMIT_NOFILE, &launch.descriptors);
  environ = const_cast<char**>(launch.environment.data());
  execvp(launch.words.front(), launch.words.data());
  const int why = errno;
  const auto ignored = write(launch.failure, &why, sizeof why);
  (void)ignored;
  _exit(127);
}

std::vector<char*> pointers_to(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (const std::string& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

std::string next_mark() {
  static std::atomic<int> count = 0;
  return fmt::format("{}.{}", getpid(), ++count);
}

std::vector<std::string> environment_with(const std::string& mark) {
  std::vector<std::string> all;
  for (char** one = environ; *one != nullptr; ++one) all.emplace_back(*one);
  all.push_back(fmt::format("{}={}", kMark, mark));
  return all;
}

// A descriptor that becomes readable when the process ends.
int watch(pid_t pid) {
#ifdef SYS_pidfd_open
  return static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
#else
  (void)pid;
  return -1;
#endif
}

}  // namespace

// Lives on until the last of its asynchronous operations has ended.
class ServerProcess::State : public std::enable_shared_from_this<State> {
 public:
  explicit State(const asio::any_io_executor& executor)
      : output_(executor), exit_(executor), look_(executor), changed_(executor) {
    changed_.expires_at(Clock::time_point::max());
  }

  void launch(const std::vector<std::string>& words) {
    mark_ = next_mark();
    const std::vector<std::string> variables = environment_with(mark_);
    const Pipe output = make_pipe();
    const Pipe failure = make_pipe();
    Launch launch;
    launch.words = pointers_to(words);
    launch.environment = pointers_to(variables);
    launch.output = output.writing;
    launch.failure = failure.writing;
    launch.parent = getpid();
    launch.descriptors = descriptor_limit_at_start();
    pid_ = fork();
    if (pid_ == 0) become(launch);
    int why = pid_ < 0 ? errno : 0;
    close(output.writing);
    close(failure.writing);
    // Ends when the child has become the command.
    const bool failed =
        pid_ > 0 && read(failure.reading, &why, sizeof why) == static_cast<ssize_t>(sizeof why);
    close(failure.reading);
    if (pid_ < 0 || failed) {
      close(output.reading);
      if (failed) waitpid(pid_, nullptr, 0);
      throw std::runtime_error(std::strerror(why));
    }
    output_.assign(output.reading);
    output_.non_blocking(true);
    read_on();
    const int descriptor = watch(pid_);
    if (descriptor >= 0) exit_.assign(descriptor);
    await_exit();
  }

  void abandon() {
    std::error_code ignored;
    output_.close(ignored);
    exit_.close(ignored);
    look_.cancel();
    changed_.cancel();
  }

  // Asks the system whether it has ended.
  void reap(int options) {
    int status = 0;
    if (end_ || waitpid(pid_, &status, options) != pid_) return;
    read_what_is_there();
    ProcessEnd end;
    if (WIFSIGNALED(status)) {
      end.signal = WTERMSIG(status);
    } else {
      end.status = WEXITSTATUS(status);
    }
    end_ = end;
    ended_at_ = Clock::now();
    changed_.cancel();
  }

  asio::awaitable<bool> ended_by(Deadline deadline) {
    while (!end_ && Clock::now() < deadline) {
      changed_.expires_at(deadline);
      std::error_code cancelled;
      co_await changed_.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
    }
    co_return end_.has_value();
  }

  asio::awaitable<void> sleep(Duration time) {
    asio::steady_timer timer(output_.get_executor(), Clock::now() + time);
    std::error_code cancelled;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
  }

  pid_t pid() const { return pid_; }
  const std::string& mark() const { return mark_; }
  const std::string& printed() const { return printed_; }
  const std::optional<ProcessEnd>& end() const { return end_; }
  Clock::time_point ended_at() const { return ended_at_; }

 private:
  void await_exit() {
    auto self = shared_from_this();
    const auto ask = [self](const std::error_code& error) {
      if (error) return;
      self->reap(WNOHANG);
      if (!self->end_) self->await_exit();
    };
    if (exit_.is_open()) {
      exit_.async_wait(asio::posix::stream_descriptor::wait_read, ask);
    } else {
      // A system without such descriptors: asked again and again.
      look_.expires_after(kLook);
      look_.async_wait(ask);
    }
  }

  void read_on() {
    auto self = shared_from_this();
    output_.async_read_some(asio::buffer(buffer_),
                            [self](const std::error_code& error, std::size_t count) {
                              self->keep(count);
                              if (!error) self->read_on();
                            });
  }

  void keep(std::size_t count) {
    printed_.append(buffer_.data(), count);
    if (printed_.size() > kKept) printed_.erase(0, printed_.size() - kKept);
  }

  // Its last words may have come with its end. What one that runs on writes meanwhile isn't waited
  // for.
  void read_what_is_there() {
    for (int i = 0; i < 64 && output_.is_open(); ++i) {
      const ssize_t count = read(output_.native_handle(), buffer_.data(), buffer_.size());
      if (count <= 0) return;
      keep(static_cast<std::size_t>(count));
    }
  }

  asio::posix::stream_descriptor output_;
  asio::posix::stream_descriptor exit_;
  asio::steady_timer look_;
  asio::steady_timer changed_;
  pid_t pid_ = -1;
  std::string mark_;
  std::array<char, 4096> buffer_{};
  std::string printed_;
  std::optional<ProcessEnd> end_;
  Clock::time_point ended_at_;
};

ServerProcess::ServerProcess(const asio::any_io_executor& executor,
                             const std::vector<std::string>& words)
    : state_(std::make_shared<State>(executor)) {
  state_->launch(words);
}

ServerProcess::~ServerProcess() {
  if (!end()) kill(-pid(), SIGKILL);
  state_->reap(0);
  kill_leftovers();
  state_->abandon();
}

pid_t ServerProcess::pid() const { return state_->pid(); }
const std::optional<ProcessEnd>& ServerProcess::end() const { return state_->end(); }
Clock::time_point ServerProcess::ended_at() const { return state_->ended_at(); }
const std::string& ServerProcess::printed() const { return state_->printed(); }

asio::awaitable<bool> ServerProcess::ended_by(Deadline deadline) {
  return state_->ended_by(deadline);
}

asio::awaitable<void> ServerProcess::stop(Duration grace) {
  const Deadline deadline = Clock::now() + grace;
  if (!end()) {
    kill(-pid(), SIGTERM);
    co_await state_->ended_by(deadline);
  }
  // What it has started may be ending still.
  while (Clock::now() < deadline && !family().empty()) co_await state_->sleep(kLook);
  if (!end()) kill(-pid(), SIGKILL);
  kill_leftovers();
  state_->reap(0);
}

// Once the process itself has ended, its number may be another's; its session's can't be as long as
// somebody is in it.
void ServerProcess::kill_leftovers() const {
  for (const ProcessEntry& one : family_of(pid())) {
    if (one.session == pid()) kill(one.pid, SIGKILL);
  }
  for (const pid_t other : processes_with(kMark, state_->mark())) kill(other, SIGKILL);
}

}  // namespace md5spec
