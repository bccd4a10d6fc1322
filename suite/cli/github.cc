#include "cli/github.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <random>
#include <string_view>

#include <fmt/format.h>

#include "report/annotations.h"
#include "report/markdown.h"

namespace md5spec {
namespace {

std::string variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

void print(std::string_view lines) {
  std::fwrite(lines.data(), 1, lines.size(), stdout);
  std::fflush(stdout);
}

// Whoever knew it could let commands through: no server may guess it.
std::string make_token() {
  std::random_device random;
  return fmt::format("md5spec-{:08x}{:08x}{:08x}{:08x}", random(), random(), random(), random());
}

}  // namespace

GithubStep::GithubStep() {
  if (variable("GITHUB_ACTIONS") != "true") return;
  token_ = make_token();
  print(fmt::format("::stop-commands::{}\n", token_));
}

GithubStep::~GithubStep() { resume_commands(); }

void GithubStep::resume_commands() {
  if (token_.empty()) return;
  print(fmt::format("::{}::\n", token_));
  token_.clear();
}

void GithubStep::finish(const ReportDocument& report) {
  if (token_.empty()) return;
  resume_commands();
  print(to_annotations(report, variable("GITHUB_WORKSPACE")));
  const std::string summary = variable("GITHUB_STEP_SUMMARY");
  if (summary.empty()) return;
  std::ofstream out(summary, std::ios::binary | std::ios::app);
  out << to_markdown(report) << "\n";
  out.close();
  if (!out) fmt::print(stderr, "md5spec: can't append to GITHUB_STEP_SUMMARY\n");
}

}  // namespace md5spec
