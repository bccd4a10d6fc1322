#include "judge/resolve.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "judge/blame.h"

namespace md5spec {
namespace {

// DIG-4's cases are about messages of up to so many bytes.
constexpr std::uint64_t kLengthsTried = 130;

class Resolver {
 public:
  Resolver(const Catalogue& catalogue, const Profile& profile, const std::vector<JudgedCase>& cases)
      : catalogue_(catalogue), profile_(profile), cases_(cases) {}

  // A requirement may only block others where one of its own cases shows that it's broken. Where
  // each of its findings is put down to something else, which in turn waits for it, its findings
  // count as they stand.
  std::vector<CaseOutcome> resolve() {
    for (;;) {
      find_broken();
      std::vector<CaseOutcome> outcomes;
      outcomes.reserve(cases_.size());
      for (const JudgedCase& one : cases_) outcomes.push_back(resolve_one(one));
      const std::string unshown = unshown_blocker(outcomes);
      if (unshown.empty()) return outcomes;
      if (!standing_.insert(unshown).second) return undecided(std::move(outcomes));
      found_.clear();
      settled_.clear();
      broken_.clear();
      by_themselves_.clear();
      fatal_controls_.clear();
      blockers_.clear();
    }
  }

 private:
  static constexpr std::string_view kBlockedBy = "blocked by ";

  static std::string_view blocker_of(const CaseOutcome& outcome) {
    const std::string_view reason = outcome.reason;
    const bool blocked = outcome.outcome == Outcome::kSkip && reason.starts_with(kBlockedBy);
    return blocked ? reason.substr(kBlockedBy.size()) : std::string_view();
  }

  // Of the requirements that block others though no case shows that they are broken, the most
  // basic; empty if there's none.
  static std::string unshown_blocker(const std::vector<CaseOutcome>& outcomes) {
    std::set<std::string_view> shown;
    for (const CaseOutcome& one : outcomes) {
      if (one.outcome != Outcome::kFail && one.outcome != Outcome::kWarn) continue;
      for (const Finding& finding : one.findings) shown.insert(finding.requirement);
    }
    std::string_view first;
    for (const CaseOutcome& one : outcomes) {
      const std::string_view by = blocker_of(one);
      if (by.empty() || shown.contains(by)) continue;
      if (first.empty() || is_more_basic(by, first)) first = by;
    }
    return std::string(first);
  }

  static std::vector<CaseOutcome> undecided(std::vector<CaseOutcome> outcomes) {
    for (std::string by = unshown_blocker(outcomes); !by.empty(); by = unshown_blocker(outcomes)) {
      for (CaseOutcome& one : outcomes) {
        if (blocker_of(one) != by) continue;
        one.outcome = Outcome::kError;
        one.culprit = Culprit::kServer;
        one.reason = fmt::format(
            "what went wrong looks like {}, which none of its own cases shows to "
            "be broken",
            by);
      }
    }
    return outcomes;
  }

  static bool was_tried(const JudgedCase& one) {
    return !one.skipped && !one.untried && one.judgement &&
           one.judgement->hindrance.kind == Hindrance::Kind::kNone;
  }

  // What each requirement's own cases found, and then, of those that something impeded which is
  // nobody else's finding, what they found themselves.
  void find_broken() {
    for (const JudgedCase& one : cases_) {
      if (!was_tried(one)) continue;
      for (const Finding& finding : one.judgement->findings)
        found_[finding.requirement].push_back(&finding);
    }
    settle();
    std::set<std::string> by_themselves;
    for (const JudgedCase& one : cases_) {
      if (!was_tried(one) || !one.judgement->findings.empty()) continue;
      const std::string& primary = one.spec->requirements.front();
      if (!stands_for_itself(primary, *one.judgement)) continue;
      for (const Finding& finding : to_charge(*one.judgement)) {
        const std::string id = charged(finding, primary, *one.judgement);
        if (id == primary || !is_blocked(primary)) by_themselves.insert(id);
      }
    }
    for (const std::string& id : by_themselves) {
      if (broken_.insert(id).second) by_themselves_.insert(id);
    }
    if (broken_.empty()) find_fatal_controls();
  }

