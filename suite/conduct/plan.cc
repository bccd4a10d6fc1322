#include "conduct/plan.h"

#include <algorithm>

#include <fmt/format.h>

#include "conduct/endpoint.h"
#include "text/bytes.h"
#include "text/nearest.h"

namespace md5spec {
namespace {

constexpr std::string_view kTagPrefix = "tag:";

bool any_picks(const std::vector<std::string>& patterns, const Case& one) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const std::string& pattern) { return picks(pattern, one); });
}

// Tags turned on: asked for by --tags, or by a pattern that names one.
bool is_on(std::string_view tag, const Selection& selection) {
  const std::string pattern = std::string(kTagPrefix) + std::string(tag);
  return std::find(selection.tags.begin(), selection.tags.end(), tag) != selection.tags.end() ||
         std::find(selection.only.begin(), selection.only.end(), pattern) != selection.only.end();
}

void refuse_idle_patterns(const Catalogue& catalogue, const std::string& flag,
                          const std::vector<std::string>& patterns) {
  for (const std::string& pattern : patterns) {
    const auto& cases = catalogue.cases();
    if (std::any_of(cases.begin(), cases.end(), [&](const Case& c) { return picks(pattern, c); }))
      continue;
    std::vector<std::string> names;
    for (const Requirement& requirement : catalogue.requirements()) names.push_back(requirement.id);
    for (const Case& one : cases) names.push_back(one.id());
    const std::string near = nearest(pattern, names);
    throw UsageError(fmt::format("{} {} matches no case{}", flag, displayable(pattern),
                                 near.empty() ? "; `md5spec list` shows them all"
                                              : fmt::format("; did you mean '{}'?", near)));
  }
}

std::optional<std::string> why_skipped(const Catalogue& catalogue, const PlannedCase& planned,
                                       const Selection& selection, const RunFacts& facts) {
  const Case& one = planned.spec();
  const Profile& profile = planned.profile();
  if (one.tags.contains(std::string(kHugeTag)) && !is_on(kHugeTag, selection)) {
    return "huge messages are off by default (--tags huge)";
  }
  for (const std::string& condition : one.when) {
    if (auto reason = unmet(condition, profile, facts)) return reason;
  }
  if (process_use(one.script) != ProcessUse::kNone) {
    if (auto reason = unmet("started", profile, facts)) return reason;
  }
  for (const std::string& id : one.requirements) {
    for (const std::string& condition : catalogue.find_requirement(id)->applies) {
      if (auto reason = unmet(condition, profile, facts))
        return fmt::format("{} doesn't apply: {}", id, *reason);
    }
  }
  return planned.why_unsendable();
}

}  // namespace

bool picks(const std::string& pattern, const Case& one) {
  if (pattern.starts_with(kTagPrefix)) {
    const std::string tag = pattern.substr(kTagPrefix.size());
    return std::any_of(one.tags.begin(), one.tags.end(),
                       [&](const std::string& t) { return glob_match(tag, t); });
  }
  return glob_match(pattern, one.id()) ||
         std::any_of(one.requirements.begin(), one.requirements.end(),
                     [&](const std::string& id) { return glob_match(pattern, id); });
}

std::size_t Plan::to_carry_out() const {
  return static_cast<std::size_t>(std::count_if(entries.begin(), entries.end(),
                                                [](const PlannedEntry& e) { return !e.skipped; }));
}

std::vector<const Case*> select(const Catalogue& catalogue, const Selection& selection) {
  refuse_idle_patterns(catalogue, "--only", selection.only);
  refuse_idle_patterns(catalogue, "--skip", selection.skip);
  std::vector<const Case*> cases;
  for (const Case& one : catalogue.cases()) {
    const bool wanted = selection.only.empty() || any_picks(selection.only, one);
    if (wanted && !any_picks(selection.skip, one)) cases.push_back(&one);
  }
  if (cases.empty()) throw UsageError("--only and --skip together leave no case");
  return cases;
}

Plan make_plan(const Catalogue& catalogue, const std::vector<const Case*>& cases,
               const Profile& profile, const Selection& selection, const RunFacts& facts,
               std::uint64_t seed) {
  Plan plan;
  plan.entries.reserve(cases.size());
  for (const Case* one : cases) {
    PlannedCase planned(*one, profile, seed);
    auto skipped = why_skipped(catalogue, planned, selection, facts);
    plan.entries.push_back({planned, std::move(skipped)});
  }
  return plan;
}

}  // namespace md5spec
