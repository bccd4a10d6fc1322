#include "report/certificate.h"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "digest/sha256.h"
#include "report/gzip.h"
#include "report/strict_json.h"
#include "text/bytes.h"

namespace md5spec {
namespace {

using Json = nlohmann::ordered_json;

// No run's transcripts are larger; what is compressed could swell without end.
constexpr std::size_t kLargestTranscripts = std::size_t{1} << 31U;

constexpr std::array kOutcomes = {Outcome::kPass,  Outcome::kFail,  Outcome::kWarn,
                                  Outcome::kSkip,  Outcome::kError, Outcome::kXfail,
                                  Outcome::kXpass, Outcome::kNotRun};
constexpr std::array kVerdicts = {Verdict::kConformant, Verdict::kConformantWithWarnings,
                                  Verdict::kNonConformant, Verdict::kInconclusive};

template <typename Enum, std::size_t kSize>
Enum named(const JsonNode& node, const std::array<Enum, kSize>& all) {
  std::vector<std::string_view> names;
  for (const Enum one : all) names.push_back(name_of(one));
  return all[node.one_of(names)];
}

bool is_good(Verdict verdict) {
  return verdict == Verdict::kConformant || verdict == Verdict::kConformantWithWarnings;
}

// Without a list of known failures, a failure is one and a pass is one.
Outcome plainly(const CaseDocument& one) {
  if (one.outcome == Outcome::kXpass) return Outcome::kPass;
  return one.outcome;
}

bool agree(const CaseDocument& one, Outcome derived) {
  if (one.outcome == Outcome::kXfail) return derived == Outcome::kFail || derived == Outcome::kWarn;
  return plainly(one) == derived;
}

std::string first_missing(const RunDocument& run, const Catalogue& catalogue) {
  std::set<std::string> there;
  for (const CaseDocument& one : run.cases) there.insert(one.id);
  for (const Case& one : catalogue.cases()) {
    if (!there.contains(one.id())) return one.id();
  }
  return {};
}

std::string why_not_certifiable(const RunDocument& run, const Catalogue& catalogue) {
  const std::string missing = first_missing(run, catalogue);
  if (!missing.empty())
    return fmt::format("{}: the run has no {}; all cases of the catalogue are needed", run.profile,
                       missing);
  if (run.count(Outcome::kXfail) + run.count(Outcome::kXpass) > 0)
    return fmt::format("{}: failures that are known are failures", run.profile);
  for (const RequirementDocument& one : run.requirements) {
    if (one.outcome == Outcome::kError && one.level == Level::kMust)
      return fmt::format("{}: {}, a MUST, is undecided", run.profile, one.id);
  }
  if (!is_good(run.verdict)) return fmt::format("{}: {}", run.profile, verdict_in_words(run));
  return {};
}

Json run_json(const Certificate::Run& run) {
  Json counts;
  for (const Outcome outcome : kOutcomes) {
    const auto found = run.counts.find(outcome);
    counts[std::string(name_of(outcome))] = found == run.counts.end() ? 0 : found->second;
  }
  Json requirements = Json::array();
  for (const RequirementDocument& one : run.requirements) {
    requirements.push_back({{"id", one.id},
                            {"level", one.level == Level::kMust ? "MUST" : "SHOULD"},
                            {"outcome", name_of(one.outcome)},
                            {"cases", one.cases}});
  }
  return {{"profile", run.profile},
          {"profile_text", run.profile_text},
          {"target", run.target},
          {"started_by_md5spec", run.started},
          {"verdict", name_of(run.verdict)},
          {"restrictions", run.restrictions},
          {"counts", std::move(counts)},
          {"requirements", std::move(requirements)}};
}

Json transcripts_json(const std::string& text) {
  return {{"mediaType", "application/jsonl"},
          {"encoding", "gzip+base64"},
          {"bytes", text.size()},
          {"sha256", sha256_hex(text)},
          {"data", base64(gzip(text))}};
}

// "line/DIG-1" for each requirement with that outcome.
Json tests(const Certificate& certificate, Outcome outcome) {
  Json list = Json::array();
  for (const Certificate::Run& run : certificate.runs) {
    for (const RequirementDocument& one : run.requirements) {
      if (one.outcome == outcome) list.push_back(run.profile + "/" + one.id);
    }
  }
  return list;
}

Json predicate(const Certificate& certificate) {
  Json configuration = Json::array();
  configuration.push_back(
      {{"name", "catalogue"}, {"digest", {{"sha256", certificate.catalogue_sha256}}}});
  bool warned = false;
  Json runs = Json::array();
  for (const Certificate::Run& run : certificate.runs) {
    configuration.push_back({{"name", "profile/" + run.profile},
                             {"digest", {{"sha256", sha256_hex(run.profile_text)}}}});
    warned = warned || run.verdict == Verdict::kConformantWithWarnings;
    runs.push_back(run_json(run));
  }
  Json transcripts = Json::array();
  for (const std::string& text : certificate.transcripts)
    transcripts.push_back(transcripts_json(text));
  return {{"result", warned ? "WARNED" : "PASSED"},
          {"configuration", std::move(configuration)},
          {"passedTests", tests(certificate, Outcome::kPass)},
          {"warnedTests", tests(certificate, Outcome::kWarn)},
          {"failedTests", Json::array()},
          {"md5spec",
           {{"version", certificate.suite_version},
            {"catalogue_sha256", certificate.catalogue_sha256},
            {"seed", certificate.seed},
            {"started", certificate.started},
            {"huge_messages", certificate.huge},
            {"runs", std::move(runs)},
            {"transcripts", std::move(transcripts)}}}};
}

std::string read_sha256(const JsonNode& node) {
  std::string text = node.text();
  if (text.size() != 64 || text.find_first_not_of("0123456789abcdef") != std::string::npos)
    node.fail("must be a SHA-256 in 64 lower-case hex digits");
  return text;
}

Certificate::Run read_run(const JsonNode& node) {
  Certificate::Run run;
  run.profile = node.at("profile").word();
  run.profile_text = node.at("profile_text").text();
  run.target = displayable(node.at("target").text());
  run.started = node.at("started_by_md5spec").boolean();
  run.verdict = named(node.at("verdict"), kVerdicts);
  for (const std::string& one : node.at("restrictions").texts())
    run.restrictions.push_back(displayable(one));
  for (const Outcome outcome : kOutcomes)
    run.counts[outcome] = node.at("counts").at(name_of(outcome)).natural(UINT32_MAX);
  for (const JsonNode& item : node.at("requirements").items()) {
    RequirementDocument one;
    one.id = item.at("id").word();
    one.level = item.at("level").one_of({"MUST", "SHOULD"}) == 0 ? Level::kMust : Level::kShould;
    one.outcome = named(item.at("outcome"), kOutcomes);
    one.cases = item.at("cases").natural(UINT32_MAX);
    run.requirements.push_back(std::move(one));
  }
  return run;
}

std::string read_transcripts(const JsonNode& node) {
  if (node.at("encoding").text() != "gzip+base64") node.at("encoding").fail("must be gzip+base64");
  const std::size_t bytes = node.at("bytes").natural(kLargestTranscripts);
  std::string compressed;
  const JsonNode data = node.at("data");
  if (!unbase64(data.text(), &compressed)) data.fail("must be base64");
  auto text = gunzip(compressed, bytes);
  if (!text || text->size() != bytes)
    data.fail(fmt::format("must hold {} bytes, compressed", bytes));
  if (sha256_hex(*text) != read_sha256(node.at("sha256")))
    node.at("sha256").fail("isn't the digest of the transcripts");
  return std::move(*text);
}

// Compares one run as it was said to be with what its transcripts say.
template <typename Run>
std::string difference_of(const Run& said, const RunResult& derived) {
  for (const RequirementResult& one : derived.requirements) {
    const auto same =
        std::find_if(said.requirements.begin(), said.requirements.end(),
                     [&](const RequirementDocument& r) { return r.id == one.spec->id; });
    if (same == said.requirements.end())
      return fmt::format("{}: nothing is said of {}", said.profile, one.spec->id);
    if (same->outcome != one.outcome || same->cases != one.cases ||
        same->level != one.spec->level) {
      return fmt::format("{}: {} is said to be {} by {} cases, but its transcripts say {} by {}",
                         said.profile, one.spec->id, name_of(same->outcome), same->cases,
                         name_of(one.outcome), one.cases);
    }
  }
  if (said.requirements.size() != derived.requirements.size())
    return fmt::format("{}: more requirements are listed than the cases judge", said.profile);
  if (said.verdict != derived.verdict) {
    return fmt::format("{}: the verdict is said to be {}, but the transcripts say {}", said.profile,
                       name_of(said.verdict), name_of(derived.verdict));
  }
  return {};
}

template <typename Run>
std::string difference_of_runs(const std::vector<Run>& said, const Rejudged& rejudged) {
  if (said.size() != rejudged.runs.size()) return "the transcripts are of other profiles";
  for (const Run& run : said) {
    const auto same =
        std::find_if(rejudged.head.runs.begin(), rejudged.head.runs.end(),
                     [&](const TranscriptsHead::Run& r) { return r.profile == run.profile; });
    if (same == rejudged.head.runs.end())
      return fmt::format("there are no transcripts under the profile {}", run.profile);
    if (same->profile_text != run.profile_text || same->started != run.started)
      return fmt::format("the transcripts are under another profile named {}", run.profile);
  }
  return {};
}

const RunResult& run_named(const Rejudged& rejudged, const std::string& profile) {
  return *std::find_if(rejudged.runs.begin(), rejudged.runs.end(),
                       [&](const RunResult& run) { return run.profile->name == profile; });
}

}  // namespace

std::string why_not_certifiable(const ReportDocument& report, const Catalogue& catalogue) {
  const std::string narrowed = report.selection.narrowed_by();
  if (!narrowed.empty()) return "the run was narrowed: " + narrowed;
  if (report.selection.known_failing)
    return "failures were listed as known: " + *report.selection.known_failing;
  if (report.selection.interrupted) return "the run was interrupted";
  if (report.runs.empty()) return "nothing was tested";
  for (const RunDocument& run : report.runs) {
    if (std::string why = why_not_certifiable(run, catalogue); !why.empty()) return why;
  }
  return {};
}

std::string difference(const ReportDocument& report, const Rejudged& rejudged) {
  if (report.catalogue_sha256 != rejudged.head.catalogue_sha256 ||
      report.suite_version != rejudged.head.suite_version)
    return "the transcripts are of another catalogue or version than the report";
  if (report.seed != rejudged.head.seed) return "the transcripts are of a run with another seed";
  if (std::string other = difference_of_runs(report.runs, rejudged); !other.empty()) return other;
  for (const RunDocument& run : report.runs) {
    const RunResult& derived = run_named(rejudged, run.profile);
    std::map<std::string, const CaseResult*> results;
    for (const CaseResult& one : derived.cases) results[one.spec->id()] = &one;
    for (const CaseDocument& one : run.cases) {
      const auto found = results.find(one.id);
      if (found == results.end())
        return fmt::format("{}/{} is no case of the catalogue", run.profile, one.id);
      const CaseResult& result = *found->second;
      if (one.basis.kind == Basis::Kind::kJudgement && !result.judged.judgement)
        return fmt::format("{}/{} has no transcript", run.profile, one.id);
      if (agree(one, result.outcome.outcome)) continue;
      return fmt::format("{}/{} is said to be {}, but its transcript says {}", run.profile, one.id,
                         name_of(one.outcome), name_of(result.outcome.outcome));
    }
    const bool plain = run.count(Outcome::kXfail) + run.count(Outcome::kXpass) == 0;
    if (!plain || run.cases.size() != derived.cases.size()) continue;
    if (std::string other = difference_of(run, derived); !other.empty()) return other;
  }
  return {};
}

std::string difference(const Certificate& certificate, const Rejudged& rejudged) {
  if (certificate.catalogue_sha256 != rejudged.head.catalogue_sha256 ||
      certificate.suite_version != rejudged.head.suite_version)
    return "the transcripts are of another catalogue or version than the certificate";
  if (certificate.seed != rejudged.head.seed)
    return "the transcripts are of a run with another seed";
  if (std::string other = difference_of_runs(certificate.runs, rejudged); !other.empty())
    return other;
  if (!rejudged.missing.empty())
    return fmt::format("{} has no transcript", rejudged.missing.front());
  bool huge = false;
  for (const Certificate::Run& run : certificate.runs) {
    const RunResult& derived = run_named(rejudged, run.profile);
    if (std::string other = difference_of(run, derived); !other.empty()) return other;
    if (!is_good(derived.verdict)) return fmt::format("{} isn't conformant", run.profile);
    for (const auto& [outcome, count] : run.counts) {
      if (count != derived.count(outcome)) {
        return fmt::format("{}: {} cases are said to be {}, but the transcripts say {}",
                           run.profile, count, name_of(outcome), derived.count(outcome));
      }
    }
    for (const CaseResult& one : derived.cases) {
      huge = huge || (one.spec->tags.contains(std::string(kHugeTag)) && one.judged.judgement);
    }
  }
  if (huge != certificate.huge) return "what is said of huge messages isn't so";
  return {};
}

Certificate certify(const ReportDocument& report, const Catalogue& catalogue,
                    std::vector<Subject> subjects, std::vector<std::string> transcripts) {
  Certificate certificate;
  certificate.subjects = std::move(subjects);
  certificate.suite_version = report.suite_version;
  certificate.catalogue_sha256 = report.catalogue_sha256;
  certificate.seed = report.seed;
  certificate.started = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(report.started));
  for (const RunDocument& run : report.runs) {
    for (const CaseDocument& one : run.cases) {
      const Case* const spec = catalogue.find_case(one.id);
      const bool is_huge = spec != nullptr && spec->tags.contains(std::string(kHugeTag));
      const bool carried_out = one.basis.kind == Basis::Kind::kJudgement;
      certificate.huge = certificate.huge || (is_huge && carried_out);
    }
    certificate.runs.push_back({run.profile, run.profile_text, run.target, run.started, run.verdict,
                                run.restrictions, run.counts, run.requirements});
  }
  certificate.transcripts = std::move(transcripts);
  return certificate;
}

