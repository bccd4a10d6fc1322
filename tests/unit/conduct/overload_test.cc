#include "conduct/overload.h"

#include <gtest/gtest.h>

#include "judge/transcript_builder.h"

namespace md5spec {
namespace {

TEST(OverloadTest, IsMoreThanFourThreadsForEachProcessor) {
  EXPECT_FALSE(are_too_many(8, 2));
  EXPECT_TRUE(are_too_many(8.01, 2));
  EXPECT_FALSE(are_too_many(8.01, 3));
  EXPECT_FALSE(are_too_many(1000, 0));
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
