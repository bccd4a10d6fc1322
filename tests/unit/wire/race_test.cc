#include "wire/race.h"

#include <stdexcept>

#include <gtest/gtest.h>

#include <asio/io_context.hpp>
#include <asio/redirect_error.hpp>

namespace md5spec {
namespace {

using namespace std::chrono_literals;

asio::awaitable<void> sleep_for(std::chrono::milliseconds time, bool* ended) {
  asio::steady_timer timer(co_await asio::this_coro::executor, time);
  std::error_code cancelled;
  co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
  *ended = true;
}

asio::awaitable<void> throw_at_once() {
  throw std::runtime_error("no");
  co_return;
}

// Whether the work ended in time.
bool race(asio::awaitable<void> work, std::chrono::milliseconds patience) {
  asio::io_context context(1);
  bool in_time = false;
  std::exception_ptr thrown;
  asio::co_spawn(context, ends_by(Clock::now() + patience, std::move(work)),
                 [&](const std::exception_ptr& e, bool result) {
                   thrown = e;
                   in_time = result;
                 });
  context.run();
  if (thrown) std::rethrow_exception(thrown);
  return in_time;
}

TEST(RaceTest, WorkThatEndsInTimeHasWon) {
  bool ended = false;
  EXPECT_TRUE(race(sleep_for(1ms, &ended), 10s));
  EXPECT_TRUE(ended);
}

TEST(RaceTest, WorkThatDoesntIsOverByTheDeadline) {
  bool ended = false;
  const auto began = Clock::now();
  EXPECT_FALSE(race(sleep_for(1h, &ended), 50ms));
  EXPECT_GE(Clock::now() - began, 50ms);
  EXPECT_LT(Clock::now() - began, 5s);
}

TEST(RaceTest, WhatWorkThrowsIsThrown) {
  EXPECT_THROW(race(throw_at_once(), 10s), std::runtime_error);
}

}  // namespace
}  // namespace md5spec
