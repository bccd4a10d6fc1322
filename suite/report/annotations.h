// What GitHub shows beside a workflow's files: annotations, as its workflow commands make them.
#pragma once

#include <string>

#include "report/report_document.h"

namespace md5spec {

// Lines to be printed: an ::error for each case that failed or couldn't be decided, a ::warning for
// each that warned; ten of each, which is all that GitHub shows of a step, and a ::notice that
// counts the rest. A case's place is given relative to `workspace`, where it lies in that folder.
std::string to_annotations(const ReportDocument& report, const std::string& workspace);

}  // namespace md5spec
