// The event loops that runs are carried out on, each of a thread.
#pragma once

#include <cstddef>
#include <exception>
#include <memory>
#include <thread>
#include <vector>

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>
#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>

#include "conduct/lag_meter.h"

namespace md5spec {

// Measures how late it comes. What is carried out on it is never under way on another thread, so
// that it needs no locks among itself.
class EventLoop {
 public:
  EventLoop();

  asio::any_io_executor executor() { return context_.get_executor(); }
  LagMeter& lag() { return lag_; }

  // Carries `task` out on this loop; whoever awaits it goes on on their own. Throws what it throws.
  asio::awaitable<void> carry_out(asio::awaitable<void> task);

  // By the calling thread, until finish() or stop(), which any thread may call.
  void run();

  // What is under way still comes to its end.
  void finish();
  void stop() { context_.stop(); }

  // Destroys what is still under way once no thread is in run() any more.
  void clear() { context_.shutdown(); }

 private:
  class Context : public asio::io_context {
   public:
    Context() : asio::io_context(1) {}
    using asio::execution_context::shutdown;
  };

  LagMeter lag_;  // before the context: what that still holds in the end may refer to it
  Context context_;
  asio::executor_work_guard<asio::io_context::executor_type> work_;
};

// The first belongs to the thread that calls run(), the others to threads of their own.
class EventLoops {
 public:
  explicit EventLoops(std::size_t count);  // at least one
  ~EventLoops();
  EventLoops(const EventLoops&) = delete;
  EventLoops& operator=(const EventLoops&) = delete;

  std::size_t size() const { return loops_.size(); }
  EventLoop& first() { return *loops_.front(); }
  EventLoop& at(std::size_t index) { return *loops_.at(index); }

  // Carries `task` out on the first loop, returns when it has ended, and throws what it throws.
  // What is under way besides still comes to its end, unless it throws. To be called once.
  void run(asio::awaitable<void> task);

 private:
  void end_threads();

  std::vector<std::unique_ptr<EventLoop>> loops_;
  std::vector<std::thread> threads_;
};

}  // namespace md5spec
