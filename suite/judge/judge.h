// From a transcript to a judgement: a pure function, so that it can be repeated on stored
// transcripts.
#pragma once

#include "judge/finding.h"

namespace md5spec {

// Judges what was recorded when `planned` was carried out. Only what the case's requirements are
// about becomes a finding; whatever else shows is kept as an observation.
Judgement judge(const PlannedCase& planned, const Transcript& transcript);

// What counts of a case that went wrong beside others and was carried out once more, alone: what it
// showed alone, and, set apart, what it showed for certain only beside others.
Judgement judge_again(const Judgement& beside, Judgement alone);

}  // namespace md5spec
