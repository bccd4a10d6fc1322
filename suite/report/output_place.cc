#include "report/output_place.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <system_error>

#include <unistd.h>

namespace md5spec {
namespace {

namespace fs = std::filesystem;

// As many as Linux itself follows.
constexpr int kMostLinks = 40;

bool is_number(const std::string& text) {
  return !text.empty() && text.size() < 10 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// The number in /proc/self/fd/N and whatever else leads there. `folder` has no links in it.
std::optional<int> own_descriptor(const fs::path& folder, const std::string& name) {
  const fs::path own = fs::path("/proc") / std::to_string(getpid());
  if (folder.filename() != "fd" || !is_number(name)) return std::nullopt;
  const fs::path process = folder.parent_path();
  const bool of_thread = process.parent_path() == own / "task";
  if (process != own && !of_thread) return std::nullopt;
  return std::stoi(name);
}

}  // namespace

OutputPlace output_place(const std::string& path) {
  OutputPlace place;
  std::error_code error;
  fs::path current = fs::absolute(path, error);
  if (error) current = path;
  for (int links = 0;; ++links) {
    std::error_code missing;
    const fs::path folder = fs::canonical(current.parent_path(), missing);
    if (missing) break;
    current = folder / current.filename();
    // Opening such a file anew would begin at its start, over what was written before.
    if (const auto descriptor = own_descriptor(folder, current.filename().string())) {
      place.kind = OutputPlace::Kind::kDescriptor;
      place.path = current.string();
      place.descriptor = *descriptor;
      return place;
    }
    if (!fs::is_symlink(fs::symlink_status(current, error))) break;
    if (links == kMostLinks) {  // to open it will say so
      place.kind = OutputPlace::Kind::kThrough;
      place.path = path;
      return place;
    }
    const fs::path target = fs::read_symlink(current, error);
    if (error) break;
    current = folder / target;  // an absolute target stands for itself
  }
  const fs::file_status status = fs::status(path, error);
  if (fs::exists(status) && !fs::is_regular_file(status)) {
    place.kind = OutputPlace::Kind::kThrough;
    place.path = path;
    return place;
  }
  place.path = current.string();
  return place;
}

}  // namespace md5spec
