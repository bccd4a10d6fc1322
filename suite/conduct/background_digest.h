// The digest of a large message, computed beside the event loop while the message is sent.
#pragma once

#include <atomic>
#include <memory>
#include <thread>

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>

#include "catalogue/planned_case.h"

namespace md5spec {

// Begins at once, on a thread of its own; the destructor breaks it off.
class BackgroundDigest {
 public:
  // `message` is a streamed one of `profile`, which must outlive this.
  BackgroundDigest(const asio::any_io_executor& executor, const Profile& profile,
                   std::shared_ptr<PlannedMessage> message);
  ~BackgroundDigest();
  BackgroundDigest(const BackgroundDigest&) = delete;
  BackgroundDigest& operator=(const BackgroundDigest&) = delete;

  // Waits for it; then the message's reply has it. Throws what computing it threw.
  asio::awaitable<void> finish();

 private:
  struct State;

  std::shared_ptr<PlannedMessage> message_;
  std::shared_ptr<State> state_;  // the thread has a share in it
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

}  // namespace md5spec