  // A control shares its defects with other cases, so it's for them to show what is broken. Where
  // none does, and the server ended at the control, that shows enough by itself.
  void find_fatal_controls() {
    for (const JudgedCase& one : cases_) {
      if (!was_tried(one) || !one.judgement->findings.empty()) continue;
      const auto& all = one.judgement->impediments;
      const auto fatal = std::find_if(all.begin(), all.end(),
                                      [](const Finding& f) { return f.in_control && f.died; });
      if (fatal != all.end()) fatal_controls_.emplace(one.spec, *fatal);
    }
    for (const auto& [spec, fatal] : fatal_controls_) {
      broken_.insert(fatal.usually);
      by_themselves_.insert(fatal.usually);
    }
  }

  // Of what was found, what nothing more basic accounts for.
  void settle() {
    for (const auto& [id, findings] : found_) {
      if (is_settled(id)) broken_.insert(id);
    }
  }

  bool is_settled(const std::string& id) {
    const auto [entry, is_new] = settled_.try_emplace(id, false);
    if (!is_new) return entry->second;
    const auto found = found_.find(id);
    const bool settled =
        found != found_.end() &&
        std::any_of(found->second.begin(), found->second.end(),
                    [&](const Finding* f) { return accounting_for(*f, id).empty(); });
    return settled_[id] = settled;
  }

  // The broken requirement, more basic than `requirement`, that accounts for `finding`; empty if
  // none does.
  std::string accounting_for(const Finding& finding, const std::string& requirement) {
    if (standing_.contains(requirement)) return {};
    const auto accounts = [&](const std::string& cause) {
      return (is_more_basic(cause, requirement) ||
              (finding.turned_away && turns_anybody_away(cause, requirement))) &&
             is_broken(cause) && is_about(cause, finding);
    };
    if (accounts(finding.usually)) return finding.usually;
    for (const std::string& cause : finding.causes) {
      if (accounts(cause)) return cause;
    }
    return {};
  }

  // A server that takes only so many clients, one after another, turns the next ones away however
  // many come at once.
  static bool turns_anybody_away(std::string_view cause, std::string_view requirement) {
    return cause == "CON-5" && requirement.starts_with("CNC-");
  }

  bool is_broken(const std::string& id) { return broken_.contains(id) || is_settled(id); }

  // Whether what was found of `cause` is about messages such as the one that `finding` is about:
  // as far into MD5's block, or as large.
  // What a server makes of a length or delimiter in pieces accounts for nothing where it can't put
  // together a message whose boundary is whole.
  bool is_about(const std::string& cause, const Finding& finding) const {
    if (cause == "STR-4") return !fails_without("STR-1", "STR-4");
    if (cause != "DIG-4" && cause != "DIG-5") return true;
    const auto found = found_.find(cause);
    if (found == found_.end()) return false;
    return std::any_of(found->second.begin(), found->second.end(), [&](const Finding* other) {
      // Where the reply to a large one ends is anybody's guess if it isn't right.
      if (cause == "DIG-5") return finding.largest >= other->size;
      return finding.size % 64 == other->size % 64 || finding.size > kLengthsTried;
    });
  }

  // Whether something was found of `requirement` that `cause` can't account for.
  bool fails_without(const std::string& requirement, std::string_view cause) const {
    const auto found = found_.find(requirement);
    if (found == found_.end()) return false;
    return std::any_of(found->second.begin(), found->second.end(), [&](const Finding* f) {
      return std::find(f->causes.begin(), f->causes.end(), cause) == f->causes.end();
    });
  }

  // What a case saw that isn't for it to judge.
  static std::vector<Finding> strange(const Judgement& judgement) {
    std::vector<Finding> all = judgement.impediments;
    all.insert(all.end(), judgement.oddities.begin(), judgement.oddities.end());
    return all;
  }

