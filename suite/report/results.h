// What a run found, in the form that every report prints.
#pragma once

#include <array>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "catalogue/catalogue.h"
#include "conduct/conductor.h"
#include "judge/fingerprint.h"
#include "judge/resolve.h"

namespace md5spec {

struct CaseResult {
  const Case* spec = nullptr;
  CaseOutcome outcome;
  std::vector<Finding> observations;
  std::vector<Finding> impediments;
  std::vector<Finding> oddities;
  std::vector<std::string> notes;
  Duration duration{};
  std::shared_ptr<const Transcript>
      transcript;  // of the attempt that counts; none if it wasn't carried out
  std::shared_ptr<const Transcript> first_transcript;  // of the attempt before, if there was one
  std::string reproduce;  // a command that shows it again; empty where it passed or wasn't tried
  JudgedCase judged;      // what the outcome was made from
  std::optional<std::string> known_failing;  // why it is listed as known to fail, if it is
  bool no_worse = false;                     // than in the baseline: then it fails nothing

  bool undecided() const {
    return outcome.outcome == Outcome::kError || outcome.outcome == Outcome::kNotRun;
  }
};

struct RequirementResult {
  const Requirement* spec = nullptr;
  Outcome outcome = Outcome::kSkip;
  std::size_t cases = 0;  // that were carried out for it
  std::string reason;     // where it was skipped
};

enum class Verdict { kConformant, kConformantWithWarnings, kNonConformant, kInconclusive };
std::string_view name_of(Verdict verdict);

struct RunResult {
  const Profile* profile = nullptr;
  std::string target;  // HOST:PORT; empty where nothing was to be carried out
  std::string server;  // what was tested, in words ("the bundled reference server")
  std::vector<CaseResult> cases;
  std::vector<RequirementResult> requirements;
  std::map<Outcome, std::size_t> counts;
  Verdict verdict = Verdict::kInconclusive;
  std::optional<std::string> unreachable;
  bool interrupted = false;
  bool started = false;       // by md5spec itself
  std::string start_command;  // that --start gave; empty: none did
  Duration duration{};
  Duration waited{};
  Fingerprint fingerprint;  // of all cases that were carried out

  std::size_t count(Outcome outcome) const;
};

// What became of a case since the report that was taken for a baseline.
struct BaselineChange {
  std::string test;    // profile/group.name
  std::string before;  // an outcome, or what else stands for it, in words
  std::string now;
};

struct BaselineComparison {
  std::string file;
  std::vector<BaselineChange> worse;
  std::vector<BaselineChange> better;
  std::vector<std::string> notes;  // what couldn't be compared
};

struct Report {
  struct SelectionRecord {
    std::vector<std::string> only;
    std::vector<std::string> skip;
    std::vector<std::string> tags;
    std::string gtest_filter = "*";
    std::string shard = "1/1";
    std::optional<std::string> known_failing;
    bool interrupted = false;
    std::optional<BaselineComparison> baseline;
  };
  std::string catalogue_sha256;
  SelectionRecord selection;
  std::chrono::system_clock::time_point started;
  Duration duration{};
  std::uint64_t seed = 1;
  int exit_status = 0;
  std::vector<RunResult> runs;
  std::vector<std::string> mending;  // how to mend that list
  std::vector<std::string> stale;    // entries of the known-failing list that no longer hold
};

// Exit statuses of `md5spec run`, first that applies.
enum ExitStatus {
  kExitGood = 0,
  kExitFailed = 1,
  kExitUsage = 2,
  kExitInconclusive = 3,
  kExitSuiteFault = 4,
  kExitStaleList = 5,
  kExitAllSkipped = 6,
};

// Puts together what was planned, carried out and judged: outcomes, requirements' outcomes, counts,
// verdict.
RunResult summarize(const Catalogue& catalogue, const Plan& plan, const RunRequest& request,
                    const RunOutput& output);

// What was observed of a case: in the attempt that counts and, where that found nothing, what the
// one before had found, so that it isn't hidden.
std::vector<Finding> observations_of(const Judgement& counted, const Judgement* first);

// Counts, requirements' outcomes and the verdict, from the cases' outcomes; after outcomes were
// changed.
void recount(const Catalogue& catalogue, RunResult* run);

int exit_status(const Report& report, bool strict);

// "conformant for UTF-8 messages of up to 1024 bytes"
std::string verdict_in_words(const RunResult& run);

}  // namespace md5spec
