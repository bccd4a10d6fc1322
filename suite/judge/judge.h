// From a transcript to a judgement: a pure function, so that it can be repeated on stored
// transcripts.
#pragma once

#include <cstdint>

#include "judge/finding.h"

namespace md5spec {

// Judges what was recorded when `planned` was carried out. Only what the case's requirements are
// about becomes a finding; whatever else shows is kept as an observation.
Judgement judge(const PlannedCase& planned, const Transcript& transcript);

// Whether so many rounds, of those that a script repeats, show something where nothing went wrong
// in them.
bool are_enough_rounds(std::uint64_t done, std::uint64_t wanted);

// Whether what was seen of a case leaves it open what the server is like, so that the case must be
// carried out once more: it rests on time, or on luck, or something hindered it.
bool needs_another_attempt(const PlannedCase& planned, const Judgement& judgement);

// What counts of a case that went wrong and was carried out once more, alone: what it showed alone,
// and, set apart, what it showed for certain only beside others.
Judgement judge_again(const Case& spec, const Judgement& first, Judgement alone);

}  // namespace md5spec
