#include "conduct/case_time.h"

#include <string>

#include <gtest/gtest.h>

#include "catalogue/case_reading.h"
#include "judge/transcript_builder.h"
#include "wire/connection.h"

namespace md5spec {
namespace {

using namespace std::chrono_literals;

// Each of another length, so that none can stand for another.
constexpr const char* kTimes =
    "timeouts: {connect: 3000s, reply: 100s, close: 7s, quiet: 11ms, pause: 1s}\n";

Duration longest_of(const std::string& steps, const std::string& keys = "", Duration budget = 1h) {
  const Case one = case_of("name: a, alone: true, script: [" + steps + "]");
  const Profile profile = profile_with(kLineProfile + std::string(kTimes) + keys);
  return longest(PlannedCase(one, profile, 1), budget) - 1s;
}

TEST(LongestTest, IsWhatEveryStepMayTakeByTheTimeouts) {
  EXPECT_EQ(longest_of("connect"), 3'000s);
  EXPECT_EQ(longest_of("connect", "banner: Hello\n"), 3'300s);
  EXPECT_EQ(longest_of("{connect: {reading: after_stall}}"), 3'001s);
  EXPECT_EQ(longest_of("{connect: {reading: after_stall}}", "banner: Hello\n"), 3'301s);
  EXPECT_EQ(longest_of("{connect: {count: 6}}"), 3'000s + 4 * 5 * kForEachOfACrowd);
  const Duration connect = 3'000s;
  EXPECT_EQ(longest_of("connect, {send: {message: abc}}"), connect + 300s);
  EXPECT_EQ(longest_of("connect, {send: {message: abc, split_at: 1, gap: 3s}}"), connect + 306s);
  EXPECT_EQ(longest_of("connect, {send: {message: abc, fill: true}}"), connect + 301s);
  EXPECT_EQ(longest_of("connect, {send: {message: abc, times: 2}}"), connect + 300s + 1h);
  EXPECT_EQ(longest_of("connect, {send: {message: abc, times: 2}}", "", 1s),
            connect + 300s + kPatience);
  EXPECT_EQ(longest_of("connect, {exchange: abc}"), connect + 600s);
  EXPECT_EQ(longest_of("connect, {exchange: {messages: [abc, xyz, z]}}"), connect + 1800s);
  EXPECT_EQ(longest_of("connect, {exchange: {message: abc, times: 2}}"), connect + 300s + 1h);
  EXPECT_EQ(longest_of("connect, {exchange: {message: abc, times: 2}}", "", 1s),
            connect + 300s + kPatience);
  EXPECT_EQ(longest_of("connect, {send: {message: abc}}, reply"), connect + 900s);
  EXPECT_EQ(longest_of("connect, {silence: {for: 5s}}"), connect + 5s);
  EXPECT_EQ(longest_of("connect, {pause: 5s}"), connect + 5s);
  EXPECT_EQ(longest_of("connect, half_close, end"), connect + 21s);
  EXPECT_EQ(longest_of("connect, close"), connect);
  EXPECT_EQ(longest_of("liveness"), connect + 600s);
  EXPECT_EQ(longest_of("measure"), 1s);
  EXPECT_EQ(longest_of("terminate, process_end"), kTimeToEnd);
  EXPECT_EQ(longest_of("{control: [connect, {pause: 7s}]}"), connect + 7s);
}

TEST(LongestTest, GrantsWhatIsRepeatedAndMeasuredTheBudget) {
  const std::string repeat = "{repeat: {times: 1000, steps: [connect, {pause: 1s}]}}";
  EXPECT_EQ(longest_of(repeat), 3'001s + 1h);
  EXPECT_EQ(longest_of(repeat, "", 1s), 3'001s + kPatience);
  const std::string measure =
      "{measure: {windows: 3, times: 10, steps: [connect, {pause: 1s}, close]}}";
  EXPECT_EQ(longest_of(measure), 1h + 4 * (1h + 3'001s));
  EXPECT_EQ(longest_of(measure, "", 1s), 1s + 4 * (kPatience + 3'001s));
}

TEST(LongestTest, GrantsTransfersTheTimeOfASlowNetwork) {
  const std::string large = "{pattern: zeros, size: 16MiB}";
  EXPECT_EQ(longest_of("connect, {send: {message: " + large + "}}"), 3'316s);
  EXPECT_EQ(longest_of("connect, {exchange: {message: " + large + "}}"), 3'616s);
  EXPECT_EQ(longest_of("connect, {send: {message: " + large + ", times: 10}}"), 3'460s + 1h);
  EXPECT_EQ(longest_of("connect, {send: {message: {pattern: zeros, size: 16777215}}}"), 3'315s);
}

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
  const auto of = [&](const std::string& connect, std::size_t replies) {
    const Case one = scripted(
        connect + ", {send: {message: abc, times: " + std::to_string(replies) + "}}, reply");
    return longest(PlannedCase(one, profile, 1), 10s);
  };
  // The replies of the latter just don't fill one read more.
  for (const std::size_t replies : {std::size_t{2000}, std::size_t{1823}}) {
    EXPECT_EQ(of("{connect: {reading: slowly}}", replies),
              of("connect", replies) + (2 * replies * 33 / kSlowRead + 1) * kSlowGap);
  }
  EXPECT_EQ(of("{connect: {as: other, reading: slowly}}, connect", 2000),
            of("connect, {connect: other}", 2000));
}

TEST(LongestTest, GrantsLargeMessagesTimeToBeSent) {
  const Profile profile = profile_with(kLineProfile);
  const Case one = scripted("connect, {exchange: {message: {pattern: zeros, size: 16MiB}}}");
  EXPECT_GT(longest(PlannedCase(one, profile, 1), 10s), 16s);
}

TEST(OwnWaits, AreWhatTheScriptAsksFor) {
  const auto of = [](const std::string& steps) {
    const Case one = scripted(steps);
    return own_waits(PlannedCase(one, profile_with(kLineProfile + std::string(kTimes)), 1));
  };
  EXPECT_EQ(of("connect, {exchange: abc}, half_close, end"), 0s);
  EXPECT_EQ(of("connect, {pause: 5s}, {silence: {for: 3s}}"), 8s);
  EXPECT_EQ(of("connect, {send: {message: abc, split_at: 1, gap: 3s}}"), 6s);
  EXPECT_EQ(of("connect, {send: {message: abc, fill: true}}"), 1s);
  EXPECT_EQ(of("{control: [connect, {pause: 7s}]}"), 7s);
  EXPECT_EQ(of("{repeat: {times: 10, steps: [connect, {pause: 7s}, close]}}"), 70s);
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
  EXPECT_LT(of(one, plain), 100ms);
  EXPECT_EQ(of(two, plain), 2 * of(one, plain));
  EXPECT_GT(of(one, tls), of(one, plain));
  EXPECT_LT(of(one, tls), 1s);
}

}  // namespace
}  // namespace md5spec
