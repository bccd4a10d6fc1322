// Tells whether the suite's own event loop keeps up: where it doesn't, a missed deadline is no
// fault of the server's.
#pragma once

#include <set>

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>

#include "wire/deadline.h"
#include "wire/transcript.h"

namespace md5spec {

class LagMeter {
 public:
  // Measures until the executor's context stops or stop() is called.
  asio::awaitable<void> run();
  void stop() { stopped_ = true; }

  // While an object of this class lives, the worst lag goes into its transcript.
  class Watch {
   public:
    Watch(LagMeter* meter, Duration* worst);
    ~Watch();
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

   private:
    LagMeter* meter_;
    Duration* worst_;
  };

 private:
  std::set<Duration*> watched_;
  bool stopped_ = false;
};

}  // namespace md5spec
