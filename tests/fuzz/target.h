// What a fuzz target is: a function that takes any bytes, and aborts where a promise is broken. Its
// name and form are libFuzzer's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace md5spec::fuzz {

// Ends the process where `holds` is false.
inline void require(bool holds, const char* promise) {
  if (holds) return;
  std::fprintf(stderr, "a promise is broken: %s\n", promise);
  std::abort();
}

// Takes an input apart from its front; once it is used up, gives zeros and nothing.
class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size)
      : rest_(reinterpret_cast<const char*>(data), size) {}

  bool empty() const { return rest_.empty(); }
  unsigned byte() {
    if (rest_.empty()) return 0;
    const auto value = static_cast<unsigned char>(rest_.front());
    rest_.remove_prefix(1);
    return value;
  }
  // At most so many bytes.
  std::string bytes(std::size_t most) {
    std::string taken(rest_.substr(0, most));
    rest_.remove_prefix(taken.size());
    return taken;
  }
  std::string all() { return bytes(rest_.size()); }

 private:
  std::string_view rest_;
};

}  // namespace md5spec::fuzz
