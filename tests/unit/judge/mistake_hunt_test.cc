#include "judge/mistake_hunt.h"

#include <gtest/gtest.h>

namespace md5spec {
namespace {

TEST(MistakeHunt, WhatIsTooMuchWorkIsNotTheDigestLookedFor) {
  const MistakeContext context{"hello", {}, {}, {}};
  Hunt hunt(md5("hello"), context);
  hunt.allow(4);
  EXPECT_FALSE(hunt.is_message_and(""));
  EXPECT_EQ(hunt.spent(), 0U);
  hunt.allow(5 + kDigestWork);
  EXPECT_TRUE(hunt.is_message_and(""));
}

TEST(MistakeHunt, TheBytesHashedAndEachDigestArePaidFor) {
  const MistakeContext context{"hello", {}, {}, {}};
  Hunt hunt(md5("hello\r\n"), context);
  hunt.allow(1000);
  EXPECT_TRUE(hunt.is_message_and("\r\n"));
  EXPECT_EQ(hunt.spent(), 5 + 2 + kDigestWork);
  EXPECT_TRUE(hunt.is_message_and("\r\n"));
  EXPECT_EQ(hunt.spent(), 5 + 2 * (2 + kDigestWork)) << "the message itself is paid for once";
  EXPECT_TRUE(hunt.is_joined({"hello", "\r\n"}));
  EXPECT_EQ(hunt.spent(), 5 + 2 * (2 + kDigestWork) + 7 + kDigestWork);
}

}  // namespace
}  // namespace md5spec
