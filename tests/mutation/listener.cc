// Added to the unit tests where they are built with switchable sites: writes to the file that
// MUTATION_REACHED names which sites each test reached, a line each:
// TEST<tab>MILLISECONDS<tab>SITE,SITE… What was reached before the first test stands behind
// "(start)".

#include <fstream>
#include <string>

#include <gtest/gtest.h>

#include "mutant.h"

namespace {

class ReachedSites : public testing::EmptyTestEventListener {
 public:
  explicit ReachedSites(const char* path) : out_(path) {}

 private:
  void OnTestProgramStart(const testing::UnitTest& /*tests*/) override { write("(start)", 0); }
  void OnTestEnd(const testing::TestInfo& test) override {
    write(std::string(test.test_suite_name()) + "." + test.name(), test.result()->elapsed_time());
  }

  void write(const std::string& name, long long milliseconds) {
    out_ << name << '\t' << milliseconds << '\t';
    for (int id = 0; id < mutation::kMost; ++id) {
      if (mutation::reached[id].exchange(false)) out_ << id << ',';
    }
    out_ << std::endl;
  }

  std::ofstream out_;
};

const bool added = [] {
  const char* const path = std::getenv("MUTATION_REACHED");
  if (path != nullptr) testing::UnitTest::GetInstance()->listeners().Append(new ReachedSites(path));
  return path != nullptr;
}();

}  // namespace
