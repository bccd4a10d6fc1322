#include "report/mending.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/known_failing.h"
#include "report/made_results.h"

namespace md5spec {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::string kMendingDay = "2027-01-31";

// What is to be done to a list with this text after the run.
std::vector<std::string> repair(const std::string& text, MadeRun made,
                                const std::vector<std::string>& profiles = {}) {
  const KnownFailingList list = parse_known_failing(text, "known.yaml");
  std::vector<RunResult> runs = {made.run()};
  apply_known_failing(some_catalogue(), list.entries, kMendingDay, &runs);
  return mending({some_catalogue(), runs, kMendingDay, profiles}, list);
}

MadeRun one_of_three() {
  MadeRun made;
  made.add("g.one", Outcome::kFail).add("g.two", Outcome::kPass).add("g.three", Outcome::kFail);
  return made;
}

TEST(MendingTest, AListThatHoldsNeedsNone) {
  EXPECT_THAT(repair("- {case: g.one, reason: r}\n", one_of_three()), IsEmpty());
  EXPECT_THAT(repair("[]\n", one_of_three()), IsEmpty());
}

TEST(MendingTest, EntriesAboutWhatWasntRunHold) {
  EXPECT_THAT(repair("- {case: h.one, reason: r}\n- {case: g.two, profile: q, reason: r}\n",
                     one_of_three()),
              IsEmpty());
}

TEST(MendingTest, OneCommandTakesAllStaleEntriesOutAndWhatStillFailsIsAddedAgain) {
  EXPECT_THAT(repair("- case: g.*\n"
                     "  reason: say \"no\"\n"
                     "- {case: g.three, reason: r}\n"
                     "- {case: g.nothing, reason: r}\n"
                     "- {case: h.*, reason: r,\n"
                     "   until: 2027-01-30}\n",
                     MadeRun(one_of_three())
                         .add("g.fin", Outcome::kPass)
                         .add("g.both", Outcome::kPass)
                         .add("g.steps", Outcome::kPass)),
              ElementsAre("to mend the list: sed -i -e 1,2d -e 4d -e 5,6d known.yaml",
                          "then add: - {case: g.one, profile: p, reason: \"say \\\"no\\\"\"}"));
}

TEST(MendingTest, WhatCouldntBeToldStaysListed) {
  MadeRun made;
  made.add("g.one", Outcome::kPass).add("g.two", Outcome::kError).add("g.three", Outcome::kSkip);
  EXPECT_THAT(
      repair("- {case: DIG-*, reason: r, until: 2027-01-31}\n", made),
      ElementsAre("to mend the list: sed -i -e 1d known.yaml",
                  "then add: - {case: g.two, profile: p, reason: \"r\", until: 2027-01-31}",
                  "then add: - {case: g.three, profile: p, reason: \"r\", until: 2027-01-31}"));
}

TEST(MendingTest, WhatAProfileRulesOutNeedsNoEntry) {
  MadeRun made;
  made.add("g.one", Outcome::kPass).add("g.two", Outcome::kSkip).add("g.three", Outcome::kPass);
  made.raw().cases[1].judged.skipped = "the profile has one exchange a connection";
  EXPECT_THAT(repair("- {case: DIG-*, reason: r}\n", made),
              ElementsAre("to mend the list: sed -i -e 1d known.yaml", "then add: []"));
}

TEST(MendingTest, AnEntryForAnyProfileStaysForThoseThatWerentRun) {
  EXPECT_THAT(repair("- {case: g.two, reason: r}\n- {case: g.one, profile: q, reason: r}\n",
                     one_of_three(), {"p", "s"}),
              ElementsAre("to mend the list: sed -i -e 1d known.yaml",
                          "then add: - {case: g.two, profile: s, reason: \"r\"}",
                          "then add: - {case: g.two, profile: q, reason: \"r\"}"));
}

TEST(MendingTest, WhatAnotherEntrySaysIsntSaidTwice) {
  EXPECT_THAT(repair("- {case: DIG-1, reason: r}\n- {case: g.*o*, reason: s}\n"
                     "- {case: \"*.one\", reason: t}\n- {case: g.two, profile: q, reason: u}\n",
                     MadeRun(one_of_three()).add("g.both", Outcome::kPass)),
              ElementsAre("to mend the list: sed -i -e 1d -e 2d known.yaml",
                          "then add: - {case: DIG-1, profile: q, reason: \"r\"}",
                          "then add: - {case: g.*o*, profile: q, reason: \"s\"}"));
}

TEST(MendingTest, AnIndentedListGetsIndentedLines) {
  EXPECT_THAT(repair("  - {case: g.t*, reason: r}", one_of_three()),
              ElementsAre("to mend the list: sed -i -e 1d known.yaml",
                          "then add:   - {case: g.three, profile: p, reason: \"r\"}"));
}

TEST(MendingTest, ALastLineGetsTheNewlineThatItLacks) {
  EXPECT_THAT(repair("- {case: g.t*, reason: r}\n- {case: g.one, reason: r}", one_of_three()),
              ElementsAre("to mend the list: sed -i -e 1d -e '$a\\' known.yaml",
                          "then add: - {case: g.three, profile: p, reason: \"r\"}"));
}

TEST(MendingTest, AListInBracketsIsWrittenAnew) {
  EXPECT_THAT(repair("[{case: g.two, reason: r}, {case: g.one, reason: s, until: 2027-02-01}]\n",
                     one_of_three()),
              ElementsAre("to mend the list: cat > known.yaml <<'END'",
                          "- {case: g.one, reason: \"s\", until: 2027-02-01}", "END"));
  EXPECT_THAT(repair("[{case: g.two, reason: r}]\n", one_of_three()),
              ElementsAre("to mend the list: cat > known.yaml <<'END'", "[]", "END"));
}

TEST(MendingTest, SoIsOneThatWouldMeanSomethingElseWithoutTheLines) {
  EXPECT_THAT(
      repair("- {case: g.two, reason: &a r}\n- {case: g.one, reason: *a}\n", one_of_three()),
      ElementsAre("to mend the list: cat > known.yaml <<'END'", "- {case: g.one, reason: \"r\"}",
                  "END"));
}

}  // namespace
}  // namespace md5spec
