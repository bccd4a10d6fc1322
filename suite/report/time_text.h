// Times as reports and certificates write them: 2026-01-02T03:04:05Z.
#pragma once

#include <chrono>
#include <string>

#include "report/strict_json.h"

namespace md5spec {

std::string time_text(std::chrono::sys_seconds time);

// Throws InputError where that isn't one.
std::chrono::sys_seconds read_time(const JsonNode& node);

}  // namespace md5spec
