#include "cli/progress.h"

#include <algorithm>
#include <cstdio>

#include <fmt/format.h>
#include <unistd.h>

namespace md5spec {
namespace {

constexpr std::chrono::milliseconds kInterval(100);
constexpr std::chrono::seconds kIntervalOfLines(5);  // where it isn't a terminal
constexpr int kBarWidth = 24;
// Messages that are sent in no time need no bar.
constexpr std::uint64_t kWorthABar = std::uint64_t{128} << 20U;

}  // namespace

ProgressLine::ProgressLine() : on_terminal_(isatty(STDERR_FILENO) == 1) {}

bool ProgressLine::is_due(std::chrono::milliseconds interval) {
  const auto now = Clock::now();
  if (now - last_ < interval) return false;
  last_ = now;
  return true;
}

void ProgressLine::show(std::size_t done, std::size_t planned) {
  transfer_.clear();
  if (!on_terminal_ || !is_due(kInterval)) return;
  shown_ = true;
  fmt::print(stderr, "\r\x1b[K{} of {} cases ", done, planned);
  std::fflush(stderr);
}

void ProgressLine::show_transfer(const std::string& case_id, std::uint64_t sent,
                                 std::uint64_t size) {
  if (size < kWorthABar) return;
  if (transfer_ != case_id || transfer_size_ != size || sent == 0) {
    transfer_ = case_id;
    transfer_size_ = size;
    transfer_began_ = Clock::now();
    if (!on_terminal_) last_ = transfer_began_;
  }
  if (!is_due(on_terminal_ ? kInterval : kIntervalOfLines)) return;
  const auto spent =
      std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - transfer_began_);
  const std::string line = fmt::format("{} {}", case_id, transfer_in_words(sent, size, spent));
  if (on_terminal_) {
    shown_ = true;
    fmt::print(stderr, "\r\x1b[K{}", line);
  } else {
    fmt::print(stderr, "{}\n", line);
  }
  std::fflush(stderr);
}

void ProgressLine::clear() {
  if (!shown_) return;
  fmt::print(stderr, "\r\x1b[K");
  std::fflush(stderr);
  shown_ = false;
}

std::string transfer_in_words(std::uint64_t sent, std::uint64_t size,
                              std::chrono::milliseconds spent) {
  const double part = size == 0 ? 1 : static_cast<double>(sent) / static_cast<double>(size);
  const int filled = std::clamp(static_cast<int>(part * kBarWidth), 0, kBarWidth);
  std::string line =
      fmt::format("[{:<{}}] {:3.0f}%", std::string(static_cast<std::size_t>(filled), '='),
                  kBarWidth, part * 100);
  const double seconds = std::chrono::duration<double>(spent).count();
  if (seconds <= 0 || sent == 0) return line;
  const double rate = static_cast<double>(sent) / seconds;
  return line + fmt::format("  {:.0f} MiB/s, {:.0f} s left", rate / (1U << 20U),
                            static_cast<double>(size - std::min(sent, size)) / rate);
}

}  // namespace md5spec
