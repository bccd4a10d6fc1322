// What all judgements of a run together say of each case: outcomes. A pure pass, repeated by
// whoever merges or verifies.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalogue/catalogue.h"
#include "judge/finding.h"

namespace md5spec {

enum class Outcome { kPass, kFail, kWarn, kSkip, kError, kXfail, kXpass, kNotRun };
enum class Culprit { kNone, kServer, kEnvironment, kSuite };

std::string_view name_of(Outcome outcome);
std::string_view name_of(Culprit culprit);

// A case of a run before the others are taken into account.
struct JudgedCase {
  const Case* spec = nullptr;
  std::optional<std::string> skipped;  // why it wasn't carried out, by plan
  std::optional<Judgement> judgement;  // nothing: it was never carried out
  // It couldn't be tried for the server's sake ("server down since case X").
  std::optional<std::string> untried;
};

struct CaseOutcome {
  Outcome outcome = Outcome::kNotRun;
  Culprit culprit = Culprit::kNone;
  std::string reason;             // for all but pass
  std::vector<Finding> findings;  // what it failed or warned for; kept where it is blocked
};

// Returns an outcome for each of `cases`, in their order. A case whose requirement presupposes one
// that is broken in this run is skipped as blocked; one that couldn't tell on account of something
// else that is broken, too.
std::vector<CaseOutcome> resolve(const Catalogue& catalogue, const Profile& profile,
                                 const std::vector<JudgedCase>& cases);

}  // namespace md5spec
