#include "report/merge.h"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "catalogue/catalogue.h"
#include "cli/commands.h"
#include "cli/data_folder.h"
#include "cli/output.h"
#include "report/report_reader.h"
#include "text/bytes.h"

namespace md5spec {
namespace {

constexpr std::size_t kMissingShown = 10;

struct MergeOptions {
  std::vector<std::string> files;
  std::vector<std::string> reports;
  std::vector<std::string> cases;
};

void print_missing(const std::vector<std::string>& missing) {
  fmt::print(stderr, "md5spec: {} cases are in none of the reports:\n", missing.size());
  for (std::size_t i = 0; i < std::min(missing.size(), kMissingShown); ++i)
    fmt::print(stderr, "  {}\n", missing[i]);
  if (missing.size() > kMissingShown)
    fmt::print(stderr, "  … and {} more\n", missing.size() - kMissingShown);
}

int run(const MergeOptions& options) {
  for (const std::string& path : options.reports) check_report_path(path);
  std::vector<ReportPart> parts;
  for (const std::string& file : options.files) parts.push_back({file, load_report(file)});
  const Catalogue catalogue = Catalogue::load(cases_folder(), options.cases);
  ReportDocument merged;
  try {
    merged = merge(catalogue, parts);
  } catch (const MergeError& error) {
    fmt::print(stderr, "md5spec: {}\n", displayable(error.what()));
    return kExitFailed;
  }
  for (const std::string& path : options.reports) write_report(merged, path);
  for (const RunDocument& one : merged.runs)
    fmt::print("{}: {}, {} cases\n", one.profile, verdict_in_words(one), one.cases.size());
  if (merged.selection.missing.empty()) return kExitGood;
  print_missing(merged.selection.missing);
  return kExitFailed;
}

}  // namespace

void add_merge(CLI::App& app, Command* chosen) {
  auto options = std::make_shared<MergeOptions>();
  CLI::App* command =
      app.add_subcommand("merge", "Makes one report of the JSON reports of a run's parts.");
  command->add_option("reports", options->files, "JSON reports, one of each part")
      ->required()
      ->option_text("REPORT.json…");
  command
      ->add_option("--report", options->reports,
                   "Where to write it; the ending names the format, as for run")
      ->required()
      ->allow_extra_args(false);
  command->add_option("--cases", options->cases, "The --cases that the run was given")
      ->envname("MD5SPEC_CASES")
      ->allow_extra_args(false);
  command->footer(
      "Parts are what GoogleTest's shards or CTest's tests leave (MD5SPEC_REPORT_DIR). What one "
      "part found\nbroken blocks cases of the others, so outcomes are worked out again.\n"
      "Exit status: 0 merged, 1 the reports aren't parts of one run or cases are missing (then "
      "the report is\nwritten, and says so), 2 bad usage or file.");
  command->callback([options, chosen] { *chosen = [options] { return run(*options); }; });
}

}  // namespace md5spec
