// Where an `until` cuts that names no place.
#pragma once

#include <cstdint>
#include <limits>

namespace md5spec {

// `until: delimiter`: everything before the delimiter that ends the last message.
constexpr std::int64_t kUntilDelimiter = std::numeric_limits<std::int64_t>::min();

}  // namespace md5spec
