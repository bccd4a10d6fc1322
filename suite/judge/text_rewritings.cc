#include <algorithm>
#include <cstddef>

#include "judge/ascii.h"
#include "judge/rewriting.h"
#include "judge/utf8.h"
#include "text/bytes.h"

namespace md5spec {
namespace {

using Rewritten = std::optional<std::string>;

bool is_printable(char c) { return c >= 0x20 && c <= 0x7E; }

bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

constexpr std::string_view kLowerDigits = "0123456789abcdef";
constexpr std::string_view kUpperDigits = "0123456789ABCDEF";

void append_hex(unsigned byte, std::string_view digits, std::string* out) {
  *out += digits[byte >> 4 & 0xF];
  *out += digits[byte & 0xF];
}

bool contains(std::string_view text, std::string_view what) {
  return text.find(what) != std::string_view::npos;
}

// --- newlines, zero bytes, letter case ---

Rewritten without(const Text& text, char left_out) {
  if (text.bytes.find(left_out) == std::string_view::npos) return std::nullopt;
  std::string out(text.bytes);
  std::erase(out, left_out);
  return out;
}

Rewritten newlines_as_crlf(const Text& text) {
  if (!contains(text.bytes, "\n")) return std::nullopt;
  std::string out;
  char last = 0;
  for (const char c : text.bytes) {
    if (c == '\n' && last != '\r') out += '\r';
    out += c;
    last = c;
  }
  return out;
}

Rewritten crlf_as_newlines(const Text& text) {
  if (!contains(text.bytes, "\r\n")) return std::nullopt;
  std::string out;
  for (const char c : text.bytes) {
    if (c == '\n' && out.ends_with('\r')) out.pop_back();
    out += c;
  }
  return out;
}

Rewritten universal_newlines(const Text& text) {
  if (!contains(text.bytes, "\r")) return std::nullopt;
  std::string out;
  char last = 0;
  for (const char c : text.bytes) {
    if (c != '\n' || last != '\r') out += c == '\r' ? '\n' : c;
    last = c;
  }
  return out;
}

// Returns the text with each byte as `change` has it; nothing if that's the text itself.
template <typename Change>
Rewritten byte_by_byte(const Text& text, Change change) {
  if (std::none_of(text.bytes.begin(), text.bytes.end(), [&](char c) { return change(c) != c; })) {
    return std::nullopt;
  }
  std::string out(text.bytes);
  std::transform(out.begin(), out.end(), out.begin(), change);
  return out;
}

constexpr Rewriting kNewlineRewritings[] = {
    {"the message with CR LF for each newline", 2, newlines_as_crlf},
    {"the message with a newline for each CR LF", 1, crlf_as_newlines},
    {"the message with a newline for each CR LF and CR", 1, universal_newlines},
    {"the message without its carriage returns", 1, [](const Text& t) { return without(t, '\r'); }},
    {"the message without its newlines", 1, [](const Text& t) { return without(t, '\n'); }},
    {"the message without its zero bytes", 1, [](const Text& t) { return without(t, '\0'); }},
    {"the message in lower case", 1, [](const Text& t) { return byte_by_byte(t, ascii_lower); }},
    {"the message in upper case", 1, [](const Text& t) { return byte_by_byte(t, ascii_upper); }},
};

// --- hex, base64, percent signs ---

Rewritten upper_hex(const Text& text) {
  std::string out = hex(text.bytes);
  std::transform(out.begin(), out.end(), out.begin(), ascii_upper);
  return out;
}

Rewritten hex_decoded(const Text& text) {
  std::string bytes;
  if (!unhex(text.bytes, &bytes)) return std::nullopt;
  return bytes;
}

Rewritten base64_decoded(const Text& text) {
  std::string bytes;
  if (!unbase64(text.bytes, &bytes)) return std::nullopt;
  return bytes;
}

enum class Plus { kIsBlank, kIsPlus };

Rewritten percent_decoded(const Text& text, Plus plus) {
  if (!contains(text.bytes, "%") && !contains(text.bytes, "+")) return std::nullopt;
  std::string out;
  for (std::size_t i = 0; i < text.bytes.size(); ++i) {
    const char c = text.bytes[i];
    std::string byte;
    if (c == '%' && unhex(text.bytes.substr(i + 1, 2), &byte) && !byte.empty()) {
      out += byte;
      i += 2;
    } else {
      out += c == '+' && plus == Plus::kIsBlank ? ' ' : c;
    }
  }
  return out;
}

Rewritten percent_encoded(const Text& text) {
  std::string out;
  for (const char c : text.bytes) {
    if (is_alphanumeric(c) || std::string_view("-_.~").find(c) != std::string_view::npos) {
      out += c;
    } else {
      out += '%';
      append_hex(static_cast<unsigned char>(c), kUpperDigits, &out);
    }
  }
  return out;
}

// --- quotes and escapes ---

// Python prefers single quotes, unless there are some in the text and no double ones.
char python_quote(std::string_view text) {
  return contains(text, "'") && !contains(text, "\"") ? '"' : '\'';
}

// Appends `c` as it stands between Python's quotes.
void append_python(char c, char quote, std::string* out) {
  switch (c) {
    case '\n':
      *out += "\\n";
      return;
    case '\r':
      *out += "\\r";
      return;
    case '\t':
      *out += "\\t";
      return;
    case '\\':
      *out += "\\\\";
      return;
    default:
      break;
  }
  if (c == quote) *out += '\\';
  if (is_printable(c)) {
    *out += c;
  } else {
    *out += "\\x";
    append_hex(static_cast<unsigned char>(c), kLowerDigits, out);
  }
}

Rewritten python_string(const Text& text) {
  if (!text.utf8) return std::nullopt;
  const char quote = python_quote(text.bytes);
  std::string out(1, quote);
  for (const char c : text.bytes) {
    if (static_cast<unsigned char>(c) < 0x80) {
      append_python(c, quote, &out);
    } else {
      out += c;
    }
  }
  return out + quote;
}

void append_json_unit(unsigned unit, std::string* out) {
  *out += "\\u";
  append_hex(unit >> 8, kLowerDigits, out);
  append_hex(unit, kLowerDigits, out);
}

void append_json(char32_t c, std::string* out) {
  const auto code = static_cast<unsigned>(c);
  switch (c) {
    case '"':
      *out += "\\\"";
      return;
    case '\\':
      *out += "\\\\";
      return;
    case '\n':
      *out += "\\n";
      return;
    case '\r':
      *out += "\\r";
      return;
    case '\t':
      *out += "\\t";
      return;
    case '\b':
      *out += "\\b";
      return;
    case '\f':
      *out += "\\f";
      return;
    default:
      break;
  }
  if (code >= 0x20 && code <= 0x7E) {
    *out += static_cast<char>(code);
  } else if (code < 0x10000) {
    append_json_unit(code, out);
  } else {
    append_json_unit(0xD800 + ((code - 0x10000) >> 10), out);
    append_json_unit(0xDC00 + (code & 0x3FF), out);
  }
}

enum class Beyond { kAsItIs, kEscaped };  // characters beyond ASCII

Rewritten json_string(const Text& text, Beyond beyond) {
  if (!text.utf8) return std::nullopt;
  std::string out = "\"";
  for (std::string_view rest = text.bytes; !rest.empty();) {
    const Utf8Piece piece = take_piece(&rest);
    const char32_t c = *piece.character;
    if (beyond == Beyond::kAsItIs && c >= 0x7F) {
      out += piece.bytes;
    } else {
      append_json(c, &out);
    }
  }
  return out + '"';
}

enum class Quotes { kKept, kEscaped };

Rewritten html_escaped(const Text& text, Quotes quotes, std::string_view apostrophe) {
  std::string out;
  for (const char c : text.bytes) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '"' && quotes == Quotes::kEscaped) {
      out += "&quot;";
    } else if (c == '\'' && quotes == Quotes::kEscaped) {
      out += apostrophe;
    } else {
      out += c;
    }
  }
  return out;
}

