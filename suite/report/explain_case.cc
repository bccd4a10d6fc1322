#include "report/explain_case.h"

#include <algorithm>

#include <fmt/format.h>

#include "report/wire_log.h"
#include "text/bytes.h"

namespace md5spec {
namespace {

constexpr std::size_t kWireLines = 24;

std::string first_difference(const std::string& expected, const std::string& received) {
  // Both are quoted: place 0 is the opening quote.
  const auto [a, b] =
      std::mismatch(expected.begin(), expected.end(), received.begin(), received.end());
  if (a == expected.end() || a == expected.begin() || received.size() < 2 ||
      received.front() != '"')
    return {};
  return std::string(static_cast<std::size_t>(a - expected.begin()), ' ') + "^ first difference";
}

void explain_finding(const Finding& finding, std::vector<std::string>* lines) {
  lines->push_back(fmt::format("{}: {} (evidence: {})", finding.requirement,
                               displayable(finding.explanation), name_of(finding.evidence)));
  if (!finding.expected.empty()) lines->push_back("  expected  " + displayable(finding.expected));
  if (!finding.received.empty()) lines->push_back("  received  " + displayable(finding.received));
  const std::string difference = first_difference(finding.expected, finding.received);
  if (!difference.empty()) lines->push_back("            " + difference);
}

void explain_wire(const Transcript& transcript, const std::string& title,
                  std::vector<std::string>* lines) {
  const auto log = wire_log(transcript, kWireLines);
  if (log.empty()) return;
  lines->push_back(title);
  for (const WireEvent& event : log) lines->push_back("  " + in_words(event));
  if (log.size() == kWireLines) lines->push_back("  …");
}

}  // namespace

std::vector<std::string> explain_case(const CaseResult& result, const RunResult& run) {
  std::vector<std::string> lines;
  lines.push_back(fmt::format("{}/{} ({})", run.profile->name, result.spec->id(),
                              displayable(result.spec->where.str())));
  if (result.outcome.findings.empty()) lines.push_back(displayable(result.outcome.reason));
  for (const Finding& finding : result.outcome.findings) explain_finding(finding, &lines);
  lines.push_back("why: " + displayable(result.spec->why));
  for (const std::string& note : result.notes) lines.push_back("note: " + displayable(note));
  for (const Finding& finding : result.observations) {
    lines.push_back(
        fmt::format("also seen, {}: {}", finding.requirement, displayable(finding.explanation)));
  }
  if (result.transcript) explain_wire(*result.transcript, "wire log:", &lines);
  if (result.first_transcript)
    explain_wire(*result.first_transcript, "wire log of the first attempt:", &lines);
  if (!result.reproduce.empty()) lines.push_back("see it: " + displayable(result.reproduce));
  return lines;
}

}  // namespace md5spec
