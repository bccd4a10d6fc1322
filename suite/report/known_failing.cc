#include "report/known_failing.h"

#include <algorithm>

#include <fmt/format.h>

#include "conduct/plan.h"
#include "text/bytes.h"

namespace md5spec {
namespace {

bool has_expired(const KnownFailing& entry, const std::string& today) {
  return !entry.until.empty() && entry.until < today;
}

// The entry that a case is listed by; null if it is listed by none.
const KnownFailing* entry_of(const std::vector<KnownFailing>& list, const std::string& today,
                             const RunResult& run, const CaseResult& one) {
  const auto entry = std::find_if(list.begin(), list.end(), [&](const KnownFailing& known) {
    const bool profile_fits = known.profile.empty() || known.profile == run.profile->name;
    return profile_fits && !has_expired(known, today) && picks(known.pattern, *one.spec);
  });
  return entry == list.end() ? nullptr : &*entry;
}

bool matches_nothing(const Catalogue& catalogue, const KnownFailing& entry) {
  const auto& cases = catalogue.cases();
  return std::none_of(cases.begin(), cases.end(),
                      [&](const Case& c) { return picks(entry.pattern, c); });
}

std::string advice(const KnownFailing& entry, const CaseResult& one) {
  const std::string place = entry.where.str();
  return entry.pattern == one.spec->id()
             ? fmt::format("take the entry at {} out", place)
             : fmt::format("the entry at {} has to leave it out", place);
}

}  // namespace

void apply_known_failing(const Catalogue& catalogue, const std::vector<KnownFailing>& list,
                         const std::string& today, std::vector<RunResult>* runs) {
  for (RunResult& run : *runs) {
    for (CaseResult& one : run.cases) {
      const KnownFailing* const entry = entry_of(list, today, run, one);
      if (entry == nullptr) continue;
      one.known_failing = entry->reason;
      const Outcome outcome = one.outcome.outcome;
      if (outcome == Outcome::kFail || outcome == Outcome::kWarn) {
        one.outcome.outcome = Outcome::kXfail;
        one.outcome.reason += fmt::format(" (known: {})", entry->reason);
      } else if (outcome == Outcome::kPass) {
        one.outcome.outcome = Outcome::kXpass;
        one.outcome.reason = "listed as known failing, but it passed; " + advice(*entry, one);
      }
    }
    recount(catalogue, &run);
  }
}

bool is_outdated(const Catalogue& catalogue, const KnownFailing& entry, const std::string& today) {
  return has_expired(entry, today) || matches_nothing(catalogue, entry);
}

std::vector<std::string> stale_entries(const Catalogue& catalogue,
                                       const std::vector<KnownFailing>& list,
                                       const std::string& today) {
  std::vector<std::string> lines;
  for (const KnownFailing& entry : list) {
    if (has_expired(entry, today)) {
      lines.push_back(fmt::format("{}: '{}' expired on {}; take it out or give it another day",
                                  entry.where.str(), displayable(entry.pattern), entry.until));
    } else if (matches_nothing(catalogue, entry)) {
      lines.push_back(fmt::format("{}: '{}' matches no case of the catalogue; take it out",
                                  entry.where.str(), displayable(entry.pattern)));
    }
  }
  return lines;
}

}  // namespace md5spec
