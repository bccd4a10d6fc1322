#include "report/gzip.h"

#include <algorithm>
#include <array>
#include <stdexcept>

#include <zlib.h>

namespace md5spec {
namespace {

constexpr int kGzipOnly = 15 + 16;  // the largest window, and gzip's head and tail
constexpr std::size_t kGzipPiece = 1U << 16U;

Bytef* writable(const char* bytes) {
  // zlib doesn't write to its input; its interface predates const.
  return reinterpret_cast<Bytef*>(const_cast<char*>(bytes));
}

}  // namespace

std::string gzip(std::string_view bytes) {
  z_stream stream{};
  if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, kGzipOnly, 9, Z_DEFAULT_STRATEGY) !=
      Z_OK)
    throw std::runtime_error("zlib failed to begin");
  std::string out;
  std::array<char, kGzipPiece> piece{};
  int status = Z_OK;
  while (status == Z_OK) {
    if (stream.avail_in == 0 && !bytes.empty()) {
      const std::size_t next = std::min(bytes.size(), kGzipPiece);
      stream.next_in = writable(bytes.data());
      stream.avail_in = static_cast<uInt>(next);
      bytes.remove_prefix(next);
    }
    stream.next_out = reinterpret_cast<Bytef*>(piece.data());
    stream.avail_out = static_cast<uInt>(piece.size());
    status = deflate(&stream, bytes.empty() ? Z_FINISH : Z_NO_FLUSH);
    out.append(piece.data(), piece.size() - stream.avail_out);
  }
  deflateEnd(&stream);
  if (status != Z_STREAM_END) throw std::runtime_error("zlib failed to compress");
  return out;
}

std::optional<std::string> gunzip(std::string_view compressed, std::size_t most) {
  z_stream stream{};
  if (inflateInit2(&stream, kGzipOnly) != Z_OK) throw std::runtime_error("zlib failed to begin");
  std::string out;
  std::array<char, kGzipPiece> piece{};
  int status = Z_OK;
  while (status == Z_OK && out.size() <= most) {
    if (stream.avail_in == 0) {
      if (compressed.empty()) break;
      const std::size_t next = std::min(compressed.size(), kGzipPiece);
      stream.next_in = writable(compressed.data());
      stream.avail_in = static_cast<uInt>(next);
      compressed.remove_prefix(next);
    }
    stream.next_out = reinterpret_cast<Bytef*>(piece.data());
    stream.avail_out = static_cast<uInt>(piece.size());
    status = inflate(&stream, Z_NO_FLUSH);
    out.append(piece.data(), piece.size() - stream.avail_out);
  }
  const bool whole = status == Z_STREAM_END && stream.avail_in == 0 && compressed.empty();
  inflateEnd(&stream);
  if (!whole || out.size() > most) return std::nullopt;
  return out;
}

}  // namespace md5spec
