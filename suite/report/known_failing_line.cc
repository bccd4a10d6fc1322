#include "report/known_failing_line.h"

#include <cstdint>
#include <string_view>

#include <fmt/format.h>

#include "text/bytes.h"

namespace md5spec {
namespace {

// How many bytes the character has that `text`, well-formed UTF-8, begins with.
std::size_t size_of_first(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  return std::min(size, text.size());
}

std::uint32_t code_point(std::string_view character) {
  const auto lead = static_cast<unsigned char>(character.front());
  std::uint32_t code = character.size() == 1 ? lead : lead & (0xFFU >> (character.size() + 1));
  for (const char c : character.substr(1))
    code = code << 6U | (static_cast<unsigned char>(c) & 0x3FU);
  return code;
}

std::string escape_of(std::string_view character) {
  if (character == "\n") return "\\n";
  const std::uint32_t code = code_point(character);
  if (code <= 0xFF) return fmt::format("\\x{:02x}", code);
  return code <= 0xFFFF ? fmt::format("\\u{:04x}", code) : fmt::format("\\U{:08x}", code);
}

// In double quotes, the only way that YAML has for every character.
std::string yaml_quoted(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    const std::string_view character = text.substr(0, size_of_first(text));
    text.remove_prefix(character.size());
    if (character == "\"" || character == "\\") {
      out += fmt::format("\\{}", character);
    } else if (displayable(character) == character) {
      out += character;
    } else {
      out += escape_of(character);
    }
  }
  return out + "\"";
}

// Without quotes where nobody could take it for anything but the string that it is.
std::string word(const std::string& text) {
  constexpr std::string_view kInside =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.*-";
  constexpr std::string_view kNoStrings = " y n yes no on off true false null ";
  std::string lower;
  for (const char c : text) lower += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  const bool begins_well = !lower.empty() && lower.front() >= 'a' && lower.front() <= 'z';
  const bool plain = begins_well && text.find_first_not_of(kInside) == std::string::npos &&
                     kNoStrings.find(" " + lower + " ") == std::string_view::npos;
  return plain ? text : yaml_quoted(text);
}

}  // namespace

std::string line_for(const KnownFailing& entry) {
  const std::string profile =
      entry.profile.empty() ? "" : fmt::format(", profile: {}", word(entry.profile));
  const std::string until = entry.until.empty() ? "" : ", until: " + entry.until;
  return fmt::format("- {{case: {}{}, reason: {}{}}}", word(entry.pattern), profile,
                     yaml_quoted(entry.reason), until);
}

}  // namespace md5spec
