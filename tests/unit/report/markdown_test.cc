#include "report/markdown.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/hostile_documents.h"
#include "report/markdown_text.h"
#include "text/bytes.h"

namespace md5spec {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(MarkdownTextTest, MarkupIsEscaped) {
  EXPECT_EQ(markdown_text("a|b*c_d`e[f](g)<h>"), "a\\|b\\*c\\_d\\`e\\[f\\]\\(g\\)\\<h\\>");
  EXPECT_EQ(markdown_text("It is. So: (yes) it is!"), "It is. So: \\(yes) it is!");
}

TEST(MarkdownTextTest, NobodyIsMentionedAndNothingIsLinked) {
  EXPECT_EQ(markdown_text("@you #1"), "@<!-- -->you \\#<!-- -->1");
  EXPECT_EQ(markdown_text("http://x www.x.y"), "http\\://x www\\.x\\.y");
}

TEST(MarkdownTextTest, ALineStaysALine) {
  EXPECT_EQ(markdown_text("a\nb\r"), "a\\\\x0ab\\\\x0d");
  EXPECT_EQ(markdown_code("a\nb"), "`a\\x0ab`");
}

TEST(MarkdownTextTest, ACodeSpanOutlastsBackticks) {
  EXPECT_EQ(markdown_code("a``b"), "```a``b```");
  EXPECT_EQ(markdown_code("`a`"), "`` `a` ``");
  EXPECT_EQ(markdown_code("a|b"), "`a\\|b`");
  EXPECT_EQ(markdown_code(""), "`  `");
}

TEST(MarkdownTextTest, ABlockOutlastsBackticks) {
  EXPECT_EQ(markdown_block("a\nb\n", "sh"), "```sh\na\nb\n```\n");
  EXPECT_EQ(markdown_block("````"), "`````\n````\n`````\n");
}

TEST(MarkdownTextTest, ShorteningKeepsCharactersWhole) {
  EXPECT_EQ(shortened("abc", 3), "abc");
  EXPECT_EQ(shortened("abcd", 3), "abc…");
  EXPECT_EQ(shortened("aä", 2), "a…");
}

std::string report_of(MadeRun& made) { return to_markdown(document_of(made.report())); }

TEST(MarkdownTest, WhatWasFoundAgainAndAgainIsToldOnce) {
  MadeRun made;
  made.add("g.one", Outcome::kFail);
  made.last().outcome.findings.resize(3, made.last().outcome.findings.front());
  const std::string report = report_of(made);
  EXPECT_THAT(report, HasSubstr("**DIG-1**, 3 times: what it looks like\n"));
  EXPECT_EQ(report.find("expected  "), report.rfind("expected  "));
}

TEST(MarkdownTest, TellsTheVerdictWhatIsBrokenAndHowToSeeIt) {
  MadeRun made;
  made.add("g.one", Outcome::kFail, "the reason").add("g.two", Outcome::kSkip, "not today");
  made.last().reproduce = "";
  made.raw().cases.front().reproduce = "printf 'abc' | nc -q1 127.0.0.1 5555";
  EXPECT_THAT(
      report_of(made),
      AllOf(
          HasSubstr("## ❌ md5spec: Not conformant\n"), HasSubstr("| `p` | ❌ NOT conformant |"),
          HasSubstr("| `p` | **DIG-1** MUST | fail | The server MUST answer"),
          HasSubstr("<details><summary><code>p/g.one</code> <b>fail</b>: the reason</summary>\n\n"),
          HasSubstr("expected  \"abc\"\nreceived  \"abd\"\n"),
          HasSubstr("```sh\nprintf 'abc' | nc -q1 127.0.0.1 5555\n```\n"),
          HasSubstr("| 1 | not today |")));
}

TEST(MarkdownTest, AGoodRunIsShort) {
  MadeRun made;
  const std::string text = report_of(made.add("g.one", Outcome::kPass));
  EXPECT_THAT(text, HasSubstr("## ✅ md5spec: Conformant"));
  EXPECT_THAT(text, Not(HasSubstr("<details>")));
  EXPECT_LT(text.size(), 400U);
}

TEST(MarkdownTest, ItsSizeIsBounded) {
  MadeRun made;
  for (int i = 0; i < 3000; ++i) made.add("g.one", Outcome::kFail, std::string(3000, 'x'));
  const std::string text = report_of(made);
  EXPECT_LT(text.size(), kMarkdownMost);
  EXPECT_GT(text.size(), kMarkdownMost / 2);
  EXPECT_THAT(text, HasSubstr(" more; the HTML and JSON reports have them all."));
}

TEST(MarkdownTest, HostileBytesStayText) {
  ReportDocument report = hostile_report();
  report.runs.front().target = "127.0.0.1:5555";  // stands in a code span, see above
  const std::string text = to_markdown(report);
  EXPECT_TRUE(is_utf8(text));
  EXPECT_TRUE(is_tame(text));
  EXPECT_LT(text.size(), kMarkdownMost);
  // No line but this program's own begins with what would open or close something, and outside of
  // code nothing can be a mention or HTML.
  std::string fence;  // that the block one is in ends with
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    const std::string whole = text.substr(at, end - at);
    at = end + 1;
    if (!fence.empty()) {
      if (whole == fence) fence.clear();
      continue;
    }
    if (whole.starts_with("```")) {
      fence = whole.substr(0, whole.find_first_not_of('`'));
      EXPECT_TRUE(whole == fence || whole == fence + "sh") << whole;
      continue;
    }
    const std::string line = without_escapes(whole);
    EXPECT_FALSE(line.starts_with("::")) << line;
    EXPECT_THAT(line, Not(HasSubstr("@everyone")));
    EXPECT_THAT(line, Not(HasSubstr("<script")));
    // <summary> is HTML to a Markdown reader; what stands in it isn't read as Markdown.
    if (!line.starts_with("<details>")) {
      EXPECT_THAT(line, Not(HasSubstr("](javascript")));
    }
    EXPECT_THAT(line, Not(HasSubstr("http://")));
  }
  EXPECT_EQ(fence, "");
}

}  // namespace
}  // namespace md5spec
