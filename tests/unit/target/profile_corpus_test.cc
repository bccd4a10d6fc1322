// The loader against the corpus of profile files: all valid ones load, and of each invalid one it
// says just what the file NAME.expected beside it holds.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "target/profile.h"

namespace md5spec {
namespace {

namespace fs = std::filesystem;

const fs::path kCorpus = MD5SPEC_CORPUS;

std::vector<fs::path> files_in(const std::string& part, const std::string& extension) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(kCorpus / part / "profiles")) {
    if (entry.path().extension() == extension) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string contents(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

// What the loader says of the file, with the file named by its base name.
std::string verdict(const fs::path& file) {
  try {
    const Profile profile = load_profile(file.string(), MD5SPEC_BUNDLED_PROFILES);
    return "valid: " + profile.name + "\n";
  } catch (const InputError& error) {
    Location where = error.where();
    where.file = fs::path(where.file).filename().string();
    return where.str() + std::string(error.what()).substr(error.where().str().size()) + "\n";
  }
}

// The complete profiles among the examples of the documentation.
std::vector<std::string> profiles_in_the_guide() {
  const std::string guide = contents(MD5SPEC_PROFILE_GUIDE);
  const std::string begin = "```yaml\n";
  std::vector<std::string> profiles;
  for (std::size_t at = guide.find(begin); at != std::string::npos;
       at = guide.find(begin, at + 1)) {
    const std::string block =
        guide.substr(at + begin.size(), guide.find("\n```\n", at) - at - begin.size());
    if (("\n" + block).find("\nprofile: ") != std::string::npos) profiles.push_back(block);
  }
  return profiles;
}

TEST(ProfileGuide, ShowsCompleteProfilesThatLoad) {
  const std::vector<std::string> profiles = profiles_in_the_guide();
  EXPECT_GE(profiles.size(), 5U);
  for (const std::string& text : profiles) {
    EXPECT_NO_THROW(parse_profile(text, "profiles.md", MD5SPEC_BUNDLED_PROFILES)) << text;
  }
}

TEST(ProfileCorpus, HasFilesOfEveryClass) {
  EXPECT_GE(files_in("valid_pass", ".yaml").size(), 30U);
  EXPECT_GE(files_in("valid_fail", ".yaml").size(), 30U);
  EXPECT_GE(files_in("invalid", ".yaml").size(), 40U);
}

TEST(ProfileCorpus, LoadsEveryValidProfileAndItsOwnYamlOfIt) {
  for (const std::string part : {"valid_pass", "valid_fail"}) {
    for (const fs::path& file : files_in(part, ".yaml")) {
      SCOPED_TRACE(file);
      EXPECT_EQ(verdict(file), "valid: " + file.stem().string() + "\n");
      const std::string yaml = to_yaml(load_profile(file.string(), MD5SPEC_BUNDLED_PROFILES));
      EXPECT_EQ(to_yaml(parse_profile(yaml, "p.yaml", "")), yaml);
    }
  }
}

TEST(ProfileCorpus, SaysOfEveryInvalidProfileJustWhatIsExpected) {
  for (const fs::path& file : files_in("invalid", ".yaml")) {
    SCOPED_TRACE(file);
    EXPECT_EQ(verdict(file), contents(fs::path(file).replace_extension(".expected")));
  }
}

TEST(ProfileCorpus, ExpectsNothingOfFilesThatAreNotThere) {
  for (const fs::path& expectation : files_in("invalid", ".expected")) {
    EXPECT_TRUE(fs::exists(fs::path(expectation).replace_extension(".yaml"))) << expectation;
  }
}

}  // namespace
}  // namespace md5spec
