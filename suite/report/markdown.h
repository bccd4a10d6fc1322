// The Markdown report, for pull requests and GitHub's step summaries.
#pragma once

#include <string>

#include "report/report_document.h"

namespace md5spec {

// What a comment on GitHub holds, with room for a few words around it.
inline constexpr std::size_t kMarkdownMost = 60'000;

// The verdicts, what is broken, the cases that didn't pass, what was skipped and why. At most
// kMarkdownMost bytes: cases beyond are counted only.
std::string to_markdown(const ReportDocument& report);

}  // namespace md5spec
