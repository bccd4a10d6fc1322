#include "catalogue/message_stream.h"

#include <algorithm>
#include <utility>

namespace md5spec {
namespace {

// Large enough for system calls to cost little, small enough for a processor's cache.
constexpr std::size_t kWindow = 192U << 10U;

}  // namespace

MessageStream::MessageStream(std::string unit, std::uint64_t size)
    : unit_size_(unit.size()), size_(size), window_(std::move(unit)) {
  const auto wanted =
      static_cast<std::size_t>(std::min<std::uint64_t>(size_, unit_size_ + kWindow));
  if (window_.size() >= wanted) return;
  window_.reserve(wanted);
  while (window_.size() < wanted)
    window_.append(window_, 0, std::min(window_.size(), wanted - window_.size()));
}

std::string_view MessageStream::view(std::uint64_t offset) const {
  if (offset >= size_) return {};
  const auto begin = static_cast<std::size_t>(offset % unit_size_);
  const auto most = std::min<std::uint64_t>(size_ - offset, kWindow);
  return std::string_view(window_).substr(begin, static_cast<std::size_t>(most));
}

}  // namespace md5spec
