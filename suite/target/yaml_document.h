// A YAML file as a tree of items, each with its place.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

namespace md5spec {

struct YamlItem {
  enum class Kind { kNull, kScalar, kSequence, kMap };

  Kind kind = Kind::kNull;
  bool quoted = false;  // a scalar that isn't plain
  int line = 0;         // from 1; 0: unknown
  int column = 0;
  std::string text;                       // of a scalar
  std::vector<const YamlItem*> children;  // of a map, keys and values by turns
};

struct YamlDocument {
  std::string file;
  std::deque<YamlItem> items;  // where they stand in memory doesn't change
  const YamlItem* root = nullptr;
};

// Throws InputError where the text isn't one well-formed YAML document; `file` names it in errors.
std::shared_ptr<const YamlDocument> read_document(const std::string& text, const std::string& file);

}  // namespace md5spec
