#include "report/baseline.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "text/bytes.h"

namespace md5spec {
namespace {

constexpr std::size_t kShown = 20;

bool is_bad(Outcome outcome) {
  return outcome == Outcome::kFail || outcome == Outcome::kXfail || outcome == Outcome::kWarn;
}

bool is_decided(Outcome outcome) {
  return is_bad(outcome) || outcome == Outcome::kPass || outcome == Outcome::kXpass;
}

// "skip (blocked by DIG-1)"
std::string in_words(Outcome outcome, const std::string& reason) {
  const bool says_more = outcome == Outcome::kSkip || outcome == Outcome::kError;
  return says_more ? fmt::format("{} ({})", name_of(outcome), reason)
                   : std::string(name_of(outcome));
}

void compare_case(const std::string& profile, const CaseDocument* before, CaseResult* one,
                  BaselineComparison* all) {
  const Outcome now = one->outcome.outcome;
  const std::string test = profile + "/" + one->spec->id();
  const std::string was =
      before == nullptr ? "not there" : in_words(before->outcome, before->reason);
  const bool known = before != nullptr && is_decided(before->outcome);
  if (is_bad(now)) {
    one->no_worse = known && badness(now) <= badness(before->outcome);
    if (!one->no_worse) all->worse.push_back({test, was, std::string(name_of(now))});
  }
  const bool was_bad = known && is_bad(before->outcome);
  if (was_bad && is_decided(now) && badness(now) < badness(before->outcome))
    all->better.push_back({test, was, std::string(name_of(now))});
  const bool lost = known && !was_bad && now == Outcome::kSkip;
  if (lost) {
    all->notes.push_back(fmt::format("{} was {}, and is {} now", test, was,
                                     in_words(now, displayable(one->outcome.reason))));
  }
}

void add_lines(const std::string& title, const std::vector<BaselineChange>& changes,
               std::vector<std::string>* lines) {
  for (std::size_t i = 0; i < std::min(changes.size(), kShown); ++i) {
    lines->push_back(fmt::format("{} than in the baseline: {}: {}, was {}", title, changes[i].test,
                                 changes[i].now, changes[i].before));
  }
  if (changes.size() > kShown) {
    lines->push_back(
        fmt::format("{} than in the baseline: … and {} more", title, changes.size() - kShown));
  }
}

}  // namespace

BaselineComparison compare_with_baseline(const ReportDocument& baseline, const std::string& file,
                                         const Catalogue& catalogue, std::vector<RunResult>* runs) {
  BaselineComparison all;
  all.file = displayable(file);
  if (baseline.catalogue_sha256 != catalogue.sha256())
    all.notes.push_back("the baseline was made with another catalogue of cases than this run");
  for (RunResult& run : *runs) {
    const auto before = std::find_if(baseline.runs.begin(), baseline.runs.end(),
                                     [&](const auto& r) { return r.profile == run.profile->name; });
    std::map<std::string, const CaseDocument*> cases;
    if (before == baseline.runs.end()) {
      all.notes.push_back(
          fmt::format("the baseline has no run under the profile {}", run.profile->name));
    } else {
      for (const CaseDocument& one : before->cases) cases[one.id] = &one;
      if (before->profile_text != to_yaml(*run.profile)) {
        all.notes.push_back(fmt::format(
            "the profile {} isn't what it was when the baseline was made", run.profile->name));
      }
    }
    for (CaseResult& one : run.cases) {
      const auto found = cases.find(one.spec->id());
      compare_case(run.profile->name, found == cases.end() ? nullptr : found->second, &one, &all);
    }
  }
  for (const RunDocument& run : baseline.runs) {
    if (std::none_of(runs->begin(), runs->end(),
                     [&](const RunResult& r) { return r.profile->name == run.profile; }))
      all.notes.push_back(
          fmt::format("the baseline's profile {} isn't among this run's", run.profile));
  }
  return all;
}

std::vector<std::string> in_words(const BaselineComparison& comparison) {
  std::vector<std::string> lines;
  add_lines("worse", comparison.worse, &lines);
  add_lines("better", comparison.better, &lines);
  for (std::size_t i = 0; i < std::min(comparison.notes.size(), kShown); ++i)
    lines.push_back("baseline: " + comparison.notes[i]);
  if (comparison.notes.size() > kShown)
    lines.push_back(fmt::format("baseline: … and {} more", comparison.notes.size() - kShown));
  lines.push_back(fmt::format("compared with {}: {} worse, {} better", comparison.file,
                              comparison.worse.size(), comparison.better.size()));
  return lines;
}

}  // namespace md5spec
