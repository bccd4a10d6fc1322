// Lists of cases that are known to fail.
#pragma once

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
  // The lines of the file that are this entry's alone, whatever stands between them included; 0
  // where it has none of its own (a list in brackets).
  int first_line = 0;
  int last_line = 0;
};

struct KnownFailingList {
  std::string file;
  std::string text;        // of the file
  std::size_t indent = 0;  // blanks before each entry's dash
  std::vector<KnownFailing> entries;
};

// Reads a YAML list of {case, profile, reason, until}; a file without anything in it is an empty
// one. Throws InputError.
KnownFailingList load_known_failing(const std::string& path);
// The same for a text; `file` names it in errors.
KnownFailingList parse_known_failing(const std::string& text, const std::string& file);

}  // namespace md5spec
