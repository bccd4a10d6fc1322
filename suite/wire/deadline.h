// The clock that all waiting goes by.
#pragma once

#include <chrono>

namespace md5spec {

using Clock = std::chrono::steady_clock;
using Deadline = Clock::time_point;

}  // namespace md5spec
