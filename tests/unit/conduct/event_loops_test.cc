#include "conduct/event_loops.h"

#include <atomic>
#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>

#include "conduct/task_group.h"

namespace md5spec {
namespace {

asio::awaitable<void> note_thread(std::thread::id* id) {
  *id = std::this_thread::get_id();
  co_return;
}

TEST(EventLoopsTest, EachLoopIsOfItsThreadAndTheFirstOfTheCallers) {
  EventLoops loops(3);
  std::thread::id before;
  std::vector<std::thread::id> ids(3);
  std::thread::id behind;
  const auto task = [&]() -> asio::awaitable<void> {
    before = std::this_thread::get_id();
    for (std::size_t i = 0; i < 3; ++i) co_await loops.at(i).carry_out(note_thread(&ids[i]));
    behind = std::this_thread::get_id();
  };
  loops.run(task());
  EXPECT_EQ(before, std::this_thread::get_id());
  EXPECT_EQ(ids[0], std::this_thread::get_id());
  EXPECT_EQ(behind, std::this_thread::get_id());
  EXPECT_EQ(std::set<std::thread::id>(ids.begin(), ids.end()).size(), 3U);
}

TEST(EventLoopsTest, LoopsGoOnBesideEachOther) {
  EventLoops loops(2);
  std::atomic<bool> begun = false;
  const auto wait_for_other = [&]() -> asio::awaitable<void> {
    // Stands still until another thread comes by.
    begun.wait(false);
    co_return;
  };
  const auto begin = [&]() -> asio::awaitable<void> {
    begun = true;
    begun.notify_all();
    co_return;
  };
  const auto task = [&]() -> asio::awaitable<void> {
    TaskGroup group(loops.first().executor());
    group.spawn(loops.at(1).carry_out(wait_for_other()));
    group.spawn(loops.at(0).carry_out(begin()));
    co_await group.join();
  };
  loops.run(task());
  EXPECT_TRUE(begun);
}

TEST(EventLoopsTest, WhatOneThrowsComesOutThoughAnotherIsBusy) {
  EventLoops loops(2);
  const auto wait_for_ever = [&]() -> asio::awaitable<void> {
    asio::steady_timer never(loops.at(1).executor(), asio::steady_timer::time_point::max());
    co_await never.async_wait(asio::use_awaitable);
  };
  const auto fail = []() -> asio::awaitable<void> {
    throw std::runtime_error("something is wrong");
    co_return;
  };
  TaskGroup busy(loops.first().executor());
  const auto task = [&]() -> asio::awaitable<void> {
    busy.spawn(loops.at(1).carry_out(wait_for_ever()));
    co_await loops.at(1).carry_out(fail());
  };
  EXPECT_THROW(loops.run(task()), std::runtime_error);
}

}  // namespace
}  // namespace md5spec
