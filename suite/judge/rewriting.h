// The ways in which a server may have rewritten a message before it took the digest.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace md5spec {

// A message, and what is asked of it again and again.
struct Text {
  explicit Text(std::string_view message);

  std::string_view bytes;
  bool ascii = false;
  bool utf8 = false;  // well-formed
};

struct Rewriting {
  std::string_view what;  // completes "the digest of …"
  unsigned growth;        // at most so many bytes come of each byte, give or take a few at the ends
  // What it makes of a message; nothing where it can't be done, or (not always) where it changes
  // nothing.
  std::optional<std::string> (*of)(const Text& text);
};

// Each list begins with the likeliest.
std::span<const Rewriting> newline_rewritings();  // newlines, zero bytes and letter case
std::span<const Rewriting> charset_rewritings();  // UTF-8 read as something else, or the reverse
std::span<const Rewriting> escape_rewritings();   // hex, base64, quotes, escapes

// What Python's repr() makes of a bytes object: b'…'.
std::string python_bytes(std::string_view bytes);

}  // namespace md5spec
