#include "report/html.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/hostile_documents.h"
#include "report/html_wire.h"
#include "report/page_assets.h"
#include "text/bytes.h"

namespace md5spec {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::string page_of(MadeRun& made) { return to_html(document_of(made.report())); }

std::size_t count_of(const std::string& part, const std::string& text) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    ++count;
  return count;
}

// The tags of a page in their order, without attributes; style and script left out.
std::vector<std::string> tags_of(const std::string& page) {
  std::vector<std::string> tags;
  for (std::size_t at = page.find('<'); at != std::string::npos; at = page.find('<', at)) {
    const std::size_t end = page.find('>', at);
    const std::string tag = page.substr(at + 1, page.find_first_of(" >", at) - at - 1);
    if (page[end - 1] != '/' && tag != "!doctype") tags.push_back(tag);
    at = end;
    if (tag == "style" || tag == "script") at = page.find("</" + tag, end);
  }
  return tags;
}

void expect_well_formed(const std::string& page) {
  std::vector<std::string> open;
  for (const std::string& tag : tags_of(page)) {
    if (tag.front() != '/') {
      open.push_back(tag);
      continue;
    }
    ASSERT_FALSE(open.empty());
    ASSERT_EQ("/" + open.back(), tag);
    open.pop_back();
  }
  EXPECT_TRUE(open.empty());
}

TEST(HtmlTest, TheVerdictComesFirst) {
  MadeRun made;
  made.add("g.one", Outcome::kFail, "the digest of something else");
  const std::string page = page_of(made);
  EXPECT_LT(page.find("Not conformant</span></h1>"), page.find("id=\"requirements\""));
  EXPECT_LT(page.find("id=\"requirements\""), page.find("id=\"cases\""));
  EXPECT_THAT(page, HasSubstr("1 fail"));
}

TEST(HtmlTest, ARequirementIsARowWithItsSentenceAndOutcome) {
  MadeRun made;
  made.add("g.one", Outcome::kFail).add("g.fin", Outcome::kPass);
  const std::string page = page_of(made);
  EXPECT_THAT(page, HasSubstr("<tr id=\"DIG-1\" class=\"broken fail\">"));
  EXPECT_THAT(page,
              HasSubstr("The server MUST answer with the MD5 digest (RFC 1321) of exactly the "
                        "message&#39;s bytes."));
  EXPECT_THAT(page, HasSubstr("<a class=\"chip fail\" href=\"#p/g.one\""));
  EXPECT_LT(page.find("<tr id=\"DIG-1\""), page.find("<tr id=\"CON-7\""));
}

TEST(HtmlTest, WhatWasFoundAgainAndAgainIsToldOnce) {
  MadeRun made;
  made.add("g.one", Outcome::kFail);
  made.last().outcome.findings.resize(3, made.last().outcome.findings.front());
  made.last().observations = {made_finding("CON-7", "a reset"), made_finding("CON-7", "a reset")};
  const std::string page = page_of(made);
  EXPECT_EQ(count_of("class=\"finding\"", page), 1U);
  EXPECT_THAT(page, HasSubstr("(evidence: bytes, 3 times)"));
  EXPECT_EQ(count_of("CON-7, 2 times: a reset", page), 1U);
}

TEST(HtmlTest, WhatIsAFindingIsntToldAgainAsSeen) {
  MadeRun made;
  made.add("g.one", Outcome::kFail);
  made.last().observations = {made_finding("DIG-1"), made_finding("CON-7", "a reset")};
  made.last().impediments = made.last().observations;
  const std::string page = page_of(made);
  EXPECT_EQ(count_of("DIG-1: what it looks like", page), 0U);
  EXPECT_EQ(count_of("CON-7: a reset", page), 1U);
}

TEST(HtmlTest, AboutARunStandsHowItsServerWasStarted) {
  MadeRun made;
  made.add("g.one", Outcome::kPass);
  made.raw().start_command = "./server --port {port} 'a b'";
  EXPECT_THAT(page_of(made),
              HasSubstr("<dt>started by</dt><dd>./server --port {port} &#39;a b&#39;</dd>"));
}

TEST(HtmlTest, ACaseThatDidntPassTellsItsWholeStory) {
  MadeRun made;
  made.add("g.one", Outcome::kFail, "what it looks like");
  made.last().transcript = std::make_shared<const Transcript>(
      Happening("DIG-1").connect().exchange_in_vain("abc").transcript());
  made.last().reproduce = "printf 'abc' | nc -q1 127.0.0.1 5555";
  const std::string page = page_of(made);
  EXPECT_THAT(page, HasSubstr("<article class=\"case fail\" id=\"p/g.one\""));
  // Expected "abc", received "abd": where they differ is marked.
  EXPECT_THAT(page, HasSubstr("&quot;ab</span><mark>c</mark>"));
  EXPECT_THAT(page, HasSubstr("&quot;ab</span><mark>d</mark>"));
  EXPECT_THAT(page, HasSubstr("What everybody gets wrong."));
  EXPECT_THAT(page, HasSubstr("61 62 63 0a"));
  EXPECT_THAT(page, HasSubstr("printf &#39;abc&#39; | nc -q1 127.0.0.1 5555"));
  EXPECT_THAT(page, HasSubstr("cases.yaml:"));
}

