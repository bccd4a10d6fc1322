// A badge: what shields.io's endpoint makes one of.
#pragma once

#include <string>

#include "report/report_document.h"

namespace md5spec {

// JSON as https://shields.io/badges/endpoint-badge reads it: the worst of the runs' verdicts.
std::string to_badge(const ReportDocument& report);

}  // namespace md5spec
