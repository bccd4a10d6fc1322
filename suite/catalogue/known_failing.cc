#include "catalogue/known_failing.h"

#include <fstream>

#include <re2/re2.h>

#include "target/yaml.h"

namespace md5spec {

namespace {

std::vector<std::string> lines_of(const std::string& path) {
  std::ifstream in(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// The last line of the entry that begins in line `first`: those that are indented below it are its
// own.
int last_line(const std::vector<std::string>& lines, int first) {
  auto last = static_cast<std::size_t>(first);
  if (last == 0 || last > lines.size()) return first;
  const std::size_t indent = lines[last - 1].find_first_not_of(' ');
  while (last < lines.size()) {
    const std::size_t next = lines[last].find_first_not_of(' ');
    if (next == std::string::npos || next <= indent || lines[last][next] == '#') break;
    ++last;
  }
  return static_cast<int>(last);
}

}  // namespace

std::vector<KnownFailing> load_known_failing(const std::string& path) {
  static const re2::RE2 day("[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])");
  std::vector<KnownFailing> all;
  const std::vector<std::string> lines = lines_of(path);
  for (const YamlNode& item : YamlNode::load(path).items()) {
    const YamlMap map = item.map("a known failure", {"case", "profile", "reason", "until"});
    KnownFailing one;
    one.where = item.location();
    one.last_line = last_line(lines, one.where.line);
    one.pattern = map.at("case").text();
    one.reason = map.at("reason").text();
    if (one.reason.empty()) map.at("reason").fail("must say why the case is known to fail");
    if (const auto profile = map.find("profile")) one.profile = profile->text();
    if (const auto until = map.find("until")) {
      one.until = until->scalar_or_empty();
      if (!re2::RE2::FullMatch(one.until, day)) until->fail("must be a day such as 2027-01-31");
    }
    all.push_back(std::move(one));
  }
  return all;
}

}  // namespace md5spec
