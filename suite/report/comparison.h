// Several reports side by side: of several implementations, or of several releases of one.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "report/report_document.h"

namespace md5spec {

struct NamedReport {
  std::string name;  // what people call it: displayable, unique
  ReportDocument report;
};

// A run of one of the reports: a column of every table.
struct ComparedRun {
  std::string report;  // its name
  const RunDocument* run = nullptr;
};

// A case, and what became of it in each column.
struct ComparedCase {
  std::string id;
  std::vector<const CaseDocument*> results;  // null where that run has no such case

  bool alike() const;  // everywhere where there is one, the same outcome
};

enum class Direction { kWorse, kBetter, kOther };

// What became of a case from one report to the next.
struct ComparedChange {
  std::string test;                      // profile/group.name
  const CaseDocument* before = nullptr;  // null: the report has no such case
  const CaseDocument* now = nullptr;
  Direction direction = Direction::kOther;
};

struct Comparison {
  std::vector<ComparedRun> columns;  // by profile, then in the reports' order
  std::vector<ComparedCase> cases;   // in the catalogue's order
  // From the first report to the second, where there are just two: by profile.
  std::vector<ComparedChange> changes;
  std::vector<std::string> notes;  // what makes the reports hard to compare

  // Whether the second of two reports has something worse than the first.
  bool is_worse() const;
};

// What of it points into `reports`, which must live longer.
Comparison compare(const std::vector<NamedReport>& reports);

// The columns' runs.
std::vector<const RunDocument*> runs_of(const Comparison& comparison);

// Names for reports by their files: the file's stem, the whole path where stems are alike.
std::vector<std::string> names_for(const std::vector<std::string>& files);

// "release-1 · line"; the profile only where columns have several, the report only where there are.
std::string title_of(const Comparison& comparison, const ComparedRun& column);

std::string to_html(const Comparison& comparison);
std::string to_markdown(const Comparison& comparison);

}  // namespace md5spec
