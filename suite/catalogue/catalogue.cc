#include "catalogue/catalogue.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <thread>

#include <fmt/format.h>

#include "catalogue/condition.h"
#include "digest/sha256.h"
#include "text/bytes.h"

namespace md5spec {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostThreads = 4;

std::string contents(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// What came of reading a case file.
struct LoadedFile {
  std::vector<Case> cases;
  std::exception_ptr thrown;
};

// Reads the files side by side: most of the time that a short command takes goes into that.
std::vector<LoadedFile> load_all(const std::vector<std::string>& files,
                                 const std::vector<std::string>& requirement_ids) {
  std::vector<LoadedFile> loaded(files.size());
  std::atomic<std::size_t> next = 0;
  const auto load_some = [&] {
    for (std::size_t i = next++; i < files.size(); i = next++) {
      try {
        loaded[i].cases = load_case_file(files[i], requirement_ids);
      } catch (...) {
        loaded[i].thrown = std::current_exception();
      }
    }
  };
  {
    std::vector<std::jthread> others;
    const std::size_t threads =
        std::min<std::size_t>({kMostThreads, files.size(), std::thread::hardware_concurrency()});
    for (std::size_t i = 1; i < threads; ++i) others.emplace_back(load_some);
    load_some();
  }
  return loaded;
}

}  // namespace

std::vector<std::string> case_files(const std::string& path) {
  if (!fs::is_directory(path)) return {path};
  std::vector<std::string> files;
  for (const auto& entry : fs::directory_iterator(path)) {
    const std::string extension = entry.path().extension().string();
    if (extension == ".yaml" || extension == ".yml") files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  if (files.empty()) throw InputError({displayable(path), 0, 0}, "holds no .yaml files");
  return files;
}

Catalogue Catalogue::load(const std::string& folder, const std::vector<std::string>& more) {
  Catalogue catalogue;
  const std::string requirements = (fs::path(folder) / "requirements.yaml").string();
  catalogue.requirements_ = load_requirements(requirements);
  std::vector<std::string> ids;
  for (const Requirement& requirement : catalogue.requirements_) ids.push_back(requirement.id);

  std::vector<std::string> files;
  for (std::string& file : case_files(folder)) {
    if (file != requirements) files.push_back(std::move(file));
  }
  for (const std::string& path : more) {
    for (std::string& file : case_files(path)) files.push_back(std::move(file));
  }
  std::vector<LoadedFile> loaded = load_all(files, ids);
  std::string digests = sha256_hex(contents(requirements));
  std::map<std::string, Location> seen;
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (loaded[i].thrown) std::rethrow_exception(loaded[i].thrown);
    for (Case& one : loaded[i].cases) {
      const auto [first, is_new] = seen.emplace(one.id(), one.where);
      if (!is_new)
        throw InputError(one.where, fmt::format("the case {} is already defined at {}", one.id(),
                                                first->second.str()));
      catalogue.cases_.push_back(std::move(one));
    }
    digests += sha256_hex(contents(files[i]));
  }
  catalogue.sha256_ = sha256_hex(digests);
  return catalogue;
}

const Requirement* Catalogue::find_requirement(std::string_view id) const {
  const auto found = std::find_if(requirements_.begin(), requirements_.end(),
                                  [&](const Requirement& r) { return r.id == id; });
  return found == requirements_.end() ? nullptr : &*found;
}

const Case* Catalogue::find_case(std::string_view id) const {
  const auto found =
      std::find_if(cases_.begin(), cases_.end(), [&](const Case& c) { return c.id() == id; });
  return found == cases_.end() ? nullptr : &*found;
}

std::vector<std::string> Catalogue::presupposed(std::string_view id, const Profile& profile) const {
  std::vector<std::string> all;
  std::vector<std::string> open = {std::string(id)};
  while (!open.empty()) {
    const Requirement* requirement = find_requirement(open.back());
    open.pop_back();
    for (const auto& needed : requirement->presupposes) {
      if (!needed.when.empty() && unmet(needed.when, profile, RunFacts())) continue;
      if (std::find(all.begin(), all.end(), needed.id) != all.end()) continue;
      all.push_back(needed.id);
      open.push_back(needed.id);
    }
  }
  return all;
}

}  // namespace md5spec
