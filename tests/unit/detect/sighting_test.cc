#include "detect/sighting.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "text/bytes.h"

namespace md5spec {
namespace {

std::vector<Sighting> seen(std::string_view sent, std::string_view came) {
  return Stretches(sent).seen_in(came);
}

TEST(SightingTest, ADigestIsSeenInEveryEncoding) {
  const Digest digest = md5("bcd");
  for (const Encoding encoding :
       {Encoding::kLowerHex, Encoding::kUpperHex, Encoding::kBase64, Encoding::kRaw}) {
    const std::string written = encode(digest, encoding);
    const auto found = seen("abcde", "md5=" + written + "\r\n");
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].digest, digest);
    EXPECT_EQ(found[0].encoding, encoding);
    EXPECT_EQ(found[0].at, 4U);
    EXPECT_EQ(found[0].size, written.size());
  }
}

TEST(SightingTest, MixedLetterCaseIsNeither) {
  std::string mixed = md5("abc").hex();
  mixed[mixed.find_first_of("abcdef")] -= 'a' - 'A';
  ASSERT_EQ(seen("abc", mixed).size(), 1U);
  EXPECT_EQ(seen("abc", mixed)[0].encoding, Encoding::kAnyHex);
}

TEST(SightingTest, SeveralAreSeenInOrder) {
  const auto found = seen("abc", md5("c").hex() + md5("").hex() + " " + md5("ab").hex());
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].digest, md5("c"));
  EXPECT_EQ(found[1].digest, md5(""));
  EXPECT_EQ(found[2].digest, md5("ab"));
}

TEST(SightingTest, OtherDigestsArent) {
  EXPECT_TRUE(seen("abc", md5("abcd").hex()).empty());
  EXPECT_TRUE(seen("abc", md5("ac").hex()).empty());
  EXPECT_TRUE(seen("abc", md5("abc").hex().substr(0, 31)).empty());
  EXPECT_TRUE(seen("abc", "").empty());
}

TEST(SightingTest, AFloodIsSearchedInPartOnly) {
  const std::string flood(1U << 20U, '0');
  EXPECT_TRUE(seen("abc", flood + md5("abc").hex()).empty());
  EXPECT_EQ(seen("abc", md5("abc").hex() + flood).size(), 1U);
}

}  // namespace
}  // namespace md5spec