std::string to_statement(const Certificate& certificate) {
  Json subjects = Json::array();
  for (const Subject& one : certificate.subjects)
    subjects.push_back({{"name", displayable(one.name)}, {"digest", {{"sha256", one.sha256}}}});
  const Json statement = {{"_type", kStatementType},
                          {"subject", std::move(subjects)},
                          {"predicateType", kPredicateType},
                          {"predicate", predicate(certificate)}};
  constexpr bool kAscii = true;
  return statement.dump(-1, ' ', kAscii);
}

Certificate read_statement(const std::string& text, const std::string& file) {
  const JsonNode root = JsonNode::parse(text, file);
  const auto is = [](const JsonNode& node, const char* wanted) {
    if (node.text() != wanted) node.fail(fmt::format("must be {}", wanted));
  };
  is(root.at("_type"), kStatementType);
  is(root.at("predicateType"), kPredicateType);
  Certificate certificate;
  for (const JsonNode& one : root.at("subject").items()) {
    certificate.subjects.push_back(
        {displayable(one.at("name").text()), read_sha256(one.at("digest").at("sha256"))});
  }
  const JsonNode node = root.at("predicate").at("md5spec");
  certificate.suite_version = displayable(node.at("version").text());
  certificate.catalogue_sha256 = read_sha256(node.at("catalogue_sha256"));
  certificate.seed = node.at("seed").natural();
  certificate.started = displayable(node.at("started").text());
  certificate.huge = node.at("huge_messages").boolean();
  for (const JsonNode& run : node.at("runs").items()) certificate.runs.push_back(read_run(run));
  for (const JsonNode& one : node.at("transcripts").items())
    certificate.transcripts.push_back(read_transcripts(one));
  if (certificate.runs.empty()) node.at("runs").fail("must hold a run");
  if (certificate.transcripts.empty()) node.at("transcripts").fail("must hold some");
  return certificate;
}

}  // namespace md5spec
