// A small language for tests of what case files say.
#pragma once

#include <string>
#include <vector>

#include "catalogue/case.h"
#include "target/profile.h"
#include "target/yaml.h"

namespace md5spec {

inline const std::vector<std::string> kSomeRequirements = {"DIG-1", "DIG-2", "STR-1", "RES-1"};

// The cases of a file with this text.
inline std::vector<Case> cases_in(const std::string& file) {
  return parse_case_file(file, "f.yaml", "", kSomeRequirements);
}

// The cases that come of one entry, given as "name: a, message: …".
inline std::vector<Case> cases_of(const std::string& entry) {
  return cases_in("group: g\nrequirement: DIG-1\nwhy: Because.\ncases: [{" + entry + "}]\n");
}

inline Case case_of(const std::string& entry) { return cases_of(entry).at(0); }

// A case called g.a with this script.
inline Case scripted(const std::string& steps) {
  return case_of("name: a, script: [" + steps + "]");
}

// What reading complains about, without the place; empty if it doesn't.
template <typename Read>
std::string complaint(Read&& read) {
  try {
    read();
    return "";
  } catch (const InputError& error) {
    const std::string what = error.what();
    return what.substr(error.where().str().size() + 2);
  }
}

inline Profile profile_of(const std::string& keys) {
  return parse_profile("profile: p\n" + keys, "p.yaml", MD5SPEC_BUNDLED_PROFILES);
}

}  // namespace md5spec
