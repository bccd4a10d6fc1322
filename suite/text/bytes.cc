#include "text/bytes.h"

#include <array>
#include <cstdint>

#include <fmt/format.h>

namespace md5spec {
namespace {

constexpr std::string_view kBase64Digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

bool is_printable(unsigned char c) { return c >= 0x20 && c <= 0x7E; }

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Returns the length of the well-formed UTF-8 sequence that `bytes` begins with, 0 if it begins
// with none.
std::size_t sequence_length(std::string_view bytes) {
  const auto at = [&](std::size_t i) -> unsigned {
    return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0U;
  };
  const auto continues = [&](std::size_t i, unsigned low, unsigned high) {
    return at(i) >= low && at(i) <= high;
  };
  const unsigned lead = at(0);
  if (bytes.empty()) return 0;
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return continues(1, 0x80, 0xBF) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    const unsigned low = lead == 0xE0 ? 0xA0 : 0x80;
    const unsigned high = lead == 0xED ? 0x9F : 0xBF;
    return continues(1, low, high) && continues(2, 0x80, 0xBF) ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    const unsigned low = lead == 0xF0 ? 0x90 : 0x80;
    const unsigned high = lead == 0xF4 ? 0x8F : 0xBF;
    return continues(1, low, high) && continues(2, 0x80, 0xBF) && continues(3, 0x80, 0xBF) ? 4 : 0;
  }
  return 0;
}

unsigned code_point(std::string_view sequence) {
  const auto lead = static_cast<unsigned char>(sequence[0]);
  if (sequence.size() == 1) return lead;
  unsigned value = lead & (0xFFU >> (sequence.size() + 1));
  for (const char c : sequence.substr(1))
    value = value << 6 | (static_cast<unsigned char>(c) & 0x3FU);
  return value;
}

// Characters that move the cursor, reorder the line or show as nothing.
bool is_deceptive(unsigned c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0xAD || c == 0x34F || c == 0x61C ||
         c == 0x115F || c == 0x1160 || c == 0x180E || c == 0x3164 || c == 0xFFA0 ||
         (c >= 0x200B && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) ||
         (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF || (c >= 0xFFF9 && c <= 0xFFFF) ||
         c >= 0xE0000;
}

}  // namespace

std::string in_quotes(std::string_view bytes, std::size_t most) {
  std::string out = "\"";
  for (const char c : bytes.substr(0, most)) {
    switch (c) {
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      case '\0':
        out += "\\0";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '"':
        out += "\\\"";
        break;
      default:
        if (is_printable(static_cast<unsigned char>(c))) {
          out += c;
        } else {
          out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
        }
    }
  }
  out += '"';
  if (bytes.size() > most) out += fmt::format("… ({} bytes)", bytes.size());
  return out;
}

std::string displayable(std::string_view bytes) {
  std::string out;
  while (!bytes.empty()) {
    const std::size_t length = sequence_length(bytes);
    if (length != 0 && !is_deceptive(code_point(bytes.substr(0, length)))) {
      out += bytes.substr(0, length);
      bytes.remove_prefix(length);
      continue;
    }
    const std::size_t hidden = length == 0 ? 1 : length;
    for (const char c : bytes.substr(0, hidden)) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    }
    bytes.remove_prefix(hidden);
  }
  return out;
}

std::string hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += digits[byte >> 4];
    out += digits[byte & 0xF];
  }
  return out;
}

bool unhex(std::string_view text, std::string* bytes) {
  int high = -1;
  for (const char c : text) {
    if (is_blank(c) && high < 0) continue;
    const int value = hex_value(c);
    if (value < 0) return false;
    if (high < 0) {
      high = value;
    } else {
      *bytes += static_cast<char>(high << 4 | value);
      high = -1;
    }
  }
  return high < 0;
}

std::string base64(std::string_view bytes) {
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::string_view group = bytes.substr(i, 3);
    std::uint32_t bits = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      bits = bits << 8 | (k < group.size() ? static_cast<unsigned char>(group[k]) : 0U);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      out += k <= group.size() ? kBase64Digits[bits >> (18 - 6 * k) & 0x3F] : '=';
    }
  }
  return out;
}

bool unbase64(std::string_view text, std::string* bytes) {
  std::uint32_t bits = 0;
  int digits = 0;
  int padding = 0;
  for (const char c : text) {
    if (is_blank(c)) continue;
    const std::size_t value = kBase64Digits.find(c);
    if (c == '=') {
      ++padding;
    } else if (value == std::string_view::npos || padding > 0) {
      return false;
    }
    bits = bits << 6 | (c == '=' ? 0U : static_cast<std::uint32_t>(value));
    if (++digits == 4) {
      if (padding > 2 || (bits & ((1U << (8 * padding)) - 1)) != 0) return false;
      for (int k = 0; k < 3 - padding; ++k)
        *bytes += static_cast<char>(bits >> (16 - 8 * k) & 0xFF);
      bits = 0;
      digits = 0;
      if (padding > 0) padding = 4;  // nothing may follow
    }
  }
  return digits == 0;
}

bool is_utf8(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t length = sequence_length(bytes);
    if (length == 0) return false;
    bytes.remove_prefix(length);
  }
  return true;
}

std::string printf_word(std::string_view bytes) {
  std::string out = "'";
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    const bool like_an_option = c == '-' && out.size() == 1;
    if (c == '\'' || c == '\\' || c == '%' || like_an_option || !is_printable(byte)) {
      out += fmt::format("\\{:03o}", byte);
    } else {
      out += c;
    }
  }
  return out + "'";
}

std::string shell_word(const std::string& text) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:,=@+";
  if (!text.empty() && text.find_first_not_of(kPlain) == std::string::npos) return text;
  if (displayable(text) != text) return "\"$(printf " + printf_word(text) + ")\"";
  std::string word = "'";
  for (const char c : text) word += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return word + "'";
}

std::string size_in_words(unsigned long long bytes) {
  constexpr std::array<std::string_view, 4> units = {"bytes", "KiB", "MiB", "GiB"};
  std::size_t unit = 0;
  unsigned long long value = bytes;
  while (unit + 1 < units.size() && value >= 1024 && value % 1024 == 0) {
    value /= 1024;
    ++unit;
  }
  if (unit == 0) return bytes == 1 ? "1 byte" : fmt::format("{} bytes", bytes);
  return fmt::format("{} {} ({} bytes)", value, units[unit], bytes);
}

}  // namespace md5spec
