#include "report/annotations.h"

#include <algorithm>
#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "report/badge.h"
#include "report/hostile_documents.h"

namespace md5spec {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

ReportDocument with_file(MadeRun& made, const std::string& file) {
  ReportDocument report = document_of(made.report());
  for (CaseDocument& one : report.runs.front().cases) {
    one.file = file;
    one.line = 9;
  }
  return report;
}

TEST(AnnotationsTest, AFailureIsAnErrorAtItsCase) {
  MadeRun made;
  made.add("g.one", Outcome::kFail, "the reason");
  EXPECT_EQ(
      to_annotations(with_file(made, "/work/space/cases/g.yaml"), "/work/space"),
      "::error file=cases/g.yaml,line=9,title=p/g.one%3A fail::DIG-1: what it looks like. Expected "
      "\"abc\", received \"abd\"\n");
}

TEST(AnnotationsTest, AFileThatNoPullRequestShowsIsntNamed) {
  MadeRun made;
  made.add("g.one", Outcome::kFail, "the reason");
  for (const char* file : {"/usr/share/md5spec/cases/g.yaml", "/work/space_too/g.yaml",
                           "/work/space/../g.yaml", "/work/space", ""}) {
    const std::string lines = to_annotations(with_file(made, file), "/work/space");
    EXPECT_THAT(lines, StartsWith("::error title=p/g.one%3A fail::")) << file;
  }
  EXPECT_THAT(to_annotations(with_file(made, "/work/space/g.yaml"), ""),
              StartsWith("::error title="));
}

TEST(AnnotationsTest, ARelativeFileIsOneOfTheFolderOfTheCall) {
  MadeRun made;
  made.add("g.one", Outcome::kFail, "the reason");
  const std::string here = std::filesystem::current_path();
  EXPECT_THAT(to_annotations(with_file(made, "./own/g.yaml"), here),
              StartsWith("::error file=own/g.yaml,line=9,"));
  EXPECT_THAT(to_annotations(with_file(made, "../g.yaml"), here), StartsWith("::error title="));
}

TEST(AnnotationsTest, AWarningIsAWarningAndAPassNothing) {
  MadeRun made;
  made.add("g.fin", Outcome::kWarn).add("g.one", Outcome::kPass).add("g.two", Outcome::kXfail);
  const std::string lines = to_annotations(document_of(made.report()), "");
  EXPECT_THAT(lines, StartsWith("::warning "));
  EXPECT_EQ(lines.find('\n'), lines.size() - 1);
}

TEST(AnnotationsTest, ThereAreTenAtMostAndTheRestIsCounted) {
  MadeRun made;
  for (int i = 0; i < 25; ++i) made.add("g.one", Outcome::kFail);
  const std::string lines = to_annotations(document_of(made.report()), "");
  EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 11);
  EXPECT_THAT(lines, HasSubstr("::notice title=md5spec::15 more cases"));
}

TEST(AnnotationsTest, AnUnreachableTargetIsToldOnce) {
  MadeRun made;
  for (int i = 0; i < 5; ++i) made.add("g.one", Outcome::kError, "the target is unreachable");
  made.raw().unreachable = "Connection refused";
  EXPECT_EQ(to_annotations(document_of(made.report()), ""),
            "::error title=p%3A the target is unreachable::Connection refused\n");
}

TEST(AnnotationsTest, HostileBytesMakeNoCommand) {
  const std::string lines = to_annotations(hostile_report("%0A::error::x,y:z" + kHostileWords),
                                           std::filesystem::current_path());
  EXPECT_TRUE(is_tame(lines));
  std::size_t commands = 0;
  for (std::size_t at = 0; at < lines.size(); at = lines.find('\n', at) + 1) {
    const std::string line = lines.substr(at, lines.find('\n', at) - at);
    EXPECT_TRUE(line.starts_with("::error file=") || line.starts_with("::warning file=")) << line;
    // What a file or title says can't end its property.
    const std::string properties = line.substr(2, line.find("::", 2) - 2);
    EXPECT_EQ(std::count(properties.begin(), properties.end(), ','), 2) << line;
    ++commands;
  }
  EXPECT_EQ(commands, 5U);
  EXPECT_THAT(lines, HasSubstr("%250A"));
}

nlohmann::json badge_of(MadeRun& made) {
  return nlohmann::json::parse(to_badge(document_of(made.report())));
}

TEST(BadgeTest, SaysTheVerdictAsShieldsIoReadsIt) {
  MadeRun good;
  good.add("g.one", Outcome::kPass);
  EXPECT_EQ(badge_of(good), nlohmann::json::parse(R"({"schemaVersion": 1, "label": "MD5 server",
      "message": "conformant", "color": "brightgreen"})"));
  MadeRun bad;
  bad.add("g.one", Outcome::kFail);
  EXPECT_EQ(badge_of(bad)["message"], "not conformant");
  EXPECT_EQ(badge_of(bad)["color"], "red");
}

TEST(BadgeTest, ANarrowedRunSaysSo) {
  MadeRun made;
  Report report = made.add("g.one", Outcome::kPass).report();
  report.selection.only = {"g.*"};
  EXPECT_THAT(to_badge(document_of(report)), HasSubstr("conformant (in part)"));
}

}  // namespace
}  // namespace md5spec
