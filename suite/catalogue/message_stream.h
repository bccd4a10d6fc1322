// The bytes of a message that is too large to be kept in memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace md5spec {

// A unit over and over, up to a size. Any part can be looked at; no more than the unit and a window
// is kept. Never changes, so several threads may use it at once.
class MessageStream {
 public:
  // The unit isn't empty, unless the size is 0.
  MessageStream(std::string unit, std::uint64_t size);

  std::uint64_t size() const { return size_; }

  // Returns bytes from `offset` on: at least one of them, unless that is the end, and as many as
  // can be had in one piece.
  std::string_view view(std::uint64_t offset) const;

 private:
  std::size_t unit_size_;
  std::uint64_t size_;
  std::string window_;  // the unit, repeated for so long that a view can begin at each of its bytes
};

}  // namespace md5spec
