#include "judge/utf8.h"

#include <optional>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace md5spec {
namespace {

struct Encoded {
  char32_t character;
  std::string_view bytes;
};

// The first and the last character of each kind of lead byte.
constexpr Encoded kEncoded[] = {
    {0x01, "\x01"},
    {0x7F, "\x7F"},
    {0x80, "\xC2\x80"},
    {0xBF, "\xC2\xBF"},
    {0x7FF, "\xDF\xBF"},
    {0x800, "\xE0\xA0\x80"},
    {0xFFF, "\xE0\xBF\xBF"},
    {0x1000, "\xE1\x80\x80"},
    {0xCFFF, "\xEC\xBF\xBF"},
    {0xD000, "\xED\x80\x80"},
    {0xD7FF, "\xED\x9F\xBF"},
    {0xE000, "\xEE\x80\x80"},
    {0xFFFF, "\xEF\xBF\xBF"},
    {0x10000, "\xF0\x90\x80\x80"},
    {0x3FFFF, "\xF0\xBF\xBF\xBF"},
    {0x40000, "\xF1\x80\x80\x80"},
    {0xFFFFF, "\xF3\xBF\xBF\xBF"},
    {0x100000, "\xF4\x80\x80\x80"},
    {0x10FFFF, "\xF4\x8F\xBF\xBF"},
};

TEST(Utf8Test, CharactersAreReadUpToTheirLastByteAndNoFurther) {
  for (const Encoded& row : kEncoded) {
    const std::string text = std::string(row.bytes) + "z";
    std::string_view rest = text;
    const Utf8Piece piece = take_piece(&rest);
    EXPECT_EQ(piece.character, row.character) << row.bytes;
    EXPECT_EQ(piece.bytes, row.bytes);
    EXPECT_EQ(rest, "z") << row.bytes;
  }
}

TEST(Utf8Test, CharactersAreWritten) {
  for (const Encoded& row : kEncoded) {
    std::string text = "a";
    append_utf8(row.character, &text);
    EXPECT_EQ(text, "a" + std::string(row.bytes));
  }
}

TEST(Utf8Test, SurrogatesAreWrittenAsCesu8Does) {
  std::string text;
  append_utf8(0xD800, &text);
  append_utf8(0xDFFF, &text);
  EXPECT_EQ(text, "\xED\xA0\x80\xED\xBF\xBF");
}

TEST(Utf8Test, ACharacterThatTheTextCutsOffIsNotReadFromBehindIt) {
  for (const Encoded& row : kEncoded) {
    if (row.bytes.size() == 1) continue;
    const std::string_view cut = row.bytes.substr(0, row.bytes.size() - 1);
    std::string_view rest = cut;
    const Utf8Piece piece = take_piece(&rest);
    EXPECT_EQ(piece.character, std::nullopt) << row.bytes;
    EXPECT_EQ(piece.bytes, cut);
  }
}

TEST(Utf8Test, EveryByteTakenForLatin1HasItsCharacter) {
  EXPECT_EQ(latin1_to_utf8("\x7F\x80\xBF\xC0\xFF"), "\x7F\u0080\u00BF\u00C0\u00FF");
}

}  // namespace
}  // namespace md5spec
