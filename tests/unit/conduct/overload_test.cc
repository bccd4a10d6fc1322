#include "conduct/overload.h"

#include <cstdlib>
#include <thread>

#include <gtest/gtest.h>

#include "judge/transcript_builder.h"

namespace {

// The load that this machine claims to have: none, so that no test's patience depends on it.
double claimed_load = 0;
bool is_told = true;

}  // namespace

// Stands for the system's in this program.
extern "C" int getloadavg(double* loads, int count) noexcept {
  if (!is_told || count != 1) return -1;
  *loads = claimed_load;
  return 1;
}

namespace md5spec {
namespace {

TEST(OverloadTest, IsMoreThanFourThreadsForEachProcessor) {
  EXPECT_FALSE(are_too_many(8, 2));
  EXPECT_TRUE(are_too_many(8.01, 2));
  EXPECT_FALSE(are_too_many(8.01, 3));
  EXPECT_FALSE(are_too_many(1000, 0));
}

TEST(OverloadTest, IsTakenFromWhatTheSystemTells) {
  const auto is_overloaded = [](double load, bool told = true) {
    claimed_load = load;
    is_told = told;
    const bool overloaded = machine_is_overloaded();
    claimed_load = 0;
    is_told = true;
    return overloaded;
  };
  const unsigned most = 4 * std::thread::hardware_concurrency();
  EXPECT_FALSE(is_overloaded(most));
  EXPECT_TRUE(is_overloaded(most + 0.01));
  EXPECT_FALSE(is_overloaded(most + 0.01, false));
}

TEST(OverloadTest, PatienceWaitsLongerForTheServerAndPausesNoLonger) {
  const Profile usual = profile_with(kLineProfile);
  const Profile patient = with_patience(usual);
  EXPECT_EQ(patient.timeouts.reply, 4 * usual.timeouts.reply);
  EXPECT_EQ(patient.timeouts.connect, 4 * usual.timeouts.connect);
  EXPECT_EQ(patient.timeouts.pause, usual.timeouts.pause);
}

}  // namespace
}  // namespace md5spec
