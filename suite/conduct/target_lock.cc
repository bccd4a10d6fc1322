#include "conduct/target_lock.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>

#include "text/bytes.h"

namespace md5spec {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::milliseconds kFirstTry(1);
constexpr std::chrono::milliseconds kSlowestTry(50);

// Whether it is a folder (no link to one) that nobody but this user can write to.
bool is_own_folder(const std::string& path) {
  struct stat status {};
  return lstat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode) &&
         status.st_uid == getuid() && (status.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

int open_file(const std::string& path) {
  constexpr mode_t kOwn = 0600;
  return open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, kOwn);
}

// All of this machine's own addresses are one target.
std::string name_of(const asio::ip::tcp::endpoint& target) {
  std::string host = target.address().is_loopback() ? "loopback" : target.address().to_string();
  std::replace_if(
      host.begin(), host.end(), [](char c) { return c == ':' || c == '/'; }, '_');
  return fmt::format("target-{}-{}", host, target.port());
}

}  // namespace

std::string TargetLock::lock_folder() {
  const char* const runtime = std::getenv("XDG_RUNTIME_DIR");
  const std::string base = runtime == nullptr ? "" : runtime;
  std::string folder;
  if (!base.empty() && is_own_folder(base)) {
    folder = base + "/md5spec";
  } else {
    std::error_code error;
    folder = fmt::format("{}/md5spec-{}", fs::temp_directory_path(error).string(), getuid());
    if (error) return {};
  }
  constexpr mode_t kOwn = 0700;
  mkdir(folder.c_str(), kOwn);
  return is_own_folder(folder) ? folder : "";
}

TargetLock::TargetLock(const asio::ip::tcp::endpoint& target, const std::string& folder) {
  if (folder.empty()) return;
  path_ = folder + "/" + name_of(target) + ".lock";
  gate_ = open_file(path_ + ".gate");
  lock_ = open_file(path_);
}

TargetLock::~TargetLock() {
  if (gate_ >= 0) close(gate_);
  if (lock_ >= 0) close(lock_);
}

bool TargetLock::try_shared() const {
  if (flock(gate_, LOCK_SH | LOCK_NB) != 0) return false;
  const bool locked = flock(lock_, LOCK_SH | LOCK_NB) == 0;
  flock(gate_, LOCK_UN);
  return locked;
}

bool TargetLock::try_alone() {
  if (!gate_is_shut_ && flock(gate_, LOCK_EX | LOCK_NB) != 0) return false;
  gate_is_shut_ = true;
  return flock(lock_, LOCK_EX | LOCK_NB) == 0;
}

asio::awaitable<std::optional<std::string>> TargetLock::take(Mode mode, Deadline deadline) {
  if (gate_ < 0 || lock_ < 0 || held_ == mode) co_return std::nullopt;
  release();
  asio::steady_timer timer(co_await asio::this_coro::executor);
  Duration pause = kFirstTry;
  for (;;) {
    const bool taken = mode == Mode::kShared ? try_shared() : try_alone();
    if (taken) {
      held_ = mode;
      co_return std::nullopt;
    }
    if (Clock::now() >= deadline) {
      release();
      co_return fmt::format("other md5spec processes kept the target to themselves ({})",
                            displayable(path_));
    }
    timer.expires_at(std::min(deadline, Clock::now() + pause));
    std::error_code cancelled;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
    pause = std::min<Duration>(pause * 2, kSlowestTry);
  }
}

void TargetLock::release() {
  if (lock_ >= 0) flock(lock_, LOCK_UN);
  if (gate_ >= 0) flock(gate_, LOCK_UN);
  gate_is_shut_ = false;
  held_.reset();
}

}  // namespace md5spec
