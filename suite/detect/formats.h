// Which formats a server may speak, and which of them explain what was seen.
#pragma once

#include <optional>
#include <vector>

#include "detect/imagined_server.h"
#include "detect/probe.h"
#include "detect/sighting.h"

namespace md5spec {

// Every format that is looked for. Where several explain all that was seen, the first is the
// simplest.
std::vector<Format> known_formats();

// What can be tried, the likeliest to tell first. A plain letter message first of all.
std::vector<Probe> repertoire();

// Two messages in the format's own framing, the second in two pieces with a pause between them:
// what a server that takes reads for messages gets wrong. Ends with the client's half-close.
Probe confirming_probe(const Format& format);

// The digests, of anything that had been sent by then, that came behind each step.
std::vector<std::vector<Sighting>> sightings_in(const Observation& seen);
bool answers_with_digests(const Observation& seen);

// Those formats whose servers would have sent just these digests, each behind its step. A server
// that closed, or answered something else, may have refused a message that isn't plain text.
std::vector<Format> explaining(const std::vector<Format>& formats, const Observation& seen);

// The first probe, not among `done`, on which the formats differ; nothing if none tells them apart.
// `talkative`: the server has said something.
std::optional<Probe> next_probe(const std::vector<Format>& formats, const std::vector<Probe>& done,
                                bool talkative);

// Whether any of the formats would answer that step with a digest.
bool any_answers(const std::vector<Format>& formats, const Probe& probe, std::size_t step);

}  // namespace md5spec
