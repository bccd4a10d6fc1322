#include "judge/rewriting.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "judge/likely_mistakes.h"
#include "text/bytes.h"

namespace md5spec {
namespace {

using namespace std::string_literals;

struct Made {
  std::string_view of;
  std::string_view hashed;
};

// That a server which answers each of these messages with that digest is said to have taken the
// digest of `words`.
void expect_said(std::string_view words, const std::vector<Made>& rows) {
  for (const Made& row : rows) {
    MistakeContext context;
    context.message = row.of;
    EXPECT_EQ(likely_mistake(md5(row.hashed), context), "the digest of " + std::string(words))
        << in_quotes(row.of);
  }
}

// --- letter case ---

TEST(RewritingTest, AMessageOfCapitalsInLowerCaseIsNamed) {
  expect_said("the message in lower case", {{"ABC", "abc"}});
  expect_said("the message in upper case", {{"abc", "ABC"}});
}

// --- percent signs ---

TEST(RewritingTest, UrlEncodingKeepsAllLettersAndDigitsAndNothingBesideThem) {
  expect_said(
      "the message URL-encoded",
      {{"/09:", "%2F09%3A"}, {"@AZ[", "%40AZ%5B"}, {"`az{", "%60az%7B"}, {"-_.~ ", "-_.~%20"}});
}

TEST(RewritingTest, UrlDecodingNeedsNoPercentSign) {
  expect_said("the message URL-decoded", {{"a+b", "a b"}});
}

TEST(RewritingTest, UrlDecodingReadsHexDigitsBehindAPercentSignOnly) {
  expect_said("the message URL-decoded", {{"bc12+%41", "bc12 A"},
                                          {"50%  off%21", "50%  off!"},
                                          {"%4 %41%4", "%4 A%4"},
                                          {"%41% ", "A% "},
                                          {"%41%", "A%"}});
}

// --- quotes and escapes ---

TEST(RewritingTest, PythonEscapesWhatAsciiCannotPrint) {
  expect_said("the message as Python's b'…' shows it",
              {{" ~\x1F\x7F\x80", "b' ~\\x1f\\x7f\\x80'"}});
  expect_said("the message as Python's '…' shows it",
              {{" ~\x1F\x7F\u0100", "' ~\\x1f\\x7f\u0100'"}});
}

TEST(RewritingTest, JsonKeepsWhatIsPrintable) {
  expect_said("the message as a JSON string", {{" ~\x1F\"", "\" ~\\u001f\\\"\""}});
  expect_said("the message as a JSON string in ASCII", {{" ~\x1F\u0100", "\" ~\\u001f\\u0100\""}});
}

TEST(RewritingTest, JsonEscapesTheDeleteCharacterInAsciiOnly) {
  expect_said("the message as a JSON string", {{"\x7F\"", "\"\x7F\\\"\""}});
  expect_said("the message as a JSON string in ASCII", {{"\x7F", "\"\\u007f\""}});
}

TEST(RewritingTest, JsonInAsciiTakesTwoUnitsForTheCharactersFromU10000On) {
  expect_said("the message as a JSON string in ASCII", {{"\uFFFF", "\"\\uffff\""},
                                                        {"\U00010000", "\"\\ud800\\udc00\""},
                                                        {"\U0010FFFF", "\"\\udbff\\udfff\""}});
}

TEST(RewritingTest, EscapesAreInterpretedFromTheVeryStartToTheVeryEnd) {
  expect_said("the message with its backslash escapes interpreted",
              {{"\\na", "\na"}, {"a\\n", "a\n"}, {"\\x41", "A"}});
}

TEST(RewritingTest, OnlyABackslashMakesAnEscape) {
  expect_said("the message with its backslash escapes interpreted",
              {{"0x41\\n", "0x41\n"}, {"abcd\\t", "abcd\t"}});
}

TEST(RewritingTest, AnEscapeThatIsNotWholeStaysAsItIs) {
  expect_said("the message with its backslash escapes interpreted", {{"\\x  a\\n", "\\x  a\n"},
                                                                     {"\\n\\x4", "\n\\x4"},
                                                                     {"\\n\\x ", "\n\\x "},
                                                                     {"\\n\\x", "\n\\x"},
                                                                     {"\\n\\", "\n\\"}});
}

TEST(RewritingTest, ABackslashAtTheEndTakesNothingFromBehindTheMessage) {
  const std::string_view received = "a\\tb\\n";
  expect_said("the message with its backslash escapes interpreted",
              {{received.substr(0, 5), "a\tb\\"}});
}

// --- ill-formed UTF-8 ---

TEST(RewritingTest, AMessageWhoseOnlyByteBeyondAsciiIs0x80IsNotAscii) {
  expect_said("the message with what isn't well-formed UTF-8 replaced by U+FFFD",
              {{"a\x80z", "a\uFFFDz"}});
}

TEST(RewritingTest, EachRunOfIllFormedBytesIsReplacedWhereverItStands) {
  expect_said(
      "the message with each run of bytes that aren't well-formed UTF-8 replaced by one U+FFFD",
      {{"\xFF\xFF"
        "az",
        "\uFFFDaz"},
       {"az\xFF\xFF", "az\uFFFD"},
       {"\xFF\xFE\xFD\u00E4z\xFF", "\uFFFD\u00E4z\uFFFD"}});
}

// --- single-byte character sets ---

TEST(RewritingTest, TheBoundsOfWindows1252AreKept) {
  expect_said("the message taken for Windows-1252 and encoded again as UTF-8",
              {{"\x7F\x80\x9F\xA0\xFF", "\x7F\u20AC\u0178\u00A0\u00FF"}});
  expect_said("the message read as UTF-8 and written as Windows-1252, '?' for what that lacks",
              {{"\x7F\u0080\u00A0\u00FF\u0100\u20AC\u0178", "\x7F?\xA0\xFF?\x80\x9F"}});
}

TEST(RewritingTest, Latin1EndsWithU00FF) {
  expect_said("the message read as UTF-8 and written as Latin-1, '?' for what that lacks",
              {{"\u0080\u00FF\u0100", "\x80\xFF?"}});
}

TEST(RewritingTest, AsciiEndsBefore0x80) {
  expect_said("the message with '?' for each character beyond ASCII",
              {{"a\x7F\u0080\u00E9z", "a\x7F??z"}});
  expect_said("the message without its bytes of 0x80 and over", {{"a\x7F\u0100z", "a\x7Fz"}});
  expect_said("the message with '?' for each byte of 0x80 and over",
              {{"a\x7F\u0100z", "a\x7F??z"}});
}

// --- UTF-16 ---

TEST(RewritingTest, Utf16TakesTwoUnitsForTheCharactersFromU10000On) {
  const std::string first = "\x00\xD8\x00\xDC"s;
  expect_said("the message in UTF-16LE",
              {{"\uFFFF", "\xFF\xFF"}, {"\U00010000", first}, {"\U0010FFFF", "\xFF\xDB\xFF\xDF"}});
}

TEST(RewritingTest, ModifiedUtf8DiffersByZeroBytesAndBySurrogates) {
  const std::string with_zero = "a\0b"s;
  expect_said("the message in Java's modified UTF-8",
              {{with_zero,
                "a\xC0\x80"
                "b"},
               {"a\U00010000", "a\xED\xA0\x80\xED\xB0\x80"}});
}

// --- normal forms ---

TEST(RewritingTest, TheFirstAndTheLastAccentedLetterOfLatin1AreDecomposed) {
  expect_said("the message with its accented letters decomposed (NFD)",
              {{"\u00BF\u00C0\u00FF\u0100", "\u00BFA\u0300y\u0308\u0100"}});
}

TEST(RewritingTest, TheFirstAndTheLastAccentedLetterOfLatin1AreComposed) {
  expect_said("the message with its accented letters composed (NFC)",
              {{"A\u0300y\u0308", "\u00C0\u00FF"}});
}

TEST(RewritingTest, AMarkBehindNoLetterIsNotComposed) {
  const std::string message = "\u0327\0\u0327A\u0300"s;
  const std::string made = "\u0327\0\u0327\u00C0"s;
  expect_said("the message with its accented letters composed (NFC)", {{message, made}});
}

// --- growth ---

std::string repeated(std::string_view unit) {
  std::string text;
  for (int i = 0; i < 100; ++i) text += unit;
  return text;
}

TEST(RewritingTest, EachRewritingMakesAsMuchOfSomeMessageAsItSays) {
  std::vector<std::string> messages;
  for (const std::string_view unit : {"a", "A", "\n", "\r\n", "\x01", "\"", "&", "%", "\\", "\x80",
                                      "a\x80", "\u00E9", "\uFEFF"}) {
    messages.push_back(repeated(unit));
  }
  messages.push_back(repeated("a\0"s));
  for (const auto list : {newline_rewritings(), charset_rewritings(), escape_rewritings()}) {
    for (const Rewriting& rewriting : list) {
      EXPECT_TRUE(std::any_of(messages.begin(), messages.end(), [&](const std::string& message) {
        const auto made = rewriting.of(Text(message));
        return made && made->size() > (rewriting.growth - 1) * message.size() + 8;
      })) << rewriting.what;
    }
  }
}

}  // namespace
}  // namespace md5spec
