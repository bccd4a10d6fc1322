#include "judge/digest_forms.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>

#include <fmt/format.h>

#include "judge/ascii.h"
#include "judge/rewriting.h"
#include "judge/utf8.h"
#include "text/bytes.h"

namespace md5spec {
namespace {

bool is_lower_digit(char c) { return c >= 'a' && c <= 'f'; }
bool is_upper_digit(char c) { return c >= 'A' && c <= 'F'; }
bool is_hex_digit(char c) {
  return (c >= '0' && c <= '9') || is_lower_digit(c) || is_upper_digit(c);
}

bool is_base64_digit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
         std::string_view("+/-_").find(c) != std::string_view::npos;
}

std::string in_lower_case(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), ascii_lower);
  return out;
}

Digest digest_of(std::string_view bytes) {
  std::array<unsigned char, 16> raw{};
  std::copy(bytes.begin(), bytes.end(), raw.begin());
  return Digest(raw);
}

// --- whole digests ---

// Each byte of the text with a zero byte before or behind it.
std::string widened(std::string_view text, bool zero_first) {
  std::string out;
  for (const char c : text) {
    if (zero_first) out += '\0';
    out += c;
    if (!zero_first) out += '\0';
  }
  return out;
}

std::string byte_list(std::string_view bytes, bool is_signed, std::string_view joint) {
  std::string out;
  for (const char c : bytes) {
    if (!out.empty()) out += joint;
    const int value = is_signed ? static_cast<signed char>(c) : static_cast<unsigned char>(c);
    out += fmt::format("{}", value);
  }
  return out;
}

std::string in_decimal(const Digest& digest) {
  std::string digits;
  std::string number(digest.bytes());
  while (std::any_of(number.begin(), number.end(), [](char c) { return c != 0; })) {
    unsigned rest = 0;
    for (char& c : number) {
      const unsigned value = rest << 8 | static_cast<unsigned char>(c);
      c = static_cast<char>(value / 10);
      rest = value % 10;
    }
    digits.insert(digits.begin(), static_cast<char>('0' + rest));
  }
  return digits.empty() ? "0" : digits;
}

// What a signed big integer made of the digest's bytes prints; nothing if they make no negative
// one.
std::optional<std::string> as_negative_number(const Digest& digest) {
  std::string bytes(digest.bytes());
  if (static_cast<unsigned char>(bytes[0]) < 0x80) return std::nullopt;
  unsigned carry = 1;
  for (auto c = bytes.rbegin(); c != bytes.rend(); ++c) {
    const unsigned value = (static_cast<unsigned char>(*c) ^ 0xFFU) + carry;
    *c = static_cast<char>(value & 0xFF);
    carry = value >> 8;
  }
  const std::string digits = hex(bytes);
  return "-" + digits.substr(std::min(digits.find_first_not_of('0'), digits.size() - 1));
}

std::string in_url_base64(std::string text) {
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  return text;
}

// --- digests that are related ---

Digest with_bytes_reversed(const Digest& digest) {
  std::string bytes(digest.bytes());
  std::reverse(bytes.begin(), bytes.end());
  return digest_of(bytes);
}

Digest with_words_reversed(const Digest& digest) {
  std::string bytes(digest.bytes());
  for (auto word = bytes.begin(); word != bytes.end(); word += 4) std::reverse(word, word + 4);
  return digest_of(bytes);
}

Digest with_digits_swapped(const Digest& digest) {
  std::string bytes(digest.bytes());
  for (char& c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    c = static_cast<char>((byte << 4 | byte >> 4) & 0xFF);
  }
  return digest_of(bytes);
}

Digest with_digits_reversed(const Digest& digest) {
  return with_bytes_reversed(with_digits_swapped(digest));
}

// What java.util.UUID.nameUUIDFromBytes() makes of it.
Digest as_uuid(const Digest& digest) {
  std::string bytes(digest.bytes());
  bytes[6] = static_cast<char>((static_cast<unsigned char>(bytes[6]) & 0x0FU) | 0x30U);
  bytes[8] = static_cast<char>((static_cast<unsigned char>(bytes[8]) & 0x3FU) | 0x80U);
  return digest_of(bytes);
}

struct Relation {
  std::string_view words;
  Digest (*of)(const Digest& digest);
};
constexpr Relation kRelations[] = {
    {"the right digest with its bytes in reverse order", with_bytes_reversed},
    {"the right digest with each 32-bit word in the other byte order", with_words_reversed},
    {"the right digest with the two digits of each byte swapped", with_digits_swapped},
    {"the right digest with its digits in reverse order", with_digits_reversed},
    {"the right digest with the version and variant of a UUID written into it", as_uuid},
};

// --- finding digests ---

// The hex digits of a text, in lower case, with where each stands. A '0' that belongs to a "0x" is
// none.
struct DigitStream {
  std::string digits;
  std::vector<std::size_t> places;
};

