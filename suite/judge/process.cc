#include "judge/process.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "judge/process_end.h"
#include "text/bytes.h"

namespace md5spec {
namespace {

// Growth shows in the long run: fewer windows tell nothing.
constexpr std::size_t kFewestWindows = 3;
constexpr std::int64_t kConnectionsPerDescriptor = 100;
constexpr std::int64_t kBytesPerConnection = 1024;
constexpr std::int64_t kEnoughForAHeap = 3000;  // connections
// Beside a smaller message other things count more.
constexpr std::uint64_t kLargeMessage = std::uint64_t{32} << 20U;
// What shells and service managers say of a process that SIGTERM has ended.
constexpr int kTermStatus = 128 + 15;
constexpr int kTermSignal = 15;

// What lies between two measurements.
struct Window {
  std::int64_t connections = 0;
  std::int64_t descriptors = 0;  // more than before
  std::int64_t bytes = 0;        // of memory, more than before
  std::uint64_t largest_message = 0;
};

std::vector<Window> windows_of(const Transcript& transcript) {
  std::vector<Window> windows;
  const Event* before = nullptr;
  Window current;
  std::vector<std::uint64_t> sent(transcript.connections.size());
  for (const Event& event : transcript.events) {
    if (event.kind == Event::Kind::kConnected) ++current.connections;
    if (event.kind == Event::Kind::kSend) {
      std::uint64_t& bytes = sent[static_cast<std::size_t>(event.connection)];
      bytes += event.bytes;
      current.largest_message = std::max(current.largest_message, bytes);
    }
    if (event.kind != Event::Kind::kMeasured) continue;
    if (before != nullptr) {
      current.descriptors = static_cast<std::int64_t>(event.descriptors) -
                            static_cast<std::int64_t>(before->descriptors);
      current.bytes =
          static_cast<std::int64_t>(event.bytes) - static_cast<std::int64_t>(before->bytes);
      windows.push_back(current);
    }
    before = &event;
    current = Window();
    std::fill(sent.begin(), sent.end(), 0);
  }
  return windows;
}

bool more_descriptors(const Window& w) {
  return w.connections > 0 && w.descriptors * kConnectionsPerDescriptor >= w.connections;
}

bool more_memory(const Window& w) {
  return w.connections > 0 && w.bytes >= w.connections * kBytesPerConnection;
}

using Grew = bool (*)(const Window&);

// A heap that is collected grows until it is; so few connections needn't bring that about.
bool are_enough(const std::vector<Window>& windows) {
  std::int64_t connections = 0;
  for (const Window& window : windows) connections += window.connections;
  return connections >= kEnoughForAHeap;
}

bool all(const std::vector<Window>& windows, Grew grew) {
  return windows.size() >= kFewestWindows && std::all_of(windows.begin(), windows.end(), grew);
}

Observed observed(Anomaly anomaly, Evidence evidence, std::string explanation) {
  Observed one;
  one.anomaly = anomaly;
  one.evidence = evidence;
  one.explanation = std::move(explanation);
  return one;
}

std::string amounts(const std::vector<Window>& windows, std::int64_t Window::*amount,
                    std::int64_t unit) {
  std::vector<std::int64_t> list;
  for (const Window& window : windows) list.push_back(window.*amount / unit);
  return fmt::format("{}", fmt::join(list, ", "));
}

void look_for_leaks(const std::vector<Window>& windows, std::vector<Observed>* found) {
  const auto connections = amounts(windows, &Window::connections, 1);
  if (all(windows, more_descriptors)) {
    Observed& one = found->emplace_back(observed(
        Anomaly::kLeaks, Evidence::kProcess,
        fmt::format("in each of {} windows it holds more open descriptors", windows.size())));
    one.expected = "fewer than 1 more in 100 connections, at least once";
    one.received = fmt::format("{} more, in {} connections",
                               amounts(windows, &Window::descriptors, 1), connections);
  }
  if (all(windows, more_memory) && are_enough(windows)) {
    Observed& one = found->emplace_back(
        observed(Anomaly::kLeaks, Evidence::kProcess,
                 fmt::format("in each of {} windows it holds more memory", windows.size())));
    one.expected = "less than 1 KiB more for each connection, at least once";
    one.received = fmt::format("{} KiB more, in {} connections",
                               amounts(windows, &Window::bytes, 1024), connections);
  }
}

void look_for_hoards(const std::vector<Window>& windows, std::vector<Observed>* found) {
  for (const Window& window : windows) {
    const auto half = static_cast<std::int64_t>(window.largest_message / 2);
    if (window.largest_message < kLargeMessage || window.bytes <= half) continue;
    Observed& one = found->emplace_back(
        observed(Anomaly::kHoards, Evidence::kProcess,
                 fmt::format("its memory grew by {} while it took a message of {}",
                             size_in_words(static_cast<unsigned long long>(window.bytes)),
                             size_in_words(window.largest_message))));
    one.expected = "growth by at most half of the message";
    one.received =
        fmt::format("{} more", size_in_words(static_cast<unsigned long long>(window.bytes)));
    return;
  }
}

bool is_as_told(const ProcessEnd& end) {
  if (!end.status_counts) return true;
  return end.signal != 0 ? end.signal == kTermSignal : end.status == 0 || end.status == kTermStatus;
}

void look_at_end(const Transcript& transcript, std::vector<Observed>* found) {
  bool told = false;
  for (const Event& event : transcript.events) {
    told = told || event.kind == Event::Kind::kTerminated;
    if (!told) continue;
    const bool waited = event.kind == Event::Kind::kAwait &&
                        event.awaited == Event::Awaited::kProcessEnd &&
                        event.came == Event::Came::kTimeout;
    if (waited) {
      Observed& one = found->emplace_back(
          observed(Anomaly::kStaysUp, Evidence::kDeadline,
                   fmt::format("the server ran on for {:.1f} s behind SIGTERM",
                               static_cast<double>((event.at - event.since).count()) / 1e6)));
      one.expected = "it ends within 5 s";
      one.received = "it runs on";
    }
    if (event.kind != Event::Kind::kProcessEnded || is_as_told(*event.process_end)) continue;
    Observed& one = found->emplace_back(
        observed(Anomaly::kBadExit, Evidence::kProcess,
                 "told to end by SIGTERM, the server " + in_words(*event.process_end)));
    one.expected = "exit status 0 or 143, or the end by SIGTERM itself";
    one.received = in_words(*event.process_end);
  }
}

}  // namespace

std::vector<Observed> observe_process(const Transcript& transcript) {
  std::vector<Observed> found;
  const std::vector<Window> windows = windows_of(transcript);
  look_for_leaks(windows, &found);
  look_for_hoards(windows, &found);
  look_at_end(transcript, &found);
  return found;
}

const ProcessEnd* unasked_end(const Transcript& transcript) {
  for (const Event& event : transcript.events) {
    if (event.kind == Event::Kind::kTerminated) return nullptr;
    if (event.kind == Event::Kind::kProcessEnded) return event.process_end.get();
  }
  return nullptr;
}

std::string unjudged_growth(const Transcript& transcript) {
  const std::vector<Window> windows = windows_of(transcript);
  if (!all(windows, more_memory) || are_enough(windows)) return {};
  return fmt::format(
      "it held more memory in each of {} windows, which isn't judged: it takes {} connections to "
      "tell a leak from a heap that hasn't been collected yet, and so many didn't fit in the time "
      "budget",
      windows.size(), kEnoughForAHeap);
}

bool every_window_grew(const Transcript& transcript) {
  const std::vector<Window> windows = windows_of(transcript);
  if (windows.empty()) return false;
  return std::all_of(windows.begin(), windows.end(), more_descriptors) ||
         std::all_of(windows.begin(), windows.end(), more_memory);
}

}  // namespace md5spec
