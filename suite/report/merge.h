// Several reports of parts of one run (GoogleTest's shards, one process a case) as one.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "catalogue/catalogue.h"
#include "report/report_document.h"

namespace md5spec {

// Reports that aren't parts of one run.
class MergeError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// One of the reports that belong together.
struct ReportPart {
  std::string file;
  ReportDocument report;
};

// The reports as one: outcomes are worked out again over all cases together, since what one part
// found broken blocks cases of another. `catalogue` must be that of the reports.
//
// Cases that the whole would have to have are listed in `selection.missing`. All cases of the
// catalogue, under each profile that occurs, unless all reports were narrowed in the same way.
//
// Throws MergeError for reports of different catalogues, versions, seeds or profiles, and where two
// have carried out the same case; InputError where a report names what the catalogue doesn't have.
ReportDocument merge(const Catalogue& catalogue, const std::vector<ReportPart>& parts);

}  // namespace md5spec
