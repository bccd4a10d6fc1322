// JUnit XML, as Jenkins, GitLab and GitHub actions read it.
#pragma once

#include <string>

#include "report/report_document.h"

namespace md5spec {

// A testsuite for each profile and group, a testcase for each case; fail is a failure, error and
// not_run an error, skip skipped. Characters that XML can't hold never get into it.
std::string to_junit(const ReportDocument& report);
std::string to_junit(const Report& report);

}  // namespace md5spec
