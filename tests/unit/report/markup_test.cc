#include "report/markup.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/made_results.h"

namespace md5spec {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(MarkupTest, ElementsEndWhereTheirScopeDoes) {
  Markup page;
  {
    const auto outer = page.in("b", {{"class", "x"}});
    page.element("span", "one");
    page.text(" two");
  }
  EXPECT_EQ(page.take(), "<b class=\"x\"><span>one</span> two</b>");
}

TEST(MarkupTest, TextAndValuesAreEscaped) {
  Markup page;
  page.element("b", {{"title", "a\"b'c<d>&"}}, "</b><script>&amp;\"'");
  EXPECT_EQ(page.take(),
            "<b title=\"a&quot;b&#39;c&lt;d&gt;&amp;\">"
            "&lt;/b&gt;&lt;script&gt;&amp;amp;&quot;&#39;</b>");
}

TEST(MarkupTest, WhatCantBeSeenIsShown) {
  const std::string text = html_escaped(kHostile);
  EXPECT_THAT(text, HasSubstr("\\x1b[2J\\x0d\\x0a"));
  EXPECT_THAT(text, HasSubstr("\\x00\\xe2\\x80\\xae&lt;a href=&#39;x&#39;&gt;&amp;amp;]]&gt;"));
  for (const char c : text) EXPECT_TRUE(static_cast<unsigned char>(c) >= 0x20 && c != 0x7F);
}

TEST(MarkupTest, AnAttributeWithoutValueIsJustThere) {
  Markup page;
  page.open("details", {{"open", ""}}).close();
  EXPECT_EQ(page.take(), "<details open></details>\n");
}

TEST(MarkupTest, SingleElementsEndThemselves) {
  Markup page;
  page.single("path", {{"d", "M0 0"}});
  EXPECT_EQ(page.take(), "<path d=\"M0 0\"/>");
}

}  // namespace
}  // namespace md5spec