  bool stands_for_itself(const std::string& primary, const Judgement& judgement) {
    const auto all = strange(judgement);
    return !all.empty() && std::none_of(all.begin(), all.end(), [&](const Finding& f) {
      return f.in_control || !explanation_of(f, primary, judgement).empty();
    });
  }

  // What a case saw that isn't for it to judge is charged to somebody where nothing accounts for
  // it.
  static const std::vector<Finding>& to_charge(const Judgement& judgement) {
    return judgement.impediments.empty() ? judgement.oddities : judgement.impediments;
  }

  // What the server broke by not outliving a client of the case: then whatever else went wrong is
  // part of that.
  static std::optional<std::string> survival_at_stake(const Judgement& judgement) {
    const auto& all = judgement.impediments;
    const auto found = std::find_if(all.begin(), all.end(), [](const Finding& finding) {
      return is_about_survival(finding.usually);
    });
    return found == all.end() ? std::nullopt : std::optional(found->usually);
  }

  // To whom: what a thing is may say which requirement it breaks, whichever case has seen it.
  static std::string charged(const Finding& finding, const std::string& primary,
                             const Judgement& judgement) {
    switch (sayings_of(finding.anomaly)) {
      case Saying::kAll:
        return finding.usually;
      case Saying::kUnlessCaused:
        break;
      case Saying::kNothing:
        if (finding.usually == kKeptApart || is_about_survival(finding.usually))
          return finding.usually;
        if (finding.usually == "CON-4") break;  // the end of a connection that has served
        return survival_at_stake(judgement).value_or(primary);
    }
    const auto& seen = judgement.observations;
    const bool in_control = std::any_of(seen.begin(), seen.end(), [&](const Finding& f) {
      return f.in_control && f.anomaly == finding.anomaly;
    });
    const auto& causes = finding.causes;
    // A reset where the client has had its replies, and hung up itself, is only the way of closing.
    const bool is_mere_way = finding.anomaly == Anomaly::kReset && finding.half_closed;
    const bool may_be_cause = std::find(causes.begin(), causes.end(), primary) != causes.end() &&
                              !primary.starts_with("DIG-") && !is_mere_way;
    return may_be_cause && !in_control ? primary : finding.usually;
  }

  // As accounting_for, but of things that aren't the case's own to find: whatever is broken that
  // they usually break accounts for them, however basic; but not what the case itself is about.
  std::string explanation_of(const Finding& finding, const std::string& primary,
                             const Judgement& judgement) {
    const std::string own = charged(finding, primary, judgement);
    if (standing_.contains(own)) return {};
    const bool shown_elsewhere = own != finding.usually || !by_themselves_.contains(own);
    if (shown_elsewhere && is_broken_beside(primary, finding.usually)) return finding.usually;
    for (const std::string& cause : finding.causes) {
      if (is_broken_beside(own, cause) && is_about(cause, finding)) return cause;
    }
    return accounting_for(finding, own);
  }

  // Two requirements that are broken only because nothing else was don't account for one another:
  // then nobody would be left to blame. One of which nothing is put down to others is blamed
  // anyway.
  bool is_broken_beside(const std::string& primary, const std::string& cause) const {
    if (cause == primary || !broken_.contains(cause)) return false;
    return !by_themselves_.contains(cause) || standing_.contains(cause) ||
           is_more_basic(cause, primary);
  }

  // The broken requirement that `id` presupposes; empty if there's none.
  const std::string& blocker(const std::string& id) {
    const auto [entry, is_new] = blockers_.try_emplace(id);
    if (!is_new || standing_.contains(id)) return entry->second;
    for (const std::string& needed : catalogue_.presupposed(id, profile_)) {
      if (broken_.contains(needed) && !is_blocked(needed)) {
        entry->second = needed;
        break;
      }
    }
    return entry->second;
  }

  bool is_blocked(const std::string& id) {
    if (standing_.contains(id)) return false;
    const auto needed = catalogue_.presupposed(id, profile_);
    return std::any_of(needed.begin(), needed.end(),
                       [&](const std::string& other) { return broken_.contains(other); });
  }

