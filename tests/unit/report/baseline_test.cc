#include "report/baseline.h"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/made_results.h"

namespace md5spec {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// What is noted of a baseline with `catalogue` for its digest, beside a run that found the same.
std::vector<std::string> notes_on(const std::string& catalogue) {
  MadeRun made;
  made.add("g.one", Outcome::kPass);
  ReportDocument baseline = document_of(made.report());
  baseline.catalogue_sha256 = catalogue;
  std::vector<RunResult> runs = {made.run()};
  return compare_with_baseline(baseline, "old.json", some_catalogue(), &runs).notes;
}

TEST(BaselineTest, OfTheSameCatalogueNothingIsNoted) {
  EXPECT_THAT(notes_on(some_catalogue().sha256()), IsEmpty());
}

TEST(BaselineTest, AnotherCatalogueIsNoted) {
  EXPECT_THAT(notes_on(std::string(64, '0')),
              ElementsAre("the baseline was made with another catalogue of cases than this run"));
}

}  // namespace
}  // namespace md5spec
