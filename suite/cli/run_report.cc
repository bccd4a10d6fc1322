#include "cli/run_report.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "cli/output.h"
#include "cli/shards.h"
#include "conduct/endpoint.h"
#include "report/console.h"
#include "text/bytes.h"

namespace md5spec {
namespace {

// Makes the folder, unless it is there. Throws UsageError.
void make_folder(const std::string& flag, const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) return;
  if (!error) error = std::make_error_code(std::errc::not_a_directory);
  throw UsageError(
      fmt::format("{} {}: can't make the folder: {}", flag, displayable(path), error.message()));
}

}  // namespace

std::vector<std::string> report_paths(const RunOptions& options) {
  if (!options.transcripts.empty()) check_folder("--transcripts", options.transcripts);
  std::vector<std::string> paths = options.reports;
  for (const std::string& path : paths) check_report_path(path);
  if (!options.report_dir.empty()) {
    make_folder("--report-dir", options.report_dir);
    const auto now = std::chrono::system_clock::now().time_since_epoch().count();
    paths.push_back(fmt::format("{}/md5spec-{}-{}.json", options.report_dir, now, getpid()));
  }
  return paths;
}

Report begin_report(const RunOptions& options, const Catalogue& catalogue) {
  Report report;
  report.catalogue_sha256 = catalogue.sha256();
  report.selection.only = options.selection.only;
  report.selection.skip = options.selection.skip;
  report.selection.tags = options.selection.tags;
  report.selection.gtest_filter = testing::GTEST_FLAG(filter);
  report.selection.shard = shards_from_environment().str();
  if (!options.known_failing.empty()) report.selection.known_failing = options.known_failing;
  report.started = std::chrono::system_clock::now();
  report.seed = options.seed;
  return report;
}

void complete_report(const std::vector<RunResult>& results, bool strict, Report* report) {
  report->runs = results;
  report->duration =
      std::chrono::duration_cast<Duration>(std::chrono::system_clock::now() - report->started);
  report->selection.interrupted =
      std::any_of(results.begin(), results.end(), [](const RunResult& r) { return r.interrupted; });
  report->exit_status = exit_status(*report, strict);
}

void write_reports(const Report& report, const std::vector<std::string>& paths) {
  if (paths.empty()) return;
  const ReportDocument document = document_of(report);
  for (const std::string& path : paths) write_report(document, path);
}

void print_report(const Report& report) {
  const Colour colour = colour_of_stdout();
  std::string text;
  for (const RunResult& result : report.runs) text += to_text(result, colour);
  text += closing_lines(report, colour);
  // Nobody may be reading any more; the exit status still tells.
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

int worse_status(int a, int b) {
  for (const int status : {kExitSuiteFault, kExitUsage, kExitFailed, kExitInconclusive,
                           kExitStaleList, kExitAllSkipped}) {
    if (a == status || b == status) return status;
  }
  return kExitGood;
}

}  // namespace md5spec
