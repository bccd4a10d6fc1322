#include "digest/md5.h"

#include <string>
#include <utility>

#include <gtest/gtest.h>

namespace md5spec {
namespace {

using namespace std::string_literals;

TEST(Md5, GivesTheDigestsOfItsRfc) {
  EXPECT_EQ(md5("").hex(), "d41d8cd98f00b204e9800998ecf8427e");
  EXPECT_EQ(md5("a").hex(), "0cc175b9c0f1b6a831c399e269772661");
  EXPECT_EQ(md5("abc").hex(), "900150983cd24fb0d6963f7d28e17f72");
  EXPECT_EQ(md5("message digest").hex(), "f96b697d7cb7938d525a2f31aaf161d0");
  EXPECT_EQ(md5("abcdefghijklmnopqrstuvwxyz").hex(), "c3fcd3d76192e4007dfb496cca67e13b");
  EXPECT_EQ(md5("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789").hex(),
            "d174ab98d277d9f5a5611c2c9f419d9f");
  EXPECT_EQ(
      md5("12345678901234567890123456789012345678901234567890123456789012345678901234567890").hex(),
      "57edf4a22be3c955ac49da2e2107b67a");
}

TEST(Md5, KeepsLeadingZeros) { EXPECT_EQ(md5("363").hex(), "00411460f7c92d2124a67ea0f4cb5f85"); }

TEST(Md5, GoesOnBehindAZeroByte) { EXPECT_NE(md5("a\0b"s).hex(), md5("a\0c"s).hex()); }

TEST(Md5, GivesTheSameDigestHoweverTheBytesAreDivided) {
  const std::string bytes(200, 'x');
  for (std::size_t first = 0; first <= bytes.size(); ++first) {
    Md5 md5_in_parts;
    md5_in_parts.update(bytes.substr(0, first)).update("").update(bytes.substr(first));
    EXPECT_EQ(md5_in_parts.digest(), md5(bytes)) << first;
  }
}

TEST(Md5, GoesOnAfterItsDigestWasAsked) {
  Md5 running;
  EXPECT_EQ(running.digest(), md5(""));
  running.update("ab");
  EXPECT_EQ(running.digest(), md5("ab"));
  EXPECT_EQ(running.digest(), md5("ab"));
  running.update("c");
  EXPECT_EQ(running.digest(), md5("abc"));
}

TEST(Md5, LetsCopiesGoOnIndependently) {
  Md5 original;
  original.update("ab");
  Md5 copy(original);
  copy.update("c");
  original.update("d");
  EXPECT_EQ(copy.digest(), md5("abc"));
  EXPECT_EQ(original.digest(), md5("abd"));
}

TEST(Md5, TakesOverAnothersStateByAssignment) {
  Md5 source;
  source.update("ab");
  Md5 copy;
  copy.update("forgotten");
  copy = source;
  copy.update("c");
  EXPECT_EQ(copy.digest(), md5("abc"));
  EXPECT_EQ(source.digest(), md5("ab"));
  Md5& itself = copy;
  copy = itself;
  EXPECT_EQ(copy.digest(), md5("abc"));
}

TEST(Md5, MovesWithItsState) {
  Md5 source;
  source.update("ab");
  Md5 moved(std::move(source));
  EXPECT_EQ(moved.update("c").digest(), md5("abc"));
}

TEST(Digest, HoldsItsSixteenBytes) {
  EXPECT_EQ(md5("").bytes(), "\xd4\x1d\x8c\xd9\x8f\x00\xb2\x04\xe9\x80\x09\x98\xec\xf8\x42\x7e"s);
}

TEST(Digest, IsAllZerosUnlessGiven) {
  EXPECT_EQ(Digest().hex(), "00000000000000000000000000000000");
}

TEST(Digest, ComparesByItsBytes) {
  EXPECT_EQ(md5("a"), md5("a"));
  EXPECT_NE(md5("a"), md5("b"));
  EXPECT_LT(md5("a"), md5(""));
}

}  // namespace
}  // namespace md5spec
