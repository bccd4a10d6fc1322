#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>

#include "catalogue/catalogue.h"
#include "cli/commands.h"
#include "cli/data_folder.h"
#include "conduct/endpoint.h"
#include "report/results.h"
#include "text/bytes.h"
#include "text/nearest.h"

namespace md5spec {
namespace {

constexpr std::size_t kShownCases = 12;

// The flags that have another command find the same cases, with a blank behind them.
std::string flags_for(const std::vector<std::string>& more) {
  std::string flags;
  for (const std::string& path : more) flags += fmt::format("--cases {} ", shell_word(path));
  return flags;
}

void explain_requirement(const Catalogue& catalogue, const Requirement& one,
                         const std::vector<std::string>& more) {
  fmt::print("{} ({}): {}\n\n  {}\n\n  Why: {}\n  To mend it: {}\n", one.id,
             one.level == Level::kMust ? "MUST" : "SHOULD", one.title, one.sentence, one.why,
             one.fix);
  if (!one.applies.empty()) fmt::print("  Applies: {}\n", fmt::join(one.applies, ", "));
  std::vector<std::string> needed;
  for (const auto& other : one.presupposes)
    needed.push_back(other.when.empty() ? other.id
                                        : fmt::format("{} (where {})", other.id, other.when));
  if (!needed.empty())
    fmt::print("  Only judged where these aren't broken: {}\n", fmt::join(needed, ", "));
  std::vector<std::string> cases;
  for (const Case& candidate : catalogue.cases()) {
    const auto& ids = candidate.requirements;
    if (std::find(ids.begin(), ids.end(), one.id) != ids.end()) cases.push_back(candidate.id());
  }
  fmt::print("\n  {} case{} judge{} it", cases.size(), cases.size() == 1 ? "" : "s",
             cases.size() == 1 ? "s" : "");
  if (!cases.empty()) fmt::print(":\n");
  for (std::size_t i = 0; i < std::min(cases.size(), kShownCases); ++i)
    fmt::print("    {}\n", cases[i]);
  if (cases.size() > kShownCases)
    fmt::print("    … `md5spec list {}--only {}` shows all\n", flags_for(more), one.id);
}

void explain_case(const Catalogue& catalogue, const Case& one,
                  const std::vector<std::string>& more) {
  fmt::print("{}{}{}\n\n  Why: {}\n  Defined at {}\n", one.id(), one.title.empty() ? "" : ": ",
             displayable(one.title), displayable(one.why), displayable(one.where.str()));
  if (!one.tags.empty()) fmt::print("  Tags: {}\n", fmt::join(one.tags, ", "));
  for (const std::string& id : one.requirements) {
    const Requirement& requirement = *catalogue.find_requirement(id);
    fmt::print("\n  It judges {}: {}\n  To mend it: {}\n", id, requirement.sentence,
               requirement.fix);
  }
  fmt::print("\n  Alone: md5spec run {}--only {}\n", flags_for(more), one.id());
}

int explain(const std::string& id, const std::vector<std::string>& more) {
  const Catalogue catalogue = Catalogue::load(cases_folder(), more);
  // A test's name has its profile before the case's id.
  const std::size_t slash = id.rfind('/');
  const std::string name = slash == std::string::npos ? id : id.substr(slash + 1);
  if (const Requirement* requirement = catalogue.find_requirement(name)) {
    explain_requirement(catalogue, *requirement, more);
    return kExitGood;
  }
  if (const Case* one = catalogue.find_case(name)) {
    explain_case(catalogue, *one, more);
    return kExitGood;
  }
  std::vector<std::string> known;
  for (const Requirement& requirement : catalogue.requirements()) known.push_back(requirement.id);
  for (const Case& one : catalogue.cases()) known.push_back(one.id());
  const std::string near = nearest(name, known);
  throw UsageError(fmt::format(
      "no requirement or case '{}'{}", displayable(name),
      near.empty()
          ? "; `md5spec list` shows the cases, `md5spec list requirements` the requirements"
          : fmt::format("; did you mean '{}'?", near)));
}

}  // namespace

void add_explain(CLI::App& app, Command* chosen) {
  auto id = std::make_shared<std::string>();
  auto more = std::make_shared<std::vector<std::string>>();
  CLI::App* command = app.add_subcommand(
      "explain",
      "Explains a requirement or a case: what it means, why it exists, how to mend what it finds.");
  command->add_option("ID", *id, "A requirement (DIG-1) or a case (defaults.hello_server)")
      ->required();
  command->add_option("--cases", *more, "More case files, or folders of them")
      ->envname("MD5SPEC_CASES")
      ->allow_extra_args(false);
  command->callback([id, more, chosen] { *chosen = [id, more] { return explain(*id, *more); }; });
}

}  // namespace md5spec
