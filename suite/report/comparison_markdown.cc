#include <algorithm>

#include <fmt/format.h>

#include "report/behaviour.h"
#include "report/comparison.h"
#include "report/html_requirements.h"
#include "report/markdown.h"
#include "report/markdown_text.h"
#include "report/page.h"

namespace md5spec {
namespace {

constexpr std::size_t kChangeWords = 200;

std::string head(const Comparison& comparison, const std::string& first) {
  std::string titles = "| " + first + " |";
  std::string line = "|---|";
  for (const ComparedRun& column : comparison.columns) {
    titles += " " + markdown_text(title_of(comparison, column)) + " |";
    line += "---|";
  }
  return titles + "\n" + line + "\n";
}

std::string in_cell(const CaseDocument* one) {
  return one == nullptr ? "–" : std::string(in_words(one->outcome));
}

// A table of as many rows as there is room for, and how many there wasn't.
class Table {
 public:
  Table(std::string* out, const std::string& heading) : out_(out) { out_->append(heading); }
  ~Table() {
    if (left_out_ > 0) out_->append(fmt::format("\n… and {} more\n", grouped(left_out_)));
  }
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;

  void row(const std::string& line) {
    if (left_out_ > 0 || out_->size() + line.size() + 100 > kMarkdownMost) {
      ++left_out_;
    } else {
      out_->append(line);
    }
  }

 private:
  std::string* out_;
  std::uint64_t left_out_ = 0;
};

void write_changes(const Comparison& comparison, std::string* out) {
  const auto write_part = [&](Direction direction, const std::string& title) {
    const auto is_one = [&](const ComparedChange& one) { return one.direction == direction; };
    const auto count = std::count_if(comparison.changes.begin(), comparison.changes.end(), is_one);
    if (count == 0) return;
    Table table(out, fmt::format("\n### {} ({})\n\n| case | before | now | |\n|---|---|---|---|\n",
                                 title, count));
    for (const ComparedChange& one : comparison.changes) {
      if (!is_one(one)) continue;
      const CaseDocument* const telling = one.now != nullptr ? one.now : one.before;
      table.row(fmt::format("| {} | {} | {} | {} |\n", markdown_code(one.test), in_cell(one.before),
                            in_cell(one.now),
                            markdown_text(shortened(telling->reason, kChangeWords))));
    }
  };
  write_part(Direction::kWorse, "Worse");
  write_part(Direction::kBetter, "Better");
  write_part(Direction::kOther, "Otherwise different");
}

void write_requirements(const Comparison& comparison, std::string* out) {
  Table table(out, "\n### Requirements\n\n" + head(comparison, "requirement"));
  for (const RequirementRow& row : requirement_rows(runs_of(comparison))) {
    std::string line =
        fmt::format("| **{}** {} |", markdown_text(row.id), markdown_text(row.title));
    for (const RequirementDocument* one : row.results)
      line += fmt::format(" {} |", one == nullptr ? "–" : in_words(one->outcome));
    table.row(line + "\n");
  }
}

void write_behaviour(const Comparison& comparison, std::string* out) {
  const auto rows = behaviour_rows(runs_of(comparison));
  if (rows.empty()) return;
  Table table(out,
              fmt::format("\n### Behaviour\n\n{}\n\n{}", kBehaviourLead, head(comparison, "fact")));
  for (const BehaviourRow& row : rows) {
    std::string line = fmt::format("| {} |", markdown_text(row.fact));
    for (const std::string& cell : row.cells)
      line += fmt::format(" {} |", cell.empty() ? "–" : markdown_text(cell));
    table.row(line + "\n");
  }
}

void write_cases(const Comparison& comparison, std::string* out) {
  const auto alike = std::count_if(comparison.cases.begin(), comparison.cases.end(),
                                   [](const ComparedCase& one) { return one.alike(); });
  const auto different = static_cast<std::ptrdiff_t>(comparison.cases.size()) - alike;
  out->append(fmt::format("\n### Cases\n\n{} everywhere; {} {}.\n",
                          counted(static_cast<std::uint64_t>(alike), "case") + " came out the same",
                          different, different == 1 ? "differs" : "differ"));
  if (different == 0) return;
  Table table(out, "\n" + head(comparison, "case"));
  for (const ComparedCase& one : comparison.cases) {
    if (one.alike()) continue;
    std::string line = fmt::format("| {} |", markdown_code(one.id));
    for (const CaseDocument* result : one.results) line += " " + in_cell(result) + " |";
    table.row(line + "\n");
  }
}

}  // namespace

std::string to_markdown(const Comparison& comparison) {
  std::string out = "## md5spec: comparison\n\n| | verdict | cases | time |\n|---|---|---|---|\n";
  for (const ComparedRun& column : comparison.columns) {
    const RunDocument& run = *column.run;
    out += fmt::format("| {} | {} | {} | {} |\n", markdown_text(title_of(comparison, column)),
                       in_words(run.verdict), counts_in_words(run), time_in_words(run.duration));
  }
  for (const std::string& note : comparison.notes)
    out += fmt::format("\n{}\n", markdown_text(shortened(note, kChangeWords)));
  write_changes(comparison, &out);
  write_requirements(comparison, &out);
  write_behaviour(comparison, &out);
  write_cases(comparison, &out);
  return out;
}

}  // namespace md5spec
