// Reading JSON that came from elsewhere: every value is asked for by type and range, every fault
// names the file and the value's path. Whatever the text holds, reading it ends in values or in an
// InputError.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "target/input_error.h"

namespace md5spec {

// A value in a JSON text together with what it is called. Cheap to copy.
class JsonNode {
 public:
  // Throws InputError where the text isn't one well-formed JSON value, gives a key twice or nests
  // deeper than any of our formats. `line`: where in the file the text stands, if it is one line
  // of it.
  static JsonNode parse(std::string_view text, const std::string& file, int line = 0);

  // Throws InputError with this value's path before `message`.
  [[noreturn]] void fail(const std::string& message) const;

  bool is_null() const;
  bool is_text() const;
  std::string text() const;
  // A text that an id, a name or a version may be: not empty, printable ASCII without blanks.
  std::string word() const;
  std::uint64_t natural(std::uint64_t most = UINT64_MAX) const;
  std::int64_t integer(std::int64_t least, std::int64_t most) const;
  bool boolean() const;
  // The place in `names` of the text that this is.
  std::size_t one_of(const std::vector<std::string_view>& names) const;
  std::vector<JsonNode> items() const;  // of an array
  std::size_t size() const;             // of an array
  JsonNode item(std::size_t index) const;
  std::vector<std::pair<std::string, JsonNode>> members() const;  // of an object
  JsonNode at(std::string_view key) const;  // of an object; an error where it's missing
  std::optional<JsonNode> find(std::string_view key) const;  // nothing where missing or null
  std::string text_or_empty(std::string_view key) const;     // of the text there, if there is one
  std::vector<std::string> texts() const;                    // of an array of texts
  // An error where it has other keys than these.
  void only_has(const std::vector<std::string_view>& keys) const;
  // This value as compact JSON.
  std::string dump() const;

 private:
  struct Document;
  JsonNode(std::shared_ptr<const Document> document, const nlohmann::ordered_json* value,
           std::string path);
  JsonNode child(const nlohmann::ordered_json& value, std::string path) const;
  const nlohmann::ordered_json& object() const;

  std::shared_ptr<const Document> document_;
  const nlohmann::ordered_json* value_;
  std::string path_;
};

}  // namespace md5spec
