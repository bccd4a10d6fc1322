#include "report/strict_json.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "text/bytes.h"
#include "text/nearest.h"

namespace md5spec {
namespace {

using Json = nlohmann::ordered_json;

// None of our formats nests half as deep.
constexpr int kDeepest = 64;

// Refuses what nlohmann lets pass: keys given twice, of which it would keep one, and nesting
// without end. A pass of its own, before the text is read into a tree: asked while it reads, the
// parser looks at all of an array again for each object in it.
class Guard : public nlohmann::json_sax<Json> {
 public:
  const std::string& fault() const { return fault_; }

  bool null() override { return true; }
  bool boolean(bool /*value*/) override { return true; }
  bool number_integer(number_integer_t /*value*/) override { return true; }
  bool number_unsigned(number_unsigned_t /*value*/) override { return true; }
  bool number_float(number_float_t /*value*/, const string_t& /*text*/) override { return true; }
  bool string(string_t& /*value*/) override { return true; }
  bool binary(binary_t& /*value*/) override { return true; }
  bool start_object(std::size_t /*elements*/) override {
    keys_.emplace_back();
    return enter();
  }
  bool key(string_t& key) override {
    return keys_.back().insert(key).second ||
           note(fmt::format("gives the key {} twice", in_quotes(key)));
  }
  bool end_object() override {
    keys_.pop_back();
    return leave();
  }
  bool start_array(std::size_t /*elements*/) override { return enter(); }
  bool end_array() override { return leave(); }
  // What isn't well-formed is the parser's to say.
  bool parse_error(std::size_t /*position*/, const std::string& /*token*/,
                   const nlohmann::detail::exception& /*error*/) override {
    return false;
  }

 private:
  bool enter() { return ++depth_ <= kDeepest || note("nests too deeply"); }
  bool leave() {
    --depth_;
    return true;
  }
  bool note(std::string fault) {
    fault_ = std::move(fault);
    return false;
  }

