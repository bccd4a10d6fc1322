// Files that md5spec writes for its users.
#pragma once

#include <string>
#include <vector>

#include "report/report_document.h"

namespace md5spec {

// Throws UsageError if the folder that a file would stand in, links followed, doesn't exist.
void check_folder(const std::string& flag, const std::string& path);

// Throws UsageError if a report can't be written there: an unknown ending, or no such folder.
void check_report_path(const std::string& path);

// Writes `report` in the format that the file's ending names.
void write_report(const ReportDocument& report, const std::string& path);

}  // namespace md5spec
