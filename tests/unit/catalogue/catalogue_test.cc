#include "catalogue/catalogue.h"

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

std::string requirement(const std::string& id, const std::string& presupposes) {
  return "  - {id: " + id + ", level: MUST, title: T, sentence: S, why: W, fix: F, presupposes: [" +
         presupposes + "]}\n";
}

std::string case_file(const std::string& group, const std::vector<std::string>& names) {
  std::string text = "group: " + group + "\nrequirement: DIG-1\nwhy: W\ncases:\n";
  for (const std::string& name : names) text += "  - {name: " + name + ", message: \"a\"}\n";
  return text;
}

// A folder of case files, with requirements that presuppose one another.
class CatalogueTest : public ::testing::Test {
 protected:
  CatalogueTest() {
    folder_.write("cases/requirements.yaml", "requirements:\n" + requirement("DIG-1", "") +
                                                 requirement("STR-1", "{id: DIG-1, when: framed}") +
                                                 requirement("SEQ-1", "DIG-1, STR-1") +
                                                 requirement("SEQ-2", "{id: SEQ-1, when: many}") +
                                                 requirement("CON-1", "CON-2") +
                                                 requirement("CON-2", "CON-1"));
    write("one", case_file("one", {"a"}));
  }

  void write(const std::string& name, const std::string& text) const {
    folder_.write("cases/" + name + ".yaml", text);
  }

  Catalogue load(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> paths;
    for (const std::string& name : more) paths.push_back(folder_.path(name));
    return Catalogue::load(folder_.path("cases"), paths);
  }

  std::vector<std::string> ids(const std::vector<std::string>& more = {}) const {
    const Catalogue catalogue = load(more);
    std::vector<std::string> all;
    for (const Case& one : catalogue.cases()) all.push_back(one.id());
    return all;
  }

  std::string refused(const std::vector<std::string>& more = {}) const {
    try {
      load(more);
      return "";
    } catch (const InputError& error) {
      std::string what = error.what();
      for (std::size_t at; (at = what.find(folder_.path("") + "/")) != std::string::npos;) {
        what.erase(at, folder_.path("").size() + 1);
      }
      return what;
    }
  }

  std::vector<std::string> presupposed(const std::string& id, const std::string& profile) const {
    return load().presupposed(id, profile_of(profile));
  }

  ScratchFolder folder_;
};

TEST_F(CatalogueTest, HasTheFilesByNameAndTheirCasesInOrder) {
  write("zero", case_file("zero", {"z", "a"}));
  write("half", case_file("half", {"h"}));
  EXPECT_THAT(ids(), ElementsAre("half.h", "one.a", "zero.z", "zero.a"));
}

TEST_F(CatalogueTest, TakesOnlyYamlFiles) {
  folder_.write("cases/README.md", "text");
  folder_.write("cases/case-file.schema.json", "{}");
  folder_.write("cases/two.yml", case_file("two", {"a"}));
  EXPECT_THAT(ids(), ElementsAre("one.a", "two.a"));
}

TEST_F(CatalogueTest, AddsFilesOfTheUsersOwn) {
  folder_.write("own.yaml", case_file("own", {"x"}));
  folder_.write("mine/b.yaml", case_file("b", {"x"}));
  folder_.write("mine/a.yaml", case_file("a", {"x"}));
  EXPECT_THAT(ids({"own.yaml", "mine"}), ElementsAre("one.a", "own.x", "a.x", "b.x"));
}

TEST_F(CatalogueTest, TakesAFileWhateverItsNameIs) {
  folder_.write("own.cases", case_file("own", {"x"}));
  EXPECT_THAT(ids({"own.cases"}), ElementsAre("one.a", "own.x"));
}

TEST_F(CatalogueTest, LetsTwoFilesShareAGroup) {
  folder_.write("own.yaml", case_file("one", {"b"}));
  EXPECT_THAT(ids({"own.yaml"}), ElementsAre("one.a", "one.b"));
}

