// A transcript as JSON and back. What was received is kept whole, what was sent only as a reference
// to the message and its place in the stream: the message's bytes follow from catalogue, profile
// and seed.
#pragma once

#include <string>

#include "catalogue/planned_case.h"
#include "report/strict_json.h"
#include "wire/transcript.h"

namespace md5spec {

// The transcript's JSON members, to stand in an object: "\"duration_us\":12,…". One line.
std::string transcript_members(const Transcript& transcript, const Profile& profile);

// Rebuilds what was recorded when `planned` was carried out. Throws InputError for anything that
// couldn't have been recorded of this case: places outside, messages that the script doesn't have.
Transcript read_transcript(const JsonNode& node, const PlannedCase& planned);

}  // namespace md5spec
