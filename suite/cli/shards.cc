#include "cli/shards.h"

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include "conduct/endpoint.h"
#include "text/bytes.h"

namespace md5spec {
namespace {

constexpr const char* kTotal = "GTEST_TOTAL_SHARDS";
constexpr const char* kIndex = "GTEST_SHARD_INDEX";
constexpr const char* kStatusFile = "GTEST_SHARD_STATUS_FILE";

// The variable's value; nothing where it isn't set.
std::optional<int> number_in(const char* name, int least, int most) {
  const char* const value = std::getenv(name);
  if (value == nullptr) return std::nullopt;
  const std::string_view text = value;
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc() && end == text.data() + text.size() && number >= least && number <= most)
    return number;
  throw UsageError(fmt::format("{}={}: must be a whole number from {} to {}", name, in_quotes(text),
                               least, most));
}

// GoogleTest makes this file to tell whoever started it that it knows of shards; where it can't, it
// ends the process.
void check_status_file() {
  const char* const path = std::getenv(kStatusFile);
  if (path == nullptr) return;
  std::FILE* const file = std::fopen(path, "a");
  if (file == nullptr)
    throw UsageError(fmt::format("{}: can't write {}", kStatusFile, displayable(path)));
  std::fclose(file);
}

Shards read_shards() {
  constexpr int kMost = std::numeric_limits<int>::max();
  const std::optional<int> total = number_in(kTotal, 1, kMost);
  if (!total) {
    if (std::getenv(kIndex) == nullptr) return {};
    throw UsageError(
        fmt::format("{} is set, but {} isn't: it must say how many shards there are, 1 or more",
                    kIndex, kTotal));
  }
  const std::optional<int> index = number_in(kIndex, 0, *total - 1);
  if (!index) {
    throw UsageError(
        fmt::format("{}={}, but {} isn't set: it must say which of them this is, from 0 to {}",
                    kTotal, *total, kIndex, *total - 1));
  }
  return {*index, *total};
}

}  // namespace

std::string Shards::str() const { return fmt::format("{}/{}", index + 1, total); }

Shards shards_from_environment() {
  const Shards shards = read_shards();
  check_status_file();
  return shards;
}

}  // namespace md5spec
