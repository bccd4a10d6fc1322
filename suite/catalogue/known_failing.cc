#include "catalogue/known_failing.h"

#include <sstream>
#include <string_view>

#include <re2/re2.h>

#include "target/yaml.h"

namespace md5spec {

namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// Where a line's text begins; npos for a blank one.
std::size_t indent_of(std::string_view line) {
  const std::size_t indent = line.find_first_not_of(' ');
  const bool blank = indent == std::string_view::npos ||
                     line.find_first_not_of(" \t\r", indent) == std::string_view::npos;
  return blank ? std::string_view::npos : indent;
}

bool is_dash(std::string_view line, std::size_t indent) {
  return indent_of(line) == indent && line[indent] == '-' &&
         (line.size() == indent + 1 ||
          std::string_view(" \t\r").find(line[indent + 1]) != std::string_view::npos);
}

// Gives the entries of a list that is written with dashes their lines. An entry reaches from its
// dash to the last line that is indented more: what follows may be a comment on the next.
void find_lines(const YamlNode& root, KnownFailingList* list) {
  const std::vector<std::string> lines = lines_of(list->text);
  const auto line = static_cast<std::size_t>(root.location().line);
  const auto column = static_cast<std::size_t>(root.location().column);
  if (line == 0 || line > lines.size() || column == 0) return;
  const std::size_t indent = column - 1;
  if (!is_dash(lines[line - 1], indent)) return;
  std::vector<std::pair<int, int>> found;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const int number = static_cast<int>(i) + 1;
    if (is_dash(lines[i], indent)) {
      found.emplace_back(number, number);
    } else if (const std::size_t at = indent_of(lines[i]);
               at != std::string::npos && at > indent && !found.empty()) {
      found.back().second = number;
    }
  }
  if (found.size() != list->entries.size()) return;
  list->indent = indent;
  for (std::size_t i = 0; i < found.size(); ++i) {
    list->entries[i].first_line = found[i].first;
    list->entries[i].last_line = found[i].second;
  }
}

KnownFailing read_entry(const YamlNode& item) {
  static const re2::RE2 day("[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])");
  const YamlMap map = item.map("a known failure", {"case", "profile", "reason", "until"});
  KnownFailing one;
  one.where = item.location();
  one.pattern = map.at("case").text();
  one.reason = map.at("reason").text();
  if (one.reason.empty()) map.at("reason").fail("must say why the case is known to fail");
  if (const auto profile = map.find("profile")) one.profile = profile->text();
  if (const auto until = map.find("until")) {
    one.until = until->scalar_or_empty();
    if (!re2::RE2::FullMatch(one.until, day)) until->fail("must be a day such as 2027-01-31");
  }
  return one;
}

}  // namespace

KnownFailingList load_known_failing(const std::string& path) {
  return parse_known_failing(YamlNode::read(path), path);
}

KnownFailingList parse_known_failing(const std::string& text, const std::string& file) {
  KnownFailingList list;
  list.file = file;
  list.text = text;
  const YamlNode root = YamlNode::parse(text, file);
  // What is left once everything was mended and taken out.
  if (root.kind() == YamlNode::Kind::kNull) return list;
  for (const YamlNode& item : root.items()) list.entries.push_back(read_entry(item));
  find_lines(root, &list);
  return list;
}

}  // namespace md5spec
