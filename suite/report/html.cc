#include "report/html.h"

#include <algorithm>
#include <map>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "report/behaviour.h"
#include "report/html_case.h"
#include "report/html_plots.h"
#include "report/html_requirements.h"
#include "report/page.h"

namespace md5spec {
namespace {

constexpr std::size_t kUnfolded = 3;  // cases that are shown whole from the start
constexpr std::size_t kWireRoom = std::size_t{12} * 1024 * 1024;  // beyond, wire logs are left out

// Whether there is more to tell than its name and reason.
bool has_a_story(const CaseDocument& one) {
  switch (one.outcome) {
    case Outcome::kFail:
    case Outcome::kWarn:
    case Outcome::kXfail:
    case Outcome::kXpass:
      return true;
    case Outcome::kPass:
      return one.shown;  // only the second time
    default:
      return !one.wire.empty();
  }
}

std::size_t broken_requirements(const RunDocument& run) {
  return static_cast<std::size_t>(
      std::count_if(run.requirements.begin(), run.requirements.end(), [](const auto& one) {
        return one.outcome == Outcome::kFail || one.outcome == Outcome::kWarn;
      }));
}

std::size_t judged_requirements(const RunDocument& run) {
  return static_cast<std::size_t>(
      std::count_if(run.requirements.begin(), run.requirements.end(),
                    [](const auto& one) { return one.outcome != Outcome::kSkip; }));
}

// At the beginning of a sentence.
std::string capitalised(std::string words) {
  if (!words.empty() && words[0] >= 'a' && words[0] <= 'z')
    words[0] = static_cast<char>(words[0] - 'a' + 'A');
  return words;
}

std::string server_of(const RunDocument& run) {
  return run.server.empty() ? "the server" : run.server;
}

std::string scope(const RunDocument& run) {
  return run.restrictions.empty() ? ""
                                  : fmt::format("Declared: {}.", fmt::join(run.restrictions, "; "));
}

void write_lead(const ReportDocument& report, Markup* page) {
  const auto lead = page->in("p", {{"class", "lead"}});
  std::size_t cases = 0;
  std::size_t skipped = 0;
  for (const RunDocument& run : report.runs) {
    cases += run.cases.size();
    skipped += run.count(Outcome::kSkip);
  }
  if (report.runs.size() == 1) {
    const RunDocument& run = report.runs.front();
    const std::size_t broken = broken_requirements(run);
    page->text(capitalised(server_of(run)) + " at ");
    page->element("b", run.target.empty() ? "no address" : run.target);
    page->text(", tested as ");
    page->element("b", run.profile);
    page->text(broken == 0 ? fmt::format(": none of {} is broken. ",
                                         counted(judged_requirements(run), "requirement"))
                           : fmt::format(": {} of {} {} broken. ", broken,
                                         counted(judged_requirements(run), "requirement"),
                                         broken == 1 ? "is" : "are"));
  } else {
    page->text(fmt::format("{} tested. ", counted(report.runs.size(), "profile")));
  }
  page->text(fmt::format("{} in {}", counted(cases, "case"), time_in_words(report.duration)));
  page->text(skipped > 0 ? fmt::format("; {} skipped, with the reason.", grouped(skipped)) : ".");
}

void write_run_line(const RunDocument& run, Markup* page) {
  const auto item = page->in("li", {{"class", css_class(run.verdict)}});
  page->element("span", {{"class", "name"}}, run.profile);
  write_outcome_bar(run, page);
  page->element("span", {{"class", "says"}}, in_words(run.verdict));
  const auto facts = page->in("span", {{"class", "facts"}});
  page->text(counts_in_words(run));
  page->text(fmt::format(" · {} at {} · {}", server_of(run),
                         run.target.empty() ? "no address" : run.target,
                         time_in_words(run.duration)));
  if (!run.restrictions.empty()) page->text(" · " + scope(run));
}

void write_notice(std::string_view tone, std::string_view title,
                  const std::vector<std::string>& lines, Markup* page) {
  const auto box = page->in("div", {{"class", fmt::format("notice {}", tone)}, {"role", "note"}});
  page->element("b", title);
  if (lines.empty()) return;
  const auto list = page->in("ul");
  for (const std::string& line : lines) page->element("li", line);
}

std::vector<std::string> in_lines(const std::vector<BaselineChange>& changes) {
  std::vector<std::string> lines;
  for (const auto& change : changes)
    lines.push_back(fmt::format("{}: {}, was {}", change.test, change.now, change.before));
  return lines;
}

// What one has to know before one believes the verdict.
void write_notices(const ReportDocument& report, Markup* page) {
  const SelectionDocument& selection = report.selection;
  for (const RunDocument& run : report.runs) {
    if (run.unreachable)
      write_notice("error", fmt::format("{}: the target is unreachable", run.profile),
                   {*run.unreachable}, page);
  }
  if (selection.interrupted)
    write_notice("error", "The run was interrupted: what wasn't carried out is listed as not run.",
                 {}, page);
  if (const std::string narrowed = selection.narrowed_by(); !narrowed.empty())
    write_notice("skip", "This report doesn't tell of every case", {narrowed}, page);
  if (!report.stale.empty())
    write_notice("warn", "The list of known failures is out of date", report.stale, page);
  if (selection.baseline) {
    const auto& baseline = *selection.baseline;
    if (!baseline.worse.empty())
      write_notice("fail", fmt::format("Worse than in {}", baseline.file), in_lines(baseline.worse),
                   page);
    if (!baseline.better.empty())
      write_notice("pass", fmt::format("Better than in {}", baseline.file),
                   in_lines(baseline.better), page);
    if (!baseline.notes.empty())
      write_notice("skip", fmt::format("Compared with {}", baseline.file), baseline.notes, page);
  }
}

void write_header(const ReportDocument& report, Markup* page) {
  page->element("a", {{"class", "skip-link"}, {"href", "#cases"}}, "To the cases");
  const auto header = page->in("header", {{"class", "page"}});
  {
    const auto line = page->in("div", {{"class", "suite"}});
    {
      const auto name = page->in("span");
      page->element("b", "md5spec");
      page->text(" " + report.suite_version);
    }
    page->element("span", moment_in_words(report.started));
  }
  const Verdict verdict = worst_verdict(report.runs);
  {
    const auto title = page->in("h1", {{"class", css_class(verdict)}});
    page->element("span", {{"class", "said"}}, in_words(verdict));
  }
  write_lead(report, page);
  {
    const auto runs = page->in("ul", {{"class", "runs"}});
    for (const RunDocument& run : report.runs) write_run_line(run, page);
  }
  write_notices(report, page);
}

void write_toggle(Outcome outcome, std::size_t count, Markup* page) {
  const auto label = page->in("label", {{"class", fmt::format("toggle {}", css_class(outcome))}});
  page->single("input", {{"type", "checkbox"}, {"name", "outcome"}, {"value", name_of(outcome)}});
  page->element("span", fmt::format("{} {}", in_words(outcome), grouped(count)));
}

void write_choice(std::string_view name, std::string_view all,
                  const std::vector<std::string>& values, Markup* page) {
  const auto select = page->in("select", {{"name", name}, {"aria-label", name}});
  page->element("option", {{"value", ""}}, all);
  for (const std::string& value : values) page->element("option", {{"value", value}}, value);
}

// Hidden until the script that makes them work shows them.
void write_filters(const ReportDocument& report, const std::vector<std::string>& requirements,
                   Markup* page) {
  const auto form = page->in("form", {{"class", "filters"}, {"role", "search"}, {"hidden", ""}});
  page->single("input", {{"type", "search"},
                         {"name", "text"},
                         {"placeholder", "Filter by name or words"},
                         {"aria-label", "Filter cases by text"},
                         {"autocomplete", "off"},
                         {"spellcheck", "false"}});
  {
    const auto fields = page->in("fieldset");
    page->element("legend", {{"class", "visually-hidden"}}, "Outcomes");
    for (const Outcome outcome : outcomes_worst_first()) {
      std::size_t count = 0;
      for (const RunDocument& run : report.runs) count += run.count(outcome);
      if (count > 0) write_toggle(outcome, count, page);
    }
  }
  write_choice("requirement", "All requirements", requirements, page);
  if (report.runs.size() > 1) {
    std::vector<std::string> profiles;
    for (const RunDocument& run : report.runs) profiles.push_back(run.profile);
    write_choice("profile", "All profiles", profiles, page);
  }
  page->element("button", {{"type", "reset"}, {"hidden", ""}}, "Show all");
  page->element("span", {{"class", "shown"}, {"role", "status"}}, "");
}

void write_list_item(const CaseDocument& one, const std::string& name, Markup* page) {
  const auto item =
      page->in("li", {{"data-id", one.id},
                      {"data-outcome", name_of(one.outcome)},
                      {"data-requirements", fmt::format("{}", fmt::join(one.requirements, " "))}});
  page->element("span", {{"class", "name"}}, name);
  if (one.duration.count() > 0)
    page->element("span", {{"class", "time"}}, time_in_words(one.duration));
}

using Grouped = std::vector<std::pair<std::string, std::vector<const CaseDocument*>>>;

enum class Naming { kShort, kWhole };

void write_groups(const Grouped& groups, Naming naming, Markup* page) {
  const auto box = page->in("div", {{"class", "groups"}});
  for (const auto& [label, cases] : groups) {
    const auto details = page->in("details");
    {
      const auto summary = page->in("summary");
      page->element("span", {{"class", "turn"}}, "");
      page->element("span", {{"class", naming == Naming::kShort ? "label mono" : "label"}}, label);
      if (naming == Naming::kWhole) write_chip(cases.front()->outcome, page);
      page->element("span", {{"class", "number soft count"}}, grouped(cases.size()));
    }
    const auto list = page->in("ul", {{"class", "list"}});
    for (const CaseDocument* one : cases)
      write_list_item(*one, naming == Naming::kShort ? one->name() : one->id, page);
  }
}

void add_to(const std::string& label, const CaseDocument& one, Grouped* groups) {
  const auto found = std::find_if(groups->begin(), groups->end(),
                                  [&](const auto& group) { return group.first == label; });
  if (found != groups->end()) {
    found->second.push_back(&one);
  } else {
    groups->emplace_back(label, std::vector<const CaseDocument*>{&one});
  }
}

void write_stories(const RunDocument& run, std::size_t* unfolded, Markup* page) {
  std::size_t left_out = 0;  // of a print
  for (const Outcome outcome : outcomes_worst_first()) {
    for (const CaseDocument& one : run.cases) {
      if (one.outcome != outcome || !has_a_story(one)) continue;
      const bool counts_for_nothing = outcome == Outcome::kPass || outcome == Outcome::kSkip;
      const bool is_open = *unfolded < kUnfolded && !counts_for_nothing;
      if (is_open) ++*unfolded;
      write_case(run, one, is_open ? Unfolded::kYes : Unfolded::kNo, kWireRoom, page);
      if (counts_for_nothing) ++left_out;
    }
  }
  if (left_out > 0) {
    page->element(
        "p", {{"class", "on-paper faint"}},
        fmt::format("Blocked, or passed only when repeated: {}. On paper these stand only "
                    "where they were unfolded.",
                    counted(left_out, "case")));
  }
}

void write_run_cases(const RunDocument& run, bool is_only, std::size_t* unfolded, Markup* page) {
  const auto box = page->in("div", {{"class", "run"}, {"data-profile", run.profile}});
  if (!is_only) page->element("h3", {{"class", "profile"}}, run.profile);
  write_stories(run, unfolded, page);
  Grouped undecided;
  Grouped passed;
  Grouped skipped;
  for (const CaseDocument& one : run.cases) {
    if (has_a_story(one)) continue;
    if (one.outcome == Outcome::kPass) {
      add_to(one.group(), one, &passed);
    } else {
      add_to(one.reason, one, one.outcome == Outcome::kSkip ? &skipped : &undecided);
    }
  }
  const auto write_part = [&](std::string_view title, const Grouped& groups, Naming naming) {
    if (groups.empty()) return;
    const auto part = page->in("div", {{"class", "part"}});
    page->element("h3", title);
    write_groups(groups, naming, page);
  };
  write_part("Undecided, by reason", undecided, Naming::kWhole);
  write_part("Passed, by group", passed, Naming::kShort);
  write_part("Skipped, by reason", skipped, Naming::kWhole);
}

void write_cases(const ReportDocument& report, const std::vector<std::string>& requirements,
                 Markup* page) {
  const auto section = page->in("section", {{"id", "cases"}, {"tabindex", "-1"}});
  page->element("h2", "Cases");
  write_filters(report, requirements, page);
  page->element("p", {{"class", "empty"}, {"hidden", ""}}, "No case is like that.");
  std::size_t unfolded = 0;
  for (const RunDocument& run : report.runs)
    write_run_cases(run, report.runs.size() == 1, &unfolded, page);
}

void write_run_behaviour(const ReportDocument& report, const std::vector<const RunDocument*>& runs,
                         Markup* page) {
  std::vector<std::string> columns;
  for (const RunDocument& run : report.runs) columns.push_back(run.profile);
  write_behaviour(runs, columns, page);
}

void write_all_timings(const ReportDocument& report, Markup* page) {
  const auto section = page->in("section", {{"id", "timings"}});
  page->element("h2", "Timings");
  page->element("p", "A stroke for each case, on a scale of powers of ten.");
  for (const RunDocument& run : report.runs) {
    const auto details =
        &run == &report.runs.front() ? page->in("details", {{"open", ""}}) : page->in("details");
    {
      const auto summary = page->in("summary");
      const auto title = page->in("h3");
      page->element("span", {{"class", "turn"}}, "");
      page->text(fmt::format("{}: {}", run.profile, time_in_words(run.duration)));
      page->element("span", {{"class", "faint"}},
                    fmt::format(" (the cases' waits add up to {})", time_in_words(run.waited)));
    }
    write_timings(run, page);
  }
}

void write_fact(std::string_view name, std::string_view value, Markup* page) {
  if (value.empty()) return;
  page->element("dt", name);
  page->element("dd", value);
}

// The same for all runs of a report, unless it was merged from reports of several servers.
void write_start_commands(const ReportDocument& report, Markup* page) {
  std::vector<std::string> commands;
  for (const RunDocument& run : report.runs) {
    if (std::find(commands.begin(), commands.end(), run.start_command) == commands.end())
      commands.push_back(run.start_command);
  }
  for (const std::string& command : commands) write_fact("started by", command, page);
}

void write_about(const ReportDocument& report, Markup* page) {
  const auto section = page->in("section", {{"id", "about"}});
  page->element("h2", "About this run");
  {
    const auto facts = page->in("dl", {{"class", "facts"}});
    write_fact("started", moment_in_words(report.started), page);
    write_fact("took", time_in_words(report.duration), page);
    write_fact("exit status", fmt::to_string(report.exit_status), page);
    write_fact("seed", fmt::to_string(report.seed), page);
    write_start_commands(report, page);
    write_fact("machine",
               fmt::format("{}, {}", report.system,
                           counted(static_cast<std::uint64_t>(report.cpus), "processor")),
               page);
    write_fact("suite", "md5spec " + report.suite_version, page);
    write_fact("catalogue", "SHA-256 " + report.catalogue_sha256, page);
    if (report.selection.merged > 0)
      write_fact("merged from", counted(report.selection.merged, "report"), page);
    if (report.selection.known_failing)
      write_fact("known failures", *report.selection.known_failing, page);
  }
  for (const RunDocument& run : report.runs) {
    if (run.profile_text.empty()) continue;
    const auto details = page->in("details");
    {
      const auto summary = page->in("summary");
      const auto title = page->in("h3");
      page->element("span", {{"class", "turn"}}, "");
      page->text(fmt::format("Profile {}, as it was tested", run.profile));
    }
    write_lines("profile", run.profile_text, page);
  }
}

}  // namespace

std::string to_html(const ReportDocument& report) {
  Markup page;
  std::string title = fmt::format("{}: md5spec", in_words(worst_verdict(report.runs)));
  if (report.runs.size() == 1) title = fmt::format("{} · {}", report.runs.front().profile, title);
  begin_page(title, &page);
  write_header(report, &page);
  {
    const auto main = page.in("main");
    std::vector<const RunDocument*> runs;
    for (const RunDocument& run : report.runs) runs.push_back(&run);
    const auto requirements = requirement_rows(runs);
    write_requirements(report.runs, requirements, &page);
    std::vector<std::string> ids;
    for (const RequirementRow& row : requirements) ids.push_back(row.id);
    write_cases(report, ids, &page);
    write_run_behaviour(report, runs, &page);
    write_all_timings(report, &page);
    write_about(report, &page);
  }
  write_keys(&page);
  return end_page(&page);
}

}  // namespace md5spec
