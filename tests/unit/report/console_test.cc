#include "report/console.h"

#include <cstdlib>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/made_results.h"
#include "text/bytes.h"

namespace md5spec {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

std::string shown(MadeRun& made, Colour colour = Colour::kOff) {
  return to_text(made.run(), colour);
}

TEST(ConsoleTest, AGoodRunIsSoonTold) {
  MadeRun made;
  const std::string text = shown(made.add("g.one", Outcome::kPass));
  EXPECT_THAT(text, HasSubstr("Profile p: "));
  EXPECT_THAT(text, HasSubstr("the server at 127.0.0.1:5555"));
  EXPECT_THAT(text, HasSubstr("p: conformant\n"));
  EXPECT_THAT(text, HasSubstr("1 pass\n"));
  EXPECT_THAT(text, Not(HasSubstr("g.one")));
  EXPECT_THAT(text, EndsWith("\n"));
}

TEST(ConsoleTest, WhateverDidntPassIsExplained) {
  MadeRun made;
  made.add("g.one", Outcome::kFail, "the reason").add("g.fin", Outcome::kWarn, "the other");
  EXPECT_THAT(shown(made), AllOf(HasSubstr("[fail] p/g.one ("), HasSubstr("[warn] p/g.fin ("),
                                 HasSubstr("p: NOT conformant\n"), HasSubstr("1 fail, 1 warn\n")));
}

TEST(ConsoleTest, RequirementsHaveALineEach) {
  MadeRun made;
  made.add("g.one", Outcome::kFail).add("g.fin", Outcome::kPass).add("g.two", Outcome::kPass);
  EXPECT_THAT(shown(made), HasSubstr("  DIG-1  MUST    fail "));
  EXPECT_THAT(shown(made), HasSubstr("  CON-7  SHOULD  pass "));
  EXPECT_THAT(shown(made), HasSubstr("2 cases\n"));
}

TEST(ConsoleTest, SkipsAreToldByReason) {
  MadeRun made;
  made.add("g.one", Outcome::kSkip, "one reason").add("g.two", Outcome::kSkip, "another reason");
  made.add("g.fin", Outcome::kSkip, "another reason");
  EXPECT_THAT(shown(made), HasSubstr("       2  another reason\n       1  one reason\n"));
}

TEST(ConsoleTest, OfManyFailuresTheFirstAreExplainedAndTheNextListed) {
  MadeRun made;
  for (int i = 0; i < 100; ++i) made.add("g.one", Outcome::kFail, "the reason");
  const std::string text = shown(made);
  std::size_t explained = 0;
  for (std::size_t at = text.find("why: "); at != std::string::npos;
       at = text.find("why: ", at + 1))
    ++explained;
  EXPECT_EQ(explained, 10U);
  EXPECT_THAT(text, HasSubstr("[fail] p/g.one: the reason\n"));
  EXPECT_THAT(text, HasSubstr("… and 30 more; a report (--report FILE.json) has them all\n"));
}

TEST(ConsoleTest, AnUnreachableTargetIsToldOnce) {
  MadeRun made;
  made.add("g.one", Outcome::kError, "the target is unreachable").add("g.two", Outcome::kError);
  made.raw().unreachable = "the target is unreachable: Connection refused";
  const std::string text = shown(made);
  EXPECT_THAT(text, HasSubstr("[error] the target is unreachable: Connection refused\n"));
  EXPECT_THAT(text, Not(HasSubstr("g.one")));
  EXPECT_THAT(text, HasSubstr("p: inconclusive\n"));
}

TEST(ConsoleTest, WhatTheProfileRestrictsIsPrintedBesideTheVerdict) {
  MadeRun made(std::string(kLineProfile) + "accepts: utf8\n");
  made.add("g.one", Outcome::kPass);
  EXPECT_THAT(shown(made), HasSubstr("p: conformant (declared: "));
}

// A run in which everything that comes from outside is hostile.
MadeRun hostile_run() {
  MadeRun made;
  for (const Outcome outcome : {Outcome::kFail, Outcome::kError, Outcome::kWarn, Outcome::kXfail,
                                Outcome::kSkip, Outcome::kXpass}) {
    made.add("g.one", outcome, kHostile);
    CaseResult& one = made.last();
    for (Finding& finding : one.outcome.findings) {
      finding.expected = kHostile;
      finding.received = kHostile;
      finding.explanation = kHostile;
    }
    one.observations = {made_finding("CON-7", kHostile)};
    one.notes = {kHostile};
    one.reproduce = kHostile;
    const Happening seen = Happening("DIG-1").connect().get(kHostile).connect_in_vain(kHostile);
    one.transcript = std::make_shared<const Transcript>(seen.transcript());
  }
  made.raw().target = kHostile;
  return made;
}

void expect_harmless(const std::string& text) {
  EXPECT_TRUE(is_utf8(text));
  EXPECT_THAT(text, Not(HasSubstr("\xe2\x80\xae")));
  EXPECT_THAT(text, Not(HasSubstr("\xc2\x9b")));
  for (const char c : text)
    ASSERT_TRUE(c == '\n' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F));
}

TEST(ConsoleTest, NoControlByteOfAServersIsEverPrinted) {
  MadeRun made = hostile_run();
  expect_harmless(shown(made));
  made.raw().unreachable = kHostile;
  expect_harmless(shown(made));
}

TEST(ConsoleTest, ColourIsTheOnlyControlSequence) {
  MadeRun made = hostile_run();
  std::string text = shown(made, Colour::kOn);
  EXPECT_THAT(text, HasSubstr("\x1b[1;31m[fail]\x1b[0m"));
  for (std::size_t at = text.find('\x1b'); at != std::string::npos; at = text.find('\x1b', at)) {
    const std::size_t end = text.find('m', at);
    ASSERT_NE(end, std::string::npos);
    EXPECT_EQ(text.substr(at + 2, end - at - 2).find_first_not_of("0123456789;"),
              std::string::npos);
    text.erase(at, end + 1 - at);
  }
  EXPECT_EQ(text, shown(made, Colour::kOff));
}

TEST(ConsoleTest, ColourCanBeTurnedOffByTheEnvironment) {
  setenv("NO_COLOR", "1", 1);
  EXPECT_EQ(colour_of_stdout(), Colour::kOff);
  unsetenv("NO_COLOR");
}

TEST(ClosingLinesTest, SayWhatTheExitStatusMeans) {
  Report report;
  EXPECT_EQ(closing_lines(report, Colour::kOff), "");
  report.stale = {"known.yaml:3: " + kHostile};
  report.selection.interrupted = true;
  report.exit_status = kExitAllSkipped;
  const std::string text = closing_lines(report, Colour::kOff);
  EXPECT_THAT(text, HasSubstr("stale known-failing list: known.yaml:3: "));
  EXPECT_THAT(text, HasSubstr("The run was interrupted"));
  EXPECT_THAT(text, HasSubstr("nothing has been tested"));
  expect_harmless(text);
}

}  // namespace
}  // namespace md5spec
