// The servers that a run starts itself.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "conduct/server_process.h"
#include "harness/harness.h"

namespace md5spec {

// One a profile; they end with this.
using StartedServers = std::vector<std::unique_ptr<ServerProcess>>;

// Starts a bundled reference server for each run that has anything to carry out, and tells the run
// where it listens. `profiles`: what each run's profile was called, its name or its file.
void start_reference_servers(const std::vector<std::string>& profiles,
                             std::vector<HarnessRun>* runs, StartedServers* servers);

}  // namespace md5spec
