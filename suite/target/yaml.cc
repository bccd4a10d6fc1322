#include "target/yaml.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <fstream>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <re2/re2.h>

#include "text/bytes.h"
#include "text/nearest.h"

namespace md5spec {
namespace {

// A file that people wrote by hand is far smaller; more is taken for a mistake (a binary, a
// device).
constexpr std::size_t kLargestFile = 16U << 20U;

// What a plain (unquoted) scalar means to tools that resolve YAML's types, for all of YAML 1.1
// and 1.2; empty: a string.
std::string_view resolved_type(const std::string& plain) {
  // Most texts can be told from all of these by their first character.
  constexpr std::string_view kFirst = "~nNtTfFyYoO+-.0123456789";
  if (!plain.empty() && kFirst.find(plain.front()) == std::string_view::npos) return {};
  static const re2::RE2 null("~|null|Null|NULL|");
  static const re2::RE2 boolean("(?i)true|false|yes|no|on|off|y|n");
  static const re2::RE2 number(
      R"([-+]?(0|[1-9][0-9_]*|0[0-7_]+|0o[0-7]+|0x[0-9a-fA-F_]+|0b[01_]+|[0-9]+)|)"
      R"([-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)|)"
      R"([-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?)");
  static const re2::RE2 date(R"([0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt ].*)?)");
  if (re2::RE2::FullMatch(plain, null)) return "null";
  if (re2::RE2::FullMatch(plain, boolean)) return "a boolean";
  if (re2::RE2::FullMatch(plain, number)) return "a number";
  if (re2::RE2::FullMatch(plain, date)) return "a date";
  return {};
}

std::string_view kind_name(YamlNode::Kind kind) {
  switch (kind) {
    case YamlNode::Kind::kNull:
      return "nothing";
    case YamlNode::Kind::kScalar:
      return "a single value";
    case YamlNode::Kind::kSequence:
      return "a list";
    case YamlNode::Kind::kMap:
      return "a map";
  }
  return "something else";
}

bool to_integer(std::string_view text, std::int64_t* value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *value);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

std::string Location::str() const {
  if (line == 0) return file;
  if (column == 0) return fmt::format("{}:{}", file, line);
  return fmt::format("{}:{}:{}", file, line, column);
}

YamlNode::YamlNode(std::shared_ptr<const YamlDocument> document, const YamlItem* item,
                   Location location, std::string path, const Variables* variables)
    : document_(std::move(document)),
      item_(item),
      location_(std::move(location)),
      path_(std::move(path)),
      variables_(variables) {}

YamlNode YamlNode::parse(const std::string& text, const std::string& file) {
  if (text.size() > kLargestFile) {
    throw InputError({file, 0, 0}, fmt::format("larger than a YAML file may be, {}",
                                               size_in_words(kLargestFile)));
  }
  if (!is_utf8(text)) throw InputError({file, 0, 0}, "not well-formed UTF-8");
  auto document = read_document(text, file);
  const YamlItem* const root = document->root;
  return {std::move(document), root, {file, root->line, root->column}, "", nullptr};
}

YamlNode YamlNode::load(const std::string& path) { return parse(read(path), path); }

std::string YamlNode::read(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::string text;
  std::array<char, 1U << 16U> chunk;
  while (in && text.size() <= kLargestFile) {
    in.read(chunk.data(), chunk.size());
    text.append(chunk.data(), static_cast<std::size_t>(in.gcount()));
  }
  if (!in.is_open() || in.bad()) throw InputError({path, 0, 0}, "can't be read");
  return text;
}

void YamlNode::fail(const std::string& message) const {
  throw InputError(location_, path_.empty() ? message : displayable(path_) + ": " + message);
}

Location YamlNode::place(const YamlItem& item) const {
  return {document_->file, item.line, item.column};
}

YamlNode YamlNode::child(const YamlItem& item, std::string path) const {
  return {document_, &item, item.line == 0 ? location_ : place(item), std::move(path), variables_};
}

YamlNode YamlNode::with(const Variables* variables) const {
  YamlNode copy(*this);
  copy.variables_ = variables;
  return copy;
}

bool YamlNode::has_variable() const {
  if (variables_ == nullptr) return false;
  std::string fault;
  return substitute(item_->text, *variables_, &fault) != item_->text;
}

std::string YamlNode::scalar(std::string_view wanted) const {
  if (kind() != Kind::kScalar) {
    fail(fmt::format("must be {}, but this is {}", wanted, kind_name(kind())));
  }
  if (variables_ == nullptr) return item_->text;
  std::string fault;
  std::string text = substitute(item_->text, *variables_, &fault);
  if (!fault.empty()) fail(fault);
  return text;
}

std::string YamlNode::text() const {
  std::string value = scalar("a string");
  if (!is_quoted()) {
    const std::string_view type = resolved_type(item_->text);
    if (!type.empty()) {
      fail(fmt::format("must be a string, but without quotes this is {}; write \"{}\"", type,
                       displayable(item_->text)));
    }
  }
  return value;
}

std::string YamlNode::one_of(const std::vector<std::string>& names) const {
  std::string value = scalar("a name");
  if (std::find(names.begin(), names.end(), value) == names.end()) {
    fail(fmt::format("'{}' isn't known here{}", displayable(value), suggestion(value, names)));
  }
  return value;
}

bool YamlNode::is(std::string_view word) const {
  return kind() == Kind::kScalar && item_->text == word;
}

std::string YamlNode::scalar_or_empty() const {
  return kind() == Kind::kScalar ? scalar("a value") : std::string();
}

std::string YamlNode::bytes() const {
  if (kind() != Kind::kMap) return text();
  const YamlNode digits = map("bytes", {"hex"}).at("hex");
  std::string value;
  if (!unhex(digits.text(), &value)) digits.fail("must be pairs of hex digits");
  return value;
}

std::int64_t YamlNode::integer(std::int64_t least, std::int64_t most) const {
  const std::string text = scalar("a whole number");
  std::int64_t value = 0;
  if ((is_quoted() && !has_variable()) || !to_integer(text, &value)) {
    fail(fmt::format("must be a whole number, not {}", in_quotes(text, 40)));
  }
  if (value < least || value > most) {
    fail(fmt::format("must be between {} and {}, not {}", least, most, value));
  }
  return value;
}

bool YamlNode::boolean() const {
  const std::string text = scalar("true or false");
  if (is_quoted() || (text != "true" && text != "false")) {
    fail(fmt::format("must be true or false, not {}", in_quotes(text, 40)));
  }
  return text == "true";
}

std::uint64_t YamlNode::size() const {
  const std::string text = scalar("a size");
  static const re2::RE2 form("([0-9]{1,19})(KiB|MiB|GiB)?");
  std::int64_t value = 0;
  std::string unit;
  if (!re2::RE2::FullMatch(text, form, &value, &unit)) {
    fail(fmt::format("must be a size such as 1024, 4KiB, 1MiB or 2GiB, not {}",
                     in_quotes(text, 40)));
  }
  const int shift = unit.empty() ? 0 : unit == "KiB" ? 10 : unit == "MiB" ? 20 : 30;
  constexpr std::int64_t kMost = std::int64_t{1} << 40;
  if (value > (kMost >> shift)) fail("is too large; at most 1024GiB");
  return static_cast<std::uint64_t>(value) << shift;
}

std::chrono::microseconds YamlNode::duration() const {
  const std::string text = scalar("a time");
  static const re2::RE2 form(R"(([0-9]{1,9}(?:\.[0-9]{1,6})?)(ms|s))");
  std::string number;
  std::string unit;
  if (!re2::RE2::FullMatch(text, form, &number, &unit)) {
    fail(fmt::format("must be a time such as 200ms or 2s, not {}", in_quotes(text, 40)));
  }
  double value = 0;
  std::from_chars(number.data(), number.data() + number.size(), value);
  const auto us = static_cast<std::int64_t>(std::llround(value * (unit == "s" ? 1e6 : 1e3)));
  if (us > std::int64_t{3'600'000'000}) fail("is too long; at most an hour");
  return std::chrono::microseconds(us);
}

std::vector<YamlNode> YamlNode::items() const {
  if (kind() != Kind::kSequence)
    fail(fmt::format("must be a list, but this is {}", kind_name(kind())));
  std::vector<YamlNode> all;
  all.reserve(item_->children.size());
  for (const YamlItem* item : item_->children)
    all.push_back(child(*item, fmt::format("{}[{}]", path_, all.size())));
  return all;
}

std::vector<YamlNode> YamlNode::items_or_self() const {
  if (kind() == Kind::kSequence) return items();
  return {*this};
}

std::vector<std::string> YamlNode::keys() const {
  if (kind() != Kind::kMap) fail(fmt::format("must be a map, but this is {}", kind_name(kind())));
  std::vector<std::string> names;
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < item_->children.size(); i += 2) {
    const YamlItem& key = *item_->children[i];
    if (key.kind != Kind::kScalar) throw InputError(place(key), "a key must be a name");
    if (!seen.insert(key.text).second) {
      throw InputError(place(key),
                       fmt::format("the key '{}' stands here twice", displayable(key.text)));
    }
    names.push_back(key.text);
  }
  return names;
}

YamlMap YamlNode::map(std::string_view what, const std::vector<std::string>& known) const {
  if (kind() != Kind::kMap) {
    fail(fmt::format("{} must be a map, but this is {}", what, kind_name(kind())));
  }
  YamlMap checked(*this, std::string(what));
  for (const std::string& key : keys()) {
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    checked.fail_at_key(
        key, fmt::format("{} has no key '{}'{}", what, displayable(key), suggestion(key, known)));
  }
  return checked;
}

std::size_t YamlMap::index_of(std::string_view key) const {
  const auto& children = node_.item_->children;
  std::size_t i = 0;
  while (i < children.size() && children[i]->text != key) i += 2;
  return i;
}

std::optional<YamlNode> YamlMap::find(std::string_view key) const {
  const auto& children = node_.item_->children;
  const std::size_t at = index_of(key);
  if (at >= children.size()) return std::nullopt;
  YamlNode value =
      node_.child(*children[at + 1],
                  node_.path_.empty() ? std::string(key) : fmt::format("{}.{}", node_.path_, key));
  // yaml-cpp puts a value that isn't there where the next thing stands.
  if (value.kind() == YamlNode::Kind::kNull) value.location_ = node_.place(*children[at]);
  return value;
}

YamlNode YamlMap::at(std::string_view key) const {
  if (auto found = find(key)) return *found;
  node_.fail(fmt::format("{} needs the key '{}'", what_, key));
}

void YamlMap::fail_at_key(std::string_view key, const std::string& message) const {
  const auto& children = node_.item_->children;
  const std::size_t at = index_of(key);
  if (at < children.size()) throw InputError(node_.place(*children[at]), message);
  node_.fail(message);
}

std::string substitute(std::string_view text, const Variables& variables, std::string* fault) {
  std::string out;
  while (!text.empty()) {
    const std::size_t open = text.find('{');
    out += text.substr(0, open);
    if (open == std::string_view::npos) break;
    text.remove_prefix(open);
    const std::size_t close = text.find('}');
    const std::string_view inside =
        close == std::string_view::npos ? std::string_view() : text.substr(1, close - 1);
    const std::size_t colon = inside.find(':');
    const auto variable = variables.find(std::string(inside.substr(0, colon)));
    if (close == std::string_view::npos || variable == variables.end()) {
      out += '{';
      text.remove_prefix(1);
      continue;
    }
    if (colon == std::string_view::npos) {
      out += variable->second.text;
    } else {
      static const re2::RE2 form("0?[0-9]{0,2}[dxX]");
      const std::string spec(inside.substr(colon + 1));
      if (!variable->second.number || !re2::RE2::FullMatch(spec, form)) {
        *fault = fmt::format(
            "'{{{}}}' can't be formatted: the variable must be a whole number and the format d, x "
            "or X with a width",
            displayable(inside));
        return {};
      }
      out += fmt::format(fmt::runtime("{:" + spec + "}"), *variable->second.number);
    }
    text.remove_prefix(close + 1);
  }
  return out;
}

}  // namespace md5spec
