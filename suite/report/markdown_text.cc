#include "report/markdown_text.h"

#include <algorithm>

#include "report/markup.h"
#include "text/bytes.h"

namespace md5spec {
namespace {

// Between @ or # and what follows, it keeps GitHub from making a mention or a reference of the two,
// which it does after Markdown's own escapes are gone.
constexpr std::string_view kNothing = "<!-- -->";

std::size_t longest_run_of_backticks(std::string_view words) {
  std::size_t longest = 0;
  std::size_t run = 0;
  for (const char c : words) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return longest;
}

}  // namespace

std::string markdown_text(std::string_view words) {
  constexpr std::string_view kMarkup = "\\`*_{}[]()#+-!|<>~&$^=:.";
  std::string out;
  const std::string shown = displayable(words);
  for (std::size_t i = 0; i < shown.size(); ++i) {
    const char c = shown[i];
    // A dot or colon means something only in what may become a link.
    const bool ends_a_word = i + 1 == shown.size() || shown[i + 1] == ' ';
    const bool escape = kMarkup.find(c) != std::string_view::npos &&
                        !(ends_a_word && (c == '.' || c == ':' || c == ')' || c == '!'));
    if (escape) out += '\\';
    out += c;
    if (c == '@' || c == '#') out += kNothing;
  }
  return out;
}

std::string markdown_code(std::string_view words) {
  std::string shown = displayable(words);
  const std::string fence(longest_run_of_backticks(shown) + 1, '`');
  for (std::size_t at = 0; (at = shown.find('|', at)) != std::string::npos; at += 2)
    shown.insert(at, 1, '\\');
  const bool padded = shown.empty() || shown.front() == '`' || shown.back() == '`' ||
                      (shown.front() == ' ' && shown.back() == ' ');
  const std::string pad = padded ? " " : "";
  return fence + pad + shown + pad + fence;
}

std::string markdown_block(std::string_view lines, std::string_view language) {
  const std::string fence(std::max<std::size_t>(longest_run_of_backticks(lines) + 1, 3), '`');
  std::string out = fence + std::string(language) + "\n";
  while (!lines.empty()) {
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    out += displayable(lines.substr(0, end)) + "\n";
    lines.remove_prefix(std::min(end + 1, lines.size()));
  }
  return out + fence + "\n";
}

std::string markdown_html(std::string_view words) {
  std::string out;
  for (const char c : html_escaped(words)) {
    if (c == '/' && out.ends_with(':')) out += kNothing;
    out += c;
    if (c == '@' || out.ends_with("www.")) out += kNothing;
  }
  return out;
}

std::string shortened(std::string_view words, std::size_t most) {
  if (words.size() <= most) return std::string(words);
  std::size_t end = most;
  while (end > 0 && (static_cast<unsigned char>(words[end]) & 0xC0U) == 0x80U) --end;
  return std::string(words.substr(0, end)) + "…";
}

}  // namespace md5spec
