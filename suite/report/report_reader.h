// Reading JSON reports back, for merge, compare, attest and --baseline.
#pragma once

#include <string>

#include "report/report_document.h"

namespace md5spec {

// Reads what to_json() wrote, `file` being its name in errors. Strict about all that it knows:
// types, ranges, names, counts that agree with the cases. Keys it doesn't know are passed over,
// since a later version may have more to say. Throws InputError.
ReportDocument read_report(const std::string& text, const std::string& file);

// The same for a file; also throws InputError where it can't be read.
ReportDocument load_report(const std::string& path);

}  // namespace md5spec
