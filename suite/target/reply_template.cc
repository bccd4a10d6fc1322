#include "target/reply_template.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include <fmt/format.h>

#include "text/bytes.h"

namespace md5spec {
namespace {

constexpr std::array<std::pair<std::string_view, Encoding>, 5> kEncodings = {{
    {"{hex}", Encoding::kLowerHex},
    {"{HEX}", Encoding::kUpperHex},
    {"{any_hex}", Encoding::kAnyHex},
    {"{base64}", Encoding::kBase64},
    {"{raw}", Encoding::kRaw},
}};

std::size_t encoded_size(Encoding encoding) { return encode(Digest(), encoding).size(); }

bool same_digest(std::string_view received, std::string_view expected, Encoding encoding) {
  if (encoding != Encoding::kAnyHex) return received == expected;
  return std::equal(
      received.begin(), received.end(), expected.begin(), expected.end(),
      [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; });
}

}  // namespace

std::string encode(const Digest& digest, Encoding encoding) {
  switch (encoding) {
    case Encoding::kLowerHex:
    case Encoding::kAnyHex:
      return digest.hex();
    case Encoding::kUpperHex: {
      std::string upper = digest.hex();
      std::transform(upper.begin(), upper.end(), upper.begin(),
                     [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
      return upper;
    }
    case Encoding::kBase64:
      return base64(digest.bytes());
    case Encoding::kRaw:
      return std::string(digest.bytes());
  }
  return {};
}

std::size_t ExpectedReply::size() const {
  return before.size() + encoded_size(encoding) + after.size();
}

std::string ExpectedReply::bytes() const { return before + encode(digest, encoding) + after; }

bool ExpectedReply::begins(std::string_view received) const {
  return received.size() >= size() && may_become(received.substr(0, size()));
}

bool ExpectedReply::may_become(std::string_view received) const {
  if (received.size() > size()) return false;
  if (received.substr(0, before.size()) != std::string_view(before).substr(0, received.size())) {
    return false;
  }
  if (received.size() <= before.size()) return true;
  received.remove_prefix(before.size());
  const std::string written = encode(digest, encoding);
  const std::string_view digits = received.substr(0, written.size());
  if (!same_digest(digits, std::string_view(written).substr(0, digits.size()), encoding))
    return false;
  received.remove_prefix(digits.size());
  return received == std::string_view(after).substr(0, received.size());
}

std::string ReplyTemplate::parse(std::string_view text, ReplyTemplate* result) {
  ReplyTemplate parsed;
  parsed.text_ = std::string(text);
  bool digest_seen = false;
  std::string literal;
  std::vector<Piece>* pieces = &parsed.before_;
  const auto flush = [&] {
    if (!literal.empty()) pieces->push_back({Part::kLiteral, std::exchange(literal, {})});
  };
  while (!text.empty()) {
    const auto* const encoding =
        std::find_if(kEncodings.begin(), kEncodings.end(),
                     [&](const auto& e) { return text.starts_with(e.first); });
    if (encoding != kEncodings.end()) {
      if (digest_seen) return "must have exactly one digest placeholder, not two";
      flush();
      digest_seen = true;
      parsed.encoding_ = encoding->second;
      pieces = &parsed.after_;
      text.remove_prefix(encoding->first.size());
    } else if (text.starts_with("{message}")) {
      flush();
      pieces->push_back({Part::kMessage, {}});
      text.remove_prefix(9);
    } else if (text.starts_with("{length}")) {
      flush();
      pieces->push_back({Part::kLength, {}});
      text.remove_prefix(8);
    } else {
      literal += text.front();
      text.remove_prefix(1);
    }
  }
  flush();
  if (!digest_seen) {
    return "must have exactly one of {hex}, {HEX}, {any_hex}, {base64}, {raw}; it has none";
  }
  *result = std::move(parsed);
  return {};
}

bool ReplyTemplate::repeats_message() const {
  const auto is_message = [](const Piece& piece) { return piece.part == Part::kMessage; };
  return std::any_of(before_.begin(), before_.end(), is_message) ||
         std::any_of(after_.begin(), after_.end(), is_message);
}

std::string ReplyTemplate::ending() const {
  return !after_.empty() && after_.back().part == Part::kLiteral ? after_.back().literal : "";
}

std::string ReplyTemplate::fill(const std::vector<Piece>& pieces, std::string_view message,
                                std::uint64_t size) {
  std::string filled;
  for (const Piece& piece : pieces) {
    switch (piece.part) {
      case Part::kLiteral:
        filled += piece.literal;
        break;
      case Part::kMessage:
        filled += message;
        break;
      case Part::kLength:
        filled += fmt::format("{}", size);
        break;
    }
  }
  return filled;
}

ExpectedReply ReplyTemplate::expect(const Digest& digest, std::string_view message,
                                    std::uint64_t size) const {
  return {fill(before_, message, size), digest, encoding_, fill(after_, message, size)};
}

std::size_t ReplyTemplate::size_for(std::size_t message_size) const {
  std::size_t total = encoded_size(encoding_);
  for (const auto* pieces : {&before_, &after_}) {
    for (const Piece& piece : *pieces) {
      switch (piece.part) {
        case Part::kLiteral:
          total += piece.literal.size();
          break;
        case Part::kMessage:
          total += message_size;
          break;
        case Part::kLength:
          total += fmt::formatted_size("{}", message_size);
          break;
      }
    }
  }
  return total;
}

}  // namespace md5spec
