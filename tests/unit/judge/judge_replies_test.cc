#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "judge/judge.h"
#include "judge/known_digests.h"
#include "judge/transcript_builder.h"

namespace md5spec {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

using Came = Event::Came;

// --- what came breaks what: the specification's table, row by row ---

// The right digest in another letter case or encoding breaks REP-1.

TEST(JudgeRepliesTest, AnotherLetterCaseIsRep1s) {
  EXPECT_EQ(answered("REP-1", kAbcUpper + "\n").verdict(), "broken REP-1: encoding by bytes");
  EXPECT_EQ(answered("DIG-1", kAbcUpper + "\n").verdict(), "saw REP-1: encoding by bytes");
}

TEST(JudgeRepliesTest, AnotherEncodingIsRep1s) {
  EXPECT_EQ(answered("REP-1", kAbcBase64 + "\n").verdict(), "broken REP-1: encoding by bytes");
  EXPECT_EQ(answered("DIG-2", kAbcBase64 + "\n").verdict(), "saw REP-1: encoding by bytes");
}

TEST(JudgeRepliesTest, AnotherEncodingInAControlIsNoFinding) {
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

TEST(JudgeRepliesTest, BytesTooManyAreRep2s) {
  for (const std::string& received :
       {"MD5: " + kAbc + "\n", kAbc + "\r\n", kAbc.substr(0, 16) + " " + kAbc.substr(16) + "\n",
        kAbc + "\nOK\n"}) {
    EXPECT_EQ(answered("REP-2", received).blame(), "broken REP-2: surplus") << received;
    EXPECT_EQ(answered("DIG-1", received).blame(), "saw REP-2: surplus") << received;
    EXPECT_EQ(answered("REP-1", received).blame(), "saw REP-2: surplus") << received;
  }
}

TEST(JudgeRepliesTest, MissingSurroundingsAreRep2s) {
  EXPECT_EQ(answered("REP-2", kAbc).blame(), "broken REP-2: surplus");
  EXPECT_EQ(answered("DIG-1", kAbc).blame(), "saw REP-2: surplus");
}

TEST(JudgeRepliesTest, BytesThatComeAfterTheReplyAreRep2s) {
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

TEST(JudgeRepliesTest, BytesBetweenRepliesAreRep2s) {
  EXPECT_EQ(Happening("REP-2").connect().exchange("abc").get("> ").exchange("xyz").end().blame(),
            "broken REP-2: surplus");
}

// The right digest but for zero digits breaks REP-3.

TEST(JudgeRepliesTest, MissingZerosAreRep3s) {
  EXPECT_EQ(answered("REP-3", kAWithoutZero + "\n", "a").verdict(),
            "broken REP-3: zeros missing by bytes");
  EXPECT_EQ(answered("DIG-1", kAWithoutZero + "\n", "a").verdict(),
            "saw REP-3: zeros missing by bytes");
  EXPECT_EQ(answered("REP-1", kAWithoutZero + "\n", "a").verdict(),
            "saw REP-3: zeros missing by bytes");
}

// A well-formed digest of something else breaks what the case judges.

TEST(JudgeRepliesTest, ADigestOfSomethingElseIsTheCasesOwnToBlame) {
  for (const std::string judged : {"DIG-1", "DIG-2", "DIG-3", "DIG-4", "DIG-5", "STR-1", "STR-2",
                                   "STR-3", "STR-4", "CNC-2", "RES-6"}) {
    EXPECT_EQ(answered(judged, kXyz + "\n").verdict(),
              "broken " + judged + ": other digest by bytes");
  }
}

TEST(JudgeRepliesTest, ADigestOfSomethingElseIsNothingToACaseAboutSomethingElse) {
  for (const std::string judged : {"CON-1", "CON-3", "CON-4", "CON-7", "REP-1", "REP-2", "CNC-1"}) {
    EXPECT_EQ(answered(judged, kXyz + "\n").verdict(), "saw DIG-1: other digest by bytes")
        << judged;
  }
}

TEST(JudgeRepliesTest, ADigestOfSomethingElseHidesWhetherZerosAreKept) {
  EXPECT_EQ(answered("REP-3", kXyz + "\n").verdict(),
            "can't tell for DIG-1: other digest by bytes");
}

TEST(JudgeRepliesTest, ADigestOfSomethingElseInAControlIsNoFinding) {
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

TEST(JudgeRepliesTest, ALaterDigestOfSomethingElseIsDig6s) {
  const auto second_wrong = [](const std::string& judged) {
    return Happening(judged).connect().exchange("abc").exchange("xyz", kAbc + "\n").end();
  };
  EXPECT_EQ(second_wrong("DIG-6").verdict(), "broken DIG-6: other digest by bytes");
  EXPECT_EQ(second_wrong("DIG-1").verdict(), "can't tell for DIG-6: other digest by bytes");
  EXPECT_EQ(second_wrong("CON-4").verdict(), "saw DIG-6: other digest by bytes");
}

TEST(JudgeRepliesTest, NoDigestAtAllIsTheCasesOwnToBlameToo) {
  EXPECT_EQ(answered("DIG-2", "error: not UTF-8\n").verdict(), "broken DIG-2: garbage by bytes");
  EXPECT_EQ(answered("REP-1", "error\n").verdict(), "can't tell for DIG-1: garbage by bytes");
  EXPECT_EQ(answered("CON-3", "error\n").verdict(), "saw DIG-1: garbage by bytes");
}

// Nothing, a close, a reset, a crash: break what the case judges.

TEST(JudgeRepliesTest, SilenceIsTheCasesOwnToBlame) {
  for (const std::string judged : {"DIG-1", "DIG-2", "DIG-3", "DIG-4", "DIG-5", "STR-1", "STR-2",
                                   "STR-3", "STR-4", "SEQ-2", "CNC-1", "CNC-3", "RES-6"}) {
    EXPECT_EQ(Happening(judged).connect().exchange_in_vain("abc").end().verdict(),
              "broken " + judged + ": no reply by deadline");
  }
}

TEST(JudgeRepliesTest, SilenceLeavesACaseAboutSomethingElseUnableToTell) {
  for (const std::string judged :
       {"CON-1", "CON-3", "CON-4", "CON-6", "CON-7", "REP-1", "REP-2", "REP-3", "REP-4", "REP-5",
        "DIG-6", "CNC-2", "RES-1", "RES-4", "RES-10"}) {
    EXPECT_EQ(Happening(judged).connect().exchange_in_vain("abc").end().verdict(),
              "can't tell for DIG-1: no reply by deadline")
        << judged;
  }
}

TEST(JudgeRepliesTest, ACloseInsteadOfAReplyIsTheCasesOwnToBlame) {
  const auto closed = [](const std::string& judged) {
    return Happening(judged).connect().send("abc").server_closes().await_reply(Came::kEnded);
  };
  EXPECT_EQ(closed("DIG-2").verdict(), "broken DIG-2: closed instead by end_of_stream");
  EXPECT_EQ(closed("STR-1").verdict(), "broken STR-1: closed instead by end_of_stream");
  EXPECT_EQ(closed("REP-1").verdict(), "can't tell for DIG-1: closed instead by end_of_stream");
}

TEST(JudgeRepliesTest, AResetInsteadOfAReplyIsTheCasesOwnToBlame) {
  const auto reset = [](const std::string& judged) {
    return Happening(judged).connect().send("abc").server_resets().await_reply(Came::kEnded);
  };
  EXPECT_EQ(reset("DIG-5").verdict(), "broken DIG-5: closed instead by reset");
  EXPECT_EQ(reset("CON-7").verdict(), "can't tell for DIG-1: closed instead by reset");
}

TEST(JudgeRepliesTest, AReplyThatCameBeforeAResetCounts) {
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

TEST(JudgeRepliesTest, ACloseBetweenExchangesIsCon4s) {
  const auto closes_after_one = [](const std::string& judged) {
    return Happening(judged).connect().exchange("abc").server_closes().half_close().await_end();
  };
  EXPECT_EQ(closes_after_one("CON-4").verdict(), "broken CON-4: early close by end_of_stream");
  EXPECT_EQ(closes_after_one("DIG-6").verdict(),
            "can't tell for CON-4: early close by end_of_stream");
}

TEST(JudgeRepliesTest, NoConnectionIsCon5sSinceThereWasOneBeforeAllCases) {
  EXPECT_EQ(Happening("CON-5").connect_in_vain().verdict(), "broken CON-5: refused by connect");
  for (const std::string judged : {"CON-1", "DIG-1"})
    EXPECT_EQ(Happening(judged).connect_in_vain().verdict(),
              "can't tell for CON-5: refused by connect");
  EXPECT_EQ(Happening("CON-5").connect_in_vain("Connection timed out").verdict(),
            "broken CON-5: refused by deadline");
}

TEST(JudgeRepliesTest, NoFurtherConnectionIsCon5s) {
  const auto refuses_the_second = [](const std::string& judged) {
    return Happening(judged).connect().exchange("abc").end().in_round(1).connect_in_vain();
  };
  EXPECT_EQ(refuses_the_second("CON-5").verdict(), "broken CON-5: refused by connect");
  EXPECT_EQ(refuses_the_second("DIG-1").verdict(), "can't tell for CON-5: refused by connect");
}

TEST(JudgeRepliesTest, AFurtherConnectionThatIsClosedAtOnceIsCon5s) {
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

TEST(JudgeRepliesTest, ACrashIsToBlameOnWhatTheServerWasToSurvive) {
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

TEST(JudgeRepliesTest, TwoRepliesAreSeq1s) {
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

TEST(JudgeRepliesTest, AReplyToTheEndOfStreamIsSeq1s) {
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

TEST(JudgeRepliesTest, RepliesInAnotherOrderAreSeq1s) {
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

TEST(JudgeRepliesTest, AWholeReplyTooManyIsRep2sWhereAConnectionHasOneExchange) {
  EXPECT_EQ(Happening("REP-2", kOneLineProfile)
                .connect()
                .exchange("abc")
                .get_reply("abc")
                .server_closes()
                .await_end()
                .blame(),
            "broken REP-2: extra reply");
}

}  // namespace
}  // namespace md5spec
