// How many connections a server may be holding, as its client can tell.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "wire/transcript.h"

namespace md5spec {

// Nothing tells a client when a server has noticed that it left: so long it may take.
inline constexpr Duration kToNotice = std::chrono::milliseconds(50);

class Occupancy {
 public:
  // Until when one more connection should wait, of a server that serves `most` at once: `now` where
  // there is room, or where those that are open leave none, which waiting doesn't change. `events`:
  // all of a script so far; may only grow from call to call. Times are the events'.
  Duration room_at(const std::vector<Event>& events, Duration now, unsigned most);

 private:
  std::size_t seen_ = 0;                                // events
  std::map<int, std::optional<Duration>> may_be_held_;  // and when the client left
};

}  // namespace md5spec
