#include "catalogue/matrix.h"

#include <charconv>

#include <fmt/format.h>
#include <re2/re2.h>

namespace md5spec {
namespace {

constexpr std::size_t kMostInstances = 20'000;

std::vector<Variable> read_values(const YamlNode& node) {
  static const re2::RE2 range(R"((-?[0-9]{1,15})\.\.(-?[0-9]{1,15}))");
  static const re2::RE2 number("-?[0-9]{1,15}");
  std::vector<Variable> values;
  for (const YamlNode& item : node.items_or_self()) {
    const std::string text = item.scalar_or_empty();
    std::int64_t from = 0;
    std::int64_t to = 0;
    if (re2::RE2::FullMatch(text, range, &from, &to)) {
      if (to < from) item.fail("the range's end is below its start");
      if (static_cast<std::size_t>(to - from) >= kMostInstances)
        item.fail(fmt::format("makes more than {} cases", kMostInstances));
      for (std::int64_t value = from; value <= to; ++value)
        values.push_back({fmt::format("{}", value), value});
    } else if (re2::RE2::FullMatch(text, number)) {
      std::from_chars(text.data(), text.data() + text.size(), from);
      values.push_back({text, from});
    } else {
      values.push_back({item.text(), std::nullopt});
    }
    if (values.size() > kMostInstances)
      node.fail(fmt::format("makes more than {} cases", kMostInstances));
  }
  if (values.empty()) node.fail("needs at least one value");
  return values;
}

}  // namespace

std::vector<Variables> expand_matrix(const YamlNode& node) {
  static const re2::RE2 name("[a-z][a-z0-9_]*");
  std::vector<Variables> all(1);
  const std::vector<std::string> keys = node.keys();
  if (keys.empty()) node.fail("needs at least one variable");
  const YamlMap map = node.map("'for'", keys);
  for (const std::string& key : keys) {
    if (!re2::RE2::FullMatch(key, name))
      map.fail_at_key(key, "a variable's name is a letter, then letters, digits and underscores");
    const std::vector<Variable> values = read_values(map.at(key));
    if (all.size() * values.size() > kMostInstances)
      node.fail(fmt::format("makes more than {} cases", kMostInstances));
    std::vector<Variables> product;
    for (const Variables& before : all) {
      for (const Variable& value : values) {
        Variables next = before;
        next[key] = value;
        product.push_back(std::move(next));
      }
    }
    all = std::move(product);
  }
  return all;
}

}  // namespace md5spec
