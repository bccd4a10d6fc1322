#include "judge/likely_mistakes.h"

#include <cstddef>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "judge/rewriting.h"
#include "judge/utf8.h"

namespace md5spec {
namespace {

using namespace std::string_literals;

constexpr std::size_t kMiB = std::size_t{1} << 20;

// What is said of a server that answers `message` with the digest of `hashed`.
std::string mistake(std::string_view hashed, std::string_view message) {
  MistakeContext context;
  context.message = message;
  return likely_mistake(md5(hashed), context);
}

// A server that mixes messages up.
struct Mixed {
  std::vector<std::string_view> earlier;
  std::vector<std::string_view> others;
  Frame frame;

  std::string mistake(std::string_view hashed, std::string_view message) const {
    return likely_mistake(md5(hashed), {message, frame, earlier, others});
  }
};

std::string counter(std::size_t size) {
  std::string bytes;
  for (std::size_t i = 0; i < size; ++i) bytes += static_cast<char>(i * 31 + (i >> 8));
  return bytes;
}

std::string noise(std::size_t size) {
  std::mt19937 random(1);  // NOLINT: the same every time
  std::string bytes;
  for (std::size_t i = 0; i < size; ++i) bytes += static_cast<char>(random() & 0xFF);
  return bytes;
}

struct Row {
  std::string message;
  std::string hashed;
  std::string_view words;  // behind "the digest of "
};

void expect_named(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    EXPECT_EQ(mistake(row.hashed, row.message), "the digest of " + std::string(row.words));
  }
}

TEST(LikelyMistakesTest, AnUnrelatedDigestIsLeftUnexplained) {
  EXPECT_EQ(mistake("something else", "hello"), "");
  EXPECT_EQ(mistake("something else", ""), "");
}

TEST(LikelyMistakesTest, NothingTakenForTheMessageIsTheEmptyMessage) {
  EXPECT_EQ(mistake("", "hello"), "the digest of the empty message");
}

// --- the frame ---

TEST(LikelyMistakesTest, PartsOfTheFrameCountedInAreNamed) {
  const struct {
    Frame frame;
    std::string hashed;
    std::string_view words;
  } rows[] = {
      {{"", "\n"}, "hello\n", "the message with its newline"},
      {{"", "\r\n"}, "hello\r\n", "the message with its ending \"\\r\\n\""},
      {{"", "<end>"}, "hello<en", "the message with \"<en\" behind it"},
      {{"\0\0\0\5"s, ""}, "\0\0\0\5hello"s, "the message with \"\\0\\0\\0\\x05\" before it"},
      {{"\0\0\0\5"s, ""}, "\5hello", "the message with \"\\x05\" before it"},
      {{"get ", "\n"}, "get hello", "the message with \"get \" before it"},
      {{"get ", "\n"}, " hello", "the message with \" \" before it"},
      {{"get ", "\n"}, "get hello\n", "the message with all that frames it"},
      {{"get ", "\n"}, "hello", "the message alone, without what frames it"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ((Mixed{{}, {}, row.frame}.mistake(row.hashed, "hello")),
              "the digest of " + std::string(row.words));
  }
}

TEST(LikelyMistakesTest, BytesBehindTheMessageAreNamed) {
  expect_named({
      {"hello", "hello\n", "the message with a newline behind it"},
      {"hello", "hello\r\n", "the message with a carriage return and a newline behind it"},
      {"hello", "hello\r", "the message with a carriage return behind it"},
      {"hello", "hello\0"s, "the message with a zero byte behind it"},
      {"hello", "hello ", "the message with a blank behind it"},
      {"hello", "hello\n\0"s, "the message with a newline and a zero byte behind it"},
      {"hello", "hello\n\n", "the message with two newlines behind it"},
      {"hello", "hello\\n", "the message with a backslash and an n behind it"},
      {"hello", "hellohello", "the message twice"},
      {"", "\n", "the message with a newline behind it"},
  });
}

TEST(LikelyMistakesTest, TheDigestDigestedAgainIsNamed) {
  const Digest once = md5("hello");
  EXPECT_EQ(mistake(once.hex(), "hello"), "the digest of the hex digits of the message's digest");
  EXPECT_EQ(mistake(once.bytes(), "hello"), "the digest of the 16 bytes of the message's digest");
}

TEST(LikelyMistakesTest, FilledUpBuffersAreNamed) {
  const std::string message = counter(1500);
  for (const std::size_t size : {16U, 64U, 1024U, 4096U, 65536U}) {
    const std::size_t full = (message.size() + size - 1) / size * size;
    std::string filled = message;
    filled.resize(full, '\0');
    EXPECT_EQ(mistake(filled, message), "the digest of the message filled up to " +
                                            std::to_string(full) + " bytes with zero bytes");
    filled = message;
    filled.resize(full, ' ');
    EXPECT_EQ(mistake(filled, message), "the digest of the message filled up to " +
                                            std::to_string(full) + " bytes with blanks");
  }
  EXPECT_EQ(mistake(message + message.substr(476, 548), message),
            "the digest of the message filled up to a whole buffer of 1024 bytes with what that "
            "held before");
}

// --- pieces ---

TEST(LikelyMistakesTest, TrimmingIsNamed) {
  expect_named({
      {"a\n\n", "a\n", "the message without the newline at its end"},
      {"a\r\n", "a", "the message without the line ending at its end"},
      {"a\r", "a", "the message without the line ending at its end"},
      {"a\r\n\n", "a", "the message without the line endings at its end"},
      {"a\0\0"s, "a", "the message without the zero bytes at its end"},
      {" a \t", " a", "the message trimmed of blanks at its end"},
      {"\n a ", "a ", "the message trimmed of blanks at its start"},
      {" a ", "a", "the message trimmed of blanks at both ends"},
      {"\x01 a \0"s, "a", "the message trimmed of all bytes up to 0x20 at both ends"},
      {"\"abc\"", "abc", "the message without its first and last byte"},
  });
}

TEST(LikelyMistakesTest, EndingAtAnUnluckyByteIsNamed) {
  expect_named({
      {"ab\0cd"s, "ab", "the message up to its first zero byte"},
      {"ab\ncd", "ab", "the message up to its first newline"},
      {"ab\ncd", "ab\n", "the message up to and with its first newline"},
      {"ab\rcd", "ab", "the message up to its first carriage return"},
      {"ab cd", "ab", "the message up to its first blank"},
      {"ab\xC3\xA4 cd", "ab", "the message up to its first byte beyond ASCII"},
      {"a\nb\ncd", "cd", "the message behind its last newline"},
      {"a b cd", "b cd", "the message behind its first blank"},
  });
}

TEST(LikelyMistakesTest, AnyPrefixOfAMessageThatIsNotTooLargeIsNamed) {
  const std::string message = counter(100'000);
  for (const std::size_t length : {1U, 63U, 1448U, 40001U, 99840U}) {
    EXPECT_EQ(mistake(message.substr(0, length), message),
              "the digest of the message's first " +
                  (length == 1 ? "byte"s : std::to_string(length) + " bytes") + " only");
  }
}

TEST(LikelyMistakesTest, LikelyPrefixesOfALargeMessageAreNamed) {
  const std::string message = noise(kMiB);
  for (const std::size_t length :
       {5001UL, 65535UL, 65536UL, 1448UL * 300, 1460UL * 500, kMiB / 2}) {
    EXPECT_EQ(mistake(message.substr(0, length), message),
              "the digest of the message's first " + std::to_string(length) + " bytes only");
  }
}

TEST(LikelyMistakesTest, LostEndsAreNamed) {
  const std::string message = counter(1030);
  EXPECT_EQ(mistake(message.substr(0, 1029), message),
            "the digest of the message without its last byte");
  EXPECT_EQ(mistake(message.substr(0, 1027), message),
            "the digest of the message without its last 3 bytes");
  EXPECT_EQ(mistake(message.substr(0, 1024), message),
            "the digest of the message's first 1024 bytes only");
  EXPECT_EQ(mistake(counter(kMiB).substr(0, kMiB - 1), counter(kMiB)),
            "the digest of the message without its last byte");
}

TEST(LikelyMistakesTest, OnlyABufferOf64BytesOrMoreIsTakenForOne) {
  EXPECT_EQ(mistake(counter(32), counter(33)), "the digest of the message without its last byte");
  EXPECT_EQ(mistake(counter(64), counter(65)), "the digest of the message's first 64 bytes only");
}

TEST(LikelyMistakesTest, LostStartsAreNamed) {
  const std::string message = counter(9000);
  EXPECT_EQ(mistake(message.substr(1), message),
            "the digest of the message without its first byte");
  EXPECT_EQ(mistake(message.substr(4), message),
            "the digest of the message without its first 4 bytes");
  EXPECT_EQ(mistake(message.substr(100), message),
            "the digest of the message without its first 100 bytes");
  EXPECT_EQ(mistake(message.substr(9000 - 700), message),
            "the digest of the message's last 700 bytes only");
}

TEST(LikelyMistakesTest, TheLastChunkIsNamedWithItsBuffer) {
  const std::string message = noise(kMiB + 5000);
  for (const std::size_t chunk : {1024U, 4096U, 16384U, 65536U}) {
    const std::size_t rest = message.size() % chunk;
    EXPECT_EQ(mistake(message.substr(message.size() - rest), message).substr(0, 32),
              "the digest of the message's last");
  }
  EXPECT_EQ(
      mistake(message.substr(kMiB), message),
      "the digest of the message's last 5000 bytes only, what is left behind chunks of 8192 bytes");
  EXPECT_EQ(
      mistake(noise(8192).substr(4096), noise(8192)),
      "the digest of the message's last 4096 bytes only, what is left behind chunks of 4096 bytes");
}

// --- other messages ---

TEST(LikelyMistakesTest, TheMessageBeforeMixedUpWithTheMessageIsNamed) {
  const Mixed line{{"first", "second"}, {}, {"", "\n"}};
  EXPECT_EQ(line.mistake("second", "third"), "the digest of the message before it, \"second\"");
  EXPECT_EQ(line.mistake("secondthird", "third"),
            "the digest of the message before it and the message, joined");
  EXPECT_EQ(line.mistake("second\nthird", "third"),
            "the digest of the message before it and the message, joined as they were sent");
  EXPECT_EQ(line.mistake("thirdsecond", "third"),
            "the digest of the message and the message before it, joined");
  EXPECT_EQ(line.mistake("thirdd", "third"),
            "the digest of the message with the rest of the longer message before it behind it");
  EXPECT_EQ(line.mistake("third" + md5("second").hex(), "third"),
            "the digest of the message and the reply before it, joined");
  EXPECT_EQ(line.mistake("third" + md5("second").hex() + "\n", "third"),
            "the digest of the message and the reply before it, joined");
  EXPECT_EQ(line.mistake(md5("second").hex() + "third", "third"),
            "the digest of the reply before it and the message, joined");
  EXPECT_EQ(line.mistake(md5("second").hex() + "\nthird", "third"),
            "the digest of the reply before it and the message, joined");
  EXPECT_EQ((Mixed{{"a"}, {}, {}}.mistake("a\nb", "b")),
            "the digest of the message before it and the message, joined by a newline");
}

TEST(LikelyMistakesTest, AContextThatIsNeverResetIsNamed) {
  const Mixed line{{"a", "b", "c"}, {}, {"", ";"}};
  EXPECT_EQ(line.mistake("abcd", "d"),
            "the digest of all messages of the connection so far, joined");
  EXPECT_EQ(line.mistake("a;b;c;d", "d"),
            "the digest of all messages of the connection so far, joined as they were sent");
  EXPECT_EQ(line.mistake("a;b;c;d;", "d"),
            "the digest of all messages of the connection so far, joined as they were sent");
  EXPECT_EQ(line.mistake("a\nb\nc\nd", "d"),
            "the digest of all messages of the connection so far, joined by newlines");
}

TEST(LikelyMistakesTest, AnyOtherMessageIsNamed) {
  const Mixed line{{"a", "b", "c"}, {"x", "y"}, {"", "\n"}};
  EXPECT_EQ(line.mistake("a", "d"), "the digest of the message 3 places before it, \"a\"");
  EXPECT_EQ(line.mistake("b", "d"), "the digest of the message 2 places before it, \"b\"");
  EXPECT_EQ(line.mistake("y", "d"), "the digest of another message of the case, \"y\"");
  EXPECT_EQ(line.mistake("dy", "d"),
            "the digest of the message with another of the case behind it, \"y\"");
  EXPECT_EQ(line.mistake("d\nx", "d"),
            "the digest of the message with another of the case behind it, \"x\"");
  EXPECT_EQ(line.mistake("yd", "d"),
            "the digest of the message with another of the case before it, \"y\"");
  EXPECT_EQ(line.mistake("y\nd", "d"),
            "the digest of the message with another of the case before it, \"y\"");
}

TEST(LikelyMistakesTest, HostileOrLongMessagesAreShownEscapedAndShort) {
  const std::string other = "\x1b[2J" + std::string(kMiB, 'x');
  EXPECT_EQ((Mixed{{other}, {}, {}}.mistake(other, "d")),
            "the digest of the message before it, \"\\x1b[2J" + std::string(28, 'x') +
                "\"… (1048580 bytes)");
}

// --- the message rewritten ---

// An example of each rewriting that there is.
const std::vector<Row>& rewritten_rows() {
  static const std::vector<Row> rows = {
      {"a\nb\r\nc\n", "a\r\nb\r\nc\r\n", "the message with CR LF for each newline"},
      {"a\r\nb\rc", "a\nb\rc", "the message with a newline for each CR LF"},
      {"a\r\nb\rc", "a\nb\nc", "the message with a newline for each CR LF and CR"},
      {"a\r\nb\rc", "a\nbc", "the message without its carriage returns"},
      {"a\nb", "ab", "the message without its newlines"},
      {"a\0b\0"s, "ab", "the message without its zero bytes"},
      {"Abc \u00C4", "abc \u00C4", "the message in lower case"},
      {"Abc \u00E4", "ABC \u00E4", "the message in upper case"},
      {"a\xE2\x82z\xFFz", "a\uFFFDz\uFFFDz",
       "the message with what isn't well-formed UTF-8 replaced by U+FFFD"},
      {"a\xE2\x82z", "a\uFFFD\uFFFDz",
       "the message with each byte that isn't well-formed UTF-8 replaced by U+FFFD"},
      {"a\xFF\xFFz", "a\uFFFDz",
       "the message with each run of bytes that aren't well-formed UTF-8 replaced by one U+FFFD"},
      {"a\xE2\x82z", "a?z", "the message with what isn't well-formed UTF-8 replaced by '?'"},
      {"a\xE2\x82z\u00E4", "az\u00E4", "the message with what isn't well-formed UTF-8 left out"},
      {"h\u00E9\u20AC", "h\u00C3\u00A9\u00E2\u0082\u00AC",
       "the message taken for Latin-1 and encoded again as UTF-8"},
      {"h\u00E9\u20AC", "h\u00C3\u00A9\u00E2\u201A\u00AC",
       "the message taken for Windows-1252 and encoded again as UTF-8"},
      {"h\u00E9\u20AC", "h\xE9?",
       "the message read as UTF-8 and written as Latin-1, '?' for what that lacks"},
      {"h\u00E9\u20AC\u03B1", "h\xE9\x80?",
       "the message read as UTF-8 and written as Windows-1252, '?' for what that lacks"},
      {"a\u00E9b", "ab", "the message without its bytes of 0x80 and over"},
      {"a\u00E9b", "a??b", "the message with '?' for each byte of 0x80 and over"},
      {"a\u00E9b", "a?b", "the message with '?' for each character beyond ASCII"},
      {"a\u00E9b", "a\uFFFD\uFFFDb", "the message with U+FFFD for each byte of 0x80 and over"},
      {"a\u00E9b", "aC)b", "the message with the highest bit of each byte cleared"},
      {"a\u20AC\U0001F600", "a\xAC\x3D\x00"s, "the low bytes of the message's UTF-16 code units"},
      {"a\U0001F600", "a\0\x3D\xD8\x00\xDE"s, "the message in UTF-16LE"},
      {"a\U0001F600", "\0a\xD8\x3D\xDE\x00"s, "the message in UTF-16BE"},
      {"a",
       "\xFF\xFE"
       "a\0"s,
       "the message in UTF-16LE with a byte order mark"},
      {"a", "\xFE\xFF\0a"s, "the message in UTF-16BE with a byte order mark"},
      {"a\U0001F600", "a\0\0\0\x00\xF6\x01\0"s, "the message in UTF-32LE"},
      {"a",
       "\uFEFF"
       "a",
       "the message with a byte order mark before it"},
      {"\uFEFF\u00E4", "\u00E4", "the message without its byte order mark"},
      {"\u00C5\u00E9\u00FF\u00DF\u00C7",
       "A\u030Ae\u0301y\u0308\u00DF"
       "C\u0327",
       "the message with its accented letters decomposed (NFD)"},
      {"A\u030Ae\u0301y\u0308n\u0303a\u0302o\u0300z\u0301",
       "\u00C5\u00E9\u00FF\u00F1\u00E2\u00F2z\u0301",
       "the message with its accented letters composed (NFC)"},
      {"a\0\U0001F600"s, "a\xC0\x80\xED\xA0\xBD\xED\xB8\x80",
       "the message in Java's modified UTF-8"},
      {"a'\x80\n", "b\"a'\\x80\\n\"", "the message as Python's b'…' shows it"},
      {"a'\"\\\u00E4\t\x1b", "'a\\'\"\\\\\u00E4\\t\\x1b'", "the message as Python's '…' shows it"},
      {"a\"\\\u00E4\n\x01", "\"a\\\"\\\\\u00E4\\n\\u0001\"", "the message as a JSON string"},
      {"a\u00E4\U0001F600", "\"a\\u00e4\\ud83d\\ude00\"", "the message as a JSON string in ASCII"},
      {"a\"b", "\"a\"b\"", "the message in double quotes"},
      {"hello", "68656c6c6f", "the message's hex text"},
      {"hello", "68656C6C6F", "the message's hex text in upper case"},
      {"hello", "aGVsbG8=", "the message's base64 text"},
      {"68656c6c6f", "hello", "the bytes that the message says in hex"},
      {"aGVsbG8=", "hello", "the bytes that the message says in base64"},
      {"a+b%20c%zz%", "a b c%zz%", "the message URL-decoded"},
      {"a+b%20c%zz%", "a+b c%zz%", "the message URL-decoded but for its plus signs"},
      {"a b/\u00E4~", "a%20b%2F%C3%A4~", "the message URL-encoded"},
      {"<a&'\">", "&lt;a&amp;&#39;&quot;&gt;", "the message HTML-escaped"},
      {"<a&'\">", "&lt;a&amp;&#x27;&quot;&gt;", "the message HTML-escaped"},
      {"<a&'\">", "&lt;a&amp;'\"&gt;", "the message HTML-escaped but for its quotes"},
      {"a\\n\\x41\\\\\\q\\", "a\nA\\\\q\\", "the message with its backslash escapes interpreted"},
      {"it's \\", "it\\'s \\\\", "the message with backslashes before its quotes and backslashes"},
  };
  return rows;
}

TEST(LikelyMistakesTest, RewrittenMessagesAreNamed) { expect_named(rewritten_rows()); }

TEST(LikelyMistakesTest, EveryRewritingHasItsExample) {
  std::multiset<std::string_view> examples;
  for (const Row& row : rewritten_rows()) examples.insert(row.words);
  std::multiset<std::string_view> rewritings;
  for (const auto list : {newline_rewritings(), charset_rewritings(), escape_rewritings()}) {
    for (const Rewriting& rewriting : list) rewritings.insert(rewriting.what);
  }
  EXPECT_EQ(examples, rewritings);
}

TEST(LikelyMistakesTest, EscapesAreInterpretedUpToTheVeryEnd) {
  expect_named({
      {"a%20", "a ", "the message URL-decoded"},
      {"a\\x41", "aA", "the message with its backslash escapes interpreted"},
  });
}

TEST(LikelyMistakesTest, IllFormedUtf8IsReplacedAsDecodersDo) {
  const struct {
    std::string_view bytes;
    std::string_view replaced;
  } rows[] = {
      {"\xC0\x80", "??"},            // overlong
      {"\xE0\x80\x80", "???"},       // overlong
      {"\xED\xA0\x80", "???"},       // a surrogate
      {"\xF0\x8F\x80", "???"},       // overlong
      {"\xF4\x90\x80\x80", "????"},  // beyond U+10FFFF
      {"\xF5\x80", "??"},
      {"\x80", "?"},
      {"\xE2\x82", "?"},
      {"\xE2\x82\xE2\x82\xAC", "?\u20AC"},
      {"\xF0\x9F\x98", "?"},
      {"\xF0\x9F\x98z", "?z"},
      {"\u07FF\u0800\uFFFF\U00010000\U0010FFFF", "\u07FF\u0800\uFFFF\U00010000\U0010FFFF"},
  };
  for (const auto& row : rows) EXPECT_EQ(replace_ill_formed(row.bytes, "?"), row.replaced);
}

// --- what it costs ---

std::vector<std::string> hostile_messages(std::size_t size, std::string_view fillings) {
  std::vector<std::string> messages = {noise(size)};
  for (const char filling : fillings) messages.emplace_back(size, filling);
  return messages;
}

std::uint64_t work_for(const MistakeContext& context) {
  std::uint64_t work = 0;
  EXPECT_EQ(likely_mistake(md5("none of these"), context, &work), "");
  return work;
}

TEST(LikelyMistakesTest, NoRewritingGrowsMoreThanItSays) {
  for (const auto list : {newline_rewritings(), charset_rewritings(), escape_rewritings()}) {
    for (const Rewriting& rewriting : list) {
      for (const std::string& message : hostile_messages(4096, "aA\0\n\r \"'\\%&\x80\xE2\xFF"s)) {
        const auto made = rewriting.of(Text(message));
        if (!made) continue;
        EXPECT_LE(made->size(), rewriting.growth * message.size() + 8) << rewriting.what;
      }
      rewriting.of(Text(""));
    }
  }
}

TEST(LikelyMistakesTest, ASearchForASmallMessageIsCheap) {
  EXPECT_LT(work_for({"hello", {}, {}, {}}), 300'000U);
}

TEST(LikelyMistakesTest, ASearchForAMebibyteIsBounded) {
  for (const std::string& message : hostile_messages(kMiB, "a\0\xE2"s)) {
    EXPECT_LE(work_for({message, {"\0\0\0\0"s, "\n"}, {}, {}}), 28 * kMiB);
  }
}

TEST(LikelyMistakesTest, ASearchAmongManyLargeMessagesIsBounded) {
  const std::string message = noise(kMiB);
  const std::vector<std::string_view> many(50, message);
  EXPECT_LE(work_for({message, {"\0\0\0\0"s, "\n"}, many, many}), 48 * kMiB);
  const std::vector<std::string_view> empty(100'000);
  EXPECT_LE(work_for({"hello", {}, empty, empty}), 48 * kMiB);
}

TEST(LikelyMistakesTest, NoSearchCostsMoreThanTheMost) {
  for (const std::size_t size : {300'000UL, 128 * 1024UL, 3 * kMiB, 9 * kMiB}) {
    const std::string message = counter(size);
    EXPECT_LE(work_for({message, {"head", "tail"}, {message}, {message}}), kMostMistakeWork)
        << size;
  }
}

TEST(LikelyMistakesTest, ALargeMessageWithItsNewlineIsStillNamed) {
  const std::string message = counter(9 * kMiB);
  EXPECT_EQ(mistake(message + "\n", message), "the digest of the message with a newline behind it");
}

TEST(LikelyMistakesTest, WhatIsTooCostlyForALargeMessageIsLeftOut) {
  const std::string message = counter(3 * kMiB + 1);
  EXPECT_EQ(mistake(message.substr(5), message), "");
  const std::string letters(message.size(), 'A');
  EXPECT_EQ(mistake(std::string(letters.size(), 'a'), letters), "");
  const std::string larger(8 * kMiB, 'A');
  EXPECT_EQ((Mixed{{"x"}, {}, {}}.mistake("x" + larger, larger)), "");
}

TEST(LikelyMistakesTest, TheWorkIsToldWhereAMistakeIsFoundToo) {
  std::uint64_t work = 0;
  likely_mistake(md5(""), {"hello", {}, {}, {}}, &work);
  EXPECT_EQ(work, kDigestWork);
}

}  // namespace
}  // namespace md5spec
