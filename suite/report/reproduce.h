// A command with common tools that shows again what a case showed.
#pragma once

#include <string>

#include "catalogue/planned_case.h"
#include "conduct/conductor.h"

namespace md5spec {

// A shell command for `target` (HOST:PORT): printf and nc for a plain exchange of a moderate size,
// md5spec itself for everything else. Every byte of the message is escaped.
// `given` says by which words md5spec finds the case.
std::string reproduce(const PlannedCase& planned, const std::string& target,
                      const GivenWords& given = {});

// The same for a server that md5spec starts itself; `flags` say which.
std::string reproduce_by(const PlannedCase& planned, const std::string& flags,
                         const GivenWords& given = {});

}  // namespace md5spec
