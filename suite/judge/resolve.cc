#include "judge/resolve.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

namespace md5spec {
namespace {

class Resolver {
 public:
  Resolver(const Catalogue& catalogue, const Profile& profile, const std::vector<JudgedCase>& cases)
      : catalogue_(catalogue), profile_(profile), cases_(cases) {}

  std::vector<CaseOutcome> resolve() {
    find_broken();
    std::vector<CaseOutcome> outcomes;
    outcomes.reserve(cases_.size());
    for (const JudgedCase& one : cases_) outcomes.push_back(resolve_one(one));
    return outcomes;
  }

 private:
  static bool was_tried(const JudgedCase& one) {
    return !one.skipped && !one.untried && one.judgement &&
           one.judgement->hindrance.kind == Hindrance::Kind::kNone;
  }

  void find_broken() {
    for (const JudgedCase& one : cases_) {
      if (!was_tried(one)) continue;
      for (const Finding& finding : one.judgement->findings) broken_.insert(finding.requirement);
    }
    // A case that something impeded which nobody else finds fault with: then that is what it found
    // itself.
    std::set<std::string> by_themselves;
    for (const JudgedCase& one : cases_) {
      if (!was_tried(one) || !one.judgement->findings.empty()) continue;
      if (stands_for_itself(*one.judgement)) by_themselves.insert(one.spec->requirements.front());
    }
    broken_.merge(by_themselves);
  }

  bool stands_for_itself(const Judgement& judgement) const {
    const auto explained = [&](const Finding& f) {
      return broken_.contains(f.usually) || f.in_control;
    };
    return !judgement.impediments.empty() &&
           std::none_of(judgement.impediments.begin(), judgement.impediments.end(), explained);
  }

  // The broken requirement that `id` presupposes; empty if there's none.
  const std::string& blocker(const std::string& id) {
    const auto [entry, is_new] = blockers_.try_emplace(id);
    if (!is_new) return entry->second;
    for (const std::string& needed : catalogue_.presupposed(id, profile_)) {
      if (broken_.contains(needed) && !is_blocked(needed)) {
        entry->second = needed;
        break;
      }
    }
    return entry->second;
  }

  bool is_blocked(const std::string& id) {
    const auto needed = catalogue_.presupposed(id, profile_);
    return std::any_of(needed.begin(), needed.end(),
                       [&](const std::string& other) { return broken_.contains(other); });
  }

  CaseOutcome resolve_one(const JudgedCase& one) {
    if (one.skipped) return {Outcome::kSkip, Culprit::kNone, *one.skipped, {}};
    if (one.untried) return {Outcome::kError, Culprit::kServer, *one.untried, {}};
    if (!one.judgement)
      return {Outcome::kNotRun, Culprit::kNone, "the run was interrupted before it", {}};
    const Judgement& judgement = *one.judgement;
    if (judgement.hindrance.kind != Hindrance::Kind::kNone) return hindered(judgement.hindrance);
    const std::string& primary = one.spec->requirements.front();
    if (const std::string& by = blocker(primary); !by.empty()) return blocked(by, judgement);
    if (!judgement.findings.empty()) return failed(judgement.findings);
    if (!judgement.impediments.empty()) return impeded(primary, judgement);
    return {Outcome::kPass, Culprit::kNone, "", {}};
  }

  static CaseOutcome hindered(const Hindrance& hindrance) {
    switch (hindrance.kind) {
      case Hindrance::Kind::kSegmentTooSmall:
      case Hindrance::Kind::kNotClaimed:
      case Hindrance::Kind::kTlsTooOld:
        return {Outcome::kSkip, Culprit::kNone, hindrance.reason, {}};
      case Hindrance::Kind::kInterrupted:
        return {Outcome::kNotRun, Culprit::kNone, hindrance.reason, {}};
      default:
        return {Outcome::kError, Culprit::kEnvironment, hindrance.reason, {}};
    }
  }

  static CaseOutcome blocked(const std::string& by, const Judgement& judgement) {
    return {Outcome::kSkip, Culprit::kNone, "blocked by " + by, judgement.findings};
  }

  CaseOutcome failed(const std::vector<Finding>& findings) {
    CaseOutcome outcome;
    for (const Finding& finding : findings) {
      if (blocker(finding.requirement).empty()) outcome.findings.push_back(finding);
    }
    if (outcome.findings.empty())
      return {Outcome::kSkip, Culprit::kNone, "blocked by " + blocker(findings.front().requirement),
              findings};
    const bool must =
        std::any_of(outcome.findings.begin(), outcome.findings.end(), [&](const Finding& f) {
          return catalogue_.find_requirement(f.requirement)->level == Level::kMust;
        });
    outcome.outcome = must ? Outcome::kFail : Outcome::kWarn;
    outcome.culprit = Culprit::kServer;
    outcome.reason = outcome.findings.front().explanation;
    return outcome;
  }

  CaseOutcome impeded(const std::string& primary, const Judgement& judgement) {
    for (const Finding& finding : judgement.impediments) {
      if (!broken_.contains(finding.usually)) continue;
      const std::string& root = blocker(finding.usually);
      return blocked(root.empty() ? finding.usually : root, judgement);
    }
    // A control shares its defects with other cases: whatever is broken at all accounts for it.
    const auto control = std::find_if(judgement.impediments.begin(), judgement.impediments.end(),
                                      [](const Finding& f) { return f.in_control; });
    if (control != judgement.impediments.end()) {
      if (!broken_.empty()) return blocked(*broken_.begin(), judgement);
      return {Outcome::kError,
              Culprit::kServer,
              fmt::format("its control exchange failed too, so it can't tell about {}: {}", primary,
                          control->explanation),
              {}};
    }
    std::vector<Finding> own = judgement.impediments;
    for (Finding& finding : own) finding.requirement = primary;
    return failed(own);
  }

  const Catalogue& catalogue_;
  const Profile& profile_;
  const std::vector<JudgedCase>& cases_;
  std::set<std::string> broken_;
  std::map<std::string, std::string> blockers_;
};

}  // namespace

std::string_view name_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::kPass:
      return "pass";
    case Outcome::kFail:
      return "fail";
    case Outcome::kWarn:
      return "warn";
    case Outcome::kSkip:
      return "skip";
    case Outcome::kError:
      return "error";
    case Outcome::kXfail:
      return "xfail";
    case Outcome::kXpass:
      return "xpass";
    case Outcome::kNotRun:
      return "not_run";
  }
  return "error";
}

std::string_view name_of(Culprit culprit) {
  switch (culprit) {
    case Culprit::kNone:
      return "";
    case Culprit::kServer:
      return "server";
    case Culprit::kEnvironment:
      return "environment";
    case Culprit::kSuite:
      return "suite";
  }
  return "";
}

std::vector<CaseOutcome> resolve(const Catalogue& catalogue, const Profile& profile,
                                 const std::vector<JudgedCase>& cases) {
  return Resolver(catalogue, profile, cases).resolve();
}

}  // namespace md5spec