  std::string fault_;
  std::vector<std::set<std::string>> keys_;
  int depth_ = 0;
};

// Where in `text` byte number `at` (from 1) stands.
Location place(const std::string& file, std::string_view text, std::size_t at, int first_line) {
  Location where{file, std::max(first_line, 1), 1};
  for (std::size_t i = 0; i + 1 < at && i < text.size(); ++i) {
    if (text[i] == '\n') {
      ++where.line;
      where.column = 1;
    } else {
      ++where.column;
    }
  }
  return where;
}

}  // namespace

struct JsonNode::Document {
  Location where;
  Json root;
};

JsonNode JsonNode::parse(std::string_view text, const std::string& file, int line) {
  const std::string shown = displayable(file);
  auto document = std::make_shared<Document>();
  document->where = {shown, line, 0};
  Guard guard;
  Json::sax_parse(text.begin(), text.end(), &guard);
  if (!guard.fault().empty()) throw InputError(document->where, guard.fault());
  try {
    document->root = Json::parse(text.begin(), text.end());
  } catch (const Json::parse_error& error) {
    throw InputError(place(shown, text, error.byte, line), "isn't well-formed JSON");
  } catch (const Json::exception&) {
    throw InputError(document->where, "isn't well-formed JSON");
  }
  const Json* root = &document->root;
  return {std::move(document), root, ""};
}

JsonNode::JsonNode(std::shared_ptr<const Document> document, const Json* value, std::string path)
    : document_(std::move(document)), value_(value), path_(std::move(path)) {}

JsonNode JsonNode::child(const Json& value, std::string path) const {
  return {document_, &value, std::move(path)};
}

void JsonNode::fail(const std::string& message) const {
  throw InputError(document_->where,
                   path_.empty() ? message : fmt::format("{}: {}", displayable(path_), message));
}

bool JsonNode::is_null() const { return value_->is_null(); }

bool JsonNode::is_text() const { return value_->is_string(); }

std::string JsonNode::text() const {
  if (!value_->is_string()) fail("must be a text");
  return value_->get<std::string>();
}

std::string JsonNode::word() const {
  std::string value = text();
  const bool fits =
      std::all_of(value.begin(), value.end(), [](char c) { return c > ' ' && c < 127; });
  if (value.empty() || !fits) fail("must be a word of printable characters");
  return value;
}

std::uint64_t JsonNode::natural(std::uint64_t most) const {
  if (!value_->is_number_unsigned() || value_->get<std::uint64_t>() > most) {
    fail(most == UINT64_MAX ? "must be a whole number, not negative"
                            : fmt::format("must be a whole number from 0 to {}", most));
  }
  return value_->get<std::uint64_t>();
}

std::int64_t JsonNode::integer(std::int64_t least, std::int64_t most) const {
  const bool fits = value_->is_number_integer() &&
                    (!value_->is_number_unsigned() || value_->get<std::uint64_t>() <= INT64_MAX);
  if (!fits || value_->get<std::int64_t>() < least || value_->get<std::int64_t>() > most)
    fail(fmt::format("must be a whole number from {} to {}", least, most));
  return value_->get<std::int64_t>();
}

bool JsonNode::boolean() const {
  if (!value_->is_boolean()) fail("must be true or false");
  return value_->get<bool>();
}

std::size_t JsonNode::one_of(const std::vector<std::string_view>& names) const {
  const std::string value = text();
  const auto found = std::find(names.begin(), names.end(), value);
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  const std::string near = nearest(value, {names.begin(), names.end()});
  fail(fmt::format("{} is none of the names that may stand here{}", in_quotes(value),
                   near.empty() ? "" : fmt::format("; did you mean '{}'?", near)));
}

std::vector<JsonNode> JsonNode::items() const {
  std::vector<JsonNode> all;
  all.reserve(size());
  for (std::size_t i = 0; i < size(); ++i) all.push_back(item(i));
  return all;
}

std::size_t JsonNode::size() const {
  if (!value_->is_array()) fail("must be an array");
  return value_->size();
}

JsonNode JsonNode::item(std::size_t index) const {
  if (index >= size()) fail(fmt::format("has no item {}", index));
  return child((*value_)[index], fmt::format("{}[{}]", path_, index));
}

const Json& JsonNode::object() const {
  if (!value_->is_object()) fail("must be an object");
  return *value_;
}

std::vector<std::pair<std::string, JsonNode>> JsonNode::members() const {
  std::vector<std::pair<std::string, JsonNode>> all;
  for (const auto& [key, value] : object().items())
    all.emplace_back(key, child(value, path_.empty() ? key : path_ + "." + key));
  return all;
}

JsonNode JsonNode::at(std::string_view key) const {
  const auto found = object().find(std::string(key));
  if (found == object().end()) fail(fmt::format("must have the key '{}'", key));
  return child(*found, path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key));
}

std::optional<JsonNode> JsonNode::find(std::string_view key) const {
  const auto found = object().find(std::string(key));
  if (found == object().end() || found->is_null()) return std::nullopt;
  return at(key);
}

std::string JsonNode::text_or_empty(std::string_view key) const {
  const auto found = find(key);
  return found ? found->text() : std::string();
}

std::vector<std::string> JsonNode::texts() const {
  std::vector<std::string> all;
  for (const JsonNode& one : items()) all.push_back(one.text());
  return all;
}

void JsonNode::only_has(const std::vector<std::string_view>& keys) const {
  for (const auto& [key, value] : object().items()) {
    if (std::find(keys.begin(), keys.end(), key) != keys.end()) continue;
    const std::string near = nearest(key, {keys.begin(), keys.end()});
    fail(fmt::format("has an unknown key {}{}", in_quotes(key),
                     near.empty() ? "" : fmt::format("; did you mean '{}'?", near)));
  }
}

std::string JsonNode::dump() const { return value_->dump(); }

}  // namespace md5spec
