#include "cli/output.h"

#include <filesystem>

#include <fmt/format.h>

#include "conduct/endpoint.h"
#include "report/files.h"
#include "report/json.h"
#include "report/junit.h"
#include "text/bytes.h"

namespace md5spec {
namespace {

namespace fs = std::filesystem;

}  // namespace

void check_folder(const std::string& flag, const std::string& path) {
  const fs::path folder = fs::absolute(path).parent_path();
  if (fs::is_directory(folder)) return;
  throw UsageError(
      fmt::format("{} {}: no folder {}", flag, displayable(path), displayable(folder.string())));
}

void check_report_path(const std::string& path) {
  const std::string extension = fs::path(path).extension().string();
  if (extension != ".json" && extension != ".xml") {
    throw UsageError(
        fmt::format("--report {}: the file's ending names the format; known: .json, .xml (JUnit)",
                    displayable(path)));
  }
  check_folder("--report", path);
}

void write_report(const ReportDocument& report, const std::string& path) {
  write_file(path, fs::path(path).extension() == ".json" ? to_json(report) : to_junit(report));
}

}  // namespace md5spec
