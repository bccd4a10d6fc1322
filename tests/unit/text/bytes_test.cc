#include "text/bytes.h"

#include <array>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace md5spec {
namespace {

using namespace std::string_literals;
using ::testing::AnyOf;

std::string every_byte() {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  return bytes;
}

// The UTF-8 of a code point, surrogates included.
std::string encoded(unsigned c) {
  const auto byte = [](unsigned value) { return std::string(1, static_cast<char>(value)); };
  const auto tail = [&](unsigned shift) { return byte(0x80 | (c >> shift & 0x3F)); };
  if (c < 0x80) return byte(c);
  if (c < 0x800) return byte(0xC0 | c >> 6) + tail(0);
  if (c < 0x10000) return byte(0xE0 | c >> 12) + tail(6) + tail(0);
  return byte(0xF0 | c >> 18) + tail(12) + tail(6) + tail(0);
}

// What `shell` writes when it carries `printf WORD` out.
std::string printed_by(const std::string& shell, const std::string& word) {
  std::string script = "printf " + word;
  std::string quoted_script = "'";
  for (const char c : script) quoted_script += c == '\'' ? "'\\''"s : std::string(1, c);
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(
      popen((shell + " -c " + quoted_script + "'").c_str(), "r"), pclose);
  std::string out;
  std::array<char, 4096> chunk;
  while (const std::size_t size = fread(chunk.data(), 1, chunk.size(), pipe.get())) {
    out.append(chunk.data(), size);
  }
  return out;
}

TEST(InQuotes, PutsPrintableAsciiInDoubleQuotes) {
  EXPECT_EQ(in_quotes("Hello, ~!"), "\"Hello, ~!\"");
}

TEST(InQuotes, ShowsNothingAsAnEmptyPairOfQuotes) { EXPECT_EQ(in_quotes(""), "\"\""); }

TEST(InQuotes, GivesCommonControlBytesTheirShortEscapes) {
  EXPECT_EQ(in_quotes("\n\r\t\0"s), R"("\n\r\t\0")");
}

TEST(InQuotes, ShowsOtherControlBytesAsHexEscapes) {
  EXPECT_EQ(in_quotes("\x01\x1B[2J\x7F"), R"("\x01\x1b[2J\x7f")");
}

TEST(InQuotes, ShowsBytesBeyondAsciiAsHexEscapes) { EXPECT_EQ(in_quotes("é"), R"("\xc3\xa9")"); }

TEST(InQuotes, EscapesItsOwnQuotesAndBackslashes) { EXPECT_EQ(in_quotes("\"\\"), R"("\"\\")"); }

TEST(InQuotes, TellsTheSizeOfWhatItLeavesOut) {
  EXPECT_EQ(in_quotes("abcdef", 3), "\"abc\"… (6 bytes)");
}

TEST(InQuotes, LeavesNothingOutAtExactlyTheMost) { EXPECT_EQ(in_quotes("abc", 3), "\"abc\""); }

TEST(InQuotes, ShowsNinetySixBytesUnlessTold) {
  EXPECT_EQ(in_quotes(std::string(96, 'a')), '"' + std::string(96, 'a') + '"');
  EXPECT_EQ(in_quotes(std::string(97, 'a')), '"' + std::string(96, 'a') + "\"… (97 bytes)");
}

TEST(InQuotes, IsPrintableAsciiWhateverComes) {
  for (const char c : in_quotes(every_byte(), 256)) {
    EXPECT_TRUE(c >= 0x20 && c <= 0x7E) << static_cast<int>(c);
  }
}

TEST(Displayable, KeepsLettersOfAnyScript) {
  EXPECT_EQ(displayable("naïve Ω 日本語 🙂"), "naïve Ω 日本語 🙂");
}

TEST(Displayable, HidesControlBytes) {
  EXPECT_EQ(displayable("a\n\x1B[31m\x7F"), R"(a\x0a\x1b[31m\x7f)");
}

TEST(Displayable, HidesEachIllFormedByteAndGoesOnBehindIt) {
  EXPECT_EQ(displayable("a\xFF\xC3(é"), R"(a\xff\xc3(é)");
}

TEST(Displayable, HidesASequenceThatEndsTooEarly) {
  EXPECT_EQ(displayable("\xE2\x82"), R"(\xe2\x82)");
}

TEST(Displayable, HidesControlCharactersBeyondAscii) {
  EXPECT_EQ(displayable("\u0085\u009B"), R"(\xc2\x85\xc2\x9b)");
}

TEST(Displayable, HidesWhatReordersALine) {
  for (const unsigned c : {0x061CU, 0x200EU, 0x200FU, 0x202AU, 0x202EU, 0x2066U, 0x2069U}) {
    EXPECT_EQ(displayable(encoded(c)).substr(0, 2), "\\x") << std::hex << c;
  }
}

TEST(Displayable, HidesWhatShowsAsNothing) {
  for (const unsigned c : {0xADU, 0x34FU, 0x115FU, 0x1160U, 0x180EU, 0x200BU, 0x200DU, 0x2060U,
                           0x3164U, 0xFEFFU, 0xFFA0U, 0xE0041U}) {
    EXPECT_EQ(displayable(encoded(c)).substr(0, 2), "\\x") << std::hex << c;
  }
}

TEST(Displayable, HidesLineAndParagraphSeparators) {
  EXPECT_EQ(displayable("\u2028\u2029"), R"(\xe2\x80\xa8\xe2\x80\xa9)");
}

TEST(Displayable, KeepsTheNeighboursOfWhatItHides) {
  for (const unsigned c : {0x20U, 0x7EU, 0xA0U, 0xACU, 0xAEU, 0x200AU, 0x2010U, 0x2027U, 0x202FU,
                           0x205FU, 0x2070U, 0xFEFEU, 0xFF00U, 0xFFF8U, 0x10000U}) {
    EXPECT_EQ(displayable(encoded(c)), encoded(c)) << std::hex << c;
  }
}

TEST(Hex, WritesTwoLowerCaseDigitsAByte) { EXPECT_EQ(hex("\x00\x0F\xA0\xFF"s), "000fa0ff"); }

TEST(Hex, WritesNothingForNothing) { EXPECT_EQ(hex(""), ""); }

TEST(Unhex, ReadsWhatHexWrites) {
  std::string bytes;
  EXPECT_TRUE(unhex(hex(every_byte()), &bytes));
  EXPECT_EQ(bytes, every_byte());
}

TEST(Unhex, ReadsUpperCase) {
  std::string bytes;
  EXPECT_TRUE(unhex("FFaAfA", &bytes));
  EXPECT_EQ(bytes, "\xFF\xAA\xFA");
}

TEST(Unhex, TakesBlanksBetweenBytes) {
  std::string bytes;
  EXPECT_TRUE(unhex(" 41 42\t43\n44\r\n", &bytes));
  EXPECT_EQ(bytes, "ABCD");
}

TEST(Unhex, RefusesABlankInsideAByte) {
  std::string bytes;
  EXPECT_FALSE(unhex("4 1", &bytes));
}

TEST(Unhex, RefusesAnOddDigitAndKeepsWhatCameBefore) {
  std::string bytes;
  EXPECT_FALSE(unhex("41424", &bytes));
  EXPECT_EQ(bytes, "AB");
}

TEST(Unhex, RefusesOtherCharactersAndKeepsWhatCameBefore) {
  for (const std::string_view text : {"41g0", "410g", "41:42", "41\v42", "410x42"}) {
    std::string bytes;
    EXPECT_FALSE(unhex(text, &bytes)) << text;
    EXPECT_EQ(bytes, "A") << text;
  }
}

TEST(Base64, WritesTheVectorsOfItsRfc) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foo"), "Zm9v");
  EXPECT_EQ(base64("foob"), "Zm9vYg==");
  EXPECT_EQ(base64("fooba"), "Zm9vYmE=");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
}

TEST(Base64, UsesTheStandardAlphabet) { EXPECT_EQ(base64("\xFB\xEF\xBE\xFF\xFF\xFF"), "++++////"); }

TEST(Unbase64, ReadsWhatBase64Writes) {
  for (const std::size_t size : {0U, 1U, 2U, 3U, 254U, 255U, 256U}) {
    const std::string bytes = every_byte().substr(0, size);
    std::string read;
    EXPECT_TRUE(unbase64(base64(bytes), &read)) << size;
    EXPECT_EQ(read, bytes);
  }
}

TEST(Unbase64, SkipsBlanksAndLineEnds) {
  std::string bytes;
  EXPECT_TRUE(unbase64(" Zm9v\r\n\tYg = =\n", &bytes));
  EXPECT_EQ(bytes, "foob");
}

TEST(Unbase64, RefusesWhatIsNotPaddedStandardBase64) {
  const std::string_view wrong[] = {"Zg",       "Zg=",      "Zg===", "Z===",     "====",    "=",
                                    "Zg==Zg==", "Zm8=Zm9v", "Zg=A",  "=Zg=",     "Zg==\v",  "Zm9-",
                                    "Zm9_",     "Zm9v!",    "Z",     "Zg======", "Zg==  =="};
  for (const std::string_view text : wrong) {
    std::string bytes;
    EXPECT_FALSE(unbase64(text, &bytes)) << text;
  }
}

TEST(Unbase64, RefusesBitsThatNoByteHolds) {
  std::string bytes;
  EXPECT_FALSE(unbase64("Zh==", &bytes));
  EXPECT_FALSE(unbase64("Zm9=", &bytes));
}

TEST(IsUtf8, TakesNothingAndAscii) {
  EXPECT_TRUE(is_utf8(""));
  EXPECT_TRUE(is_utf8("Hello\0\x7F"s));
}

TEST(IsUtf8, TakesTheFirstAndLastOfEachLength) {
  for (const unsigned c : {0x80U, 0x7FFU, 0x800U, 0xFFFU, 0x1000U, 0xD7FFU, 0xE000U, 0xFFFFU,
                           0x10000U, 0x3FFFFU, 0x40000U, 0xFFFFFU, 0x100000U, 0x10FFFFU}) {
    EXPECT_TRUE(is_utf8(encoded(c))) << std::hex << c;
  }
}

TEST(IsUtf8, RefusesOverlongForms) {
  for (const std::string_view bytes : {"\xC0\x80", "\xC1\xBF", "\xE0\x80\x80", "\xE0\x9F\xBF",
                                       "\xF0\x80\x80\x80", "\xF0\x8F\xBF\xBF"}) {
    EXPECT_FALSE(is_utf8(bytes)) << hex(bytes);
  }
}

TEST(IsUtf8, RefusesSurrogates) {
  EXPECT_FALSE(is_utf8(encoded(0xD800)));
  EXPECT_FALSE(is_utf8(encoded(0xDFFF)));
}

TEST(IsUtf8, RefusesWhatLiesBeyondTheLastCodePoint) {
  EXPECT_FALSE(is_utf8("\xF4\x90\x80\x80"));
  EXPECT_FALSE(is_utf8("\xF5\x80\x80\x80"));
  EXPECT_FALSE(is_utf8("\xFF"));
}

TEST(IsUtf8, RefusesALoneContinuation) {
  EXPECT_FALSE(is_utf8("\x80"));
  EXPECT_FALSE(is_utf8("a\xBF"));
}

TEST(IsUtf8, RefusesASequenceCutOffAnywhere) {
  for (const std::string_view bytes :
       {"\xC3", "\xE2", "\xE2\x82", "\xF0", "\xF0\x9F", "\xF0\x9F\x99"}) {
    EXPECT_FALSE(is_utf8(bytes)) << hex(bytes);
    EXPECT_FALSE(is_utf8(std::string(bytes) + "a")) << hex(bytes);
  }
}

TEST(PrintfWord, QuotesPrintableAscii) {
  EXPECT_EQ(printf_word("Hello, server!"), "'Hello, server!'");
}

TEST(PrintfWord, WritesWhatPrintfOrTheShellWouldTakeAsOctal) {
  EXPECT_EQ(printf_word("'\\%"), R"('\047\134\045')");
}

TEST(PrintfWord, WritesOtherBytesAsThreeOctalDigits) {
  EXPECT_EQ(printf_word("\0\n\xFF"s), R"('\000\012\377')");
}

TEST(PrintfWord, DoesNotBeginLikeAnOption) {
  EXPECT_EQ(printf_word("-n"), R"('\055n')");
  EXPECT_EQ(printf_word("a-n"), "'a-n'");
}

TEST(PrintfWord, ComesOutOfAShellAsItWasPutIn) {
  for (const std::string& bytes : {every_byte(), "-n"s, "--"s, "-"s, ""s,
                                   "$HOME `id` \"!\" 'a' %s %% \\n 7"s, "\0001"s, "\n\n"s}) {
    EXPECT_EQ(printed_by("sh", printf_word(bytes)), bytes) << in_quotes(bytes);
    EXPECT_EQ(printed_by("bash", printf_word(bytes)), bytes) << in_quotes(bytes);
  }
}

TEST(ShellWord, LeavesAPlainWordAsItIs) {
  EXPECT_EQ(shell_word("a/b-c_d.yaml"), "a/b-c_d.yaml");
  EXPECT_EQ(shell_word("localhost:5555"), "localhost:5555");
}

TEST(ShellWord, ComesOutOfAShellAsItWasPutInAndIsDisplayable) {
  for (const std::string& text :
       {""s, "a b"s, "it's"s, "$(id)`id`\"\\"s, "*"s, "~"s, "\x1b[2J\xFF'"s}) {
    EXPECT_EQ(printed_by("sh", "%s " + shell_word(text)), text) << in_quotes(text);
    EXPECT_EQ(displayable(shell_word(text)), shell_word(text)) << in_quotes(text);
  }
}

TEST(SizeInWords, CountsOneByteInTheSingular) {
  EXPECT_EQ(size_in_words(0), "0 bytes");
  EXPECT_EQ(size_in_words(1), "1 byte");
  EXPECT_EQ(size_in_words(14), "14 bytes");
}

TEST(SizeInWords, NamesTheLargestUnitThatFitsExactly) {
  EXPECT_EQ(size_in_words(1023), "1023 bytes");
  EXPECT_EQ(size_in_words(1024), "1 KiB (1024 bytes)");
  EXPECT_EQ(size_in_words(1025), "1025 bytes");
  EXPECT_EQ(size_in_words(1536), "1536 bytes");
  EXPECT_EQ(size_in_words(1048576), "1 MiB (1048576 bytes)");
  EXPECT_EQ(size_in_words(1049600), "1025 KiB (1049600 bytes)");
  EXPECT_EQ(size_in_words(1ULL << 40), "1024 GiB (1099511627776 bytes)");
}

}  // namespace
}  // namespace md5spec
