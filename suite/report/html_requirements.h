// The requirements of one or several runs as rows of a table, on the HTML page.
#pragma once

#include <string>
#include <vector>

#include "report/markup.h"
#include "report/report_document.h"

namespace md5spec {

struct RequirementRow {
  std::string id;
  Level level = Level::kMust;
  std::string title;
  std::string sentence;
  std::vector<const RequirementDocument*> results;  // of each run; null where it has none
};

// All requirements that some run tells of, in the catalogue's order.
std::vector<RequirementRow> requirement_rows(const std::vector<const RunDocument*>& runs);

// "CON": the family that an id belongs to, and what the family is about.
std::string family_of(const std::string& id);
std::string family_title(const std::string& family);

// Writes the section with the table. A broken requirement's outcome leads to its first case.
void write_requirements(const std::vector<RunDocument>& runs,
                        const std::vector<RequirementRow>& rows, Markup* page);

}  // namespace md5spec
