// How far a run is, on standard error.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace md5spec {

// On a terminal one line that is written over: cases done, or a bar while a large message is sent.
// Elsewhere only large messages are told of, with a line now and then.
class ProgressLine {
 public:
  ProgressLine();  // looks whether standard error is a terminal

  void show(std::size_t done, std::size_t planned);
  void show_transfer(const std::string& case_id, std::uint64_t sent, std::uint64_t size);
  void clear();

 private:
  using Clock = std::chrono::steady_clock;

  bool is_due(std::chrono::milliseconds interval);

  bool on_terminal_;
  bool shown_ = false;
  Clock::time_point last_{};
  std::string transfer_;  // whose large message is under way
  std::uint64_t transfer_size_ = 0;
  Clock::time_point transfer_began_{};
};

// "[=====     ]  50%  612 MiB/s, 4 s left": how far a transfer has come after `spent`.
std::string transfer_in_words(std::uint64_t sent, std::uint64_t size,
                              std::chrono::milliseconds spent);

}  // namespace md5spec
