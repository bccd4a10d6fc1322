#include "report/junit.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <pugixml.hpp>

#include "report/made_results.h"
#include "text/bytes.h"

namespace md5spec {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class JunitTest : public testing::Test {
 protected:
  pugi::xml_node root(const Report& report) {
    text = to_junit(report);
    const pugi::xml_parse_result result = document.load_string(text.c_str());
    EXPECT_TRUE(result) << result.description();
    return document.child("testsuites");
  }
  // The only case's element.
  pugi::xml_node only(MadeRun& made) {
    return root(made.report()).child("testsuite").child("testcase");
  }

  std::string text;
  pugi::xml_document document;
};

TEST_F(JunitTest, ASuiteStandsForAProfileAndGroup) {
  MadeRun made;
  made.add("g.one", Outcome::kPass).add("h.one", Outcome::kPass).add("g.two", Outcome::kPass);
  const pugi::xml_node all = root(made.report());
  EXPECT_THAT(text, StartsWith("<?xml version=\"1.0\" encoding=\"UTF-8\"?>"));
  EXPECT_STREQ(all.attribute("name").value(), "md5spec");
  const pugi::xml_node first = all.child("testsuite");
  EXPECT_STREQ(first.attribute("name").value(), "p/g");
  EXPECT_EQ(first.attribute("tests").as_int(), 2);
  EXPECT_STREQ(first.next_sibling().attribute("name").value(), "p/h");
  EXPECT_STREQ(first.child("testcase").attribute("classname").value(), "p/g");
  EXPECT_STREQ(first.child("testcase").attribute("name").value(), "one");
  EXPECT_STREQ(first.child("testcase").attribute("time").value(), "0.001500");
}

TEST_F(JunitTest, EveryOutcomeIsCountedOnce) {
  MadeRun made;
  for (const Outcome outcome : {Outcome::kPass, Outcome::kFail, Outcome::kXpass, Outcome::kError,
                                Outcome::kNotRun, Outcome::kSkip, Outcome::kWarn, Outcome::kXfail})
    made.add("g.one", outcome);
  const pugi::xml_node all = root(made.report());
  for (const pugi::xml_node& node : {all, all.child("testsuite")}) {
    EXPECT_EQ(node.attribute("tests").as_int(), 8);
    EXPECT_EQ(node.attribute("failures").as_int(), 2);
    EXPECT_EQ(node.attribute("errors").as_int(), 2);
    const bool is_suite = std::string(node.name()) == "testsuite";
    EXPECT_EQ(node.attribute("skipped").as_int(), is_suite ? 1 : 0);
    EXPECT_STREQ(node.attribute("time").value(), "0.012000");
  }
}

TEST_F(JunitTest, AllRunsAddUp) {
  MadeRun one;
  MadeRun two;
  Report report;
  report.runs = {one.add("g.one", Outcome::kFail).run(), two.add("g.one", Outcome::kFail).run()};
  EXPECT_EQ(root(report).attribute("failures").as_int(), 2);
}

TEST_F(JunitTest, AFailureNamesRequirementAndReason) {
  MadeRun made;
  made.add("g.one", Outcome::kFail, "the reason");
  const pugi::xml_node failure = only(made).child("failure");
  EXPECT_STREQ(failure.attribute("message").value(), "the reason");
  EXPECT_STREQ(failure.attribute("type").value(), "DIG-1");
  EXPECT_THAT(std::string(failure.text().get()), HasSubstr("why: What everybody gets wrong."));
}

TEST_F(JunitTest, OutcomesHaveTheElementsThatReadersKnow) {
  const auto element = [this](Outcome outcome) {
    MadeRun made;
    made.add("g.one", outcome, "the reason");
    return std::string(only(made).first_child().name());
  };
  EXPECT_EQ(element(Outcome::kPass), "");
  EXPECT_EQ(element(Outcome::kFail), "failure");
  EXPECT_EQ(element(Outcome::kXpass), "failure");
  EXPECT_EQ(element(Outcome::kError), "error");
  EXPECT_EQ(element(Outcome::kNotRun), "error");
  EXPECT_EQ(element(Outcome::kSkip), "skipped");
  EXPECT_EQ(element(Outcome::kWarn), "system-out");
  EXPECT_EQ(element(Outcome::kXfail), "system-out");
}

TEST_F(JunitTest, HostileCharactersStayOut) {
  MadeRun made;
  made.add("g.one", Outcome::kFail, kHostile);
  made.last().outcome.findings = {made_finding("DIG-1", kHostile)};
  made.last().outcome.findings.front().received = kHostile;
  made.last().notes = {kHostile};
  made.last().reproduce = kHostile;
  made.add("g.two", Outcome::kSkip, kHostile).add("g.fin", Outcome::kWarn, kHostile);
  const pugi::xml_node all = root(made.report());
  EXPECT_TRUE(is_utf8(text));
  for (const char c : text)
    EXPECT_TRUE(c == '\n' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F));
  EXPECT_THAT(text, Not(HasSubstr("<a href")));
  const pugi::xml_node failure = all.child("testsuite").child("testcase").child("failure");
  EXPECT_THAT(std::string(failure.attribute("message").value()), HasSubstr("<a href='x'>"));
  EXPECT_THAT(std::string(failure.attribute("message").value()), HasSubstr("\\x1b[2J"));
}

TEST_F(JunitTest, AReportWithoutRunsIsWellFormed) {
  EXPECT_EQ(root(Report()).attribute("tests").as_int(-1), 0);
}

}  // namespace
}  // namespace md5spec
