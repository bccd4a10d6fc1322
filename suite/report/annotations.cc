#include "report/annotations.h"

#include <filesystem>

#include <fmt/format.h>

#include "report/markdown_text.h"
#include "report/page.h"
#include "text/bytes.h"

namespace md5spec {
namespace {

constexpr std::size_t kMost = 10;
constexpr std::size_t kAnnotationWords = 1000;

std::string escaped(std::string_view words, std::string_view also) {
  std::string out;
  for (const char c : displayable(words)) {
    if (c == '%' || also.find(c) != std::string_view::npos) {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out;
}

std::string property(std::string_view value) { return escaped(value, ":,"); }

// Of a file outside the workspace GitHub has nothing to show: the case's annotation stands without
// a place then, beside the workflow's run.
std::string place(const CaseDocument& one, const std::string& workspace) {
  if (one.file.empty() || workspace.empty()) return {};
  const auto whole = [](const std::string& path) {
    return std::filesystem::absolute(path).lexically_normal();
  };
  const std::filesystem::path file = whole(one.file).lexically_relative(whole(workspace + "/"));
  if (file.empty() || *file.begin() == ".." || *file.begin() == ".") return {};
  return fmt::format("file={},line={},", property(file.string()), one.line);
}

std::string message(const CaseDocument& one) {
  if (one.findings.empty()) return one.reason;
  const FindingDocument& first = one.findings.front();
  std::string words = fmt::format("{}: {}", first.requirement, first.explanation);
  if (!first.expected.empty()) words += ". Expected " + first.expected;
  if (!first.received.empty()) words += ", received " + first.received;
  if (!one.reproduce.empty()) words += ". See it: " + one.reproduce;
  return words;
}

std::string_view command_for(const CaseDocument& one) {
  switch (one.outcome) {
    case Outcome::kFail:
    case Outcome::kXpass:
    case Outcome::kError:
    case Outcome::kNotRun:
      return "error";
    case Outcome::kWarn:
      return "warning";
    default:
      return "";
  }
}

}  // namespace

std::string to_annotations(const ReportDocument& report, const std::string& workspace) {
  std::string out;
  std::size_t errors = 0;
  std::size_t warnings = 0;
  std::size_t left_out = 0;
  for (const Outcome outcome : outcomes_worst_first()) {
    for (const RunDocument& run : report.runs) {
      if (run.unreachable) continue;
      for (const CaseDocument& one : run.cases) {
        const std::string_view command = command_for(one);
        if (one.outcome != outcome || command.empty()) continue;
        std::size_t& count = command == "error" ? errors : warnings;
        if (count == kMost) {
          ++left_out;
          continue;
        }
        ++count;
        out += fmt::format(
            "::{} {}title={}::{}\n", command, place(one, workspace),
            property(fmt::format("{}/{}: {}", run.profile, one.id, in_words(one.outcome))),
            escaped(shortened(message(one), kAnnotationWords), ""));
      }
    }
  }
  for (const RunDocument& run : report.runs) {
    if (run.unreachable)
      out += fmt::format("::error title={}::{}\n",
                         property(run.profile + ": the target is unreachable"),
                         escaped(*run.unreachable, ""));
  }
  if (left_out > 0)
    out += fmt::format(
        "::notice title=md5spec::{} more cases didn't pass; the reports have them all\n", left_out);
  return out;
}

}  // namespace md5spec
