#include "report/told_once.h"

#include <algorithm>

#include <fmt/format.h>

namespace md5spec {
namespace {

bool read_alike(const FindingDocument& a, const FindingDocument& b) {
  return a.requirement == b.requirement && a.explanation == b.explanation &&
         a.expected == b.expected && a.received == b.received && a.evidence == b.evidence;
}

}  // namespace

std::vector<std::pair<const FindingDocument*, std::size_t>> told_once(
    const std::vector<FindingDocument>& findings) {
  std::vector<std::pair<const FindingDocument*, std::size_t>> all;
  for (const FindingDocument& finding : findings) {
    const auto known = std::find_if(
        all.begin(), all.end(), [&](const auto& one) { return read_alike(*one.first, finding); });
    if (known == all.end()) {
      all.emplace_back(&finding, 1);
    } else {
      ++known->second;
    }
  }
  return all;
}

std::vector<std::pair<const FindingDocument*, std::size_t>> told_beside_findings(
    const CaseDocument& one) {
  auto all = told_once(one.observations);
  // An impediment is among the observations, too, unless a report left it out there.
  for (const auto& entry : told_once(one.impediments)) {
    const bool known = std::any_of(all.begin(), all.end(), [&](const auto& other) {
      return read_alike(*other.first, *entry.first);
    });
    if (!known) all.push_back(entry);
  }
  std::erase_if(all, [&](const auto& entry) {
    return std::any_of(one.findings.begin(), one.findings.end(),
                       [&](const auto& finding) { return read_alike(finding, *entry.first); });
  });
  return all;
}

std::string so_often(std::size_t times) {
  return times > 1 ? fmt::format(", {} times", times) : std::string();
}

}  // namespace md5spec
