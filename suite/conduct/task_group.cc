#include "conduct/task_group.h"

#include <utility>

#include <asio/co_spawn.hpp>
#include <asio/redirect_error.hpp>
#include <asio/use_awaitable.hpp>

namespace md5spec {

TaskGroup::TaskGroup(const asio::any_io_executor& executor) : ended_(executor) {
  ended_.expires_at(asio::steady_timer::time_point::max());
}

void TaskGroup::spawn(asio::awaitable<void> task) {
  ++running_;
  asio::co_spawn(ended_.get_executor(), std::move(task), [this](const std::exception_ptr& thrown) {
    --running_;
    if (thrown && !thrown_) thrown_ = thrown;
    ended_.cancel();
  });
}

asio::awaitable<void> TaskGroup::wait_until_at_most(std::size_t left) {
  while (running_ > left) {
    std::error_code cancelled;
    co_await ended_.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
  }
  if (thrown_) std::rethrow_exception(std::exchange(thrown_, nullptr));
}

}  // namespace md5spec
