#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>

#include "report/behaviour.h"
#include "report/comparison.h"
#include "report/html_requirements.h"
#include "report/page.h"

namespace md5spec {
namespace {

// Cases that came out alike everywhere are listed folded; a page stays readable.
using Rows = std::vector<const ComparedCase*>;

void write_outcome(const CaseDocument* one, Markup* page) {
  const auto cell = page->in("td", {{"title", one == nullptr ? std::string() : one->reason}});
  if (one == nullptr) {
    page->element("span", {{"class", "faint"}}, "–");
  } else {
    write_chip(one->outcome, page);
  }
}

void write_head(const Comparison& comparison, std::string_view first, Markup* page) {
  const auto head = page->in("thead");
  const auto line = page->in("tr");
  page->element("th", {{"scope", "col"}}, first);
  for (const ComparedRun& column : comparison.columns)
    page->element("th", {{"scope", "col"}}, title_of(comparison, column));
}

void write_case_table(const Comparison& comparison, const Rows& rows, Markup* page) {
  const auto scroll = page->in("div", {{"class", "scroll"}});
  const auto table = page->in("table", {{"class", "matrix"}});
  write_head(comparison, "Case", page);
  const auto body = page->in("tbody");
  for (const ComparedCase* row : rows) {
    const auto line = page->in("tr");
    page->element("td", row->id);
    for (const CaseDocument* one : row->results) write_outcome(one, page);
  }
}

void write_header(const Comparison& comparison, Markup* page) {
  const auto header = page->in("header", {{"class", "page"}});
  {
    const auto line = page->in("div", {{"class", "suite"}});
    const auto name = page->in("span");
    page->element("b", "md5spec");
    page->text(" comparison");
  }
  const auto different = static_cast<std::uint64_t>(
      std::count_if(comparison.cases.begin(), comparison.cases.end(),
                    [](const ComparedCase& one) { return !one.alike(); }));
  page->element("h1", different == 0
                          ? "No case differs"
                          : counted(different, "case") + (different == 1 ? " differs" : " differ"));
  page->element(
      "p", {{"class", "lead"}},
      fmt::format("{} side by side, {} in all.", counted(comparison.columns.size(), "run"),
                  counted(comparison.cases.size(), "case")));
  const auto runs = page->in("ul", {{"class", "runs"}});
  for (const ComparedRun& column : comparison.columns) {
    const RunDocument& run = *column.run;
    const auto item = page->in("li", {{"class", css_class(run.verdict)}});
    page->element("span", {{"class", "name"}}, title_of(comparison, column));
    write_outcome_bar(run, page);
    page->element("span", {{"class", "says"}}, in_words(run.verdict));
    page->element(
        "span", {{"class", "facts"}},
        fmt::format("{} · {} at {} · {}", counts_in_words(run),
                    run.server.empty() ? "server" : run.server,
                    run.target.empty() ? "no address" : run.target, time_in_words(run.duration)));
  }
}

void write_change(const ComparedChange& one, Markup* page) {
  const auto line = page->in("tr");
  page->element("td", one.test);
  write_outcome(one.before, page);
  write_outcome(one.now, page);
  {
    const auto cell = page->in("td", {{"class", "rule"}});
    const CaseDocument* const telling = one.now != nullptr ? one.now : one.before;
    page->element("p", telling->reason);
  }
}

void write_changes(const Comparison& comparison, Markup* page) {
  if (comparison.changes.empty()) return;
  const auto section = page->in("section", {{"id", "changes"}});
  page->element("h2", "What changed");
  const auto write_part = [&](Direction direction, std::string_view title) {
    const auto is_one = [&](const ComparedChange& one) { return one.direction == direction; };
    const auto count = std::count_if(comparison.changes.begin(), comparison.changes.end(), is_one);
    if (count == 0) return;
    // What is neither better nor worse can wait.
    const auto details =
        direction == Direction::kOther ? page->in("details") : page->in("details", {{"open", ""}});
    {
      const auto summary = page->in("summary");
      const auto heading = page->in("h3");
      page->element("span", {{"class", "turn"}}, "");
      page->text(fmt::format("{} ({})", title, count));
    }
    const auto scroll = page->in("div", {{"class", "scroll"}});
    const auto table = page->in("table", {{"class", "matrix"}});
    {
      const auto head = page->in("thead");
      const auto line = page->in("tr");
      for (const char* const word : {"Case", "before", "now", ""}) page->element("th", word);
    }
    const auto body = page->in("tbody");
    for (const ComparedChange& one : comparison.changes) {
      if (is_one(one)) write_change(one, page);
    }
  };
  write_part(Direction::kWorse, "Worse");
  write_part(Direction::kBetter, "Better");
  write_part(Direction::kOther, "Otherwise different");
}

void write_requirement_matrix(const Comparison& comparison, Markup* page) {
  const auto runs = runs_of(comparison);
  const auto section = page->in("section", {{"id", "requirements"}});
  page->element("h2", "Requirements");
  const auto scroll = page->in("div", {{"class", "scroll"}});
  const auto table = page->in("table", {{"class", "matrix"}});
  write_head(comparison, "Requirement", page);
  const auto body = page->in("tbody");
  for (const RequirementRow& row : requirement_rows(runs)) {
    const auto line = page->in("tr", {{"id", row.id}});
    {
      const auto cell = page->in("td");
      page->element("b", row.id);
      page->element("span", {{"class", "faint"}}, " " + row.title);
    }
    for (const RequirementDocument* one : row.results) {
      const auto cell = page->in("td");
      if (one == nullptr) {
        page->element("span", {{"class", "faint"}}, "–");
      } else {
        write_chip(one->outcome, page);
      }
    }
  }
}

void write_compared_behaviour(const Comparison& comparison, Markup* page) {
  std::vector<std::string> columns;
  for (const ComparedRun& column : comparison.columns)
    columns.push_back(title_of(comparison, column));
  write_behaviour(runs_of(comparison), columns, page);
}

void write_cases(const Comparison& comparison, Markup* page) {
  const auto section = page->in("section", {{"id", "cases"}});
  page->element("h2", "Cases");
  Rows different;
  std::vector<std::pair<std::string, Rows>> alike;
  for (const ComparedCase& one : comparison.cases) {
    if (!one.alike()) {
      different.push_back(&one);
      continue;
    }
    const std::string group = one.id.substr(0, one.id.find('.'));
    if (alike.empty() || alike.back().first != group) alike.emplace_back(group, Rows());
    alike.back().second.push_back(&one);
  }
  if (!different.empty()) {
    page->element("h3", "Those that differ");
    write_case_table(comparison, different, page);
  }
  if (alike.empty()) return;
  page->element("h3", "The same everywhere");
  const auto groups = page->in("div", {{"class", "groups"}});
  for (const auto& [group, rows] : alike) {
    const auto details = page->in("details");
    {
      const auto summary = page->in("summary");
      page->element("span", {{"class", "turn"}}, "");
      page->element("span", {{"class", "label mono"}}, group);
      page->element("span", {{"class", "number soft count"}}, grouped(rows.size()));
    }
    write_case_table(comparison, rows, page);
  }
}

// By group: the middle one of what its cases took.
std::map<std::string, Duration> medians(const RunDocument& run) {
  std::map<std::string, std::vector<Duration>> times;
  for (const CaseDocument& one : run.cases) {
    if (one.duration.count() > 0) times[one.group()].push_back(one.duration);
  }
  std::map<std::string, Duration> result;
  for (auto& [group, all] : times) {
    const auto middle = all.begin() + static_cast<std::ptrdiff_t>(all.size() / 2);
    std::nth_element(all.begin(), middle, all.end());
    result[group] = *middle;
  }
  return result;
}

void write_time(const Duration* time, double most, Markup* page) {
  const auto cell = page->in("td");
  if (time == nullptr) {
    page->element("span", {{"class", "faint"}}, "–");
    return;
  }
  page->text(time_in_words(*time));
  const auto svg = page->in("svg", {{"class", "bar plain"},
                                    {"viewBox", "0 0 1000 8"},
                                    {"preserveAspectRatio", "none"},
                                    {"aria-hidden", "true"}});
  page->single("rect",
               {{"class", "pass"},
                {"width", fmt::format("{:.1f}", 1000 * static_cast<double>(time->count()) / most)},
                {"height", "8"}});
}

void write_times(const Comparison& comparison, Markup* page) {
  std::vector<std::map<std::string, Duration>> columns;
  std::map<std::string, double> most;
  for (const ComparedRun& column : comparison.columns) {
    columns.push_back(medians(*column.run));
    for (const auto& [group, time] : columns.back())
      most[group] = std::max(most[group], static_cast<double>(time.count()));
  }
  if (most.empty()) return;
  const auto section = page->in("section", {{"id", "timings"}});
  page->element("h2", "Timings");
  page->element("p", "The median case of each group.");
  const auto scroll = page->in("div", {{"class", "scroll"}});
  const auto table = page->in("table", {{"class", "matrix"}});
  write_head(comparison, "Group", page);
  const auto body = page->in("tbody");
  for (const auto& [group, longest] : most) {
    const auto line = page->in("tr");
    page->element("td", group);
    for (const auto& times : columns) {
      const auto found = times.find(group);
      write_time(found == times.end() ? nullptr : &found->second, longest, page);
    }
  }
}

}  // namespace

std::string to_html(const Comparison& comparison) {
  Markup page;
  begin_page("md5spec: comparison", &page);
  write_header(comparison, &page);
  {
    const auto main = page.in("main");
    if (!comparison.notes.empty()) {
      const auto box = page.in("div", {{"class", "notice warn"}});
      page.element("b", "These reports aren't alike in what they tell of");
      const auto list = page.in("ul");
      for (const std::string& note : comparison.notes) page.element("li", note);
    }
    write_changes(comparison, &page);
    write_requirement_matrix(comparison, &page);
    write_compared_behaviour(comparison, &page);
    write_cases(comparison, &page);
    write_times(comparison, &page);
  }
  return end_page(&page);
}

}  // namespace md5spec
