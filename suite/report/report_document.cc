#include "report/report_document.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "report/version.h"
#include "text/bytes.h"

namespace md5spec {
namespace {

std::vector<std::string> displayable_all(const std::vector<std::string>& values) {
  std::vector<std::string> all;
  all.reserve(values.size());
  for (const std::string& value : values) all.push_back(displayable(value));
  return all;
}

std::vector<FindingDocument> documents_of(const std::vector<Finding>& findings) {
  std::vector<FindingDocument> all;
  all.reserve(findings.size());
  for (const Finding& one : findings) all.push_back(document_of(one));
  return all;
}

Finding finding_of(const FindingDocument& document) {
  Finding finding;
  finding.requirement = document.requirement;
  finding.anomaly = document.anomaly;
  finding.evidence = document.evidence;
  finding.expected = document.expected;
  finding.received = document.received;
  finding.explanation = document.explanation;
  finding.usually = document.usually;
  finding.causes = document.causes;
  finding.size = document.size;
  finding.largest = document.largest;
  finding.in_control = document.in_control;
  finding.half_closed = document.half_closed;
  finding.turned_away = document.turned_away;
  finding.died = document.died;
  return finding;
}

std::vector<Finding> findings_of(const std::vector<FindingDocument>& documents) {
  std::vector<Finding> all;
  all.reserve(documents.size());
  for (const FindingDocument& one : documents) all.push_back(finding_of(one));
  return all;
}

Basis basis_of(const JudgedCase& judged) {
  Basis basis;
  if (judged.skipped) {
    basis.kind = Basis::Kind::kPlan;
    basis.reason = displayable(*judged.skipped);
  } else if (judged.untried) {
    basis.kind = Basis::Kind::kUntried;
    basis.reason = displayable(*judged.untried);
  } else if (judged.judgement) {
    basis.kind = Basis::Kind::kJudgement;
    basis.findings = documents_of(judged.judgement->findings);
    basis.hindrance = judged.judgement->hindrance.kind;
    basis.reason = displayable(judged.judgement->hindrance.reason);
  }
  return basis;
}

SelectionDocument document_of(const Report::SelectionRecord& record) {
  SelectionDocument document;
  document.only = displayable_all(record.only);
  document.skip = displayable_all(record.skip);
  document.tags = displayable_all(record.tags);
  document.gtest_filter = displayable(record.gtest_filter);
  document.shard = displayable(record.shard);
  if (record.known_failing) document.known_failing = displayable(*record.known_failing);
  document.interrupted = record.interrupted;
  return document;
}

RequirementDocument document_of(const RequirementResult& result) {
  RequirementDocument document;
  document.id = result.spec->id;
  document.level = result.spec->level;
  document.title = displayable(result.spec->title);
  document.sentence = displayable(result.spec->sentence);
  document.outcome = result.outcome;
  document.cases = result.cases;
  if (result.outcome == Outcome::kSkip) document.reason = displayable(result.reason);
  return document;
}

}  // namespace

std::string CaseDocument::where() const { return Location{file, line, column}.str(); }

std::size_t RunDocument::count(Outcome outcome) const {
  const auto found = counts.find(outcome);
  return found == counts.end() ? 0 : found->second;
}

std::string SelectionDocument::narrowed_by() const {
  if (!only.empty()) return fmt::format("--only {}", fmt::join(only, " --only "));
  if (!skip.empty()) return fmt::format("--skip {}", fmt::join(skip, " --skip "));
  if (gtest_filter != "*") return "--gtest_filter=" + gtest_filter;
  if (shard != "1/1") return fmt::format("it is shard {} of a run", shard);
  if (!missing.empty())
    return fmt::format("{} of the catalogue's cases are missing from the merged reports",
                       missing.size());
  return {};
}

FindingDocument document_of(const Finding& finding) {
  FindingDocument document;
  document.requirement = finding.requirement;
  document.expected = displayable(finding.expected);
  document.received = displayable(finding.received);
  document.evidence = finding.evidence;
  document.explanation = displayable(finding.explanation);
  document.usually = finding.usually;
  document.causes = finding.causes;
  document.size = finding.size;
  document.in_control = finding.in_control;
  document.anomaly = finding.anomaly;
  document.largest = finding.largest;
  document.half_closed = finding.half_closed;
  document.turned_away = finding.turned_away;
  document.died = finding.died;
  return document;
}

JudgedCase judged_of(const CaseDocument& one, const Case& spec) {
  JudgedCase judged;
  judged.spec = &spec;
  switch (one.basis.kind) {
    case Basis::Kind::kPlan:
      judged.skipped = one.basis.reason;
      break;
    case Basis::Kind::kUntried:
      judged.untried = one.basis.reason;
      break;
    case Basis::Kind::kNotRun:
      break;
    case Basis::Kind::kJudgement: {
      Judgement judgement;
      judgement.findings = findings_of(one.basis.findings);
      judgement.observations = findings_of(one.observations);
      judgement.impediments = findings_of(one.impediments);
      judgement.oddities = findings_of(one.oddities);
      judgement.hindrance = {one.basis.hindrance, one.basis.reason};
      judged.judgement = std::move(judgement);
      break;
    }
  }
  return judged;
}

CaseDocument document_of(const CaseResult& result) {
  CaseDocument document;
  document.id = result.spec->id();
  document.title = displayable(result.spec->title);
  document.why = displayable(result.spec->why);
  document.file = displayable(result.spec->where.file);
  document.line = result.spec->where.line;
  document.column = result.spec->where.column;
  document.requirements = result.spec->requirements;
  document.outcome = result.outcome.outcome;
  document.culprit = result.outcome.culprit;
  document.reason = displayable(result.outcome.reason);
  document.duration = result.duration;
  document.findings = documents_of(result.outcome.findings);
  document.observations = documents_of(result.observations);
  document.impediments = documents_of(result.impediments);
  document.oddities = documents_of(result.oddities);
  document.notes = displayable_all(result.notes);
  if (result.known_failing) document.known_failing = displayable(*result.known_failing);
  document.basis = basis_of(result.judged);
  document.carried_out_twice = result.first_transcript != nullptr;
  // A case that passed only the second time keeps both transcripts, too.
  document.shown = document.is_remarkable() || document.carried_out_twice;
  if (document.shown && result.transcript) document.wire = wire_log(*result.transcript);
  if (document.carried_out_twice) document.first_wire = wire_log(*result.first_transcript);
  document.reproduce = displayable(result.reproduce);
  return document;
}

RunDocument document_of(const RunResult& run) {
  RunDocument document;
  document.profile = run.profile->name;
  document.profile_text = to_yaml(*run.profile);
  document.target = displayable(run.target);
  document.server = displayable(run.server);
  document.verdict = run.verdict;
  document.accepts = displayable(run.profile->accepts.key());
  if (run.profile->limits.declared) document.message_bytes = run.profile->limits.message_bytes;
  document.restrictions = displayable_all(run.profile->restrictions());
  document.started = run.started;
  document.start_command = displayable(run.start_command);
  if (run.unreachable) document.unreachable = displayable(*run.unreachable);
  document.duration = run.duration;
  document.waited = run.waited;
  document.fingerprint = run.fingerprint;
  document.counts = run.counts;
  for (const RequirementResult& one : run.requirements)
    document.requirements.push_back(document_of(one));
  for (const CaseResult& one : run.cases) document.cases.push_back(document_of(one));
  return document;
}

ReportDocument document_of(const Report& report) {
  ReportDocument document;
  document.suite_version = kVersion;
  document.catalogue_sha256 = report.catalogue_sha256;
  utsname system{};
  uname(&system);
  document.system =
      displayable(fmt::format("{} {} {}", system.sysname, system.release, system.machine));
  document.cpus = sysconf(_SC_NPROCESSORS_ONLN);
  document.selection = document_of(report.selection);
  document.selection.baseline = report.selection.baseline;
  document.started = std::chrono::time_point_cast<std::chrono::seconds>(report.started);
  document.duration = report.duration;
  document.seed = report.seed;
  document.exit_status = report.exit_status;
  for (const RunResult& run : report.runs) document.runs.push_back(document_of(run));
  document.stale = displayable_all(report.stale);
  return document;
}

std::string verdict_in_words(const RunDocument& run) {
  const std::string scope = run.restrictions.empty()
                                ? ""
                                : fmt::format(" (declared: {})", fmt::join(run.restrictions, ", "));
  switch (run.verdict) {
    case Verdict::kConformant:
      return "conformant" + scope;
    case Verdict::kConformantWithWarnings:
      return "conformant, with warnings" + scope;
    case Verdict::kNonConformant:
      return "NOT conformant" + scope;
    case Verdict::kInconclusive:
      return "inconclusive" + scope;
  }
  return {};
}

int badness(Outcome outcome) {
  switch (outcome) {
    case Outcome::kFail:
    case Outcome::kXfail:
      return 3;
    case Outcome::kError:
    case Outcome::kNotRun:
      return 2;
    case Outcome::kWarn:
      return 1;
    case Outcome::kPass:
    case Outcome::kXpass:
    case Outcome::kSkip:
      return 0;
  }
  return 0;
}

}  // namespace md5spec
