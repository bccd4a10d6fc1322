// The case loader takes any text: it says what is wrong with it, or what it loads can be planned
// under every framing.
#include <vector>

#include "catalogue/case.h"
#include "catalogue/planned_case.h"
#include "catalogue/requirement.h"
#include "fuzz/target.h"
#include "target/input_error.h"
#include "target/profile.h"

namespace {

using namespace md5spec;

const std::vector<std::string>& requirement_ids() {
  static const std::vector<std::string> ids = [] {
    std::vector<std::string> all;
    for (const Requirement& requirement :
         load_requirements(MD5SPEC_BUNDLED_CASES "/requirements.yaml"))
      all.push_back(requirement.id);
    return all;
  }();
  return ids;
}

// Small messages only, however large the sizes are that the input names.
const std::vector<Profile>& profiles() {
  static const std::vector<Profile> all = [] {
    std::vector<Profile> made;
    for (const char* framing : {"unframed", "half_close", "delimited", "length_prefixed"}) {
      made.push_back(parse_profile(
          std::string("profile: p\nlimits: {message_bytes: 4KiB}\nframing: ") + framing, "p.yaml",
          ""));
    }
    return made;
  }();
  return all;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  std::vector<Case> cases;
  try {
    cases = parse_case_file(text, "cases.yaml", "/nonexistent", requirement_ids());
  } catch (const InputError& error) {
    fuzz::require(!std::string(error.what()).empty(), "an error says something");
    return 0;
  }
  fuzz::require(!cases.empty(), "a case file without a case isn't taken");
  constexpr std::size_t kMost = 4;  // a matrix makes many cases of a kind
  for (std::size_t i = 0; i < cases.size() && i < kMost; ++i) {
    fuzz::require(!cases[i].requirements.empty(), "every case judges something");
    fuzz::require(!cases[i].script.empty(), "every case does something");
    for (const Profile& profile : profiles()) PlannedCase(cases[i], profile, 1).why_unsendable();
  }
  return 0;
}