// Reads what a C or Python string literal means by its escapes; an unknown escape stays as it is.
Rewritten escapes_interpreted(const Text& text) {
  if (!contains(text.bytes, "\\")) return std::nullopt;
  constexpr std::string_view letters = "ntr0abfv\\\"'";
  constexpr std::string_view meanings("\n\t\r\0\a\b\f\v\\\"'", 11);
  std::string out;
  for (std::size_t i = 0; i < text.bytes.size(); ++i) {
    const char c = text.bytes[i];
    const char next = c == '\\' && i + 1 < text.bytes.size() ? text.bytes[i + 1] : '?';
    std::string byte;
    if (const std::size_t known = letters.find(next);
        c == '\\' && known != std::string_view::npos) {
      out += meanings[known];
      ++i;
    } else if (next == 'x' && unhex(text.bytes.substr(i + 2, 2), &byte) && !byte.empty()) {
      out += byte;
      i += 3;
    } else {
      out += c;
    }
  }
  return out;
}

Rewritten backslashes_added(const Text& text) {
  std::string out;
  for (const char c : text.bytes) {
    if (c == '\\' || c == '"' || c == '\'') out += '\\';
    out += c;
  }
  return out;
}

constexpr Rewriting kEscapeRewritings[] = {
    {"the message as Python's b'…' shows it", 4,
     [](const Text& t) { return Rewritten(python_bytes(t.bytes)); }},
    {"the message as Python's '…' shows it", 4, python_string},
    {"the message as a JSON string", 6,
     [](const Text& t) { return json_string(t, Beyond::kAsItIs); }},
    {"the message as a JSON string in ASCII", 6,
     [](const Text& t) { return json_string(t, Beyond::kEscaped); }},
    {"the message in double quotes", 1,
     [](const Text& t) { return Rewritten("\"" + std::string(t.bytes) + "\""); }},
    {"the message's hex text", 2, [](const Text& t) { return Rewritten(hex(t.bytes)); }},
    {"the message's hex text in upper case", 2, upper_hex},
    {"the message's base64 text", 2, [](const Text& t) { return Rewritten(base64(t.bytes)); }},
    {"the bytes that the message says in hex", 1, hex_decoded},
    {"the bytes that the message says in base64", 1, base64_decoded},
    {"the message URL-decoded", 1,
     [](const Text& t) { return percent_decoded(t, Plus::kIsBlank); }},
    {"the message URL-decoded but for its plus signs", 1,
     [](const Text& t) { return percent_decoded(t, Plus::kIsPlus); }},
    {"the message URL-encoded", 3, percent_encoded},
    {"the message HTML-escaped", 6,
     [](const Text& t) { return html_escaped(t, Quotes::kEscaped, "&#39;"); }},
    {"the message HTML-escaped", 6,
     [](const Text& t) { return html_escaped(t, Quotes::kEscaped, "&#x27;"); }},
    {"the message HTML-escaped but for its quotes", 5,
     [](const Text& t) { return html_escaped(t, Quotes::kKept, ""); }},
    {"the message with its backslash escapes interpreted", 1, escapes_interpreted},
    {"the message with backslashes before its quotes and backslashes", 2, backslashes_added},
};

}  // namespace

Text::Text(std::string_view message)
    : bytes(message),
      ascii(std::none_of(message.begin(), message.end(),
                         [](char c) { return static_cast<unsigned char>(c) >= 0x80; })),
      utf8(ascii || is_utf8(message)) {}

std::string python_bytes(std::string_view bytes) {
  const char quote = python_quote(bytes);
  std::string out = "b";
  out += quote;
  for (const char c : bytes) append_python(c, quote, &out);
  return out + quote;
}

std::span<const Rewriting> newline_rewritings() { return kNewlineRewritings; }
std::span<const Rewriting> escape_rewritings() { return kEscapeRewritings; }

}  // namespace md5spec
