#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "catalogue/catalogue.h"
#include "catalogue/known_failing.h"
#include "catalogue/pins.h"
#include "cli/commands.h"
#include "cli/data_folder.h"
#include "report/results.h"
#include "target/yaml.h"
#include "text/bytes.h"

namespace md5spec {
namespace {

// What a YAML file is for shows in its first keys.
std::string check(const std::string& file, const std::vector<std::string>& requirement_ids,
                  std::map<std::string, Location>* seen) {
  const YamlNode root = YamlNode::load(file);
  if (root.kind() == YamlNode::Kind::kSequence)
    return fmt::format("{} known failures", load_known_failing(file).entries.size());
  const auto keys = root.kind() == YamlNode::Kind::kMap ? root.keys() : std::vector<std::string>();
  const auto has = [&](const char* key) {
    return std::find(keys.begin(), keys.end(), key) != keys.end();
  };
  if (has("requirements") && !has("group"))
    return fmt::format("{} requirements", load_requirements(file).size());
  if (has("profile") && !has("group"))
    return fmt::format("the profile {}", load_profile(file, profiles_folder()).name);
  const std::vector<Case> cases = load_case_file(file, requirement_ids);
  for (const Case& one : cases) {
    check_pin(one);
    const auto [first, is_new] = seen->emplace(one.id(), one.where);
    if (!is_new)
      throw InputError(one.where, fmt::format("the case {} is already defined at {}", one.id(),
                                              first->second.str()));
  }
  return fmt::format("{} case{}", cases.size(), cases.size() == 1 ? "" : "s");
}

int lint(const std::vector<std::string>& paths) {
  std::vector<std::string> ids;
  for (const Requirement& one : load_requirements(cases_folder() + "/requirements.yaml"))
    ids.push_back(one.id);
  std::map<std::string, Location> seen;
  int status = kExitGood;
  for (const std::string& path : paths) {
    for (const std::string& file : case_files(path)) {
      try {
        fmt::print("{}: {}\n", displayable(file), check(file, ids, &seen));
      } catch (const InputError& error) {
        fmt::print(stderr, "{}\n", displayable(error.what()));
        status = kExitUsage;
      }
    }
  }
  return status;
}

}  // namespace

void add_lint(CLI::App& app, Command* chosen) {
  auto paths = std::make_shared<std::vector<std::string>>();
  CLI::App* command = app.add_subcommand(
      "lint", "Checks case files, profiles and known-failing lists, pinned digests included.");
  command->add_option("FILE", *paths, "Files, or folders of them")->required();
  command->callback([paths, chosen] { *chosen = [paths] { return lint(*paths); }; });
}

}  // namespace md5spec
