#include "report/results.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "conduct/plan.h"
#include "report/made_results.h"

namespace md5spec {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr Outcome kAllOutcomes[] = {Outcome::kPass,  Outcome::kFail,  Outcome::kWarn,
                                    Outcome::kSkip,  Outcome::kError, Outcome::kXfail,
                                    Outcome::kXpass, Outcome::kNotRun};

// A run with a case for each of these outcomes.
MadeRun run_of(const std::vector<Outcome>& outcomes) {
  MadeRun made;
  for (const Outcome outcome : outcomes) made.add("g.one", outcome);
  return made;
}

// --- counts ---

TEST(RecountTest, EveryOutcomeIsCounted) {
  MadeRun made = run_of({Outcome::kPass, Outcome::kPass, Outcome::kFail, Outcome::kSkip});
  EXPECT_EQ(made.run().count(Outcome::kPass), 2U);
  EXPECT_EQ(made.run().count(Outcome::kFail), 1U);
  EXPECT_EQ(made.run().count(Outcome::kSkip), 1U);
  EXPECT_EQ(made.run().count(Outcome::kWarn), 0U);
}

TEST(RecountTest, CountingAgainChangesNothing) {
  MadeRun made = run_of({Outcome::kPass, Outcome::kFail});
  EXPECT_EQ(made.run().count(Outcome::kPass), 1U);
  EXPECT_EQ(made.run().count(Outcome::kPass), 1U);
  EXPECT_THAT(made.run().requirements, SizeIs(1));
}

// --- requirements ---

Outcome requirement_outcome(MadeRun made, const std::string& id) {
  for (const RequirementResult& one : made.run().requirements) {
    if (one.spec->id == id) return one.outcome;
  }
  ADD_FAILURE() << id << " has no outcome";
  return Outcome::kNotRun;
}

Outcome worst(const std::vector<Outcome>& outcomes) {
  return requirement_outcome(run_of(outcomes), "DIG-1");
}

TEST(RequirementResultTest, ARequirementIsAsBadAsItsWorstCase) {
  EXPECT_EQ(worst({Outcome::kPass, Outcome::kPass}), Outcome::kPass);
  EXPECT_EQ(worst({Outcome::kPass, Outcome::kSkip}), Outcome::kPass);
  EXPECT_EQ(worst({Outcome::kPass, Outcome::kWarn}), Outcome::kWarn);
  EXPECT_EQ(worst({Outcome::kWarn, Outcome::kError}), Outcome::kError);
  EXPECT_EQ(worst({Outcome::kError, Outcome::kFail, Outcome::kPass}), Outcome::kFail);
}

TEST(RequirementResultTest, KnownFailuresCountAsWhatTheyAre) {
  EXPECT_EQ(worst({Outcome::kXfail, Outcome::kError}), Outcome::kFail);
  EXPECT_EQ(worst({Outcome::kXpass}), Outcome::kPass);
  EXPECT_EQ(worst({Outcome::kXpass, Outcome::kWarn}), Outcome::kWarn);
}

TEST(RequirementResultTest, WhatWasNotRunIsUndecided) {
  EXPECT_EQ(worst({Outcome::kNotRun, Outcome::kWarn}), Outcome::kError);
}

TEST(RequirementResultTest, WithoutAnApplicableCaseItIsSkippedAndSaysWhy) {
  MadeRun made;
  made.add("g.one", Outcome::kSkip, "first reason").add("g.two", Outcome::kSkip, "second reason");
  ASSERT_THAT(made.run().requirements, SizeIs(1));
  EXPECT_EQ(made.run().requirements[0].outcome, Outcome::kSkip);
  EXPECT_EQ(made.run().requirements[0].reason, "first reason");
  EXPECT_EQ(made.run().requirements[0].cases, 0U);
}

TEST(RequirementResultTest, ItsCasesAreCountedButForTheSkipped) {
  EXPECT_EQ(run_of({Outcome::kPass, Outcome::kSkip, Outcome::kFail}).run().requirements[0].cases,
            2U);
}

TEST(RequirementResultTest, RequirementsComeInTheSpecificationsOrder) {
  MadeRun made;
  made.add("h.one", Outcome::kPass).add("g.one", Outcome::kPass).add("g.fin", Outcome::kPass);
  std::vector<std::string> ids;
  for (const RequirementResult& one : made.run().requirements) ids.push_back(one.spec->id);
  EXPECT_THAT(ids, ElementsAre("CON-7", "DIG-1", "REP-1"));
}

TEST(RequirementResultTest, OfACaseWithSeveralOnlyTheBrokenOnesAreBroken) {
  MadeRun made;
  made.add("g.both", Outcome::kWarn);
  made.last().outcome.findings = {made_finding("CON-7")};
  EXPECT_EQ(requirement_outcome(made, "CON-3"), Outcome::kPass);
  EXPECT_EQ(requirement_outcome(made, "CON-7"), Outcome::kWarn);
}

TEST(RequirementResultTest, ABrokenShouldIsAWarningBesideABrokenMust) {
  MadeRun made;
  made.add("g.both", Outcome::kFail);
  made.last().outcome.findings = {made_finding("CON-3"), made_finding("CON-7")};
  EXPECT_EQ(requirement_outcome(made, "CON-3"), Outcome::kFail);
  EXPECT_EQ(requirement_outcome(made, "CON-7"), Outcome::kWarn);
}

TEST(RequirementResultTest, AnUndecidedCaseLeavesAllOfItsRequirementsUndecided) {
  MadeRun made;
  made.add("g.both", Outcome::kError);
  EXPECT_EQ(requirement_outcome(made, "CON-3"), Outcome::kError);
  EXPECT_EQ(requirement_outcome(made, "CON-7"), Outcome::kError);
}

TEST(RequirementResultTest, OfAKnownFailureOnlyWhatWasFoundBrokenIs) {
  MadeRun made;
  made.add("g.both", Outcome::kXfail);
  made.last().outcome.findings = {made_finding("CON-7")};
  EXPECT_EQ(requirement_outcome(made, "CON-3"), Outcome::kPass);
  EXPECT_EQ(requirement_outcome(made, "CON-7"), Outcome::kFail);
}

TEST(RequirementResultTest, WhatABlockedCaseFoundCountsForNobodyElse) {
  MadeRun made;
  made.add("g.one", Outcome::kSkip, "blocked by CON-2");
  made.last().outcome.findings = {made_finding("REP-1")};
  ASSERT_THAT(made.run().requirements, SizeIs(1));
  EXPECT_EQ(made.run().requirements[0].spec->id, "DIG-1");
}

// --- verdict ---

Verdict verdict(const std::vector<Outcome>& outcomes) { return run_of(outcomes).run().verdict; }

TEST(VerdictTest, AllPassedIsConformant) {
  EXPECT_EQ(verdict({Outcome::kPass, Outcome::kPass, Outcome::kSkip}), Verdict::kConformant);
  EXPECT_EQ(verdict({Outcome::kXpass}), Verdict::kConformant);
  EXPECT_EQ(verdict({Outcome::kPass, Outcome::kXpass}), Verdict::kConformant);
}

TEST(VerdictTest, AWarningIsConformantWithWarnings) {
  EXPECT_EQ(verdict({Outcome::kPass, Outcome::kWarn}), Verdict::kConformantWithWarnings);
}

TEST(VerdictTest, AFailureIsNonConformantWhateverElse) {
  EXPECT_EQ(verdict({Outcome::kFail, Outcome::kError, Outcome::kPass}), Verdict::kNonConformant);
  EXPECT_EQ(verdict({Outcome::kXfail, Outcome::kPass}), Verdict::kNonConformant);
  EXPECT_EQ(verdict({Outcome::kFail, Outcome::kXfail, Outcome::kPass}), Verdict::kNonConformant);
}

TEST(VerdictTest, AnythingUndecidedIsInconclusive) {
  EXPECT_EQ(verdict({Outcome::kPass, Outcome::kError}), Verdict::kInconclusive);
  EXPECT_EQ(verdict({Outcome::kWarn, Outcome::kNotRun}), Verdict::kInconclusive);
  EXPECT_EQ(verdict({Outcome::kPass, Outcome::kError, Outcome::kNotRun}), Verdict::kInconclusive);
}

TEST(VerdictTest, NothingDecidedIsInconclusive) {
  EXPECT_EQ(verdict({}), Verdict::kInconclusive);
  EXPECT_EQ(verdict({Outcome::kSkip, Outcome::kSkip}), Verdict::kInconclusive);
}

TEST(VerdictTest, AVerdictSaysWhatItIsRestrictedTo) {
  MadeRun made(std::string(kLineProfile) + "accepts: utf8\nlimits: {message_bytes: 1024}\n");
  made.add("g.one", Outcome::kPass);
  EXPECT_THAT(verdict_in_words(made.run()), HasSubstr("conformant (declared: "));
  EXPECT_THAT(verdict_in_words(made.run()), HasSubstr("UTF-8 messages"));
  EXPECT_THAT(verdict_in_words(made.run()), HasSubstr("1024"));
}

TEST(VerdictTest, VerdictsHaveTheirNamesAndWords) {
  EXPECT_EQ(name_of(Verdict::kConformant), "conformant");
  EXPECT_EQ(name_of(Verdict::kConformantWithWarnings), "conformant_with_warnings");
  EXPECT_EQ(name_of(Verdict::kNonConformant), "non_conformant");
  EXPECT_EQ(name_of(Verdict::kInconclusive), "inconclusive");
  EXPECT_EQ(verdict_in_words(run_of({Outcome::kPass}).run()), "conformant");
  EXPECT_EQ(verdict_in_words(run_of({Outcome::kWarn}).run()), "conformant, with warnings");
  EXPECT_EQ(verdict_in_words(run_of({Outcome::kFail}).run()), "NOT conformant");
  EXPECT_EQ(verdict_in_words(run_of({}).run()), "inconclusive");
}

// --- exit status ---

int status(const std::vector<Outcome>& outcomes, bool strict = false, bool stale = false,
           bool suite_fault = false) {
  MadeRun made = run_of(outcomes);
  if (suite_fault) made.last().outcome.culprit = Culprit::kSuite;
  Report report = made.report();
  if (stale) report.stale.emplace_back("an entry that expired");
  return exit_status(report, strict);
}

TEST(ExitStatusTest, EachOutcomeAloneHasItsStatus) {
  EXPECT_EQ(status({Outcome::kPass}), 0);
  EXPECT_EQ(status({Outcome::kFail}), 1);
  EXPECT_EQ(status({Outcome::kWarn}), 0);
  EXPECT_EQ(status({Outcome::kSkip}), 6);
  EXPECT_EQ(status({Outcome::kError}), 3);
  EXPECT_EQ(status({Outcome::kXfail}), 0);
  EXPECT_EQ(status({Outcome::kXpass}), 5);
  EXPECT_EQ(status({Outcome::kNotRun}), 3);
  EXPECT_EQ(status({}), 6);
}

TEST(ExitStatusTest, StrictOnlyChangesWarnings) {
  for (const Outcome outcome : kAllOutcomes) {
    const int expected = outcome == Outcome::kWarn ? 1 : status({outcome});
    EXPECT_EQ(status({outcome}, true), expected);
  }
}

TEST(ExitStatusTest, AFaultOfTheSuiteComesFirst) {
  for (const Outcome outcome : kAllOutcomes) {
    EXPECT_EQ(status({Outcome::kFail, outcome}, true, true, true), 4);
  }
}

TEST(ExitStatusTest, AFailureComesBeforeAnythingUndecided) {
  EXPECT_EQ(status({Outcome::kFail, Outcome::kError, Outcome::kXpass}, false, true), 1);
  EXPECT_EQ(status({Outcome::kWarn, Outcome::kNotRun}, true), 1);
}

TEST(ExitStatusTest, AnythingUndecidedComesBeforeAStaleList) {
  EXPECT_EQ(status({Outcome::kError, Outcome::kXpass}), 3);
  EXPECT_EQ(status({Outcome::kNotRun, Outcome::kPass}, false, true), 3);
  EXPECT_EQ(status({Outcome::kError, Outcome::kNotRun, Outcome::kPass}), 3);
}

TEST(ExitStatusTest, AStaleListComesBeforeNothingButSkips) {
  EXPECT_EQ(status({Outcome::kSkip}, false, true), 5);
  EXPECT_EQ(status({Outcome::kPass}, false, true), 5);
  EXPECT_EQ(status({Outcome::kXfail, Outcome::kXpass}), 5);
}

TEST(ExitStatusTest, OneDecidedCaseAmongSkipsIsEnough) {
  EXPECT_EQ(status({Outcome::kSkip, Outcome::kPass}), 0);
  EXPECT_EQ(status({Outcome::kSkip, Outcome::kXfail}), 0);
}

TEST(ExitStatusTest, DecidedCasesAreGoodHoweverTheyWereDecided) {
  EXPECT_EQ(status({Outcome::kPass, Outcome::kWarn}), 0);
  EXPECT_EQ(status({Outcome::kPass, Outcome::kXfail}), 0);
  EXPECT_EQ(status({Outcome::kWarn, Outcome::kXfail}), 0);
}

TEST(ExitStatusTest, WhatIsNoWorseThanInTheBaselineCountsAsDecided) {
  MadeRun made = run_of({Outcome::kFail});
  made.last().no_worse = true;
  EXPECT_EQ(exit_status(made.report(), true), 0);
  made.add("g.two", Outcome::kPass);
  EXPECT_EQ(exit_status(made.report(), true), 0);
}

TEST(ExitStatusTest, AllRunsCountTogether) {
  MadeRun good = run_of({Outcome::kPass});
  MadeRun bad = run_of({Outcome::kFail});
  MadeRun none = run_of({Outcome::kSkip});
  Report report;
  report.runs = {good.run(), none.run()};
  EXPECT_EQ(exit_status(report, false), 0);
  report.runs = {good.run(), bad.run()};
  EXPECT_EQ(exit_status(report, false), 1);
  report.runs = {none.run(), none.run()};
  EXPECT_EQ(exit_status(report, false), 6);
}

// --- putting it together ---

class SummarizeTest : public testing::Test {
 protected:
  SummarizeTest() : profile_(profile_with(kLineProfile)) {
    plan_ = make_plan(some_catalogue(),
                      select(some_catalogue(), {{"g.one", "g.two", "g.three"}, {}, {}}), profile_,
                      {}, {}, 1);
    for (const PlannedEntry& entry : plan_.entries) request_.cases.push_back(&entry.planned);
    request_.profile = &profile_;
    request_.target = {"127.0.0.1", 5555};
    output_.server = "127.0.0.1:5555";
    output_.cases.resize(plan_.entries.size());
  }

