// Compression (RFC 1952), by zlib.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace md5spec {

std::string gzip(std::string_view bytes);

// Nothing where `compressed` isn't one whole gzip member, or holds more than `most` bytes.
std::optional<std::string> gunzip(std::string_view compressed, std::size_t most);

}  // namespace md5spec
