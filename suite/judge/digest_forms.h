// The ways in which servers write a digest, and how to find one in a reply.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "digest/md5.h"
#include "target/reply_template.h"

namespace md5spec {

struct DigestForm {
  std::string words;  // completes "the right digest …"
  std::string text;
};

// Whole digests in encodings other than hex digits, the likeliest first.
std::vector<DigestForm> unusual_forms(const Digest& digest);

// Hex digits with each byte of 0x80 and over printed as a negative number: ffffffd4.
std::vector<DigestForm> sign_extended_forms(const Digest& digest);

// The raw bytes as a stream for text writes them: a carriage return before each newline.
std::vector<DigestForm> text_mode_forms(const Digest& digest);

// Lower-case hex digits of which some zeros are missing; none where the digest has no such zeros.
std::vector<DigestForm> zeros_missing_forms(const Digest& digest);

// Whether `digits` are the digest's hex digits, in any letter case, but for some zeros.
bool lacks_only_zeros(std::string_view digits, const Digest& digest);

enum class LetterCase { kNone, kLower, kUpper, kMixed };

// Hex digits that stand in a text, perhaps apart.
struct HexDigits {
  std::size_t begin = 0;
  std::size_t end = 0;
  LetterCase letter_case = LetterCase::kNone;
  bool apart = false;  // a few other bytes, or 0x, stand between some of them
};

// Finds the digest's hex digits, in any letter case; those that aren't apart are preferred.
// Otherwise only the first are looked at.
std::optional<HexDigits> find_hex(std::string_view text, const Digest& digest);

LetterCase letter_case_of(std::string_view hex);
std::string_view in_words(LetterCase letter_case);  // "in upper case"

// Returns the digest that `text` as a whole writes in that encoding.
std::optional<Digest> read_digest(std::string_view text, Encoding encoding);

// A digest that stands somewhere in a text.
struct DigestToken {
  std::size_t begin = 0;
  std::size_t end = 0;
  Digest digest;
  std::string words;  // "in upper case", "in base64"
};

// Finds what looks like a digest in hex (32 digits, neither more nor fewer), as a UUID or in
// base64: at most two.
std::vector<DigestToken> find_digests(std::string_view text);

// What `other` has to do with `digest`, such as "the right digest with its bytes in reverse order";
// empty if nothing.
std::string kinship(const Digest& other, const Digest& digest);

}  // namespace md5spec
