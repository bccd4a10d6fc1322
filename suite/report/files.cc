#include "report/files.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>
#include <unistd.h>

#include "conduct/endpoint.h"
#include "digest/sha256.h"
#include "target/input_error.h"
#include "text/bytes.h"

namespace md5spec {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kPiece = 1U << 16U;

// Calls `take` with one piece after another; it returns false to stop.
template <typename Take>
void read_in_pieces(const std::string& path, Take take) {
  const Location where{displayable(path), 0, 0};
  if (fs::is_directory(path)) throw InputError(where, "is a folder");
  errno = 0;
  std::ifstream in(path, std::ios::binary);
  if (!in) throw InputError(where, std::strerror(errno));
  std::string piece(kPiece, '\0');
  while (in) {
    in.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    if (!take(std::string_view(piece).substr(0, static_cast<std::size_t>(in.gcount())))) return;
  }
  if (in.bad()) throw InputError(where, std::strerror(errno));
}

}  // namespace

std::string read_file(const std::string& path, std::uint64_t most) {
  std::string content;
  read_in_pieces(path, [&](std::string_view piece) {
    content += piece;
    return content.size() <= most;
  });
  if (content.size() > most)
    throw InputError({displayable(path), 0, 0}, "is larger than " + size_in_words(most));
  return content;
}

void write_file(const std::string& path, const std::function<void(std::ostream&)>& write) {
  const std::string temporary = fmt::format("{}.{}.tmp", path, getpid());
  std::error_code error;
  errno = 0;
  std::ofstream out(temporary, std::ios::binary);
  try {
    if (out) write(out);
  } catch (...) {
    out.close();
    fs::remove(temporary, error);
    throw;
  }
  out.close();
  if (out) fs::rename(temporary, path, error);
  if (!out || error) {
    const std::string why = error ? error.message() : std::strerror(errno);
    fs::remove(temporary, error);
    throw UsageError(fmt::format("can't write {}: {}", displayable(path), why));
  }
}

void write_file(const std::string& path, const std::string& content) {
  write_file(path, [&](std::ostream& out) { out << content; });
}

std::string sha256_of_file(const std::string& path) {
  Sha256 sha256;
  read_in_pieces(path, [&](std::string_view piece) {
    sha256.update(piece);
    return true;
  });
  return sha256.hex();
}

}  // namespace md5spec
