#include "catalogue/matrix.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "catalogue/case_reading.h"

namespace md5spec {
namespace {

using ::testing::ElementsAre;

// What `text` becomes for each combination that the matrix makes.
std::vector<std::string> each(const std::string& matrix, const std::string& text) {
  std::vector<std::string> all;
  for (const Variables& variables : expand_matrix(YamlNode::parse(matrix, "m.yaml"))) {
    std::string fault;
    all.push_back(substitute(text, variables, &fault) + fault);
  }
  return all;
}

std::string matrix_refused(const std::string& matrix) {
  return complaint([&] { expand_matrix(YamlNode::parse(matrix, "m.yaml")); });
}

std::vector<std::string> names(const std::vector<Case>& cases) {
  std::vector<std::string> all;
  for (const Case& one : cases) all.push_back(one.name);
  return all;
}

TEST(Matrix, TakesAListsValuesInOrder) {
  EXPECT_THAT(each("{n: [3, 1, 2]}", "{n}"), ElementsAre("3", "1", "2"));
  EXPECT_THAT(each("{w: [one, \"true\"]}", "<{w}>"), ElementsAre("<one>", "<true>"));
}

TEST(Matrix, TakesASingleValueForAList) {
  EXPECT_THAT(each("{n: 5}", "{n}"), ElementsAre("5"));
  EXPECT_THAT(each("{w: word}", "{w}"), ElementsAre("word"));
  EXPECT_THAT(each("{n: 1..3}", "{n}"), ElementsAre("1", "2", "3"));
}

TEST(Matrix, TakesARangeWithBothItsEnds) {
  EXPECT_THAT(each("{n: [1..3]}", "{n}"), ElementsAre("1", "2", "3"));
  EXPECT_THAT(each("{n: [-1..1]}", "{n}"), ElementsAre("-1", "0", "1"));
  EXPECT_THAT(each("{n: [7..7]}", "{n}"), ElementsAre("7"));
}

TEST(Matrix, TakesRangesBesideValues) {
  EXPECT_THAT(each("{n: [0, 2..3, 255]}", "{n:02x}"), ElementsAre("00", "02", "03", "ff"));
}

TEST(Matrix, MakesAllCombinationsTheLastVariableFastest) {
  EXPECT_THAT(each("{a: [1, 2], b: [p, q]}", "{a}{b}"), ElementsAre("1p", "1q", "2p", "2q"));
}

TEST(Matrix, KeepsANumberAsItIsWritten) {
  EXPECT_THAT(each("{n: [007]}", "{n} {n:d}"), ElementsAre("007 7"));
}

TEST(Matrix, FormatsNumbers) {
  EXPECT_THAT(each("{n: 10}", "{n:d}|{n:4d}|{n:04d}|{n:x}|{n:02X}"),
              ElementsAre("10|  10|0010|a|0A"));
  EXPECT_THAT(each("{n: -10}", "{n:05d}"), ElementsAre("-0010"));
}

TEST(Matrix, LeavesOtherBracesAlone) {
  EXPECT_THAT(each("{n: 1}", "{m} {} {{n}} {n {"), ElementsAre("{m} {} {1} {n {"));
}

TEST(Matrix, RefusesToFormatAWord) {
  EXPECT_THAT(each("{w: one}", "{w:02x}"),
              ElementsAre("'{w:02x}' can't be formatted: the variable must be a whole number and "
                          "the format d, x or X with a width"));
}

TEST(Matrix, RefusesMoreThanCanBeMeant) {
  EXPECT_EQ(matrix_refused("{n: [1..20000]}"), "");
  EXPECT_EQ(matrix_refused("{n: [1..20001]}"), "n[0]: makes more than 20000 cases");
  EXPECT_EQ(matrix_refused("{n: [1..10001, 1..10000]}"), "n: makes more than 20000 cases");
  EXPECT_EQ(matrix_refused("{n: [1..200], m: [1..101]}"), "makes more than 20000 cases");
  EXPECT_EQ(matrix_refused("{n: [-999999999999999..999999999999999]}"),
            "n[0]: makes more than 20000 cases");
}

TEST(Matrix, RefusesWhatIsntAValue) {
  EXPECT_EQ(matrix_refused("{n: []}"), "n: needs at least one value");
  EXPECT_EQ(matrix_refused("{n: [3..1]}"), "n[0]: the range's end is below its start");
  EXPECT_EQ(matrix_refused("{}"), "needs at least one variable");
  EXPECT_EQ(matrix_refused("{N: 1}"),
            "a variable's name is a letter, then letters, digits and underscores");
}

TEST(MatrixOfCases, MakesACaseForEachCombination) {
  EXPECT_THAT(
      names(cases_of("name: \"a_{n:02d}_{w}\", message: \"x\", for: {n: 9..10, w: [p, q]}")),
      ElementsAre("a_09_p", "a_09_q", "a_10_p", "a_10_q"));
}

TEST(MatrixOfCases, PutsVariablesIntoEveryText) {
  const Case one = case_of(
      "name: \"a_{n}\", title: \"T{n}\", why: \"W{n}\", requirement: \"DIG-{n}\", tags: "
      "[\"t{n}\"], "
      "when: [\"{c}\"], message: \"M{n}\", control: \"C{n}\", for: {n: 2, c: framed}");
  EXPECT_EQ(one.title, "T2");
  EXPECT_EQ(one.why, "W2");
  EXPECT_THAT(one.requirements, ElementsAre("DIG-2"));
  EXPECT_THAT(one.tags, ElementsAre("t2"));
  EXPECT_THAT(one.when, ElementsAre("framed"));
  EXPECT_EQ(one.message().bytes, "M2");
}

TEST(MatrixOfCases, PutsVariablesIntoNumbers) {
  const auto cases =
      cases_of("name: \"a_{n}\", message: {pattern: zeros, size: \"{n}\"}, for: {n: 5..6}");
  EXPECT_EQ(cases.at(0).message().size.bytes, 5);
  EXPECT_EQ(cases.at(1).message().size.bytes, 6);
}

TEST(MatrixOfCases, ReadsOneMatrixAtATime) {
  const auto cases = cases_in(
      "group: g\nrequirement: DIG-1\nwhy: w\ncases:\n"
      "  - {name: \"a_{n}\", message: \"{n}\", for: {n: 1}}\n"
      "  - {name: b, message: \"{n}\"}\n");
  EXPECT_EQ(cases.at(0).message().bytes, "1");
  EXPECT_EQ(cases.at(1).message().bytes, "{n}");
}

TEST(MatrixOfCases, NeedsTheVariableInTheName) {
  EXPECT_EQ(complaint([] { cases_of("name: a, message: \"{n}\", for: {n: [1, 2]}"); }),
            "cases[0].name: the case 'a' stands here twice");
}

}  // namespace
}  // namespace md5spec
