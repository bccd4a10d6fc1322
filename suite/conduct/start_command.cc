#include "conduct/start_command.h"

#include <algorithm>

#include <fmt/format.h>

#include "conduct/endpoint.h"
#include "text/bytes.h"

namespace md5spec {
namespace {

[[noreturn]] void refuse_command(std::string_view text, const std::string& why) {
  throw UsageError(fmt::format("--start {}: {}", in_quotes(text, 200), why));
}

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// Between double quotes a backslash is one, but before these.
bool is_escapable_in_quotes(char c) { return c == '"' || c == '\\' || c == '$' || c == '`'; }

// Reads words off a command line, from the left.
class Splitter {
 public:
  explicit Splitter(std::string_view text) : text_(text) {}

  std::vector<std::string> split() {
    std::vector<std::string> words;
    for (;;) {
      while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
      if (at_ == text_.size()) return words;
      words.push_back(word());
    }
  }

 private:
  std::string word() {
    std::string word;
    while (at_ < text_.size() && !is_blank(text_[at_])) {
      const char c = text_[at_++];
      if (c == '\'' || c == '"') {
        quoted(c, &word);
      } else if (c == '\\') {
        if (at_ == text_.size()) refuse_command(text_, "nothing stands behind its last backslash");
        word += text_[at_++];
      } else {
        word += c;
      }
    }
    return word;
  }

  void quoted(char quote, std::string* word) {
    while (at_ < text_.size() && text_[at_] != quote) {
      const bool escapes = quote == '"' && text_[at_] == '\\' && at_ + 1 < text_.size() &&
                           is_escapable_in_quotes(text_[at_ + 1]);
      if (escapes) ++at_;
      *word += text_[at_++];
    }
    if (at_ == text_.size()) refuse_command(text_, fmt::format("a quote {} doesn't end", quote));
    ++at_;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

std::vector<std::string> split_start_command(std::string_view text) {
  if (text.find('\0') != std::string_view::npos)
    refuse_command(text, "no word can hold a zero byte");
  std::vector<std::string> words = Splitter(text).split();
  if (words.empty() || words.front().empty()) refuse_command(text, "names no command");
  const bool has_port = std::any_of(words.begin(), words.end(), [](const std::string& word) {
    return word.find("{port}") != std::string::npos;
  });
  if (!has_port)
    refuse_command(
        text,
        "{port} must stand where the server is told its port (for a server that listens where "
        "it likes, start it yourself and give --target)");
  return words;
}

std::vector<std::string> fill_in(const std::vector<std::string>& words, const StartValues& values) {
  const std::vector<std::pair<std::string_view, std::string>> places = {
      {"{port}", fmt::to_string(values.port)},
      {"{host}", values.host},
      {"{profile}", values.profile}};
  std::vector<std::string> filled;
  for (const std::string& word : words) {
    std::string& out = filled.emplace_back();
    for (std::size_t at = 0; at < word.size();) {
      const std::string_view rest = std::string_view(word).substr(at);
      const auto place = std::find_if(places.begin(), places.end(),
                                      [&](const auto& one) { return rest.starts_with(one.first); });
      if (place == places.end()) {
        out += word[at++];
      } else {
        out += place->second;
        at += place->first.size();
      }
    }
  }
  return filled;
}

}  // namespace md5spec
