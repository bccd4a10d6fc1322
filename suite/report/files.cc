#include "report/files.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "conduct/endpoint.h"
#include "digest/sha256.h"
#include "report/descriptor_buffer.h"
#include "report/output_place.h"
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
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) throw InputError(where, "is a folder");
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

// Writes all of it to the descriptor and closes that. Returns the first error, as errno has it; 0:
// none.
int write_and_close(int descriptor, const std::function<void(std::ostream&)>& write) {
  int error = 0;
  try {
    DescriptorBuffer buffer(descriptor);
    std::ostream out(&buffer);
    write(out);
    out.flush();
    error = buffer.error();
  } catch (...) {
    close(descriptor);
    throw;
  }
  // Some file systems tell only now that there was no room.
  if (close(descriptor) != 0 && error == 0) error = errno;
  return error;
}

int write_through(const OutputPlace& place, const std::function<void(std::ostream&)>& write) {
  std::fflush(nullptr);  // what was printed before comes before it
  const int descriptor = place.kind == OutputPlace::Kind::kDescriptor
                             ? fcntl(place.descriptor, F_DUPFD_CLOEXEC, 0)
                             : open(place.path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY);
  return descriptor < 0 ? errno : write_and_close(descriptor, write);
}

// Through a temporary file beside it, so that nobody ever sees half of it.
int replace(const std::string& path, const std::function<void(std::ostream&)>& write) {
  constexpr mode_t kForAll = 0666;  // less what the umask takes away
  const std::string temporary = fmt::format("{}.{}.tmp", path, getpid());
  const int descriptor =
      open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, kForAll);
  if (descriptor < 0) return errno;
  int error = 0;
  try {
    error = write_and_close(descriptor, write);
  } catch (...) {
    unlink(temporary.c_str());
    throw;
  }
  if (error == 0 && std::rename(temporary.c_str(), path.c_str()) != 0) error = errno;
  if (error != 0) unlink(temporary.c_str());
  return error;
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
  const OutputPlace place = output_place(path);
  const int error = place.kind == OutputPlace::Kind::kFile ? replace(place.path, write)
                                                           : write_through(place, write);
  if (error == 0) return;
  throw UsageError(fmt::format("can't write {}: {}", displayable(path), std::strerror(error)));
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
