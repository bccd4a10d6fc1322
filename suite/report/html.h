// The HTML report: one file, which needs no other and no network.
#pragma once

#include <string>

#include "report/report_document.h"

namespace md5spec {

// The verdict first, then the requirements, the cases that didn't pass with all that is known of
// them, the others by group and by the reason why they were skipped, and how long everything took.
// Whatever a server sent is escaped text; a content security policy forbids the page to run or load
// anything but its own script and style.
std::string to_html(const ReportDocument& report);

}  // namespace md5spec
