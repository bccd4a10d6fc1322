// Tells whether this machine has so much else to do that a server on it may be late for no fault of
// its own.
#pragma once

#include "target/profile.h"

namespace md5spec {

// Whether, over the last minute, so many threads wanted to run that each got little of a processor.
// false where the system doesn't tell.
bool machine_is_overloaded();

// Whether `waiting` threads that want to run, on average, are too many for so many processors; 0:
// how many there are isn't known.
bool are_too_many(double waiting, unsigned processors);

// The same profile for a machine that is: it waits four times as long for the server.
Profile with_patience(Profile profile);

}  // namespace md5spec
