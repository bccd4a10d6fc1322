// A run beside an earlier one: what got worse fails, what was as bad before doesn't.
#pragma once

#include <string>
#include <vector>

#include "report/report_document.h"

namespace md5spec {

// Compares each case with the one of its profile and id in `baseline`, and marks failures and
// warnings that were as bad there (CaseResult::no_worse). What the baseline doesn't know, skipped
// or couldn't decide excuses nothing. `file` is the baseline's name, `catalogue` what the runs were
// made with.
BaselineComparison compare_with_baseline(const ReportDocument& baseline, const std::string& file,
                                         const Catalogue& catalogue, std::vector<RunResult>* runs);

// The comparison in printable lines; the first few of each kind.
std::vector<std::string> in_words(const BaselineComparison& comparison);

}  // namespace md5spec
