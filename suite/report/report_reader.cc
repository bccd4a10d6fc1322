#include "report/report_reader.h"

#include <cerrno>
#include <cstring>
#include <set>

#include <fmt/format.h>

#include "report/files.h"
#include "report/json.h"
#include "report/strict_json.h"
#include "report/time_text.h"
#include "text/bytes.h"

namespace md5spec {
namespace {

constexpr std::int64_t kLongest = std::int64_t{1} << 53;  // what JSON's numbers hold for sure

// The one of `all` whose name `node` is.
template <typename Enum>
Enum named(const JsonNode& node, const std::vector<Enum>& all) {
  std::vector<std::string_view> names;
  names.reserve(all.size());
  for (const Enum one : all) names.push_back(name_of(one));
  return all[node.one_of(names)];
}

Outcome outcome(const JsonNode& node) {
  return named<Outcome>(
      node, {Outcome::kPass, Outcome::kFail, Outcome::kWarn, Outcome::kSkip, Outcome::kError,
             Outcome::kXfail, Outcome::kXpass, Outcome::kNotRun});
}

std::string shown(const JsonNode& node) { return displayable(node.text()); }

std::string shown_or_empty(const JsonNode& node, std::string_view key) {
  return displayable(node.text_or_empty(key));
}

std::vector<std::string> all_shown(const JsonNode& node) {
  std::vector<std::string> all;
  for (const JsonNode& one : node.items()) all.push_back(shown(one));
  return all;
}

std::vector<std::string> words(const JsonNode& node) {
  std::vector<std::string> all;
  for (const JsonNode& one : node.items()) all.push_back(one.word());
  return all;
}

template <typename Unit>
Duration duration(const JsonNode& node) {
  return Unit(node.integer(0, kLongest / 1000));
}

FindingDocument finding(const JsonNode& node) {
  FindingDocument one;
  one.requirement = node.at("requirement").word();
  one.expected = shown(node.at("expected"));
  one.received = shown(node.at("received"));
  one.evidence = named<Evidence>(
      node.at("evidence"),
      {Evidence::kBytes, Evidence::kEndOfStream, Evidence::kSentinel, Evidence::kReset,
       Evidence::kSilence, Evidence::kDeadline, Evidence::kConnect, Evidence::kProcess});
  one.explanation = shown(node.at("explanation"));
  const auto usually = node.find("usually");
  one.usually = usually ? usually->word() : one.requirement;
  if (const auto causes = node.find("causes")) one.causes = words(*causes);
  if (const auto size = node.find("message_bytes")) one.size = size->natural();
  if (const auto in_control = node.find("in_control")) one.in_control = in_control->boolean();
  if (const auto anomaly = node.find("anomaly"))
    one.anomaly = named<Anomaly>(*anomaly, all_anomalies());
  if (const auto size = node.find("largest_message_bytes")) one.largest = size->natural();
  if (const auto half_closed = node.find("half_closed")) one.half_closed = half_closed->boolean();
  if (const auto turned_away = node.find("turned_away")) one.turned_away = turned_away->boolean();
  if (const auto died = node.find("server_died")) one.died = died->boolean();
  return one;
}

std::vector<FindingDocument> findings(const JsonNode& node) {
  std::vector<FindingDocument> all;
  for (const JsonNode& one : node.items()) all.push_back(finding(one));
  return all;
}

std::vector<WireEvent> wire(const JsonNode& node) {
  std::vector<WireEvent> events;
  for (const JsonNode& one : node.items()) {
    WireEvent event;
    event.at = duration<std::chrono::microseconds>(one.at("at_us"));
    event.connection = static_cast<int>(one.at("connection").integer(0, INT32_MAX));
    event.event = one.at("event").word();
    if (event.has_bytes()) {
      event.bytes = one.at("bytes").natural();
      const JsonNode data = one.at("data");
      if (!unhex(data.text(), &event.data)) data.fail("must be hex digits");
    } else {
      event.data = shown_or_empty(one, "detail");
    }
    events.push_back(std::move(event));
  }
  return events;
}

Basis basis(const JsonNode& node, const CaseDocument& one) {
  Basis basis;
  basis.kind = named<Basis::Kind>(
      node.at("basis"),
      {Basis::Kind::kPlan, Basis::Kind::kUntried, Basis::Kind::kNotRun, Basis::Kind::kJudgement});
  if (const auto hindrance = node.find("hindrance")) {
    basis.hindrance = named<Hindrance::Kind>(
        *hindrance,
        {Hindrance::Kind::kNone, Hindrance::Kind::kEnvironment, Hindrance::Kind::kSegmentTooSmall,
         Hindrance::Kind::kTlsTooOld, Hindrance::Kind::kInterrupted, Hindrance::Kind::kNotClaimed});
  }
  const auto judged = node.find("judged");
  basis.findings = judged ? findings(*judged) : one.findings;
  const bool judgement = basis.kind == Basis::Kind::kJudgement;
  if (!judgement || basis.hindrance != Hindrance::Kind::kNone) basis.reason = one.reason;
  return basis;
}

// Takes a number of at most nine digits, with the colon before it, from the end of `text`; 0 if
// there is none.
int take_number(std::string* text) {
  const std::size_t colon = text->rfind(':');
  const std::string digits = colon == std::string::npos ? "" : text->substr(colon + 1);
  if (digits.empty() || digits.size() > 9 ||
      digits.find_first_not_of("0123456789") != std::string::npos)
    return 0;
  text->resize(colon);
  return std::stoi(digits);
}

// "file:12:5"
void read_place(const JsonNode& node, CaseDocument* one) {
  one->file = shown(node);
  const int last = take_number(&one->file);
  const int before = take_number(&one->file);
  one->line = before > 0 ? before : last;
  one->column = before > 0 ? last : 0;
}

CaseDocument read_case(const JsonNode& node) {
  CaseDocument one;
  one.id = node.at("id").word();
  const std::size_t dot = one.id.find('.');
  if (dot == std::string::npos || dot == 0 || dot + 1 == one.id.size())
    node.at("id").fail("must be a case's id, group.name");
  one.requirements = words(node.at("requirements"));
  if (one.requirements.empty()) node.at("requirements").fail("must name at least one");
  one.outcome = outcome(node.at("outcome"));
  one.duration = duration<std::chrono::microseconds>(node.at("duration_us"));
  if (const auto culprit = node.find("culprit")) {
    one.culprit =
        named<Culprit>(*culprit, {Culprit::kServer, Culprit::kEnvironment, Culprit::kSuite});
  }
  one.reason = shown_or_empty(node, "reason");
  one.findings = findings(node.at("findings"));
  one.observations = findings(node.at("observations"));
  if (const auto list = node.find("impediments")) one.impediments = findings(*list);
  if (const auto list = node.find("oddities")) one.oddities = findings(*list);
  if (const auto list = node.find("notes")) one.notes = all_shown(*list);
  if (const auto list = node.find("wire")) {
    one.shown = true;
    one.wire = wire(*list);
  }
  if (const auto list = node.find("first_wire")) {
    one.carried_out_twice = true;
    one.first_wire = wire(*list);
  }
  one.reproduce = shown_or_empty(node, "reproduce");
  one.basis = basis(node, one);
  if (const auto known = node.find("known_failing")) one.known_failing = shown(*known);
  one.title = shown_or_empty(node, "title");
  one.why = shown_or_empty(node, "why");
  if (const auto where = node.find("where")) read_place(*where, &one);
  return one;
}

RequirementDocument read_requirement(const JsonNode& node) {
  RequirementDocument one;
  one.id = node.at("id").word();
  one.level = node.at("level").one_of({"MUST", "SHOULD"}) == 0 ? Level::kMust : Level::kShould;
  one.outcome = outcome(node.at("outcome"));
  one.cases = node.at("cases").natural(UINT32_MAX);
  one.title = shown_or_empty(node, "title");
  one.sentence = shown_or_empty(node, "sentence");
  one.reason = shown_or_empty(node, "reason");
  return one;
}

void check_cases(const JsonNode& node, const RunDocument& run) {
  std::set<std::string> seen;
  std::map<Outcome, std::size_t> counts;
  for (const CaseDocument& one : run.cases) {
    if (!seen.insert(one.id).second) node.at("cases").fail(fmt::format("has {} twice", one.id));
    ++counts[one.outcome];
  }
  for (const auto& [outcome, count] : run.counts) {
    const auto found = counts.find(outcome);
    const std::size_t there = found == counts.end() ? 0 : found->second;
    if (count != there) {
      node.at("counts").fail(
          fmt::format("says {} {}, but there are {}", count, name_of(outcome), there));
    }
  }
}

Fingerprint read_fingerprint(const JsonNode& node) {
  Fingerprint print;
  for (const SituationSpec& spec : situations()) {
    const auto counts = node.find(spec.name);
    if (!counts) continue;
    for (const Reaction reaction : spec.reactions) {
      if (const auto count = counts->find(name_of(reaction)))
        print.tallies[spec.situation][reaction] = count->natural(kLongest);
    }
  }
  if (const auto size = node.find("longest_whole_read"))
    print.longest_whole_read = size->natural(kLongest);
  if (const auto size = node.find("shortest_split")) print.shortest_split = size->natural(kLongest);
  return print;
}

RunDocument read_run(const JsonNode& node) {
  RunDocument run;
  run.profile = node.at("profile").word();
  run.profile_text = node.at("profile_text").text();
  run.target = shown(node.at("target"));
  run.server = shown_or_empty(node, "server");
  run.verdict =
      named<Verdict>(node.at("verdict"), {Verdict::kConformant, Verdict::kConformantWithWarnings,
                                          Verdict::kNonConformant, Verdict::kInconclusive});
  const JsonNode declared = node.at("declared");
  run.accepts = shown(declared.at("accepts"));
  if (const auto bytes = declared.find("message_bytes")) run.message_bytes = bytes->natural();
  if (const auto list = declared.find("restrictions")) run.restrictions = all_shown(*list);
  if (const auto started = node.find("started_by_md5spec")) run.started = started->boolean();
  run.start_command = shown_or_empty(node, "start_command");
  if (const auto why = node.find("unreachable")) run.unreachable = shown(*why);
  if (const auto time = node.find("duration_ms"))
    run.duration = duration<std::chrono::milliseconds>(*time);
  if (const auto time = node.find("waited_ms"))
    run.waited = duration<std::chrono::milliseconds>(*time);
  if (const auto facts = node.find("fingerprint")) run.fingerprint = read_fingerprint(*facts);
  const JsonNode counts = node.at("counts");
  for (const Outcome one : {Outcome::kPass, Outcome::kFail, Outcome::kWarn, Outcome::kSkip,
                            Outcome::kError, Outcome::kXfail, Outcome::kXpass, Outcome::kNotRun})
    run.counts[one] = counts.at(name_of(one)).natural(UINT32_MAX);
  for (const JsonNode& one : node.at("requirements").items())
    run.requirements.push_back(read_requirement(one));
  for (const JsonNode& one : node.at("cases").items()) run.cases.push_back(read_case(one));
  check_cases(node, run);
  return run;
}

std::vector<BaselineChange> changes(const JsonNode& node) {
  std::vector<BaselineChange> all;
  for (const JsonNode& one : node.items())
    all.push_back({shown(one.at("test")), shown(one.at("before")), shown(one.at("now"))});
  return all;
}

SelectionDocument read_selection(const JsonNode& node) {
  SelectionDocument selection;
  selection.only = all_shown(node.at("only"));
  selection.skip = all_shown(node.at("skip"));
  selection.tags = all_shown(node.at("tags"));
  selection.gtest_filter = shown(node.at("gtest_filter"));
  selection.shard = shown(node.at("shard"));
  if (const auto known = node.find("known_failing")) selection.known_failing = shown(*known);
  selection.interrupted = node.at("interrupted").boolean();
  if (const auto baseline = node.find("baseline")) {
    selection.baseline = {shown(baseline->at("file")), changes(baseline->at("worse")),
                          changes(baseline->at("better")), all_shown(baseline->at("notes"))};
  }
  if (const auto merged = node.find("merged")) {
    selection.merged = merged->natural(UINT32_MAX);
    selection.missing = all_shown(node.at("missing"));
  }
  return selection;
}

// "2026-01-02T03:04:05Z"
std::string sha256(const JsonNode& node) {
  std::string text = node.text();
  if (text.size() != 64 || text.find_first_not_of("0123456789abcdef") != std::string::npos)
    node.fail("must be a SHA-256 in 64 lower-case hex digits");
  return text;
}

}  // namespace

ReportDocument read_report(const std::string& text, const std::string& file) {
  const JsonNode root = JsonNode::parse(text, file);
  const JsonNode format = root.at("format");
  if (format.text() != kReportFormat)
    format.fail(fmt::format("is {}; this is no report that this md5spec can read ({})",
                            in_quotes(format.text()), kReportFormat));
  ReportDocument report;
  report.suite_version = shown(root.at("suite").at("version"));
  report.catalogue_sha256 = sha256(root.at("suite").at("catalogue_sha256"));
  report.system = shown(root.at("environment").at("system"));
  report.cpus = root.at("environment").at("cpus").integer(-1, INT32_MAX);
  report.selection = read_selection(root.at("selection"));
  report.started = read_time(root.at("started"));
  report.duration = duration<std::chrono::milliseconds>(root.at("duration_ms"));
  report.seed = root.at("seed").natural();
  report.exit_status = static_cast<int>(root.at("exit_status").integer(0, 255));
  std::set<std::string> profiles;
  for (const JsonNode& one : root.at("runs").items()) {
    report.runs.push_back(read_run(one));
    if (!profiles.insert(report.runs.back().profile).second)
      one.fail(fmt::format("is a second run under the profile {}", report.runs.back().profile));
  }
  if (const auto stale = root.find("stale")) report.stale = all_shown(*stale);
  return report;
}

ReportDocument load_report(const std::string& path) { return read_report(read_file(path), path); }

}  // namespace md5spec
