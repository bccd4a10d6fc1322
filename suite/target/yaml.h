// Reading YAML strictly: every value is asked for by type and range, every fault names file, line,
// column and key, and no key goes unread. Only the rooms that read files (target, catalogue)
// include this.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "target/input_error.h"
#include "target/yaml_document.h"

namespace md5spec {

// What a matrix (`for:`) puts in the place of "{name}"; a number can be formatted as "{name:02x}".
struct Variable {
  std::string text;
  std::optional<std::int64_t> number;
};
using Variables = std::map<std::string, Variable>;

class YamlMap;

// A value in a YAML file together with where it stands and what it is called. Cheap to copy.
class YamlNode {
 public:
  using Kind = YamlItem::Kind;

  // Throw InputError where the text isn't one well-formed YAML document or the file can't be read.
  static YamlNode parse(const std::string& text, const std::string& file);
  static YamlNode load(const std::string& path);
  // The text that load() parses.
  static std::string read(const std::string& path);

  Kind kind() const { return item_->kind; }
  const Location& location() const { return location_; }
  const std::string& path() const { return path_; }  // "cases[3].message.size"

  // Throws InputError at this value's place, with its path before `message`.
  [[noreturn]] void fail(const std::string& message) const;

  // A string. A plain scalar that YAML tools read as a number, boolean or null is refused with the
  // advice to quote it.
  std::string text() const;
  // One of `names`, otherwise an error with the nearest.
  std::string one_of(const std::vector<std::string>& names) const;
  // Whether this is a scalar that says just `word`.
  bool is(std::string_view word) const;
  // A scalar's text however it is written; empty for anything else. For values of several forms.
  std::string scalar_or_empty() const;
  // A string (its UTF-8) or {hex: "…"}.
  std::string bytes() const;
  std::int64_t integer(std::int64_t least, std::int64_t most) const;
  bool boolean() const;
  std::uint64_t size() const;                  // 17, 4KiB, 1MiB, 2GiB: bytes
  std::chrono::microseconds duration() const;  // 200ms, 2s, 1.5s: not negative, at most an hour
  std::vector<YamlNode> items() const;         // of a sequence
  std::vector<YamlNode> items_or_self()
      const;  // of a sequence; a single other value counts as a sequence of one

  // The value as a map which may have only `known` keys; `what` names the thing it describes ("a
  // profile").
  YamlMap map(std::string_view what, const std::vector<std::string>& known) const;
  // A map's keys, in order of appearance. An error unless it's a map with text keys, each once.
  std::vector<std::string> keys() const;

  // The same value, with the variables of a matrix put in wherever text is read from it or below
  // it. `variables` must outlive what is read.
  YamlNode with(const Variables* variables) const;

 private:
  friend class YamlMap;
  YamlNode(std::shared_ptr<const YamlDocument> document, const YamlItem* item, Location location,
           std::string path, const Variables* variables);
  YamlNode child(const YamlItem& item, std::string path) const;
  Location place(const YamlItem& item) const;
  std::string scalar(std::string_view wanted) const;
  bool is_quoted() const { return item_->quoted; }
  bool has_variable() const;

  std::shared_ptr<const YamlDocument> document_;
  const YamlItem* item_;
  Location location_;
  std::string path_;
  const Variables* variables_ = nullptr;
};

// A YAML map whose keys have been checked.
class YamlMap {
 public:
  std::optional<YamlNode> find(std::string_view key) const;
  YamlNode at(std::string_view key) const;  // an error if it's missing
  bool has(std::string_view key) const { return find(key).has_value(); }
  const YamlNode& node() const { return node_; }
  // Where the key itself stands, for errors about a key that oughtn't be here.
  [[noreturn]] void fail_at_key(std::string_view key, const std::string& message) const;

 private:
  friend class YamlNode;
  YamlMap(YamlNode node, std::string what) : node_(std::move(node)), what_(std::move(what)) {}
  // Where the key stands among the item's children; their number if it doesn't.
  std::size_t index_of(std::string_view key) const;
  YamlNode node_;
  std::string what_;
};

// Puts `variables` into `text` where it says "{name}" or "{name:02x}" (fmt's d, x and X with a
// width); every other brace stands for itself. Returns a message for what can't be formatted in
// `*fault`.
std::string substitute(std::string_view text, const Variables& variables, std::string* fault);

}  // namespace md5spec
