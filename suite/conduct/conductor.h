// Carries out the cases of one or several runs: which when, how many at once, which once more.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <asio/awaitable.hpp>
#include <asio/ip/tcp.hpp>

#include "catalogue/catalogue.h"
#include "conduct/attempt.h"
#include "conduct/endpoint.h"
#include "conduct/plan.h"
#include "conduct/script_runner.h"
#include "conduct/started_server.h"
#include "judge/finding.h"
#include "judge/resolve.h"

namespace md5spec {

struct Performed {
  std::optional<Attempt> attempt;        // the one that counts; nothing: never carried out
  std::optional<Attempt> first_attempt;  // where its finding rested on time alone, so that it was
                                         // carried out once more
  std::optional<std::string> untried;    // why it couldn't be tried, for the server's sake
};

// The words that md5spec was given for what isn't bundled with it, for commands that show something
// again.
struct GivenWords {
  std::string profile;             // a name or a file; empty: the profile's name
  std::vector<std::string> cases;  // further case files
  std::string flags;               // others that a case's outcome depends on
};

struct RunRequest {
  const Catalogue* catalogue = nullptr;  // that the cases are of
  const Profile* profile = nullptr;
  HostPort target;                        // the server's address, unless
  std::optional<StartRequest> start;      // it is to be started, as a process of md5spec's own
  std::vector<const PlannedCase*> cases;  // to be carried out; results come in this order
  unsigned jobs = 1;                      // cases at once
  Duration budget = std::chrono::seconds(10);
  GivenWords given;
};

struct RunOutput {
  std::vector<Performed> cases;
  std::optional<std::string> unreachable;  // why the server couldn't be tried at all
  std::string server;                      // the address that was tested; empty if there was none
  Duration duration{};
  Duration waited{};  // the sum of all cases' waits
  bool interrupted = false;
};

// Told of each case that has been carried out, for progress; from the conductor's own thread.
using Progress = std::function<void(std::size_t done, std::size_t planned)>;

// Carries all of them out, runs side by side; starts the servers that are to be started, starts
// them again when a case has ended them, and stops them. SIGINT and SIGTERM end it early, with what
// has been done by then.
std::vector<RunOutput> conduct(const std::vector<RunRequest>& requests, const Progress& progress,
                               const TransferProgress& transfer = {});

// How many cases at once are fair to a server that claims to serve `connections` at once.
unsigned default_jobs(unsigned connections);

}  // namespace md5spec
