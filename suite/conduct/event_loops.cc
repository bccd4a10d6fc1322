#include "conduct/event_loops.h"

#include <algorithm>
#include <utility>

#include <asio/co_spawn.hpp>
#include <asio/post.hpp>
#include <asio/use_awaitable.hpp>

namespace md5spec {
namespace {

// From the first loop to another one and back.
constexpr int kWaysThere = 3;

}  // namespace

EventLoop::EventLoop() : work_(context_.get_executor()) {}

asio::awaitable<void> EventLoop::carry_out(asio::awaitable<void> task) {
  co_await asio::co_spawn(context_, std::move(task), asio::use_awaitable);
}

void EventLoop::run() {
  asio::co_spawn(context_, lag_.run(), [](const std::exception_ptr& thrown) {
    if (thrown) std::rethrow_exception(thrown);
  });
  context_.run();
}

void EventLoop::finish() {
  asio::post(context_, [this] {
    lag_.stop();
    work_.reset();
  });
}

EventLoops::EventLoops(std::size_t count) {
  for (std::size_t i = 0; i < std::max<std::size_t>(count, 1); ++i)
    loops_.push_back(std::make_unique<EventLoop>());
}

EventLoops::~EventLoops() {
  for (const auto& loop : loops_) loop->stop();
  end_threads();
  // What is under way on one loop may be awaited on another, whose part goes along with it: all of
  // it goes before any loop does.
  for (int i = 0; i < kWaysThere; ++i) {
    for (const auto& loop : loops_) loop->clear();
  }
}

void EventLoops::run(asio::awaitable<void> task) {
  for (std::size_t i = 1; i < loops_.size(); ++i)
    threads_.emplace_back([loop = loops_[i].get()] { loop->run(); });
  std::exception_ptr thrown;
  asio::co_spawn(first().executor(), std::move(task), [&](const std::exception_ptr& e) {
    thrown = e;
    for (const auto& loop : loops_) {
      if (thrown) {
        loop->stop();
      } else {
        loop->finish();
      }
    }
  });
  first().run();
  end_threads();
  if (thrown) std::rethrow_exception(thrown);
}

void EventLoops::end_threads() {
  for (std::thread& one : threads_) one.join();
  threads_.clear();
}

}  // namespace md5spec
