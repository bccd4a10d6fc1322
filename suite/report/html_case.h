// A case that didn't pass, on the HTML page: what was due, what came, where they differ, why it
// matters, what went over the wire, and how to see it again.
#pragma once

#include <string>

#include "report/markup.h"
#include "report/report_document.h"

namespace md5spec {

enum class Unfolded { kNo, kYes };

// What the case's article is called on the page: what links to it end in.
std::string anchor_of(const RunDocument& run, const CaseDocument& one);

// Writes the article. Once the page has `wire_room` bytes, wire logs are left out, and the page
// says so.
void write_case(const RunDocument& run, const CaseDocument& one, Unfolded unfolded,
                std::size_t wire_room, Markup* page);

}  // namespace md5spec
