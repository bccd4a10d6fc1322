#include "report/merge.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/json.h"
#include "report/made_results.h"
#include "report/report_reader.h"

namespace md5spec {
namespace {

using ::testing::ElementsAre;

// Of what a judge finds, and no requirement of its case is about.
Finding odd(Anomaly anomaly, const std::string& usually) {
  Finding finding = made_finding(usually);
  finding.anomaly = anomaly;
  return finding;
}

Finding in_control(Finding finding) {
  finding.in_control = true;
  return finding;
}

Judgement oddly(const Finding& finding) {
  Judgement judgement;
  judgement.oddities = {finding};
  judgement.observations = {finding};
  return judgement;
}

Judgement impeded(const Finding& finding) {
  Judgement judgement;
  judgement.impediments = {finding};
  judgement.observations = {finding};
  return judgement;
}

Judgement found(const Finding& finding) {
  Judgement judgement;
  judgement.findings = {finding};
  return judgement;
}

using Judgements = std::vector<std::pair<std::string, Judgement>>;

// A run in which the cases were judged so.
class Judged {
 public:
  explicit Judged(const Judgements& judgements) {
    std::vector<JudgedCase> judged;
    for (const auto& [id, judgement] : judgements) {
      JudgedCase one;
      one.spec = some_catalogue().find_case(id);
      one.judgement = judgement;
      judged.push_back(std::move(one));
    }
    const auto outcomes = resolve(some_catalogue(), *run_.raw().profile, judged);
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
      run_.add(judgements[i].first, Outcome::kPass);
      CaseResult& result = run_.last();
      result.outcome = outcomes[i];
      result.observations = judged[i].judgement->observations;
      result.impediments = judged[i].judgement->impediments;
      result.oddities = judged[i].judgement->oddities;
      result.judged = judged[i];
    }
  }

  // As it is read from its file.
  ReportDocument document() { return read_report(to_json(run_.report()), "r.json"); }

 private:
  MadeRun run_;
};

// What a run of these cases, each in a report of its own, comes to when the reports are merged; and
// what it comes to as one run.
struct Both {
  std::vector<std::string> merged;
  std::vector<std::string> whole;
  Verdict verdict = Verdict::kInconclusive;
};

std::vector<std::string> outcomes_of(const ReportDocument& report) {
  std::vector<std::string> all;
  for (const CaseDocument& one : report.runs.at(0).cases) {
    std::string line = one.id + " " + std::string(name_of(one.outcome));
    if (one.outcome == Outcome::kSkip) line += ", " + one.reason;
    for (const FindingDocument& finding : one.findings) line += " " + finding.requirement;
    all.push_back(line);
  }
  return all;
}

Both apart_and_together(const Judgements& judgements) {
  std::vector<ReportPart> parts;
  for (const auto& one : judgements)
    parts.push_back({"r.json", Judged(Judgements{one}).document()});
  const ReportDocument merged = merge(some_catalogue(), parts);
  return {outcomes_of(merged), outcomes_of(Judged(judgements).document()),
          merged.runs.at(0).verdict};
}

TEST(MergeTest, WhatNoCaseJudgesCountsAfterMergingAsInARun) {
  const Judgement judgement = oddly(odd(Anomaly::kEncoding, "REP-1"));
  const Both both = apart_and_together({{"g.one", judgement}, {"g.two", judgement}});
  EXPECT_THAT(both.merged, ElementsAre("g.one fail REP-1", "g.two fail REP-1"));
  EXPECT_EQ(both.merged, both.whole);
  EXPECT_EQ(both.verdict, Verdict::kNonConformant);
}

TEST(MergeTest, OneCaseThatJudgesItAccountsForTheOthers) {
  const Judgement judgement = oddly(odd(Anomaly::kEncoding, "REP-1"));
  const Both both = apart_and_together({{"g.one", judgement},
                                        {"g.two", judgement},
                                        {"h.one", found(odd(Anomaly::kEncoding, "REP-1"))}});
  EXPECT_THAT(both.merged, ElementsAre("g.one pass", "g.two pass", "h.one fail REP-1"));
  EXPECT_EQ(both.merged, both.whole);
}

TEST(MergeTest, WhatAccountsForAFindingIsKept) {
  Finding missing = odd(Anomaly::kNoReply, "DIG-1");
  missing.causes = {"REP-1"};
  const Both both = apart_and_together(
      {{"g.steps", impeded(missing)}, {"h.one", found(odd(Anomaly::kEncoding, "REP-1"))}});
  EXPECT_THAT(both.merged, ElementsAre("g.steps skip, blocked by REP-1", "h.one fail REP-1"));
  EXPECT_EQ(both.merged, both.whole);
}

TEST(MergeTest, WhatAControlShowedTooIsntTheCasesOwn) {
  Judgement judgement = impeded(odd(Anomaly::kExtraReply, "SEQ-1"));
  judgement.impediments.front().causes = {"CON-4"};
  judgement.observations.push_back(in_control(judgement.impediments.front()));
  const Both both = apart_and_together({{"g.one", Judgement()}, {"g.steps", judgement}});
  EXPECT_EQ(both.merged, both.whole);
  EXPECT_EQ(both.verdict, Verdict::kNonConformant);
}

TEST(MergeTest, AReportThatFailedNeverBecomesPartOfOneWithoutFault) {
  Judged failing({{"g.one", oddly(odd(Anomaly::kEncoding, "REP-1"))}});
  Judged passing({{"g.two", Judgement()}});
  ReportDocument part = failing.document();
  // As if another version had kept less of what it saw.
  part.runs[0].cases[0].oddities.clear();
  const ReportDocument merged =
      merge(some_catalogue(), {{"a.json", part}, {"b.json", passing.document()}});
  EXPECT_THAT(outcomes_of(merged), ElementsAre("g.one fail REP-1", "g.two pass"));
  EXPECT_EQ(merged.runs[0].verdict, Verdict::kNonConformant);
  EXPECT_EQ(merged.exit_status, kExitFailed);
}

}  // namespace
}  // namespace md5spec
