#include "judge/digest_forms.h"

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "text/bytes.h"

namespace md5spec {
namespace {

const std::string kWritten = "f96b697d7cb7938d525a2f31aaf161d0";  // no byte of it is below 0x10
const std::string kAnother = "900150983cd24fb0d6963f7d28e17f72";

Digest written_as(std::string_view digits) {
  std::string bytes;
  unhex(digits, &bytes);
  std::array<unsigned char, 16> raw{};
  for (std::size_t i = 0; i < raw.size(); ++i) raw[i] = static_cast<unsigned char>(bytes.at(i));
  return Digest(raw);
}

std::string so_many_zeros(std::size_t n) { return std::string(n, '0'); }

// The text of the form of these words; nothing if there is none.
std::optional<std::string> text_of(const std::vector<DigestForm>& forms, std::string_view words) {
  for (const DigestForm& form : forms) {
    if (form.words == words) return form.text;
  }
  return std::nullopt;
}

// --- forms ---

TEST(DigestForms, ANegativeNumberIsWhatABigIntegerOfTheBytesPrints) {
  const struct {
    std::string digits;
    std::optional<std::string> number;
  } rows[] = {
      {"80" + so_many_zeros(30), "-80" + so_many_zeros(30)},
      {"f0" + so_many_zeros(30), "-10" + so_many_zeros(30)},
      {"80" + so_many_zeros(28) + "01", "-7" + std::string(31, 'f')},
      {std::string(32, 'f'), "-1"},
      {std::string(30, 'f') + "00", "-100"},
      {"7f" + so_many_zeros(30), std::nullopt},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(text_of(unusual_forms(written_as(row.digits)), "as a negative number in hex"),
              row.number)
        << row.digits;
  }
}

TEST(DigestForms, RawBytesTakenForUtf8AreToldOnlyIfFourOfThemAreLeft) {
  const std::string words = "as its raw bytes taken for UTF-8, the ill-formed ones replaced by '?'";
  EXPECT_EQ(text_of(unusual_forms(written_as("4142437f" + std::string(24, 'f'))), words),
            "ABC\x7F????????????");
  EXPECT_EQ(text_of(unusual_forms(written_as("41424380" + std::string(24, 'f'))), words),
            std::nullopt);
}

TEST(DigestForms, BytesFrom80OnAreSignExtended) {
  const auto forms = sign_extended_forms(written_as("7f80" + so_many_zeros(28)));
  ASSERT_EQ(forms.size(), 2U);
  EXPECT_EQ(forms[0].text, "7fffffff80" + so_many_zeros(28));
  EXPECT_EQ(forms[1].text, "7FFFFFFF80" + so_many_zeros(28));
  EXPECT_TRUE(sign_extended_forms(written_as("7f" + so_many_zeros(30))).empty());
}

TEST(DigestForms, ZerosAreMissingAtTheStartOfTheWholeOrOfItsParts) {
  const auto forms = zeros_missing_forms(written_as("0123456709abcdef0fedcba987654321"));
  EXPECT_EQ(text_of(forms, "without its leading zeros"), "123456709abcdef0fedcba987654321");
  EXPECT_EQ(text_of(forms, "without the leading zero of each byte below 0x10"),
            "12345679abcdeffedcba987654321");
  EXPECT_EQ(text_of(forms, "without the leading zeros of its 32-bit words"),
            "12345679abcdeffedcba987654321");
  EXPECT_EQ(text_of(forms, "without the leading zeros of its 64-bit halves"),
            "123456709abcdeffedcba987654321");
  EXPECT_TRUE(zeros_missing_forms(written_as(kWritten)).empty());
}

TEST(DigestForms, ADigestLacksOnlyZerosIfSixteenDigitsOrMoreAreLeft) {
  EXPECT_TRUE(
      lacks_only_zeros("ABCDEFabcdefABCD", written_as(so_many_zeros(16) + "abcdefabcdefabcd")));
  EXPECT_FALSE(
      lacks_only_zeros("BCDEFabcdefABCD", written_as(so_many_zeros(17) + "bcdefabcdefabcd")));
  EXPECT_FALSE(
      lacks_only_zeros("abcdefabcdefabce", written_as(so_many_zeros(16) + "abcdefabcdefabcd")));
  EXPECT_FALSE(lacks_only_zeros(kWritten, written_as(kWritten))) << "none is missing";
  EXPECT_FALSE(lacks_only_zeros(kWritten + "0", written_as(kWritten)));
}

TEST(DigestForms, WhatStandsBehindTheDigitsIsNoneOfThem) {
  ASSERT_TRUE(kWritten.ends_with('0'));
  EXPECT_TRUE(lacks_only_zeros(std::string_view(kWritten).substr(0, 31), written_as(kWritten)));
}

// --- finding the right digest ---

std::optional<HexDigits> found_in(std::string_view text) {
  return find_hex(text, written_as(kWritten));
}

std::string in_pairs(std::string_view joint) {
  std::string out = kWritten.substr(0, 2);
  for (std::size_t at = 2; at < kWritten.size(); at += 2) {
    out += std::string(joint) + kWritten.substr(at, 2);
  }
  return out;
}

TEST(DigestForms, UpToSixBytesMayStandBetweenTwoDigits) {
  const auto digits = found_in("<" + in_pairs("......") + ">");
  ASSERT_TRUE(digits);
  EXPECT_TRUE(digits->apart);
  EXPECT_EQ(digits->begin, 1U);
  EXPECT_EQ(digits->end, 1 + in_pairs("......").size());
  EXPECT_FALSE(found_in("<" + in_pairs(".......") + ">"));
}

TEST(DigestForms, OnlyAZeroBeforeAnXIsNoDigit) {
  EXPECT_TRUE(found_in("0x" + in_pairs(" 0X")));
  EXPECT_TRUE(found_in(in_pairs("x")));
  const std::string all_but_a_zero = in_pairs(":").substr(0, in_pairs(":").size() - 1);
  EXPECT_TRUE(found_in(all_but_a_zero + "0"));
  EXPECT_FALSE(found_in(all_but_a_zero + "0x"));
}

TEST(DigestForms, WhatStandsBehindATextIsNotLookedAt) {
  const std::string x_behind = in_pairs(":") + "x";
  const auto digits = found_in(std::string_view(x_behind).substr(0, x_behind.size() - 1));
  ASSERT_TRUE(digits);
  EXPECT_EQ(digits->end, x_behind.size() - 1);
  const std::string digit_behind = in_pairs(":");
  EXPECT_FALSE(found_in(std::string_view(digit_behind).substr(0, digit_behind.size() - 1)));
}

TEST(DigestForms, TheLetterCaseOfDigitsIsTold) {
  const std::pair<std::string_view, LetterCase> rows[] = {
      {"0a9", LetterCase::kLower}, {"f", LetterCase::kLower},  {"0A9", LetterCase::kUpper},
      {"F", LetterCase::kUpper},   {"aF", LetterCase::kMixed}, {"0123456789", LetterCase::kNone}};
  for (const auto& [digits, letter_case] : rows) {
    EXPECT_EQ(letter_case_of(digits), letter_case) << digits;
  }
}

// --- reading digests ---

TEST(DigestForms, DigestsAreReadInTheEncodingAskedForOnly) {
  const std::string none = "01234567890123456789012345678901";
  const std::string lower = "0123456789abcdef0123456789abcdef";
  const std::string upper = "0123456789ABCDEF0123456789ABCDEF";
  const std::string mixed = "0123456789ABCDEF0123456789abcdef";
  const struct {
    Encoding encoding;
    std::string text;
    std::optional<std::string> digits;
  } rows[] = {
      {Encoding::kLowerHex, none, none},
      {Encoding::kLowerHex, lower, lower},
      {Encoding::kLowerHex, upper, std::nullopt},
      {Encoding::kLowerHex, mixed, std::nullopt},
      {Encoding::kUpperHex, none, none},
      {Encoding::kUpperHex, lower, std::nullopt},
      {Encoding::kUpperHex, upper, lower},
      {Encoding::kUpperHex, mixed, std::nullopt},
      {Encoding::kAnyHex, mixed, lower},
      {Encoding::kAnyHex, mixed + "0", std::nullopt},
      {Encoding::kAnyHex, mixed.substr(1), std::nullopt},
      {Encoding::kAnyHex, mixed.substr(1) + "g", std::nullopt},
      {Encoding::kBase64, "kAFQmDzST7DWlj99KOF/cg==", kAnother},
      {Encoding::kBase64, "kAFQmDzST7DWlj99KOF/cg", std::nullopt},
      {Encoding::kBase64, "kAFQmDzST7DWlj99KOF/cg==\n", std::nullopt},
      {Encoding::kBase64, "kAFQmDzST7DWlj99KOF_cg==", std::nullopt},
      {Encoding::kBase64, "kAFQmDzST7DWlj99KOF/ch==", std::nullopt},
      {Encoding::kBase64, "kAFQmDzST7DWlj99KOF/cgA=", std::nullopt},
      {Encoding::kBase64, "kAFQmDzST7DWlj99KOF/cgAA", std::nullopt},
      {Encoding::kRaw, "0123456789abcdef", hex("0123456789abcdef")},
      {Encoding::kRaw, "0123456789abcde", std::nullopt},
      {Encoding::kRaw, "0123456789abcdefg", std::nullopt},
  };
  for (const auto& row : rows) {
    const auto digest = read_digest(row.text, row.encoding);
    EXPECT_EQ(digest ? std::optional(digest->hex()) : std::nullopt, row.digits) << row.text;
  }
}

// "BEGIN-END DIGEST WORDS" for each digest that is found.
std::vector<std::string> tokens_of(std::string_view text) {
  std::vector<std::string> out;
  for (const DigestToken& token : find_digests(text)) {
    out.push_back(std::to_string(token.begin) + "-" + std::to_string(token.end) + " " +
                  token.digest.hex() + " " + token.words);
  }
  return out;
}

TEST(DigestForms, DigestsAreFoundAmongOtherBytes) {
  using Tokens = std::vector<std::string>;
  EXPECT_EQ(tokens_of("(900150983cd24fb0d6963f7d28e17f72)"),
            Tokens{"1-33 " + kAnother + " in lower case"});
  EXPECT_EQ(tokens_of("(900150983CD24FB0D6963F7D28E17F72)"),
            Tokens{"1-33 " + kAnother + " in upper case"});
  EXPECT_EQ(tokens_of("(90015098-3cd2-4fb0-d696-3f7d28e17f72)"),
            Tokens{"1-37 " + kAnother + " as a UUID"});
  EXPECT_EQ(tokens_of("90015098-3cd2-4fb0-d696-3f7d28e17f72"),
            Tokens{"0-36 " + kAnother + " as a UUID"});
  EXPECT_EQ(tokens_of("md5: kAFQmDzST7DWlj99KOF/cg== abc"),
            Tokens{"5-29 " + kAnother + " in base64"});
  EXPECT_EQ(tokens_of("md5: kAFQmDzST7DWlj99KOF_cg=="), Tokens{"5-29 " + kAnother + " in base64"});
}

TEST(DigestForms, AllDigitsOfAnAlphabetAreDigits) {
  std::string bytes;
  ASSERT_TRUE(unbase64("09AZaz+/09AZaz+/09AZaw==", &bytes));
  const std::vector<std::string> token = {"1-25 " + hex(bytes) + " in base64"};
  EXPECT_EQ(tokens_of("<09AZaz+/09AZaz+/09AZaw==>"), token);
  EXPECT_EQ(tokens_of("<09AZaz-_09AZaz-_09AZaw==>"), token);
  EXPECT_EQ(tokens_of("<09afAF09afAF09afAF09afAF09afAF09>"),
            std::vector<std::string>{"1-33 09afaf09afaf09afaf09afaf09afaf09 in mixed letter case"});
}

TEST(DigestForms, WhatIsAlmostADigestIsNone) {
  for (const std::string_view text :
       {"900150983cd24fb0d6963f7d28e17f7", "900150983cd24fb0d6963f7d28e17f720",
        "90015098-3cd2-4fb0-d696-3f7d28e17f7", "90015098-3cd2-4fb0-d696-3f7d28e17f7g",
        "90015098-3cd2-4fb0-d6963-f7d28e17f72", "kAFQmDzST7DWlj99KOF/cg",
        "kAFQmDzST7DWlj99KOF/cg=", "kAFQmDzST7DWlj99KOF/cg xy", "kAFQmDzST7DWlj99KOF/cgA=",
        "kAFQmDzST7DWlj99KOF/ch==", "AkAFQmDzST7DWlj99KOF/cg==", "AFQmDzST7DWlj99KOF/cg=="}) {
    EXPECT_EQ(tokens_of(text), std::vector<std::string>()) << text;
  }
}

TEST(DigestForms, AtMostTwoDigestsAreFound) {
  EXPECT_EQ(find_digests(kWritten + " " + kAnother).size(), 2U);
  EXPECT_EQ(find_digests(kWritten + " " + kAnother + " " + kWritten).size(), 2U);
  EXPECT_EQ(find_digests(kWritten + " " + kAnother + " kAFQmDzST7DWlj99KOF/cg==").size(), 2U);
}

}  // namespace
}  // namespace md5spec
