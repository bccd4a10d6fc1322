#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "catalogue/catalogue.h"
#include "cli/commands.h"
#include "cli/data_folder.h"
#include "conduct/conductor.h"
#include "conduct/endpoint.h"
#include "conduct/plan.h"
#include "report/results.h"
#include "text/bytes.h"

namespace md5spec {
namespace {

using Json = nlohmann::ordered_json;

// In ASCII: a case file's text may hold characters that reorder a terminal's line.
std::string as_text(const Json& list) {
  constexpr bool kAscii = true;
  return list.dump(1, ' ', kAscii) + "\n";
}

struct ListOptions {
  std::string what = "cases";
  bool json = false;
  bool plain = false;
  std::vector<std::string> profiles;
  std::vector<std::string> cases;
  Selection selection;
};

std::vector<Profile> chosen_profiles(const ListOptions& options) {
  std::vector<Profile> profiles;
  for (const std::string& name :
       options.profiles.empty() ? bundled_profiles(profiles_folder()) : options.profiles) {
    profiles.push_back(load_profile(name, profiles_folder()));
  }
  return profiles;
}

// For scripts that start a process for each case: what `run` calls the case, and how many such
// processes a server that keeps to its profile can bear at once.
int list_plainly(const ListOptions& options) {
  const Catalogue catalogue = Catalogue::load(cases_folder(), options.cases);
  const auto cases = select(catalogue, options.selection);
  for (const Profile& profile : chosen_profiles(options)) {
    for (const Case* one : cases) {
      const std::string at_once =
          one->alone ? "alone" : fmt::to_string(default_jobs(profile.limits.connections));
      fmt::print("{}/{} {}\n", profile.name, one->id(), at_once);
    }
  }
  return kExitGood;
}

int list_cases(const ListOptions& options) {
  const Catalogue catalogue = Catalogue::load(cases_folder(), options.cases);
  const auto cases = select(catalogue, options.selection);
  if (options.profiles.empty()) {
    Json list = Json::array();
    for (const Case* one : cases) {
      if (options.json) {
        list.push_back({{"id", one->id()},
                        {"requirements", one->requirements},
                        {"tags", one->tags},
                        {"alone", one->alone},
                        {"file", one->where.file},
                        {"line", one->where.line},
                        {"why", one->why}});
      } else {
        fmt::print("{:<44} {}\n", one->id(), fmt::join(one->requirements, " "));
      }
    }
    if (options.json) fmt::print("{}", as_text(list));
    return kExitGood;
  }
  Json list = Json::array();
  for (const Profile& profile : chosen_profiles(options)) {
    RunFacts facts;
    const Plan plan = make_plan(catalogue, cases, profile, options.selection, facts, 1);
    for (const PlannedEntry& entry : plan.entries) {
      const Case& one = entry.planned.spec();
      const std::string id = profile.name + "/" + one.id();
      if (options.json) {
        Json row = {
            {"id", id},           {"requirements", one.requirements}, {"tags", one.tags},
            {"alone", one.alone}, {"file", one.where.file},           {"line", one.where.line}};
        if (entry.skipped) row["skipped"] = displayable(*entry.skipped);
        list.push_back(std::move(row));
      } else {
        fmt::print("{:<60} {:<8} {}\n", id, fmt::join(one.requirements, " "),
                   entry.skipped ? "skipped: " + displayable(*entry.skipped) : "");
      }
    }
  }
  if (options.json) fmt::print("{}", as_text(list));
  return kExitGood;
}

int list_requirements(const ListOptions& options) {
  const Catalogue catalogue = Catalogue::load(cases_folder(), options.cases);
  std::vector<Profile> profiles = chosen_profiles(options);
  RunFacts facts;
  facts.started = true;
  std::vector<Plan> plans;
  for (const Profile& profile : profiles) {
    plans.push_back(make_plan(catalogue, select(catalogue, options.selection), profile,
                              options.selection, facts, 1));
  }
  const auto count = [](const Plan& plan, const std::string& id) {
    return std::count_if(plan.entries.begin(), plan.entries.end(), [&](const PlannedEntry& e) {
      const auto& ids = e.planned.spec().requirements;
      return !e.skipped && std::find(ids.begin(), ids.end(), id) != ids.end();
    });
  };
  Json list = Json::array();
  if (!options.json) {
    fmt::print("{:<7} {:<7}", "id", "level");
    for (const Profile& profile : profiles) fmt::print(" {:>15}", profile.name);
    fmt::print("  (cases that apply under each profile)\n");
  }
  for (const Requirement& one : catalogue.requirements()) {
    const char* const level = one.level == Level::kMust ? "MUST" : "SHOULD";
    if (options.json) {
      Json counts;
      for (std::size_t i = 0; i < profiles.size(); ++i)
        counts[profiles[i].name] = count(plans[i], one.id);
      list.push_back({{"id", one.id},
                      {"level", level},
                      {"title", one.title},
                      {"sentence", one.sentence},
                      {"cases", counts}});
      continue;
    }
    fmt::print("{:<7} {:<7}", one.id, level);
    for (const Plan& plan : plans) fmt::print(" {:>15}", count(plan, one.id));
    fmt::print("  {}\n", one.title);
  }
  if (options.json) fmt::print("{}", as_text(list));
  return kExitGood;
}

int list_profiles(const ListOptions& options) {
  Json list = Json::array();
  for (const Profile& profile : chosen_profiles(options)) {
    if (options.json) {
      list.push_back({{"name", profile.name},
                      {"title", displayable(profile.title)},
                      {"framing", name_of(profile.framing)},
                      {"reply", displayable(in_quotes(profile.reply.text()))},
                      {"restrictions", profile.restrictions()}});
    } else {
      fmt::print("{:<18} {:<16} reply {:<12} {}\n", profile.name, name_of(profile.framing),
                 in_quotes(profile.reply.text()), displayable(profile.title));
    }
  }
  if (options.json) fmt::print("{}", as_text(list));
  return kExitGood;
}

}  // namespace

void add_list(CLI::App& app, Command* chosen) {
  auto options = std::make_shared<ListOptions>();
  CLI::App* command =
      app.add_subcommand("list", "Lists the cases, the requirements or the bundled profiles.");
  command->add_option("what", options->what, "cases, requirements or profiles")
      ->check(CLI::IsMember({"cases", "requirements", "profiles"}))
      ->capture_default_str();
  CLI::Option* json = command->add_flag("--json", options->json, "As JSON");
  command
      ->add_flag("--plain", options->plain,
                 "Cases, for scripts, a line each: PROFILE/GROUP.NAME and how many may run at "
                 "once, or 'alone'; without --profile under every bundled profile")
      ->excludes(json);
  command
      ->add_option("--profile", options->profiles,
                   "Say what applies under this profile (a name or a file; may be repeated)")
      ->allow_extra_args(false);
  command->add_option("--cases", options->cases, "More case files, or folders of them")
      ->envname("MD5SPEC_CASES")
      ->allow_extra_args(false);
  command
      ->add_option("--only", options->selection.only,
                   "Only what this picks: a glob on case ids or requirement ids, or tag:NAME")
      ->allow_extra_args(false);
  command->add_option("--skip", options->selection.skip, "Not what this picks")
      ->allow_extra_args(false);
  command->add_option("--tags", options->selection.tags, "Turn on what is off by default: huge")
      ->allow_extra_args(false);
  command->callback([options, chosen] {
    *chosen = [options] {
      if (options->plain && options->what != "cases")
        throw UsageError("--plain goes with the list of cases only");
      if (options->plain) return list_plainly(*options);
      if (options->what == "requirements") return list_requirements(*options);
      return options->what == "profiles" ? list_profiles(*options) : list_cases(*options);
    };
  });
}

}  // namespace md5spec
