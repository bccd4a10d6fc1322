// Coroutines side by side.
#pragma once

#include <cstddef>
#include <exception>

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>
#include <asio/steady_timer.hpp>

namespace md5spec {

// Spawns coroutines and waits for all of them. What they refer to, and the group itself, must live
// until join() returns.
class TaskGroup {
 public:
  explicit TaskGroup(const asio::any_io_executor& executor);

  void spawn(asio::awaitable<void> task);
  std::size_t running() const { return running_; }

  // Waits until at most `left` are running; rethrows the first exception that one of them threw.
  asio::awaitable<void> wait_until_at_most(std::size_t left);
  asio::awaitable<void> join() { return wait_until_at_most(0); }

 private:
  asio::steady_timer ended_;
  std::size_t running_ = 0;
  std::exception_ptr thrown_;
};

}  // namespace md5spec
