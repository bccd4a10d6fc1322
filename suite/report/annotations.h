// What GitHub shows beside a workflow's files: annotations, as its workflow commands make them.
#pragma once

#include <string>

#include "report/report_document.h"

namespace md5spec {

// Lines to be printed: an ::error for each case that failed or couldn't be decided, a ::warning for
// each that warned; ten of each, which is all that GitHub shows of a step, and a ::notice that
// counts the rest. Where a case is written is told only if that lies in the folder `workspace`, and
// relative to it; a relative path is one from the folder that md5spec was called in.
std::string to_annotations(const ReportDocument& report, const std::string& workspace);

}  // namespace md5spec
