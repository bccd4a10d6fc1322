#include "report/html_requirements.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "report/html_case.h"
#include "report/page.h"

namespace md5spec {
namespace {

bool is_broken(const RequirementDocument* result) {
  return result != nullptr && badness(result->outcome) > 0;
}

// The worst case that counts for a requirement: where a click on its outcome leads.
std::string link_to_case(const RunDocument& run, const RequirementDocument& requirement) {
  const CaseDocument* worst = nullptr;
  for (const CaseDocument& one : run.cases) {
    if (badness(one.outcome) == 0) continue;
    const bool found_it =
        std::any_of(one.findings.begin(), one.findings.end(),
                    [&](const FindingDocument& f) { return f.requirement == requirement.id; });
    const bool judges_it = std::find(one.requirements.begin(), one.requirements.end(),
                                     requirement.id) != one.requirements.end();
    if (!found_it && !(one.findings.empty() && judges_it)) continue;
    if (worst == nullptr || badness(one.outcome) > badness(worst->outcome)) worst = &one;
  }
  return worst == nullptr ? "#cases" : "#" + anchor_of(run, *worst);
}

void write_outcome(const RunDocument& run, const RequirementDocument* result, bool names_profile,
                   Markup* page) {
  const auto cell = names_profile
                        ? page->in("td", {{"class", "outcome"}, {"data-profile", run.profile}})
                        : page->in("td", {{"class", "outcome"}});
  if (result == nullptr) {
    page->element("span", {{"class", "faint"}}, "–");
    return;
  }
  {
    const std::string chip = fmt::format("chip {}", css_class(result->outcome));
    const std::string href = is_broken(result) ? link_to_case(run, *result) : "#cases";
    page->element("a",
                  {{"class", chip},
                   {"href", href},
                   {"title", result->reason},
                   {"data-requirement", result->id},
                   {"data-profile", run.profile}},
                  in_words(result->outcome));
  }
  if (result->cases > 0)
    page->element("span", {{"class", "faint"}}, counted(result->cases, "case"));
}

// Null where nothing is.
const RequirementDocument* worst_of(const RequirementRow& row) {
  const RequirementDocument* worst = nullptr;
  for (const RequirementDocument* one : row.results) {
    if (is_broken(one) && (worst == nullptr || badness(one->outcome) > badness(worst->outcome)))
      worst = one;
  }
  return worst;
}

void write_row(const std::vector<RunDocument>& runs, const RequirementRow& row, Markup* page) {
  const RequirementDocument* const worst = worst_of(row);
  const std::string broken =
      worst == nullptr ? "" : fmt::format("broken {}", css_class(worst->outcome));
  const auto line = page->in("tr", {{"id", row.id}, {"class", broken}});
  {
    const auto id = page->in("td", {{"class", "id"}});
    page->text(row.id);
    page->element("span", {{"class", "faint"}}, row.level == Level::kMust ? "MUST" : "SHOULD");
  }
  {
    const auto rule = page->in("td", {{"class", "rule"}});
    page->element("b", row.title);
    if (!row.sentence.empty()) page->element("p", row.sentence);
    // Where nobody judged it, why.
    const auto reason = std::find_if(row.results.begin(), row.results.end(), [](const auto* one) {
      return one != nullptr && one->outcome == Outcome::kSkip && !one->reason.empty();
    });
    const bool judged = std::any_of(row.results.begin(), row.results.end(), [](const auto* one) {
      return one != nullptr && one->outcome != Outcome::kSkip;
    });
    if (!judged && reason != row.results.end())
      page->element("p", {{"class", "faint"}}, fmt::format("Skipped: {}.", (*reason)->reason));
  }
  for (std::size_t i = 0; i < runs.size(); ++i)
    write_outcome(runs[i], row.results[i], runs.size() > 1, page);
}

}  // namespace

std::vector<RequirementRow> requirement_rows(const std::vector<const RunDocument*>& runs) {
  std::vector<RequirementRow> rows;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    // Each run keeps the catalogue's order: what is new stands right behind what it follows.
    std::size_t place = 0;
    for (const RequirementDocument& one : runs[i]->requirements) {
      auto found = std::find_if(rows.begin(), rows.end(),
                                [&](const RequirementRow& row) { return row.id == one.id; });
      if (found == rows.end()) {
        RequirementRow row{one.id, one.level, one.title, one.sentence, {}};
        row.results.resize(runs.size());
        found = rows.insert(rows.begin() + static_cast<std::ptrdiff_t>(place), std::move(row));
      }
      found->results[i] = &one;
      place = static_cast<std::size_t>(found - rows.begin()) + 1;
    }
  }
  return rows;
}

std::string family_of(const std::string& id) { return id.substr(0, id.find('-')); }

std::string family_title(const std::string& family) {
  static const std::map<std::string, std::string, std::less<>> kTitles = {
      {"CON", "Connections"}, {"DIG", "Digests"},     {"REP", "Replies"},    {"SEQ", "Sequences"},
      {"STR", "The stream"},  {"CNC", "Concurrency"}, {"RES", "Resilience"}, {"SEC", "Security"}};
  const auto found = kTitles.find(family);
  return found == kTitles.end() ? family : found->second;
}

void write_requirements(const std::vector<RunDocument>& runs,
                        const std::vector<RequirementRow>& rows, Markup* page) {
  const auto section = page->in("section", {{"id", "requirements"}});
  page->element("h2", "Requirements");
  const auto scroll = page->in("div", {{"class", "scroll"}});
  const auto table = page->in("table", {{"class", "rules"}});
  {
    const auto head = page->in("thead");
    const auto line = page->in("tr");
    page->element("th", {{"scope", "col"}}, "Id");
    page->element("th", {{"scope", "col"}}, "The rule");
    for (const RunDocument& run : runs)
      page->element("th", {{"scope", "col"}}, runs.size() > 1 ? run.profile : "Outcome");
  }
  const auto body = page->in("tbody");
  std::string part;
  const auto write_rows = [&](bool broken) {
    for (const RequirementRow& row : rows) {
      if ((worst_of(row) != nullptr) != broken) continue;
      const std::string title = broken ? "Broken or undecided" : family_title(family_of(row.id));
      if (title != part) {
        const auto line = page->in("tr", {{"class", "family"}});
        page->element("th", {{"colspan", fmt::to_string(runs.size() + 2)}, {"scope", "rowgroup"}},
                      title);
        part = title;
      }
      write_row(runs, row, page);
    }
  };
  // What one has to mend comes first.
  write_rows(true);
  write_rows(false);
}

}  // namespace md5spec