  // Whether a case about something else is one of those that show `id` to be broken, which none of
  // its own does.
  bool shows(const std::string& id, const std::string& primary, const Judgement& judgement) {
    if (!by_themselves_.contains(id) || !judgement.findings.empty() ||
        !stands_for_itself(primary, judgement))
      return false;
    const auto& all = to_charge(judgement);
    return std::any_of(all.begin(), all.end(), [&](const Finding& finding) {
      return charged(finding, primary, judgement) == id;
    });
  }

  CaseOutcome resolve_one(const JudgedCase& one) {
    if (one.skipped) return {Outcome::kSkip, Culprit::kNone, *one.skipped, {}};
    if (one.untried) return {Outcome::kError, Culprit::kServer, *one.untried, {}};
    if (!one.judgement)
      return {Outcome::kNotRun, Culprit::kNone, "the run was interrupted before it", {}};
    const Judgement& judgement = *one.judgement;
    if (judgement.hindrance.kind != Hindrance::Kind::kNone) return hindered(judgement.hindrance);
    if (const auto fatal = fatal_controls_.find(one.spec); fatal != fatal_controls_.end())
      return failed({fatal->second});
    const std::string& primary = one.spec->requirements.front();
    if (const std::string& by = blocker(primary); !by.empty() && !shows(by, primary, judgement))
      return blocked(by, judgement);
    if (!judgement.findings.empty()) return failed(judgement.findings);
    if (!strange(judgement).empty()) return impeded(primary, judgement);
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
    return {Outcome::kSkip, Culprit::kNone, std::string(kBlockedBy) + by, judgement.findings};
  }

  CaseOutcome failed(const std::vector<Finding>& findings) {
    CaseOutcome outcome;
    std::string by;
    for (const Finding& finding : findings) {
      std::string cause = blocker(finding.requirement);
      if (cause.empty()) {
        cause = accounting_for(finding, finding.requirement);
        const std::string root = cause.empty() ? std::string() : blocker(cause);
        if (!root.empty()) cause = root;
      }
      if (cause.empty()) outcome.findings.push_back(finding);
      if (by.empty()) by = std::move(cause);
    }
    if (outcome.findings.empty())
      return {Outcome::kSkip, Culprit::kNone, std::string(kBlockedBy) + by, findings};
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
    const std::vector<Finding> all = strange(judgement);
    for (const Finding& finding : all) {
      const std::string cause = explanation_of(finding, primary, judgement);
      if (cause.empty()) continue;
      // Oddities keep nobody from telling.
      if (judgement.impediments.empty()) return {Outcome::kPass, Culprit::kNone, "", {}};
      const std::string& root = blocker(cause);
      return blocked(root.empty() ? cause : root, judgement);
    }
    // A control shares its defects with other cases: whatever is broken at all accounts for it.
    const auto control =
        std::find_if(all.begin(), all.end(), [](const Finding& f) { return f.in_control; });
    if (control != all.end()) {
      if (!broken_.empty()) return blocked(*broken_.begin(), judgement);
      return {Outcome::kError,
              Culprit::kServer,
              fmt::format("its control exchange failed too, so it can't tell about {}: {}", primary,
                          control->explanation),
              {}};
    }
    std::vector<Finding> own = to_charge(judgement);
    for (Finding& finding : own) {
      finding.requirement = charged(finding, primary, judgement);
      finding.causes.clear();
      finding.usually = finding.requirement;
    }
    return failed(own);
  }

  const Catalogue& catalogue_;
  const Profile& profile_;
  const std::vector<JudgedCase>& cases_;
  std::map<std::string, std::vector<const Finding*>> found_;
  std::map<std::string, bool> settled_;
  std::set<std::string> broken_;
  std::set<std::string> by_themselves_;  // those of them that no case's own finding shows
  // What ended the server in the controls of cases, where nothing else shows what is broken.
  std::map<const Case*, Finding> fatal_controls_;
  std::map<std::string, std::string> blockers_;
  std::set<std::string> standing_;  // requirements of which nothing is put down to others
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