DigitStream digits_of(std::string_view text) {
  DigitStream stream;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_prefix = text[i] == '0' && i + 1 < text.size() && ascii_lower(text[i + 1]) == 'x';
    if (is_prefix || !is_hex_digit(text[i])) continue;
    stream.digits += ascii_lower(text[i]);
    stream.places.push_back(i);
  }
  return stream;
}

std::optional<std::string_view> uuid_at(std::string_view text, std::size_t begin) {
  const std::string_view token = text.substr(begin, 36);
  if (token.size() < 36) return std::nullopt;
  for (std::size_t i = 0; i < token.size(); ++i) {
    const bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (is_dash ? token[i] != '-' : !is_hex_digit(token[i])) return std::nullopt;
  }
  return token;
}

// Calls take(begin, end) for each longest run of bytes that are such.
template <typename Is, typename Take>
void for_each_run(std::string_view text, Is is, Take take) {
  for (auto at = text.begin(); at != text.end();) {
    const auto begin = std::find_if(at, text.end(), is);
    at = std::find_if_not(begin, text.end(), is);
    if (begin == at) break;
    take(static_cast<std::size_t>(begin - text.begin()),
         static_cast<std::size_t>(at - text.begin()));
  }
}

std::optional<Digest> read_hex(std::string_view text) {
  std::string bytes;
  if (text.size() != 32 || !std::all_of(text.begin(), text.end(), is_hex_digit))
    return std::nullopt;
  unhex(text, &bytes);
  return digest_of(bytes);
}

// Reads padded base64 of either alphabet.
std::optional<Digest> read_base64(std::string_view text) {
  std::string digits(text);
  std::replace(digits.begin(), digits.end(), '-', '+');
  std::replace(digits.begin(), digits.end(), '_', '/');
  std::string bytes;
  if (digits.size() != 24 || !unbase64(digits, &bytes) || bytes.size() != 16) return std::nullopt;
  return digest_of(bytes);
}

}  // namespace

std::vector<DigestForm> unusual_forms(const Digest& digest) {
  const std::string_view bytes = digest.bytes();
  const std::string text = digest.hex();
  const std::string padded = base64(bytes);
  std::vector<DigestForm> forms = {
      {"in base64", padded},
      {"in URL-safe base64", in_url_base64(padded)},
      {"in base64 without padding", padded.substr(0, 22)},
      {"in URL-safe base64 without padding", in_url_base64(padded.substr(0, 22))},
      {"as its 16 raw bytes", std::string(bytes)},
      {"as base64 of its hex digits", base64(text)},
      {"as hex digits of its hex digits", hex(text)},
      {"as Python's b'…' shows its raw bytes", python_bytes(bytes)},
      {"as its raw bytes taken for Latin-1 and encoded as UTF-8", latin1_to_utf8(bytes)},
      {"in UTF-16BE", widened(text, true)},
      {"in UTF-16LE", widened(text, false)},
      {"as a decimal number", in_decimal(digest)},
  };
  if (const auto negative = as_negative_number(digest)) {
    forms.push_back({"as a negative number in hex", *negative});
  }
  for (const std::string_view joint : {", ", ",", " "}) {
    forms.push_back({"as a list of bytes in decimal", byte_list(bytes, false, joint)});
    forms.push_back({"as a list of signed bytes in decimal", byte_list(bytes, true, joint)});
  }
  // Much is lost here; with fewer bytes left it could be the digest of anything.
  const auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
  if (std::count_if(bytes.begin(), bytes.end(), is_ascii) >= 4) {
    forms.push_back({"as its raw bytes taken for UTF-8, the ill-formed ones replaced by U+FFFD",
                     replace_ill_formed(bytes, kReplacement)});
    forms.push_back({"as its raw bytes taken for UTF-8, the ill-formed ones replaced by '?'",
                     replace_ill_formed(bytes, "?")});
  }
  return forms;
}

std::vector<DigestForm> sign_extended_forms(const Digest& digest) {
  std::string text;
  for (const char c : digest.bytes()) {
    const auto byte = static_cast<unsigned char>(c);
    text += fmt::format("{}{:02x}", byte < 0x80 ? "" : "ffffff", byte);
  }
  if (text.size() == 32) return {};
  std::string upper = text;
  std::transform(upper.begin(), upper.end(), upper.begin(), ascii_upper);
  return {{"with each byte of 0x80 and over printed as a negative number", text},
          {"in upper case, with each byte of 0x80 and over printed as a negative number", upper}};
}

std::vector<DigestForm> text_mode_forms(const Digest& digest) {
  std::string text;
  for (const char byte : digest.bytes()) {
    if (byte == '\n') text += '\r';
    text += byte;
  }
  if (text.size() == digest.bytes().size()) return {};
  return {{"with a carriage return before each byte 0a", text}};
}

