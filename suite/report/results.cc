#include "report/results.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "report/reproduce.h"

namespace md5spec {
namespace {

// From worst to best; skip says nothing.
int rank(Outcome outcome) {
  switch (outcome) {
    case Outcome::kFail:
    case Outcome::kXfail:
      return 5;
    case Outcome::kError:
    case Outcome::kNotRun:
      return 4;
    case Outcome::kWarn:
      return 3;
    case Outcome::kPass:
    case Outcome::kXpass:
      return 2;
    case Outcome::kSkip:
      return 1;
  }
  return 0;
}

Outcome plainly(Outcome outcome) {
  switch (outcome) {
    case Outcome::kXfail:
      return Outcome::kFail;
    case Outcome::kNotRun:
      return Outcome::kError;
    case Outcome::kXpass:
      return Outcome::kPass;
    default:
      return outcome;
  }
}

Verdict verdict_of(const RunResult& run) {
  if (run.count(Outcome::kFail) + run.count(Outcome::kXfail) > 0) return Verdict::kNonConformant;
  const bool undecided = run.count(Outcome::kError) + run.count(Outcome::kNotRun) > 0;
  const std::size_t decided =
      run.count(Outcome::kPass) + run.count(Outcome::kWarn) + run.count(Outcome::kXpass);
  if (undecided || decided == 0) return Verdict::kInconclusive;
  return run.count(Outcome::kWarn) > 0 ? Verdict::kConformantWithWarnings : Verdict::kConformant;
}

bool is_against(Outcome outcome) {
  return outcome == Outcome::kFail || outcome == Outcome::kWarn || outcome == Outcome::kXfail;
}

// Whether the case judges the requirement, or has found it broken on its way.
bool is_about(const CaseResult& one, const std::string& requirement) {
  const auto& ids = one.spec->requirements;
  const auto& findings = one.outcome.findings;
  return std::find(ids.begin(), ids.end(), requirement) != ids.end() ||
         (is_against(one.outcome.outcome) &&
          std::any_of(findings.begin(), findings.end(),
                      [&](const Finding& f) { return f.requirement == requirement; }));
}

// A case counts for a requirement with its own outcome, but a finding about one of several
// requirements isn't the others', and a SHOULD isn't failed for a MUST beside it.
Outcome outcome_for(const CaseResult& result, const Requirement& requirement) {
  const Outcome outcome = result.outcome.outcome;
  if (!is_against(outcome)) return outcome;
  const auto& findings = result.outcome.findings;
  const bool about_it = std::any_of(findings.begin(), findings.end(), [&](const Finding& f) {
    return f.requirement == requirement.id;
  });
  if (!about_it && !findings.empty()) return Outcome::kPass;
  const bool broken_should = outcome == Outcome::kFail && requirement.level == Level::kShould;
  return broken_should ? Outcome::kWarn : outcome;
}

void describe(const PlannedCase& planned, const RunRequest& request, const RunOutput& output,
              const Performed& performed, CaseResult* result) {
  if (!performed.attempt) return;
  const Judgement& judgement = performed.attempt->judgement;
  const Judgement* const before =
      performed.first_attempt ? &performed.first_attempt->judgement : nullptr;
  result->observations = observations_of(judgement, before);
  result->impediments = judgement.impediments;
  result->oddities = judgement.oddities;
  result->notes = judgement.notes;
  result->transcript = performed.attempt->transcript;
  result->duration = result->transcript->duration;
  if (performed.first_attempt) {
    result->first_transcript = performed.first_attempt->transcript;
    const Judgement& first = performed.first_attempt->judgement;
    const std::string what = !first.findings.empty()      ? first.findings.front().explanation
                             : !first.impediments.empty() ? first.impediments.front().explanation
                             : !first.oddities.empty()    ? first.oddities.front().explanation
                                                          : first.hindrance.reason;
    result->notes.push_back(
        fmt::format("carried out twice; at first, beside other cases: {}", what));
  }
  if (result->outcome.outcome == Outcome::kPass) return;
  result->reproduce = request.start ? reproduce_by(planned, request.start->flags, request.given)
                                    : reproduce(planned, output.server, request.given);
}

}  // namespace

std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::kConformant:
      return "conformant";
    case Verdict::kConformantWithWarnings:
      return "conformant_with_warnings";
    case Verdict::kNonConformant:
      return "non_conformant";
    case Verdict::kInconclusive:
      return "inconclusive";
  }
  return "inconclusive";
}

std::size_t RunResult::count(Outcome outcome) const {
  const auto found = counts.find(outcome);
  return found == counts.end() ? 0 : found->second;
}

