#include "judge/reply_look.h"

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "text/bytes.h"

namespace md5spec {
namespace {

using namespace std::string_literals;

// Of "message digest". It has letters, and no zeros to lose.
const std::string kHex = "f96b697d7cb7938d525a2f31aaf161d0";
const std::string kUpper = "F96B697D7CB7938D525A2F31AAF161D0";
const std::string kBase64 = "+WtpfXy3k41SWi8xqvFh0A==";
const std::string kOther = "900150983cd24fb0d6963f7d28e17f72";  // of "abc"
const std::string kOtherUpper = "900150983CD24FB0D6963F7D28E17F72";

Digest digest_of(std::string_view digits) {
  std::string bytes;
  unhex(digits, &bytes);
  std::array<unsigned char, 16> raw{};
  for (std::size_t i = 0; i < raw.size(); ++i) raw[i] = static_cast<unsigned char>(bytes.at(i));
  return Digest(raw);
}

std::string raw(std::string_view digits) { return std::string(digest_of(digits).bytes()); }

std::string_view name_of(Look look) {
  switch (look) {
    case Look::kExact:
      return "exact";
    case Look::kOtherEncoding:
      return "other encoding";
    case Look::kSurplus:
      return "surplus";
    case Look::kZerosMissing:
      return "zeros missing";
    case Look::kTruncated:
      return "truncated";
    case Look::kOtherDigest:
      return "other digest";
    case Look::kGarbage:
      return "garbage";
    case Look::kNothing:
      return "nothing";
  }
  return "?";
}

// "kind: explanation", for what comes in reply to `message` under the reply template.
ReplyLook look(std::string_view reply_template, std::string_view received,
               std::string_view digits = kHex, std::string_view message = "message digest") {
  Profile profile;
  EXPECT_EQ(ReplyTemplate::parse(reply_template, &profile.reply), "");
  profile.banner = "hello\n";
  return look_at(profile, profile.reply.expect(digest_of(digits), message), received);
}

std::string seen(std::string_view reply_template, std::string_view received,
                 std::string_view digits = kHex) {
  const ReplyLook found = look(reply_template, received, digits);
  return std::string(name_of(found.look)) + ": " + found.explanation;
}

TEST(ReplyLookTest, ACarriageReturnBeforeEachNewlineByteIsSurplus) {
  const std::string digits = "b2d7cb2753b10ad27e583fa1181c7959";
  std::string text = raw(digits);
  text.insert(text.find('\n'), 1, '\r');
  EXPECT_EQ(seen("{raw}", text, digits),
            "surplus: the right digest with a carriage return before each byte 0a");
  EXPECT_NE(seen("{base64}", text, digits).substr(0, 8), "surplus:");
}

TEST(ReplyLookTest, TheExpectedReplyIsExact) {
  EXPECT_EQ(seen("{hex}\n", kHex + "\n"), "exact: the expected reply");
  EXPECT_EQ(seen("{HEX}", kUpper), "exact: the expected reply");
  EXPECT_EQ(seen("{any_hex}", "F96b697D7cb7938d525a2f31aaf161d0"), "exact: the expected reply");
  EXPECT_EQ(seen("{base64}", kBase64), "exact: the expected reply");
  EXPECT_EQ(seen("{raw}", raw(kHex)), "exact: the expected reply");
  EXPECT_EQ(seen("{length}:{hex} {message}", "14:" + kHex + " message digest"),
            "exact: the expected reply");
}

TEST(ReplyLookTest, NoBytesAreNothing) { EXPECT_EQ(seen("{hex}", ""), "nothing: nothing"); }

TEST(ReplyLookTest, TheRightDigestInAnotherLetterCaseIsAnotherEncoding) {
  EXPECT_EQ(seen("{hex}", kUpper), "other encoding: the right digest in upper case");
  EXPECT_EQ(seen("{HEX}", kHex), "other encoding: the right digest in lower case");
  EXPECT_EQ(seen("{hex}", "F96b" + kHex.substr(4)),
            "other encoding: the right digest in mixed letter case");
}

TEST(ReplyLookTest, TheRightDigestInAnotherEncodingIsNamed) {
  const struct {
    std::string received;
    std::string_view words;
  } rows[] = {
      {kBase64, "in base64"},
      {"-WtpfXy3k41SWi8xqvFh0A==", "in URL-safe base64"},
      {kBase64.substr(0, 22), "in base64 without padding"},
      {"-WtpfXy3k41SWi8xqvFh0A", "in URL-safe base64 without padding"},
      {raw(kHex), "as its 16 raw bytes"},
      {"Zjk2YjY5N2Q3Y2I3OTM4ZDUyNWEyZjMxYWFmMTYxZDA=", "as base64 of its hex digits"},
      {hex(kHex), "as hex digits of its hex digits"},
      {"b'\\xf9ki}|\\xb7\\x93\\x8dRZ/1\\xaa\\xf1a\\xd0'", "as Python's b'…' shows its raw bytes"},
      {"\u00F9ki}|\u00B7\u0093\u008DRZ/1\u00AA\u00F1a\u00D0",
       "as its raw bytes taken for Latin-1 and encoded as UTF-8"},
      {"\uFFFDki}|\uFFFD\uFFFD\uFFFDRZ/1\uFFFD\uFFFDa\uFFFD",
       "as its raw bytes taken for UTF-8, the ill-formed ones replaced by U+FFFD"},
      {"?ki}|???RZ/1??a?", "as its raw bytes taken for UTF-8, the ill-formed ones replaced by '?'"},
      {"331535486309434048055371704012530344400", "as a decimal number"},
      {"-694968283486c72ada5d0ce550e9e30", "as a negative number in hex"},
      {"[249, 107, 105, 125, 124, 183, 147, 141, 82, 90, 47, 49, 170, 241, 97, 208]",
       "as a list of bytes in decimal, but 1 byte too many before it: \"[\"; and 1 byte too many "
       "behind it: \"]\""},
      {"-7,107,105,125,124,-73,-109,-115,82,90,47,49,-86,-15,97,-48",
       "as a list of signed bytes in decimal"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(seen("{hex}", row.received),
              "other encoding: the right digest " + std::string(row.words));
  }
  std::string wide;
  for (const char c : kHex) wide += c + "\0"s;
  EXPECT_EQ(seen("{hex}", wide), "other encoding: the right digest in UTF-16LE");
  EXPECT_EQ(seen("{hex}", "\0"s + wide.substr(0, 63)),
            "other encoding: the right digest in UTF-16BE");
  EXPECT_EQ(seen("{raw}", kHex), "other encoding: the right digest in hex");
  EXPECT_EQ(seen("{base64}", kUpper), "other encoding: the right digest in hex");
}

TEST(ReplyLookTest, AnotherEncodingOutweighsOtherSurroundings) {
  EXPECT_EQ(seen("{hex}\n", kUpper + "\r\n"),
            "other encoding: the right digest in upper case, but followed by a carriage return and "
            "a newline instead of a newline");
  EXPECT_EQ(seen("{hex}", "f9:6B" + kHex.substr(4)),
            "other encoding: the right digest in mixed letter case, but with other bytes between "
            "its digits: \"f9:6B697d7cb7938d525a2f31aaf161d0\"");
  EXPECT_EQ(seen("MD5={HEX}", kHex),
            "other encoding: the right digest in lower case, but without \"MD5=\" before it");
}

TEST(ReplyLookTest, BytesTooManyAreSurplus) {
  EXPECT_EQ(seen("{hex}", kHex + "\r\n"),
            "surplus: the right digest, but 2 bytes too many behind it: \"\\r\\n\"");
  EXPECT_EQ(seen("{hex}", " " + kHex),
            "surplus: the right digest, but 1 byte too many before it: \" \"");
  EXPECT_EQ(seen("{hex}\n", kHex + "\n\0"s),
            "surplus: the right digest, but 1 byte too many behind it: \"\\0\"");
  EXPECT_EQ(
      seen("{hex}", "{\"md5\": \"" + kHex + "\"}"),
      "surplus: the right digest, but 9 bytes too many before it: \"{\\\"md5\\\": \\\"\"; and 2 "
      "bytes too many behind it: \"\\\"}\"");
  EXPECT_EQ(seen("{raw}", "x" + raw(kHex)),
            "surplus: the right digest, but 1 byte too many before it: \"x\"");
  EXPECT_EQ(seen("{any_hex}", kUpper + "\n"),
            "surplus: the right digest, but 1 byte too many behind it: \"\\n\"");
  EXPECT_EQ(seen("{hex}\n", kOther + "\n" + kHex + "\n"),
            "surplus: the right digest, but 33 bytes too many before it: \"" + kOther + "\\n\"");
}

TEST(ReplyLookTest, WhatTheReplyBeforeHadTooManyIsSurplusOfTheNext) {
  EXPECT_EQ(seen("{base64}", "\n" + kBase64.substr(0, 23)),
            "surplus: the right reply, but 1 byte too many before it: \"\\n\"");
  EXPECT_EQ(seen("{base64}", "\r\n" + kBase64.substr(0, 22)),
            "surplus: the right reply, but 2 bytes too many before it: \"\\r\\n\"");
  // Of eight bytes and more it can't be told.
  EXPECT_NE(look("{base64}", "123456789" + kBase64.substr(0, 15)).look, Look::kSurplus);
  // Shorter than declared, it lacks its end for a reason of its own.
  EXPECT_EQ(look("{base64}", kBase64.substr(0, 22)).look, Look::kOtherEncoding);
}

TEST(ReplyLookTest, MissingSurroundingsAreSurplus) {
  EXPECT_EQ(seen("{hex}\n", kHex), "surplus: the right digest, but without a newline behind it");
  EXPECT_EQ(seen("MD5: {hex}", kHex), "surplus: the right digest, but without \"MD5: \" before it");
  EXPECT_EQ(seen("{hex}\r\n", kHex + "\n"),
            "surplus: the right digest, but followed by a newline instead of a carriage return and "
            "a newline");
  EXPECT_EQ(seen("<{hex}>", "(" + kHex + ")"),
            "surplus: the right digest, but preceded by \"(\" instead of \"<\"; and followed by "
            "\")\" instead of \">\"");
}

TEST(ReplyLookTest, LongSurroundingsAreShownFromWhereTheyDiffer) {
  const std::string message(100, 'm');
  EXPECT_EQ(look("{message} {hex}", std::string(99, 'm') + "n " + kHex, kHex, message).explanation,
            "the right digest, but preceded by other bytes than declared, from byte 100 on: \"n \" "
            "instead of \"m \"");
}

TEST(ReplyLookTest, KnownWrappingsHaveNames) {
  const struct {
    std::string received;
    std::string_view words;
  } rows[] = {
      {"b'" + kHex + "'\n", ", in Python's b'…'"},
      {"b\"" + kHex + "\"\n", ", in Python's b\"…\""},
      {"\"" + kHex + "\"\n", ", in double quotes"},
      {"'" + kHex + "'\n", ", in single quotes"},
      {"0x" + kHex + "\n", ", with 0x before it"},
      {"\xEF\xBB\xBF" + kHex + "\n", ", with a byte order mark before it"},
      {kHex + "  -\n", ", as md5sum prints it"},
      {"HTTP/1.1 200 OK\r\n\r\n" + kHex, ", inside an HTTP response"},
      {"hello\n" + kHex + "\n", ", but with the banner once more before it"},
      {kHex + "\n" + kHex + "\n", ", but the whole reply came twice"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(seen("{hex}\n", row.received), "surplus: the right digest" + std::string(row.words));
  }
}

TEST(ReplyLookTest, BytesBetweenTheDigitsAreSurplus) {
  const auto apart = [](std::size_t group, std::string_view joint) {
    std::string out;
    for (std::size_t at = 0; at < kHex.size(); at += group) {
      if (at > 0) out += joint;
      out += kHex.substr(at, group);
    }
    return out;
  };
  for (const std::string& received :
       {apart(2, ":"), apart(2, " "), apart(2, "-"), apart(4, " "), apart(2, ", "), apart(8, "\n"),
        "0x" + apart(2, ", 0x"), "\\x" + apart(2, "\\x"), apart(16, "-")}) {
    EXPECT_EQ(seen("{hex}", received).substr(0, 66),
              "surplus: the right digest, but with other bytes between its digits")
        << received;
  }
  EXPECT_EQ(look("{hex}", apart(2, "0xabc ")).look, Look::kGarbage);
  EXPECT_EQ(look("{hex}", apart(16, "       ")).look, Look::kGarbage) << "too far apart";
}

TEST(ReplyLookTest, BytesBetweenDigitsOfAnyCaseAreSurplus) {
  EXPECT_EQ(seen("{any_hex}", "F9:" + kHex.substr(2)),
            "surplus: the right digest, but with other bytes between its digits: \"F9:" +
                kHex.substr(2) + "\"");
}

TEST(ReplyLookTest, RawBytesOfWhichTooFewAreLeftAreGarbage) {
  const std::string digits = "f9eb6dfdfcb7938dd2da2fb1aaf1e1d0";
  EXPECT_EQ(look("{hex}",
                 "??m???????"
                 "/?????",
                 digits)
                .look,
            Look::kGarbage);
}

TEST(ReplyLookTest, NegativeBytesAreSurplus) {
  EXPECT_EQ(
      seen("{hex}", "fffffff96b697d7cffffffb7ffffff93ffffff8d525a2f31ffffffaafffffff161ffffffd0"),
      "surplus: the right digest with each byte of 0x80 and over printed as a negative number");
}

TEST(ReplyLookTest, MissingZerosAreNamed) {
  const std::string zeros = "00052f0aab0c00d10e0f1a2b3c0000a0";
  const struct {
    std::string received;
    std::string_view words;
  } rows[] = {
      {"52f0aab0c00d10e0f1a2b3c0000a0", "without its leading zeros"},
      {"052faabc0d1ef1a2b3c00a0", "without the leading zero of each byte below 0x10"},
      {"52f0aab0c00d1e0f1a2b3c0000a0", "without the leading zeros of its 32-bit words"},
      {"052f0aab0c00d10e0f1a2b3c0000a0", "without 2 of its zeros"},
      {"52F0AAB0C00D10E0F1A2B3C0000A0", "without its leading zeros and in upper case"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(seen("{hex}\n", row.received + "\n", zeros),
              "zeros missing: the right digest " + std::string(row.words));
  }
  EXPECT_EQ(seen("{hex}", "f96b697d7cb7938d25a2f31aaf161d00", "f96b697d7cb7938d025a2f31aaf161d0"),
            "other digest: the digest of something else");
  EXPECT_EQ(seen("{HEX}", "52F0AAB0C00D1E0F1A2B3C0000A0", "00052f0aab0c00d100e0f1a2b3c0000a"),
            "garbage: 28 hex digits instead of 32");
  EXPECT_EQ(seen("{hex}", "52f0aab0c00d10e0f1a2b3c0000a0\n", zeros),
            "zeros missing: the right digest without its leading zeros, but 1 byte too many behind "
            "it: \"\\n\"");
  EXPECT_EQ(seen("MD5{hex}", "MD552f0aab0c00d10e0f1a2b3c0000a0", zeros),
            "zeros missing: the right digest without its leading zeros");
  EXPECT_EQ(seen("{base64}", "52f0aab0c00d10e0f1a2b3c0000a0", zeros),
            "other encoding: the right digest in hex, without its leading zeros");
}

TEST(ReplyLookTest, ZerosOfALengthBeforeADigestArentItsOwn) {
  const std::string digits = "000fe915ec44e5e0bab82676c800a1c5";
  const std::string message(500, 'a');
  const ReplyLook found =
      look("{length} {hex}\n", "500 " + digits.substr(1) + "\n", digits, message);
  EXPECT_EQ(found.look, Look::kZerosMissing) << found.explanation;
}

TEST(ReplyLookTest, TheStartOfTheRightDigestIsTruncated) {
  EXPECT_EQ(seen("{hex}\n", kHex.substr(0, 31)),
            "truncated: the right digest, but only the first 31 of its 32 characters");
  EXPECT_EQ(seen("<{hex}>", "<" + kHex.substr(0, 16)),
            "truncated: the right digest, but only the first 16 of its 32 characters");
  EXPECT_EQ(seen("{hex}\n", kHex.substr(0, 16) + "\n"),
            "truncated: the right digest, but only the first 16 of its 32 characters");
  EXPECT_EQ(seen("{any_hex}", kUpper.substr(0, 20)),
            "truncated: the right digest, but only the first 20 of its 32 characters");
  EXPECT_EQ(seen("{raw}", raw(kHex).substr(0, 8)),
            "truncated: the right digest, but only the first 8 of its 16 bytes");
  EXPECT_EQ(look("{hex}", kHex.substr(0, 30)).digest, std::nullopt);
}

TEST(ReplyLookTest, WhereOnlyZerosAreMissingAtTheEndTheyWerentPrinted) {
  ASSERT_EQ(kHex.substr(30), "d0");
  EXPECT_EQ(seen("{hex}", kHex.substr(0, 31)).substr(0, 13), "zeros missing");
  EXPECT_EQ(seen("{hex}\n", kHex.substr(0, 31) + "\n").substr(0, 13), "zeros missing");
  EXPECT_EQ(seen("{hex}", kHex.substr(0, 30)).substr(0, 9), "truncated");
}

TEST(ReplyLookTest, LessThanHalfOfTheDigestIsGarbage) {
  EXPECT_EQ(seen("{hex}\n", kHex.substr(0, 15)),
            "garbage: only the first 15 bytes of the reply's 33");
  EXPECT_EQ(seen("MD5: {hex}", "MD5: "), "garbage: only the first 5 bytes of the reply's 37");
}

TEST(ReplyLookTest, AWellFormedDigestOfSomethingElseIsAnotherDigest) {
  for (const auto& [reply_template, received] : std::vector<std::pair<std::string, std::string>>{
           {"{hex}\n", kOther + "\n"},
           {"{HEX}", kOtherUpper},
           {"{any_hex}", kOtherUpper},
           {"{base64}", "kAFQmDzST7DWlj99KOF/cg=="},
           {"{raw}!", raw(kOther) + "!"},
           {"{message}={hex}", "message digest=" + kOther}}) {
    EXPECT_EQ(seen(reply_template, received), "other digest: the digest of something else");
    EXPECT_EQ(look(reply_template, received).digest, digest_of(kOther));
  }
}

TEST(ReplyLookTest, ADigestOfSomethingElseIsFoundInOtherSurroundings) {
  const struct {
    std::string received;
    std::string_view words;
  } rows[] = {
      {kOther, ", but without a newline behind it"},
      {kOtherUpper + "\n", ", in upper case"},
      {kOther + "\r\n", ", but followed by a carriage return and a newline instead of a newline"},
      {"kAFQmDzST7DWlj99KOF/cg==\n", ", in base64"},
      {raw(kOther) + "\n", ", as 16 raw bytes"},
      {"90015098-3cd2-4fb0-d696-3f7d28e17f72\n", ", as a UUID"},
      {"md5 = " + kOther + "\n", ", but 6 bytes too many before it: \"md5 = \""},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(seen("{hex}\n", row.received),
              "other digest: the digest of something else" + std::string(row.words));
    EXPECT_EQ(look("{hex}\n", row.received).digest, digest_of(kOther)) << row.received;
  }
}

TEST(ReplyLookTest, ADigestWithItsPartsInAnotherOrderIsAnotherDigest) {
  const struct {
    std::string_view received;
    std::string_view words;
  } rows[] = {
      {"d061f1aa312f5a528d93b77c7d696bf9", "with its bytes in reverse order"},
      {"7d696bf98d93b77c312f5a52d061f1aa", "with each 32-bit word in the other byte order"},
      {"9fb696d7c77b39d825a5f213aa1f160d", "with the two digits of each byte swapped"},
      {"0d161faa13f2a525d8397bc7d796b69f", "with its digits in reverse order"},
      {"f96b697d7cb7338d925a2f31aaf161d0",
       "with the version and variant of a UUID written into it"},
      {"f96b697d-7cb7-338d-925a-2f31aaf161d0",
       "with the version and variant of a UUID written into it, as a UUID"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(seen("{hex}", row.received),
              "other digest: the right digest " + std::string(row.words));
  }
}

TEST(ReplyLookTest, SeveralWrongDigestsAreGarbage) {
  EXPECT_EQ(seen("{hex}\n", kOther + "\n" + kOther + "\n").substr(0, 54),
            "garbage: several digests, none of them the right one: ");
}

TEST(ReplyLookTest, OtherKindsOfDigestsAreGarbageWithAName) {
  const struct {
    std::size_t digits;
    std::string_view words;
  } rows[] = {{8, "8 hex digits, the form of a CRC-32 digest"},
              {1, "1 hex digit instead of 32"},
              {31, "31 hex digits instead of 32"},
              {33, "33 hex digits instead of 32"},
              {40, "40 hex digits, the form of a SHA-1 digest"},
              {56, "56 hex digits, the form of a SHA-224 digest"},
              {64, "64 hex digits, the form of a SHA-256 digest"},
              {96, "96 hex digits, the form of a SHA-384 digest"},
              {128, "128 hex digits, the form of a SHA-512 digest"}};
  for (const auto& row : rows) {
    EXPECT_EQ(seen("{hex}\n", std::string(row.digits, 'a') + "\n"),
              "garbage: " + std::string(row.words));
  }
  EXPECT_EQ(seen("{base64}", base64(std::string(20, '\xAB'))),
            "garbage: 20 bytes in base64, the form of a SHA-1 digest");
  EXPECT_EQ(seen("{raw}", std::string(32, '\xAB')),
            "garbage: 32 raw bytes, the form of a SHA-256 digest");
  EXPECT_EQ(seen("{hex}", kUpper.substr(8, 16)),
            "garbage: only the middle 16 of the right digest's 32 digits");
}

TEST(ReplyLookTest, WhatHoldsNoDigestIsGarbage) {
  EXPECT_EQ(seen("{hex}\n", "ERROR bad\n"), "garbage: no digest: \"ERROR bad\\n\"");
  EXPECT_EQ(seen("{hex}", "\x1b[2J"), "garbage: no digest: \"\\x1b[2J\"");
  EXPECT_EQ(seen("{hex}", "message digest"), "garbage: no digest: \"message digest\"");
}

TEST(ReplyLookTest, TheDigestThatStandsInAReplyIsTold) {
  for (const std::string& received :
       {kHex, kUpper, kBase64, kHex + "\n", "f9 6b" + kHex.substr(4)}) {
    EXPECT_EQ(look("{hex}", received).digest, digest_of(kHex)) << received;
  }
  EXPECT_EQ(look("{hex}", "ERROR").digest, std::nullopt);
}

// --- hostile replies ---

TEST(ReplyLookTest, HugeRepliesAreExplainedInAFewWords) {
  for (const char filling : {'a', '\0', ':', '0', '\xFF', '='}) {
    const std::string flood(std::size_t{1} << 20, filling);
    for (const std::string_view reply_template :
         {"{hex}\n", "{base64}", "{raw}", "{message}:{any_hex}"}) {
      EXPECT_EQ(look(reply_template, flood).look, Look::kGarbage);
      EXPECT_LT(look(reply_template, flood).explanation.size(), 300U);
      EXPECT_LT(look(reply_template, kHex + flood).explanation.size(), 300U);
    }
    EXPECT_EQ(seen("{hex}", kHex + flood).substr(0, 61),
              "surplus: the right digest, but 1048576 bytes too many behind ");
  }
}

TEST(ReplyLookTest, NoMoreThan8KiBAndTheExpectedSizeAreSearched) {
  const std::size_t last = std::size_t{8} << 10;
  EXPECT_EQ(look("{hex}", std::string(last, '.') + kHex).look, Look::kSurplus);
  EXPECT_EQ(look("{hex}", std::string(last + 2, '.') + kHex).look, Look::kGarbage);
  const std::string message(std::size_t{1} << 20, 'm');
  EXPECT_EQ(look("{message}{hex}", message + kHex, kHex, message).look, Look::kExact);
  EXPECT_EQ(look("{message}{hex}", message + kUpper, kHex, message).look, Look::kOtherEncoding);
}

TEST(ReplyLookTest, EveryShortReplyHasALook) {
  for (const std::string& whole : {kHex + "\n", raw(kHex), kBase64}) {
    for (std::size_t size = 1; size <= whole.size(); ++size) {
      for (const std::string_view reply_template :
           {"{hex}\n", "{raw}", "{base64}", "{any_hex}", "<{HEX}>"}) {
        EXPECT_NE(look(reply_template, whole.substr(0, size)).look, Look::kNothing);
        EXPECT_NE(look(reply_template, whole.substr(whole.size() - size)).explanation, "");
      }
    }
  }
}

}  // namespace
}  // namespace md5spec
