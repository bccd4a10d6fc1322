#include "report/merge.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "conduct/plan.h"
#include "judge/resolve.h"
#include "text/bytes.h"

namespace md5spec {
namespace {

// What all parts agree on; `otherwise` where they don't.
template <typename Get>
auto common(const std::vector<ReportPart>& parts, Get get) {
  auto value = get(parts.front().report);
  using Value = decltype(value);
  for (const ReportPart& part : parts) {
    if (get(part.report) != value) return std::optional<Value>();
  }
  return std::optional<Value>(std::move(value));
}

void refuse_strangers(const std::vector<ReportPart>& parts) {
  const ReportPart& first = parts.front();
  for (const ReportPart& part : parts) {
    const auto refuse = [&](const char* what, const auto& a, const auto& b) {
      throw MergeError(fmt::format("{} and {} have different {}: {} and {}",
                                   displayable(first.file), displayable(part.file), what, a, b));
    };
    const ReportDocument& a = first.report;
    const ReportDocument& b = part.report;
    if (a.suite_version != b.suite_version)
      refuse("versions of md5spec", a.suite_version, b.suite_version);
    if (a.catalogue_sha256 != b.catalogue_sha256)
      refuse("catalogues of cases", a.catalogue_sha256, b.catalogue_sha256);
    if (a.seed != b.seed) refuse("seeds", a.seed, b.seed);
  }
}

// One profile's cases, from all parts.
class Union {
 public:
  Union(const Catalogue& catalogue, const RunDocument& first)
      : catalogue_(catalogue),
        run_(first),
        profile_(parse_profile(first.profile_text, first.profile, "")) {
    run_.cases.clear();
    run_.duration = {};
    run_.waited = {};
    run_.fingerprint = {};
  }

  const std::string& name() const { return run_.profile; }

  void add(const RunDocument& part, const std::string& file) {
    if (part.profile_text != run_.profile_text || part.started != run_.started)
      throw MergeError(fmt::format("{}: it has another profile named {} than the reports before",
                                   displayable(file), part.profile));
    if (part.start_command != run_.start_command) run_.start_command.clear();
    run_.duration += part.duration;
    run_.waited += part.waited;
    run_.fingerprint.add(part.fingerprint);
    if (part.unreachable) run_.unreachable = part.unreachable;
    if (!part.target.empty()) targets_.insert(part.target);
    for (const CaseDocument& one : part.cases) add(one, file);
  }

  // Puts outcomes, counts and verdict in.
  RunDocument finish() {
    std::vector<JudgedCase> judged;
    for (const Case& spec : catalogue_.cases()) {
      const auto found = cases_.find(spec.id());
      if (found == cases_.end()) continue;
      judged.push_back(judged_of(found->second.one, spec));
      run_.cases.push_back(std::move(found->second.one));
    }
    std::vector<CaseOutcome> outcomes = resolve(catalogue_, profile_, judged);
    keep_what_nobody_accounts_for(&outcomes);
    RunResult counted;
    counted.profile = &profile_;
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
      settle(outcomes[i], &run_.cases[i]);
      CaseResult result;
      result.spec = judged[i].spec;
      result.outcome = outcomes[i];
      result.outcome.outcome = run_.cases[i].outcome;
      result.outcome.reason = run_.cases[i].reason;
      counted.cases.push_back(std::move(result));
    }
    recount(catalogue_, &counted);
    const RunDocument sums = document_of(counted);
    run_.counts = sums.counts;
    run_.requirements = sums.requirements;
    run_.verdict = sums.verdict;
    run_.target = fmt::format("{}", fmt::join(targets_, ", "));
    return std::move(run_);
  }

  bool has(const std::string& id) const { return cases_.contains(id); }

 private:
  struct Entry {
    CaseDocument one;
    std::string file;
  };

  void add(const CaseDocument& one, const std::string& file) {
    if (catalogue_.find_case(one.id) == nullptr)
      throw MergeError(
          fmt::format("{}: {} is no case of the catalogue", displayable(file), one.id));
    const auto [entry, is_new] = cases_.try_emplace(one.id, Entry{one, file});
    if (is_new) return;
    Entry& there = entry->second;
    // What doesn't apply has been carried out by nobody.
    if (one.basis.kind == Basis::Kind::kPlan) return;
    if (there.one.basis.kind == Basis::Kind::kPlan) {
      there = {one, file};
      return;
    }
    throw MergeError(fmt::format("{} and {} overlap: {}/{} is in both", displayable(there.file),
                                 displayable(file), run_.profile, one.id));
  }

  // What failed by itself may be put down to another part's findings, but not to nothing: then it
  // stays as it was. So no report that failed becomes part of one in which all is well, whatever
  // the report left out.
  void keep_what_nobody_accounts_for(std::vector<CaseOutcome>* outcomes) const {
    const bool all_is_well =
        std::all_of(outcomes->begin(), outcomes->end(),
                    [](const CaseOutcome& one) { return badness(one.outcome) == 0; });
    if (!all_is_well) return;
    for (std::size_t i = 0; i < outcomes->size(); ++i) {
      const CaseDocument& before = run_.cases[i];
      if (badness(before.outcome) == 0) continue;
      (*outcomes)[i].outcome = before.outcome;
      (*outcomes)[i].reason = before.reason;
    }
  }