  static Attempt attempt(const Happening& happening) {
    Attempt made;
    made.transcript = std::make_shared<const Transcript>(happening.transcript());
    made.judgement = happening.judgement();
    return made;
  }
  static Attempt fine() { return attempt(Happening("DIG-1").connect().exchange("abc").end()); }
  static Attempt silent() {
    return attempt(Happening("DIG-1").connect().exchange_in_vain("abc").end());
  }

  RunResult summarized() const { return summarize(some_catalogue(), plan_, request_, output_); }

  Profile profile_;
  Plan plan_;
  RunRequest request_;
  RunOutput output_;
};

TEST_F(SummarizeTest, ResultsStandInThePlansOrder) {
  output_.cases[0].attempt = fine();
  output_.cases[1].attempt = silent();
  const RunResult run = summarized();
  ASSERT_THAT(run.cases, SizeIs(3));
  EXPECT_EQ(run.cases[0].outcome.outcome, Outcome::kPass);
  EXPECT_EQ(run.cases[1].outcome.outcome, Outcome::kFail);
  EXPECT_EQ(run.cases[2].outcome.outcome, Outcome::kNotRun);
  EXPECT_EQ(run.target, "127.0.0.1:5555");
  EXPECT_EQ(run.verdict, Verdict::kNonConformant);
}

TEST_F(SummarizeTest, ASkippedCaseTakesNobodysResult) {
  plan_.entries[0].skipped = "not here";
  request_.cases.erase(request_.cases.begin());
  output_.cases.resize(2);
  output_.cases[0].attempt = silent();
  output_.cases[1].attempt = fine();
  const RunResult run = summarized();
  EXPECT_EQ(run.cases[0].outcome.outcome, Outcome::kSkip);
  EXPECT_EQ(run.cases[0].outcome.reason, "not here");
  EXPECT_EQ(run.cases[1].outcome.outcome, Outcome::kFail);
}

TEST_F(SummarizeTest, OnlyWhatDidntPassHasACommandThatShowsIt) {
  output_.cases[0].attempt = fine();
  output_.cases[1].attempt = silent();
  const RunResult run = summarized();
  EXPECT_EQ(run.cases[0].reproduce, "");
  EXPECT_THAT(run.cases[1].reproduce, HasSubstr("nc "));
}

TEST_F(SummarizeTest, ASecondAttemptThatPassedKeepsTheFirst) {
  output_.cases[0].attempt = fine();
  output_.cases[0].first_attempt = silent();
  const RunResult run = summarized();
  EXPECT_EQ(run.cases[0].outcome.outcome, Outcome::kPass);
  EXPECT_EQ(run.cases[0].first_transcript, output_.cases[0].first_attempt->transcript);
  EXPECT_THAT(
      run.cases[0].notes,
      ElementsAre("carried out twice; at first, beside other cases: no reply came in time"));
  ASSERT_THAT(run.cases[0].observations, SizeIs(1));
  EXPECT_EQ(run.cases[0].observations[0].requirement, "DIG-1");
  EXPECT_THAT(run.cases[0].observations[0].explanation, HasSubstr("no reply came in time"));
}

TEST_F(SummarizeTest, ASecondAttemptSaysWhatTheFirstWasLike) {
  const auto first = [&](const Happening& happening) {
    output_.cases[0].attempt = fine();
    output_.cases[0].first_attempt = attempt(happening);
    return summarized().cases[0].notes;
  };
  const std::string twice = "carried out twice; at first, beside other cases: ";
  EXPECT_THAT(first(Happening("CON-3").connect().exchange_in_vain("abc").end()),
              ElementsAre(twice + "no reply came in time"));
  EXPECT_THAT(
      first(Happening("DIG-1").connect().exchange("abc").half_close().await_end(
          Event::Came::kTimeout)),
      ElementsAre(twice + "the server didn't close its side after the client's half-close"));
  EXPECT_THAT(first(Happening("DIG-1").connect().hindered(Hindrance::Kind::kEnvironment, "busy")),
              ElementsAre(twice + "busy"));
}

TEST_F(SummarizeTest, ACaseThatNobodyWasAskedToCarryOutTakesNobodysResult) {
  for (Performed& one : output_.cases) one.attempt = fine();
  const std::vector<const PlannedCase*> all = request_.cases;
  const auto outcomes = [&] {
    std::vector<std::string> names;
    for (const CaseResult& one : summarized().cases)
      names.emplace_back(name_of(one.outcome.outcome));
    return names;
  };
  request_.cases = {all[1], all[2]};
  EXPECT_THAT(outcomes(), ElementsAre("not_run", "pass", "pass"));
  request_.cases = all;
  request_.cases.pop_back();
  EXPECT_THAT(outcomes(), ElementsAre("pass", "pass", "not_run"));
}

TEST_F(SummarizeTest, TheTargetIsWhatTheUserNamed) {
  request_.target = {"localhost", 5555};
  EXPECT_EQ(summarized().target, "localhost:5555");
}

TEST_F(SummarizeTest, TheTargetIsTheServersOwnAddressWhereItWasStarted) {
  request_.target = {};
  output_.server = "127.0.0.1:40001";
  EXPECT_EQ(summarized().target, "127.0.0.1:40001");
}

TEST_F(SummarizeTest, AnUnreachableTargetIsTheEnvironments) {
  output_.unreachable = "Connection refused";
  for (Performed& one : output_.cases) one.untried = "the target is unreachable";
  const RunResult run = summarized();
  for (const CaseResult& one : run.cases) {
    EXPECT_EQ(one.outcome.outcome, Outcome::kError);
    EXPECT_EQ(one.outcome.culprit, Culprit::kEnvironment);
  }
  EXPECT_EQ(run.unreachable, "Connection refused");
  EXPECT_EQ(run.verdict, Verdict::kInconclusive);
}

TEST_F(SummarizeTest, AServerThatWentDownIsTheServers) {
  for (Performed& one : output_.cases) one.untried = "server down since case g.one";
  EXPECT_EQ(summarized().cases[0].outcome.culprit, Culprit::kServer);
}

TEST_F(SummarizeTest, WhatElseWasSeenIsKeptAndChargedToWhomItConcerns) {
  output_.cases[0].attempt = attempt(
      Happening("DIG-1").connect().exchange("abc").half_close().server_resets().await_end());
  const RunResult run = summarized();
  EXPECT_EQ(run.cases[0].outcome.outcome, Outcome::kWarn);
  const auto con_7 = std::find_if(run.requirements.begin(), run.requirements.end(),
                                  [](const auto& one) { return one.spec->id == "CON-7"; });
  ASSERT_NE(con_7, run.requirements.end());
  EXPECT_EQ(con_7->outcome, Outcome::kWarn);
  ASSERT_THAT(run.cases[0].observations, SizeIs(1));
  EXPECT_EQ(run.cases[0].observations[0].requirement, "CON-7");
  ASSERT_THAT(run.cases[0].outcome.findings, SizeIs(1));
  EXPECT_EQ(run.cases[0].outcome.findings[0].requirement, "CON-7");
}

}  // namespace
}  // namespace md5spec
