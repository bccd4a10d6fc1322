// SHA-256 (FIPS 180-4), by which reports name files and catalogues.
#pragma once

#include <string>
#include <string_view>

namespace md5spec {

// The digest of `bytes` in 64 lower-case hex digits.
std::string sha256_hex(std::string_view bytes);

}  // namespace md5spec
