// The JSON report, format md5spec-report/1.
#pragma once

#include <string>

#include "report/results.h"

namespace md5spec {

// The whole report as JSON text. What a server sent appears as hex or as escaped, printable text
// only.
std::string to_json(const Report& report);

}  // namespace md5spec
