// Lists of cases that are known to fail.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "target/input_error.h"

namespace md5spec {

struct KnownFailing {
  std::string pattern;  // a glob on a case's id, a requirement's id, or tag:NAME
  std::string profile;  // empty: any
  std::string reason;
  std::string until;  // the last day on which it counts, "2027-01-31"; empty: for ever
  Location where;
  int last_line = 0;  // of the entry in its file
};

// Reads a YAML list of {case, profile, reason, until}. Throws InputError.
std::vector<KnownFailing> load_known_failing(const std::string& path);

}  // namespace md5spec
