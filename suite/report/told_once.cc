#include "report/told_once.h"

#include <algorithm>

#include <fmt/format.h>

namespace md5spec {

std::vector<std::pair<const FindingDocument*, std::size_t>> told_once(
    const std::vector<FindingDocument>& findings) {
  std::vector<std::pair<const FindingDocument*, std::size_t>> all;
  for (const FindingDocument& finding : findings) {
    const auto known = std::find_if(all.begin(), all.end(),
                                    [&](const auto& one) { return *one.first == finding; });
    if (known == all.end()) {
      all.emplace_back(&finding, 1);
    } else {
      ++known->second;
    }
  }
  return all;
}

std::string so_often(std::size_t times) {
  return times > 1 ? fmt::format(", {} times", times) : std::string();
}

}  // namespace md5spec
