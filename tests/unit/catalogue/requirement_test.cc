#include "catalogue/requirement.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "catalogue/case_reading.h"
#include "target/scratch_folder.h"

namespace md5spec {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::string kWords = "title: T, sentence: S, why: W, fix: F";

// The requirements of a file with these entries.
std::vector<Requirement> requirements(const std::vector<std::string>& entries) {
  const ScratchFolder folder;
  std::string text = "requirements:\n";
  for (const std::string& entry : entries) text += "  - {" + entry + "}\n";
  folder.write("requirements.yaml", text);
  return load_requirements(folder.path("requirements.yaml"));
}

std::string requirements_refused(const std::vector<std::string>& entries) {
  return complaint([&] { requirements(entries); });
}

TEST(Requirement, HasItsWords) {
  const auto all =
      requirements({"id: DIG-1, level: MUST, title: A title, sentence: The server MUST., "
                    "why: A mistake., fix: A remedy."});
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].id, "DIG-1");
  EXPECT_EQ(all[0].title, "A title");
  EXPECT_EQ(all[0].sentence, "The server MUST.");
  EXPECT_EQ(all[0].why, "A mistake.");
  EXPECT_EQ(all[0].fix, "A remedy.");
  EXPECT_THAT(all[0].applies, IsEmpty());
  EXPECT_THAT(all[0].presupposes, IsEmpty());
}

TEST(Requirement, IsAMustOrAShould) {
  const auto all =
      requirements({"id: DIG-1, level: MUST, " + kWords, "id: DIG-2, level: SHOULD, " + kWords});
  EXPECT_EQ(all[0].level, Level::kMust);
  EXPECT_EQ(all[1].level, Level::kShould);
  EXPECT_EQ(requirements_refused({"id: DIG-1, level: MAY, " + kWords}),
            "requirements[0].level: 'MAY' isn't known here; known: MUST, SHOULD");
}

TEST(Requirement, AppliesUnderItsConditions) {
  const auto all = requirements({"id: DIG-1, level: MUST, applies: [framed, many], " + kWords});
  EXPECT_THAT(all[0].applies, ElementsAre("framed", "many"));
  EXPECT_EQ(requirements_refused({"id: DIG-1, level: MUST, applies: [framd], " + kWords}),
            "requirements[0].applies[0]: 'framd' isn't known here; did you mean 'framed'?");
}

TEST(Requirement, PresupposesOthersAlwaysOrSometimes) {
  const auto all = requirements(
      {"id: DIG-1, level: MUST, " + kWords,
       "id: DIG-2, level: MUST, presupposes: [DIG-1, {id: DIG-1, when: tls}], " + kWords});
  ASSERT_EQ(all[1].presupposes.size(), 2U);
  EXPECT_EQ(all[1].presupposes[0].id, "DIG-1");
  EXPECT_EQ(all[1].presupposes[0].when, "");
  EXPECT_EQ(all[1].presupposes[1].when, "tls");
}

TEST(Requirement, MayPresupposeOneThatStandsBehindIt) {
  EXPECT_EQ(requirements_refused({"id: DIG-1, level: MUST, presupposes: [DIG-2], " + kWords,
                                  "id: DIG-2, level: MUST, " + kWords}),
            "");
}

TEST(Requirement, PresupposesOnlyWhatThereIs) {
  EXPECT_EQ(requirements_refused({"id: DIG-1, level: MUST, presupposes: [DGI-1], " + kWords}),
            "DIG-1 presupposes DGI-1, which isn't a requirement; did you mean 'DIG-1'?");
  EXPECT_EQ(requirements_refused({"id: DIG-1, level: MUST, presupposes: [{id: DIG-1}], " + kWords}),
            "requirements[0].presupposes[0]: a presupposition needs the key 'when'");
}

TEST(Requirement, HasAnIdOfItsOwn) {
  EXPECT_EQ(requirements_refused(
                {"id: DIG-1, level: MUST, " + kWords, "id: DIG-1, level: SHOULD, " + kWords}),
            "requirements[1]: DIG-1 stands here twice");
  EXPECT_EQ(requirements_refused({"id: DIG1, level: MUST, " + kWords}),
            "requirements[0].id: must look like DIG-1");
  EXPECT_EQ(requirements_refused({"id: dig-1, level: MUST, " + kWords}),
            "requirements[0].id: must look like DIG-1");
}

TEST(Requirement, LeavesNothingOut) {
  for (const std::string key : {"id", "level", "title", "sentence", "why", "fix"}) {
    std::string entry = "id: DIG-1, level: MUST, " + kWords + ", ";
    const std::size_t at = entry.find(key + ": ");
    entry.erase(at, entry.find(", ", at) - at + 2);
    EXPECT_EQ(requirements_refused({entry}),
              "requirements[0]: a requirement needs the key '" + key + "'");
  }
}

TEST(Requirement, HasNoOtherKeys) {
  EXPECT_EQ(requirements_refused({"id: DIG-1, level: MUST, fixes: F, " + kWords}),
            "a requirement has no key 'fixes'; did you mean 'fix'?");
}

TEST(Requirements, MustBeReadable) {
  EXPECT_EQ(complaint([] { load_requirements("/nowhere/requirements.yaml"); }), "can't be read");
}

}  // namespace
}  // namespace md5spec
