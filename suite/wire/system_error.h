// What a call to the system failed for.
#pragma once

#include <system_error>

#include <asio/error.hpp>

namespace md5spec {

// Whether that is what it failed for. Comparing with std::errc doesn't tell: as packaged, Asio's
// category leaves out what its values mean to the standard library, so that it says no to all.
inline bool failed_for(const std::error_code& error, std::errc reason) {
  const bool is_systems = error.category() == asio::error::get_system_category() ||
                          error.category() == std::system_category() ||
                          error.category() == std::generic_category();
  return is_systems && error.value() == static_cast<int>(reason);
}

}  // namespace md5spec
