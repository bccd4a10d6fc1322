#include "conduct/occupancy.h"

#include <algorithm>

namespace md5spec {

Duration Occupancy::room_at(const std::vector<Event>& events, Duration now, unsigned most) {
  for (; seen_ < events.size(); ++seen_) {
    const Event& event = events[seen_];
    switch (event.kind) {
      case Event::Kind::kConnected:
        may_be_held_.emplace(event.connection, std::nullopt);
        break;
      case Event::Kind::kPeerEnd:
      case Event::Kind::kPeerReset:
        may_be_held_.erase(event.connection);
        break;
      case Event::Kind::kClose:
      case Event::Kind::kReset: {
        const auto one = may_be_held_.find(event.connection);
        if (one != may_be_held_.end() && !one->second) one->second = event.at;
        break;
      }
      default:
        break;
    }
  }
  std::erase_if(may_be_held_,
                [&](const auto& one) { return one.second && *one.second + kToNotice <= now; });
  if (may_be_held_.size() < most) return now;
  std::optional<Duration> first_left;
  for (const auto& [connection, left] : may_be_held_) {
    if (left && (!first_left || *left < *first_left)) first_left = left;
  }
  return first_left ? *first_left + kToNotice : now;
}

}  // namespace md5spec
