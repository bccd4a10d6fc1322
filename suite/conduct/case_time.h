// How long a case may take: one deadline for each, which follows from its steps.
#pragma once

#include <chrono>

#include "catalogue/planned_case.h"

namespace md5spec {

// What is repeated gets at least so long for the least rounds that count.
inline constexpr std::chrono::seconds kPatience(60);
// What a server that is told to end may take for it.
inline constexpr std::chrono::seconds kTimeToEnd(5);
// Many connections at once take a server that makes a process for each its time: so much for each.
inline constexpr std::chrono::milliseconds kForEachOfACrowd(50);

inline Duration time_for_crowd(unsigned count) { return (count - 1) * kForEachOfACrowd; }

// How long its client does nothing of its own accord, so that the server may: the pauses, the gaps
// and the silences that the script asks for.
Duration own_waits(const PlannedCase& planned);

// About how long its connections keep a client busy: near enough to compare cases by.
Duration connecting_time(const PlannedCase& planned);

// The longest that carry_out() may take for the case, whatever the server does. `budget`: for what
// it repeats.
Duration longest(const PlannedCase& planned, Duration budget);

}  // namespace md5spec
