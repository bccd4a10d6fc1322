// One at a time, among coroutines.
#pragma once

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>
#include <asio/steady_timer.hpp>

namespace md5spec {

// Whoever takes the turn has it until it's given back; others wait, and take it in no certain
// order. It must live as long as anybody waits.
class Turn {
 public:
  explicit Turn(const asio::any_io_executor& executor);

  asio::awaitable<void> take();
  void give_back();

 private:
  asio::steady_timer given_back_;
  bool taken_ = false;
};

}  // namespace md5spec
