#include "conduct/patience.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "conduct/case_time.h"

namespace md5spec {
namespace {

using namespace std::chrono_literals;

const std::vector<std::string> kSomething = {"DIG-1", "STR-1"};

class PatienceTest : public testing::Test {
 protected:
  Patience patience(const std::vector<std::string>& judged = kSomething) const {
    return {timeouts, judged, so_far};
  }

  Timeouts timeouts{.connect = 7s, .reply = 40s, .close = 30s, .quiet = 2s, .pause = 11s};
  Disappointments so_far;
};

TEST_F(PatienceTest, IsWhatTheTimeoutsSay) {
  EXPECT_EQ(patience().for_connection(), 7s);
  EXPECT_EQ(patience().for_reply(1), 40s);
  EXPECT_EQ(patience().for_banner(), 40s);
  EXPECT_EQ(patience().for_end(1, false), 30s);
  EXPECT_EQ(patience().for_the_rest(false, false), 2s);
}

TEST_F(PatienceTest, ACrowdIsGivenMoreTime) {
  EXPECT_EQ(patience().for_reply(11), 40s + 10 * kForEachOfACrowd);
  EXPECT_EQ(patience().for_end(11, false), 30s + 10 * kForEachOfACrowd);
}

TEST_F(PatienceTest, AReplyIsGivenAQuarterOnceFortyDidNotCome) {
  so_far.missing = 39;
  EXPECT_EQ(patience().for_reply(1), 40s);
  so_far.missing = 40;
  EXPECT_EQ(patience().for_reply(1), 10s);
}

TEST_F(PatienceTest, AHandshakeIsGivenAQuarterOnceEightStalledUnlessItIsWhatTheCaseIsAbout) {
  so_far.unsecured = 7;
  EXPECT_EQ(patience().for_connection(), 7s);
  so_far.unsecured = 8;
  EXPECT_EQ(patience().for_connection(), 1750ms);
  const std::vector<std::string> handshake = {"SEC-1"};
  EXPECT_EQ(patience(handshake).for_connection(), 7s);
}

TEST_F(PatienceTest, ABannerIsWaitedForALittleOnceFourDidNotComeUnlessItIsWhatTheCaseIsAbout) {
  so_far.missing = 3;
  EXPECT_EQ(patience().for_banner(), 40s);
  so_far.missing = 4;
  EXPECT_EQ(patience().for_banner(), 200ms);
  const std::vector<std::string> banner = {"STR-1", "CON-2"};
  EXPECT_EQ(patience(banner).for_banner(), 40s);
  timeouts.reply = 1s;
  EXPECT_EQ(patience().for_banner(), 100ms);
}

TEST_F(PatienceTest, AnEndIsWaitedForALittleOnceEightDidNotComeUnlessItIsWhatTheCaseIsAbout) {
  so_far.unclosed = 7;
  EXPECT_EQ(patience().for_end(11, false), 30s + 10 * kForEachOfACrowd);
  so_far.unclosed = 8;
  EXPECT_EQ(patience().for_end(11, false), 2s);
  for (const std::string id : {"CON-3", "CON-4", "RES-10"}) {
    const std::vector<std::string> end = {id};
    EXPECT_EQ(patience(end).for_end(1, false), 30s) << id;
  }
  timeouts.close = 1s;
  EXPECT_EQ(patience().for_end(1, false), 1s);
}

TEST_F(PatienceTest, ACaseWaitsInVainForOneEndOnly) {
  const std::vector<std::string> end = {"CON-3"};
  EXPECT_EQ(patience(end).for_end(11, true), 200ms);
  timeouts.close = 1s;
  EXPECT_EQ(patience(end).for_end(11, true), 100ms);
}

TEST_F(PatienceTest, TheRestOfAWrongReplyIsOverWhereItLooksSo) {
  EXPECT_EQ(patience().for_the_rest(true, false), 200ms);
  EXPECT_EQ(patience().for_the_rest(false, true), 200ms);
  EXPECT_EQ(patience().for_the_rest(true, true), 0s);
}

TEST_F(PatienceTest, RepliesAreKnownToDifferOnceTwentyDid) {
  so_far.unlike = 19;
  EXPECT_FALSE(patience().replies_are_known_to_differ());
  EXPECT_EQ(patience().for_the_rest(false, false), 2s);
  so_far.unlike = 20;
  EXPECT_TRUE(patience().replies_are_known_to_differ());
  EXPECT_EQ(patience().for_the_rest(false, false), 200ms);
  EXPECT_EQ(patience().for_the_rest(false, true), 200ms);
  EXPECT_EQ(patience().for_the_rest(true, false), 0s);
}

}  // namespace
}  // namespace md5spec
