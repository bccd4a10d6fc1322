// Every planned case as a GoogleTest test.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "catalogue/catalogue.h"
#include "conduct/plan.h"
#include "report/results.h"

namespace md5spec {

// One profile's part of a run.
struct HarnessRun {
  std::shared_ptr<const Profile> profile;
  Plan plan;
  HostPort target;  // where the server is, unless it is to be started
  std::optional<StartRequest> start;
  std::string server;  // in words
  unsigned jobs = 1;
  Duration budget{};
  GivenWords given;
};

struct HarnessHooks {
  // May change outcomes (known failures) before the tests assert them.
  std::function<void(std::vector<RunResult>&)> adjust;
  // Called with the results of each iteration.
  std::function<void(const std::vector<RunResult>&)> finish;
  Progress progress;
  TransferProgress transfer;
};

// Registers a test for every entry of every run, suite "profile/group" and name as the case's, at
// the case file's own line, and runs those that GoogleTest's own filters and shards leave.
// GoogleTest must have been initialised. Cases are carried out when an iteration starts; the tests
// only assert what was recorded.
//
// Returns GoogleTest's status; throws UsageError if its filters leave no test.
int run_under_googletest(const Catalogue& catalogue, std::vector<HarnessRun> runs,
                         const HarnessHooks& hooks);

}  // namespace md5spec
