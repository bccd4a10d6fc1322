#include "conduct/case_time.h"

#include <string>

#include <gtest/gtest.h>

#include "catalogue/case_reading.h"
#include "judge/transcript_builder.h"
#include "wire/connection.h"

namespace md5spec {
namespace {

using namespace std::chrono_literals;

TEST(LongestTest, GrowsWithEveryWait) {
  const Profile profile = profile_with(kLineProfile);
  const auto of = [&](const std::string& steps) {
    const Case one = scripted(steps);
    return longest(PlannedCase(one, profile, 1), 10s);
  };
  EXPECT_LT(of("connect"), of("connect, {exchange: abc}"));
  EXPECT_LT(of("connect, {exchange: abc}"), of("connect, {exchange: {messages: [abc, xyz]}}"));
  EXPECT_LT(of("connect, {exchange: abc}"), of("connect, {exchange: abc}, half_close, end"));
  EXPECT_EQ(of("connect, {pause: 7s}") - of("connect"), 7s);
  EXPECT_EQ(of("connect, {silence: {for: 5s}}") - of("connect"), 5s);
  EXPECT_EQ(of("connect, {send: {message: abc, split_at: 1, gap: 3s}}") -
                of("connect, {send: {message: abc}}"),
            6s);
  EXPECT_EQ(of("{control: [connect, {pause: 7s}]}") - of("{control: [connect]}"), 7s);
}

TEST(LongestTest, GrantsARepetitionItsBudgetAndNoMore) {
  const Profile profile = profile_with(kLineProfile);
  const Case one = scripted("{repeat: {times: 1000, steps: [connect, {pause: 1s}]}}");
  EXPECT_LT(longest(PlannedCase(one, profile, 1), 10s), 70s);
  EXPECT_GT(longest(PlannedCase(one, profile, 1), 100s), 100s);
  EXPECT_LT(longest(PlannedCase(one, profile, 1), 100s), 110s);
}

TEST(LongestTest, GrantsASlowReaderItsOwnTime) {
  const Profile profile = profile_with(kLineProfile);
  const auto of = [&](const std::string& connect) {
    const Case one = scripted(connect + ", {send: {message: abc, times: 2000}}, reply");
    return longest(PlannedCase(one, profile, 1), 10s);
  };
  EXPECT_GT(of("{connect: {reading: slowly}}"),
            of("connect") + std::size_t{2000} * 33 / kSlowRead * kSlowGap);
  EXPECT_EQ(of("{connect: {as: other, reading: slowly}}, connect"),
            of("connect, {connect: other}"));
}

TEST(LongestTest, GrantsLargeMessagesTimeToBeSent) {
  const Profile profile = profile_with(kLineProfile);
  const Case one = scripted("connect, {exchange: {message: {pattern: zeros, size: 16MiB}}}");
  EXPECT_GT(longest(PlannedCase(one, profile, 1), 10s), 16s);
}

TEST(ConnectingTime, IsThatOfAllConnectionsAndMoreWithTls) {
  const Profile plain = profile_with(kLineProfile);
  const Profile tls = profile_with(kLineProfile + std::string("tls: {verify: false}\n"));
  const Case one = scripted("{repeat: {times: 10, steps: [connect, close]}}");
  const Case two = scripted("{repeat: {times: 10, steps: [{connect: {count: 2}}, close]}}");
  const auto of = [](const Case& it, const Profile& profile) {
    return connecting_time(PlannedCase(it, profile, 1));
  };
  EXPECT_GT(of(one, plain), 0s);
  EXPECT_EQ(of(two, plain), 2 * of(one, plain));
  EXPECT_GT(of(one, tls), of(one, plain));
}

}  // namespace
}  // namespace md5spec
