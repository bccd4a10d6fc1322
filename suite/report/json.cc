#include "report/json.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "report/time_text.h"
#include "text/bytes.h"

namespace md5spec {
namespace {

using Json = nlohmann::ordered_json;

Json selection(const SelectionDocument& s) {
  Json json = {{"only", s.only},
               {"skip", s.skip},
               {"gtest_filter", s.gtest_filter},
               {"shard", s.shard},
               {"tags", s.tags}};
  json["known_failing"] = s.known_failing ? Json(*s.known_failing) : Json();
  json["interrupted"] = s.interrupted;
  if (s.baseline) {
    const auto changes = [](const std::vector<BaselineChange>& list) {
      Json all = Json::array();
      for (const BaselineChange& one : list)
        all.push_back({{"test", one.test}, {"before", one.before}, {"now", one.now}});
      return all;
    };
    json["baseline"] = {{"file", s.baseline->file},
                        {"worse", changes(s.baseline->worse)},
                        {"better", changes(s.baseline->better)},
                        {"notes", s.baseline->notes}};
  }
  if (s.merged > 0) {
    json["merged"] = s.merged;
    json["missing"] = s.missing;
  }
  return json;
}

Json finding(const FindingDocument& f) {
  Json json = {{"requirement", f.requirement},
               {"expected", f.expected},
               {"received", f.received},
               {"evidence", name_of(f.evidence)},
               {"explanation", f.explanation}};
  // Only where it says something new: as a rule a finding is of what such a thing usually breaks.
  if (f.usually != f.requirement) json["usually"] = f.usually;
  if (!f.causes.empty()) json["causes"] = f.causes;
  if (f.size > 0) json["message_bytes"] = f.size;
  if (f.in_control) json["in_control"] = true;
  if (f.anomaly != Anomaly::kNoReply) json["anomaly"] = name_of(f.anomaly);
  if (f.largest > 0) json["largest_message_bytes"] = f.largest;
  if (f.half_closed) json["half_closed"] = true;
  if (f.turned_away) json["turned_away"] = true;
  if (f.died) json["server_died"] = true;
  return json;
}

Json findings(const std::vector<FindingDocument>& list) {
  Json all = Json::array();
  for (const FindingDocument& f : list) all.push_back(finding(f));
  return all;
}

Json wire(const std::vector<WireEvent>& events) {
  Json list = Json::array();
  for (const WireEvent& event : events) {
    Json line = {
        {"at_us", event.at.count()}, {"connection", event.connection}, {"event", event.event}};
    if (event.has_bytes()) {
      line["bytes"] = event.bytes;
      line["data"] = hex(event.data);
    } else if (!event.data.empty()) {
      line["detail"] = displayable(event.data);
    }
    list.push_back(std::move(line));
  }
  return list;
}

// What resolving again needs and the outcome doesn't show.
void add_basis(const CaseDocument& one, Json* json) {
  const Basis& basis = one.basis;
  (*json)["basis"] = name_of(basis.kind);
  if (basis.hindrance != Hindrance::Kind::kNone) (*json)["hindrance"] = name_of(basis.hindrance);
  if (basis.findings != one.findings) (*json)["judged"] = findings(basis.findings);
}

Json case_json(const CaseDocument& one) {
  Json json = {{"id", one.id},
               {"requirements", one.requirements},
               {"outcome", name_of(one.outcome)},
               {"duration_us", one.duration.count()}};
  if (one.culprit != Culprit::kNone) json["culprit"] = name_of(one.culprit);
  if (!one.reason.empty()) json["reason"] = one.reason;
  json["findings"] = findings(one.findings);
  json["observations"] = findings(one.observations);
  if (!one.impediments.empty()) json["impediments"] = findings(one.impediments);
  if (!one.oddities.empty()) json["oddities"] = findings(one.oddities);
  if (!one.notes.empty()) json["notes"] = one.notes;
  if (one.shown) json["wire"] = wire(one.wire);
  if (one.carried_out_twice) json["first_wire"] = wire(one.first_wire);
  if (one.is_remarkable()) json["reproduce"] = one.reproduce;
  add_basis(one, &json);
  if (one.known_failing) json["known_failing"] = *one.known_failing;
  if (!one.title.empty()) json["title"] = one.title;
  if (!one.file.empty()) json["where"] = one.where();
  if (one.shown) json["why"] = one.why;
  return json;
}

Json requirement(const RequirementDocument& one) {
  Json json = {{"id", one.id},
               {"level", one.level == Level::kMust ? "MUST" : "SHOULD"},
               {"outcome", name_of(one.outcome)},
               {"cases", one.cases},
               {"title", one.title},
               {"sentence", one.sentence}};
  if (!one.reason.empty()) json["reason"] = one.reason;
  return json;
}

Json fingerprint_json(const Fingerprint& print) {
  Json json = Json::object();
  for (const SituationSpec& spec : situations()) {
    const auto found = print.tallies.find(spec.situation);
    if (found == print.tallies.end()) continue;
    for (const auto& [reaction, count] : found->second)
      json[std::string(spec.name)][std::string(name_of(reaction))] = count;
  }
  if (print.longest_whole_read > 0) json["longest_whole_read"] = print.longest_whole_read;
  if (print.shortest_split > 0) json["shortest_split"] = print.shortest_split;
  return json;
}

Json run_json(const RunDocument& run) {
  Json counts;
  for (const Outcome outcome :
       {Outcome::kPass, Outcome::kFail, Outcome::kWarn, Outcome::kSkip, Outcome::kError,
        Outcome::kXfail, Outcome::kXpass, Outcome::kNotRun}) {
    counts[std::string(name_of(outcome))] = run.count(outcome);
  }
  Json requirements = Json::array();
  for (const RequirementDocument& one : run.requirements) requirements.push_back(requirement(one));
  Json cases = Json::array();
  for (const CaseDocument& one : run.cases) cases.push_back(case_json(one));
  Json declared = {{"accepts", run.accepts}};
  if (run.message_bytes) declared["message_bytes"] = *run.message_bytes;
  declared["restrictions"] = run.restrictions;
  Json json = {{"profile", run.profile},
               {"profile_text", run.profile_text},
               {"target", run.target},
               {"verdict", name_of(run.verdict)},
               {"declared", std::move(declared)},
               {"counts", std::move(counts)}};
  json["duration_ms"] = run.duration.count() / 1000;
  json["waited_ms"] = run.waited.count() / 1000;
  json["server"] = run.server;
  json["started_by_md5spec"] = run.started;
  if (!run.start_command.empty()) json["start_command"] = run.start_command;
  if (run.unreachable) json["unreachable"] = *run.unreachable;
  if (!run.fingerprint.empty()) json["fingerprint"] = fingerprint_json(run.fingerprint);
  json["requirements"] = std::move(requirements);
  json["cases"] = std::move(cases);
  return json;
}

}  // namespace

std::string_view name_of(Hindrance::Kind kind) {
  switch (kind) {
    case Hindrance::Kind::kNone:
      return "none";
    case Hindrance::Kind::kEnvironment:
      return "environment";
    case Hindrance::Kind::kSegmentTooSmall:
      return "segment_too_small";
    case Hindrance::Kind::kTlsTooOld:
      return "tls_too_old";
    case Hindrance::Kind::kInterrupted:
      return "interrupted";
    case Hindrance::Kind::kNotClaimed:
      return "not_claimed";
  }
  return "none";
}

std::string_view name_of(Basis::Kind kind) {
  switch (kind) {
    case Basis::Kind::kPlan:
      return "plan";
    case Basis::Kind::kUntried:
      return "untried";
    case Basis::Kind::kNotRun:
      return "not_run";
    case Basis::Kind::kJudgement:
      return "judgement";
  }
  return "not_run";
}

std::string to_json(const ReportDocument& report) {
  Json runs = Json::array();
  for (const RunDocument& run : report.runs) runs.push_back(run_json(run));
  Json json = {
      {"format", kReportFormat},
      {"suite", {{"version", report.suite_version}, {"catalogue_sha256", report.catalogue_sha256}}},
      {"environment", {{"system", report.system}, {"cpus", report.cpus}}},
      {"selection", selection(report.selection)},
      {"started", time_text(report.started)},
      {"duration_ms", report.duration.count() / 1000},
      {"seed", report.seed},
      {"exit_status", report.exit_status},
      {"runs", std::move(runs)}};
  if (!report.stale.empty()) json["stale"] = report.stale;
  // In ASCII: a profile's text may hold characters that reorder a terminal's line.
  constexpr bool kAscii = true;
  return json.dump(1, ' ', kAscii) + "\n";
}

std::string to_json(const Report& report) { return to_json(document_of(report)); }

}  // namespace md5spec
