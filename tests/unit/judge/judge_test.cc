#include "judge/judge.h"

#include <csignal>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "judge/transcript_builder.h"

namespace md5spec {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

using Came = Event::Came;

const std::string kAbc = "900150983cd24fb0d6963f7d28e17f72";  // of "abc"
const std::string kAbcUpper = "900150983CD24FB0D6963F7D28E17F72";
const std::string kAbcBase64 = "kAFQmDzST7DWlj99KOF/cg==";
const std::string kA = "0cc175b9c0f1b6a831c399e269772661";  // of "a"
const std::string kAWithoutZero = "cc175b9c0f1b6a831c399e269772661";
const std::string kXyz = "d16fb36f0911f878998c136191af705e";  // of "xyz"

// One exchange on a connection of its own, answered so.
Happening answered(const std::string& judged, const std::string& received,
                   const std::string& message = "abc", const std::string& profile = kLineProfile) {
  return Happening(judged, profile).connect().exchange(message, received).end();
}

// --- what came breaks what: the specification's table, row by row ---

// The right digest in another letter case or encoding breaks REP-1.

TEST(JudgeTest, AnotherLetterCaseIsRep1s) {
  EXPECT_EQ(answered("REP-1", kAbcUpper + "\n").verdict(), "broken REP-1: encoding by bytes");
  EXPECT_EQ(answered("DIG-1", kAbcUpper + "\n").verdict(), "saw REP-1: encoding by bytes");
}

TEST(JudgeTest, AnotherEncodingIsRep1s) {
  EXPECT_EQ(answered("REP-1", kAbcBase64 + "\n").verdict(), "broken REP-1: encoding by bytes");
  EXPECT_EQ(answered("DIG-2", kAbcBase64 + "\n").verdict(), "saw REP-1: encoding by bytes");
}

TEST(JudgeTest, AnotherEncodingInAControlIsNoFinding) {
  EXPECT_EQ(Happening("REP-1")
                .in_control()
                .connect()
                .exchange("abc", kAbcUpper + "\n")
                .end()
                .in_case()
                .connect()
                .exchange("abc")
                .end()
                .verdict(),
            "saw REP-1: encoding by bytes");
}

// The right digest with bytes too many, or without its surroundings, breaks REP-2.

TEST(JudgeTest, BytesTooManyAreRep2s) {
  for (const std::string& received :
       {"MD5: " + kAbc + "\n", kAbc + "\r\n", kAbc.substr(0, 16) + " " + kAbc.substr(16) + "\n",
        kAbc + "\nOK\n"}) {
    EXPECT_EQ(answered("REP-2", received).blame(), "broken REP-2: surplus") << received;
    EXPECT_EQ(answered("DIG-1", received).blame(), "saw REP-2: surplus") << received;
    EXPECT_EQ(answered("REP-1", received).blame(), "saw REP-2: surplus") << received;
  }
}

TEST(JudgeTest, MissingSurroundingsAreRep2s) {
  EXPECT_EQ(answered("REP-2", kAbc).blame(), "broken REP-2: surplus");
  EXPECT_EQ(answered("DIG-1", kAbc).blame(), "saw REP-2: surplus");
}

TEST(JudgeTest, BytesThatComeAfterTheReplyAreRep2s) {
  EXPECT_EQ(Happening("REP-2")
                .connect()
                .exchange("abc")
                .half_close()
                .get("bye")
                .server_closes()
                .await_end()
                .verdict(),
            "broken REP-2: surplus by end_of_stream");
}

TEST(JudgeTest, BytesBetweenRepliesAreRep2s) {
  EXPECT_EQ(Happening("REP-2").connect().exchange("abc").get("> ").exchange("xyz").end().blame(),
            "broken REP-2: surplus");
}

// The right digest but for zero digits breaks REP-3.

TEST(JudgeTest, MissingZerosAreRep3s) {
  EXPECT_EQ(answered("REP-3", kAWithoutZero + "\n", "a").verdict(),
            "broken REP-3: zeros missing by bytes");
  EXPECT_EQ(answered("DIG-1", kAWithoutZero + "\n", "a").verdict(),
            "saw REP-3: zeros missing by bytes");
  EXPECT_EQ(answered("REP-1", kAWithoutZero + "\n", "a").verdict(),
            "saw REP-3: zeros missing by bytes");
}

// A well-formed digest of something else breaks what the case judges.

TEST(JudgeTest, ADigestOfSomethingElseIsTheCasesOwnToBlame) {
  for (const std::string judged : {"DIG-1", "DIG-2", "DIG-3", "DIG-4", "DIG-5", "STR-1", "STR-2",
                                   "STR-3", "STR-4", "CNC-2", "RES-6"}) {
    EXPECT_EQ(answered(judged, kXyz + "\n").verdict(),
              "broken " + judged + ": other digest by bytes");
  }
}

TEST(JudgeTest, ADigestOfSomethingElseIsNothingToACaseAboutSomethingElse) {
  for (const std::string judged : {"CON-1", "CON-3", "CON-4", "CON-7", "REP-1", "REP-2", "CNC-1"}) {
    EXPECT_EQ(answered(judged, kXyz + "\n").verdict(), "saw DIG-1: other digest by bytes")
        << judged;
  }
}

TEST(JudgeTest, ADigestOfSomethingElseHidesWhetherZerosAreKept) {
  EXPECT_EQ(answered("REP-3", kXyz + "\n").verdict(),
            "can't tell for DIG-1: other digest by bytes");
}

TEST(JudgeTest, ADigestOfSomethingElseInAControlIsNoFinding) {
  EXPECT_EQ(Happening("STR-1")
                .in_control()
                .connect()
                .exchange("abc", kXyz + "\n")
                .end()
                .in_case()
                .connect()
                .exchange("abc")
                .end()
                .verdict(),
            "can't tell for DIG-1: other digest by bytes");
}

TEST(JudgeTest, ALaterDigestOfSomethingElseIsDig6s) {
  const auto second_wrong = [](const std::string& judged) {
    return Happening(judged).connect().exchange("abc").exchange("xyz", kAbc + "\n").end();
  };
  EXPECT_EQ(second_wrong("DIG-6").verdict(), "broken DIG-6: other digest by bytes");
  EXPECT_EQ(second_wrong("DIG-1").verdict(), "can't tell for DIG-6: other digest by bytes");
  EXPECT_EQ(second_wrong("CON-4").verdict(), "saw DIG-6: other digest by bytes");
}

TEST(JudgeTest, NoDigestAtAllIsTheCasesOwnToBlameToo) {
  EXPECT_EQ(answered("DIG-2", "error: not UTF-8\n").verdict(), "broken DIG-2: garbage by bytes");
  EXPECT_EQ(answered("REP-1", "error\n").verdict(), "can't tell for DIG-1: garbage by bytes");
  EXPECT_EQ(answered("CON-3", "error\n").verdict(), "saw DIG-1: garbage by bytes");
}

// Nothing, a close, a reset, a crash: break what the case judges.

TEST(JudgeTest, SilenceIsTheCasesOwnToBlame) {
  for (const std::string judged : {"DIG-1", "DIG-2", "DIG-3", "DIG-4", "DIG-5", "STR-1", "STR-2",
                                   "STR-3", "STR-4", "SEQ-2", "CNC-1", "CNC-3", "RES-6"}) {
    EXPECT_EQ(Happening(judged).connect().exchange_in_vain("abc").end().verdict(),
              "broken " + judged + ": no reply by deadline");
  }
}

TEST(JudgeTest, SilenceLeavesACaseAboutSomethingElseUnableToTell) {
  for (const std::string judged :
       {"CON-1", "CON-3", "CON-4", "CON-6", "CON-7", "REP-1", "REP-2", "REP-3", "REP-4", "REP-5",
        "DIG-6", "CNC-2", "RES-1", "RES-4", "RES-10"}) {
    EXPECT_EQ(Happening(judged).connect().exchange_in_vain("abc").end().verdict(),
              "can't tell for DIG-1: no reply by deadline")
        << judged;
  }
}

TEST(JudgeTest, ACloseInsteadOfAReplyIsTheCasesOwnToBlame) {
  const auto closed = [](const std::string& judged) {
    return Happening(judged).connect().send("abc").server_closes().await_reply(Came::kEnded);
  };
  EXPECT_EQ(closed("DIG-2").verdict(), "broken DIG-2: closed instead by end_of_stream");
  EXPECT_EQ(closed("STR-1").verdict(), "broken STR-1: closed instead by end_of_stream");
  EXPECT_EQ(closed("REP-1").verdict(), "can't tell for DIG-1: closed instead by end_of_stream");
}

TEST(JudgeTest, AResetInsteadOfAReplyIsTheCasesOwnToBlame) {
  const auto reset = [](const std::string& judged) {
    return Happening(judged).connect().send("abc").server_resets().await_reply(Came::kEnded);
  };
  EXPECT_EQ(reset("DIG-5").verdict(), "broken DIG-5: closed instead by reset");
  EXPECT_EQ(reset("CON-7").verdict(), "can't tell for DIG-1: closed instead by reset");
}

TEST(JudgeTest, AReplyThatCameBeforeAResetCounts) {
  EXPECT_EQ(Happening("DIG-1")
                .connect()
                .send("abc")
                .get_reply("abc")
                .server_resets()
                .await_reply(Came::kExpected)
                .half_close()
                .await_end()
                .blame(),
            "can't tell for CON-4: early close; saw CON-7: reset");
}

TEST(JudgeTest, ACloseBetweenExchangesIsCon4s) {
  const auto closes_after_one = [](const std::string& judged) {
    return Happening(judged).connect().exchange("abc").server_closes().half_close().await_end();
  };
  EXPECT_EQ(closes_after_one("CON-4").verdict(), "broken CON-4: early close by end_of_stream");
  EXPECT_EQ(closes_after_one("DIG-6").verdict(),
            "can't tell for CON-4: early close by end_of_stream");
}

TEST(JudgeTest, NoConnectionIsCon5sSinceThereWasOneBeforeAllCases) {
  EXPECT_EQ(Happening("CON-5").connect_in_vain().verdict(), "broken CON-5: refused by connect");
  for (const std::string judged : {"CON-1", "DIG-1"})
    EXPECT_EQ(Happening(judged).connect_in_vain().verdict(),
              "can't tell for CON-5: refused by connect");
  EXPECT_EQ(Happening("CON-5").connect_in_vain("Connection timed out").verdict(),
            "broken CON-5: refused by deadline");
}

TEST(JudgeTest, NoFurtherConnectionIsCon5s) {
  const auto refuses_the_second = [](const std::string& judged) {
    return Happening(judged).connect().exchange("abc").end().in_round(1).connect_in_vain();
  };
  EXPECT_EQ(refuses_the_second("CON-5").verdict(), "broken CON-5: refused by connect");
  EXPECT_EQ(refuses_the_second("DIG-1").verdict(), "can't tell for CON-5: refused by connect");
}

TEST(JudgeTest, AFurtherConnectionThatIsClosedAtOnceIsCon5s) {
  const auto closes_the_second = [](const std::string& judged) {
    return Happening(judged)
        .connect()
        .exchange("abc")
        .end()
        .in_round(1)
        .connect()
        .server_closes()
        .watch(Came::kEnded);
  };
  EXPECT_EQ(closes_the_second("CON-5").verdict(), "broken CON-5: early close by end_of_stream");
  EXPECT_EQ(closes_the_second("DIG-1").verdict(),
            "can't tell for CON-1: early close by end_of_stream");
}

TEST(JudgeTest, ACrashIsToBlameOnWhatTheServerWasToSurvive) {
  for (const std::string judged : {"RES-1", "RES-2", "RES-3", "RES-5"}) {
    EXPECT_EQ(Happening(judged).connect().reset().in_liveness().connect_in_vain().verdict(),
              "broken " + judged + ": refused by connect");
    EXPECT_EQ(Happening(judged)
                  .connect()
                  .reset()
                  .in_liveness()
                  .connect()
                  .exchange_in_vain("abc")
                  .verdict(),
              "broken " + judged + ": no reply by deadline");
  }
}

// Two replies, or replies in another order, break SEQ-1.

TEST(JudgeTest, TwoRepliesAreSeq1s) {
  const auto twice = [](const std::string& judged, const std::string& second) {
    return Happening(judged)
        .connect()
        .send("abc")
        .get_reply("abc")
        .await_reply(Came::kExpected)
        .get(second)
        .end();
  };
  EXPECT_EQ(twice("SEQ-1", kAbc + "\n").verdict(), "broken SEQ-1: extra reply by end_of_stream");
  EXPECT_EQ(twice("DIG-1", kAbc + "\n").verdict(), "saw SEQ-1: extra reply by end_of_stream");
  EXPECT_EQ(twice("SEQ-1", kXyz + "\n").verdict(), "broken SEQ-1: extra reply by end_of_stream");
  EXPECT_EQ(twice("REP-2", kAbc + "\n").verdict(), "saw SEQ-1: extra reply by end_of_stream");
}

TEST(JudgeTest, AReplyToTheEndOfStreamIsSeq1s) {
  EXPECT_EQ(Happening("SEQ-1")
                .connect()
                .exchange("abc")
                .half_close()
                .get_reply("")
                .server_closes()
                .await_end()
                .blame(),
            "broken SEQ-1: extra reply");
}

TEST(JudgeTest, RepliesInAnotherOrderAreSeq1s) {
  const auto swapped = [](const std::string& judged) {
    return Happening(judged)
        .connect()
        .send_together({"abc", "xyz"})
        .get(kXyz + "\n" + kAbc + "\n")
        .await_reply(Came::kUnexpected)
        .end();
  };
  EXPECT_THAT(swapped("SEQ-1").blame(), HasSubstr("broken SEQ-1: order"));
  EXPECT_THAT(swapped("STR-2").blame(), Not(HasSubstr("broken")));
  EXPECT_THAT(swapped("CON-4").blame(), Not(HasSubstr("broken")));
}

TEST(JudgeTest, AWholeReplyTooManyIsRep2sWhereAConnectionHasOneExchange) {
  EXPECT_EQ(Happening("REP-2", kOneLineProfile)
                .connect()
                .exchange("abc")
                .get_reply("abc")
                .server_closes()
                .await_end()
                .blame(),
            "broken REP-2: extra reply");
}

// --- what has requirements of its own ---

TEST(JudgeTest, BytesBeforeAnythingWasSentAreCon2s) {
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

TEST(JudgeTest, ABannerThatIsAnotherIsOddAndOneThatIsCutOffOrLateIsnt) {
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

TEST(JudgeTest, TheDeclaredBannerIsNoBreach) {
  EXPECT_EQ(Happening("CON-2", kBannerProfile)
                .connect()
                .get("hi\n")
                .await_banner(Came::kExpected)
                .exchange("abc")
                .end()
                .verdict(),
            "nothing");
}

TEST(JudgeTest, AnotherBannerIsCon2s) {
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

TEST(JudgeTest, ASecondBannerIsCon2sWhereItStandsBeforeTheFirstReply) {
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

TEST(JudgeTest, TheBannerBeforeALaterReplyIsSurplus) {
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

TEST(JudgeTest, ABannerThatDoesntComeInTimeIsCon2s) {
  EXPECT_EQ(
      Happening("CON-2", kBannerProfile).connect().await_banner(Came::kTimeout).watch().verdict(),
      "broken CON-2: banner wrong by deadline");
}

TEST(JudgeTest, ABannerThatComesTooLateIsCon2sOnceItHasHadItsTime) {
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

TEST(JudgeTest, BytesBehindTheBannerAreCon2s) {
  EXPECT_EQ(Happening("CON-2", kBannerProfile)
                .connect()
                .get("hi\nthere\n")
                .await_banner(Came::kExpected)
                .exchange("abc")
                .end()
                .verdict(),
            "broken CON-2: early bytes by bytes");
}

TEST(JudgeTest, ACloseBeforeTheFirstMessageIsCon1s) {
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
TEST(JudgeTest, ACloseBeforeTheFirstMessageIsntTakenForALostReply) {
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

TEST(JudgeTest, AServerThatDoesntCloseAfterHalfCloseBreaksCon3) {
  const auto stays = [](const std::string& judged) {
    return Happening(judged).connect().exchange("abc").half_close().await_end(Came::kTimeout);
  };
  EXPECT_EQ(stays("CON-3").verdict(), "broken CON-3: not closed by deadline");
  EXPECT_EQ(stays("DIG-1").verdict(), "saw CON-3: not closed by deadline");
}

TEST(JudgeTest, AServerThatDoesntCloseAfterItsOneReplyBreaksCon4) {
  EXPECT_EQ(Happening("CON-4", kOneLineProfile)
                .connect()
                .exchange("abc")
                .await_end(Came::kTimeout)
                .verdict(),
            "broken CON-4: not closed by deadline");
}

TEST(JudgeTest, AServerThatClosesAfterItsOneReplyIsRight) {
  EXPECT_EQ(Happening("CON-4", kOneLineProfile)
                .connect()
                .exchange("abc")
                .server_closes()
                .await_end()
                .verdict(),
            "nothing");
}

TEST(JudgeTest, AResetAfterHalfCloseIsCon7s) {
  const auto resets = [](const std::string& judged) {
    return Happening(judged).connect().exchange("abc").half_close().server_resets().await_end();
  };
  EXPECT_EQ(resets("CON-7").verdict(), "broken CON-7: reset by reset");
  EXPECT_EQ(resets("DIG-1").verdict(), "saw CON-7: reset by reset");
  EXPECT_EQ(resets("CON-3").verdict(), "saw CON-7: reset by reset");
}

TEST(JudgeTest, AResetAfterTheOneReplyIsCon7s) {
  EXPECT_EQ(Happening("CON-7", kOneLineProfile)
                .connect()
                .exchange("abc")
                .server_resets()
                .await_end()
                .verdict(),
            "broken CON-7: reset by reset");
}

TEST(JudgeTest, AResetIsExcusedWhereSomethingMayBeUnread) {
  EXPECT_EQ(Happening("CON-7")
                .connect()
                .exchange("abc")
                .send_part("xyz", 2)
                .server_resets()
                .watch()
                .verdict(),
            "nothing");
}

TEST(JudgeTest, AReplyThatComesOnlyAfterHalfCloseIsRep4s) {
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

TEST(JudgeTest, AReplyThatComesOnlyAfterTheNextMessageIsRep4s) {
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

TEST(JudgeTest, AReplyThatNeverComesIsntRep4s) {
  EXPECT_EQ(Happening("REP-4").connect().exchange_in_vain("abc").end().verdict(),
            "can't tell for DIG-1: no reply by deadline");
}

TEST(JudgeTest, AReplyBeforeTheMessageIsCompleteIsRep5s) {
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

TEST(JudgeTest, ADigestOfWhatHadComeByThenIsPrematureToo) {
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

TEST(JudgeTest, ADigestForAMessageCutOffIsRes4s) {
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

TEST(JudgeTest, AMessageCutOffIsOwedNothing) {
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

TEST(JudgeTest, ADigestForAMessageOverTheLimitIsRes10s) {
  const auto answered_all = [](const std::string& judged) {
    return Happening(judged, kLimited).connect().send("abcd").get_reply("abcd").end();
  };
  EXPECT_EQ(answered_all("RES-10").verdict(), "broken RES-10: cut answered by bytes");
  EXPECT_EQ(answered_all("RES-5").verdict(), "saw RES-10: cut answered by bytes");
}

TEST(JudgeTest, ADigestOfWhatFitsTheLimitIsRes10s) {
  EXPECT_EQ(Happening("RES-10", kLimited).connect().send("abcd").get(kAbc + "\n").end().verdict(),
            "broken RES-10: cut answered by bytes");
}

TEST(JudgeTest, ADigestOfWhatFitsTheLimitIsRes10sWhereTheServerThenTakesNoMore) {
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

TEST(JudgeTest, AServerThatDoesntCloseOverTheLimitBreaksRes10) {
  EXPECT_EQ(Happening("RES-10", kLimited)
                .connect()
                .send("abcd")
                .half_close()
                .await_end(Came::kTimeout)
                .verdict(),
            "broken RES-10: not closed by deadline");
}

TEST(JudgeTest, AnyCloseAndAnyErrorTextOverTheLimitIsRight) {
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

TEST(JudgeTest, AnythingGoesOverTheLimitWhereTheProfileLeavesItOpen) {
  const auto over = [] { return Happening("RES-5 SEQ-1", kLimitedOrNot).connect().send("abcd"); };
  EXPECT_EQ(over().get_reply("abcd").end().verdict(), "nothing");
  EXPECT_EQ(over().get(kAbc + "\n").end().verdict(), "nothing");
  EXPECT_EQ(over().end().verdict(), "nothing");
}

// --- messages that the server doesn't take whole ---

TEST(JudgeTest, ACloseInsideAMessageWhoseReplyIsWaitedForIsTheCasesOwnToBlame) {
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

TEST(JudgeTest, AServerThatTakesNoMoreOfAMessageIsTheCasesOwnToBlame) {
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

TEST(JudgeTest, AServerThatTakesNothingOfALaterMessageBreaksCon4) {
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
TEST(JudgeTest, ADigestOfTheFirstPieceAndACloseAreTheCasesOwnToBlame) {
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

TEST(JudgeTest, ADigestOfTheFirstPieceAndACloseAreRep5sWhereNothingWasWaitedFor) {
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

TEST(JudgeTest, AHalfCloseServerThatClosesInsideTheMessageIsToBlame) {
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

TEST(JudgeTest, AClientThatIsGoneIsOwedNothing) {
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

TEST(JudgeTest, AClientThatDoesntReadIsOwedNothing) {
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

TEST(JudgeTest, WhatANeighboursResetEndsIsRes1sToSay) {
  EXPECT_EQ(Happening("CNC-3").connect().exchange("abc").reset().server_dies().blame(),
            "can't tell for RES-1: died");
}

TEST(JudgeTest, WhatAPipelineThatWasLeftEndsIsRes2sToSay) {
  EXPECT_EQ(
      Happening("SEQ-2").connect().send_together({"abc", "abc"}).close().server_dies().blame(),
      "can't tell for RES-2: died");
  EXPECT_EQ(Happening("SEQ-2").connect().exchange("abc").close().server_dies().blame(),
            "can't tell for CON-5: died");
}

TEST(JudgeTest, WhatSigpipeEndsIsRes2sToSayInWhicheverCase) {
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

TEST(JudgeTest, AnEarlyEndMayBeForTheMessagesThatCameInPieces) {
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

TEST(JudgeTest, AMereCloseSendsAMessageWhereEndOfStreamEndsOne) {
  const auto ends = [](const char* profile) {
    return Happening("CNC-3", profile).connect().close().server_dies().blame();
  };
  EXPECT_EQ(ends(kHalfCloseProfile), "can't tell for RES-2: died");
  EXPECT_EQ(ends(kLineProfile), "can't tell for CON-5: died");
}

TEST(JudgeTest, WhatALengthInPiecesEndsMayBeStr4sToSay) {
  const auto ends = [](std::uint64_t bytes) {
    Happening happening("CNC-3", kPrefixedProfile);
    happening.connect().send_part("abc", bytes).connect().exchange_in_vain("xyz").server_dies();
    return happening.judgement().findings.front().causes;
  };
  EXPECT_THAT(ends(2), Contains("STR-4"));
  EXPECT_THAT(ends(6), Not(Contains("STR-4")));
}

TEST(JudgeTest, WhatAMessageOverTheLimitEndsMayBeRes5sToSay) {
  const auto ends = [](const std::string& message) {
    return Happening("RES-10", kLimited).connect().send(message).server_dies().judgement();
  };
  EXPECT_THAT(ends("abcd").impediments.front().causes, Contains("RES-5"));
  EXPECT_THAT(ends("abc").impediments.front().causes, Not(Contains("RES-5")));
}

TEST(JudgeTest, AnExchangeInVainBehindAResetIsNoFindingAboutNeighbours) {
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

TEST(JudgeTest, AResetWithAReplyDueMayBeWhatRes2IsAbout) {
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

TEST(JudgeTest, WaitingForTheEndIsWaitingForTheReplyToo) {
  EXPECT_EQ(Happening("DIG-1").connect().send("abc").end().blame(), "broken DIG-1: closed instead");
}

// --- pauses ---

TEST(JudgeTest, AServerThatGivesUpDuringAPauseBreaksCon6) {
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

TEST(JudgeTest, AServerThatClosesWithoutAPauseDoesntBreakCon6) {
  EXPECT_EQ(Happening("CON-6")
                .connect()
                .exchange("abc")
                .server_closes()
                .half_close()
                .await_end()
                .verdict(),
            "can't tell for CON-4: early close by end_of_stream");
}

TEST(JudgeTest, APauseOnlyCountsOnConnectionsThatLiveThroughIt) {
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

// --- controls ---

TEST(JudgeTest, BesideAControlThatFailedNothingIsFound) {
  EXPECT_EQ(Happening("STR-1")
                .in_control()
                .connect()
                .exchange_in_vain("abc")
                .end()
                .in_case()
                .connect()
                .exchange_in_vain("abc")
                .end()
                .blame(),
            "can't tell for DIG-1: no reply; can't tell for DIG-1: no reply");
}

TEST(JudgeTest, AControlThatOnlyLooksOtherwiseDoesntKeepACaseFromTelling) {
  EXPECT_EQ(Happening("STR-1")
                .in_control()
                .connect()
                .exchange("abc", kAbcUpper + "\n")
                .end()
                .in_case()
                .connect()
                .exchange("abc", kA + "\n")
                .end()
                .blame(),
            "broken STR-1: other digest; saw REP-1: encoding");
}

TEST(JudgeTest, WhatAControlShowedIsMarkedAsSuch) {
  const Judgement judgement =
      Happening("STR-1").in_control().connect().exchange_in_vain("abc").end().judgement();
  ASSERT_THAT(judgement.impediments, SizeIs(1));
  EXPECT_TRUE(judgement.impediments.front().in_control);
}

// --- several requirements ---

TEST(JudgeTest, TheFirstRequirementThatOwnsAThingGetsIt) {
  EXPECT_EQ(answered("REP-1 DIG-1", kXyz + "\n").blame(), "broken DIG-1: other digest");
  EXPECT_EQ(answered("DIG-2 DIG-4", kXyz + "\n").blame(), "broken DIG-2: other digest");
  EXPECT_EQ(answered("CON-3 REP-2", "> " + kAbc + "\n").blame(), "broken REP-2: surplus");
}

TEST(JudgeTest, AFindingRemembersWhatSuchAThingUsuallyBreaks) {
  const Judgement judgement = answered("STR-1", kXyz + "\n").judgement();
  ASSERT_THAT(judgement.findings, SizeIs(1));
  EXPECT_EQ(judgement.findings.front().requirement, "STR-1");
  EXPECT_EQ(judgement.findings.front().usually, "DIG-1");
}

// --- what a finding says ---

TEST(JudgeTest, AFindingShowsWhatWasDueAndWhatCame) {
  const Judgement judgement = answered("DIG-1", kXyz + "\n").judgement();
  ASSERT_THAT(judgement.findings, SizeIs(1));
  const Finding& finding = judgement.findings.front();
  EXPECT_EQ(finding.expected, "\"" + kAbc + "\\n\"");
  EXPECT_EQ(finding.received, "\"" + kXyz + "\\n\"");
  EXPECT_EQ(finding.connection, 0);
  EXPECT_FALSE(finding.in_control);
}

TEST(JudgeTest, AFindingGuessesWhatWasHashed) {
  Happening hashed_newline("DIG-1");
  const std::string digest = md5("abc\n").hex();
  const Judgement judgement =
      hashed_newline.connect().exchange("abc", digest + "\n").end().judgement();
  ASSERT_THAT(judgement.findings, SizeIs(1));
  EXPECT_THAT(judgement.findings.front().explanation, HasSubstr("newline"));
}

TEST(JudgeTest, NothingThatAServerSentIsShownRaw) {
  const Judgement judgement = answered("DIG-1", std::string("\x1b[2J\x80\0", 6)).judgement();
  ASSERT_THAT(judgement.findings, SizeIs(1));
  EXPECT_EQ(judgement.findings.front().received, "\"\\x1b[2J\\x80\\0\"");
  for (const char c : judgement.findings.front().explanation) EXPECT_GE(c, 0x20);
}

TEST(JudgeTest, OfManyLikeFindingsOneOfAConnectionIsKept) {
  Happening happening("DIG-6");
  happening.connect().exchange("abc");
  for (int i = 0; i < 5; ++i) happening.exchange("xyz", kAbc + "\n");
  EXPECT_EQ(happening.end().blame(), "broken DIG-6: other digest");
}

TEST(JudgeTest, OfManyConnectionsSomeFindingsAreKept) {
  Happening happening("DIG-1");
  for (int i = 0; i < 50; ++i) happening.connect().exchange("abc", kXyz + "\n").end();
  EXPECT_THAT(happening.judgement().findings, SizeIs(8));
}

// --- what rests on time ---

TEST(JudgeTest, OnlyDeadlinesAndSilenceRestOnTime) {
  EXPECT_TRUE(Happening("DIG-1").connect().exchange_in_vain("abc").judgement().rests_on_time());
  EXPECT_TRUE(Happening("REP-1").connect().exchange_in_vain("abc").judgement().rests_on_time());
  EXPECT_FALSE(answered("DIG-1", kXyz + "\n").judgement().rests_on_time());
  EXPECT_FALSE(Happening("CON-5").connect_in_vain().judgement().rests_on_time());
  EXPECT_FALSE(Happening("DIG-1").connect().exchange("abc").end().judgement().rests_on_time());
  EXPECT_FALSE(Happening("DIG-1")
                   .connect()
                   .send("abc")
                   .server_closes()
                   .await_reply(Came::kEnded)
                   .judgement()
                   .rests_on_time());
}

TEST(JudgeTest, WhatIsOddRestsOnTimeTooWhereNothingElseIsFound) {
  EXPECT_TRUE(Happening("DIG-1")
                  .connect()
                  .exchange("abc")
                  .half_close()
                  .await_end(Came::kTimeout)
                  .judgement()
                  .rests_on_time());
}

TEST(JudgeTest, ADeadlineMissedOnABusyMachineIsTheEnvironments) {
  const auto missed = [](Duration lag) {
    return Happening("DIG-1").connect().exchange_in_vain("abc").lagged(lag).judgement().hindrance;
  };
  EXPECT_EQ(missed(std::chrono::milliseconds(200)).kind, Hindrance::Kind::kNone);
  EXPECT_EQ(missed(std::chrono::milliseconds(201)).kind, Hindrance::Kind::kEnvironment);
  EXPECT_EQ(missed(std::chrono::milliseconds(201)).reason,
            "this machine was too busy to tell: md5spec's own loop came 201 ms late");
}

TEST(JudgeTest, ABusyMachineExcusesNoBytes) {
  Happening wrong = answered("DIG-1", kXyz + "\n");
  wrong.lagged(std::chrono::seconds(5));
  EXPECT_EQ(wrong.judgement().hindrance.kind, Hindrance::Kind::kNone);
  EXPECT_EQ(wrong.blame(), "broken DIG-1: other digest");
}

TEST(JudgeTest, ACaseThatCouldntBeTriedIsntJudged) {
  for (const auto kind : {Hindrance::Kind::kEnvironment, Hindrance::Kind::kSegmentTooSmall,
                          Hindrance::Kind::kTlsTooOld, Hindrance::Kind::kInterrupted}) {
    const Judgement judgement =
        Happening("DIG-1").connect().exchange_in_vain("abc").hindered(kind, "why").judgement();
    EXPECT_EQ(judgement.hindrance.kind, kind);
    EXPECT_EQ(judgement.hindrance.reason, "why");
    EXPECT_THAT(judgement.findings, IsEmpty());
    EXPECT_THAT(judgement.impediments, IsEmpty());
  }
}

// --- repetitions, and cases that ran out of time ---

TEST(JudgeTest, RoundsThatDidntFitAreNoted) {
  EXPECT_THAT(
      Happening("CON-5").connect().exchange("abc").end().rounds(412, 1000).judgement().notes,
      ElementsAre("did 412 of 1000 rounds, as many as fitted in the time budget"));
  EXPECT_THAT(Happening("CON-5").connect().exchange("abc").end().rounds(9, 9).judgement().notes,
              IsEmpty());
}

TEST(JudgeTest, AFewRoundsOfManyInWhichNothingWentWrongTellNothing) {
  const auto hindrance = [](std::uint64_t done, std::uint64_t wanted) {
    const Judgement judgement =
        Happening("CON-5").connect().exchange("abc").end().rounds(done, wanted).judgement();
    return judgement.hindrance.kind == Hindrance::Kind::kNone ? "" : judgement.hindrance.reason;
  };
  EXPECT_EQ(hindrance(0, 150), "only 0 of 150 rounds fitted in its time, which tells nothing");
  EXPECT_EQ(hindrance(99, 1000), "only 99 of 1000 rounds fitted in its time, which tells nothing");
  EXPECT_EQ(hindrance(100, 1000), "");
  EXPECT_EQ(hindrance(24, 50), "only 24 of 50 rounds fitted in its time, which tells nothing");
  EXPECT_EQ(hindrance(25, 50), "");
  const Judgement broken = Happening("DIG-1")
                               .connect()
                               .exchange("abc", md5("xyz").hex() + "\n")
                               .rounds(0, 150)
                               .judgement();
  EXPECT_EQ(broken.hindrance.kind, Hindrance::Kind::kNone);
  EXPECT_THAT(broken.findings, SizeIs(1));
}

TEST(JudgeTest, ACaseWhoseTimeWasUpBeforeItCouldTellDoesntPass) {
  const Judgement judgement =
      Happening("CON-3").connect().get("d").send("abc").out_of_time().judgement();
  EXPECT_FALSE(judgement.findings.empty() && judgement.impediments.empty());
  EXPECT_TRUE(judgement.rests_on_time());
}

TEST(JudgeTest, FloodsAreRep2s) {
  const std::string flood(300000, 'x');
  EXPECT_THAT(answered("REP-2", kAbc + "\n" + flood).flooded().blame(),
              HasSubstr("broken REP-2: surplus"));
  EXPECT_THAT(Happening("DIG-1")
                  .connect()
                  .send("abc")
                  .get_reply("abc")
                  .get(flood)
                  .flooded()
                  .await_reply(Came::kExpected)
                  .blame(),
              HasSubstr("saw REP-2: surplus"));
}

// --- all is well ---

TEST(JudgeTest, AConformingServerIsFoundWithoutFault) {
  for (const std::string judged : {"CON-1", "CON-3", "CON-4", "DIG-1", "DIG-6", "REP-2", "SEQ-1"}) {
    EXPECT_EQ(
        Happening(judged).connect().exchange("abc").exchange("").exchange("abc").end().verdict(),
        "nothing");
    EXPECT_EQ(Happening(judged, kClassicProfile)
                  .connect()
                  .exchange("abc")
                  .exchange("xyz")
                  .end()
                  .verdict(),
              "nothing");
    EXPECT_EQ(
        Happening(judged, kPrefixedProfile).connect().exchange("abc").exchange("").end().verdict(),
        "nothing");
    EXPECT_EQ(Happening(judged, kHalfCloseProfile)
                  .connect()
                  .send("abc")
                  .half_close()
                  .get_reply("abc")
                  .server_closes()
                  .await_reply(Came::kExpected)
                  .await_end()
                  .verdict(),
              "nothing");
  }
}

TEST(JudgeTest, APipelineAnsweredInOneGoIsRight) {
  Happening pipeline("STR-2");
  pipeline.connect().send_together({"abc", "", "xyz"});
  pipeline.get(pipeline.reply_to("abc") + pipeline.reply_to("") + pipeline.reply_to("xyz"));
  EXPECT_EQ(pipeline.await_reply(Came::kExpected).end().verdict(), "nothing");
}

TEST(JudgeTest, AReplyThatIsntAsDeclaredIsOddToACaseAboutSomethingElse) {
  const auto oddities = [](const std::string& judged) {
    std::string all;
    for (const Finding& one : answered(judged, kAbc + "!\n").judgement().oddities)
      all += one.usually + " ";
    return all;
  };
  EXPECT_EQ(oddities("DIG-1"), "REP-2 ");
  EXPECT_EQ(oddities("REP-2"), "");
}

// --- carried out once more, alone ---

Judgement judgement_of(Anomaly anomaly, Evidence evidence) {
  Judgement judgement;
  judgement.findings.resize(1);
  judgement.findings.front().requirement = "DIG-1";
  judgement.findings.front().anomaly = anomaly;
  judgement.findings.front().evidence = evidence;
  return judgement;
}

TEST(JudgeAgainTest, WhatOnlyCompanyBringsOutIsSetApart) {
  const Judgement both =
      judge_again(Case(), judgement_of(Anomaly::kOtherDigest, Evidence::kBytes), Judgement());
  EXPECT_TRUE(both.findings.empty());
  ASSERT_EQ(both.oddities.size(), 1U);
  EXPECT_EQ(both.oddities.front().requirement, "DIG-1");
}

TEST(JudgeAgainTest, WhatRestedOnTimeIsForgottenOnceItGoesRight) {
  const Judgement both =
      judge_again(Case(), judgement_of(Anomaly::kNoReply, Evidence::kDeadline), Judgement());
  EXPECT_TRUE(both.oddities.empty());
}

TEST(JudgeAgainTest, WhatGoesWrongAloneTooIsAFindingOnly) {
  const Judgement wrong = judgement_of(Anomaly::kOtherDigest, Evidence::kBytes);
  const Judgement both = judge_again(Case(), wrong, wrong);
  EXPECT_EQ(both.findings.size(), 1U);
  EXPECT_TRUE(both.oddities.empty());
}

TEST(JudgeAgainTest, AnOddReplyThatOnlyCompanyBringsOutIsSetApart) {
  Judgement odd;
  odd.oddities = judgement_of(Anomaly::kSurplus, Evidence::kBytes).findings;
  EXPECT_EQ(judge_again(Case(), odd, Judgement()).oddities.size(), 1U);
  EXPECT_EQ(judge_again(Case(), odd, odd).oddities.size(), 1U);
}

TEST(JudgeAgainTest, ACaseThatWasAloneTheFirstTimeHadNoCompany) {
  Case lonely;
  lonely.alone = true;
  const Judgement first = judgement_of(Anomaly::kOtherDigest, Evidence::kBytes);
  EXPECT_TRUE(judge_again(lonely, first, Judgement()).oddities.empty());
}

TEST(JudgeAgainTest, WhatRestsOnTimeNeedsAnotherAttempt) {
  const Happening plain("DIG-1");
  const auto needs = [&](Anomaly anomaly, Evidence evidence) {
    return needs_another_attempt(plain.planned(), judgement_of(anomaly, evidence));
  };
  EXPECT_TRUE(needs(Anomaly::kNoReply, Evidence::kDeadline));
  EXPECT_FALSE(needs(Anomaly::kOtherDigest, Evidence::kBytes));
  EXPECT_FALSE(needs_another_attempt(plain.planned(), Judgement()));
  Judgement hindered;
  hindered.hindrance.kind = Hindrance::Kind::kEnvironment;
  EXPECT_TRUE(needs_another_attempt(plain.planned(), hindered));
}

}  // namespace
}  // namespace md5spec
