#include "cli/output.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <system_error>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "conduct/endpoint.h"
#include "report/badge.h"
#include "report/files.h"
#include "report/html.h"
#include "report/json.h"
#include "report/junit.h"
#include "report/markdown.h"
#include "report/output_place.h"
#include "text/bytes.h"

namespace md5spec {
namespace {

namespace fs = std::filesystem;

struct OutputFormat {
  std::string_view ending;
  std::string_view name;
  std::string (*write)(const ReportDocument&);
};

// The first one whose ending a file has.
constexpr std::array<OutputFormat, 5> kFormats = {{
    {".badge.json", "a badge for shields.io", to_badge},
    {".json", "JSON", to_json},
    {".xml", "JUnit", to_junit},
    {".html", "HTML", to_html},
    {".md", "Markdown", to_markdown},
}};

const OutputFormat* format_for(const std::string& path) {
  const std::string name = fs::path(path).filename().string();
  const auto* const found = std::find_if(
      kFormats.begin(), kFormats.end(),
      [&](const OutputFormat& one) { return name.ends_with(one.ending) && name != one.ending; });
  return found == kFormats.end() ? nullptr : found;
}

}  // namespace

void check_folder(const std::string& flag, const std::string& path) {
  const OutputPlace place = output_place(path);
  if (place.kind != OutputPlace::Kind::kFile) return;
  const fs::path folder = fs::path(place.path).parent_path();
  std::error_code ignored;
  if (fs::is_directory(folder, ignored)) return;
  throw UsageError(
      fmt::format("{} {}: no folder {}", flag, displayable(path), displayable(folder.string())));
}

void check_report_path(const std::string& path) {
  if (format_for(path) == nullptr) {
    std::vector<std::string> known;
    for (const OutputFormat& one : kFormats)
      known.push_back(fmt::format("{} ({})", one.ending, one.name));
    throw UsageError(fmt::format("--report {}: the file's ending names the format; known: {}",
                                 displayable(path), fmt::join(known, ", ")));
  }
  check_folder("--report", path);
}

void write_report(const ReportDocument& report, const std::string& path) {
  write_file(path, format_for(path)->write(report));
}

}  // namespace md5spec
