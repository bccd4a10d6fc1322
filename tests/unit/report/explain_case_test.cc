#include "report/explain_case.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/made_results.h"

namespace md5spec {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::vector<std::string> explained(MadeRun& made) {
  const RunResult& run = made.run();
  return explain_case(run.cases.back(), run);
}

TEST(ExplainCaseTest, TheFirstLineNamesCaseAndPlace) {
  MadeRun made;
  const auto lines = explained(made.add("g.one", Outcome::kFail));
  EXPECT_THAT(lines.front(), StartsWith("p/g.one ("));
  EXPECT_THAT(lines.front(), HasSubstr("cases.yaml:"));
}

TEST(ExplainCaseTest, AFindingShowsWhatWasDueAndWhereWhatCameDiffers) {
  MadeRun made;
  const auto lines = explained(made.add("g.one", Outcome::kFail));
  EXPECT_EQ(lines.at(1), "DIG-1: what it looks like (evidence: bytes)");
  EXPECT_EQ(lines.at(2), "  expected  \"abc\"");
  EXPECT_EQ(lines.at(3), "  received  \"abd\"");
  EXPECT_EQ(lines.at(4), "               ^ first difference");
}

TEST(ExplainCaseTest, WhatWasFoundAgainAndAgainIsToldOnce) {
  MadeRun made;
  made.add("g.one", Outcome::kFail);
  auto& findings = made.last().outcome.findings;
  findings.resize(3, findings.front());
  findings.push_back(made_finding("DIG-1", "another"));
  made.last().observations = {made_finding("CON-7", "a reset"), made_finding("CON-7", "a reset")};
  const auto lines = explained(made);
  EXPECT_EQ(lines.at(1), "DIG-1: what it looks like (evidence: bytes, 3 times)");
  EXPECT_THAT(lines.at(5), StartsWith("DIG-1: another (evidence: bytes)"));
  EXPECT_THAT(lines, Contains("also seen, CON-7, 2 times: a reset"));
}

TEST(ExplainCaseTest, WhatIsAFindingIsntToldAgainAsSeen) {
  MadeRun made;
  made.add("g.one", Outcome::kFail);
  made.last().observations = {made_finding("DIG-1"), made_finding("CON-7")};
  const auto lines = explained(made);
  EXPECT_THAT(lines, Contains("also seen, CON-7: what it looks like"));
  EXPECT_THAT(lines, Not(Contains(HasSubstr("also seen, DIG-1"))));
}

TEST(ExplainCaseTest, WhereNoBytesCameNoDifferenceIsShown) {
  MadeRun made;
  made.add("g.one", Outcome::kFail);
  made.last().outcome.findings.front().received = "nothing";
  EXPECT_THAT(explained(made), Not(Contains(HasSubstr("first difference"))));
}

TEST(ExplainCaseTest, WithoutAFindingTheReasonStands) {
  MadeRun made;
  EXPECT_THAT(explained(made.add("g.one", Outcome::kError, "server down since case g.two")),
              Contains("server down since case g.two"));
}

TEST(ExplainCaseTest, EverythingElseThatIsKnownFollows) {
  MadeRun made;
  made.add("g.one", Outcome::kFail);
  made.last().notes = {"did 412 of 1000 rounds"};
  made.last().observations = {made_finding("CON-7", "a reset")};
  made.last().reproduce = "printf 'abc' | nc -q1 127.0.0.1 5555";
  const auto lines = explained(made);
  EXPECT_THAT(lines, Contains("why: What everybody gets wrong."));
  EXPECT_THAT(lines, Contains("note: did 412 of 1000 rounds"));
  EXPECT_THAT(lines, Contains("also seen, CON-7: a reset"));
  EXPECT_EQ(lines.back(), "see it: printf 'abc' | nc -q1 127.0.0.1 5555");
}

TEST(ExplainCaseTest, BothAttemptsAreShown) {
  MadeRun made;
  made.add("g.one", Outcome::kFail);
  const Happening happening = Happening("DIG-1").connect().exchange_in_vain("abc");
  made.last().transcript = std::make_shared<const Transcript>(happening.transcript());
  made.last().first_transcript = made.last().transcript;
  const auto lines = explained(made);
  EXPECT_THAT(lines, Contains("wire log:"));
  EXPECT_THAT(lines, Contains("wire log of the first attempt:"));
  EXPECT_THAT(lines, Contains(HasSubstr("#1 send 4 bytes: \"abc\\n\"")));
}

TEST(ExplainCaseTest, ALongWireLogIsCutShort) {
  MadeRun made;
  made.add("g.one", Outcome::kFail);
  Happening many("DIG-1");
  many.connect();
  for (int i = 0; i < 100; ++i) many.get("x");
  made.last().transcript = std::make_shared<const Transcript>(many.transcript());
  EXPECT_THAT(explained(made), Contains("  …"));
  EXPECT_LT(explained(made).size(), 40U);
}

TEST(ExplainCaseTest, NoLineHasAControlByte) {
  MadeRun made;
  made.add("g.one", Outcome::kFail, kHostile);
  CaseResult& one = made.last();
  one.outcome.findings = {made_finding("DIG-1", kHostile)};
  one.outcome.findings.front().expected = kHostile;
  one.outcome.findings.front().received = kHostile;
  one.observations = {made_finding("CON-7", kHostile)};
  one.notes = {kHostile};
  one.reproduce = kHostile;
  const Happening hostile = Happening("DIG-1").connect().get(kHostile).connect_in_vain(kHostile);
  one.transcript = std::make_shared<const Transcript>(hostile.transcript());
  for (const std::string& line : explained(made)) {
    for (const char c : line)
      EXPECT_FALSE(static_cast<unsigned char>(c) < 0x20 || c == 0x7F) << line;
    EXPECT_THAT(line, Not(HasSubstr("\xe2\x80\xae")));
  }
}

}  // namespace
}  // namespace md5spec
