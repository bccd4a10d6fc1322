// An entry of a list of known failures, as a line of its file.
#pragma once

#include <string>

#include "catalogue/known_failing.h"

namespace md5spec {

// "- {case: g.one, profile: line, reason: \"…\"}": displayable, and YAML reads the same entry from
// it.
std::string line_for(const KnownFailing& entry);

}  // namespace md5spec
