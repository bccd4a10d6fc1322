#include "report/known_failing.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/made_results.h"

namespace md5spec {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::string kToday = "2027-01-31";

KnownFailing known(const std::string& pattern, const std::string& until = "",
                   const std::string& profile = "") {
  KnownFailing entry;
  entry.pattern = pattern;
  entry.profile = profile;
  entry.until = until;
  entry.reason = "issue 7";
  entry.where = {"known.yaml", 3, 1};
  return entry;
}

// The outcome of g.one, once the list has been applied.
CaseOutcome applied(Outcome outcome, const std::vector<KnownFailing>& list) {
  MadeRun made;
  made.add("g.one", outcome, "the reason");
  std::vector<RunResult> runs = {made.run()};
  apply_known_failing(some_catalogue(), list, kToday, &runs);
  return runs[0].cases[0].outcome;
}

TEST(ApplyKnownFailingTest, AFailureThatIsListedIsExpected) {
  EXPECT_EQ(applied(Outcome::kFail, {known("g.one")}).outcome, Outcome::kXfail);
  EXPECT_EQ(applied(Outcome::kWarn, {known("g.one")}).outcome, Outcome::kXfail);
}

TEST(ApplyKnownFailingTest, AnExpectedFailureKeepsReasonAndCulprit) {
  const CaseOutcome outcome = applied(Outcome::kFail, {known("g.one")});
  EXPECT_EQ(outcome.reason, "the reason (known: issue 7)");
  EXPECT_EQ(outcome.culprit, Culprit::kServer);
  EXPECT_FALSE(outcome.findings.empty());
}

TEST(ApplyKnownFailingTest, APassThatIsListedIsntExpected) {
  const CaseOutcome outcome = applied(Outcome::kPass, {known("g.one")});
  EXPECT_EQ(outcome.outcome, Outcome::kXpass);
  EXPECT_EQ(outcome.reason,
            "listed as known failing, but it passed; take the entry at known.yaml:3:1 out");
}

TEST(ApplyKnownFailingTest, WhatIsUndecidedStaysSo) {
  for (const Outcome outcome : {Outcome::kError, Outcome::kSkip, Outcome::kNotRun}) {
    EXPECT_EQ(applied(outcome, {known("g.one")}).outcome, outcome);
    EXPECT_EQ(applied(outcome, {known("g.one")}).reason, "the reason");
  }
}

TEST(ApplyKnownFailingTest, WhatIsntListedStaysAsItIs) {
  EXPECT_EQ(applied(Outcome::kFail, {known("g.two"), known("h.*")}).outcome, Outcome::kFail);
  EXPECT_EQ(applied(Outcome::kPass, {}).outcome, Outcome::kPass);
}

TEST(ApplyKnownFailingTest, AnEntryMayNameCasesRequirementsAndTags) {
  EXPECT_EQ(applied(Outcome::kFail, {known("g.*")}).outcome, Outcome::kXfail);
  EXPECT_EQ(applied(Outcome::kFail, {known("DIG-1")}).outcome, Outcome::kXfail);
  EXPECT_EQ(applied(Outcome::kFail, {known("tag:text")}).outcome, Outcome::kFail);
}

TEST(ApplyKnownFailingTest, AnEntryMayBeForOneProfileOnly) {
  EXPECT_EQ(applied(Outcome::kFail, {known("g.one", "", "p")}).outcome, Outcome::kXfail);
  EXPECT_EQ(applied(Outcome::kFail, {known("g.one", "", "q")}).outcome, Outcome::kFail);
}

TEST(ApplyKnownFailingTest, AnEntryCountsThroughItsLastDay) {
  EXPECT_EQ(applied(Outcome::kFail, {known("g.one", "2027-01-31")}).outcome, Outcome::kXfail);
  EXPECT_EQ(applied(Outcome::kFail, {known("g.one", "2027-01-30")}).outcome, Outcome::kFail);
  EXPECT_EQ(applied(Outcome::kPass, {known("g.one", "2026-12-31")}).outcome, Outcome::kPass);
}

TEST(ApplyKnownFailingTest, EverythingIsCountedAnew) {
  MadeRun made;
  made.add("g.one", Outcome::kFail).add("g.two", Outcome::kPass);
  std::vector<RunResult> runs = {made.run()};
  apply_known_failing(some_catalogue(), {known("g.*")}, kToday, &runs);
  EXPECT_EQ(runs[0].count(Outcome::kFail), 0U);
  EXPECT_EQ(runs[0].count(Outcome::kXfail), 1U);
  EXPECT_EQ(runs[0].count(Outcome::kXpass), 1U);
  EXPECT_EQ(runs[0].verdict, Verdict::kNonConformant);
}

TEST(ApplyKnownFailingTest, AnEntryForSeveralCasesIsntToBeTakenOutForOneThatPasses) {
  EXPECT_EQ(applied(Outcome::kPass, {known("g.*")}).reason,
            "listed as known failing, but it passed; the entry at known.yaml:3:1 has to leave it "
            "out");
}

TEST(StaleEntriesTest, AListThatHoldsHasNone) {
  EXPECT_THAT(stale_entries(some_catalogue(), {known("g.one"), known("DIG-1", kToday)}, kToday),
              IsEmpty());
}

TEST(StaleEntriesTest, AnExpiredEntryIsStale) {
  EXPECT_THAT(stale_entries(some_catalogue(), {known("g.one", "2027-01-30")}, kToday),
              ElementsAre("known.yaml:3:1: 'g.one' expired on 2027-01-30; take it out or give it "
                          "another day"));
}

TEST(StaleEntriesTest, AnEntryThatMatchesNothingIsStale) {
  EXPECT_THAT(
      stale_entries(some_catalogue(), {known("g.nothing"), known("\x1b[2J")}, kToday),
      ElementsAre("known.yaml:3:1: 'g.nothing' matches no case of the catalogue; take it out",
                  "known.yaml:3:1: '\\x1b[2J' matches no case of the catalogue; take it out"));
}

}  // namespace
}  // namespace md5spec
