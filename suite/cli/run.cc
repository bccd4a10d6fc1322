#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <CLI/CLI.hpp>

#include "catalogue/catalogue.h"
#include "catalogue/known_failing.h"
#include "catalogue/pins.h"
#include "cli/commands.h"
#include "cli/data_folder.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "conduct/server_process.h"
#include "harness/harness.h"
#include "report/console.h"
#include "report/known_failing.h"
#include "report/results.h"
#include "text/bytes.h"

namespace md5spec {
namespace {

constexpr std::chrono::seconds kStartPatience(10);

struct RunOptions {
  std::string target;
  std::vector<std::string> profiles;
  std::vector<std::string> cases;
  Selection selection;
  bool strict = false;
  std::string known_failing;
  unsigned jobs = 0;  // 0: by the profile
  std::string budget = "10s";
  double timeout_scale = 1;
  std::uint64_t seed = 1;
  std::vector<std::string> reports;
  std::string report_dir;
};

// The bundled reference servers that this run started, one a profile.
using Servers = std::vector<std::unique_ptr<ServerProcess>>;

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

std::vector<std::shared_ptr<const Profile>> load_profiles(const RunOptions& options) {
  std::vector<std::string> names = options.profiles;
  if (names.empty())
    names = options.target.empty() ? bundled_profiles(profiles_folder())
                                   : std::vector<std::string>{"classic"};
  if (!options.target.empty() && names.size() > 1) {
    throw UsageError(
        "--target goes with one --profile: a server at one address speaks one wire format");
  }
  std::vector<std::shared_ptr<const Profile>> profiles;
  for (const std::string& name : names) {
    auto profile = std::make_shared<Profile>(load_profile(name, profiles_folder()));
    scale_timeouts(options.timeout_scale, &profile->timeouts);
    profiles.push_back(std::move(profile));
  }
  return profiles;
}

// What --profile was given for a profile: its name or its file.
std::string profile_word(const RunOptions& options, std::size_t index) {
  return options.profiles.empty() ? bundled_profiles(profiles_folder())[index]
                                  : options.profiles[index];
}

void start_reference_servers(const RunOptions& options, std::vector<HarnessRun>* runs,
                             Servers* servers) {
  for (std::size_t i = 0; i < runs->size(); ++i) {
    HarnessRun& run = (*runs)[i];
    if (run.plan.to_carry_out() == 0) continue;
    const std::string listen = fmt::format("{}=127.0.0.1:0", profile_word(options, i));
    auto server = std::make_unique<ServerProcess>(
        std::vector<std::string>{reference_server(), "--listen", listen});
    const std::string address = server->wait_for_line("listening on ", kStartPatience);
    run.target = parse_host_port(address.substr(0, address.find(' ')));
    servers->push_back(std::move(server));
  }
}

std::vector<HarnessRun> plan_runs(const RunOptions& options, const Catalogue& catalogue) {
  const auto selected = select(catalogue, options.selection);
  for (const Case* one : selected) check_pin(*one);
  std::vector<HarnessRun> runs;
  for (const auto& profile : load_profiles(options)) {
    HarnessRun run;
    run.profile = profile;
    run.plan =
        make_plan(catalogue, selected, *profile, options.selection, RunFacts(), options.seed);
    run.jobs = options.jobs > 0 ? options.jobs : default_jobs(profile->limits.connections);
    run.budget = read_budget(options.budget);
    if (options.target.empty()) {
      run.server = "the bundled reference server";
    } else {
      run.target = parse_host_port(options.target);
      run.server = "the server";
    }
    runs.push_back(std::move(run));
  }
  return runs;
}

// Many cases at once need many descriptors; the system lets a process raise its own limit.
void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

std::string today() { return fmt::format("{:%Y-%m-%d}", fmt::localtime(std::time(nullptr))); }

std::string shard_in_words() {
  const char* const total = std::getenv("GTEST_TOTAL_SHARDS");
  const char* const index = std::getenv("GTEST_SHARD_INDEX");
  if (total == nullptr || index == nullptr) return "1/1";
  return fmt::format("{}/{}", std::atoi(index) + 1, std::atoi(total));
}

Report begin_report(const RunOptions& options, const Catalogue& catalogue) {
  Report report;
  report.catalogue_sha256 = catalogue.sha256();
  report.selection.only = options.selection.only;
  report.selection.skip = options.selection.skip;
  report.selection.tags = options.selection.tags;
  report.selection.gtest_filter = testing::GTEST_FLAG(filter);
  report.selection.shard = shard_in_words();
  if (!options.known_failing.empty()) report.selection.known_failing = options.known_failing;
  report.started = std::chrono::system_clock::now();
  report.seed = options.seed;
  return report;
}

// Of several iterations (--gtest_repeat) the worst counts: the first status that the list of
// statuses names.
int worse(int a, int b) {
  for (const int status : {kExitSuiteFault, kExitUsage, kExitFailed, kExitInconclusive,
                           kExitStaleList, kExitAllSkipped}) {
    if (a == status || b == status) return status;
  }
  return kExitGood;
}

int run(RunOptions options) {
  raise_descriptor_limit();
  std::vector<std::string> reports = options.reports;
  for (const std::string& path : reports) check_report_path(path);
  if (!options.report_dir.empty()) {
    std::filesystem::create_directories(options.report_dir);
    const auto now = std::chrono::system_clock::now().time_since_epoch().count();
    reports.push_back(fmt::format("{}/md5spec-{}-{}.json", options.report_dir, now, getpid()));
  }
  const Catalogue catalogue = Catalogue::load(cases_folder(), options.cases);
  std::vector<KnownFailing> known;
  if (!options.known_failing.empty()) known = load_known_failing(options.known_failing);

  Servers servers;
  Report report = begin_report(options, catalogue);
  report.stale = stale_entries(catalogue, known, today());
  const Colour colour = colour_of_stdout();
  ProgressLine progress;
  int status = kExitGood;

  HarnessHooks hooks;
  hooks.start = [&](std::vector<HarnessRun>& runs) {
    if (options.target.empty()) start_reference_servers(options, &runs, &servers);
  };
  hooks.adjust = [&](std::vector<RunResult>& runs) {
    apply_known_failing(catalogue, known, today(), &runs);
  };
  hooks.progress = [&](std::size_t done, std::size_t planned) { progress.show(done, planned); };
  hooks.finish = [&](const std::vector<RunResult>& results) {
    progress.clear();
    report.runs = results;
    report.duration =
        std::chrono::duration_cast<Duration>(std::chrono::system_clock::now() - report.started);
    report.selection.interrupted = std::any_of(results.begin(), results.end(),
                                               [](const RunResult& r) { return r.interrupted; });
    report.exit_status = exit_status(report, options.strict);
    status = worse(status, report.exit_status);
    for (const std::string& path : reports) write_report(report, path);
    std::string text;
    for (const RunResult& result : results) text += to_text(result, colour);
    text += closing_lines(report, colour);
    // Nobody may be reading any more; the exit status still tells.
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fflush(stdout);
  };
  std::vector<HarnessRun> runs = plan_runs(options, catalogue);
  const int googletest = run_under_googletest(catalogue, std::move(runs), hooks);
  // GoogleTest saw a failure that the results don't have: something is wrong on this side.
  if (googletest != 0 && status == kExitGood) return kExitSuiteFault;
  return status;
}

}  // namespace

void add_run(CLI::App& app, Command* chosen) {
  auto options = std::make_shared<RunOptions>();
  CLI::App* command = app.add_subcommand("run", "Tests a server, and says whether it conforms.");
  command
      ->add_option("--target", options->target,
                   "HOST:PORT of the server to test; HOST may be a name, IPv4 or [IPv6]. Without "
                   "it the bundled reference server is tested")
      ->envname("MD5SPEC_TARGET");
  command
      ->add_option("--profile", options->profiles,
                   "What the server speaks: a bundled profile's name or a file. Default: classic "
                   "with --target, otherwise all bundled ones")
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
      ->add_option("--report", options->reports,
                   "Write a report; the ending names the format: FILE.json, FILE.xml (JUnit)")
      ->allow_extra_args(false);
  command
      ->add_option("--report-dir", options->report_dir,
                   "Write one JSON report there, under a name of its own")
      ->envname("MD5SPEC_REPORT_DIR");
  command->footer(
      "--gtest_* flags (filter, shuffle, repeat, output …) work too: each case is a test "
      "PROFILE/GROUP.NAME.\n"
      "The environment variables MD5SPEC_TARGET, MD5SPEC_PROFILE, MD5SPEC_CASES, "
      "MD5SPEC_KNOWN_FAILING and\n"
      "MD5SPEC_REPORT_DIR stand for the flags of those names; NO_COLOR turns colour off.");
  command->callback([options, chosen] { *chosen = [options] { return run(*options); }; });
}

}  // namespace md5spec
