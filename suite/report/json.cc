#include "report/json.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "report/version.h"
#include "report/wire_log.h"
#include "text/bytes.h"

namespace md5spec {
namespace {

using Json = nlohmann::ordered_json;

// nlohmann refuses text that isn't UTF-8; ours is, but what comes from files and servers is made so
// first.
Json text(const std::string& value) { return displayable(value); }

Json texts(const std::vector<std::string>& values) {
  Json list = Json::array();
  for (const std::string& value : values) list.push_back(text(value));
  return list;
}

Json environment() {
  utsname system{};
  uname(&system);
  return {{"system", text(fmt::format("{} {} {}", system.sysname, system.release, system.machine))},
          {"cpus", sysconf(_SC_NPROCESSORS_ONLN)}};
}

Json selection(const Report::SelectionRecord& s) {
  Json json = {{"only", texts(s.only)},
               {"skip", texts(s.skip)},
               {"gtest_filter", text(s.gtest_filter)},
               {"shard", text(s.shard)},
               {"tags", texts(s.tags)}};
  json["known_failing"] = s.known_failing ? text(*s.known_failing) : Json();
  json["interrupted"] = s.interrupted;
  return json;
}

Json finding(const Finding& f) {
  return {{"requirement", f.requirement},
          {"expected", text(f.expected)},
          {"received", text(f.received)},
          {"evidence", name_of(f.evidence)},
          {"explanation", text(f.explanation)}};
}

Json wire(const Transcript& transcript) {
  Json list = Json::array();
  for (const WireEvent& event : wire_log(transcript)) {
    Json line = {
        {"at_us", event.at.count()}, {"connection", event.connection}, {"event", event.event}};
    if (event.event == "send" || event.event == "receive") {
      line["bytes"] = event.bytes;
      line["data"] = hex(event.data);
    } else if (!event.data.empty()) {
      line["detail"] = text(event.data);
    }
    list.push_back(std::move(line));
  }
  return list;
}

Json case_json(const CaseResult& result) {
  const CaseOutcome& outcome = result.outcome;
  Json json = {{"id", result.spec->id()},
               {"requirements", result.spec->requirements},
               {"outcome", name_of(outcome.outcome)},
               {"duration_us", result.duration.count()}};
  if (outcome.culprit != Culprit::kNone) json["culprit"] = name_of(outcome.culprit);
  if (!outcome.reason.empty()) json["reason"] = text(outcome.reason);
  Json findings = Json::array();
  for (const Finding& f : outcome.findings) findings.push_back(finding(f));
  Json observations = Json::array();
  for (const Finding& f : result.observations) observations.push_back(finding(f));
  json["findings"] = std::move(findings);
  json["observations"] = std::move(observations);
  if (!result.impediments.empty()) {
    Json impediments = Json::array();
    for (const Finding& f : result.impediments) {
      Json one = finding(f);
      one["in_control"] = f.in_control;
      impediments.push_back(std::move(one));
    }
    json["impediments"] = std::move(impediments);
  }
  if (!result.notes.empty()) json["notes"] = texts(result.notes);
  // A case that passed only the second time keeps both transcripts, too.
  const bool unremarkable = outcome.outcome == Outcome::kPass || outcome.outcome == Outcome::kSkip;
  if (unremarkable && !result.first_transcript) return json;
  json["wire"] = result.transcript ? wire(*result.transcript) : Json::array();
  if (result.first_transcript) json["first_wire"] = wire(*result.first_transcript);
  if (!unremarkable) json["reproduce"] = text(result.reproduce);
  return json;
}

Json run_json(const RunResult& run) {
  Json counts;
  for (const Outcome outcome :
       {Outcome::kPass, Outcome::kFail, Outcome::kWarn, Outcome::kSkip, Outcome::kError,
        Outcome::kXfail, Outcome::kXpass, Outcome::kNotRun}) {
    counts[std::string(name_of(outcome))] = run.count(outcome);
  }
  Json requirements = Json::array();
  for (const RequirementResult& one : run.requirements) {
    requirements.push_back({{"id", one.spec->id},
                            {"level", one.spec->level == Level::kMust ? "MUST" : "SHOULD"},
                            {"outcome", name_of(one.outcome)},
                            {"cases", one.cases}});
  }
  Json cases = Json::array();
  for (const CaseResult& one : run.cases) cases.push_back(case_json(one));
  Json declared = {{"accepts", text(run.profile->accepts.key())}};
  if (run.profile->limits.declared) declared["message_bytes"] = run.profile->limits.message_bytes;
  declared["restrictions"] = texts(run.profile->restrictions());
  Json json = {{"profile", run.profile->name},    {"profile_text", to_yaml(*run.profile)},
               {"target", text(run.target)},      {"verdict", name_of(run.verdict)},
               {"declared", std::move(declared)}, {"counts", std::move(counts)}};
  json["duration_ms"] = run.duration.count() / 1000;
  json["waited_ms"] = run.waited.count() / 1000;
  json["requirements"] = std::move(requirements);
  json["cases"] = std::move(cases);
  return json;
}

}  // namespace

std::string to_json(const Report& report) {
  const auto started = std::chrono::time_point_cast<std::chrono::seconds>(report.started);
  Json runs = Json::array();
  for (const RunResult& run : report.runs) runs.push_back(run_json(run));
  Json json = {{"format", "md5spec-report/1"},
               {"suite", {{"version", kVersion}, {"catalogue_sha256", report.catalogue_sha256}}},
               {"environment", environment()},
               {"selection", selection(report.selection)},
               {"started", fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(started))},
               {"duration_ms", report.duration.count() / 1000},
               {"seed", report.seed},
               {"exit_status", report.exit_status},
               {"runs", std::move(runs)}};
  if (!report.stale.empty()) json["stale"] = texts(report.stale);
  // In ASCII: a profile's text may hold characters that reorder a terminal's line.
  constexpr bool kAscii = true;
  return json.dump(1, ' ', kAscii) + "\n";
}

}  // namespace md5spec
