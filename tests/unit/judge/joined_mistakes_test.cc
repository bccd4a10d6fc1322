#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "judge/likely_mistakes.h"
#include "judge/mistake_hunt.h"

namespace md5spec {
namespace {

// What is said of a server that answers with the digest of `hashed`.
std::string joined_mistake(std::string_view hashed, const MistakeContext& context) {
  return likely_mistake(md5(hashed), context);
}

std::string joined_mistake(std::string_view hashed, std::string_view message) {
  return joined_mistake(hashed, {message, {}, {}, {}});
}

// What one family alone makes of it.
std::string family_mistake(std::string (*family)(Hunt&), std::string_view hashed,
                           const MistakeContext& context) {
  Hunt hunt(md5(hashed), context);
  hunt.allow(1'000'000);
  return family(hunt);
}

TEST(JoinedMistakes, FromOneToSixteenBytesOfALongFrameAreNamed) {
  const std::string long_frame = "0123456789abcdefghij";
  const MistakeContext headed{"hello", {long_frame, ""}, {}, {}};
  EXPECT_EQ(joined_mistake("jhello", headed), "the digest of the message with \"j\" before it");
  EXPECT_EQ(joined_mistake("456789abcdefghijhello", headed),
            "the digest of the message with \"456789abcdefghij\" before it");
  EXPECT_EQ(joined_mistake("3456789abcdefghijhello", headed), "");
  const MistakeContext tailed{"hello", {"", long_frame}, {}, {}};
  EXPECT_EQ(joined_mistake("hello0", tailed), "the digest of the message with \"0\" behind it");
  EXPECT_EQ(joined_mistake("hello0123456789abcdef", tailed),
            "the digest of the message with \"0123456789abcdef\" behind it");
  EXPECT_EQ(joined_mistake("hello0123456789abcdefg", tailed), "");
}

TEST(JoinedMistakes, TheWholeFrameIsNoPartOfIt) {
  const MistakeContext framed{"hello", {"<<", ">>"}, {}, {}};
  EXPECT_EQ(family_mistake(frame_part_mistakes, "hello>", framed),
            "the message with \">\" behind it");
  EXPECT_EQ(family_mistake(frame_part_mistakes, "hello>>", framed), "");
  EXPECT_EQ(family_mistake(frame_part_mistakes, "<<hello", framed), "");
}

TEST(JoinedMistakes, ABufferOfEachUsualSizeIsFilledUp) {
  for (const std::size_t size :
       {16U, 32U, 64U, 128U, 256U, 512U, 1024U, 2048U, 4096U, 8192U, 65536U}) {
    const std::string full =
        "the digest of the message filled up to " + std::to_string(size) + " bytes with ";
    std::string filled = "abc";
    filled.resize(size, '\0');
    EXPECT_EQ(joined_mistake(filled, "abc"), full + "zero bytes");
    filled = "abc";
    filled.resize(size, ' ');
    EXPECT_EQ(joined_mistake(filled, "abc"), full + "blanks");
  }
}

TEST(JoinedMistakes, WhatABufferHeldBeforeFillsUpWhatIsMissing) {
  const std::string words =
      "the digest of the message filled up to a whole buffer of 16 bytes with what that held "
      "before";
  const std::string letters = "0123456789abcdefghijklmnopqrstuvwxyz";
  const std::string one_missing = letters.substr(0, 31);
  EXPECT_EQ(joined_mistake(one_missing + "f", one_missing), words);
  const std::string one_there = letters.substr(0, 33);
  EXPECT_EQ(joined_mistake(one_there + "hijklmnopqrstuv", one_there), words);
  const std::string first_chunk = letters.substr(0, 17);
  EXPECT_EQ(joined_mistake(first_chunk + "123456789abcdef", first_chunk), words);
}

TEST(JoinedMistakes, AFullBufferIsNotFilledUp) {
  const std::string message = "0123456789abcdefghijklmnopqrstuv";
  ASSERT_EQ(message.size(), 32U);
  EXPECT_EQ(joined_mistake(message + message.substr(16), message), "");
}

TEST(JoinedMistakes, AMessageBeforeOfTheSameLengthHasNoRest) {
  const MistakeContext context{"hello", {}, {"world"}, {}};
  EXPECT_EQ(family_mistake(neighbour_mistakes, "hello", context), "");
  const MistakeContext longer{"hello", {}, {"worlds"}, {}};
  EXPECT_EQ(family_mistake(neighbour_mistakes, "hellos", longer),
            "the message with the rest of the longer message before it behind it");
}

// The work that a family does in vain.
std::uint64_t work_of(std::string (*family)(Hunt&), const MistakeContext& context) {
  Hunt hunt(md5("none of these"), context);
  hunt.allow(1'000'000);
  EXPECT_EQ(family(hunt), "");
  return hunt.spent();
}

TEST(JoinedMistakes, AllThatIsHashedOfOtherMessagesIsPaidFor) {
  const MistakeContext context{"hello", {"", ";"}, {"ab", "cd"}, {}};
  // Joined by nothing; and by each of two joints, with that at the end or without.
  EXPECT_EQ(work_of(history_mistakes, context), (9 + kDigestWork) + 2 * (12 + 2 * kDigestWork));
  // The message before alone, in four ways with the message, and its reply in four ways.
  EXPECT_EQ(work_of(neighbour_mistakes, context), (2 + 7 + 8 + 8 + 7 + 5 * kDigestWork) +
                                                      (2 + kDigestWork) +
                                                      (32 + 33 + 37 + 38 + 4 * kDigestWork));
}

}  // namespace
}  // namespace md5spec
