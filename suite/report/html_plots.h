// How long cases took, as plots on the HTML page.
#pragma once

#include "report/markup.h"
#include "report/report_document.h"

namespace md5spec {

// A strip for each group, with a stroke for each case, and the cases that took longest.
void write_timings(const RunDocument& run, Markup* page);

}  // namespace md5spec
