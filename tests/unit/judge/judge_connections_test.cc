#include <string>

#include <gtest/gtest.h>

#include "judge/judge.h"
#include "judge/known_digests.h"
#include "judge/transcript_builder.h"

namespace md5spec {
namespace {

using Came = Event::Came;

// --- what has requirements of its own ---

TEST(JudgeConnectionsTest, BytesBeforeAnythingWasSentAreCon2s) {
  const auto greets = [](const std::string& judged) {
    return Happening(judged)
        .connect()
        .get("hello\n")
        .watch(Came::kUnexpected)
        .exchange("abc")
        .end();
  };
  EXPECT_EQ(greets("CON-2").verdict(), "broken CON-2: early bytes by bytes");
  EXPECT_EQ(greets("REP-2").verdict(), "saw CON-2: early bytes by bytes");
  EXPECT_EQ(greets("DIG-1").verdict(), "saw CON-2: early bytes by bytes");
}

const std::string kBannerProfile = std::string(kLineProfile) + "banner: \"hi\\n\"\n";

TEST(JudgeConnectionsTest, ABannerThatIsAnotherIsOddAndOneThatIsCutOffOrLateIsnt) {
  const auto odd = [](const Judgement& judgement) {
    std::string all;
    for (const Finding& one : judgement.oddities) all += one.usually + ": " + one.explanation;
    return all;
  };
  EXPECT_EQ(odd(Happening("DIG-1", kBannerProfile)
                    .connect()
                    .get("hi\r")
                    .await_banner(Came::kUnexpected)
                    .exchange("abc", kAbc + "\n")
                    .judgement()),
            "CON-2: the server doesn't begin with its declared banner");
  EXPECT_EQ(odd(Happening("DIG-1", kBannerProfile).connect().get("hi").end().judgement()), "");
  EXPECT_EQ(odd(Happening("DIG-1", kBannerProfile)
                    .connect()
                    .get("hi")
                    .await_banner(Came::kTimeout)
                    .watch()
                    .judgement()),
            "");
}

TEST(JudgeConnectionsTest, TheDeclaredBannerIsNoBreach) {
  EXPECT_EQ(Happening("CON-2", kBannerProfile)
                .connect()
                .get("hi\n")
                .await_banner(Came::kExpected)
                .exchange("abc")
                .end()
                .verdict(),
            "nothing");
}

TEST(JudgeConnectionsTest, AnotherBannerIsCon2s) {
  const auto greets = [](const std::string& judged) {
    return Happening(judged, kBannerProfile)
        .connect()
        .get("ho\n")
        .await_banner(Came::kUnexpected)
        .exchange("abc")
        .end();
  };
  EXPECT_EQ(greets("CON-2").verdict(), "broken CON-2: banner wrong by bytes");
  EXPECT_EQ(greets("DIG-1").verdict(), "saw CON-2: banner wrong by bytes");
}

TEST(JudgeConnectionsTest, ASecondBannerIsCon2sWhereItStandsBeforeTheFirstReply) {
  const auto greets_again = [](const std::string& judged) {
    return Happening(judged, kBannerProfile)
        .connect()
        .get("hi\n")
        .await_banner(Came::kExpected)
        .exchange("abc", "hi\n" + kAbc + "\n")
        .end();
  };
  EXPECT_EQ(greets_again("DIG-1").verdict(), "saw CON-2: banner wrong by bytes");
  EXPECT_EQ(greets_again("CON-2").verdict(), "broken CON-2: banner wrong by bytes");
}

TEST(JudgeConnectionsTest, TheBannerBeforeALaterReplyIsSurplus) {
  EXPECT_EQ(Happening("DIG-1", kBannerProfile)
                .connect()
                .get("hi\n")
                .await_banner(Came::kExpected)
                .exchange("abc")
                .exchange("abc", "hi\n" + kAbc + "\n")
                .end()
                .verdict(),
            "saw REP-2: surplus by bytes");
}

TEST(JudgeConnectionsTest, ABannerThatDoesntComeInTimeIsCon2s) {
  EXPECT_EQ(
      Happening("CON-2", kBannerProfile).connect().await_banner(Came::kTimeout).watch().verdict(),
      "broken CON-2: banner wrong by deadline");
}

TEST(JudgeConnectionsTest, ABannerThatComesTooLateIsCon2sOnceItHasHadItsTime) {
  EXPECT_EQ(Happening("CON-2", kBannerProfile)
                .connect()
                .await_banner(Came::kTimeout)
                .get("hi\n")
                .exchange("abc")
                .end()
                .verdict(),
            "broken CON-2: banner wrong by deadline");
  EXPECT_EQ(Happening("CON-2", kBannerProfile)
                .connect()
                .await_banner_briefly()
                .get("hi\n")
                .exchange("abc")
                .end()
                .verdict(),
            "nothing");
}

TEST(JudgeConnectionsTest, BytesBehindTheBannerAreCon2s) {
  EXPECT_EQ(Happening("CON-2", kBannerProfile)
                .connect()
                .get("hi\nthere\n")
                .await_banner(Came::kExpected)
                .exchange("abc")
                .end()
                .verdict(),
            "broken CON-2: early bytes by bytes");
}

TEST(JudgeConnectionsTest, ACloseBeforeTheFirstMessageIsCon1s) {
  for (const char* profile : {kLineProfile, kOneLineProfile, kClassicProfile, kHalfCloseProfile}) {
    EXPECT_EQ(Happening("CON-1", profile).connect().server_closes().watch(Came::kEnded).verdict(),
              "broken CON-1: early close by end_of_stream")
        << profile;
    EXPECT_EQ(Happening("CON-1", profile).connect().server_resets().watch(Came::kEnded).blame(),
              "broken CON-1: early close; saw CON-7: reset")
        << profile;
  }
}

// Under half_close the runner then half-closes all the same, which is the empty message.
TEST(JudgeConnectionsTest, ACloseBeforeTheFirstMessageIsntTakenForALostReply) {
  const auto closed_at_once = [](const std::string& judged) {
    return Happening(judged, kHalfCloseProfile)
        .connect()
        .server_closes()
        .watch(Came::kEnded)
        .send_part("", 0)
        .half_close()
        .await_end();
  };
  EXPECT_EQ(closed_at_once("CON-1").verdict(), "broken CON-1: early close by end_of_stream");
  EXPECT_EQ(closed_at_once("DIG-3").verdict(),
            "can't tell for CON-1: early close by end_of_stream");
}

TEST(JudgeConnectionsTest, AServerThatDoesntCloseAfterHalfCloseBreaksCon3) {
  const auto stays = [](const std::string& judged) {
    return Happening(judged).connect().exchange("abc").half_close().await_end(Came::kTimeout);
  };
  EXPECT_EQ(stays("CON-3").verdict(), "broken CON-3: not closed by deadline");
  EXPECT_EQ(stays("DIG-1").verdict(), "saw CON-3: not closed by deadline");
}

TEST(JudgeConnectionsTest, AServerThatDoesntCloseAfterItsOneReplyBreaksCon4) {
  EXPECT_EQ(Happening("CON-4", kOneLineProfile)
                .connect()
                .exchange("abc")
                .await_end(Came::kTimeout)
                .verdict(),
            "broken CON-4: not closed by deadline");
}

TEST(JudgeConnectionsTest, AServerThatClosesAfterItsOneReplyIsRight) {
  EXPECT_EQ(Happening("CON-4", kOneLineProfile)
                .connect()
                .exchange("abc")
                .server_closes()
                .await_end()
                .verdict(),
            "nothing");
}

TEST(JudgeConnectionsTest, AResetAfterHalfCloseIsCon7s) {
  const auto resets = [](const std::string& judged) {
    return Happening(judged).connect().exchange("abc").half_close().server_resets().await_end();
  };
  EXPECT_EQ(resets("CON-7").verdict(), "broken CON-7: reset by reset");
  EXPECT_EQ(resets("DIG-1").verdict(), "saw CON-7: reset by reset");
  EXPECT_EQ(resets("CON-3").verdict(), "saw CON-7: reset by reset");
}

TEST(JudgeConnectionsTest, AResetAfterTheOneReplyIsCon7s) {
  EXPECT_EQ(Happening("CON-7", kOneLineProfile)
                .connect()
                .exchange("abc")
                .server_resets()
                .await_end()
                .verdict(),
            "broken CON-7: reset by reset");
}

TEST(JudgeConnectionsTest, AResetIsExcusedWhereSomethingMayBeUnread) {
  EXPECT_EQ(Happening("CON-7")
                .connect()
                .exchange("abc")
                .send_part("xyz", 2)
                .server_resets()
                .watch()
                .verdict(),
            "nothing");
}

TEST(JudgeConnectionsTest, AReplyThatComesOnlyAfterHalfCloseIsRep4s) {
  const auto late = [](const std::string& judged) {
    return Happening(judged)
        .connect()
        .send("abc")
        .await_reply(Came::kTimeout)
        .half_close()
        .get_reply("abc")
        .server_closes()
        .await_end();
  };
  EXPECT_EQ(late("REP-4").verdict(), "broken REP-4: late by deadline");
  EXPECT_EQ(late("DIG-1").verdict(), "saw REP-4: late by deadline");
  EXPECT_EQ(late("CNC-1").verdict(), "broken CNC-1: late by deadline");
  EXPECT_EQ(late("CNC-3").verdict(), "broken CNC-3: late by deadline");
}

TEST(JudgeConnectionsTest, AReplyThatComesOnlyAfterTheNextMessageIsRep4s) {
  EXPECT_EQ(Happening("REP-4")
                .connect()
                .send("abc")
                .await_reply(Came::kTimeout)
                .send("xyz")
                .get_reply("abc")
                .get_reply("xyz")
                .await_reply(Came::kExpected)
                .end()
                .verdict(),
            "broken REP-4: late by deadline");
}

TEST(JudgeConnectionsTest, AReplyThatNeverComesIsntRep4s) {
  EXPECT_EQ(Happening("REP-4").connect().exchange_in_vain("abc").end().verdict(),
            "can't tell for DIG-1: no reply by deadline");
}

TEST(JudgeConnectionsTest, AReplyBeforeTheMessageIsCompleteIsRep5s) {
  EXPECT_EQ(Happening("REP-5")
                .connect()
                .send_part("abc", 3)
                .get_reply("abc")
                .watch(Came::kUnexpected)
                .send_rest()
                .await_reply(Came::kExpected)
                .end()
                .verdict(),
            "broken REP-5: premature by bytes");
}

TEST(JudgeConnectionsTest, ADigestOfWhatHadComeByThenIsPrematureToo) {
  const auto hasty = [](const std::string& judged) {
    return Happening(judged)
        .connect()
        .send_part("abc", 1)
        .get(kA + "\n")
        .watch(Came::kUnexpected)
        .send_rest()
        .await_reply(Came::kUnexpected)
        .end();
  };
  EXPECT_EQ(hasty("REP-5").blame(), "broken REP-5: premature; saw DIG-1: other digest");
  EXPECT_EQ(hasty("STR-3").blame(), "broken STR-3: other digest; saw REP-5: premature");
}

TEST(JudgeConnectionsTest, ADigestForAMessageCutOffIsRes4s) {
  const auto answered_cut = [](const std::string& judged, const std::string& received) {
    return Happening(judged)
        .connect()
        .send_part("abc", 1)
        .half_close()
        .get(received)
        .server_closes()
        .await_end();
  };
  EXPECT_EQ(answered_cut("RES-4", kA + "\n").verdict(), "broken RES-4: cut answered by bytes");
  EXPECT_EQ(answered_cut("RES-4", kAbc + "\n").verdict(), "broken RES-4: cut answered by bytes");
  EXPECT_EQ(answered_cut("CON-3", kA + "\n").verdict(), "saw RES-4: cut answered by bytes");
  EXPECT_EQ(answered_cut("RES-4", "error: incomplete\n").verdict(), "nothing");
}

TEST(JudgeConnectionsTest, AMessageCutOffIsOwedNothing) {
  EXPECT_EQ(Happening("RES-4").connect().send_part("abc", 1).end().verdict(), "nothing");
  EXPECT_EQ(Happening("RES-4")
                .connect()
                .send_part("abc", 1)
                .half_close()
                .server_resets()
                .await_end()
                .verdict(),
            "nothing");
}

// --- messages over a declared limit ---

const std::string kLimited = std::string(kLineProfile) + "limits: {message_bytes: 3}\n";
const std::string kLimitedOrNot =
    std::string(kLineProfile) + "limits: {message_bytes: 3, oversize: answer}\n";

TEST(JudgeConnectionsTest, ADigestForAMessageOverTheLimitIsRes10s) {
  const auto answered_all = [](const std::string& judged) {
    return Happening(judged, kLimited).connect().send("abcd").get_reply("abcd").end();
  };
  EXPECT_EQ(answered_all("RES-10").verdict(), "broken RES-10: cut answered by bytes");
  EXPECT_EQ(answered_all("RES-5").verdict(), "saw RES-10: cut answered by bytes");
}

TEST(JudgeConnectionsTest, ADigestOfWhatFitsTheLimitIsRes10s) {
  EXPECT_EQ(Happening("RES-10", kLimited).connect().send("abcd").get(kAbc + "\n").end().verdict(),
            "broken RES-10: cut answered by bytes");
}

TEST(JudgeConnectionsTest, ADigestOfWhatFitsTheLimitIsRes10sWhereTheServerThenTakesNoMore) {
  EXPECT_EQ(Happening("RES-10", kLimited)
                .connect()
                .send_part("abcd", 4)
                .get(kAbc + "\n")
                .server_resets()
                .send_fails()
                .half_close()
                .await_end()
                .verdict(),
            "broken RES-10: cut answered by bytes");
}

TEST(JudgeConnectionsTest, AServerThatDoesntCloseOverTheLimitBreaksRes10) {
  EXPECT_EQ(Happening("RES-10", kLimited)
                .connect()
                .send("abcd")
                .half_close()
                .await_end(Came::kTimeout)
                .verdict(),
            "broken RES-10: not closed by deadline");
}

TEST(JudgeConnectionsTest, AnyCloseAndAnyErrorTextOverTheLimitIsRight) {
  const auto over = [] { return Happening("RES-10", kLimited).connect().send("abcd"); };
  EXPECT_EQ(over().server_closes().half_close().await_end().verdict(), "nothing");
  EXPECT_EQ(over().server_resets().half_close().await_end().verdict(), "nothing");
  EXPECT_EQ(over().get("error: too long\n").server_closes().half_close().await_end().verdict(),
            "nothing");
  EXPECT_EQ(Happening("RES-10", kLimited)
                .connect()
                .send_part("abcd", 3)
                .server_resets()
                .send_fails()
                .half_close()
                .await_end()
                .verdict(),
            "nothing");
}

TEST(JudgeConnectionsTest, AnythingGoesOverTheLimitWhereTheProfileLeavesItOpen) {
  const auto over = [] { return Happening("RES-5 SEQ-1", kLimitedOrNot).connect().send("abcd"); };
  EXPECT_EQ(over().get_reply("abcd").end().verdict(), "nothing");
  EXPECT_EQ(over().get(kAbc + "\n").end().verdict(), "nothing");
  EXPECT_EQ(over().end().verdict(), "nothing");
}

}  // namespace
}  // namespace md5spec
