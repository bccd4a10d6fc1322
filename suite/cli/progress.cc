#include "cli/progress.h"

#include <cstdio>

#include <fmt/format.h>
#include <unistd.h>

namespace md5spec {
namespace {

constexpr std::chrono::milliseconds kInterval(100);

}  // namespace

ProgressLine::ProgressLine() : on_terminal_(isatty(STDERR_FILENO) == 1) {}

void ProgressLine::show(std::size_t done, std::size_t planned) {
  const auto now = std::chrono::steady_clock::now();
  if (!on_terminal_ || now - last_ < kInterval) return;
  last_ = now;
  shown_ = true;
  fmt::print(stderr, "\r{} of {} cases ", done, planned);
  std::fflush(stderr);
}

void ProgressLine::clear() {
  if (!shown_) return;
  fmt::print(stderr, "\r\x1b[K");
  std::fflush(stderr);
  shown_ = false;
}

}  // namespace md5spec
