#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "cli/commands.h"
#include "cli/output.h"
#include "conduct/endpoint.h"
#include "report/comparison.h"
#include "report/files.h"
#include "report/report_reader.h"
#include "report/results.h"
#include "text/bytes.h"

namespace md5spec {
namespace {

struct CompareOptions {
  std::vector<std::string> files;
  std::vector<std::string> reports;
};

std::string ending_of(const std::string& path) {
  return std::filesystem::path(path).extension().string();
}

void check_comparison_path(const std::string& path) {
  if (ending_of(path) != ".html" && ending_of(path) != ".md") {
    throw UsageError(fmt::format(
        "--report {}: the file's ending names the format; known: .html, .md", displayable(path)));
  }
  check_folder("--report", path);
}

int compare_reports(const CompareOptions& options) {
  for (const std::string& path : options.reports) check_comparison_path(path);
  if (options.files.size() < 2) throw UsageError("compare takes two reports or more");
  std::vector<NamedReport> reports;
  const auto names = names_for(options.files);
  for (std::size_t i = 0; i < options.files.size(); ++i)
    reports.push_back({names[i], load_report(options.files[i])});
  const Comparison comparison = compare(reports);
  for (const std::string& path : options.reports)
    write_file(path, ending_of(path) == ".html" ? to_html(comparison) : to_markdown(comparison));
  if (options.reports.empty()) fmt::print("{}", to_markdown(comparison));
  return comparison.is_worse() ? kExitFailed : kExitGood;
}

}  // namespace

void add_compare(CLI::App& app, Command* chosen) {
  auto options = std::make_shared<CompareOptions>();
  CLI::App* command = app.add_subcommand(
      "compare", "Puts several reports side by side, and says what changed between two.");
  command->add_option("REPORT.json", options->files, "JSON reports of md5spec run")->required();
  command
      ->add_option("--report", options->reports,
                   "Where to write; the ending names the format: FILE.html, FILE.md. Without it "
                   "Markdown is printed")
      ->allow_extra_args(false);
  command->footer(
      "Ends with status 1 if there are just two reports and in the second one a case came out "
      "worse.");
  command->callback(
      [options, chosen] { *chosen = [options] { return compare_reports(*options); }; });
}

}  // namespace md5spec
