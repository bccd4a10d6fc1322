#include "report/console.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <map>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include "report/baseline.h"
#include "report/explain_case.h"
#include "text/bytes.h"

namespace md5spec {
namespace {

// Failures beyond this are listed by name only: the first ones tell what is wrong.
constexpr std::size_t kExplained = 10;
constexpr std::size_t kListed = 60;

class Text {
 public:
  explicit Text(Colour colour) : colour_(colour) {}

  void line(const std::string& text) { out_ += text + "\n"; }
  std::string paint(Outcome outcome, const std::string& text) const {
    switch (outcome) {
      case Outcome::kPass:
        return code("32", text);
      case Outcome::kFail:
      case Outcome::kXpass:
        return code("1;31", text);
      case Outcome::kWarn:
      case Outcome::kXfail:
        return code("33", text);
      case Outcome::kError:
      case Outcome::kNotRun:
        return code("35", text);
      case Outcome::kSkip:
        return code("2", text);
    }
    return text;
  }
  std::string bold(const std::string& text) const { return code("1", text); }
  std::string take() { return std::move(out_); }

 private:
  std::string code(const char* sgr, const std::string& text) const {
    return colour_ == Colour::kOn ? fmt::format("\x1b[{}m{}\x1b[0m", sgr, text) : text;
  }
  Colour colour_;
  std::string out_;
};

void write_heading(const RunResult& run, Text* text) {
  text->line(text->bold(
      fmt::format("Profile {}: {}", run.profile->name, displayable(run.profile->title))));
  std::string where = "at " + displayable(run.target);
  if (run.target.empty())
    where = run.unreachable ? "(not running)" : "not started: there is nothing to carry out";
  text->line(fmt::format("  server        {} {}", run.server, where));
  const auto limits = run.profile->restrictions();
  if (!limits.empty())
    text->line(
        fmt::format("  declared      {}", displayable(fmt::format("{}", fmt::join(limits, "; ")))));
}

void write_problems(const RunResult& run, Text* text) {
  std::size_t explained = 0;
  std::size_t listed = 0;
  std::size_t left_out = 0;
  for (const CaseResult& one : run.cases) {
    const Outcome outcome = one.outcome.outcome;
    if (outcome == Outcome::kPass || outcome == Outcome::kSkip) continue;
    const bool is_known = run.unreachable.has_value() || outcome == Outcome::kNotRun;
    if (is_known) continue;
    const std::string label = text->paint(outcome, fmt::format("[{}]", name_of(outcome)));
    if (explained < kExplained && outcome != Outcome::kXfail) {
      ++explained;
      const auto lines = explain_case(one, run);
      text->line(fmt::format("{} {}", label, lines.front()));
      for (std::size_t i = 1; i < lines.size(); ++i) text->line("    " + lines[i]);
    } else if (listed < kListed) {
      ++listed;
      text->line(fmt::format("{} {}/{}: {}", label, run.profile->name, one.spec->id(),
                             displayable(one.outcome.reason)));
    } else {
      ++left_out;
    }
  }
  if (left_out > 0)
    text->line(fmt::format("… and {} more; a report (--report FILE.json) has them all", left_out));
}

void write_requirements(const RunResult& run, Text* text) {
  for (const RequirementResult& one : run.requirements) {
    const std::string outcome = fmt::format("{:<5}", name_of(one.outcome));
    const std::string cases = one.outcome == Outcome::kSkip
                                  ? displayable(one.reason)
                                  : fmt::format("{} case{}", one.cases, one.cases == 1 ? "" : "s");
    text->line(fmt::format("  {:<6} {:<6}  {}  {:<40} {}", one.spec->id,
                           one.spec->level == Level::kMust ? "MUST" : "SHOULD",
                           text->paint(one.outcome, outcome), one.spec->title, cases));
  }
}

void write_skips(const RunResult& run, Text* text) {
  std::map<std::string, std::size_t> reasons;
  for (const CaseResult& one : run.cases) {
    if (one.outcome.outcome == Outcome::kSkip) ++reasons[one.outcome.reason];
  }
  if (reasons.empty()) return;
  std::vector<std::pair<std::string, std::size_t>> sorted(reasons.begin(), reasons.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  text->line("  skipped:");
  for (const auto& [reason, count] : sorted)
    text->line(fmt::format("  {:>6}  {}", count, displayable(reason)));
}

std::string counts_in_words(const RunResult& run) {
  std::vector<std::string> parts;
  for (const Outcome outcome :
       {Outcome::kPass, Outcome::kFail, Outcome::kWarn, Outcome::kError, Outcome::kXfail,
        Outcome::kXpass, Outcome::kNotRun, Outcome::kSkip}) {
    if (run.count(outcome) > 0)
      parts.push_back(fmt::format("{} {}", run.count(outcome), name_of(outcome)));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

Outcome colour_for(Verdict verdict) {
  switch (verdict) {
    case Verdict::kConformant:
      return Outcome::kPass;
    case Verdict::kConformantWithWarnings:
      return Outcome::kWarn;
    case Verdict::kNonConformant:
      return Outcome::kFail;
    case Verdict::kInconclusive:
      return Outcome::kError;
  }
  return Outcome::kError;
}

}  // namespace

Colour colour_of_stdout() {
  const char* const no_colour = std::getenv("NO_COLOR");
  const char* const terminal = std::getenv("TERM");
  if (no_colour != nullptr && *no_colour != '\0') return Colour::kOff;
  if (terminal == nullptr || std::strcmp(terminal, "dumb") == 0) return Colour::kOff;
  return isatty(STDOUT_FILENO) == 1 ? Colour::kOn : Colour::kOff;
}

std::string to_text(const RunResult& run, Colour colour) {
  Text text(colour);
  write_heading(run, &text);
  if (run.unreachable) {
    text.line(fmt::format("  {} {}", text.paint(Outcome::kError, "[error]"),
                          displayable(*run.unreachable)));
  } else {
    write_problems(run, &text);
    write_requirements(run, &text);
    write_skips(run, &text);
  }
  text.line(fmt::format("  cases         {} in {:.2f} s (waits add up to {:.2f} s): {}",
                        run.cases.size(), static_cast<double>(run.duration.count()) / 1e6,
                        static_cast<double>(run.waited.count()) / 1e6, counts_in_words(run)));
  const std::string words =
      fmt::format("{}: {}", run.profile->name, displayable(verdict_in_words(run)));
  text.line("  verdict       " + text.paint(colour_for(run.verdict), words));
  text.line("");
  return text.take();
}

std::string closing_lines(const Report& report, Colour colour) {
  Text text(colour);
  if (report.selection.baseline) {
    for (const std::string& line : in_words(*report.selection.baseline)) text.line(line);
  }
  for (const std::string& line : report.stale)
    text.line("stale known-failing list: " + displayable(line));
  for (const std::string& line : report.mending) text.line(displayable(line));
  if (report.selection.interrupted)
    text.line("The run was interrupted; what wasn't carried out is listed as not_run.");
  if (report.exit_status == kExitAllSkipped)
    text.line("Everything that was selected was skipped: nothing has been tested.");
  return text.take();
}

}  // namespace md5spec
