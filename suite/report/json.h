// The JSON report, format md5spec-report/1. report/report_reader reads it back.
#pragma once

#include <string>

#include "report/report_document.h"

namespace md5spec {

inline constexpr const char* kReportFormat = "md5spec-report/1";

// The whole report as JSON text. What a server sent appears as hex or as escaped, printable text
// only.
std::string to_json(const ReportDocument& report);
std::string to_json(const Report& report);

// The names that hindrances and bases have in it.
std::string_view name_of(Hindrance::Kind kind);
std::string_view name_of(Basis::Kind kind);

}  // namespace md5spec
