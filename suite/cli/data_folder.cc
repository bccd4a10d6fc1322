#include "cli/data_folder.h"

#include <filesystem>
#include <stdexcept>

#include <fmt/format.h>

namespace md5spec {
namespace {

namespace fs = std::filesystem;

std::string installed_or(const std::string& name, const std::string& in_source) {
  const fs::path installed = fs::path(program_folder()) / ".." / "share" / "md5spec" / name;
  if (fs::is_directory(installed)) return fs::canonical(installed).string();
  return (fs::path(MD5SPEC_SOURCE_DIR) / in_source).string();
}

}  // namespace

std::string program_folder() { return fs::read_symlink("/proc/self/exe").parent_path().string(); }

std::string cases_folder() { return installed_or("cases", "cases"); }

std::string profiles_folder() { return installed_or("profiles", "fixtures/profiles"); }

std::string reference_server() {
  const fs::path path = fs::path(program_folder()) / "md5-reference-server";
  if (!fs::exists(path)) {
    throw std::runtime_error(
        fmt::format("the reference server isn't where it was built or installed ({}); name a "
                    "server with --target",
                    path.string()));
  }
  return path.string();
}

}  // namespace md5spec
