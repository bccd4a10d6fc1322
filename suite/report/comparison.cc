#include "report/comparison.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include <fmt/format.h>

#include "text/bytes.h"

namespace md5spec {
namespace {

std::vector<ComparedRun> columns_of(const std::vector<NamedReport>& reports) {
  std::vector<std::string> profiles;
  for (const NamedReport& one : reports) {
    for (const RunDocument& run : one.report.runs) {
      if (std::find(profiles.begin(), profiles.end(), run.profile) == profiles.end())
        profiles.push_back(run.profile);
    }
  }
  std::vector<ComparedRun> columns;
  for (const std::string& profile : profiles) {
    for (const NamedReport& one : reports) {
      for (const RunDocument& run : one.report.runs) {
        if (run.profile == profile) columns.push_back({one.name, &run});
      }
    }
  }
  return columns;
}

std::vector<ComparedCase> rows_of(const std::vector<ComparedRun>& columns) {
  std::vector<ComparedCase> rows;
  std::map<std::string, std::size_t> places;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    for (const CaseDocument& one : columns[i].run->cases) {
      const auto [found, is_new] = places.try_emplace(one.id, rows.size());
      if (is_new) {
        rows.push_back({one.id, {}});
        rows.back().results.resize(columns.size());
      }
      rows[found->second].results[i] = &one;
    }
  }
  return rows;
}

Direction direction_of(const CaseDocument* before, const CaseDocument* now) {
  // What wasn't tried says nothing for better or worse.
  const auto says = [](const CaseDocument* one) {
    return one != nullptr && one->outcome != Outcome::kSkip;
  };
  if (!says(now)) return Direction::kOther;
  const int earlier = says(before) ? badness(before->outcome) : 0;
  const int later = badness(now->outcome);
  if (later > earlier) return Direction::kWorse;
  return later < earlier ? Direction::kBetter : Direction::kOther;
}

void add_changes(const RunDocument& before, const RunDocument& now,
                 std::vector<ComparedChange>* changes) {
  std::map<std::string, std::pair<const CaseDocument*, const CaseDocument*>> cases;
  std::vector<std::string> order;
  const auto at = [&](const std::string& id) -> auto& {
    const auto [found, is_new] = cases.try_emplace(id);
    if (is_new) order.push_back(id);
    return found->second;
  };
  for (const CaseDocument& one : now.cases) at(one.id).second = &one;
  for (const CaseDocument& one : before.cases) at(one.id).first = &one;
  for (const std::string& id : order) {
    const auto& [first, second] = cases[id];
    if (first != nullptr && second != nullptr && first->outcome == second->outcome) continue;
    changes->push_back({now.profile + "/" + id, first, second, direction_of(first, second)});
  }
}

std::vector<ComparedChange> changes_between(const ReportDocument& before,
                                            const ReportDocument& now) {
  std::vector<ComparedChange> changes;
  for (const RunDocument& run : now.runs) {
    const auto earlier =
        std::find_if(before.runs.begin(), before.runs.end(),
                     [&](const RunDocument& other) { return other.profile == run.profile; });
    if (earlier != before.runs.end()) add_changes(*earlier, run, &changes);
  }
  std::stable_sort(
      changes.begin(), changes.end(),
      [](const ComparedChange& a, const ComparedChange& b) { return a.direction < b.direction; });
  return changes;
}

std::vector<std::string> notes_on(const std::vector<NamedReport>& reports) {
  std::vector<std::string> notes;
  const ReportDocument& first = reports.front().report;
  for (const NamedReport& one : reports) {
    if (one.report.catalogue_sha256 != first.catalogue_sha256)
      notes.push_back(fmt::format("{} was made with another catalogue of cases than {}", one.name,
                                  reports.front().name));
    if (one.report.seed != first.seed)
      notes.push_back(fmt::format("{} has seed {}, {} has {}: random messages differ", one.name,
                                  one.report.seed, reports.front().name, first.seed));
    if (const std::string narrowed = one.report.selection.narrowed_by(); !narrowed.empty())
      notes.push_back(fmt::format("{} doesn't tell of every case: {}", one.name, narrowed));
  }
  if (reports.size() == 2) {
    for (const RunDocument& run : first.runs) {
      const auto& later = reports.back().report.runs;
      const bool is_there = std::any_of(later.begin(), later.end(), [&](const RunDocument& other) {
        return other.profile == run.profile;
      });
      if (!is_there)
        notes.push_back(
            fmt::format("{} has no run of profile {}", reports.back().name, run.profile));
    }
  }
  return notes;
}

}  // namespace

bool ComparedCase::alike() const {
  const CaseDocument* first = nullptr;
  for (const CaseDocument* one : results) {
    if (one == nullptr) continue;
    if (first == nullptr) first = one;
    if (one->outcome != first->outcome) return false;
  }
  return true;
}

bool Comparison::is_worse() const {
  return std::any_of(changes.begin(), changes.end(),
                     [](const ComparedChange& one) { return one.direction == Direction::kWorse; });
}

Comparison compare(const std::vector<NamedReport>& reports) {
  Comparison comparison;
  comparison.columns = columns_of(reports);
  comparison.cases = rows_of(comparison.columns);
  comparison.notes = notes_on(reports);
  if (reports.size() == 2)
    comparison.changes = changes_between(reports.front().report, reports.back().report);
  return comparison;
}

std::vector<const RunDocument*> runs_of(const Comparison& comparison) {
  std::vector<const RunDocument*> runs;
  runs.reserve(comparison.columns.size());
  for (const ComparedRun& column : comparison.columns) runs.push_back(column.run);
  return runs;
}

std::vector<std::string> names_for(const std::vector<std::string>& files) {
  std::vector<std::string> names;
  std::set<std::string> seen;
  for (const std::string& file : files) {
    names.push_back(displayable(std::filesystem::path(file).stem().string()));
    seen.insert(names.back());
  }
  if (seen.size() == files.size()) return names;
  names.clear();
  for (std::size_t i = 0; i < files.size(); ++i) {
    const bool is_again = std::find(files.begin(), files.begin() + static_cast<std::ptrdiff_t>(i),
                                    files[i]) != files.begin() + static_cast<std::ptrdiff_t>(i);
    names.push_back(displayable(files[i]) + (is_again ? fmt::format(" ({})", i + 1) : ""));
  }
  return names;
}

std::string title_of(const Comparison& comparison, const ComparedRun& column) {
  const auto& columns = comparison.columns;
  const bool several_profiles = std::any_of(columns.begin(), columns.end(), [&](const auto& other) {
    return other.run->profile != column.run->profile;
  });
  const bool several_reports = std::any_of(columns.begin(), columns.end(), [&](const auto& other) {
    return other.report != column.report;
  });
  if (several_reports && several_profiles)
    return fmt::format("{} · {}", column.report, column.run->profile);
  return several_reports ? column.report : column.run->profile;
}

}  // namespace md5spec
