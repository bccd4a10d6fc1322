// A stream into an open file that keeps the reason when writing fails.
#pragma once

#include <array>
#include <streambuf>

namespace md5spec {

class DescriptorBuffer : public std::streambuf {
 public:
  // The descriptor stays the caller's; it must be open for as long as this is used.
  explicit DescriptorBuffer(int descriptor);

  // The first error, as errno has it; 0: none so far. What is written after it is dropped.
  int error() const { return error_; }

 protected:
  int_type overflow(int_type c) override;
  int sync() override;

 private:
  bool write_out();

  int descriptor_;
  int error_ = 0;
  std::array<char, 1U << 16U> buffer_;
};

}  // namespace md5spec
