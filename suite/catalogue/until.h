// Where an `until` cuts.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

#include "target/profile.h"

namespace md5spec {

// `until: delimiter`: everything before the delimiter that ends the last message.
constexpr std::int64_t kUntilDelimiter = std::numeric_limits<std::int64_t>::min();

// Returns `position` within 0..size; a negative one counts from the end.
inline std::uint64_t cut_point(std::int64_t position, std::uint64_t size) {
  const auto end = static_cast<std::int64_t>(size);
  return static_cast<std::uint64_t>(
      std::clamp<std::int64_t>(position < 0 ? end + position : position, 0, end));
}

// How many of `size` bytes, whole frames, an `until` lets through.
inline std::uint64_t bytes_until(std::int64_t until, std::uint64_t size, const Profile& profile) {
  return until == kUntilDelimiter ? size - profile.delimiter.size() : cut_point(until, size);
}

}  // namespace md5spec