TEST_F(CatalogueTest, RefusesTwoCasesOfOneId) {
  folder_.write("own.yaml", case_file("one", {"b", "a"}));
  EXPECT_EQ(refused({"own.yaml"}),
            "own.yaml:6:5: the case one.a is already defined at cases/one.yaml:5:5");
  EXPECT_EQ(refused({"cases/one.yaml"}),
            "cases/one.yaml:5:5: the case one.a is already defined at cases/one.yaml:5:5");
}

TEST_F(CatalogueTest, RefusesAFileThatIsMissing) {
  EXPECT_EQ(refused({"nowhere.yaml"}), "nowhere.yaml: can't be read");
}

TEST_F(CatalogueTest, RefusesAFolderWithoutCases) {
  folder_.write("empty/README.md", "text");
  EXPECT_EQ(refused({"empty"}), "empty: holds no .yaml files");
}

TEST_F(CatalogueTest, RefusesAFolderWithoutRequirements) {
  EXPECT_EQ(complaint([&] { Catalogue::load(folder_.path("nowhere"), {}); }), "can't be read");
}

TEST_F(CatalogueTest, RefusesAFileThatIsWrong) {
  write("two", "group: two\nrequirement: DIG-9\nwhy: W\ncases: [{name: a, message: \"a\"}]\n");
  EXPECT_EQ(refused(),
            "cases/two.yaml:2:14: requirement: 'DIG-9' isn't a requirement; did you mean 'DIG-1'?");
}

TEST_F(CatalogueTest, FindsWhatItHas) {
  const Catalogue catalogue = load();
  EXPECT_EQ(catalogue.find_requirement("STR-1")->id, "STR-1");
  EXPECT_EQ(catalogue.find_requirement("STR-9"), nullptr);
  EXPECT_EQ(catalogue.find_case("one.a")->name, "a");
  EXPECT_EQ(catalogue.find_case("one.b"), nullptr);
}

TEST_F(CatalogueTest, IsNamedByTheContentsOfItsFiles) {
  const std::string before = load().sha256();
  EXPECT_EQ(before.size(), 64U);
  EXPECT_EQ(load().sha256(), before);
  write("one", case_file("one", {"a"}) + "# a word more\n");
  EXPECT_NE(load().sha256(), before);
}

TEST_F(CatalogueTest, IsNamedByTheUsersFilesToo) {
  folder_.write("own.yaml", case_file("own", {"x"}));
  EXPECT_NE(load({"own.yaml"}).sha256(), load().sha256());
}

TEST_F(CatalogueTest, PresupposesNothingWhereNothingIsWritten) {
  EXPECT_THAT(presupposed("DIG-1", "framing: delimited"), IsEmpty());
}

TEST_F(CatalogueTest, PresupposesByWayOfOthersEachOnce) {
  EXPECT_THAT(presupposed("SEQ-1", "framing: delimited"), ElementsAre("DIG-1", "STR-1"));
  EXPECT_THAT(presupposed("SEQ-2", "framing: delimited"), ElementsAre("SEQ-1", "DIG-1", "STR-1"));
}

TEST_F(CatalogueTest, PresupposesOnlyUnderTheProfilesThatItSays) {
  EXPECT_THAT(presupposed("STR-1", "framing: delimited"), ElementsAre("DIG-1"));
  EXPECT_THAT(presupposed("STR-1", "framing: unframed"), IsEmpty());
  EXPECT_THAT(presupposed("SEQ-2", "framing: delimited\nexchanges: one"), IsEmpty());
}

TEST_F(CatalogueTest, ComesToAnEndWhereTwoPresupposeEachOther) {
  EXPECT_THAT(presupposed("CON-1", "framing: delimited"), ElementsAre("CON-2", "CON-1"));
}

TEST(CaseFiles, AreAFolderOrAFile) {
  const ScratchFolder folder;
  folder.write("b.yaml", "");
  folder.write("a.yml", "");
  folder.write("c.txt", "");
  folder.write("inner/d.yaml", "");
  EXPECT_THAT(case_files(folder.path("")),
              ElementsAre(folder.path("a.yml"), folder.path("b.yaml")));
  EXPECT_THAT(case_files(folder.path("c.txt")), ElementsAre(folder.path("c.txt")));
}

}  // namespace
}  // namespace md5spec
