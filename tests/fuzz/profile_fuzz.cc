// The profile loader takes any text: it says what is wrong with it, or what it loads can be written
// down and read again.
#include "fuzz/target.h"
#include "target/input_error.h"
#include "target/profile.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace md5spec;
  const std::string text(reinterpret_cast<const char*>(data), size);
  Profile profile;
  try {
    profile = parse_profile(text, "profile.yaml", MD5SPEC_BUNDLED_PROFILES);
  } catch (const InputError& error) {
    fuzz::require(!std::string(error.what()).empty(), "an error says something");
    return 0;
  }
  const std::string written = to_yaml(profile);
  const Profile again = parse_profile(written, "written.yaml", MD5SPEC_BUNDLED_PROFILES);
  fuzz::require(to_yaml(again) == written, "a profile that is written down reads back the same");
  return 0;
}
