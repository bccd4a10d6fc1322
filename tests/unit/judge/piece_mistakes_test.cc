#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "judge/likely_mistakes.h"
#include "judge/mistake_hunt.h"

namespace md5spec {
namespace {

using Family = std::string (*)(Hunt&);

// What the family makes of the digest of `hashed` in reply to `message`.
std::string piece_mistake(Family family, std::string_view hashed, std::string_view message) {
  const MistakeContext context{message, {}, {}, {}};
  Hunt hunt(md5(hashed), context);
  hunt.allow(std::uint64_t{14} << 20);
  return family(hunt);
}

// No piece of it comes twice.
std::string various(std::size_t size) {
  std::mt19937 random(2);  // NOLINT: the same every time
  std::string bytes;
  for (std::size_t i = 0; i < size; ++i) bytes += static_cast<char>(random() & 0xFF);
  return bytes;
}

TEST(PieceMistakes, AllKindsOfBlanksAreTrimmed) {
  for (const std::string blank : {" ", "\t", "\n", "\v", "\f", "\r"}) {
    EXPECT_EQ(piece_mistake(cut_mistakes, "a", blank + "a"),
              "the message trimmed of blanks at its start");
    EXPECT_EQ(piece_mistake(cut_mistakes, "a", blank + "a" + blank),
              "the message trimmed of blanks at both ends");
  }
  EXPECT_EQ(piece_mistake(cut_mistakes, "a", "\ba"),
            "the message trimmed of all bytes up to 0x20 at both ends");
  EXPECT_EQ(piece_mistake(cut_mistakes, "b",
                          "\x0E"
                          "b"),
            "the message trimmed of all bytes up to 0x20 at both ends");
}

TEST(PieceMistakes, TheFirstByteBeyondAsciiIs80) {
  EXPECT_EQ(piece_mistake(cut_mistakes, "ab\x7F", "ab\x7F\x80z\xFF"),
            "the message up to its first byte beyond ASCII");
}

TEST(PieceMistakes, NothingCanBeCutOffAnEmptyMessage) {
  EXPECT_EQ(piece_mistake(cut_mistakes, "", ""), "");
}

TEST(PieceMistakes, NoFamilyTakesTheWholeForAPiece) {
  const std::string message = various(64);
  for (const Family family :
       {cut_mistakes, prefix_mistakes, chunk_mistakes, lost_start_mistakes, ending_mistakes}) {
    EXPECT_EQ(piece_mistake(family, message, message), "");
  }
  EXPECT_EQ(piece_mistake(lost_start_mistakes, "", message), "");
}

TEST(PieceMistakes, UpToSixteenBytesAreSaidToBeLostAtTheEnd) {
  const std::string message = various(1030);
  EXPECT_EQ(piece_mistake(prefix_mistakes, message.substr(0, 1014), message),
            "the message without its last 16 bytes");
  EXPECT_EQ(piece_mistake(prefix_mistakes, message.substr(0, 1013), message),
            "the message's first 1013 bytes only");
}

// Of a message of `size` bytes.
std::string prefix_mistake(std::size_t length, std::size_t size) {
  const std::string message = various(size);
  return piece_mistake(prefix_mistakes, message.substr(0, length), message);
}

TEST(PieceMistakes, WhichPrefixesAreLikelyDependsOnTheSize) {
  constexpr std::size_t KiB = 1024;
  EXPECT_EQ(prefix_mistake(40'001, 128 * KiB), "the message's first 40001 bytes only");
  EXPECT_EQ(prefix_mistake(40'001, 128 * KiB + 1), "");
  EXPECT_EQ(prefix_mistake(8 * KiB - 3, 128 * KiB + 1), "the message's first 8189 bytes only");
  EXPECT_EQ(prefix_mistake(8 * KiB + 3, 128 * KiB + 1), "");
  EXPECT_EQ(prefix_mistake(64 * KiB - 16, 128 * KiB + 1), "the message's first 65520 bytes only");
  EXPECT_EQ(prefix_mistake(64 * KiB + 16, 128 * KiB + 1), "");
  EXPECT_EQ(prefix_mistake(64 * KiB + 16, 100'000), "");
  EXPECT_EQ(prefix_mistake(64 * KiB + 512, 128 * KiB + 1), "the message's first 66048 bytes only");
}

TEST(PieceMistakes, UpTo64BytesAreLikelyToBeMissingOfALargeMessage) {
  EXPECT_EQ(prefix_mistake(139'997, 140'000), "the message without its last 3 bytes");
  EXPECT_EQ(prefix_mistake(139'936, 140'000), "the message's first 139936 bytes only");
  EXPECT_EQ(prefix_mistake(139'935, 140'000), "");
}

TEST(PieceMistakes, TheLastChunkOfEachUsualSizeIsNamed) {
  const std::string bytes = various(131'072);
  for (const std::size_t chunk :
       {64U,   100U,  128U,  256U,  512U,  536U,   1000U,  1023U,  1024U,  1440U,  1448U,
        1460U, 2048U, 4095U, 4096U, 8192U, 10000U, 16384U, 32768U, 65483U, 65495U, 65536U}) {
    // So that no smaller chunk leaves as much.
    const std::string message = bytes.substr(0, 2 * chunk - 1);
    EXPECT_EQ(piece_mistake(chunk_mistakes, message.substr(chunk), message),
              "the message's last " + std::to_string(chunk - 1) +
                  " bytes only, what is left behind chunks of " + std::to_string(chunk) + " bytes");
  }
}

TEST(PieceMistakes, EndingsOfUpToAKibibyteAreNamed) {
  const std::string message = various(9000);
  const auto last = [&](std::size_t n) {
    return piece_mistake(ending_mistakes, message.substr(message.size() - n), message);
  };
  EXPECT_EQ(last(1), "the message's last byte only");
  EXPECT_EQ(last(1024), "the message's last 1024 bytes only");
  EXPECT_EQ(last(1025), "");
}

}  // namespace
}  // namespace md5spec
