#include "cli/run_options.h"

#include <cstdlib>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>

#include "conduct/endpoint.h"
#include "text/bytes.h"

namespace md5spec {

Duration read_budget(const std::string& text) {
  std::string number = text;
  std::int64_t unit = 1'000'000;
  if (number.ends_with("ms")) {
    unit = 1'000;
    number.resize(number.size() - 2);
  } else if (number.ends_with("s")) {
    number.pop_back();
  }
  char* end = nullptr;
  const double value = std::strtod(number.c_str(), &end);
  if (number.empty() || *end != '\0' || !(value > 0) || value > 3600) {
    throw UsageError(fmt::format(
        "--budget {}: must be a time such as 10s or 500ms, at most an hour", in_quotes(text)));
  }
  return Duration(static_cast<std::int64_t>(value * static_cast<double>(unit)));
}

std::string flags_of_patience(const RunOptions& options) {
  const RunOptions usual;
  std::vector<std::string> flags;
  if (options.timeout_scale != usual.timeout_scale)
    flags.push_back(fmt::format("--timeout-scale {}", options.timeout_scale));
  if (options.budget != usual.budget) flags.push_back("--budget " + shell_word(options.budget));
  return fmt::format("{}", fmt::join(flags, " "));
}

void add_run_options(CLI::App& app, RunOptions* options) {
  CLI::App* const command = &app;
  command
      ->add_option("--target", options->target,
                   "HOST:PORT of the server to test; HOST may be a name, IPv4 or [IPv6]. Without "
                   "it the bundled reference server is tested")
      ->envname("MD5SPEC_TARGET");
  command
      ->add_option("--start", options->start,
                   "COMMAND that starts the server to test, with {port} where it is told its port "
                   "({host} and {profile} are known too). Split into words like a shell's, but run "
                   "without one; stopped at the end, started again if it dies")
      ->envname("MD5SPEC_START");
  command
      ->add_option("--profile", options->profiles,
                   "What the server speaks: a bundled profile's name or a file. Default: classic "
                   "with --target or --start, otherwise all bundled ones")
      ->envname("MD5SPEC_PROFILE")
      ->allow_extra_args(false);
  command->add_option("--cases", options->cases, "More case files, or folders of them")
      ->envname("MD5SPEC_CASES")
      ->allow_extra_args(false);
  command
      ->add_option(
          "--only", options->selection.only,
          "Carry out only what this picks: a glob on case ids or requirement ids, or tag:NAME")
      ->allow_extra_args(false);
  command->add_option("--skip", options->selection.skip, "Leave out what this picks")
      ->allow_extra_args(false);
  command->add_option("--tags", options->selection.tags, "Turn on what is off by default: huge")
      ->allow_extra_args(false)
      ->check(CLI::IsMember({"huge"}));
  command->add_flag("--strict", options->strict, "Warnings count as failures");
  command
      ->add_option("--known-failing", options->known_failing,
                   "A YAML list of cases that are known to fail")
      ->envname("MD5SPEC_KNOWN_FAILING");
  command->add_option("--baseline", options->baseline,
                      "A JSON report of an earlier run: fail only for what got worse since");
  command->add_option("--transcripts", options->transcripts,
                      "Keep everything that the verdicts rest on, for attest");
  command
      ->add_option("--jobs", options->jobs,
                   "Cases at once. Default: a quarter of the profile's limits.connections, at "
                   "least 1 and at most 16")
      ->check(CLI::Range(1, 1024));
  command->add_option("--budget", options->budget, "Time for what a case repeats")
      ->capture_default_str();
  command
      ->add_option("--timeout-scale", options->timeout_scale,
                   "Multiplies the profile's timeouts, for slow machines and networks")
      ->check(CLI::Range(0.01, 1000.0));
  command->add_option("--seed", options->seed, "What pseudo-random messages are made from")
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber);
  command
      ->add_option(
          "--report", options->reports,
          "Write a report; the ending names the format: FILE.json, FILE.html, FILE.md, FILE.xml "
          "(JUnit), FILE.badge.json (shields.io)")
      ->allow_extra_args(false);
  command
      ->add_option("--report-dir", options->report_dir,
                   "Write one JSON report there, under a name of its own")
      ->envname("MD5SPEC_REPORT_DIR");
  command->footer(
      "--gtest_* flags (filter, shuffle, repeat, output …) work too: each case is a test "
      "PROFILE/GROUP.NAME.\n"
      "The environment variables MD5SPEC_TARGET, MD5SPEC_START, MD5SPEC_PROFILE, MD5SPEC_CASES,\n"
      "MD5SPEC_KNOWN_FAILING and MD5SPEC_REPORT_DIR stand for the flags of those names; NO_COLOR "
      "turns colour off.");
}

}  // namespace md5spec
