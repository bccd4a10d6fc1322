// From a transcript to a judgement: a pure function, so that it can be repeated on stored
// transcripts.
#pragma once

#include "judge/finding.h"

namespace md5spec {

// Judges what was recorded when `planned` was carried out. Only what the case's requirements are
// about becomes a finding; whatever else shows is kept as an observation.
Judgement judge(const PlannedCase& planned, const Transcript& transcript);

}  // namespace md5spec
