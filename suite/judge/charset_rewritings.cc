#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "judge/rewriting.h"
#include "judge/utf8.h"
#include "text/bytes.h"

namespace md5spec {
namespace {

using Rewritten = std::optional<std::string>;

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// The characters of Windows-1252's bytes 0x80 to 0x9F.
constexpr std::array<char32_t, 32> kWindows1252 = {
    0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x008D, 0x017D, 0x008F, 0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x009D, 0x017E, 0x0178};

bool is_high(char c) { return static_cast<unsigned char>(c) >= 0x80; }

// --- ill-formed UTF-8 ---

Rewritten ill_formed_as(const Text& text, std::string_view replacement) {
  if (text.utf8) return std::nullopt;
  return replace_ill_formed(text.bytes, replacement);
}

Rewritten ill_formed_byte_by_byte(const Text& text) {
  if (text.utf8) return std::nullopt;
  std::string out;
  for (std::string_view rest = text.bytes; !rest.empty();) {
    const Utf8Piece piece = take_piece(&rest);
    if (piece.character) out += piece.bytes;
    for (std::size_t i = 0; !piece.character && i < piece.bytes.size(); ++i) out += kReplacement;
  }
  return out;
}

Rewritten ill_formed_run_by_run(const Text& text) {
  if (text.utf8) return std::nullopt;
  std::string out;
  bool in_run = false;
  for (std::string_view rest = text.bytes; !rest.empty();) {
    const Utf8Piece piece = take_piece(&rest);
    if (piece.character) out += piece.bytes;
    if (!piece.character && !in_run) out += kReplacement;
    in_run = !piece.character;
  }
  return out;
}

// --- single-byte character sets ---

Rewritten latin1_again(const Text& text) {
  if (text.ascii) return std::nullopt;
  return latin1_to_utf8(text.bytes);
}

Rewritten windows1252_again(const Text& text) {
  if (text.ascii) return std::nullopt;
  std::string out;
  for (const char c : text.bytes) {
    const auto byte = static_cast<unsigned char>(c);
    append_utf8(byte >= 0x80 && byte < 0xA0 ? kWindows1252[byte - 0x80U] : byte, &out);
  }
  return out;
}

// Returns the text's characters as `byte_of` writes each; an ill-formed piece counts as U+FFFD.
template <typename ByteOf>
Rewritten in_single_bytes(const Text& text, ByteOf byte_of) {
  if (text.ascii) return std::nullopt;
  std::string out;
  for (std::string_view rest = text.bytes; !rest.empty();) {
    out += byte_of(take_piece(&rest).character.value_or(U'\uFFFD'));
  }
  return out;
}

char in_latin1(char32_t c) { return c < 0x100 ? static_cast<char>(c) : '?'; }

char in_windows1252(char32_t c) {
  if (c < 0x80 || (c >= 0xA0 && c < 0x100)) return static_cast<char>(c);
  const auto* const found = std::find(kWindows1252.begin(), kWindows1252.end(), c);
  return found == kWindows1252.end() ? '?'
                                     : static_cast<char>(0x80 + (found - kWindows1252.begin()));
}

char in_ascii(char32_t c) { return c < 0x80 ? static_cast<char>(c) : '?'; }

Rewritten without_high_bytes(const Text& text) {
  if (text.ascii) return std::nullopt;
  std::string out(text.bytes);
  std::erase_if(out, is_high);
  return out;
}

Rewritten high_bytes_as(const Text& text, std::string_view replacement) {
  if (text.ascii) return std::nullopt;
  std::string out;
  for (const char c : text.bytes) {
    if (is_high(c)) {
      out += replacement;
    } else {
      out += c;
    }
  }
  return out;
}

Rewritten seven_bits(const Text& text) {
  if (text.ascii) return std::nullopt;
  std::string out(text.bytes);
  for (char& c : out) c = static_cast<char>(static_cast<unsigned char>(c) & 0x7FU);
  return out;
}

// --- UTF-16 and UTF-32 ---

// Calls take(unit) for each UTF-16 code unit of the text, ill-formed pieces counting as U+FFFD.
template <typename Take>
void for_each_unit(std::string_view text, Take take) {
  while (!text.empty()) {
    const char32_t c = take_piece(&text).character.value_or(U'\uFFFD');
    if (c >= 0x10000) take(static_cast<std::uint16_t>(0xD800 + ((c - 0x10000) >> 10)));
    take(static_cast<std::uint16_t>(c >= 0x10000 ? 0xDC00 + (c & 0x3FF) : c));
  }
}

enum class Order { kLittle, kBig };
enum class Mark { kWith, kWithout };

Rewritten utf16(const Text& text, Order order, Mark mark) {
  std::string out;
  const auto append = [&out, order](std::uint16_t unit) {
    const auto low = static_cast<char>(unit & 0xFF);
    const auto high = static_cast<char>(unit >> 8);
    out += order == Order::kLittle ? low : high;
    out += order == Order::kLittle ? high : low;
  };
  if (mark == Mark::kWith) append(0xFEFF);
  for_each_unit(text.bytes, append);
  return out;
}

Rewritten utf32_little(const Text& text) {
  std::string out;
  for (std::string_view rest = text.bytes; !rest.empty();) {
    const char32_t c = take_piece(&rest).character.value_or(U'\uFFFD');
    for (int shift = 0; shift < 32; shift += 8) out += static_cast<char>(c >> shift & 0xFF);
  }
  return out;
}

Rewritten low_bytes_of_units(const Text& text) {
  if (text.ascii) return std::nullopt;
  std::string out;
  for_each_unit(text.bytes, [&out](std::uint16_t unit) { out += static_cast<char>(unit & 0xFF); });
  return out;
}

// What Java's DataOutputStream.writeUTF() writes behind its length.
Rewritten modified_utf8(const Text& text) {
  if (text.ascii && text.bytes.find('\0') == std::string_view::npos) return std::nullopt;
  std::string out;
  for_each_unit(text.bytes, [&out](std::uint16_t unit) {
    if (unit == 0) {
      out += "\xC0\x80";
    } else {
      append_utf8(unit, &out);
    }
  });
  return out;
}

// --- marks and normal forms ---

Rewritten with_mark(const Text& text) { return std::string(kByteOrderMark).append(text.bytes); }

Rewritten without_mark(const Text& text) {
  if (!text.bytes.starts_with(kByteOrderMark)) return std::nullopt;
  return std::string(text.bytes.substr(kByteOrderMark.size()));
}

// The Latin-1 letters from U+00C0 on: each one's base letter, and its mark (see mark_of); '.' for
// those of one part.
constexpr std::string_view kBases =
    "AAAAAA.CEEEEIIII.NOOOOO..UUUUY.."
    "aaaaaa.ceeeeiiii.nooooo..uuuuy.y";
constexpr std::string_view kMarks =
    "`'^~\"o.,`'^\"`'^\".~`'^~\"..`'^\"'.."
    "`'^~\"o.,`'^\"`'^\".~`'^~\"..`'^\"'.\"";
static_assert(kBases.size() == 64 && kMarks.size() == 64);

char32_t mark_of(char sign) {
  switch (sign) {
    case '`':
      return 0x300;
    case '\'':
      return 0x301;
    case '^':
      return 0x302;
    case '~':
      return 0x303;
    case '"':
      return 0x308;
    case 'o':
      return 0x30A;
    default:
      return 0x327;  // cedilla
  }
}

// The letter that `base` with `mark` makes; nothing if none of Latin-1.
std::optional<char32_t> composed(char32_t base, char32_t mark) {
  for (std::size_t i = 0; i < kBases.size(); ++i) {
    if (kBases[i] != '.' && static_cast<char32_t>(kBases[i]) == base &&
        mark_of(kMarks[i]) == mark) {
      return static_cast<char32_t>(0xC0 + i);
    }
  }
  return std::nullopt;
}

Rewritten decomposed_letters(const Text& text) {
  if (text.ascii) return std::nullopt;
  std::string out;
  for (std::string_view rest = text.bytes; !rest.empty();) {
    const Utf8Piece piece = take_piece(&rest);
    const char32_t c = piece.character.value_or(0);
    if (c >= 0xC0 && c < 0x100 && kBases[c - 0xC0] != '.') {
      out += kBases[c - 0xC0];
      append_utf8(mark_of(kMarks[c - 0xC0]), &out);
    } else {
      out += piece.bytes;
    }
  }
  return out;
}

Rewritten composed_letters(const Text& text) {
  if (text.ascii) return std::nullopt;
  std::string out;
  char32_t last = 0;
  for (std::string_view rest = text.bytes; !rest.empty();) {
    const Utf8Piece piece = take_piece(&rest);
    const char32_t c = piece.character.value_or(0);
    const auto letter = c >= 0x300 && c < 0x370 && last < 0x80 ? composed(last, c) : std::nullopt;
    if (letter) {
      out.pop_back();
      append_utf8(*letter, &out);
    } else {
      out += piece.bytes;
    }
    last = c;
  }
  return out;
}

constexpr Rewriting kRewritings[] = {
    {"the message with what isn't well-formed UTF-8 replaced by U+FFFD", 3,
     [](const Text& t) { return ill_formed_as(t, kReplacement); }},
    {"the message with each byte that isn't well-formed UTF-8 replaced by U+FFFD", 3,
     ill_formed_byte_by_byte},
    {"the message with each run of bytes that aren't well-formed UTF-8 replaced by one U+FFFD", 2,
     ill_formed_run_by_run},
    {"the message with what isn't well-formed UTF-8 replaced by '?'", 1,
     [](const Text& t) { return ill_formed_as(t, "?"); }},
    {"the message with what isn't well-formed UTF-8 left out", 1,
     [](const Text& t) { return ill_formed_as(t, ""); }},
    {"the message taken for Latin-1 and encoded again as UTF-8", 2, latin1_again},
    {"the message taken for Windows-1252 and encoded again as UTF-8", 3, windows1252_again},
    {"the message read as UTF-8 and written as Latin-1, '?' for what that lacks", 1,
     [](const Text& t) { return in_single_bytes(t, in_latin1); }},
    {"the message read as UTF-8 and written as Windows-1252, '?' for what that lacks", 1,
     [](const Text& t) { return in_single_bytes(t, in_windows1252); }},
    {"the message without its bytes of 0x80 and over", 1, without_high_bytes},
    {"the message with '?' for each byte of 0x80 and over", 1,
     [](const Text& t) { return high_bytes_as(t, "?"); }},
    {"the message with '?' for each character beyond ASCII", 1,
     [](const Text& t) { return in_single_bytes(t, in_ascii); }},
    {"the message with U+FFFD for each byte of 0x80 and over", 3,
     [](const Text& t) { return high_bytes_as(t, kReplacement); }},
    {"the message with the highest bit of each byte cleared", 1, seven_bits},
    {"the low bytes of the message's UTF-16 code units", 1, low_bytes_of_units},
    {"the message in UTF-16LE", 2,
     [](const Text& t) { return utf16(t, Order::kLittle, Mark::kWithout); }},
    {"the message in UTF-16BE", 2,
     [](const Text& t) { return utf16(t, Order::kBig, Mark::kWithout); }},
    {"the message in UTF-16LE with a byte order mark", 2,
     [](const Text& t) { return utf16(t, Order::kLittle, Mark::kWith); }},
    {"the message in UTF-16BE with a byte order mark", 2,
     [](const Text& t) { return utf16(t, Order::kBig, Mark::kWith); }},
    {"the message in UTF-32LE", 4, utf32_little},
    {"the message with a byte order mark before it", 1, with_mark},
    {"the message without its byte order mark", 1, without_mark},
    {"the message with its accented letters decomposed (NFD)", 2, decomposed_letters},
    {"the message with its accented letters composed (NFC)", 1, composed_letters},
    {"the message in Java's modified UTF-8", 3, modified_utf8},
};

}  // namespace

std::span<const Rewriting> charset_rewritings() { return kRewritings; }

}  // namespace md5spec
