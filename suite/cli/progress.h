// A line that says how far a run is, on a terminal only.
#pragma once

#include <chrono>
#include <cstddef>

namespace md5spec {

class ProgressLine {
 public:
  ProgressLine();  // looks whether standard error is a terminal

  // Shows at most ten times a second.
  void show(std::size_t done, std::size_t planned);
  void clear();

 private:
  bool on_terminal_;
  bool shown_ = false;
  std::chrono::steady_clock::time_point last_;
};

}  // namespace md5spec
