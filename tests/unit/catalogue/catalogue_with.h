// A catalogue of a test's own cases, with the specification's requirements.
#pragma once

#include <fstream>
#include <iterator>
#include <string>

#include "catalogue/catalogue.h"
#include "target/scratch_folder.h"

namespace md5spec {

// `cases`: items of a YAML list, of the group `g`.
inline Catalogue catalogue_with(const std::string& cases) {
  const ScratchFolder folder;
  std::ifstream in(std::string(MD5SPEC_BUNDLED_CASES) + "/requirements.yaml");
  folder.write("requirements.yaml", {std::istreambuf_iterator<char>(in), {}});
  folder.write("cases.yaml", "group: g\nwhy: w\ncases:\n" + cases);
  return Catalogue::load(folder.path(""), {});
}

}  // namespace md5spec
