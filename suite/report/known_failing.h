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

// What is out of date about the list: expired entries and those that match no case of the
// catalogue; each a line that names the entry's place.
std::vector<std::string> stale_entries(const Catalogue& catalogue,
                                       const std::vector<KnownFailing>& list,
                                       const std::string& today);

// How to mend a list that is out of date: a command that takes the stale entries out, and lines to
// add for those of their cases that still fail. Empty where nothing is stale. `runs` as
// apply_known_failing() left them.
std::vector<std::string> mending(const Catalogue& catalogue, const std::vector<KnownFailing>& list,
                                 const std::string& today, const std::vector<RunResult>& runs);

}  // namespace md5spec
