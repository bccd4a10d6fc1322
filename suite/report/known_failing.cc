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

}  // namespace

void apply_known_failing(const Catalogue& catalogue, const std::vector<KnownFailing>& list,
                         const std::string& today, std::vector<RunResult>* runs) {
  for (RunResult& run : *runs) {
    for (CaseResult& one : run.cases) {
      const auto entry = std::find_if(list.begin(), list.end(), [&](const KnownFailing& known) {
        const bool profile_fits = known.profile.empty() || known.profile == run.profile->name;
        return profile_fits && !has_expired(known, today) && picks(known.pattern, *one.spec);
      });
      if (entry == list.end()) continue;
      const Outcome outcome = one.outcome.outcome;
      if (outcome == Outcome::kFail || outcome == Outcome::kWarn) {
        one.outcome.outcome = Outcome::kXfail;
        one.outcome.reason += fmt::format(" (known: {})", entry->reason);
      } else if (outcome == Outcome::kPass) {
        one.outcome.outcome = Outcome::kXpass;
        one.outcome.reason = fmt::format(
            "listed as known failing, but it passed; take the entry at {} out", entry->where.str());
      }
    }
    recount(catalogue, &run);
  }
}

std::vector<std::string> stale_entries(const Catalogue& catalogue,
                                       const std::vector<KnownFailing>& list,
                                       const std::string& today) {
  std::vector<std::string> lines;
  for (const KnownFailing& entry : list) {
    const auto& cases = catalogue.cases();
    if (has_expired(entry, today)) {
      lines.push_back(fmt::format("{}: '{}' expired on {}; take it out or give it another day",
                                  entry.where.str(), displayable(entry.pattern), entry.until));
    } else if (std::none_of(cases.begin(), cases.end(),
                            [&](const Case& c) { return picks(entry.pattern, c); })) {
      lines.push_back(fmt::format("{}: '{}' matches no case of the catalogue; take it out",
                                  entry.where.str(), displayable(entry.pattern)));
    }
  }
  return lines;
}

}  // namespace md5spec
