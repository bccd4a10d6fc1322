#include "cli/output.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>
#include <unistd.h>

#include "conduct/endpoint.h"
#include "report/json.h"
#include "report/junit.h"
#include "text/bytes.h"

namespace md5spec {
namespace {

namespace fs = std::filesystem;

void write_whole(const std::string& path, const std::string& content) {
  const std::string temporary = fmt::format("{}.{}.tmp", path, getpid());
  std::ofstream out(temporary, std::ios::binary);
  out << content;
  out.close();
  std::error_code error;
  if (out) fs::rename(temporary, path, error);
  if (!out || error) {
    const std::string why = error ? error.message() : std::strerror(errno);
    fs::remove(temporary, error);
    throw UsageError(fmt::format("can't write {}: {}", displayable(path), why));
  }
}

}  // namespace

void check_report_path(const std::string& path) {
  const std::string extension = fs::path(path).extension().string();
  if (extension != ".json" && extension != ".xml") {
    throw UsageError(
        fmt::format("--report {}: the file's ending names the format; known: .json, .xml (JUnit)",
                    displayable(path)));
  }
  const fs::path folder = fs::absolute(path).parent_path();
  if (!fs::is_directory(folder))
    throw UsageError(
        fmt::format("--report {}: no folder {}", displayable(path), displayable(folder.string())));
}

void write_report(const Report& report, const std::string& path) {
  write_whole(path, fs::path(path).extension() == ".json" ? to_json(report) : to_junit(report));
}

}  // namespace md5spec
