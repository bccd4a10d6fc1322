// What a person needs to know of a case that didn't pass.
#pragma once

#include <string>
#include <vector>

#include "report/report_document.h"

namespace md5spec {

// Printable lines: what was expected, what came, where they first differ, what that looks like, why
// it matters, the wire log, and the command that shows it again.
std::vector<std::string> explain_case(const CaseDocument& one, const std::string& profile);
std::vector<std::string> explain_case(const CaseResult& result, const RunResult& run);

}  // namespace md5spec
