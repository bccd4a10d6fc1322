// A report as plain data, owning all that it says: made from a run just done (document_of) or read
// back from a JSON report (report/report_reader). Every format is written from it, so that merged
// and compared reports look like fresh ones.
//
// All text in it is displayable already (text/bytes.h); only WireEvent::data may hold raw bytes.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "report/results.h"
#include "report/wire_log.h"

namespace md5spec {

struct FindingDocument {
  std::string requirement;
  std::string expected;
  std::string received;
  Evidence evidence = Evidence::kBytes;
  std::string explanation;
  std::string usually;              // what such a thing breaks as a rule
  std::vector<std::string> causes;  // other requirements that would account for it
  std::uint64_t size = 0;           // of the message that it is about
  bool in_control = false;
  // What else there is to know where outcomes are worked out again (judge/finding.h).
  Anomaly anomaly = Anomaly::kNoReply;
  std::uint64_t largest = 0;
  bool half_closed = false;
  bool turned_away = false;
  bool died = false;

  friend bool operator==(const FindingDocument&, const FindingDocument&) = default;
};

// What a case's outcome came from, so that it can be worked out again beside other cases.
struct Basis {
  enum class Kind {
    kPlan,       // it doesn't apply: skipped without being carried out
    kUntried,    // it couldn't be tried, for the server's sake
    kNotRun,     // the run was over before it
    kJudgement,  // it was carried out and judged: by `findings`, the case's observations,
                 // impediments and oddities, `hindrance`
  };
  Kind kind = Kind::kNotRun;
  std::vector<FindingDocument> findings;  // before those that are blocked were taken out
  Hindrance::Kind hindrance = Hindrance::Kind::kNone;
  std::string reason;  // of a skip by plan, of what wasn't tried, of a hindrance
};

struct CaseDocument {
  std::string id;     // group.name
  std::string title;  // may be empty
  std::string why;    // the mistake that it catches
  std::string file;   // where it is written
  int line = 0;
  int column = 0;
  std::vector<std::string> requirements;
  Outcome outcome = Outcome::kNotRun;
  Culprit culprit = Culprit::kNone;
  std::string reason;
  Duration duration{};
  std::vector<FindingDocument> findings;
  std::vector<FindingDocument> observations;
  std::vector<FindingDocument> impediments;
  std::vector<FindingDocument> oddities;
  std::vector<std::string> notes;
  std::optional<std::string> known_failing;  // why it is listed as known to fail, if it is
  Basis basis;
  bool shown = false;              // whether `wire` stands in the report
  std::vector<WireEvent> wire;     // of the attempt that counts
  bool carried_out_twice = false;  // then:
  std::vector<WireEvent> first_wire;
  std::string reproduce;  // a command that shows it again

  std::string group() const { return id.substr(0, id.find('.')); }
  std::string name() const { return id.substr(id.find('.') + 1); }
  std::string where() const;  // "cases/utf8.yaml:12:5"; empty where it isn't known
  // Neither passed nor skipped without being carried out.
  bool is_remarkable() const {
    return outcome != Outcome::kPass &&
           (outcome != Outcome::kSkip || basis.kind == Basis::Kind::kJudgement);
  }
};

struct RequirementDocument {
  std::string id;
  Level level = Level::kMust;
  std::string title;
  std::string sentence;
  Outcome outcome = Outcome::kSkip;
  std::uint64_t cases = 0;  // that were carried out for it
  std::string reason;       // where it was skipped
};

struct RunDocument {
  std::string profile;
  std::string profile_text;
  std::string target;
  std::string server;  // what was tested, in words
  Verdict verdict = Verdict::kInconclusive;
  std::string accepts;
  std::optional<std::uint64_t> message_bytes;  // the limit, where one is declared
  std::vector<std::string> restrictions;
  bool started = false;       // md5spec started the server itself
  std::string start_command;  // that --start gave; empty: none did
  std::optional<std::string> unreachable;
  Duration duration{};
  Duration waited{};
  Fingerprint fingerprint;  // empty where the report doesn't tell
  std::map<Outcome, std::size_t> counts;
  std::vector<RequirementDocument> requirements;
  std::vector<CaseDocument> cases;

  std::size_t count(Outcome outcome) const;
};

struct SelectionDocument {
  std::vector<std::string> only;
  std::vector<std::string> skip;
  std::vector<std::string> tags;
  std::string gtest_filter = "*";
  std::string shard = "1/1";
  std::optional<std::string> known_failing;
  bool interrupted = false;
  std::optional<BaselineComparison> baseline;
  std::uint64_t merged = 0;  // how many reports it was made from; 0: it is a run's own
  std::vector<std::string>
      missing;  // of a merged report: tests of the catalogue that no report has

  // Why the report doesn't tell of every case: what left some out. Empty where nothing did.
  std::string narrowed_by() const;
};

struct ReportDocument {
  std::string suite_version;
  std::string catalogue_sha256;
  std::string system;
  std::int64_t cpus = 0;
  SelectionDocument selection;
  std::chrono::sys_seconds started;
  Duration duration{};
  std::uint64_t seed = 1;
  int exit_status = 0;
  std::vector<RunDocument> runs;
  std::vector<std::string> stale;
};

ReportDocument document_of(const Report& report);
RunDocument document_of(const RunResult& run);
CaseDocument document_of(const CaseResult& result);
FindingDocument document_of(const Finding& finding);

// What resolve() makes an outcome of, back from what a report keeps of it. `spec`: the case that
// `one` is of, in the catalogue.
JudgedCase judged_of(const CaseDocument& one, const Case& spec);

// "conformant for UTF-8 messages of up to 1024 bytes"
std::string verdict_in_words(const RunDocument& run);

// How bad an outcome is: 0 nothing is known to be wrong, 1 a warning, 2 undecided, 3 a failure.
int badness(Outcome outcome);

}  // namespace md5spec
