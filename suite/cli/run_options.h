// What `md5spec run` is asked for.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "conduct/plan.h"

namespace CLI {
class App;
}

namespace md5spec {

struct RunOptions {
  std::string target;
  std::string start;  // with neither, the bundled reference server is started
  std::vector<std::string> profiles;
  std::vector<std::string> cases;
  Selection selection;
  bool strict = false;
  std::string known_failing;
  std::string baseline;     // a JSON report; empty: none
  std::string transcripts;  // where they are to be written; empty: nowhere
  unsigned jobs = 0;        // 0: by the profile
  std::string budget = "10s";
  double timeout_scale = 1;
  std::uint64_t seed = 1;
  std::vector<std::string> reports;
  std::string report_dir;  // empty: none
};

// Gives the subcommand its flags, which write to `options`; that must live until the words are
// read.
void add_run_options(CLI::App& command, RunOptions* options);

// The flags that say for how long anything is waited for and repeated, as far as they aren't the
// usual ones, for a command line.
std::string flags_of_patience(const RunOptions& options);

// A time such as 10s or 500ms. Throws UsageError.
Duration read_budget(const std::string& text);

}  // namespace md5spec