std::vector<Finding> observations_of(const Judgement& counted, const Judgement* first) {
  std::vector<Finding> all = counted.observations;
  if (first != nullptr && counted.findings.empty())
    all.insert(all.end(), first->findings.begin(), first->findings.end());
  return all;
}

RunResult summarize(const Catalogue& catalogue, const Plan& plan, const RunRequest& request,
                    const RunOutput& output) {
  std::vector<JudgedCase> judged;
  std::vector<const Performed*> performed;
  std::size_t next = 0;
  for (const PlannedEntry& entry : plan.entries) {
    JudgedCase one;
    one.spec = &entry.planned.spec();
    one.skipped = entry.skipped;
    const bool carried_out =
        !entry.skipped && next < request.cases.size() && request.cases[next] == &entry.planned;
    performed.push_back(carried_out ? &output.cases[next++] : nullptr);
    if (carried_out) {
      one.untried = performed.back()->untried;
      if (performed.back()->attempt) one.judgement = performed.back()->attempt->judgement;
    }
    judged.push_back(std::move(one));
  }
  std::vector<CaseOutcome> outcomes = resolve(catalogue, *request.profile, judged);

  RunResult run;
  run.profile = request.profile;
  run.target = output.server;
  if (request.target.port != 0) run.target = request.target.str();
  run.unreachable = output.unreachable;
  run.interrupted = output.interrupted;
  run.started = request.start.has_value();
  if (request.start) run.start_command = request.start->command;
  run.duration = output.duration;
  run.waited = output.waited;
  for (std::size_t i = 0; i < plan.entries.size(); ++i) {
    CaseResult result;
    result.spec = judged[i].spec;
    result.outcome = std::move(outcomes[i]);
    result.judged = std::move(judged[i]);
    if (output.unreachable && result.outcome.outcome == Outcome::kError)
      result.outcome.culprit = Culprit::kEnvironment;
    if (performed[i] != nullptr)
      describe(plan.entries[i].planned, request, output, *performed[i], &result);
    if (result.transcript)
      run.fingerprint.add(fingerprint(plan.entries[i].planned, *result.transcript));
    run.cases.push_back(std::move(result));
  }
  recount(catalogue, &run);
  return run;
}

void recount(const Catalogue& catalogue, RunResult* run) {
  run->counts.clear();
  for (const CaseResult& one : run->cases) ++run->counts[one.outcome.outcome];
  run->requirements.clear();
  for (const Requirement& requirement : catalogue.requirements()) {
    RequirementResult result;
    result.spec = &requirement;
    bool judged = false;
    for (const CaseResult& one : run->cases) {
      if (!is_about(one, requirement.id)) continue;
      judged = true;
      const Outcome outcome = outcome_for(one, requirement);
      if (outcome != Outcome::kSkip) ++result.cases;
      if (outcome == Outcome::kSkip && result.reason.empty()) result.reason = one.outcome.reason;
      if (rank(outcome) > rank(result.outcome)) result.outcome = plainly(outcome);
    }
    if (judged) run->requirements.push_back(std::move(result));
  }
  run->verdict = verdict_of(*run);
}

int exit_status(const Report& report, bool strict) {
  std::map<Outcome, std::size_t> sum;
  std::size_t excused = 0;  // decided, and no worse than in the baseline
  for (const RunResult& run : report.runs) {
    for (const auto& [outcome, count] : run.counts) sum[outcome] += count;
    for (const CaseResult& one : run.cases) {
      if (one.outcome.culprit == Culprit::kSuite) return kExitSuiteFault;
      if (!one.no_worse) continue;
      --sum[one.outcome.outcome];
      ++excused;
    }
  }
  if (sum[Outcome::kFail] > 0 || (strict && sum[Outcome::kWarn] > 0)) return kExitFailed;
  if (sum[Outcome::kError] + sum[Outcome::kNotRun] > 0) return kExitInconclusive;
  if (!report.stale.empty() || sum[Outcome::kXpass] > 0) return kExitStaleList;
  const std::size_t decided =
      sum[Outcome::kPass] + sum[Outcome::kWarn] + sum[Outcome::kXfail] + excused;
  return decided == 0 ? kExitAllSkipped : kExitGood;
}

std::string verdict_in_words(const RunResult& run) {
  const auto limits = run.profile->restrictions();
  const std::string scope =
      limits.empty() ? "" : fmt::format(" (declared: {})", fmt::join(limits, ", "));
  switch (run.verdict) {
    case Verdict::kConformant:
      return "conformant" + scope;
    case Verdict::kConformantWithWarnings:
      return "conformant, with warnings" + scope;
    case Verdict::kNonConformant:
      return "NOT conformant" + scope;
    case Verdict::kInconclusive:
      return "inconclusive" + scope;
  }
  return {};
}

}  // namespace md5spec
