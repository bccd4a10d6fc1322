// Whether a transcript shows that a case was carried out as its script has it. That nothing went
// wrong says something only of a case that was.
#pragma once

#include <string>

#include "catalogue/planned_case.h"
#include "wire/transcript.h"

namespace md5spec {

// What of the script the transcript doesn't show, in a sentence: the first connection, message or
// wait that isn't there, or stands there otherwise; empty where nothing is amiss. Where the server
// kept its client from going on (it ended a connection, took no more, sent no replies), what would
// have followed isn't asked for, nor are further rounds where those that were done are enough to
// tell (are_enough_rounds). What the server did, and whether that was right, is for judge().
//
// Of a case that something hindered nothing is asked but whether that could have been so under the
// profile; of one that its deadline ended, which can't have passed, nothing at all.
std::string what_is_missing(const PlannedCase& planned, const Transcript& transcript);

}  // namespace md5spec
