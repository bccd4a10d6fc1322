// What a case found again and again is told once, with how often.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "report/report_document.h"

namespace md5spec {

// Each finding once, as far as it reads otherwise than those before, in the order in which they
// came first, with how often it did. They stay the list's.
std::vector<std::pair<const FindingDocument*, std::size_t>> told_once(
    const std::vector<FindingDocument>& findings);

// What the case saw beside its findings: observations and impediments, each once. What reads like
// one of the findings is left out, since they are shown above it.
std::vector<std::pair<const FindingDocument*, std::size_t>> told_beside_findings(
    const CaseDocument& one);

// To be put behind what is told: ", 3 times"; empty for once.
std::string so_often(std::size_t times);

}  // namespace md5spec
