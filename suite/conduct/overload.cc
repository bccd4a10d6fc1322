#include "conduct/overload.h"

#include <cstdlib>
#include <thread>

namespace md5spec {
namespace {

// Threads that want to run, for each processor. A test suite on two processors is beneath it.
constexpr double kMostWaiting = 4;
constexpr double kBusyPatience = 4;

}  // namespace

bool machine_is_overloaded() {
#ifdef __linux__
  double last_minute = 0;
  const unsigned processors = std::thread::hardware_concurrency();
  return processors > 0 && getloadavg(&last_minute, 1) == 1 &&
         last_minute > kMostWaiting * processors;
#else
  return false;
#endif
}

Profile with_patience(Profile profile) {
  scale_timeouts(kBusyPatience, &profile.timeouts);
  return profile;
}

}  // namespace md5spec
