#include <csignal>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "judge/judge.h"
#include "judge/known_digests.h"
#include "judge/transcript_builder.h"

namespace md5spec {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Not;

using Came = Event::Came;

// --- messages that the server doesn't take whole ---

TEST(JudgeInterruptionsTest, ACloseInsideAMessageWhoseReplyIsWaitedForIsTheCasesOwnToBlame) {
  for (const std::string judged : {"DIG-5", "STR-1", "STR-3", "STR-4"}) {
    EXPECT_EQ(Happening(judged)
                  .connect()
                  .send_part("abc", 1)
                  .server_closes()
                  .half_close()
                  .await_reply(Came::kEnded)
                  .await_end()
                  .verdict(),
              "broken " + judged + ": closed instead by end_of_stream");
    EXPECT_EQ(Happening(judged)
                  .connect()
                  .send_part("abc", 1)
                  .server_resets()
                  .send_fails()
                  .half_close()
                  .await_reply(Came::kEnded)
                  .await_end()
                  .verdict(),
              "broken " + judged + ": closed instead by reset");
  }
}

TEST(JudgeInterruptionsTest, AServerThatTakesNoMoreOfAMessageIsTheCasesOwnToBlame) {
  EXPECT_EQ(Happening("DIG-5")
                .connect()
                .send_part("abc", 1)
                .send_stalls()
                .send_fails()
                .await_reply(Came::kTimeout)
                .half_close()
                .await_end(Came::kTimeout)
                .verdict(),
            "broken DIG-5: no reply by deadline");
}

TEST(JudgeInterruptionsTest, AServerThatTakesNothingOfALaterMessageBreaksCon4) {
  EXPECT_EQ(Happening("CON-4")
                .connect()
                .exchange("abc")
                .send_part("xyz", 0)
                .send_fails()
                .server_resets()
                .await_reply(Came::kEnded)
                .half_close()
                .await_end()
                .verdict(),
            "broken CON-4: closed instead by reset");
}

// What servers do that take the first read for the message, answer it and close.
TEST(JudgeInterruptionsTest, ADigestOfTheFirstPieceAndACloseAreTheCasesOwnToBlame) {
  const auto one_read = [](const std::string& judged) {
    return Happening(judged)
        .connect()
        .send_part("abc", 1)
        .get(kA + "\n")
        .server_closes()
        .half_close()
        .await_reply(Came::kEnded)
        .await_end();
  };
  EXPECT_EQ(one_read("STR-1").blame(), "broken STR-1: other digest; saw REP-5: premature");
  EXPECT_EQ(one_read("DIG-5").blame(), "broken DIG-5: other digest; saw REP-5: premature");
  EXPECT_EQ(one_read("REP-5").blame(), "broken REP-5: premature; saw DIG-1: other digest");
}

TEST(JudgeInterruptionsTest, ADigestOfTheFirstPieceAndACloseAreRep5sWhereNothingWasWaitedFor) {
  EXPECT_EQ(Happening("REP-5")
                .connect()
                .send_part("abc", 1)
                .get(kA + "\n")
                .server_closes()
                .watch(Came::kUnexpected)
                .half_close()
                .await_end()
                .verdict(),
            "broken REP-5: premature by bytes");
}

TEST(JudgeInterruptionsTest, AHalfCloseServerThatClosesInsideTheMessageIsToBlame) {
  EXPECT_EQ(Happening("STR-1", kHalfCloseProfile)
                .connect()
                .send_part("abc", 1)
                .server_closes()
                .half_close()
                .await_reply(Came::kEnded)
                .await_end()
                .verdict(),
            "broken STR-1: closed instead by end_of_stream");
}

// --- messages that nobody waits for ---

TEST(JudgeInterruptionsTest, AClientThatIsGoneIsOwedNothing) {
  for (const char* profile : {kLineProfile, kClassicProfile, kHalfCloseProfile}) {
    EXPECT_EQ(Happening("RES-2", profile)
                  .connect()
                  .send("abc")
                  .close()
                  .in_liveness()
                  .connect()
                  .send("abc")
                  .half_close()
                  .get_reply("abc")
                  .await_reply(Came::kExpected)
                  .verdict(),
              "nothing")
        << profile;
    EXPECT_EQ(Happening("RES-1", profile).connect().send("abc").reset().verdict(), "nothing")
        << profile;
  }
}

TEST(JudgeInterruptionsTest, AClientThatDoesntReadIsOwedNothing) {
  EXPECT_EQ(Happening("CNC-3")
                .connect()
                .send_together({"abc", "abc"})
                .connect()
                .exchange("xyz")
                .end()
                .on(0)
                .reset()
                .verdict(),
            "nothing");
}

// --- clients that vanish ---

TEST(JudgeInterruptionsTest, WhatANeighboursResetEndsIsRes1sToSay) {
  EXPECT_EQ(Happening("CNC-3").connect().exchange("abc").reset().server_dies().blame(),
            "can't tell for RES-1: died");
}

TEST(JudgeInterruptionsTest, WhatAPipelineThatWasLeftEndsIsRes2sToSay) {
  EXPECT_EQ(
      Happening("SEQ-2").connect().send_together({"abc", "abc"}).close().server_dies().blame(),
      "can't tell for RES-2: died");
  EXPECT_EQ(Happening("SEQ-2").connect().exchange("abc").close().server_dies().blame(),
            "can't tell for CON-5: died");
}

TEST(JudgeInterruptionsTest, WhatSigpipeEndsIsRes2sToSayInWhicheverCase) {
  const auto ends = [](const char* judged, int signal) {
    Happening happening(judged);
    happening.connect().exchange("abc").reset().in_liveness().connect_in_vain();
    return happening.server_dies(signal).blame();
  };
  EXPECT_EQ(ends("RES-1", SIGPIPE), "can't tell for RES-2: refused");
  EXPECT_EQ(ends("RES-1", SIGSEGV), "broken RES-1: refused");
  EXPECT_EQ(ends("RES-2", SIGPIPE), "broken RES-2: refused");
  EXPECT_EQ(Happening("CNC-3").connect().exchange("abc").server_dies(SIGPIPE).blame(),
            "can't tell for RES-2: died");
}

TEST(JudgeInterruptionsTest, AnEarlyEndMayBeForTheMessagesThatCameInPieces) {
  const auto causes = [](std::uint64_t bytes) {
    Happening happening("DIG-2");
    happening.connect().send_part("abc", bytes).send_rest().get_reply("abc");
    happening.await_reply(Came::kExpected).server_closes().await_end();
    const Judgement judgement = happening.judgement();
    return judgement.impediments.empty() ? std::vector<std::string>()
                                         : judgement.impediments.front().causes;
  };
  EXPECT_THAT(causes(2), Contains("STR-1"));
  EXPECT_THAT(causes(4), AllOf(Contains("REP-4"), Not(Contains("STR-1"))));
}

TEST(JudgeInterruptionsTest, AMereCloseSendsAMessageWhereEndOfStreamEndsOne) {
  const auto ends = [](const char* profile) {
    return Happening("CNC-3", profile).connect().close().server_dies().blame();
  };
  EXPECT_EQ(ends(kHalfCloseProfile), "can't tell for RES-2: died");
  EXPECT_EQ(ends(kLineProfile), "can't tell for CON-5: died");
}

TEST(JudgeInterruptionsTest, WhatALengthInPiecesEndsMayBeStr4sToSay) {
  const auto ends = [](std::uint64_t bytes) {
    Happening happening("CNC-3", kPrefixedProfile);
    happening.connect().send_part("abc", bytes).connect().exchange_in_vain("xyz").server_dies();
    return happening.judgement().findings.front().causes;
  };
  EXPECT_THAT(ends(2), Contains("STR-4"));
  EXPECT_THAT(ends(6), Not(Contains("STR-4")));
}

TEST(JudgeInterruptionsTest, WhatAMessageOverTheLimitEndsMayBeRes5sToSay) {
  const auto ends = [](const std::string& message) {
    return Happening("RES-10", kLimited).connect().send(message).server_dies().judgement();
  };
  EXPECT_THAT(ends("abcd").impediments.front().causes, Contains("RES-5"));
  EXPECT_THAT(ends("abc").impediments.front().causes, Not(Contains("RES-5")));
}

TEST(JudgeInterruptionsTest, AnExchangeInVainBehindAResetIsNoFindingAboutNeighbours) {
  const auto in_vain = [](bool reset) {
    Happening happening("CNC-3");
    happening.connect().exchange("abc");
    (reset ? happening.reset() : happening.close()).in_liveness().connect().exchange_in_vain("xyz");
    return happening;
  };
  EXPECT_EQ(in_vain(false).blame(), "broken CNC-3: no reply");
  EXPECT_EQ(in_vain(true).blame(), "can't tell for RES-1: no reply");
  EXPECT_THAT(in_vain(true).judgement().impediments.front().causes, Contains("DIG-1"));
  EXPECT_THAT(in_vain(false).judgement().findings.front().causes, Not(Contains("RES-1")));
}

TEST(JudgeInterruptionsTest, AResetWithAReplyDueMayBeWhatRes2IsAbout) {
  const auto behind_a_reset = [](Happening happening) {
    return std::move(happening.reset().in_liveness().connect().exchange_in_vain("xyz"));
  };
  const Happening idle = behind_a_reset(std::move(Happening("RES-1").connect().exchange("abc")));
  EXPECT_EQ(idle.blame(), "broken RES-1: no reply");
  EXPECT_THAT(idle.judgement().findings.front().causes, Not(Contains("RES-2")));
  const Happening owed = behind_a_reset(std::move(Happening("RES-1").connect().send("abc")));
  EXPECT_EQ(owed.blame(), "can't tell for RES-2: no reply");
  EXPECT_THAT(owed.judgement().impediments.front().causes, Contains("DIG-1"));
}

TEST(JudgeInterruptionsTest, WaitingForTheEndIsWaitingForTheReplyToo) {
  EXPECT_EQ(Happening("DIG-1").connect().send("abc").end().blame(), "broken DIG-1: closed instead");
}

// --- pauses ---

TEST(JudgeInterruptionsTest, AServerThatGivesUpDuringAPauseBreaksCon6) {
  EXPECT_EQ(Happening("CON-6").connect().server_closes().pause().half_close().await_end().verdict(),
            "broken CON-6: early close by end_of_stream");
  EXPECT_EQ(Happening("CON-6")
                .connect()
                .exchange("abc")
                .server_closes()
                .pause()
                .half_close()
                .await_end()
                .verdict(),
            "broken CON-6: early close by end_of_stream");
  EXPECT_EQ(Happening("CON-6").connect().pause().exchange_in_vain("abc").end().verdict(),
            "broken CON-6: no reply by deadline");
  EXPECT_EQ(Happening("CON-6")
                .connect()
                .pause()
                .send("abc")
                .server_closes()
                .await_reply(Came::kEnded)
                .verdict(),
            "broken CON-6: closed instead by end_of_stream");
}

TEST(JudgeInterruptionsTest, AServerThatClosesWithoutAPauseDoesntBreakCon6) {
  EXPECT_EQ(Happening("CON-6")
                .connect()
                .exchange("abc")
                .server_closes()
                .half_close()
                .await_end()
                .verdict(),
            "can't tell for CON-4: early close by end_of_stream");
}

TEST(JudgeInterruptionsTest, APauseOnlyCountsOnConnectionsThatLiveThroughIt) {
  EXPECT_EQ(Happening("CON-6")
                .connect()
                .exchange("abc")
                .server_closes()
                .await_end()
                .close()
                .connect()
                .pause()
                .exchange("abc")
                .end()
                .verdict(),
            "can't tell for CON-4: early close by end_of_stream");
}

}  // namespace
}  // namespace md5spec
