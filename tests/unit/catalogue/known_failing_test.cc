#include "catalogue/known_failing.h"

#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "catalogue/case_reading.h"
#include "target/scratch_folder.h"

namespace md5spec {
namespace {

std::vector<KnownFailing> known(const std::string& text) {
  const ScratchFolder folder;
  folder.write("known.yaml", text);
  return load_known_failing(folder.path("known.yaml")).entries;
}

std::string refused(const std::string& text) {
  return complaint([&] { known(text); });
}

TEST(KnownFailing, SaysWhichCaseAndWhy) {
  const auto all = known("- {case: \"utf8.*\", reason: \"It trims.\"}\n");
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].pattern, "utf8.*");
  EXPECT_EQ(all[0].reason, "It trims.");
  EXPECT_EQ(all[0].profile, "");
  EXPECT_EQ(all[0].until, "");
  EXPECT_EQ(all[0].where.line, 1);
}

TEST(KnownFailing, MaySayUnderWhichProfileAndUntilWhen) {
  const auto all = known("- {case: a, profile: line, reason: r, until: 2027-01-31}\n");
  EXPECT_EQ(all.at(0).profile, "line");
  EXPECT_EQ(all.at(0).until, "2027-01-31");
}

// The lines of each entry: "1-2 5".
std::string lines_in(const std::string& text) {
  std::string out;
  for (const KnownFailing& one : known(text)) {
    out += fmt::format("{}{}", out.empty() ? "" : " ", one.first_line);
    if (one.last_line > one.first_line) out += fmt::format("-{}", one.last_line);
  }
  return out;
}

TEST(KnownFailing, AnEntryEndsBeforeTheNextAndBeforeComments) {
  EXPECT_EQ(
      lines_in("- {case: a, reason: r}\n- case: b\n  reason: r\n\n# of the next\n- case: c\n  "
               "reason: r\n# the end\n"),
      "1 2-3 6-7");
}

TEST(KnownFailing, AnEntryHasAllThatStandsBetweenItsLines) {
  EXPECT_EQ(lines_in("- case: a\n# of a\n\n  reason: r\n- {case: b, reason: r}\n"), "1-4 5");
  EXPECT_EQ(lines_in("- case: a\n  reason: |\n    - a\n\n    # b\n- {case: b, reason: r}\n"),
            "1-5 6");
}

TEST(KnownFailing, AnEntryBeginsAtItsDash) {
  EXPECT_EQ(lines_in("-\n  case: a\n  reason: r\n-\n  case: b\n  reason: r\n"), "1-3 4-6");
  EXPECT_EQ(lines_in("  - case: a\n    reason: r\n  - case: b\n    reason: r\n"), "1-2 3-4");
  EXPECT_EQ(lines_in("---\r\n-\r\n  case: a\r\n  reason: r\r\n...\r\n"), "2-4");
}

TEST(KnownFailing, AnEntryInBracketsHasNoLinesOfItsOwn) {
  EXPECT_EQ(lines_in("[{case: a, reason: r}, {case: b, reason: r}]\n"), "0 0");
  EXPECT_EQ(lines_in("[\n{case: a, reason: \"\n- \"}\n]\n"), "0");
}

TEST(KnownFailing, MayBeAnEmptyList) {
  for (const std::string text : {"[]\n", "", "\n", "# none\n", "---\n"})
    EXPECT_TRUE(known(text).empty()) << text;
}

TEST(KnownFailing, NeedsAReason) {
  EXPECT_EQ(refused("- {case: a}\n"), "[0]: a known failure needs the key 'reason'");
  EXPECT_EQ(refused("- {case: a, reason: \"\"}\n"),
            "[0].reason: must say why the case is known to fail");
}

TEST(KnownFailing, NeedsACase) {
  EXPECT_EQ(refused("- {reason: r}\n"), "[0]: a known failure needs the key 'case'");
}

TEST(KnownFailing, EndsOnADay) {
  for (const std::string until : {"2027-13-01", "2027-01-32", "2027-1-1", "soon", "\"\"", "[]"}) {
    EXPECT_EQ(refused("- {case: a, reason: r, until: " + until + "}\n"),
              "[0].until: must be a day such as 2027-01-31");
  }
}

TEST(KnownFailing, HasNoOtherKeys) {
  EXPECT_EQ(refused("- {case: a, reason: r, untill: 2027-01-31}\n"),
            "a known failure has no key 'untill'; did you mean 'until'?");
}

TEST(KnownFailing, MustBeAList) {
  EXPECT_EQ(refused("case: a\nreason: r\n"), "must be a list, but this is a map");
}

}  // namespace
}  // namespace md5spec
