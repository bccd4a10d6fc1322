// Which bytes a profile's wire format puts around a message.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "digest/md5.h"
#include "target/profile.h"

namespace md5spec {

// A message's frame is head + message + tail. For a half-close profile the end of stream that
// follows isn't part of it.
struct Frame {
  std::string head;
  std::string tail;

  std::uint64_t size(std::uint64_t message_size) const {
    return head.size() + message_size + tail.size();
  }
};

// The frame of a message of that many bytes. The size must fit the length field (see
// why_unsendable).
Frame frame_for(const Profile& profile, std::uint64_t message_size);

// The digest that the profile's server owes for a message: of the message, or of its whole frame.
Digest due_digest(const Profile& profile, const Frame& frame, std::string_view message);
inline Digest due_digest(const Profile& profile, std::string_view message) {
  return due_digest(profile, frame_for(profile, message.size()), message);
}

// Why no message of that size can be sent under the profile: it is over the limit, or the length
// field can't say it.
std::optional<std::string> why_unsendable(const Profile& profile, std::uint64_t message_size);
// The same, but for its limit.
std::optional<std::string> unsayable_length(const Profile& profile, std::uint64_t message_size);

// Why the profile gives no way to send `message`, or doesn't claim that its server takes it;
// nothing if it can be sent. A message over the declared limit is one of those unless `limit` says
// that going over it is the point.
enum class LimitRule { kKeep, kExceed };
std::optional<std::string> why_unsendable(const Profile& profile, std::string_view message,
                                          LimitRule limit = LimitRule::kKeep);

}  // namespace md5spec
