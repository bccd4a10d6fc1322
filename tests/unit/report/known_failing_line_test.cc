#include "report/known_failing_line.h"

#include <string>

#include <gtest/gtest.h>

#include "text/bytes.h"

namespace md5spec {
namespace {

using std::string_literals::operator""s;

KnownFailing entry(const std::string& pattern, const std::string& profile = "",
                   const std::string& reason = "r", const std::string& until = "") {
  KnownFailing one;
  one.pattern = pattern;
  one.profile = profile;
  one.reason = reason;
  one.until = until;
  return one;
}

TEST(KnownFailingLineTest, IsAnEntryInOneLine) {
  EXPECT_EQ(line_for(entry("g.one", "line", "issue 7", "2027-01-31")),
            "- {case: g.one, profile: line, reason: \"issue 7\", until: 2027-01-31}");
  EXPECT_EQ(line_for(entry("DIG-1")), "- {case: DIG-1, reason: \"r\"}");
}

TEST(KnownFailingLineTest, EscapesWhatATerminalOrYamlWouldTakeForMore) {
  EXPECT_EQ(line_for(entry("a.b", "", "\"\\x\x07\n\u0085\u202e\U000E0001é")),
            "- {case: a.b, reason: \"\\\"\\\\x\\x07\\n\\x85\\u202e\\U000e0001é\"}");
}

TEST(KnownFailingLineTest, ReadsAsTheSameEntryWhateverIsInIt) {
  for (const std::string& text :
       {"g.*"s, "*"s, "tag:text"s, "[ab]?.{c}"s, "1.5"s, "yes"s, "Null"s, "123"s, "y"s, "- a"s,
        "# a"s, " a "s, "a: b"s, "\x07\x1b\t\r\n\x7f"s, "\xc2\x80\xc2\xa0\xe2\x80\xa8\xef\xbb\xbf"s,
        "\xf0\x9f\x98\x80 \\ \" ' %"s, std::string(1, '\0') + "a"}) {
    const KnownFailing one = entry(text, text, text, "2027-01-31");
    const std::string line = line_for(one);
    EXPECT_EQ(displayable(line), line);
    const auto again = parse_known_failing(line + "\n", "known.yaml").entries;
    ASSERT_EQ(again.size(), 1U) << line;
    EXPECT_EQ(again[0].pattern, text) << line;
    EXPECT_EQ(again[0].profile, text) << line;
    EXPECT_EQ(again[0].reason, text) << line;
    EXPECT_EQ(again[0].until, "2027-01-31") << line;
  }
}

}  // namespace
}  // namespace md5spec
