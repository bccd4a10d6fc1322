#include "report/explain_case.h"

#include <algorithm>

#include <fmt/format.h>

#include "report/told_once.h"

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

void explain_finding(const FindingDocument& finding, std::size_t times,
                     std::vector<std::string>* lines) {
  lines->push_back(fmt::format("{}: {} (evidence: {}{})", finding.requirement, finding.explanation,
                               name_of(finding.evidence), so_often(times)));
  if (!finding.expected.empty()) lines->push_back("  expected  " + finding.expected);
  if (!finding.received.empty()) lines->push_back("  received  " + finding.received);
  const std::string difference = first_difference(finding.expected, finding.received);
  if (!difference.empty()) lines->push_back("            " + difference);
}

void explain_wire(const std::vector<WireEvent>& log, const std::string& title,
                  std::vector<std::string>* lines) {
  if (log.empty()) return;
  lines->push_back(title);
  for (std::size_t i = 0; i < std::min(log.size(), kWireLines); ++i)
    lines->push_back("  " + in_words(log[i]));
  if (log.size() >= kWireLines) lines->push_back("  …");
}

}  // namespace

std::vector<std::string> explain_case(const CaseDocument& one, const std::string& profile) {
  std::vector<std::string> lines;
  lines.push_back(fmt::format("{}/{} ({})", profile, one.id, one.where()));
  if (one.findings.empty()) lines.push_back(one.reason);
  for (const auto& [finding, times] : told_once(one.findings))
    explain_finding(*finding, times, &lines);
  lines.push_back("why: " + one.why);
  for (const std::string& note : one.notes) lines.push_back("note: " + note);
  for (const auto& [finding, times] : told_beside_findings(one)) {
    lines.push_back(fmt::format("also seen, {}{}: {}", finding->requirement, so_often(times),
                                finding->explanation));
  }
  explain_wire(one.wire, "wire log:", &lines);
  explain_wire(one.first_wire, "wire log of the first attempt:", &lines);
  if (!one.reproduce.empty()) lines.push_back("see it: " + one.reproduce);
  return lines;
}

std::vector<std::string> explain_case(const CaseResult& result, const RunResult& run) {
  return explain_case(document_of(result), run.profile->name);
}

}  // namespace md5spec
