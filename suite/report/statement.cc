#include "report/statement.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "digest/sha256.h"
#include "report/gzip.h"
#include "report/strict_json.h"
#include "report/time_text.h"
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
  Json observations = Json::array();
  for (const auto& [key, times] : run.observations) {
    observations.push_back({{"case", key.first}, {"requirement", key.second}, {"times", times}});
  }
  return {{"profile", run.profile},
          {"profile_text", run.profile_text},
          {"target", run.target},
          {"started_by_md5spec", run.started},
          {"verdict", name_of(run.verdict)},
          {"restrictions", run.restrictions},
          {"counts", std::move(counts)},
          {"requirements", std::move(requirements)},
          {"observations", std::move(observations)}};
}

// All but the transcripts themselves: there are several ways to compress a text.
Json transcripts_json(const std::string& text) {
  return {{"mediaType", "application/jsonl"},
          {"encoding", "gzip+base64"},
          {"bytes", text.size()},
          {"sha256", sha256_hex(text)}};
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

// All but the transcripts themselves.
Json statement_json(const Certificate& certificate) {
  Json subjects = Json::array();
  for (const Subject& one : certificate.subjects)
    subjects.push_back({{"name", displayable(one.name)}, {"digest", {{"sha256", one.sha256}}}});
  return {{"_type", kStatementType},
          {"subject", std::move(subjects)},
          {"predicateType", kPredicateType},
          {"predicate", predicate(certificate)}};
}

std::string read_sha256(const JsonNode& node) {
  std::string text = node.text();
  if (text.size() != 64 || text.find_first_not_of("0123456789abcdef") != std::string::npos)
    node.fail("must be a SHA-256 in 64 lower-case hex digits");
  return text;
}

Certificate::Run read_certified_run(const JsonNode& node) {
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
  for (const JsonNode& item : node.at("observations").items()) {
    const std::pair key(item.at("case").word(), item.at("requirement").word());
    if (!run.observations.emplace(key, item.at("times").natural(UINT32_MAX)).second)
      item.fail("has been listed before");
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

// A statement says most things twice, once for tools that know in-toto alone: what `certificate`
// doesn't say mustn't stand in it.
void refuse_what_doesnt_follow(const std::string& text, const Certificate& certificate,
                               const JsonNode& root) {
  using Unordered = nlohmann::json;
  Unordered said = Unordered::parse(text);
  for (Unordered& one : said["predicate"]["md5spec"]["transcripts"]) one.erase("data");
  const Unordered follows = Unordered::parse(statement_json(certificate).dump());
  if (said == follows) return;
  const std::string where = Unordered::diff(said, follows).front().at("path");
  root.fail(fmt::format("what stands at {} doesn't follow from the rest of the statement",
                        in_quotes(where.substr(1))));
}

}  // namespace

std::string to_statement(const Certificate& certificate) {
  Json statement = statement_json(certificate);
  Json& transcripts = statement["predicate"]["md5spec"]["transcripts"];
  for (std::size_t i = 0; i < certificate.transcripts.size(); ++i)
    transcripts[i]["data"] = base64(gzip(certificate.transcripts[i]));
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
  if (root.at("subject").size() == 0) root.at("subject").fail("must name what was tested");
  for (const JsonNode& one : root.at("subject").items()) {
    certificate.subjects.push_back(
        {displayable(one.at("name").text()), read_sha256(one.at("digest").at("sha256"))});
  }
  const JsonNode node = root.at("predicate").at("md5spec");
  certificate.suite_version = displayable(node.at("version").text());
  certificate.catalogue_sha256 = read_sha256(node.at("catalogue_sha256"));
  certificate.seed = node.at("seed").natural();
  certificate.started = time_text(read_time(node.at("started")));
  certificate.huge = node.at("huge_messages").boolean();
  for (const JsonNode& run : node.at("runs").items())
    certificate.runs.push_back(read_certified_run(run));
  for (const JsonNode& one : node.at("transcripts").items())
    certificate.transcripts.push_back(read_transcripts(one));
  if (certificate.runs.empty()) node.at("runs").fail("must hold a run");
  if (certificate.transcripts.empty()) node.at("transcripts").fail("must hold some");
  refuse_what_doesnt_follow(text, certificate, root);
  return certificate;
}

}  // namespace md5spec
