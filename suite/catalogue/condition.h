// Where requirements and cases apply: conditions on a profile and a run, by name.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "target/profile.h"

namespace md5spec {

// What isn't the profile's to say.
struct RunFacts {
  bool started = false;  // md5spec started the server itself and can look at its process
};

// The names that `applies:` and `when:` may use.
const std::vector<std::string>& condition_names();

// Why `condition` (one of condition_names()) doesn't hold, in words that fit behind "skipped: ";
// nothing if it holds.
std::optional<std::string> unmet(std::string_view condition, const Profile& profile,
                                 const RunFacts& facts);

}  // namespace md5spec
