// How to mend a list of known failures that is out of date.
#pragma once

#include <string>
#include <vector>

#include "catalogue/known_failing.h"
#include "report/results.h"

namespace md5spec {

// What a run says of the list: `runs` as apply_known_failing() left them, `today` "2027-01-31".
struct ListEvidence {
  const Catalogue& catalogue;
  const std::vector<RunResult>& runs;
  std::string today;
  // Under which the server may be tested as well; those that have a run may be among them.
  std::vector<std::string> profiles;
};

// What the list has to say after the run: entries that have expired or match nothing are gone, and
// none matches a case that passed. An entry that matched such a case gives way to entries for what
// it is still needed for: cases that failed, and those that this run couldn't tell of, because they
// were undecided, not selected or belong to another profile.
std::vector<KnownFailing> mended(const ListEvidence& evidence, const KnownFailingList& list);

// What to do to come there, in printable lines; empty where nothing is stale. They begin with "to
// mend the list: " and a shell command that takes stale lines out, after which a line "then add: …"
// tells each that is to be added; or, where the file isn't made of lines that can be taken out, the
// command is of several lines and puts a new list in the old one's place.
std::vector<std::string> mending(const ListEvidence& evidence, const KnownFailingList& list);

}  // namespace md5spec
