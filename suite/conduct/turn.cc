#include "conduct/turn.h"

#include <asio/redirect_error.hpp>
#include <asio/use_awaitable.hpp>

namespace md5spec {

Turn::Turn(const asio::any_io_executor& executor) : given_back_(executor) {
  given_back_.expires_at(asio::steady_timer::time_point::max());
}

asio::awaitable<void> Turn::take() {
  while (taken_) {
    std::error_code cancelled;
    co_await given_back_.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
  }
  taken_ = true;
}

void Turn::give_back() {
  taken_ = false;
  given_back_.cancel();
}

}  // namespace md5spec
