// Reading and writing UTF-8 the way lenient decoders do: for naming what a server may have made of
// a message.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace md5spec {

// A character, or, where `character` is nothing, an ill-formed stretch that decoders replace as
// one: a maximal subpart (Unicode 3.9, and with it WHATWG, Python and Java).
struct Utf8Piece {
  std::string_view bytes;
  std::optional<char32_t> character;
};

// Takes the first piece off `*rest`, which must not be empty.
Utf8Piece take_piece(std::string_view* rest);

// Surrogates are written as any other number of their size (as CESU-8 does).
void append_utf8(char32_t character, std::string* text);

inline constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD, as UTF-8

// Returns `bytes` with `replacement` in the place of each ill-formed piece.
std::string replace_ill_formed(std::string_view bytes, std::string_view replacement);

// Returns `bytes`, each taken for the character of that number, as UTF-8.
std::string latin1_to_utf8(std::string_view bytes);

}  // namespace md5spec
