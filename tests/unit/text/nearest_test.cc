#include "text/nearest.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace md5spec {
namespace {

const std::vector<std::string> kKeys = {"request", "reply", "banner", "limits"};

TEST(Nearest, FindsATransposedName) { EXPECT_EQ(nearest("reqeust", kKeys), "request"); }

TEST(Nearest, FindsANameWithALetterTooFewOrTooMany) {
  EXPECT_EQ(nearest("baner", kKeys), "banner");
  EXPECT_EQ(nearest("bannner", kKeys), "banner");
}

TEST(Nearest, IgnoresLetterCase) { EXPECT_EQ(nearest("REPLY", kKeys), "reply"); }

TEST(Nearest, PrefersTheNearer) {
  EXPECT_EQ(nearest("relay", {"replay", "rely"}), "replay");
  EXPECT_EQ(nearest("rely", {"replay", "rely"}), "rely");
}

TEST(Nearest, PrefersTheFirstOfTwoThatAreEquallyNear) {
  EXPECT_EQ(nearest("bat", {"cat", "bar"}), "cat");
}

TEST(Nearest, ToleratesAThirdOfTheLetters) {
  EXPECT_EQ(nearest("abcdefghi", {"abcdefxyz"}), "abcdefxyz");
  EXPECT_EQ(nearest("abcdefghi", {"abcdewxyz"}), "");
}

TEST(Nearest, ToleratesTwoLettersOfAShortName) {
  EXPECT_EQ(nearest("abc", {"axy"}), "axy");
  EXPECT_EQ(nearest("abcd", {"axyz"}), "");
}

TEST(Nearest, FindsNothingWhereNoLetterWouldStay) {
  EXPECT_EQ(nearest("ab", {"xy"}), "");
  EXPECT_EQ(nearest("a", {"x"}), "");
  EXPECT_EQ(nearest("", {"x"}), "");
}

TEST(Nearest, FindsNothingAmongNothing) { EXPECT_EQ(nearest("reply", {}), ""); }

TEST(Suggestion, AsksWhetherTheNearNameWasMeant) {
  EXPECT_EQ(suggestion("repyl", kKeys), "; did you mean 'reply'?");
}

TEST(Suggestion, ListsWhatIsKnownWhereNothingIsNear) {
  EXPECT_EQ(suggestion("colour", {"big", "little"}), "; known: big, little");
}

TEST(Suggestion, SaysNothingWhereNothingIsKnown) { EXPECT_EQ(suggestion("x", {}), ""); }

TEST(GlobMatch, TakesANameAsItself) {
  EXPECT_TRUE(glob_match("defaults.hello", "defaults.hello"));
  EXPECT_FALSE(glob_match("defaults.hello", "defaults.hello2"));
  EXPECT_FALSE(glob_match("efaults.hello", "defaults.hello"));
}

TEST(GlobMatch, TakesADotAsItself) { EXPECT_FALSE(glob_match("a.b", "axb")); }

TEST(GlobMatch, TakesAStarForAnyRun) {
  EXPECT_TRUE(glob_match("*", ""));
  EXPECT_TRUE(glob_match("*", "line/defaults.hello"));
  EXPECT_TRUE(glob_match("*.hello", ".hello"));
  EXPECT_TRUE(glob_match("d*o", "defaults.hello"));
  EXPECT_FALSE(glob_match("d*x", "defaults.hello"));
}

TEST(GlobMatch, TakesAQuestionMarkForOneCharacter) {
  EXPECT_TRUE(glob_match("a?c", "abc"));
  EXPECT_FALSE(glob_match("a?c", "ac"));
  EXPECT_FALSE(glob_match("a?c", "abbc"));
}

TEST(GlobMatch, TakesBracketsForASet) {
  EXPECT_TRUE(glob_match("size_[0-9]", "size_7"));
  EXPECT_FALSE(glob_match("size_[0-9]", "size_x"));
  EXPECT_TRUE(glob_match("size_[!0-9]", "size_x"));
  EXPECT_FALSE(glob_match("size_[!0-9]", "size_7"));
  EXPECT_TRUE(glob_match("[abc]", "b"));
}

TEST(GlobMatch, KnowsNoEscapes) {
  EXPECT_TRUE(glob_match("a\\*", "a\\b"));
  EXPECT_FALSE(glob_match("a\\*", "a*"));
}

TEST(GlobMatch, TellsLetterCasesApart) { EXPECT_FALSE(glob_match("A*", "abc")); }

}  // namespace
}  // namespace md5spec
