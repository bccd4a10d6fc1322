// The report of a run: what stands in it from the start, what comes in at the end, where it goes.
#pragma once

#include <string>
#include <vector>

#include "cli/run_options.h"
#include "report/results.h"

namespace md5spec {

// Where reports are to be written, all of them checked; makes the folder for --report-dir. Throws
// UsageError.
std::vector<std::string> report_paths(const RunOptions& options);

// A report without results.
Report begin_report(const RunOptions& options, const Catalogue& catalogue);

// Puts the results in, and what follows from them.
void complete_report(const std::vector<RunResult>& results, bool strict, Report* report);

// Writes it to each of the files, in the format that the file's ending names.
void write_reports(const Report& report, const std::vector<std::string>& paths);

// Prints it for people, on standard output.
void print_report(const Report& report);

// Of several iterations (--gtest_repeat) the worst counts: the first status that the list of
// statuses names.
int worse_status(int a, int b);

}  // namespace md5spec