  // What the case has come to, beside the others.
  static void settle(const CaseOutcome& outcome, CaseDocument* one) {
    const bool as_before =
        outcome.outcome == one->outcome && displayable(outcome.reason) == one->reason;
    const bool as_known = one->outcome == Outcome::kXfail || one->outcome == Outcome::kXpass;
    const bool finding = outcome.outcome == Outcome::kFail || outcome.outcome == Outcome::kWarn;
    // A suite fault, and what an unreachable target is to blame for, isn't resolve()'s to see.
    if (as_before || (as_known && (finding || outcome.outcome == Outcome::kPass))) return;
    one->outcome = outcome.outcome;
    one->culprit = outcome.culprit;
    one->reason = displayable(outcome.reason);
    one->findings.clear();
    for (const Finding& f : outcome.findings) one->findings.push_back(document_of(f));
    if (!one->is_remarkable() && !one->carried_out_twice) one->shown = false;
    if (!one->known_failing) return;
    if (finding) {
      one->outcome = Outcome::kXfail;
      one->reason += fmt::format(" (known: {})", *one->known_failing);
    } else if (outcome.outcome == Outcome::kPass) {
      one->outcome = Outcome::kXpass;
      one->reason = "listed as known failing, but it passed";
    }
  }

  const Catalogue& catalogue_;
  RunDocument run_;
  Profile profile_;
  std::map<std::string, Entry> cases_;
  std::set<std::string> targets_;
};

SelectionDocument united_selection(const std::vector<ReportPart>& parts) {
  SelectionDocument all;
  all.merged = parts.size();
  // How a part was chosen says nothing of the whole, unless they were all chosen so.
  all.only = common(parts, [](const auto& r) { return r.selection.only; }).value_or(all.only);
  all.skip = common(parts, [](const auto& r) { return r.selection.skip; }).value_or(all.skip);
  all.gtest_filter =
      common(parts, [](const auto& r) { return r.selection.gtest_filter; }).value_or("*");
  for (const ReportPart& part : parts) {
    const SelectionDocument& one = part.report.selection;
    all.interrupted = all.interrupted || one.interrupted;
    if (one.known_failing) all.known_failing = one.known_failing;
    for (const std::string& tag : one.tags) {
      if (std::find(all.tags.begin(), all.tags.end(), tag) == all.tags.end())
        all.tags.push_back(tag);
    }
  }
  return all;
}

// The cases that the parts together should have.
std::vector<const Case*> expected(const Catalogue& catalogue, const SelectionDocument& selection) {
  if (selection.only.empty() && selection.skip.empty()) return select(catalogue, Selection());
  Selection picked;
  picked.only = selection.only;
  picked.skip = selection.skip;
  return select(catalogue, picked);
}

int status_of(const ReportDocument& report) {
  std::map<Outcome, std::size_t> sum;
  for (const RunDocument& run : report.runs) {
    for (const auto& [outcome, count] : run.counts) sum[outcome] += count;
    for (const CaseDocument& one : run.cases) {
      if (one.culprit == Culprit::kSuite) return kExitSuiteFault;
    }
  }
  if (sum[Outcome::kFail] > 0) return kExitFailed;
  if (sum[Outcome::kError] + sum[Outcome::kNotRun] > 0) return kExitInconclusive;
  if (!report.stale.empty() || sum[Outcome::kXpass] > 0) return kExitStaleList;
  const std::size_t decided = sum[Outcome::kPass] + sum[Outcome::kWarn] + sum[Outcome::kXfail];
  return decided == 0 ? kExitAllSkipped : kExitGood;
}

}  // namespace

ReportDocument merge(const Catalogue& catalogue, const std::vector<ReportPart>& parts) {
  refuse_strangers(parts);
  if (parts.front().report.catalogue_sha256 != catalogue.sha256()) {
    throw MergeError(
        "the reports are of another catalogue of cases than this md5spec's; give the --cases that "
        "they were made with, or use the version that made them");
  }
  ReportDocument all = parts.front().report;
  all.runs.clear();
  all.stale.clear();
  all.duration = {};
  all.selection = united_selection(parts);
  std::vector<std::unique_ptr<Union>> unions;
  for (const ReportPart& part : parts) {
    all.started = std::min(all.started, part.report.started);
    all.duration += part.report.duration;
    for (const std::string& line : part.report.stale) {
      if (std::find(all.stale.begin(), all.stale.end(), line) == all.stale.end())
        all.stale.push_back(line);
    }
    for (const RunDocument& run : part.report.runs) {
      auto same = std::find_if(unions.begin(), unions.end(),
                               [&](const auto& u) { return u->name() == run.profile; });
      if (same == unions.end())
        same = unions.insert(unions.end(), std::make_unique<Union>(catalogue, run));
      (*same)->add(run, part.file);
    }
  }
  const bool filtered = all.selection.gtest_filter != "*";
  for (const auto& one : unions) {
    for (const Case* spec : expected(catalogue, all.selection)) {
      if (!filtered && !one->has(spec->id()))
        all.selection.missing.push_back(one->name() + "/" + spec->id());
    }
  }
  for (const auto& one : unions) all.runs.push_back(one->finish());
  all.exit_status = status_of(all);
  return all;
}

}  // namespace md5spec
