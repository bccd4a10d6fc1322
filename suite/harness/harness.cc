#include "harness/harness.h"

#include <exception>
#include <map>
#include <utility>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "conduct/endpoint.h"
#include "report/explain_case.h"
#include "text/bytes.h"

namespace md5spec {
namespace {

// Results by test, from the start of an iteration on.
class Results {
 public:
  void set(std::vector<RunResult> runs) {
    runs_ = std::move(runs);
    by_name_.clear();
    for (const RunResult& run : runs_) {
      for (const CaseResult& one : run.cases)
        by_name_[run.profile->name + "/" + one.spec->id()] = {&run, &one};
    }
  }
  const std::vector<RunResult>& runs() const { return runs_; }
  std::pair<const RunResult*, const CaseResult*> find(const std::string& name) const {
    const auto found = by_name_.find(name);
    return found == by_name_.end() ? std::pair<const RunResult*, const CaseResult*>()
                                   : found->second;
  }

 private:
  std::vector<RunResult> runs_;
  std::map<std::string, std::pair<const RunResult*, const CaseResult*>> by_name_;
};

class CaseTest : public testing::Test {
 public:
  CaseTest(const Results& results, std::string name) : results_(results), name_(std::move(name)) {}

  void TestBody() override {
    const auto [run, result] = results_.find(name_);
    ASSERT_NE(result, nullptr) << name_ << " was selected but never carried out";
    if (result->no_worse) {
      RecordProperty("md5spec_outcome", std::string(name_of(result->outcome.outcome)));
      return;
    }
    switch (result->outcome.outcome) {
      case Outcome::kPass:
        break;
      case Outcome::kSkip:
        GTEST_SKIP() << displayable(result->outcome.reason);
      case Outcome::kWarn:
      case Outcome::kXfail:
        RecordProperty("md5spec_outcome", std::string(name_of(result->outcome.outcome)));
        break;
      case Outcome::kFail:
      case Outcome::kError:
      case Outcome::kXpass:
      case Outcome::kNotRun: {
        std::string lines;
        for (const std::string& line : explain_case(*result, *run)) lines += line + "\n";
        ADD_FAILURE_AT(result->spec->where.file.c_str(), result->spec->where.line)
            << name_of(result->outcome.outcome) << "\n"
            << lines;
      }
    }
  }

 private:
  const Results& results_;
  std::string name_;
};

// Carries out what GoogleTest is about to run, before it runs it.
class Conducting : public testing::EmptyTestEventListener {
 public:
  Conducting(const Catalogue& catalogue, std::vector<HarnessRun>& runs, const HarnessHooks& hooks,
             Results& results)
      : catalogue_(catalogue), runs_(runs), hooks_(hooks), results_(results) {}

  void OnTestIterationStart(const testing::UnitTest& tests, int /*iteration*/) override {
    if (thrown_) return;
    try {
      carry_out(tests);
    } catch (...) {
      thrown_ = std::current_exception();
    }
  }

  void OnTestIterationEnd(const testing::UnitTest& /*tests*/, int /*iteration*/) override {
    if (thrown_ || !hooks_.finish) return;
    try {
      hooks_.finish(results_.runs());
    } catch (...) {
      thrown_ = std::current_exception();
    }
  }

  void rethrow() const {
    if (thrown_) std::rethrow_exception(thrown_);
  }

 private:
  void carry_out(const testing::UnitTest& tests) {
    std::map<std::string, bool> selected;
    bool any = false;
    for (int i = 0; i < tests.total_test_suite_count(); ++i) {
      const testing::TestSuite& suite = *tests.GetTestSuite(i);
      for (int k = 0; k < suite.total_test_count(); ++k) {
        const testing::TestInfo& test = *suite.GetTestInfo(k);
        selected[std::string(suite.name()) + "." + test.name()] = test.should_run();
        any = any || test.should_run();
      }
    }
    if (!any) throw UsageError("GoogleTest's filter leaves no test");
    std::vector<Plan> plans;
    plans.reserve(runs_.size());
    std::vector<RunRequest> requests;
    for (const HarnessRun& run : runs_) {
      Plan plan;
      for (const PlannedEntry& entry : run.plan.entries) {
        if (selected[run.profile->name + "/" + entry.planned.id()]) plan.entries.push_back(entry);
      }
      plans.push_back(std::move(plan));
    }
    for (std::size_t i = 0; i < runs_.size(); ++i)
      requests.push_back(request_for(runs_[i], plans[i]));
    results_.set(conduct_and_judge(plans, requests));
  }

  RunRequest request_for(const HarnessRun& run, const Plan& plan) const {
    RunRequest request;
    request.catalogue = &catalogue_;
    request.profile = run.profile.get();
    request.target = run.target;
    request.start = run.start;
    request.jobs = run.jobs;
    request.budget = run.budget;
    request.given = run.given;
    for (const PlannedEntry& entry : plan.entries) {
      if (!entry.skipped) request.cases.push_back(&entry.planned);
    }
    return request;
  }

  std::vector<RunResult> conduct_and_judge(const std::vector<Plan>& plans,
                                           const std::vector<RunRequest>& requests) {
    // A run of which everything is skipped by plan needs no server.
    std::vector<RunRequest> active;
    for (const RunRequest& request : requests) {
      if (!request.cases.empty()) active.push_back(request);
    }
    const std::vector<RunOutput> outputs = conduct(active, hooks_.progress, hooks_.transfer);
    std::vector<RunResult> results;
    std::size_t next = 0;
    for (std::size_t i = 0; i < requests.size(); ++i) {
      if (plans[i].entries.empty()) continue;
      const bool is_active = !requests[i].cases.empty();
      results.push_back(
          summarize(catalogue_, plans[i], requests[i], is_active ? outputs[next++] : RunOutput()));
      results.back().server = runs_[i].server;
    }
    if (hooks_.adjust) hooks_.adjust(results);
    return results;
  }

  const Catalogue& catalogue_;
  std::vector<HarnessRun>& runs_;
  const HarnessHooks& hooks_;
  Results& results_;
  std::exception_ptr thrown_;
};

void register_tests(const std::vector<HarnessRun>& runs, const Results& results) {
  std::map<std::string, std::string> seen;
  for (const HarnessRun& run : runs) {
    for (const PlannedEntry& entry : run.plan.entries) {
      const Case& one = entry.planned.spec();
      const std::string name = run.profile->name + "/" + one.id();
      // GoogleTest would take the second one silently.
      if (!seen.emplace(name, one.where.str()).second)
        throw UsageError(
            fmt::format("the profile name {} stands for two profiles", run.profile->name));
      const std::string suite = run.profile->name + "/" + one.group;
      testing::RegisterTest(
          suite.c_str(), one.name.c_str(), nullptr, nullptr, one.where.file.c_str(), one.where.line,
          [&results, name]() -> testing::Test* { return new CaseTest(results, name); });
    }
  }
}

}  // namespace

int run_under_googletest(const Catalogue& catalogue, std::vector<HarnessRun> runs,
                         const HarnessHooks& hooks) {
  Results results;
  register_tests(runs, results);
  auto& listeners = testing::UnitTest::GetInstance()->listeners();
  delete listeners.Release(listeners.default_result_printer());
  // GoogleTest deletes its listeners where it ends the process itself.
  auto* const conducting = new Conducting(catalogue, runs, hooks, results);
  listeners.Append(conducting);
  const int status = RUN_ALL_TESTS();
  const std::unique_ptr<testing::TestEventListener> ours_again(listeners.Release(conducting));
  conducting->rethrow();
  return status;
}

}  // namespace md5spec
