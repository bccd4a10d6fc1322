// What accounts for what, where that takes more than one case to tell.
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "judge/blame.h"
#include "judge/judged_cases.h"

namespace md5spec {
namespace {

using ::testing::ElementsAre;

using ResolveAccountsTest = ResolveTest;

TEST_F(ResolveAccountsTest, WhatASkippedCaseMayHaveFoundBreaksNothing) {
  finds("DIG-1").passes("DIG-2");
  judged_.front().skipped = "not here";
  EXPECT_THAT(outcomes(), ElementsAre("skip: not here", "pass"));
}

TEST_F(ResolveAccountsTest, WhatACaseThatWaitsForABreachSawOfOthersBreaksNothing) {
  finds("DIG-1").sees("DIG-2", Anomaly::kEncoding, "REP-1").finds_for("REP-2", {"REP-1"});
  EXPECT_THAT(outcomes(), ElementsAre("fail", "skip: blocked by DIG-1", "fail"));
}

TEST_F(ResolveAccountsTest, WhatACaseSawOfOthersBlocksWhatPresupposesThat) {
  sees("DIG-5", Anomaly::kOrder, "SEQ-1").passes("STR-2");
  EXPECT_THAT(outcomes(), ElementsAre("fail", "skip: blocked by SEQ-1"));
}

TEST_F(ResolveAccountsTest, WhatABlockedCaseSawOfItsOwnIsPutDownToWhatBlocksIt) {
  finds("DIG-1").is_impeded("SEQ-1", "SEQ-1").is_impeded("CON-3", "SEQ-1");
  EXPECT_THAT(outcomes(), ElementsAre("fail", "skip: blocked by DIG-1", "skip: blocked by DIG-1"));
}

TEST_F(ResolveAccountsTest, OfRoomForClientsAndCrowdsThatAccountForOneAnotherRoomIsToBlame) {
  finds_for("CON-5", {"CNC-1"}).finds_for("CNC-1", {"CON-5"});
  judged_.back().judgement->findings.front().turned_away = true;
  EXPECT_THAT(outcomes(), ElementsAre("fail", "skip: blocked by CON-5"));
}

TEST_F(ResolveAccountsTest, AControlAtWhichTheServerEndedShowsABreachWhereNothingElseDoes) {
  control_fails("STR-1", "DIG-1").server_died().passes("DIG-1");
  EXPECT_THAT(outcomes(), ElementsAre("fail", "pass"));
  const CaseOutcome first = resolved().front();
  ASSERT_EQ(first.findings.size(), 1U);
  EXPECT_EQ(first.findings.front().requirement, "DIG-1");
  EXPECT_EQ(first.culprit, Culprit::kServer);
}

TEST_F(ResolveAccountsTest, SuchABreachBlocksWhatPresupposesIt) {
  EXPECT_THAT(control_fails("CON-6", "DIG-1").server_died().passes("STR-1").outcomes(),
              ElementsAre("fail", "skip: blocked by DIG-1"));
}

TEST_F(ResolveAccountsTest, AControlAtWhichTheServerEndedIsBlockedWhereSomethingElseIsBroken) {
  EXPECT_THAT(finds("DIG-4").control_fails("STR-1", "DIG-1").server_died().outcomes(),
              ElementsAre("fail", "skip: blocked by DIG-4"));
  begin_anew();
  EXPECT_THAT(is_impeded("DIG-5", "DIG-1").control_fails("STR-1", "DIG-1").server_died().outcomes(),
              ElementsAre("fail", "skip: blocked by DIG-5"));
}

TEST_F(ResolveAccountsTest, AControlThatFailedWithoutTheServersEndShowsNothing) {
  control_fails("STR-1", "DIG-1").server_died().control_fails("STR-3", "DIG-1");
  EXPECT_THAT(outcomes(), ElementsAre("fail", "skip: blocked by DIG-1"));
}

TEST_F(ResolveAccountsTest, WhoIsTurnedAwayWithoutACrowdIsntForWantOfRoom) {
  finds("CON-5").finds_for("CON-4", {"CON-5"});
  judged_.back().judgement->findings.front().turned_away = true;
  EXPECT_THAT(outcomes(), ElementsAre("fail", "fail"));
}

TEST_F(ResolveAccountsTest, AMessageAsLargeAsOneThatFailsMayFailForThat) {
  finds_for("DIG-5", {}, 1024).finds_for("SEQ-2", {"DIG-5"}, 1024);
  EXPECT_THAT(outcomes(), ElementsAre("fail", "skip: blocked by DIG-5"));
}

TEST_F(ResolveAccountsTest, ALengthIsAsFarIntoABlockOf64BytesAsAnother) {
  finds_for("DIG-4", {}, 120).finds_for("DIG-6", {"DIG-4"}, 56);
  EXPECT_THAT(outcomes(), ElementsAre("fail", "skip: blocked by DIG-4"));
}

TEST_F(ResolveAccountsTest, AMessageLongerThanAnyWhoseLengthIsTriedMayFailForItsLength) {
  const auto of_size = [&](std::uint64_t size) {
    begin_anew().finds_for("DIG-4", {}, 56).finds_for("DIG-6", {"DIG-4"}, size);
    return outcomes().back();
  };
  EXPECT_EQ(of_size(130), "fail");
  EXPECT_EQ(of_size(131), "skip: blocked by DIG-4");
}

TEST_F(ResolveAccountsTest, LengthsOfWhichNoMessageIsKnownAccountForNone) {
  is_impeded("DIG-4", "DIG-1").finds_for("DIG-6", {"DIG-4"}, 56);
  EXPECT_THAT(outcomes(), ElementsAre("fail", "fail"));
}

TEST_F(ResolveAccountsTest, PiecesOfALengthAccountForOthersWhereNothingIsFoundOfWholeOnes) {
  finds("STR-4").finds_for("STR-3", {"STR-4"});
  EXPECT_THAT(outcomes(kPrefixedProfile), ElementsAre("fail", "skip: blocked by STR-4"));
}

TEST_F(ResolveAccountsTest, ADigestThatIsWrongOnlyBesideOthersIsChargedToKeepingClientsApart) {
  went_wrong_beside_others("DIG-2").of_kind(Anomaly::kOtherDigest);
  judged_.back().judgement->oddities.front().usually = kKeptApart;
  const CaseOutcome outcome = resolved().front();
  EXPECT_EQ(outcome.outcome, Outcome::kFail);
  ASSERT_EQ(outcome.findings.size(), 1U);
  EXPECT_EQ(outcome.findings.front().requirement, kKeptApart);
}

TEST_F(ResolveAccountsTest, WhatNoControlShowsIsForWhatItsCaseIsAbout) {
  passes("REP-2").sees_for("STR-1", {"STR-1"});
  judged_.back().judgement->observations = judged_.back().judgement->oddities;
  EXPECT_EQ(resolved().back().findings.front().requirement, "STR-1");
}

TEST_F(ResolveAccountsTest, AnotherThingInAControlSaysNothingOfThis) {
  passes("REP-2").sees_for("STR-1", {"STR-1"});
  judged_.back().judgement->observations = judged_.back().judgement->oddities;
  judged_.back().judgement->observations.front().anomaly = Anomaly::kEncoding;
  judged_.back().judgement->observations.front().in_control = true;
  EXPECT_EQ(resolved().back().findings.front().requirement, "STR-1");
}

// --- what no case shows, and what others show ---

TEST_F(ResolveAccountsTest, EachCaseThatCantTellSaysWhatItLooksLike) {
  is_impeded("SEQ-1", "REP-1").sees("STR-2", Anomaly::kEncoding, "REP-1");
  const std::string shown_by_none = ", which none of its own cases shows to be broken";
  EXPECT_THAT(outcomes(), ElementsAre("error: what went wrong looks like REP-1" + shown_by_none,
                                      "error: what went wrong looks like SEQ-1" + shown_by_none));
}

TEST_F(ResolveAccountsTest, WhatOthersWaitForStandsThoughItPresupposesABreachItself) {
  control_fails("STR-1", "REP-4").is_impeded("DIG-5", "DIG-5").of_kind(Anomaly::kEncoding);
  finds("STR-1");
  EXPECT_THAT(outcomes(), ElementsAre("skip: blocked by DIG-5", "fail", "fail"));
}

TEST_F(ResolveAccountsTest, ACaseIsBlockedByWhatOthersFindThoughItSawThatToo) {
  is_impeded("CNC-1", "CON-7").of_kind(Anomaly::kNotClosed);
  sees("CNC-3", Anomaly::kLate, "CNC-1").finds_for("CNC-1", {"CON-7", "CNC-3"});
  finds_for("CNC-1", {"CON-7", "CNC-3"}).of_kind(Anomaly::kLate);
  EXPECT_THAT(outcomes(), ElementsAre("warn", "skip: blocked by CNC-1", "fail", "fail"));
}

TEST_F(ResolveAccountsTest, AResetIsTheCasesOwnUnlessTheClientHasHungUpBefore) {
  const auto charged = [&](bool half_closed) {
    begin_anew().sees("CON-4", Anomaly::kReset, "CON-7");
    judged_.back().judgement->oddities.front().causes = {"CON-4"};
    judged_.back().judgement->oddities.front().half_closed = half_closed;
    return resolved().back().findings.front().requirement;
  };
  EXPECT_EQ(charged(false), "CON-4");
  EXPECT_EQ(charged(true), "CON-7");
}

// Both are as yet nobody's: STR-2 is blamed, and then accounts for the other as well.
TEST_F(ResolveAccountsTest, WhatIsBlamedAnywayAccountsForMoreBasicThings) {
  sees("STR-2", Anomaly::kTruncated, "REP-2").sees("CON-3", Anomaly::kSurplus, "REP-2");
  judged_.back().judgement->oddities.front().causes = {"STR-2"};
  passes("SEQ-2");
  EXPECT_THAT(outcomes(), ElementsAre("fail", "pass", "skip: blocked by STR-2"));
}

TEST_F(ResolveAccountsTest, TwoThingsThatOneCaseEachShowsAreBothFound) {
  is_impeded("REP-1", "REP-4").of_kind(Anomaly::kNotClosed);
  is_impeded("DIG-5", "STR-1").of_kind(Anomaly::kLate);
  judged_.back().judgement->impediments.front().causes = {"REP-4"};
  EXPECT_THAT(outcomes(), ElementsAre("fail", "fail"));
}

}  // namespace
}  // namespace md5spec
