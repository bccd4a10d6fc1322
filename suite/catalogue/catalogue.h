// All requirements and all cases together.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "catalogue/case.h"
#include "catalogue/requirement.h"

namespace md5spec {

class Catalogue {
 public:
  // Loads requirements.yaml and the bundled case files from `folder`, then the users' own files (or
  // folders of them). Throws InputError; also for two cases of one id.
  static Catalogue load(const std::string& folder, const std::vector<std::string>& more);

  const std::vector<Requirement>& requirements() const { return requirements_; }
  const std::vector<Case>& cases() const { return cases_; }  // files by name, cases by appearance
  const std::string& sha256() const {
    return sha256_;
  }  // of all files that were read, 64 hex digits

  // sha256() of what load() would load, whether or not that is well-formed.
  static std::string sha256_of(const std::string& folder, const std::vector<std::string>& more);

  const Requirement* find_requirement(std::string_view id) const;
  const Case* find_case(std::string_view id) const;

  // What must not be broken for `id` to be judged under `profile`: directly or by way of others.
  std::vector<std::string> presupposed(std::string_view id, const Profile& profile) const;

 private:
  std::vector<Requirement> requirements_;
  std::vector<Case> cases_;
  std::string sha256_;
};

// The *.yaml files that `path` names: itself, or those in it if it is a folder. Throws InputError
// if there are none.
std::vector<std::string> case_files(const std::string& path);

}  // namespace md5spec
