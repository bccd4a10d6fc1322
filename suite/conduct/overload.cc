#include "conduct/overload.h"

#include <cstdlib>
#include <thread>

namespace md5spec {
namespace {

// Threads that want to run, for each processor. A test suite on two processors is beneath it.
constexpr double kMostWaiting = 4;
constexpr double kBusyPatience = 4;

}  // namespace

bool are_too_many(double waiting, unsigned processors) {
  return processors > 0 && waiting > kMostWaiting * processors;
}

bool machine_is_overloaded() {
#ifdef __linux__
  double last_minute = 0;
  return getloadavg(&last_minute, 1) == 1 &&
         are_too_many(last_minute, std::thread::hardware_concurrency());
#else
  return false;
#endif
}

Profile with_patience(Profile profile) {
  scale_timeouts(kBusyPatience, &profile.timeouts);
  return profile;
}

}  // namespace md5spec
