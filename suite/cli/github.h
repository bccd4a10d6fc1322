// A run as a step of a GitHub workflow, which takes some of what a step prints for commands.
#pragma once

#include <string>

#include "report/report_document.h"

namespace md5spec {

// Does nothing unless the environment says that this is such a step (GITHUB_ACTIONS=true).
class GithubStep {
 public:
  // From here on GitHub takes nothing that is printed for a command, whatever a server has put into
  // it.
  GithubStep();

  bool is_one() const { return !token_.empty(); }

  // Lets commands through again; prints annotations, and appends the Markdown report to
  // GITHUB_STEP_SUMMARY.
  void finish(const ReportDocument& report);

  ~GithubStep();
  GithubStep(const GithubStep&) = delete;
  GithubStep& operator=(const GithubStep&) = delete;

 private:
  void resume_commands();

  std::string token_;  // that lets commands through again; empty where they are
};

}  // namespace md5spec
