#include "report/certificate.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "report/time_text.h"
#include "text/bytes.h"

namespace md5spec {
namespace {

bool is_good(Verdict verdict) {
  return verdict == Verdict::kConformant || verdict == Verdict::kConformantWithWarnings;
}

// Without a list of known failures, a failure is one and a pass is one.
Outcome plainly(const CaseDocument& one) {
  if (one.outcome == Outcome::kXpass) return Outcome::kPass;
  return one.outcome;
}

bool agree(const CaseDocument& one, Outcome derived) {
  if (one.outcome == Outcome::kXfail) return derived == Outcome::kFail || derived == Outcome::kWarn;
  return plainly(one) == derived;
}

std::string first_missing(const RunDocument& run, const Catalogue& catalogue) {
  std::set<std::string> there;
  for (const CaseDocument& one : run.cases) there.insert(one.id);
  for (const Case& one : catalogue.cases()) {
    if (!there.contains(one.id())) return one.id();
  }
  return {};
}

std::string why_not_certifiable(const RunDocument& run, const Catalogue& catalogue) {
  const std::string missing = first_missing(run, catalogue);
  if (!missing.empty())
    return fmt::format("{}: the run has no {}; all cases of the catalogue are needed", run.profile,
                       missing);
  if (run.count(Outcome::kXfail) + run.count(Outcome::kXpass) > 0)
    return fmt::format("{}: failures that are known are failures", run.profile);
  for (const RequirementDocument& one : run.requirements) {
    if (one.outcome == Outcome::kError && one.level == Level::kMust)
      return fmt::format("{}: {}, a MUST, is undecided", run.profile, one.id);
  }
  if (!is_good(run.verdict)) return fmt::format("{}: {}", run.profile, verdict_in_words(run));
  return {};
}

// Compares one run as it was said to be with what its transcripts say.
template <typename Run>
std::string difference_of(const Run& said, const RunResult& derived) {
  for (const RequirementResult& one : derived.requirements) {
    const auto same =
        std::find_if(said.requirements.begin(), said.requirements.end(),
                     [&](const RequirementDocument& r) { return r.id == one.spec->id; });
    if (same == said.requirements.end())
      return fmt::format("{}: nothing is said of {}", said.profile, one.spec->id);
    if (same->outcome != one.outcome || same->cases != one.cases ||
        same->level != one.spec->level) {
      return fmt::format("{}: {} is said to be {} by {} cases, but its transcripts say {} by {}",
                         said.profile, one.spec->id, name_of(same->outcome), same->cases,
                         name_of(one.outcome), one.cases);
    }
  }
  if (said.requirements.size() != derived.requirements.size())
    return fmt::format("{}: more requirements are listed than the cases judge", said.profile);
  if (said.verdict != derived.verdict) {
    return fmt::format("{}: the verdict is said to be {}, but the transcripts say {}", said.profile,
                       name_of(said.verdict), name_of(derived.verdict));
  }
  return {};
}

const RunResult& run_named(const Rejudged& rejudged, const std::string& profile) {
  return *std::find_if(rejudged.runs.begin(), rejudged.runs.end(),
                       [&](const RunResult& run) { return run.profile->name == profile; });
}

std::vector<std::string> restrictions_of(const Profile& profile) {
  std::vector<std::string> all = profile.restrictions();
  for (std::string& one : all) one = displayable(one);
  return all;
}

// Each run that is listed has its transcripts, and none has transcripts that isn't listed.
template <typename Run>
std::string difference_of_runs(const std::vector<Run>& said, const Rejudged& rejudged) {
  if (said.size() != rejudged.runs.size()) return "the transcripts are of other profiles";
  std::set<std::string> listed;
  for (const Run& run : said) {
    if (!listed.insert(run.profile).second)
      return fmt::format("the run under the profile {} is listed twice", run.profile);
    const auto same =
        std::find_if(rejudged.head.runs.begin(), rejudged.head.runs.end(),
                     [&](const TranscriptsHead::Run& r) { return r.profile == run.profile; });
    if (same == rejudged.head.runs.end())
      return fmt::format("there are no transcripts under the profile {}", run.profile);
    if (same->profile_text != run.profile_text || same->started != run.started)
      return fmt::format("the transcripts are under another profile named {}", run.profile);
    if (run.restrictions != restrictions_of(*run_named(rejudged, run.profile).profile))
      return fmt::format("{}: the restrictions aren't those that follow from the profile",
                         run.profile);
  }
  return {};
}

using Observations = decltype(Certificate::Run::observations);

Observations observations_of(const RunResult& run) {
  Observations all;
  for (const CaseResult& one : run.cases) {
    for (const Finding& finding : one.observations) ++all[{one.spec->id(), finding.requirement}];
  }
  return all;
}

std::string difference_of_observations(const Certificate::Run& said, const RunResult& derived) {
  const Observations seen = observations_of(derived);
  const auto [one, other] =
      std::mismatch(said.observations.begin(), said.observations.end(), seen.begin(), seen.end());
  if (one == said.observations.end() && other == seen.end()) return {};
  const bool is_ours =
      other != seen.end() && (one == said.observations.end() || other->first <= one->first);
  const auto& [id, requirement] = is_ours ? other->first : one->first;
  return fmt::format(
      "{}/{}: what its transcript shows against {} isn't what is said to have been observed",
      said.profile, id, requirement);
}

bool has_huge_messages(const Rejudged& rejudged) {
  return std::any_of(rejudged.runs.begin(), rejudged.runs.end(), [](const RunResult& run) {
    return std::any_of(run.cases.begin(), run.cases.end(), [](const CaseResult& one) {
      return one.judged.judgement && one.spec->tags.contains(std::string(kHugeTag));
    });
  });
}

}  // namespace

std::string why_not_certifiable(const ReportDocument& report, const Catalogue& catalogue) {
  const std::string narrowed = report.selection.narrowed_by();
  if (!narrowed.empty()) return "the run was narrowed: " + narrowed;
  if (report.selection.known_failing)
    return "failures were listed as known: " + *report.selection.known_failing;
  if (report.selection.interrupted) return "the run was interrupted";
  if (report.runs.empty()) return "nothing was tested";
  for (const RunDocument& run : report.runs) {
    if (std::string why = why_not_certifiable(run, catalogue); !why.empty()) return why;
  }
  return {};
}

std::string difference(const ReportDocument& report, const Rejudged& rejudged) {
  if (report.catalogue_sha256 != rejudged.head.catalogue_sha256 ||
      report.suite_version != rejudged.head.suite_version)
    return "the transcripts are of another catalogue or version than the report";
  if (report.seed != rejudged.head.seed) return "the transcripts are of a run with another seed";
  if (std::string other = difference_of_runs(report.runs, rejudged); !other.empty()) return other;
  for (const RunDocument& run : report.runs) {
    const RunResult& derived = run_named(rejudged, run.profile);
    std::map<std::string, const CaseResult*> results;
    for (const CaseResult& one : derived.cases) results[one.spec->id()] = &one;
    for (const CaseDocument& one : run.cases) {
      const auto found = results.find(one.id);
      if (found == results.end())
        return fmt::format("{}/{} is no case of the catalogue", run.profile, one.id);
      const CaseResult& result = *found->second;
      if (one.basis.kind == Basis::Kind::kJudgement && !result.judged.judgement)
        return fmt::format("{}/{} has no transcript", run.profile, one.id);
      if (agree(one, result.outcome.outcome)) continue;
      return fmt::format("{}/{} is said to be {}, but its transcript says {}", run.profile, one.id,
                         name_of(one.outcome), name_of(result.outcome.outcome));
    }
    const bool plain = run.count(Outcome::kXfail) + run.count(Outcome::kXpass) == 0;
    if (!plain || run.cases.size() != derived.cases.size()) continue;
    if (std::string other = difference_of(run, derived); !other.empty()) return other;
  }
  return {};
}

std::string difference(const Certificate& certificate, const Rejudged& rejudged) {
  if (certificate.catalogue_sha256 != rejudged.head.catalogue_sha256 ||
      certificate.suite_version != rejudged.head.suite_version)
    return "the transcripts are of another catalogue or version than the certificate";
  if (certificate.seed != rejudged.head.seed)
    return "the transcripts are of a run with another seed";
  if (std::string other = difference_of_runs(certificate.runs, rejudged); !other.empty())
    return other;
  if (!rejudged.missing.empty())
    return fmt::format("{} has no transcript", rejudged.missing.front());
  if (!rejudged.incomplete.empty()) return rejudged.incomplete.front();
  for (const Certificate::Run& run : certificate.runs) {
    const RunResult& derived = run_named(rejudged, run.profile);
    if (std::string other = difference_of(run, derived); !other.empty()) return other;
    if (!is_good(derived.verdict)) return fmt::format("{} isn't conformant", run.profile);
    for (const auto& [outcome, count] : run.counts) {
      if (count != derived.count(outcome)) {
        return fmt::format("{}: {} cases are said to be {}, but the transcripts say {}",
                           run.profile, count, name_of(outcome), derived.count(outcome));
      }
    }
    if (std::string other = difference_of_observations(run, derived); !other.empty()) return other;
  }
  if (has_huge_messages(rejudged) != certificate.huge)
    return "what is said of huge messages isn't so";
  return {};
}

Certificate certify(const ReportDocument& report, const Rejudged& rejudged,
                    std::vector<Subject> subjects, std::vector<std::string> transcripts) {
  Certificate certificate;
  certificate.subjects = std::move(subjects);
  certificate.suite_version = report.suite_version;
  certificate.catalogue_sha256 = report.catalogue_sha256;
  certificate.seed = report.seed;
  certificate.started = time_text(report.started);
  certificate.huge = has_huge_messages(rejudged);
  for (const RunDocument& run : report.runs) {
    certificate.runs.push_back({run.profile, run.profile_text, run.target, run.started, run.verdict,
                                run.restrictions, run.counts, run.requirements,
                                observations_of(run_named(rejudged, run.profile))});
  }
  certificate.transcripts = std::move(transcripts);
  return certificate;
}

}  // namespace md5spec
