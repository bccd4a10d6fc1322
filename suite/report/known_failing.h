// Known failures: what failed as listed is no news, what passed makes the list stale.
#pragma once

#include <string>
#include <vector>

#include "catalogue/known_failing.h"
#include "report/results.h"

namespace md5spec {

// Turns fail and warn of listed cases into xfail, pass into xpass. `today` is "2027-01-31"; expired
// entries don't count.
void apply_known_failing(const Catalogue& catalogue, const std::vector<KnownFailing>& list,
                         const std::string& today, std::vector<RunResult>* runs);

// Whether the entry no longer holds whatever a run finds: it has expired, or matches no case of the
// catalogue.
bool is_outdated(const Catalogue& catalogue, const KnownFailing& entry, const std::string& today);

// A line for each entry that is_outdated(), which names the entry's place.
std::vector<std::string> stale_entries(const Catalogue& catalogue,
                                       const std::vector<KnownFailing>& list,
                                       const std::string& today);

}  // namespace md5spec
