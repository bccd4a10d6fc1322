#include "catalogue/known_failing.h"

#include <re2/re2.h>

#include "target/yaml.h"

namespace md5spec {

std::vector<KnownFailing> load_known_failing(const std::string& path) {
  static const re2::RE2 day("[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])");
  std::vector<KnownFailing> all;
  for (const YamlNode& item : YamlNode::load(path).items()) {
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
    all.push_back(std::move(one));
  }
  return all;
}

}  // namespace md5spec