TEST(HtmlTest, WhatPassedAndWhatWasSkippedIsListed) {
  MadeRun made;
  made.add("g.one", Outcome::kPass).add("g.two", Outcome::kSkip, "it doesn't apply");
  const std::string page = page_of(made);
  EXPECT_THAT(
      page, HasSubstr("<li data-id=\"g.one\" data-outcome=\"pass\" data-requirements=\"DIG-1\">"));
  EXPECT_THAT(page, HasSubstr("it doesn&#39;t apply"));
  EXPECT_THAT(page, Not(HasSubstr("<article")));
  EXPECT_THAT(page, HasSubstr(">Conformant</span></h1>"));
}

TEST(HtmlTest, EveryTagIsClosed) {
  MadeRun made;
  made.add("g.one", Outcome::kFail).add("g.fin", Outcome::kWarn).add("g.two", Outcome::kSkip, "r");
  expect_well_formed(page_of(made));
  expect_well_formed(to_html(ReportDocument()));
}

TEST(HtmlTest, HostileBytesAddNothingToThePage) {
  const std::string harmless = to_html(hostile_report("harmless"));
  const std::string hostile = to_html(hostile_report());
  EXPECT_TRUE(is_utf8(hostile));
  EXPECT_TRUE(is_tame(hostile));
  expect_well_formed(hostile);
  EXPECT_EQ(count_of("<script", hostile), 1U);
  EXPECT_EQ(count_of("<a href=", hostile), 0U);
  EXPECT_THAT(hostile, HasSubstr("&lt;script&gt;alert(1)"));
  // The same elements; only marks of where things differ and lines of dumps may be more.
  for (const char* tag :
       {"article", "section", "table", "tr", "details", "li", "a", "svg", "img", "style"})
    EXPECT_EQ(count_of(std::string("<") + tag + " ", hostile),
              count_of(std::string("<") + tag + " ", harmless))
        << tag;
}

TEST(HtmlTest, NothingIsFetchedAndOnlyThePagesOwnScriptRuns) {
  const std::string page = to_html(hostile_report());
  EXPECT_THAT(page,
              AllOf(HasSubstr("default-src &#39;none&#39;; style-src &#39;sha256-"),
                    HasSubstr("script-src &#39;sha256-"), HasSubstr("base-uri &#39;none&#39;")));
  for (const char* word :
       {" src=", "url(", "@import", "<link", "<iframe", "style=\"", "unsafe-inline"})
    EXPECT_THAT(page, Not(HasSubstr(word))) << word;
}

TEST(HtmlTest, TheAssetsCantEndTheirElements) {
  EXPECT_EQ(kPageScript.find("</script"), std::string_view::npos);
  EXPECT_EQ(kPageStyle.find("</style"), std::string_view::npos);
}

TEST(HtmlTest, AWireLogShowsPlacesHexAndTextOfEachSegment) {
  Markup page;
  WireEvent first{Duration(1500), 1, "receive", 18, "0123456789abcdef\n<"};
  WireEvent second{Duration(2500), 1, "receive", 300, std::string(256, 'x')};
  write_wire({first, second}, &page);
  const std::string text = page.take();
  EXPECT_THAT(text, HasSubstr("1.500 ms"));
  EXPECT_THAT(
      text,
      HasSubstr(
          "<i>000000  </i>30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  0123456789abcdef\n"));
  EXPECT_THAT(text, HasSubstr("<i>000010  </i>0a 3c "));
  EXPECT_THAT(text, HasSubstr("·&lt;"));
  // The second segment goes on where the first one ended.
  EXPECT_THAT(text, HasSubstr("<i>000012  </i>78 "));
  EXPECT_THAT(text, HasSubstr("… 172 bytes more"));
  EXPECT_EQ(count_of("<li ", text), 2U);
}

TEST(HtmlTest, BehaviourIsATableOfFacts) {
  MadeRun made;
  EXPECT_THAT(page_of(made), Not(HasSubstr("id=\"behaviour\"")));
  Fingerprint& print = made.raw().fingerprint;
  print.tallies[Situation::kReply][Reaction::kOnePiece] = 41;
  print.tallies[Situation::kReply][Reaction::kTwoPieces] = 0;
  print.longest_whole_read = 1;
  const std::string page = page_of(made);
  EXPECT_THAT(page,
              AllOf(HasSubstr("<section id=\"behaviour\">"), HasSubstr("count for no verdict"),
                    HasSubstr("<td>A reply arrives in</td><td>one piece (41)</td>"),
                    HasSubstr("<td>1 byte</td>"), Not(HasSubstr("two pieces"))));
  expect_well_formed(page);
}

TEST(HtmlTest, SeveralRunsStandSideBySide) {
  MadeRun one;
  one.add("g.one", Outcome::kPass);
  MadeRun other;
  other.add("g.one", Outcome::kFail);
  Report report = one.report();
  report.runs.push_back(other.run());
  ReportDocument document = document_of(report);
  document.runs.back().profile = "q";
  const std::string page = to_html(document);
  EXPECT_THAT(page, HasSubstr("Not conformant</span></h1>"));
  EXPECT_THAT(page, HasSubstr("<td class=\"outcome\" data-profile=\"q\">"));
  EXPECT_THAT(page, HasSubstr("<option value=\"q\">q</option>"));
}

}  // namespace
}  // namespace md5spec
