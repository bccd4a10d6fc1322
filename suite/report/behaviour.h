// What servers did where the specification leaves it open, as a table: a row for each fact, a
// column for each run.
#pragma once

#include <string>
#include <vector>

#include "report/markup.h"
#include "report/report_document.h"

namespace md5spec {

struct BehaviourRow {
  std::string fact;
  std::vector<std::string> cells;  // in words, one for each run; empty where it wasn't seen
};

// Rows of what was seen in at least one of the runs.
std::vector<BehaviourRow> behaviour_rows(const std::vector<const RunDocument*>& runs);

// The section of an HTML page; nothing where there are no rows. `columns`: what the runs are
// called.
void write_behaviour(const std::vector<const RunDocument*>& runs,
                     const std::vector<std::string>& columns, Markup* page);

// What stands above the table in every format.
inline constexpr const char* kBehaviourLead =
    "What the specification leaves open, and what was seen of it, how often. Facts, which count "
    "for "
    "no verdict.";

}  // namespace md5spec
