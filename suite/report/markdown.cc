#include "report/markdown.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "report/markdown_text.h"
#include "report/page.h"
#include "report/told_once.h"

namespace md5spec {
namespace {

constexpr std::size_t kReasonWords = 400;  // of a reason or an explanation
constexpr std::size_t kListed = 20;        // lines of a list that may be long
constexpr std::size_t kWireLines = 16;     // of a wire log
constexpr std::size_t kSkipReasons = 12;
constexpr std::size_t kTail = 3'000;  // room for what follows the cases

std::string sign(Verdict verdict) {
  switch (verdict) {
    case Verdict::kConformant:
      return "✅";
    case Verdict::kConformantWithWarnings:
      return "⚠️";
    case Verdict::kNonConformant:
      return "❌";
    case Verdict::kInconclusive:
      return "❔";
  }
  return "❔";
}

std::string text(const std::string& words) { return markdown_text(shortened(words, kReasonWords)); }

std::string list(const std::string& title, const std::vector<std::string>& lines) {
  if (lines.empty()) return {};
  std::string out = fmt::format("\n**{}**\n\n", markdown_text(title));
  for (std::size_t i = 0; i < std::min(lines.size(), kListed); ++i)
    out += fmt::format("- {}\n", text(lines[i]));
  if (lines.size() > kListed) out += fmt::format("- … and {} more\n", lines.size() - kListed);
  return out;
}

std::string verdicts(const ReportDocument& report) {
  std::string out = "| profile | verdict | cases | server |\n|---|---|---|---|\n";
  for (const RunDocument& run : report.runs) {
    out += fmt::format("| {} | {} {} | {} in {} | {} |\n", markdown_code(run.profile),
                       sign(run.verdict), text(verdict_in_words(run)), counts_in_words(run),
                       time_in_words(run.duration),
                       run.target.empty() ? "not started" : markdown_code(run.target));
  }
  return out;
}

std::string notices(const ReportDocument& report) {
  std::string out;
  for (const RunDocument& run : report.runs) {
    if (run.unreachable)
      out += fmt::format("\n{}: the target is unreachable: {}\n", markdown_code(run.profile),
                         text(*run.unreachable));
  }
  if (report.selection.interrupted) out += "\nThe run was interrupted.\n";
  if (const std::string narrowed = report.selection.narrowed_by(); !narrowed.empty())
    out += fmt::format("\nThis report doesn't tell of every case: {}\n", text(narrowed));
  out += list("The list of known failures is out of date", report.stale);
  if (report.selection.baseline) {
    const auto write = [&](const std::string& title, const std::vector<BaselineChange>& changes) {
      std::vector<std::string> lines;
      for (const BaselineChange& one : changes)
        lines.push_back(fmt::format("{}: {}, was {}", one.test, one.now, one.before));
      out += list(title, lines);
    };
    write("Worse than before", report.selection.baseline->worse);
    write("Better than before", report.selection.baseline->better);
  }
  return out;
}

std::string broken_requirements(const ReportDocument& report) {
  std::string rows;
  for (const RunDocument& run : report.runs) {
    for (const RequirementDocument& one : run.requirements) {
      if (badness(one.outcome) == 0) continue;
      rows += fmt::format("| {} | **{}** {} | {} | {} |\n", markdown_code(run.profile), one.id,
                          one.level == Level::kMust ? "MUST" : "SHOULD", in_words(one.outcome),
                          text(one.sentence.empty() ? one.title : one.sentence));
    }
  }
  if (rows.empty()) return {};
  return "\n### Requirements that are broken or undecided\n\n"
         "| profile | requirement | outcome | the rule |\n|---|---|---|---|\n" +
         rows;
}

std::string finding_line(const FindingDocument& one, std::size_t times) {
  std::string out =
      fmt::format("**{}**{}: {}\n\n", one.requirement, so_often(times), text(one.explanation));
  std::string lines;
  if (!one.expected.empty()) lines += "expected  " + shortened(one.expected, kReasonWords) + "\n";
  if (!one.received.empty()) lines += "received  " + shortened(one.received, kReasonWords) + "\n";
  if (!lines.empty()) out += markdown_block(lines) + "\n";
  return out;
}

std::string story(const RunDocument& run, const CaseDocument& one) {
  std::string out =
      fmt::format("<details><summary><code>{}/{}</code> <b>{}</b>: {}</summary>\n\n",
                  markdown_html(run.profile), markdown_html(one.id), in_words(one.outcome),
                  markdown_html(shortened(one.reason, kReasonWords)));
  for (const auto& [finding, times] : told_once(one.findings)) out += finding_line(*finding, times);
  if (!one.why.empty()) out += fmt::format("Why it matters: {}\n\n", text(one.why));
  for (const std::string& note : one.notes) out += fmt::format("Noted: {}\n\n", text(note));
  std::string log;
  for (std::size_t i = 0; i < std::min(one.wire.size(), kWireLines); ++i)
    log += in_words(one.wire[i]) + "\n";
  if (one.wire.size() > kWireLines) log += "…\n";
  if (!log.empty()) out += markdown_block(log) + "\n";
  if (!one.reproduce.empty())
    out += "See it again:\n\n" + markdown_block(shortened(one.reproduce, 2000), "sh") + "\n";
  return out + "</details>\n";
}

bool didnt_pass(const CaseDocument& one) {
  return one.outcome != Outcome::kPass && one.outcome != Outcome::kSkip &&
         one.outcome != Outcome::kNotRun;
}

std::string stories(const ReportDocument& report, std::size_t room) {
  std::string out;
  std::size_t left_out = 0;
  for (const Outcome outcome : outcomes_worst_first()) {
    for (const RunDocument& run : report.runs) {
      if (run.unreachable) continue;
      for (const CaseDocument& one : run.cases) {
        if (one.outcome != outcome || !didnt_pass(one)) continue;
        const std::string next = left_out == 0 ? story(run, one) : std::string();
        if (left_out > 0 || out.size() + next.size() > room) {
          ++left_out;
        } else {
          out += next;
        }
      }
    }
  }
  if (out.empty() && left_out == 0) return {};
  if (left_out > 0)
    out += fmt::format("\n… and {} more; the HTML and JSON reports have them all.\n",
                       grouped(left_out));
  return "\n### Cases that didn't pass\n\n" + out;
}

std::string skips(const ReportDocument& report) {
  std::vector<std::pair<std::string, std::size_t>> reasons;
  for (const RunDocument& run : report.runs) {
    for (const CaseDocument& one : run.cases) {
      if (one.outcome != Outcome::kSkip) continue;
      const auto found = std::find_if(reasons.begin(), reasons.end(),
                                      [&](const auto& entry) { return entry.first == one.reason; });
      if (found == reasons.end()) {
        reasons.emplace_back(one.reason, 1);
      } else {
        ++found->second;
      }
    }
  }
  if (reasons.empty()) return {};
  std::stable_sort(reasons.begin(), reasons.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  std::string out =
      "\n<details><summary>Skipped, by reason</summary>\n\n| cases | reason |\n|--:|---|\n";
  for (std::size_t i = 0; i < std::min(reasons.size(), kSkipReasons); ++i)
    out += fmt::format("| {} | {} |\n", reasons[i].second,
                       markdown_text(shortened(reasons[i].first, 120)));
  if (reasons.size() > kSkipReasons)
    out += fmt::format("| … | {} more reasons |\n", reasons.size() - kSkipReasons);
  return out + "\n</details>\n";
}

}  // namespace

std::string to_markdown(const ReportDocument& report) {
  const Verdict verdict = worst_verdict(report.runs);
  std::string out = fmt::format("## {} md5spec: {}\n\n", sign(verdict), in_words(verdict));
  out += verdicts(report);
  out += notices(report);
  out += broken_requirements(report);
  const std::string end = skips(report) + fmt::format("\nmd5spec {}, {}, seed {}\n",
                                                      markdown_text(report.suite_version),
                                                      moment_in_words(report.started), report.seed);
  const std::size_t taken = out.size() + end.size() + kTail;
  out += stories(report, kMarkdownMost > taken ? kMarkdownMost - taken : 0);
  return out + end;
}

}  // namespace md5spec