std::vector<DigestForm> zeros_missing_forms(const Digest& digest) {
  const std::string text = digest.hex();
  // Prints each group of so many digits as a number without leading zeros.
  const auto in_groups = [&](std::size_t size) {
    std::string out;
    for (std::size_t at = 0; at < text.size(); at += size) {
      const std::string group = text.substr(at, size);
      out += group.substr(std::min(group.find_first_not_of('0'), group.size() - 1));
    }
    return out;
  };
  std::vector<DigestForm> forms = {
      {"without its leading zeros", in_groups(32)},
      {"without the leading zero of each byte below 0x10", in_groups(2)},
      {"without the leading zeros of its 32-bit words", in_groups(8)},
      {"without the leading zeros of its 64-bit halves", in_groups(16)},
  };
  std::erase_if(forms, [](const DigestForm& form) { return form.text.size() == 32; });
  return forms;
}

bool lacks_only_zeros(std::string_view digits, const Digest& digest) {
  const std::string whole = digest.hex();
  if (digits.size() < 16 || digits.size() >= whole.size()) return false;
  std::size_t at = 0;
  for (const char c : whole) {
    if (at < digits.size() && ascii_lower(digits[at]) == c) {
      ++at;
    } else if (c != '0') {
      return false;
    }
  }
  return at == digits.size();
}

std::optional<HexDigits> find_hex(std::string_view text, const Digest& digest) {
  constexpr std::size_t kMostBetween = 6;
  const std::string wanted = digest.hex();
  if (const std::size_t at = in_lower_case(text).find(wanted); at != std::string::npos) {
    return HexDigits{at, at + wanted.size(), letter_case_of(text.substr(at, wanted.size())), false};
  }
  const DigitStream stream = digits_of(text);
  const std::size_t at = stream.digits.find(wanted);
  if (at == std::string::npos) return std::nullopt;
  std::string digits;
  for (std::size_t i = at; i < at + wanted.size(); ++i) {
    digits += text[stream.places[i]];
    if (i > at && stream.places[i] - stream.places[i - 1] - 1 > kMostBetween) return std::nullopt;
  }
  return HexDigits{stream.places[at], stream.places[at + wanted.size() - 1] + 1,
                   letter_case_of(digits), true};
}

LetterCase letter_case_of(std::string_view hex) {
  const bool has_lower = std::any_of(hex.begin(), hex.end(), is_lower_digit);
  const bool has_upper = std::any_of(hex.begin(), hex.end(), is_upper_digit);
  if (has_lower) return has_upper ? LetterCase::kMixed : LetterCase::kLower;
  return has_upper ? LetterCase::kUpper : LetterCase::kNone;
}

std::string_view in_words(LetterCase letter_case) {
  switch (letter_case) {
    case LetterCase::kNone:
      break;
    case LetterCase::kLower:
      return "in lower case";
    case LetterCase::kUpper:
      return "in upper case";
    case LetterCase::kMixed:
      return "in mixed letter case";
  }
  return "in hex";
}

std::optional<Digest> read_digest(std::string_view text, Encoding encoding) {
  const LetterCase letters = letter_case_of(text);
  switch (encoding) {
    case Encoding::kLowerHex:
      if (letters != LetterCase::kLower && letters != LetterCase::kNone) return std::nullopt;
      return read_hex(text);
    case Encoding::kUpperHex:
      if (letters != LetterCase::kUpper && letters != LetterCase::kNone) return std::nullopt;
      return read_hex(text);
    case Encoding::kAnyHex:
      return read_hex(text);
    case Encoding::kBase64:
      if (text.find_first_of("-_") != std::string_view::npos) return std::nullopt;
      return read_base64(text);
    case Encoding::kRaw:
      if (text.size() != 16) return std::nullopt;
      return digest_of(text);
  }
  return std::nullopt;
}

std::vector<DigestToken> find_digests(std::string_view text) {
  std::vector<DigestToken> tokens;
  const auto add = [&tokens](std::size_t begin, std::size_t end, const Digest& digest,
                             std::string_view words) {
    if (tokens.size() < 2) tokens.push_back({begin, end, digest, std::string(words)});
  };
  for_each_run(text, is_hex_digit, [&](std::size_t begin, std::size_t end) {
    const std::string_view run = text.substr(begin, end - begin);
    if (const auto digest = read_hex(run)) add(begin, end, *digest, in_words(letter_case_of(run)));
    const auto uuid = run.size() == 8 ? uuid_at(text, begin) : std::nullopt;
    if (!uuid) return;
    std::string digits(*uuid);
    std::erase(digits, '-');
    add(begin, begin + uuid->size(), *read_hex(digits), "as a UUID");
  });
  for_each_run(text, is_base64_digit, [&](std::size_t begin, std::size_t end) {
    if (end - begin != 22) return;
    const auto digest = read_base64(text.substr(begin, 24));
    if (digest) add(begin, begin + 24, *digest, "in base64");
  });
  return tokens;
}

std::string kinship(const Digest& other, const Digest& digest) {
  for (const Relation& relation : kRelations) {
    if (relation.of(digest) == other) return std::string(relation.words);
  }
  return {};
}

}  // namespace md5spec
