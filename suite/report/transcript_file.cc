#include "report/transcript_file.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "report/transcript_json.h"
#include "report/version.h"
#include "text/bytes.h"

namespace md5spec {
namespace {

using Json = nlohmann::ordered_json;

std::string head_line(const Report& report) {
  Json runs = Json::array();
  for (const RunResult& run : report.runs) {
    runs.push_back({{"profile", run.profile->name},
                    {"profile_text", to_yaml(*run.profile)},
                    {"started_by_md5spec", run.started}});
  }
  const Json head = {
      {"format", kTranscriptsFormat},
      {"suite", {{"version", kVersion}, {"catalogue_sha256", report.catalogue_sha256}}},
      {"seed", report.seed},
      {"tags", report.selection.tags},
      {"runs", std::move(runs)}};
  constexpr bool kAscii = true;
  return head.dump(-1, ' ', kAscii) + "\n";
}

void write_one(const RunResult& run, const CaseResult& one, const Transcript& transcript,
               std::string_view attempt, std::ostream& out) {
  out << fmt::format(R"({{"profile":"{}","case":"{}","attempt":"{}",)", run.profile->name,
                     one.spec->id(), attempt)
      << transcript_members(transcript, *run.profile) << "}\n";
}

}  // namespace

void write_transcripts(const Report& report, std::ostream& out) {
  out << head_line(report);
  std::uint64_t written = 0;
  for (const RunResult& run : report.runs) {
    for (const CaseResult& one : run.cases) {
      if (one.first_transcript) {
        write_one(run, one, *one.first_transcript, "first", out);
        ++written;
      }
      if (one.transcript) {
        write_one(run, one, *one.transcript, "counted", out);
        ++written;
      }
    }
  }
  out << fmt::format("{{\"end\":{}}}\n", written);
}

TranscriptsReader::TranscriptsReader(std::string_view text, std::string file)
    : rest_(text), file_(std::move(file)) {
  const JsonNode node = next_line();
  const JsonNode format = node.at("format");
  if (format.text() != kTranscriptsFormat) {
    format.fail(fmt::format("is {}; these are no transcripts that this md5spec can read ({})",
                            in_quotes(format.text()), kTranscriptsFormat));
  }
  head_.suite_version = displayable(node.at("suite").at("version").text());
  head_.catalogue_sha256 = node.at("suite").at("catalogue_sha256").word();
  head_.seed = node.at("seed").natural();
  for (const JsonNode& tag : node.at("tags").items()) head_.tags.push_back(tag.word());
  for (const JsonNode& run : node.at("runs").items()) {
    head_.runs.push_back({run.at("profile").word(), run.at("profile_text").text(),
                          run.at("started_by_md5spec").boolean()});
  }
}

JsonNode TranscriptsReader::next_line() {
  const std::size_t end = rest_.find('\n');
  ++line_;
  if (end == std::string_view::npos) {
    throw InputError({displayable(file_), line_, 0},
                     "the file ends here, without the line that tells its end");
  }
  JsonNode node = JsonNode::parse(rest_.substr(0, end), file_, line_);
  rest_.remove_prefix(end + 1);
  return node;
}

std::optional<StoredTranscript> TranscriptsReader::next() {
  const JsonNode node = next_line();
  if (const auto end = node.find("end")) {
    if (end->natural() != read_) end->fail(fmt::format("there are {} transcripts", read_));
    if (!rest_.empty()) end->fail("there is more behind the end");
    return std::nullopt;
  }
  ++read_;
  const bool first = node.at("attempt").one_of({"first", "counted"}) == 0;
  return StoredTranscript{node.at("profile").word(), node.at("case").word(), first, node};
}

}  // namespace md5spec
