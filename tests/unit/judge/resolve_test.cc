#include "judge/resolve.h"

#include <random>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "judge/judged_cases.h"

namespace md5spec {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

TEST_F(ResolveTest, ACaseThatFoundNothingPasses) {
  EXPECT_THAT(passes("DIG-1").outcomes(), ElementsAre("pass"));
}

TEST_F(ResolveTest, ABrokenMustFails) {
  finds("DIG-1");
  EXPECT_THAT(outcomes(), ElementsAre("fail"));
  EXPECT_EQ(resolved().front().culprit, Culprit::kServer);
  EXPECT_EQ(resolved().front().reason, "breach of DIG-1");
  EXPECT_THAT(resolved().front().findings, SizeIs(1));
}

TEST_F(ResolveTest, ABrokenShouldWarns) {
  finds("CON-7");
  EXPECT_THAT(outcomes(), ElementsAre("warn"));
  EXPECT_EQ(resolved().front().culprit, Culprit::kServer);
}

TEST_F(ResolveTest, OfSeveralTheMustDecides) {
  EXPECT_THAT(finds("CON-7 CON-3", "CON-3").finds("CON-7 CON-3", "CON-7").outcomes(),
              ElementsAre("fail", "warn"));
}

// --- blocked ---

TEST_F(ResolveTest, WhatPresupposesABrokenRequirementIsBlocked) {
  EXPECT_THAT(finds("DIG-1").passes("DIG-2").finds("DIG-4").passes("CON-3").outcomes(),
              ElementsAre("fail", "skip: blocked by DIG-1", "skip: blocked by DIG-1", "pass"));
}

TEST_F(ResolveTest, WhereTheBreachIsFoundDoesntMatter) {
  EXPECT_THAT(passes("DIG-2").finds("DIG-1").outcomes(),
              ElementsAre("skip: blocked by DIG-1", "fail"));
}

TEST_F(ResolveTest, BlockingGoesOnByWayOfOthers) {
  // RES-6 <- SEQ-2 <- STR-2 <- SEQ-1 <- DIG-1
  EXPECT_THAT(
      finds("DIG-1").passes("RES-6").passes("SEQ-2").passes("STR-2").passes("SEQ-1").outcomes(),
      ElementsAre("fail", "skip: blocked by DIG-1", "skip: blocked by DIG-1",
                  "skip: blocked by DIG-1", "skip: blocked by DIG-1"));
}

TEST_F(ResolveTest, TheRootIsNamedNotWhatItBlocksItself) {
  EXPECT_THAT(finds("SEQ-1").finds("DIG-1").finds("STR-2").outcomes(),
              ElementsAre("skip: blocked by DIG-1", "fail", "skip: blocked by DIG-1"));
  EXPECT_THAT(finds("RES-6").outcomes().back(), "skip: blocked by DIG-1");
}

TEST_F(ResolveTest, ABrokenLinkInTheMiddleBlocksWhatFollows) {
  EXPECT_THAT(passes("DIG-1").passes("SEQ-1").finds("STR-2").passes("SEQ-2").outcomes(),
              ElementsAre("pass", "pass", "fail", "skip: blocked by STR-2"));
}

TEST_F(ResolveTest, PresuppositionsHoldOnlyWhereTheirConditionDoes) {
  finds("STR-1").passes("DIG-5");
  EXPECT_THAT(outcomes(kLineProfile), ElementsAre("fail", "skip: blocked by STR-1"));
  EXPECT_THAT(outcomes(kClassicProfile), ElementsAre("fail", "pass"));
}

TEST_F(ResolveTest, AWarningBlocksNothingThatDoesntPresupposeIt) {
  EXPECT_THAT(finds("CON-7").finds("CNC-4").passes("CNC-1").outcomes(),
              ElementsAre("warn", "warn", "pass"));
}

TEST_F(ResolveTest, ABlockedCaseKeepsItsFindings) {
  finds("DIG-1").finds("DIG-2");
  EXPECT_THAT(resolved().back().findings, SizeIs(1));
  EXPECT_EQ(resolved().back().culprit, Culprit::kNone);
}

TEST_F(ResolveTest, ABlockedCasesBreachBlocksNothingFurther) {
  EXPECT_THAT(finds("DIG-1").finds("STR-1").passes("STR-3").outcomes().back(),
              "skip: blocked by DIG-1");
}

TEST_F(ResolveTest, OfSeveralRequirementsTheFirstDecidesWhetherACaseIsBlocked) {
  EXPECT_THAT(finds("DIG-1").passes("CON-3 DIG-2").passes("DIG-2 CON-3").outcomes(),
              ElementsAre("fail", "pass", "skip: blocked by DIG-1"));
}

TEST_F(ResolveTest, AFindingOfABlockedRequirementDoesntCount) {
  EXPECT_THAT(finds("DIG-1").finds("CON-3 DIG-2", "DIG-2").outcomes(),
              ElementsAre("fail", "skip: blocked by DIG-1"));
}

// --- impeded ---

TEST_F(ResolveTest, AnImpededCaseIsBlockedByWhatImpededIt) {
  EXPECT_THAT(finds("CON-4").is_impeded("CON-7", "CON-4").outcomes(),
              ElementsAre("fail", "skip: blocked by CON-4"));
}

TEST_F(ResolveTest, AnImpededCaseIsBlockedByTheRootOfWhatImpededIt) {
  EXPECT_THAT(finds("DIG-1").finds("SEQ-1").is_impeded("CON-7", "SEQ-1").outcomes(),
              ElementsAre("fail", "skip: blocked by DIG-1", "skip: blocked by DIG-1"));
}

TEST_F(ResolveTest, WhatNobodyElseFindsBrokenIsTheImpededCasesOwn) {
  passes("DIG-1").is_impeded("CON-3", "DIG-1");
  EXPECT_THAT(outcomes(), ElementsAre("pass", "fail"));
  const CaseOutcome own = resolved().back();
  ASSERT_THAT(own.findings, SizeIs(1));
  EXPECT_EQ(own.findings.front().requirement, "CON-3");
  EXPECT_EQ(own.reason, "breach of DIG-1");
}

TEST_F(ResolveTest, WhatNobodyElseFindsBrokenWarnsWhereTheCasesOwnIsAShould) {
  EXPECT_THAT(is_impeded("CON-7", "DIG-1").outcomes(), ElementsAre("warn"));
}

TEST_F(ResolveTest, WhatAnImpededCaseBreaksBlocksOthers) {
  EXPECT_THAT(is_impeded("STR-1", "DIG-1").passes("STR-3").outcomes(),
              ElementsAre("fail", "skip: blocked by STR-1"));
}

TEST_F(ResolveTest, TwoCasesWithTheSameImpedimentBothStandForThemselves) {
  EXPECT_THAT(is_impeded("CON-3", "DIG-1").is_impeded("CON-7", "DIG-1").outcomes(),
              ElementsAre("fail", "warn"));
}

TEST_F(ResolveTest, AFindingOfItsOwnComesBeforeAnImpediment) {
  Judgement both;
  both.findings.resize(1);
  both.findings.front().requirement = "CON-7";
  both.impediments.resize(1);
  both.impediments.front().usually = "CON-4";
  Case spec;
  spec.requirements = {"CON-7"};
  JudgedCase one;
  one.spec = &spec;
  one.judgement = both;
  EXPECT_EQ(resolve(specification(), profile_with(kLineProfile), {one}).front().outcome,
            Outcome::kWarn);
}

// --- accounted for ---

TEST_F(ResolveTest, WhatAMoreBasicBreachAccountsForIsBlockedByIt) {
  EXPECT_THAT(finds("CON-4").finds_for("SEQ-2", {"CON-4"}).outcomes(),
              ElementsAre("fail", "skip: blocked by CON-4"));
}

TEST_F(ResolveTest, WhatNothingElseThatIsBrokenAccountsForStands) {
  EXPECT_THAT(passes("CON-4").finds_for("SEQ-2", {"CON-4"}).outcomes(),
              ElementsAre("pass", "fail"));
}

TEST_F(ResolveTest, OneFindingThatNothingAccountsForBreaksItsRequirement) {
  EXPECT_THAT(finds("CON-4").finds_for("SEQ-2", {"CON-4"}).finds("SEQ-2").outcomes(),
              ElementsAre("fail", "skip: blocked by CON-4", "fail"));
}

TEST_F(ResolveTest, WhatIsLessBasicAccountsForNothing) {
  EXPECT_THAT(finds("SEQ-2").finds_for("CON-4", {"SEQ-2"}).outcomes(), ElementsAre("fail", "fail"));
}

TEST_F(ResolveTest, WhatNothingAccountsForHasNoRoot) {
  // One that presupposes something, beside one that is broken.
  EXPECT_THAT(finds("DIG-1").finds_for("CON-4", {}).outcomes(), ElementsAre("fail", "fail"));
}

TEST_F(ResolveTest, WhatIsAccountedForItselfAccountsForNothing) {
  // DIG-6 is DIG-3's doing; so it's DIG-3 that RES-6 is put down to, or nothing.
  EXPECT_THAT(finds("DIG-3").finds_for("DIG-6", {"DIG-3"}).finds_for("RES-6", {"DIG-6"}).outcomes(),
              ElementsAre("fail", "skip: blocked by DIG-3", "fail"));
}

TEST_F(ResolveTest, AWrongLengthAccountsOnlyForMessagesThatLeaveAsMuchInTheirLastBlock) {
  EXPECT_THAT(finds_for("DIG-4", {}, 56)
                  .finds_for("DIG-6", {"DIG-4"}, 120)
                  .finds_for("DIG-2", {"DIG-4"}, 57)
                  .outcomes(),
              ElementsAre("fail", "skip: blocked by DIG-4", "fail"));
}

TEST_F(ResolveTest, ALargeMessageAccountsOnlyForThoseAsLarge) {
  EXPECT_THAT(finds_for("DIG-5", {}, 1024)
                  .finds_for("SEQ-2", {"DIG-5"}, 4096)
                  .finds_for("SEQ-2", {"DIG-5"}, 1023)
                  .outcomes(),
              ElementsAre("fail", "skip: blocked by DIG-5", "fail"));
}

TEST_F(ResolveTest, AMessageBehindALargeOneMayFailForThat) {
  finds_for("DIG-5", {}, 65536).finds_for("DIG-6", {"DIG-5"}, 15);
  judged_.back().judgement->findings.front().largest = 200'000;
  EXPECT_THAT(outcomes(), ElementsAre("fail", "skip: blocked by DIG-5"));
}

TEST_F(ResolveTest, AServerThatTakesOnlySoManyClientsTurnsThemAwayInACrowdToo) {
  const auto crowd = [&](bool turned_away) {
    begin_anew().finds("CON-5").finds_for("CNC-3", {"CON-5"});
    judged_.back().judgement->findings.front().turned_away = turned_away;
    return outcomes();
  };
  EXPECT_THAT(crowd(true), ElementsAre("fail", "skip: blocked by CON-5"));
  EXPECT_THAT(crowd(false), ElementsAre("fail", "fail"));
}

// --- looks that no case whose business they are has seen ---

TEST_F(ResolveTest, AnUndeclaredReplyIsTheCasesOwnWhereNobodyElseHasSeenOne) {
  EXPECT_THAT(passes("REP-2").sees("DIG-5", Anomaly::kSurplus, "REP-2").outcomes(),
              ElementsAre("pass", "fail"));
}

TEST_F(ResolveTest, AnUndeclaredReplyIsAnObservationWhereItsRequirementIsFoundBroken) {
  EXPECT_THAT(finds("REP-2").sees("DIG-5", Anomaly::kSurplus, "REP-2").outcomes(),
              ElementsAre("fail", "pass"));
}

TEST_F(ResolveTest, WhatSaysItselfWhatItBreaksIsChargedToThat) {
  const auto charged = [&](const std::string& judged, Anomaly anomaly, const std::string& usually,
                           std::vector<std::string> causes) {
    begin_anew().passes(usually).sees(judged, anomaly, usually);
    judged_.back().judgement->oddities.front().causes = std::move(causes);
    const CaseOutcome outcome = resolved().back();
    return std::string(name_of(outcome.outcome)) + " " + outcome.findings.front().requirement;
  };
  EXPECT_EQ(charged("DIG-3", Anomaly::kEncoding, "REP-1", {"DIG-3"}), "fail REP-1");
  EXPECT_EQ(charged("SEQ-1", Anomaly::kZerosMissing, "REP-3", {"SEQ-1"}), "fail REP-3");
  EXPECT_EQ(charged("CON-5", Anomaly::kBannerWrong, "CON-2", {"CNC-2"}), "fail CON-2");
  EXPECT_EQ(charged("CON-5", Anomaly::kEarlyBytes, "CON-2", {"CNC-2"}), "fail CON-2");
  EXPECT_EQ(charged("DIG-5", Anomaly::kNotClosed, "CON-3", {}), "fail CON-3");
  EXPECT_EQ(charged("DIG-5", Anomaly::kReset, "CON-7", {}), "warn CON-7");
  EXPECT_EQ(charged("DIG-5", Anomaly::kLate, "REP-4", {"DIG-5"}), "fail REP-4");
  EXPECT_EQ(charged("STR-1", Anomaly::kSurplus, "REP-2", {"STR-1"}), "fail STR-1");
  EXPECT_EQ(charged("STR-1", Anomaly::kSurplus, "REP-2", {"DIG-5"}), "fail REP-2");
}

TEST_F(ResolveTest, WhatComesUnaskedMayBeAnothersReply) {
  finds("CNC-2").passes("CON-2").sees("CON-5", Anomaly::kEarlyBytes, "CON-2");
  judged_.back().judgement->oddities.front().causes = {"CNC-2"};
  EXPECT_THAT(outcomes(), ElementsAre("fail", "pass", "pass"));
}

TEST_F(ResolveTest, WhatIsChargedToWhatItsCasePresupposesIsShownByIt) {
  passes("SEQ-1").is_impeded("STR-2", "SEQ-1");
  judged_.back().judgement->impediments.front().anomaly = Anomaly::kOrder;
  const CaseOutcome outcome = resolved().back();
  EXPECT_EQ(outcome.outcome, Outcome::kFail);
  ASSERT_THAT(outcome.findings, SizeIs(1));
  EXPECT_EQ(outcome.findings.front().requirement, "SEQ-1");
}

TEST_F(ResolveTest, ACertificateThatIsntValidBreaksSec1WhicheverCaseSawIt) {
  const char* const tls = "framing: delimited\nreply: \"{hex}\\n\"\ntls: {}\n";
  passes("SEC-1").is_impeded("CON-5", "SEC-1").is_impeded("CON-1", "SEC-1");
  for (JudgedCase& one : judged_) {
    for (Finding& finding : one.judgement->impediments) finding.anomaly = Anomaly::kUntrusted;
  }
  const std::vector<CaseOutcome> all = resolved(tls);
  EXPECT_EQ(all.front().outcome, Outcome::kPass);
  for (const std::size_t place : {1U, 2U}) {
    EXPECT_EQ(all.at(place).outcome, Outcome::kFail);
    ASSERT_THAT(all.at(place).findings, SizeIs(1));
    EXPECT_EQ(all.at(place).findings.front().requirement, "SEC-1");
  }
}

TEST_F(ResolveTest, WhatAControlShowsTooIsntForWhatItsCaseIsAbout) {
  passes("REP-2").sees_for("STR-1", {"STR-1"});
  judged_.back().judgement->observations = judged_.back().judgement->oddities;
  judged_.back().judgement->observations.front().in_control = true;
  EXPECT_EQ(resolved().back().findings.front().requirement, "REP-2");
}

TEST_F(ResolveTest, AnOddityIsChargedToNobodyWhereSomethingWorseIs) {
  is_impeded("DIG-5", "SEQ-1");
  judged_.back().judgement->oddities = {judged_.back().judgement->impediments.front()};
  judged_.back().judgement->oddities.front().anomaly = Anomaly::kNotClosed;
  judged_.back().judgement->oddities.front().usually = "CON-3";
  const auto findings = resolved().back().findings;
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(findings.front().requirement, "DIG-5");
}

// --- beside others ---

TEST_F(ResolveTest, AnUndeclaredReplyIsntAccountedForByWhatItsOwnCaseIsAbout) {
  sees_for("STR-1", {"STR-1", "STR-3"}).passes("STR-3");
  EXPECT_THAT(outcomes(), ElementsAre("fail", "skip: blocked by STR-1"));
}

TEST_F(ResolveTest, UndeclaredRepliesAreThoseCasesOwnThatAreAboutTheMostBasic) {
  sees_for("REP-5", {"STR-1", "STR-3"}).sees_for("STR-1", {"STR-1", "STR-3"});
  EXPECT_THAT(outcomes(), ElementsAre("skip: blocked by STR-1", "fail"));
}

TEST_F(ResolveTest, WhatGoesWrongOnlyBesideOthersIsPutDownToConcurrency) {
  EXPECT_THAT(finds("CNC-2").went_wrong_beside_others("DIG-1").outcomes(),
              ElementsAre("fail", "pass"));
}

TEST_F(ResolveTest, WhatGoesWrongOnlyBesideOthersIsTheCasesOwnWhereConcurrencyIsFine) {
  EXPECT_THAT(passes("CNC-2").went_wrong_beside_others("DIG-2").outcomes(),
              ElementsAre("pass", "fail"));
}

TEST_F(ResolveTest, WhatGoesWrongOnlyBesideOthersBreaksTheRequirementThatItsCaseIsAbout) {
  EXPECT_THAT(passes("CNC-2").went_wrong_beside_others("DIG-1").outcomes(),
              ElementsAre("skip: blocked by DIG-1", "fail"));
}

// --- controls ---

TEST_F(ResolveTest, AControlThatFailsAloneIsAnError) {
  passes("DIG-1").control_fails("STR-1", "DIG-1");
  EXPECT_THAT(outcomes(),
              ElementsAre("pass",
                          "error: its control exchange failed too, so it can't tell about STR-1: "
                          "breach of DIG-1"));
  EXPECT_EQ(resolved().back().culprit, Culprit::kServer);
}

TEST_F(ResolveTest, AControlThatFailsForWhatIsBrokenAnywayBlocks) {
  EXPECT_THAT(finds("CON-4").control_fails("CON-6", "CON-4").outcomes(),
              ElementsAre("fail", "skip: blocked by CON-4"));
}

TEST_F(ResolveTest, AControlThatFailsWhereSomethingElseIsBrokenBlocks) {
  EXPECT_THAT(finds("CON-4").control_fails("CON-6", "DIG-1").outcomes(),
              ElementsAre("fail", "skip: blocked by CON-4"));
}

TEST_F(ResolveTest, AControlBreaksNothing) {
  EXPECT_THAT(control_fails("STR-1", "DIG-1").passes("STR-3").outcomes().back(), "pass");
}

// --- not tried ---

TEST_F(ResolveTest, ASkippedCaseSaysWhy) {
  EXPECT_THAT(is_skipped("DIG-1").outcomes(), ElementsAre("skip: not here"));
}

TEST_F(ResolveTest, AnUntriedCaseIsAnErrorOfTheServers) {
  is_untried("DIG-1");
  EXPECT_THAT(outcomes(), ElementsAre("error: server down since case g.a"));
  EXPECT_EQ(resolved().front().culprit, Culprit::kServer);
}

TEST_F(ResolveTest, ACaseThatWasNeverBegunIsNotRun) {
  never_began("DIG-1");
  EXPECT_THAT(outcomes(), ElementsAre("not_run: the run was interrupted before it"));
  EXPECT_EQ(resolved().front().culprit, Culprit::kNone);
}

TEST_F(ResolveTest, AnInterruptedCaseIsNotRun) {
  is_hindered("DIG-1", Hindrance::Kind::kInterrupted);
  EXPECT_THAT(outcomes(), ElementsAre("not_run: why not"));
}

TEST_F(ResolveTest, ABusyMachineIsAnErrorOfTheEnvironments) {
  is_hindered("DIG-1", Hindrance::Kind::kEnvironment);
  EXPECT_THAT(outcomes(), ElementsAre("error: why not"));
  EXPECT_EQ(resolved().front().culprit, Culprit::kEnvironment);
}

TEST_F(ResolveTest, AMessageThatDoesntFitASegmentIsSkipped) {
  EXPECT_THAT(is_hindered("DIG-5", Hindrance::Kind::kSegmentTooSmall).outcomes(),
              ElementsAre("skip: why not"));
}

TEST_F(ResolveTest, WhatWasntTriedBreaksAndBlocksNothing) {
  EXPECT_THAT(is_hindered("DIG-1", Hindrance::Kind::kEnvironment)
                  .is_hindered("DIG-1", Hindrance::Kind::kInterrupted)
                  .is_untried("DIG-1")
                  .passes("DIG-2")
                  .outcomes()
                  .back(),
              "pass");
}

TEST_F(ResolveTest, OutcomesComeInTheCasesOrder) {
  EXPECT_THAT(passes("CON-1").finds("CON-2").is_skipped("CON-3").passes("CON-4").outcomes(),
              ElementsAre("pass", "fail", "skip: not here", "pass"));
}

TEST_F(ResolveTest, ItsOrderDoesntMatterToWhoIsBlocked) {
  EXPECT_THAT(passes("REP-5").is_impeded("STR-1", "DIG-1").passes("STR-3").outcomes(),
              ElementsAre("skip: blocked by STR-1", "fail", "skip: blocked by STR-1"));
}

TEST_F(ResolveTest, NoCasesHaveNoOutcomes) { EXPECT_THAT(outcomes(), ElementsAre()); }

TEST(OutcomeTest, OutcomesAndCulpritsHaveTheirNames) {
  EXPECT_EQ(name_of(Outcome::kPass), "pass");
  EXPECT_EQ(name_of(Outcome::kFail), "fail");
  EXPECT_EQ(name_of(Outcome::kWarn), "warn");
  EXPECT_EQ(name_of(Outcome::kSkip), "skip");
  EXPECT_EQ(name_of(Outcome::kError), "error");
  EXPECT_EQ(name_of(Outcome::kXfail), "xfail");
  EXPECT_EQ(name_of(Outcome::kXpass), "xpass");
  EXPECT_EQ(name_of(Outcome::kNotRun), "not_run");
  EXPECT_EQ(name_of(Culprit::kNone), "");
  EXPECT_EQ(name_of(Culprit::kServer), "server");
  EXPECT_EQ(name_of(Culprit::kEnvironment), "environment");
  EXPECT_EQ(name_of(Culprit::kSuite), "suite");
}

// --- whatever is found ---

TEST_F(ResolveTest, WhatBlocksOthersIsAlwaysShownToBeBrokenByACaseOfItsOwn) {
  const std::vector<std::string> ids = {"CON-1", "CON-2", "DIG-1", "DIG-2", "DIG-5", "REP-2",
                                        "SEQ-1", "STR-1", "STR-2", "CNC-1", "CNC-2", "CNC-4",
                                        "CON-4", "CON-5", "RES-6", "REP-4"};
  std::mt19937 random(1);
  const auto any = [&] { return ids[random() % ids.size()]; };
  for (int round = 0; round < 3000; ++round) {
    ResolveTest& one = begin_anew();
    for (std::uint64_t cases = 2 + random() % 7; cases > 0; --cases)
      one.blames(any(), any(), {any(), any(), any()}, static_cast<int>(random() % 5));
    std::set<std::string> shown;
    for (const CaseOutcome& outcome : one.resolved()) {
      for (const Finding& finding : outcome.findings) {
        if (outcome.outcome == Outcome::kFail || outcome.outcome == Outcome::kWarn)
          shown.insert(finding.requirement);
      }
    }
    for (const CaseOutcome& outcome : one.resolved()) {
      if (outcome.outcome != Outcome::kSkip) continue;
      ASSERT_TRUE(outcome.reason.starts_with("blocked by ")) << outcome.reason;
      ASSERT_TRUE(shown.contains(outcome.reason.substr(11)))
          << "in round " << round << " a case is " << outcome.reason << ", which no case shows";
    }
  }
}

TEST_F(ResolveTest, PiecesOfALengthOrDelimiterAccountForTheirMessages) {
  finds("STR-4").finds_for("STR-1", {"STR-4"}).passes("STR-1");
  EXPECT_THAT(outcomes(kPrefixedProfile), ElementsAre("fail", "skip: blocked by STR-4", "pass"));
}

TEST_F(ResolveTest, ButNotWhereOtherPiecesAreNoBetter) {
  finds("STR-4").finds_for("STR-1", {"STR-4"}).finds("STR-1");
  EXPECT_THAT(outcomes(kPrefixedProfile), ElementsAre("skip: blocked by STR-1", "fail", "fail"));
}

TEST_F(ResolveTest, WhatGoesWrongWithAServerThatDoesntOutliveAClientIsChargedToThat) {
  is_impeded("CNC-3", "RES-2");
  judged_.back().judgement->impediments.push_back(finding("DIG-1"));
  const auto resolution = resolved();
  for (const Finding& one : resolution.front().findings) EXPECT_EQ(one.requirement, "RES-2");
  EXPECT_THAT(resolution.front().findings, SizeIs(2));
}

TEST_F(ResolveTest, AnEndBehindAReplyIsChargedToCon4WhateverTheCaseIsAbout) {
  const auto resolution = is_impeded("DIG-6", "CON-4").resolved();
  ASSERT_THAT(resolution.front().findings, SizeIs(1));
  EXPECT_EQ(resolution.front().findings.front().requirement, "CON-4");
}

}  // namespace
}  // namespace md5spec
