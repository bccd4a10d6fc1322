#include "judge/utf8.h"

#include <cstddef>

namespace md5spec {
namespace {

// What may follow a lead byte (Unicode, table 3-7).
struct Continuation {
  std::size_t count = 0;
  unsigned low = 0x80;  // of the second byte
  unsigned high = 0xBF;
};

Continuation continuation_of(unsigned lead) {
  if (lead >= 0xC2 && lead <= 0xDF) return {1};
  if (lead == 0xE0) return {2, 0xA0, 0xBF};
  if (lead == 0xED) return {2, 0x80, 0x9F};
  if (lead >= 0xE1 && lead <= 0xEF) return {2};
  if (lead == 0xF0) return {3, 0x90, 0xBF};
  if (lead == 0xF4) return {3, 0x80, 0x8F};
  if (lead >= 0xF1 && lead <= 0xF3) return {3};
  return {};
}

}  // namespace

Utf8Piece take_piece(std::string_view* rest) {
  const auto at = [&](std::size_t i) -> unsigned { return static_cast<unsigned char>((*rest)[i]); };
  const unsigned lead = at(0);
  const Continuation next = continuation_of(lead);
  // The lead byte's own bits: 7, or what its leading ones and their zero leave.
  char32_t character = lead < 0x80 ? lead : lead & (0x3FU >> next.count);
  std::size_t length = 1;
  while (length <= next.count && length < rest->size()) {
    const unsigned byte = at(length);
    const unsigned low = length == 1 ? next.low : 0x80;
    const unsigned high = length == 1 ? next.high : 0xBF;
    if (byte < low || byte > high) break;
    character = character << 6 | (byte & 0x3FU);
    ++length;
  }
  const bool well_formed = lead < 0x80 || (next.count > 0 && length == next.count + 1);
  Utf8Piece piece{rest->substr(0, length), std::nullopt};
  if (well_formed) piece.character = character;
  rest->remove_prefix(length);
  return piece;
}

void append_utf8(char32_t character, std::string* text) {
  const auto append = [text](char32_t byte) { *text += static_cast<char>(byte); };
  if (character < 0x80) {
    append(character);
    return;
  }
  int shift = character < 0x800 ? 6 : character < 0x10000 ? 12 : 18;
  append((shift == 6 ? 0xC0U : shift == 12 ? 0xE0U : 0xF0U) | character >> shift);
  while (shift > 0) {
    shift -= 6;
    append(0x80U | (character >> shift & 0x3FU));
  }
}

std::string replace_ill_formed(std::string_view bytes, std::string_view replacement) {
  std::string text;
  text.reserve(bytes.size());
  while (!bytes.empty()) {
    const Utf8Piece piece = take_piece(&bytes);
    text += piece.character ? piece.bytes : replacement;
  }
  return text;
}

std::string latin1_to_utf8(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size() + bytes.size() / 2);
  for (const char c : bytes) append_utf8(static_cast<unsigned char>(c), &text);
  return text;
}

}  // namespace md5spec
