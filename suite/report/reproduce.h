// A command with common tools that shows again what a case showed.
#pragma once

#include <string>

#include "catalogue/planned_case.h"

namespace md5spec {

// A shell command for `target` (HOST:PORT): printf and nc for a plain exchange of a moderate size,
// md5spec itself for everything else. Every byte of the message is escaped.
std::string reproduce(const PlannedCase& planned, const std::string& target);

// The same for a server that md5spec starts itself; `flags` say which.
std::string reproduce_by(const PlannedCase& planned, const std::string& flags);

}  // namespace md5spec
