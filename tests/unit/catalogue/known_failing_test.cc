#include "catalogue/known_failing.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "catalogue/case_reading.h"
#include "target/scratch_folder.h"

namespace md5spec {
namespace {

std::vector<KnownFailing> known(const std::string& text) {
  const ScratchFolder folder;
  folder.write("known.yaml", text);
  return load_known_failing(folder.path("known.yaml"));
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

TEST(KnownFailing, AnEntryEndsBeforeTheNextAndBeforeComments) {
  const auto all = known(
      "- {case: a, reason: r}\n- case: b\n  reason: r\n\n# of the next\n- case: c\n  reason: r\n");
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].last_line, 1);
  EXPECT_EQ(all[1].last_line, 3);
  EXPECT_EQ(all[2].where.line, 6);
  EXPECT_EQ(all[2].last_line, 7);
}

TEST(KnownFailing, MayBeAnEmptyList) { EXPECT_TRUE(known("[]\n").empty()); }

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
