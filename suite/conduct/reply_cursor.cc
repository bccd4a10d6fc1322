#include "conduct/reply_cursor.h"

#include <algorithm>

namespace md5spec {
namespace {

// Fewer bytes than this (a raw digest's) are hardly a reply of any kind; the rest may still be on
// its way.
constexpr std::size_t kLeastReply = 16;

}  // namespace

ReplyCursor::State ReplyCursor::look(std::string_view received, std::uint64_t sent) {
  while (complete_ < ends_.size() && ends_[complete_] <= sent) ++complete_;
  while (next_ < due_.size() && due_[next_]->reply.begins(received.substr(position_))) {
    position_ += due_[next_]->reply.size();
    // Only what is still awaited needs its message in memory.
    due_[next_++].reset();
  }
  if (next_ >= complete_) return State::kComplete;
  const std::string_view rest = received.substr(position_);
  if (due_[next_]->reply.may_become(rest)) return State::kMore;
  const bool scant = rest.size() < std::min(kLeastReply, due_[next_]->reply.size());
  return scant ? State::kScant : State::kDeviating;
}

void ReplyCursor::settle(std::size_t received) {
  position_ = received;
  for (; next_ < complete_; ++next_) due_[next_].reset();
}

}  // namespace md5spec
