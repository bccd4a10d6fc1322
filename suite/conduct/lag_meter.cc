#include "conduct/lag_meter.h"

#include <algorithm>

#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>

namespace md5spec {
namespace {

constexpr std::chrono::milliseconds kTick(10);

}  // namespace

asio::awaitable<void> LagMeter::run() {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  while (!stopped_) {
    const Deadline due = Clock::now() + kTick;
    timer.expires_at(due);
    std::error_code cancelled;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
    if (cancelled) co_return;
    const auto late = std::chrono::duration_cast<Duration>(Clock::now() - due);
    for (Duration* worst : watched_) *worst = std::max(*worst, late);
  }
}

LagMeter::Watch::Watch(LagMeter* meter, Duration* worst) : meter_(meter), worst_(worst) {
  if (meter_ != nullptr) meter_->watched_.insert(worst_);
}

LagMeter::Watch::~Watch() {
  if (meter_ != nullptr) meter_->watched_.erase(worst_);
}

}  // namespace md5spec
