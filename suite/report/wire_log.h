// A transcript as a readable sequence of events.
#pragma once

#include <string>
#include <vector>

#include "wire/transcript.h"

namespace md5spec {

struct WireEvent {
  Duration at{};
  int connection = 0;  // counted from 1; 0: of the server's process
  std::string event;   // connect, connected, send, receive, half_close, end, reset, timeout …
  std::uint64_t bytes = 0;
  std::string data;  // the first 256 bytes of what was sent or received; of other events, words

  bool has_bytes() const { return event == "send" || event == "receive"; }
};

// The first `most` events; waits that ended as expected are left out.
std::vector<WireEvent> wire_log(const Transcript& transcript, std::size_t most = 200);

// One printable line.
std::string in_words(const WireEvent& event);

}  // namespace md5spec
