// Files that reports are read from and written to.
#pragma once

#include <cstdint>
#include <functional>
#include <ostream>
#include <string>

namespace md5spec {

// The whole file. Throws InputError where it can't be read, or is larger than `most` bytes.
std::string read_file(const std::string& path, std::uint64_t most = std::uint64_t{1} << 30U);

// Puts `content` into the file, all of it or, where that fails, nothing: the file is then what it
// was before. A link stays one: what it leads to is replaced. What is no regular file (a device, a
// FIFO, /dev/stdout) is written to as it comes. Throws UsageError.
void write_file(const std::string& path, const std::string& content);

// The same for content that `write` makes piece by piece.
void write_file(const std::string& path, const std::function<void(std::ostream&)>& write);

// The SHA-256 of a file of any size, 64 hex digits. Throws InputError where it can't be read.
std::string sha256_of_file(const std::string& path);

}  // namespace md5spec
