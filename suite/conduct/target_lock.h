// Keeps several md5spec processes that test one target from disturbing each other (`ctest -j`).
#pragma once

#include <optional>
#include <string>

#include <asio/awaitable.hpp>
#include <asio/ip/tcp.hpp>

#include "target/profile.h"
#include "wire/deadline.h"

namespace md5spec {

// Held by any number of processes that carry out ordinary cases, or by one that carries out a case
// that must be alone. Whoever waits to be alone keeps newcomers out, so that it gets its turn. The
// system gives the lock back when its holder dies. One object a run; not shared among threads.
class TargetLock {
 public:
  enum class Mode { kShared, kAlone };

  // Locks nothing yet. Where there is no folder for the lock, it never will, and nobody waits.
  // `folder`: where the locks are; by default the user's own one for what runs.
  explicit TargetLock(const asio::ip::tcp::endpoint& target,
                      const std::string& folder = lock_folder());
  ~TargetLock();
  TargetLock(const TargetLock&) = delete;
  TargetLock& operator=(const TargetLock&) = delete;

  // Takes the lock; one that is held in another mode is given back first. Returns why it couldn't
  // be had before `deadline`; then nothing is held.
  asio::awaitable<std::optional<std::string>> take(Mode mode, Deadline deadline);
  void release();

  const std::string& path() const { return path_; }

  // Empty where there's none that belongs to this user alone.
  static std::string lock_folder();

 private:
  bool try_shared() const;
  bool try_alone();

  std::string path_;
  int gate_ = -1;  // passed by whoever wants the lock; kept shut by whoever waits to be alone
  int lock_ = -1;
  std::optional<Mode> held_;
  bool gate_is_shut_ = false;
};

}  // namespace md5spec
