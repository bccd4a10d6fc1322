#include "report/comparison.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/hostile_documents.h"
#include "text/bytes.h"

namespace md5spec {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

ReportDocument report_with(Outcome one, Outcome two, const std::string& profile = "p") {
  MadeRun made;
  made.add("g.one", one, "why one").add("g.two", two, "why two");
  ReportDocument report = document_of(made.report());
  report.runs.front().profile = profile;
  return report;
}

std::vector<NamedReport> old_and_new() {
  return {{"old", report_with(Outcome::kPass, Outcome::kFail)},
          {"new", report_with(Outcome::kFail, Outcome::kPass)}};
}

TEST(ComparisonTest, SaysWhatBecameWorseAndBetter) {
  const auto reports = old_and_new();
  const Comparison comparison = compare(reports);
  ASSERT_EQ(comparison.changes.size(), 2U);
  EXPECT_EQ(comparison.changes[0].test, "p/g.one");
  EXPECT_EQ(comparison.changes[0].direction, Direction::kWorse);
  EXPECT_EQ(comparison.changes[1].test, "p/g.two");
  EXPECT_EQ(comparison.changes[1].direction, Direction::kBetter);
  EXPECT_TRUE(comparison.is_worse());
}

TEST(ComparisonTest, TheSameIsNoChange) {
  const std::vector<NamedReport> reports = {{"a", report_with(Outcome::kPass, Outcome::kFail)},
                                            {"b", report_with(Outcome::kPass, Outcome::kFail)}};
  EXPECT_THAT(compare(reports).changes, IsEmpty());
  EXPECT_FALSE(compare(reports).is_worse());
  EXPECT_TRUE(compare(reports).cases.front().alike());
}

TEST(ComparisonTest, ASkippedCaseIsNeitherBetterNorWorse) {
  const std::vector<NamedReport> reports = {{"a", report_with(Outcome::kFail, Outcome::kPass)},
                                            {"b", report_with(Outcome::kSkip, Outcome::kSkip)}};
  const Comparison comparison = compare(reports);
  for (const ComparedChange& one : comparison.changes) EXPECT_EQ(one.direction, Direction::kOther);
  EXPECT_FALSE(comparison.is_worse());
}

TEST(ComparisonTest, AFailureThatWasSkippedBeforeIsWorse) {
  const std::vector<NamedReport> reports = {{"a", report_with(Outcome::kSkip, Outcome::kPass)},
                                            {"b", report_with(Outcome::kFail, Outcome::kPass)}};
  EXPECT_TRUE(compare(reports).is_worse());
}

TEST(ComparisonTest, OfMoreThanTwoNothingIsWorse) {
  auto reports = old_and_new();
  reports.push_back({"third", report_with(Outcome::kFail, Outcome::kFail)});
  EXPECT_FALSE(compare(reports).is_worse());
  EXPECT_EQ(compare(reports).columns.size(), 3U);
}

TEST(ComparisonTest, ColumnsStandByProfile) {
  auto reports = old_and_new();
  reports[0].report.runs.push_back(report_with(Outcome::kPass, Outcome::kPass, "q").runs.front());
  reports[1].report.runs.push_back(report_with(Outcome::kPass, Outcome::kPass, "q").runs.front());
  const Comparison comparison = compare(reports);
  std::vector<std::string> titles;
  for (const ComparedRun& column : comparison.columns)
    titles.push_back(title_of(comparison, column));
  EXPECT_THAT(titles, ElementsAre("old · p", "new · p", "old · q", "new · q"));
}

TEST(ComparisonTest, OtherCataloguesAreNoted) {
  auto reports = old_and_new();
  reports[1].report.catalogue_sha256 = std::string(64, '0');
  EXPECT_THAT(compare(reports).notes, ElementsAre(HasSubstr("another catalogue")));
}

TEST(ComparisonTest, ReportsAreNamedByTheirFiles) {
  EXPECT_THAT(names_for({"a/one.json", "a/two.json"}), ElementsAre("one", "two"));
  EXPECT_THAT(names_for({"a/r.json", "b/r.json"}), ElementsAre("a/r.json", "b/r.json"));
  EXPECT_THAT(names_for({"r.json", "r.json"}), ElementsAre("r.json", "r.json (2)"));
}

TEST(ComparisonTest, ThePageShowsChangesAndMatrices) {
  const auto reports = old_and_new();
  EXPECT_THAT(
      to_html(compare(reports)),
      AllOf(HasSubstr("2 cases differ</h1>"), HasSubstr("Worse (1)"), HasSubstr("Better (1)"),
            HasSubstr("<tr id=\"DIG-1\">"), HasSubstr("Those that differ")));
}

TEST(ComparisonTest, MarkdownShowsChangesAndMatrices) {
  const auto reports = old_and_new();
  EXPECT_THAT(
      to_markdown(compare(reports)),
      AllOf(HasSubstr("### Worse (1)"), HasSubstr("| `p/g.one` | pass | fail | why one |"),
            HasSubstr("| requirement | old | new |"), HasSubstr("| `g.one` | pass | fail |"),
            HasSubstr("0 cases came out the same everywhere; 2 differ.")));
}

TEST(ComparisonTest, BehaviourStandsSideBySide) {
  auto reports = old_and_new();
  EXPECT_THAT(to_markdown(compare(reports)), Not(HasSubstr("Behaviour")));
  EXPECT_THAT(to_html(compare(reports)), Not(HasSubstr("Behaviour")));
  Fingerprint& print = reports[0].report.runs[0].fingerprint;
  print.tallies[Situation::kCutMessage][Reaction::kFin] = 1200;
  print.tallies[Situation::kCutMessage][Reaction::kReset] = 1;
  print.shortest_split = 512;
  EXPECT_THAT(to_markdown(compare(reports)),
              AllOf(HasSubstr("| fact | old | new |"),
                    HasSubstr("| When a message is cut off by a half\\-close | "
                              "close \\(1,200\\), reset \\(1) | – |"),
                    HasSubstr("| It cut an unframed message after | 512 bytes | – |")));
  EXPECT_THAT(to_html(compare(reports)), AllOf(HasSubstr("<section id=\"behaviour\">"),
                                               HasSubstr("<td>close (1,200), reset (1)</td>")));
}

TEST(ComparisonTest, HostileBytesStayText) {
  const std::vector<NamedReport> reports = {{"a", report_with(Outcome::kPass, Outcome::kPass)},
                                            {"<script>", hostile_report()}};
  const std::string page = to_html(compare(reports));
  EXPECT_TRUE(is_tame(page));
  EXPECT_EQ(page.find("<script>"), page.rfind("<script>"));
  const std::string text = without_escapes(to_markdown(compare(reports)));
  EXPECT_TRUE(is_tame(text));
  EXPECT_THAT(text, Not(HasSubstr("@everyone")));
  EXPECT_THAT(text, Not(HasSubstr("<script")));
}

}  // namespace
}  // namespace md5spec
