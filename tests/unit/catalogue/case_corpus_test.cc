// Holds the loader against the case files of tests/corpus: it takes every valid one, and says of
// every one in invalid/ what stands in the .expected beside it.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "catalogue/case.h"
#include "catalogue/pins.h"
#include "catalogue/requirement.h"
#include "target/input_error.h"

namespace md5spec {
namespace {

namespace fs = std::filesystem;

fs::path corpus(const std::string& part) { return fs::path(MD5SPEC_CORPUS) / part / "cases"; }

std::vector<fs::path> files(const std::string& part, const std::string& extension) {
  std::vector<fs::path> all;
  for (const auto& entry : fs::directory_iterator(corpus(part))) {
    if (entry.path().extension() == extension) all.push_back(entry.path());
  }
  std::sort(all.begin(), all.end());
  return all;
}

std::string contents(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

const std::vector<std::string>& requirement_ids() {
  static const std::vector<std::string> ids = [] {
    std::vector<std::string> all;
    const std::string path = (fs::path(MD5SPEC_BUNDLED_CASES) / "requirements.yaml").string();
    for (const Requirement& requirement : load_requirements(path)) all.push_back(requirement.id);
    return all;
  }();
  return ids;
}

// What the loader says of a file, which it knows by its name alone; empty if it takes it.
std::string said_of(const fs::path& path) {
  const std::string folder = path.parent_path().string();
  try {
    for (const Case& one :
         parse_case_file(contents(path), path.filename().string(), folder, requirement_ids()))
      check_pin(one);
    return "";
  } catch (const InputError& error) {
    std::string what = error.what();
    const std::size_t at = what.find(folder + "/");
    if (at != std::string::npos) what.erase(at, folder.size() + 1);
    return what;
  }
}

TEST(CaseCorpus, IsLarge) {
  EXPECT_GE(files("valid_pass", ".yaml").size(), 30U);
  EXPECT_GE(files("valid_fail", ".yaml").size(), 30U);
  EXPECT_GE(files("invalid", ".yaml").size(), 70U);
}

TEST(CaseCorpus, SaysOfEveryInvalidFileWhatIsExpected) {
  for (const fs::path& path : files("invalid", ".expected")) {
    EXPECT_TRUE(fs::exists(fs::path(path).replace_extension(".yaml"))) << path;
  }
  for (const fs::path& path : files("invalid", ".yaml")) {
    EXPECT_TRUE(fs::exists(fs::path(path).replace_extension(".expected"))) << path;
  }
}

TEST(CaseCorpus, ValidFilesAreTaken) {
  for (const std::string part : {"valid_pass", "valid_fail"}) {
    for (const fs::path& path : files(part, ".yaml")) EXPECT_EQ(said_of(path), "") << path;
  }
}

TEST(CaseCorpus, InvalidFilesAreRefusedWithTheExpectedWords) {
  for (const fs::path& path : files("invalid", ".yaml")) {
    EXPECT_EQ(said_of(path) + "\n", contents(fs::path(path).replace_extension(".expected")))
        << path;
  }
}

TEST(CaseCorpus, ExpectsOneLineThatBeginsWithTheFilesName) {
  for (const fs::path& path : files("invalid", ".expected")) {
    const std::string line = contents(path);
    EXPECT_EQ(line.find('\n'), line.size() - 1) << path;
    EXPECT_TRUE(line.starts_with(path.stem().string() + ".yaml:")) << path;
  }
}

}  // namespace
}  // namespace md5spec
