#include "catalogue/requirement.h"

#include <algorithm>

#include <fmt/format.h>
#include <re2/re2.h>

#include "catalogue/condition.h"
#include "target/yaml.h"
#include "text/nearest.h"

namespace md5spec {
namespace {

Requirement read_requirement(const YamlNode& node) {
  const YamlMap map = node.map("a requirement", {"id", "level", "title", "sentence", "applies",
                                                 "presupposes", "why", "fix"});
  static const re2::RE2 form("[A-Z]{3}-[0-9]+");
  Requirement requirement;
  requirement.id = map.at("id").text();
  if (!re2::RE2::FullMatch(requirement.id, form)) map.at("id").fail("must look like DIG-1");
  requirement.level =
      map.at("level").one_of({"MUST", "SHOULD"}) == "MUST" ? Level::kMust : Level::kShould;
  requirement.title = map.at("title").text();
  requirement.sentence = map.at("sentence").text();
  requirement.why = map.at("why").text();
  requirement.fix = map.at("fix").text();
  if (const auto applies = map.find("applies")) {
    for (const YamlNode& item : applies->items())
      requirement.applies.push_back(item.one_of(condition_names()));
  }
  if (const auto presupposes = map.find("presupposes")) {
    for (const YamlNode& item : presupposes->items()) {
      if (item.kind() != YamlNode::Kind::kMap) {
        requirement.presupposes.push_back({item.text(), ""});
        continue;
      }
      const YamlMap conditional = item.map("a presupposition", {"id", "when"});
      requirement.presupposes.push_back(
          {conditional.at("id").text(), conditional.at("when").one_of(condition_names())});
    }
  }
  return requirement;
}

}  // namespace

std::vector<Requirement> load_requirements(const std::string& path) {
  const YamlNode root = YamlNode::load(path);
  std::vector<Requirement> all;
  std::vector<std::string> ids;
  for (const YamlNode& item :
       root.map("the list of requirements", {"requirements"}).at("requirements").items()) {
    all.push_back(read_requirement(item));
    if (std::find(ids.begin(), ids.end(), all.back().id) != ids.end())
      item.fail(all.back().id + " stands here twice");
    ids.push_back(all.back().id);
  }
  for (const Requirement& requirement : all) {
    for (const auto& needed : requirement.presupposes) {
      if (std::find(ids.begin(), ids.end(), needed.id) == ids.end()) {
        root.fail(fmt::format("{} presupposes {}, which isn't a requirement{}", requirement.id,
                              needed.id, suggestion(needed.id, ids)));
      }
    }
  }
  return all;
}

}  // namespace md5spec
