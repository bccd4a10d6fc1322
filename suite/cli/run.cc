#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "catalogue/catalogue.h"
#include "catalogue/known_failing.h"
#include "catalogue/pins.h"
#include "cli/commands.h"
#include "cli/data_folder.h"
#include "cli/github.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/run_options.h"
#include "cli/run_report.h"
#include "cli/shards.h"
#include "cli/start_request.h"
#include "conduct/own_limits.h"
#include "harness/harness.h"
#include "report/baseline.h"
#include "report/files.h"
#include "report/known_failing.h"
#include "report/mending.h"
#include "report/report_reader.h"
#include "report/results.h"
#include "report/transcript_file.h"
#include "text/bytes.h"
#include "wire/tls.h"

namespace md5spec {
namespace {

// What the profiles are called, by name or file, in the order of the runs.
std::vector<std::string> profile_words(const RunOptions& options) {
  std::vector<std::string> words = options.profiles;
  const bool reference = options.target.empty() && options.start.empty();
  if (words.empty())
    words = reference ? bundled_profiles(profiles_folder()) : std::vector<std::string>{"classic"};
  if (!options.target.empty() && words.size() > 1) {
    throw UsageError(
        "--target goes with one --profile: a server at one address speaks one wire format");
  }
  return words;
}

std::shared_ptr<const Profile> load_for(const RunOptions& options, const std::string& word) {
  auto profile = std::make_shared<Profile>(load_profile(word, profiles_folder()));
  scale_timeouts(options.timeout_scale, &profile->timeouts);
  const bool reference = options.target.empty() && options.start.empty();
  if (reference) trust_reference_server(profile.get());
  tls_context(*profile);  // whether its files can be used had better be known now
  return profile;
}

std::vector<HarnessRun> plan_runs(const RunOptions& options, const Catalogue& catalogue) {
  const auto selected = select(catalogue, options.selection);
  // Hashing a huge message takes so long that its pin is only checked where it is to be sent.
  std::set<const Case*> pinned;
  for (const Case* one : selected) {
    if (one->tags.contains(std::string(kHugeTag))) continue;
    check_pin(*one);
    pinned.insert(one);
  }
  std::vector<HarnessRun> runs;
  RunFacts facts;
  facts.started = options.target.empty();
  for (const std::string& word : profile_words(options)) {
    HarnessRun run;
    run.profile = load_for(options, word);
    run.plan = make_plan(catalogue, selected, *run.profile, options.selection, facts, options.seed);
    for (const PlannedEntry& entry : run.plan.entries) {
      if (!entry.skipped && pinned.insert(&entry.planned.spec()).second)
        check_pin(entry.planned.spec());
    }
    run.jobs = options.jobs > 0 ? options.jobs : default_jobs(run.profile->limits.connections);
    run.budget = read_budget(options.budget);
    run.given = {word, options.cases, flags_of_patience(options)};
    if (options.target.empty()) {
      run.start = start_request(options.start, word, *run.profile, options.timeout_scale);
    } else {
      run.target = parse_host_port(options.target);
    }
    const bool reference = options.target.empty() && options.start.empty();
    run.server = reference ? "the bundled reference server" : "the server";
    runs.push_back(std::move(run));
  }
  return runs;
}

bool is_from_environment(const char* name, const std::string& value) {
  const char* const given = std::getenv(name);
  return given != nullptr && value == given;
}

// What stands on the command line counts more than the environment's other choice.
void choose_server(RunOptions* options) {
  if (options->target.empty() || options->start.empty()) return;
  const bool target = is_from_environment("MD5SPEC_TARGET", options->target);
  const bool start = is_from_environment("MD5SPEC_START", options->start);
  if (target == start)
    throw UsageError("either --target or --start, not both: is the server running, or not?");
  (target ? options->target : options->start).clear();
}

std::string today() { return fmt::format("{:%Y-%m-%d}", fmt::localtime(std::time(nullptr))); }

// A baseline of quite other profiles would excuse nothing and compare nothing.
void refuse_strange_baseline(const ReportDocument& baseline, const std::string& file,
                             const std::vector<HarnessRun>& runs) {
  const bool any = std::any_of(runs.begin(), runs.end(), [&](const HarnessRun& run) {
    return std::any_of(baseline.runs.begin(), baseline.runs.end(), [&](const RunDocument& before) {
      return before.profile == run.profile->name;
    });
  });
  if (any) return;
  throw UsageError(fmt::format("--baseline {}: it has no run under any of this run's profiles",
                               displayable(file)));
}

// Under which the same server may be tested another time, as far as can be told.
std::vector<std::string> possible_profiles(const RunOptions& options,
                                           const std::vector<HarnessRun>& runs) {
  std::vector<std::string> profiles;
  for (const HarnessRun& run : runs) profiles.push_back(run.profile->name);
  const bool reference = options.target.empty() && options.start.empty();
  if (!reference && options.start.find("{profile}") == std::string::npos) return profiles;
  const std::vector<std::string> bundled = bundled_profiles(profiles_folder());
  profiles.insert(profiles.end(), bundled.begin(), bundled.end());
  return profiles;
}

int run(RunOptions options) {
  choose_server(&options);
  shards_from_environment();  // whether they make sense had better be known now
  raise_descriptor_limit();
  const std::vector<std::string> reports = report_paths(options);
  const Catalogue catalogue = Catalogue::load(cases_folder(), options.cases);
  KnownFailingList known;
  if (!options.known_failing.empty()) known = load_known_failing(options.known_failing);

  std::optional<ReportDocument> baseline;
  if (!options.baseline.empty()) baseline = load_report(options.baseline);

  Report report = begin_report(options, catalogue);
  report.stale = stale_entries(catalogue, known.entries, today());
  ProgressLine progress;
  int status = kExitGood;

  GithubStep github;
  std::optional<ReportDocument> for_github;  // made while what the results refer to is there
  std::vector<std::string> profiles;
  HarnessHooks hooks;
  hooks.adjust = [&](std::vector<RunResult>& runs) {
    apply_known_failing(catalogue, known.entries, today(), &runs);
    report.mending = mending({catalogue, runs, today(), profiles}, known);
    if (baseline)
      report.selection.baseline =
          compare_with_baseline(*baseline, options.baseline, catalogue, &runs);
  };
  hooks.progress = [&](std::size_t done, std::size_t planned) { progress.show(done, planned); };
  hooks.transfer = [&](const std::string& id, std::uint64_t sent, std::uint64_t size) {
    progress.show_transfer(id, sent, size);
  };
  hooks.finish = [&](const std::vector<RunResult>& results) {
    progress.clear();
    complete_report(results, options.strict, &report);
    status = worse_status(status, report.exit_status);
    write_reports(report, reports);
    if (github.is_one()) for_github = document_of(report);
    if (!options.transcripts.empty()) {
      write_file(options.transcripts, [&](std::ostream& out) { write_transcripts(report, out); });
    }
    print_report(report);
  };
  std::vector<HarnessRun> runs = plan_runs(options, catalogue);
  profiles = possible_profiles(options, runs);
  if (baseline) refuse_strange_baseline(*baseline, options.baseline, runs);
  const int googletest = run_under_googletest(catalogue, std::move(runs), hooks);
  if (for_github) github.finish(*for_github);
  // GoogleTest saw a failure that the results don't have: something is wrong on this side.
  if (googletest != 0 && status == kExitGood) return kExitSuiteFault;
  return status;
}

}  // namespace

void add_run(CLI::App& app, Command* chosen) {
  auto options = std::make_shared<RunOptions>();
  CLI::App* command = app.add_subcommand("run", "Tests a server, and says whether it conforms.");
  add_run_options(*command, options.get());
  command->callback([options, chosen] { *chosen = [options] { return run(*options); }; });
}

}  // namespace md5spec
