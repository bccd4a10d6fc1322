#include "judge/judge.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "judge/known_digests.h"
#include "judge/transcript_builder.h"

namespace md5spec {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using Came = Event::Came;

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

TEST(JudgeTest, WhereRepliesWereWaitedForInVainTheseTookTheTimeOfAFewRounds) {
  const Judgement judgement = Happening("CON-5", kPrefixedProfile)
                                  .in_liveness()
                                  .connect()
                                  .send("abc")
                                  .get(kAbc.substr(0, 16))
                                  .await_reply(Event::Came::kTimeout)
                                  .end()
                                  .rounds(4, 150)
                                  .judgement();
  EXPECT_EQ(judgement.hindrance.kind, Hindrance::Kind::kNone);
  ASSERT_THAT(judgement.impediments, SizeIs(1));
  EXPECT_EQ(judgement.impediments.front().usually, "REP-2");
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
