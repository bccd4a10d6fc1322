#include "catalogue/message.h"

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "catalogue/case_reading.h"
#include "target/scratch_folder.h"

namespace md5spec {
namespace {

using namespace std::string_literals;

MessageSource message(const std::string& text, const std::string& folder = "") {
  return read_message(YamlNode::parse(text, "m.yaml"), folder);
}

// Its bytes where neither a limit nor a seed matters.
std::string bytes(const std::string& text) { return message(text).make(Profile(), 1); }

std::string bytes(const std::string& text, std::uint64_t run_seed) {
  return message(text).make(Profile(), run_seed);
}

std::uint64_t size(const std::string& expression, const std::string& limit) {
  const Profile profile = profile_of("framing: half_close\nlimits: {message_bytes: " + limit + "}");
  return message("{pattern: zeros, size: " + expression + "}").size_for(profile);
}

TEST(Message, OfTextIsItsUtf8) {
  EXPECT_EQ(bytes("\"Hello, server!\""), "Hello, server!");
  EXPECT_EQ(bytes("{text: \"caf\\u00e9\"}"), "caf\xC3\xA9");
  EXPECT_EQ(bytes("\"a\\0b\""), "a\0b"s);
  EXPECT_EQ(bytes("\"\""), "");
}

TEST(Message, OfHexIsItsBytes) {
  EXPECT_EQ(bytes("{hex: \"00fF 80\"}"), "\0\xFF\x80"s);
  EXPECT_EQ(bytes("{hex: \"\"}"), "");
}

TEST(Message, OfBase64IsItsBytes) {
  EXPECT_EQ(bytes("{base64: \"AP+A\"}"), "\0\xFF\x80"s);
  EXPECT_EQ(bytes("{base64: \"YQ==\"}"), "a");
}

TEST(Message, OfARepetitionIsTheUnitSoManyTimes) {
  EXPECT_EQ(bytes("{repeat: \"ab\", times: 3}"), "ababab");
  EXPECT_EQ(bytes("{repeat: {hex: \"00ff\"}, times: 2}"), "\0\xFF\0\xFF"s);
  EXPECT_EQ(bytes("{repeat: \"ab\", times: 0}"), "");
}

TEST(Message, KnowsItsSizeWithoutBeingMade) {
  EXPECT_EQ(message("\"abc\"").size_for(Profile()), 3U);
  EXPECT_EQ(message("{repeat: \"ab\", times: 500000000}").size_for(Profile()), 1'000'000'000U);
  EXPECT_EQ(message("{pattern: zeros, size: 1GiB}").size_for(Profile()), 1U << 30);
}

TEST(Message, OfACounterGoesRoundAllBytes) {
  const std::string counted = bytes("{pattern: counter, size: 258}");
  EXPECT_EQ(counted.substr(0, 3), "\0\1\2"s);
  EXPECT_EQ(counted.substr(255), "\xFF\0\1"s);
}

// What a stream gives, view by view.
std::string streamed(const std::string& text) {
  const auto stream = message(text).stream(Profile(), 1);
  std::string out;
  while (out.size() < stream->size()) {
    const std::string_view piece = stream->view(out.size());
    EXPECT_FALSE(piece.empty());
    out += piece;
  }
  EXPECT_EQ(stream->view(out.size()), "");
  return out;
}

TEST(Message, IsTheSameAsAStream) {
  for (const char* text :
       {"\"abc\"", "\"\"", "{repeat: \"abcdefg\", times: 100000}", "{repeat: \"ab\", times: 0}",
        "{pattern: counter, size: 700001}", "{pattern: zeros, size: 700001}",
        "{pattern: random, size: 700001}", "{pattern: letters, size: 65521}",
        "{pattern: letters, size: 65522}", "{pattern: letters, size: 13}"})
    EXPECT_TRUE(streamed(text) == bytes(text)) << text;
}

TEST(Message, OfRandomBytesBeginsAgainAfterAPrimeNumber) {
  const std::string random = bytes("{pattern: random, size: 65530}");
  EXPECT_EQ(random.substr(65521), random.substr(0, 9));
  EXPECT_NE(random.substr(65520, 9), random.substr(0, 9));
}

TEST(Message, OfSixteenGibibytesTakesNoMemory) {
  const auto stream = message("{pattern: counter, size: 16GiB}").stream(Profile(), 1);
  EXPECT_EQ(stream->size(), std::uint64_t{1} << 34);
  EXPECT_EQ(stream->view((std::uint64_t{1} << 34) - 2), "\xFE\xFF");
  EXPECT_EQ(stream->view(0xFFFFFF01).substr(0, 2), "\x01\x02");
}

TEST(Message, OfZerosIsZeros) { EXPECT_EQ(bytes("{pattern: zeros, size: 4}"), "\0\0\0\0"s); }

// The first outputs of splitmix64 for the states 0 and 1, lowest byte first.
TEST(Message, OfRandomBytesStaysTheSameInEveryVersion) {
  EXPECT_EQ(bytes("{pattern: random, size: 8}", 0), "\xAF\xCD\x1D\x7B\x39\xA8\x20\xE2");
  EXPECT_EQ(bytes("{pattern: random, size: 8}", 1), "\xC1\x5C\x02\x89\xEC\x2D\x0A\x91");
  EXPECT_EQ(bytes("{pattern: random, size: 10}", 0), "\xAF\xCD\x1D\x7B\x39\xA8\x20\xE2\xC1\x5C");
}

TEST(Message, OfRandomLettersStaysTheSameInEveryVersion) {
  EXPECT_EQ(bytes("{pattern: letters, size: 8}", 0), "rucmfrdw");
}

TEST(Message, OfLettersHasAllOfThemAndNothingElse) {
  const std::string letters = bytes("{pattern: letters, size: 10000}");
  EXPECT_EQ(std::set<char>(letters.begin(), letters.end()).size(), 26U);
  EXPECT_TRUE(
      std::all_of(letters.begin(), letters.end(), [](char c) { return c >= 'a' && c <= 'z'; }));
}

TEST(Message, OfRandomBytesHasAllOfThem) {
  const std::string random = bytes("{pattern: random, size: 10000}");
  EXPECT_EQ(std::set<char>(random.begin(), random.end()).size(), 256U);
}

TEST(Message, OfDelimiterStartsNeverHoldsTheDelimiterAndEndsInItsFirstByte) {
  const auto of = [](const std::string& delimiter, int size) {
    const Profile profile = profile_of("framing: delimited\ndelimiter: \"" + delimiter + "\"");
    return message("{pattern: delimiter_starts, size: " + std::to_string(size) + "}")
        .make(profile, 1);
  };
  EXPECT_EQ(of("--en", 10), "-a--a--ea-");
  EXPECT_EQ(of("--en", 12), "ea-a--a--ea-");
  EXPECT_EQ(of("--en", 1), "-");
  EXPECT_EQ(of("--en", 0), "");
  EXPECT_EQ(of("abc", 6), "adabda");
  EXPECT_EQ(of("-", 3), "aaa");
}

TEST(Message, OfOnePatternBeginsLikeALongerOne) {
  const std::string longer = bytes("{pattern: letters, size: 100}");
  EXPECT_EQ(bytes("{pattern: letters, size: 33}"), longer.substr(0, 33));
}

TEST(Message, VariesWithTheRunsSeed) {
  EXPECT_NE(bytes("{pattern: random, size: 16}", 1), bytes("{pattern: random, size: 16}", 2));
  EXPECT_NE(bytes("{pattern: letters, size: 16}", 1), bytes("{pattern: letters, size: 16}", 2));
}

TEST(Message, WithASeedOfItsOwnDoesntVary) {
  const std::string seeded = "{pattern: letters, size: 16, seed: 7}";
  EXPECT_EQ(bytes(seeded, 1), bytes(seeded, 2));
  EXPECT_NE(bytes(seeded), bytes("{pattern: letters, size: 16, seed: 8}"));
}

TEST(Message, WithoutChanceDoesntVary) {
  EXPECT_EQ(bytes("{pattern: counter, size: 16}", 1), bytes("{pattern: counter, size: 16}", 2));
  EXPECT_FALSE(message("{pattern: counter, size: 16}").varies());
  EXPECT_FALSE(message("{pattern: zeros, size: 16}").varies());
  EXPECT_FALSE(message("\"a\"").varies());
  EXPECT_TRUE(message("{pattern: random, size: 16}").varies());
  EXPECT_TRUE(message("{pattern: letters, size: 16}").varies());
}

TEST(Message, OfAFileIsTheFilesBytes) {
  const ScratchFolder folder;
  folder.write("a/nul.bin", "a\0b\r\n"s);
  EXPECT_EQ(message("{file: a/nul.bin}", folder.path("")).make(Profile(), 1), "a\0b\r\n"s);
  EXPECT_EQ(message("{file: nul.bin}", folder.path("a")).make(Profile(), 1), "a\0b\r\n"s);
}

TEST(Message, OfAFileMayNameItWhereverItIs) {
  const ScratchFolder folder;
  folder.write("empty", "");
  EXPECT_EQ(message("{file: " + folder.path("empty") + "}", "/nowhere").make(Profile(), 1), "");
}

TEST(MessageSize, IsANumberOfBytes) {
  EXPECT_EQ(size("17", "1MiB"), 17U);
  EXPECT_EQ(size("4KiB", "1MiB"), 4096U);
  EXPECT_EQ(size("1MiB", "1KiB"), 1U << 20);
  EXPECT_EQ(size("0", "1MiB"), 0U);
}

TEST(MessageSize, MayBeRelativeToTheLimit) {
  EXPECT_EQ(size("limit", "1KiB"), 1024U);
  EXPECT_EQ(size("limit-1", "1KiB"), 1023U);
  EXPECT_EQ(size("limit+10", "1KiB"), 1034U);
}

TEST(MessageSize, RelativeToAnUndeclaredLimitIsAsFarAsIsTested) {
  const MessageSource source = message("{pattern: zeros, size: limit}");
  EXPECT_EQ(source.size_for(profile_of("framing: half_close")), 16U << 20);
  EXPECT_EQ(source.size_for(profile_of("framing: unframed")), 1024U);
}

TEST(MessageSize, IsNeverNegative) { EXPECT_EQ(size("limit-2000", "1KiB"), 0U); }

TEST(MessageSize, KnowsWhetherItIsMeantToBeTooMuch) {
  EXPECT_TRUE(message("{pattern: zeros, size: limit+1}").size.exceeds_limit());
  EXPECT_FALSE(message("{pattern: zeros, size: limit}").size.exceeds_limit());
  EXPECT_FALSE(message("{pattern: zeros, size: limit-1}").size.exceeds_limit());
  EXPECT_FALSE(message("{pattern: zeros, size: 1GiB}").size.exceeds_limit());
}

TEST(Mix, DependsOnBothNumbersAndTheirOrder) {
  EXPECT_NE(mix(1, std::uint64_t{2}), mix(1, std::uint64_t{3}));
  EXPECT_NE(mix(1, std::uint64_t{3}), mix(2, std::uint64_t{3}));
  EXPECT_NE(mix(1, std::uint64_t{2}), mix(2, std::uint64_t{1}));
  EXPECT_EQ(mix(0, std::uint64_t{0xE220A8397B1DCDAF}), 0xE220A8397B1DCDAFU);
}

TEST(Mix, DependsOnEveryLetterAndTheirOrder) {
  const std::set<std::uint64_t> seeds = {mix(1, ""),   mix(1, "a"),    mix(1, "ab"), mix(1, "ba"),
                                         mix(2, "ab"), mix(1, "a\0"s), mix(1, "aa")};
  EXPECT_EQ(seeds.size(), 7U);
}

}  // namespace
}  // namespace md5spec
