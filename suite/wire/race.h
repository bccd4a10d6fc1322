// Work against a deadline.
#pragma once

#include <exception>
#include <utility>

#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>
#include <asio/experimental/deferred.hpp>
#include <asio/experimental/parallel_group.hpp>
#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>

#include "wire/deadline.h"

namespace md5spec {

// Returns whether `work` ended before `deadline`; what it throws is thrown. By the time this
// returns `work` has ended, cancelled if need be, so what it refers to may go out of scope.
template <typename T>
asio::awaitable<bool> ends_by(Deadline deadline, asio::awaitable<T> work) {
  namespace ax = asio::experimental;
  const auto executor = co_await asio::this_coro::executor;
  asio::steady_timer timer(executor, deadline);
  auto race = ax::make_parallel_group(asio::co_spawn(executor, std::move(work), ax::deferred),
                                      timer.async_wait(ax::deferred));
  auto outcome = co_await race.async_wait(ax::wait_for_one(), asio::use_awaitable);
  const std::exception_ptr& thrown = std::get<1>(outcome);
  if (std::get<0>(outcome).front() != 0) co_return false;
  if (thrown) std::rethrow_exception(thrown);
  co_return true;
}

}  // namespace md5spec
