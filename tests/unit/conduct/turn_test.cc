#include "conduct/turn.h"

#include <exception>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>

#include "conduct/task_group.h"

namespace md5spec {
namespace {

using ::testing::Each;
using ::testing::SizeIs;

TEST(TurnTest, OneAtATimeHasIt) {
  asio::io_context context(1);
  Turn turn(context.get_executor());
  int having_it = 0;
  std::vector<int> seen;
  const auto use = [&]() -> asio::awaitable<void> {
    co_await turn.take();
    seen.push_back(++having_it);
    // Everybody else gets to run meanwhile.
    for (int i = 0; i < 10; ++i) co_await asio::post(context, asio::use_awaitable);
    --having_it;
    turn.give_back();
  };
  const auto all = [&]() -> asio::awaitable<void> {
    TaskGroup group(context.get_executor());
    for (int i = 0; i < 5; ++i) group.spawn(use());
    co_await group.join();
  };
  asio::co_spawn(context, all(), [](const std::exception_ptr& thrown) {
    if (thrown) std::rethrow_exception(thrown);
  });
  context.run();
  EXPECT_THAT(seen, SizeIs(5));
  EXPECT_THAT(seen, Each(1));
}

}  // namespace
}  // namespace md5spec
