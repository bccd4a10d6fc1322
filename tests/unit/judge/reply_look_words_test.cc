// In which words a reply that isn't the expected one is told: the borders between them.
#include <array>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "judge/reply_look.h"
#include "text/bytes.h"

namespace md5spec {
namespace {

using namespace std::string_literals;

const std::string kDue = "f96b697d7cb7938d525a2f31aaf161d0";  // of "message digest"
const std::string kDueUpper = "F96B697D7CB7938D525A2F31AAF161D0";
const std::string kUndue = "900150983cd24fb0d6963f7d28e17f72";  // of "abc"
const std::string kWithZeros = "00052f0aab0c00d10e0f1a2b3c0000a0";
const std::string kWithoutZeros = "52f0aab0c00d10e0f1a2b3c0000a0";

Digest read_digits(std::string_view digits) {
  std::string bytes;
  unhex(digits, &bytes);
  std::array<unsigned char, 16> raw{};
  for (std::size_t i = 0; i < raw.size(); ++i) raw[i] = static_cast<unsigned char>(bytes.at(i));
  return Digest(raw);
}

// What is said of `received`, in reply to a message with this digest.
std::string words_for(std::string_view reply_template, std::string_view received,
                      std::string_view digits = kDue) {
  Profile profile;
  EXPECT_EQ(ReplyTemplate::parse(reply_template, &profile.reply), "");
  return look_at(profile, profile.reply.expect(read_digits(digits), "message digest"), received)
      .explanation;
}

// --- around a digest ---

TEST(ReplyLookWords, AZeroByteHasAName) {
  EXPECT_EQ(words_for("{hex}\n", kDue + "\0"s),
            "the right digest, but followed by a zero byte instead of a newline");
}

TEST(ReplyLookWords, OfWhatStandsBeforeADeclaredBeginningOnlyThatIsShown) {
  EXPECT_EQ(words_for("MD5: {hex}", "> MD5: " + kDue),
            "the right digest, but 2 bytes too many before it: \"> \"");
}

TEST(ReplyLookWords, HalfOfAReplyMayBePushedOut) {
  const std::string bytes(read_digits(kDue).bytes());
  EXPECT_EQ(words_for("{raw}", "12345678" + bytes.substr(0, 8)),
            "the right reply, but 8 bytes too many before it: \"12345678\"");
}

TEST(ReplyLookWords, DigitsApartAreShownWithoutWhatStandsAroundThem) {
  const std::string apart = "f9:" + kDue.substr(2);
  EXPECT_EQ(words_for("{hex}", "> " + apart + "!!!"),
            "the right digest, but with other bytes between its digits: \"" + apart +
                "\", but 2 bytes too many before it: \"> \"; and 3 bytes too many behind it: "
                "\"!!!\"");
}

TEST(ReplyLookWords, DigitsApartInTheDeclaredUpperCaseAreInNoOtherCase) {
  const std::string apart = "F9:" + kDueUpper.substr(2);
  EXPECT_EQ(words_for("{HEX}", apart),
            "the right digest, but with other bytes between its digits: \"" + apart + "\"");
}

TEST(ReplyLookWords, AnotherDigestAsDeclaredIsInNoOtherCaseWhateverStandsAroundIt) {
  EXPECT_EQ(words_for("{hex}\n", "md5 = " + kUndue + " ok\n"),
            "the digest of something else, but 6 bytes too many before it: \"md5 = \"; and "
            "followed by \" ok\\n\" instead of a newline");
}

// --- zeros ---

TEST(ReplyLookWords, MissingZerosAreNamedWhateverStandsAroundTheDigits) {
  EXPECT_EQ(words_for("{hex}", "> " + kWithoutZeros + " <<<", kWithZeros),
            "the right digest without its leading zeros, but 2 bytes too many before it: \"> \"; "
            "and 4 bytes too many behind it: \" <<<\"");
  EXPECT_EQ(words_for("MD5: {hex}", kWithoutZeros, kWithZeros),
            "the right digest without its leading zeros, but without \"MD5: \" before it");
}

TEST(ReplyLookWords, OtherDigitsBesideMissingZerosAreNoDigest) {
  std::string wrong = kWithoutZeros;
  wrong[2] = '1';
  EXPECT_EQ(words_for("{hex}", wrong, kWithZeros), "29 hex digits instead of 32");
}

TEST(ReplyLookWords, AtLeastHalfOfTheDigitsAreToBeThereBesideMissingZeros) {
  EXPECT_EQ(words_for("{hex}", "1b2c3d4e5f6a7b8c", "00000000000000001b2c3d4e5f6a7b8c"),
            "the right digest without its leading zeros");
  EXPECT_EQ(words_for("{hex}", "1b2c3d4e5f", "00000000000000000000001b2c3d4e5f"),
            "10 hex digits instead of 32");
}

// --- no digest ---

TEST(ReplyLookWords, AFewHexDigitsWithoutTheDeclaredBeginningAreCounted) {
  EXPECT_EQ(words_for("MD5: {hex}", "abc"), "3 hex digits instead of 32");
}

TEST(ReplyLookWords, WhereOnlySurroundingsCameNoDigitsAreCounted) {
  EXPECT_EQ(words_for("{hex}\n", "\n"), "no digest: \"\\n\"");
}

TEST(ReplyLookWords, ShortWordsAreNoBase64) {
  EXPECT_EQ(words_for("{hex}", "q83vAA=="), "no digest: \"q83vAA==\"");
}

TEST(ReplyLookWords, Base64OfAnUnknownSizeIsNoKindOfDigest) {
  const std::string text = base64(std::string(24, '\xAB'));
  EXPECT_EQ(words_for("{hex}", text), "no digest: \"" + text + "\"");
}

TEST(ReplyLookWords, RawBytesOfAKindOfDigestHaveAName) {
  const struct {
    std::size_t size;
    std::string_view words;
  } rows[] = {{4, "4 raw bytes, the form of a CRC-32 digest"},
              {20, "20 raw bytes, the form of a SHA-1 digest"},
              {64, "64 raw bytes, the form of a SHA-512 digest"}};
  for (const auto& row : rows)
    EXPECT_EQ(words_for("{raw}", std::string(row.size, '\xAB')), row.words);
  EXPECT_EQ(words_for("{raw}", "\xAB\xAB\xAB"), "no digest: \"\\xab\\xab\\xab\"");
  EXPECT_EQ(words_for("{hex}", "this is 20 letters.."), "no digest: \"this is 20 letters..\"");
}

TEST(ReplyLookWords, OnlyTheVeryMiddleOfTheDigestIsTakenForIt) {
  std::string middle = kDue.substr(8, 16);
  EXPECT_EQ(words_for("{hex}", middle), "only the middle 16 of the right digest's 32 digits");
  ASSERT_EQ(middle[1], 'c');
  middle[1] = '1';
  EXPECT_EQ(words_for("{hex}", middle), "16 hex digits instead of 32");
}

}  // namespace
}  // namespace md5spec
