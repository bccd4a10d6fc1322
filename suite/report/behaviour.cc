#include "report/behaviour.h"

#include <algorithm>
#include <functional>
#include <utility>

#include <fmt/format.h>

#include "report/page.h"

namespace md5spec {
namespace {

std::string tally_in_words(const Fingerprint& print, Situation situation) {
  const auto found = print.tallies.find(situation);
  if (found == print.tallies.end()) return {};
  std::string words;
  for (const auto& [reaction, count] : found->second) {
    if (count == 0) continue;
    words +=
        fmt::format("{}{} ({})", words.empty() ? "" : ", ", in_words(reaction), grouped(count));
  }
  return words;
}

std::string size_or_nothing(std::uint64_t bytes) {
  return bytes == 0 ? std::string() : counted(bytes, "byte");
}

}  // namespace

std::vector<BehaviourRow> behaviour_rows(const std::vector<const RunDocument*>& runs) {
  std::vector<BehaviourRow> rows;
  const auto add = [&](std::string_view fact,
                       const std::function<std::string(const Fingerprint&)>& tell) {
    BehaviourRow row{std::string(fact), {}};
    for (const RunDocument* run : runs) row.cells.push_back(tell(run->fingerprint));
    const bool seen = std::any_of(row.cells.begin(), row.cells.end(),
                                  [](const std::string& cell) { return !cell.empty(); });
    if (seen) rows.push_back(std::move(row));
  };
  for (const SituationSpec& spec : situations())
    add(spec.title, [&](const Fingerprint& f) { return tally_in_words(f, spec.situation); });
  add("The longest unframed message that it took for one",
      [](const Fingerprint& f) { return size_or_nothing(f.longest_whole_read); });
  add("It cut an unframed message after",
      [](const Fingerprint& f) { return size_or_nothing(f.shortest_split); });
  return rows;
}

void write_behaviour(const std::vector<const RunDocument*>& runs,
                     const std::vector<std::string>& columns, Markup* page) {
  const auto rows = behaviour_rows(runs);
  if (rows.empty()) return;
  const auto section = page->in("section", {{"id", "behaviour"}});
  page->element("h2", "Behaviour");
  page->element("p", kBehaviourLead);
  const auto scroll = page->in("div", {{"class", "scroll"}});
  const auto table = page->in("table", {{"class", "matrix behaviour"}});
  {
    const auto head = page->in("thead");
    const auto line = page->in("tr");
    page->element("th", {{"scope", "col"}}, "Fact");
    for (const std::string& column : columns) page->element("th", {{"scope", "col"}}, column);
  }
  const auto body = page->in("tbody");
  for (const BehaviourRow& row : rows) {
    const auto line = page->in("tr");
    page->element("td", row.fact);
    for (const std::string& cell : row.cells) {
      const auto one = page->in("td");
      if (cell.empty()) {
        page->element("span", {{"class", "faint"}}, "–");
      } else {
        page->text(cell);
      }
    }
  }
}

}  // namespace md5spec
