// Which cases are carried out under a profile, and why the others aren't.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "catalogue/catalogue.h"
#include "catalogue/condition.h"
#include "catalogue/planned_case.h"

namespace md5spec {

// What the user picked. A pattern is a glob on a case's id, a requirement's id, or tag:NAME.
struct Selection {
  std::vector<std::string> only;  // empty: all
  std::vector<std::string> skip;
  std::vector<std::string> tags;  // that are off by default, to be turned on
};

struct PlannedEntry {
  PlannedCase planned;
  std::optional<std::string> skipped;  // why it isn't carried out
};

struct Plan {
  std::vector<PlannedEntry> entries;  // in the catalogue's order

  std::size_t to_carry_out() const;
};

// The catalogue's cases that `selection` picks. Throws UsageError for a pattern that matches no
// case at all, and where nothing is left.
std::vector<const Case*> select(const Catalogue& catalogue, const Selection& selection);

// Refers to the catalogue and the profile, which must outlive it.
Plan make_plan(const Catalogue& catalogue, const std::vector<const Case*>& cases,
               const Profile& profile, const Selection& selection, const RunFacts& facts,
               std::uint64_t seed);

// Whether `pattern` picks the case.
bool picks(const std::string& pattern, const Case& one);

}  // namespace md5spec
