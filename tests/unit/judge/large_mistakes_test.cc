#include <cstdint>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "catalogue/message_stream.h"
#include "judge/likely_mistakes.h"
#include "text/bytes.h"

namespace md5spec {
namespace {

constexpr std::uint64_t kFourGiB = std::uint64_t{1} << 32;

MessageStream large_message(std::uint64_t size) { return {"abcdefghijk", size}; }

Md5 run_over_first(std::uint64_t count, const MessageStream& message) {
  Md5 run;
  for (std::uint64_t at = 0; at < count;) {
    const std::string_view piece = message.view(at).substr(0, count - at);
    run.update(piece);
    at += piece.size();
  }
  return run;
}

// What is said of a server that answers with the digest of the first bytes only.
std::string large_mistake(std::uint64_t count, std::uint64_t size) {
  const MessageStream message = large_message(size);
  return likely_mistake_of_large(run_over_first(count, message).digest(), message);
}

std::string first_only(std::uint64_t count) {
  return "the digest of the message's first " + size_in_words(count) + " only";
}

TEST(LargeMistakes, NothingTakenForALargeMessageIsNamed) {
  EXPECT_EQ(large_mistake(0, kFourGiB + 5), "the digest of no bytes");
  EXPECT_EQ(large_mistake(0, 600), "the digest of no bytes");
}

TEST(LargeMistakes, ABufferFullOfALargeMessageIsNamed) {
  for (const std::uint64_t count : {512U, 1024U, 4096U, 65536U, 1U << 20U}) {
    EXPECT_EQ(large_mistake(count, kFourGiB + 70'001), first_only(count));
  }
  EXPECT_EQ(large_mistake(256, 70'001), "");
  EXPECT_EQ(large_mistake(513, 70'001), "");
}

TEST(LargeMistakes, WhatIsLeftOfALengthInTooSmallAnIntegerIsNamed) {
  EXPECT_EQ(large_mistake(1, 65'537), "the digest of the message's first 1 byte only");
  EXPECT_EQ(large_mistake(101, 65'536 + 101), first_only(101)) << "bytes in 16 bits";
  EXPECT_EQ(large_mistake(70'001, (1U << 29U) + 70'001), first_only(70'001)) << "bits in 32 bits";
  EXPECT_EQ(large_mistake(70'001, (1U << 31U) + 70'001), first_only(70'001)) << "bytes in 31 bits";
  EXPECT_EQ(large_mistake(70'001, kFourGiB + 70'001), first_only(70'001)) << "bytes in 32 bits";
}

TEST(LargeMistakes, TheWholeMessageIsNoPrefix) {
  EXPECT_EQ(large_mistake(600, 600), "");
  EXPECT_EQ(large_mistake(1024, 1024), "");
}

TEST(LargeMistakes, UpTo64MiBAreTried) {
  constexpr std::uint64_t most = 64U << 20U;
  const MessageStream message = large_message((1U << 29U) + most + 1);
  Md5 run = run_over_first(most, message);
  EXPECT_EQ(likely_mistake_of_large(run.digest(), message), first_only(most));
  run.update(message.view(most).substr(0, 1));
  EXPECT_EQ(likely_mistake_of_large(run.digest(), message), "");
}

}  // namespace
}  // namespace md5spec
