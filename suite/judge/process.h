// What a transcript tells of the server's process.
#pragma once

#include <vector>

#include "judge/anomalies.h"
#include "wire/transcript.h"

namespace md5spec {

// How it took being told to end, and what it took up from one measurement to the next.
std::vector<Observed> observe_process(const Transcript& transcript);

// How it ended where nobody had told it to; null where it didn't.
const ProcessEnd* unasked_end(const Transcript& transcript);

// Whether what the process takes up has grown with the connections in each window, a window being
// what lies between two measurements: the same kind of thing in each, by a descriptor in 100
// connections or by 1 KiB of memory in each.
bool every_window_grew(const Transcript& transcript);

// Why growth of memory that every window shows doesn't count; empty if it does, or there is none.
std::string unjudged_growth(const Transcript& transcript);

}  // namespace md5spec
