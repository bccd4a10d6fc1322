// The specification's requirements, as the program knows them.
#pragma once

#include <string>
#include <vector>

#include "target/profile.h"

namespace md5spec {

struct RunFacts;

enum class Level { kMust, kShould };

struct Requirement {
  // Requirement `id` is only judged where that one isn't broken, under profiles for which `when`
  // holds (empty: all).
  struct Presupposition {
    std::string id;
    std::string when;
  };

  std::string id;  // "DIG-1"
  Level level = Level::kMust;
  std::string title;     // a few words
  std::string sentence;  // as the specification has it
  std::string why;
  std::string fix;
  std::vector<std::string> applies;  // conditions, all of which must hold
  std::vector<Presupposition> presupposes;
};

// Reads requirements.yaml. Throws InputError.
std::vector<Requirement> load_requirements(const std::string& path);

}  // namespace md5spec
