// A file descriptor of one's own.
#pragma once

#include <cerrno>
#include <system_error>
#include <utility>

#include <unistd.h>

namespace md5spec::reference {

class Descriptor {
 public:
  // Throws std::system_error if `value` is what a failed system call returned; `what` names the
  // call.
  Descriptor(int value, const char* what) : value_(value) {
    if (value < 0) throw std::system_error(errno, std::generic_category(), what);
  }
  Descriptor(Descriptor&& other) noexcept : value_(std::exchange(other.value_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() {
    if (value_ >= 0) close(value_);
  }

  int get() const { return value_; }

 private:
  int value_;
};

}  // namespace md5spec::reference
