#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "judge/mistake_hunt.h"
#include "text/bytes.h"

namespace md5spec {
namespace {

std::string shown(std::string_view message) { return in_quotes(message, 32); }

}  // namespace

// --- more before or behind the message ---

std::string frame_mistakes(Hunt& hunt) {
  const std::string_view message = hunt.context().message;
  const std::string_view head = hunt.context().frame.head;
  const std::string_view tail = hunt.context().frame.tail;
  if (hunt.is_joined({})) return "the empty message";
  if (hunt.is_message_and("")) return "the message alone, without what frames it";
  if (!tail.empty() && hunt.is_message_and(tail)) {
    return tail == "\n" ? "the message with its newline"
                        : fmt::format("the message with its ending {}", shown(tail));
  }
  if (!head.empty() && hunt.is_joined({head, message})) {
    return fmt::format("the message with {} before it", shown(head));
  }
  if (!head.empty() && !tail.empty() && hunt.is_joined({head, message, tail})) {
    return "the message with all that frames it";
  }
  return {};
}

std::string frame_part_mistakes(Hunt& hunt) {
  const std::string_view message = hunt.context().message;
  const std::string_view head = hunt.context().frame.head;
  const std::string_view tail = hunt.context().frame.tail;
  constexpr std::size_t kMost = 16;
  for (std::size_t n = 1; n < tail.size() && n <= kMost; ++n) {
    const std::string_view part = tail.substr(0, n);
    if (hunt.is_message_and(part)) return fmt::format("the message with {} behind it", shown(part));
  }
  for (std::size_t n = 1; n < head.size() && n <= kMost; ++n) {
    const std::string_view part = head.substr(head.size() - n);
    if (hunt.is_joined({part, message})) {
      return fmt::format("the message with {} before it", shown(part));
    }
  }
  return {};
}

struct Addition {
  std::string_view what;
  std::string_view bytes;
};
constexpr Addition kAdditions[] = {
    {"the message with a newline behind it", "\n"},
    {"the message with a carriage return and a newline behind it", "\r\n"},
    {"the message with a carriage return behind it", "\r"},
    {"the message with a zero byte behind it", {"\0", 1}},
    {"the message with a blank behind it", " "},
    {"the message with a newline and a zero byte behind it", {"\n\0", 2}},
    {"the message with two newlines behind it", "\n\n"},
    {"the message with a backslash and an n behind it", "\\n"},
};

std::string addition_mistakes(Hunt& hunt) {
  for (const Addition& addition : kAdditions) {
    if (hunt.is_message_and(addition.bytes)) return std::string(addition.what);
  }
  if (hunt.is_message_and(hunt.context().message)) return "the message twice";
  if (hunt.whole() == nullptr) return {};
  const Digest digest = hunt.whole()->digest();
  if (hunt.is_joined({digest.hex()})) return "the hex digits of the message's digest";
  if (hunt.is_joined({digest.bytes()})) return "the 16 bytes of the message's digest";
  return {};
}

// What a buffer holds behind the last chunk of a message, which doesn't fill it: bytes of the chunk
// before.
std::string leftover(std::string_view message, std::size_t buffer) {
  const std::size_t last = message.size() % buffer;
  if (message.size() < buffer) return {};
  return std::string(message.substr(message.size() - buffer, buffer - last));
}

std::string filling_mistakes(Hunt& hunt) {
  const std::string_view message = hunt.context().message;
  for (const std::size_t size :
       {16U, 32U, 64U, 128U, 256U, 512U, 1024U, 2048U, 4096U, 8192U, 65536U}) {
    const std::size_t missing = (size - message.size() % size) % size;
    if (missing == 0) continue;
    const std::size_t full = message.size() + missing;
    if (hunt.is_message_and(std::string(missing, '\0'))) {
      return fmt::format("the message filled up to {} bytes with zero bytes", full);
    }
    if (hunt.is_message_and(std::string(missing, ' '))) {
      return fmt::format("the message filled up to {} bytes with blanks", full);
    }
    if (hunt.is_message_and(leftover(message, size))) {
      return fmt::format(
          "the message filled up to a whole buffer of {} bytes with what that held before", size);
    }
  }
  return {};
}

// --- other messages ---

std::string neighbour_mistakes(Hunt& hunt) {
  if (hunt.context().earlier.empty()) return {};
  const std::string_view message = hunt.context().message;
  const std::string_view last = hunt.context().earlier.back();
  const std::string_view tail = hunt.context().frame.tail;
  if (hunt.is_joined({last})) return fmt::format("the message before it, {}", shown(last));
  if (hunt.is_joined({last, message})) return "the message before it and the message, joined";
  if (!tail.empty() && hunt.is_joined({last, tail, message})) {
    return "the message before it and the message, joined as they were sent";
  }
  if (tail != "\n" && hunt.is_joined({last, "\n", message})) {
    return "the message before it and the message, joined by a newline";
  }
  if (hunt.is_message_and(last)) return "the message and the message before it, joined";
  if (last.size() > message.size() && hunt.is_message_and(last.substr(message.size()))) {
    return "the message with the rest of the longer message before it behind it";
  }
  if (!hunt.pay(last.size() + kDigestWork)) return {};
  const std::string reply = md5(last).hex();
  if (hunt.is_message_and(reply) || hunt.is_message_and(reply + "\n")) {
    return "the message and the reply before it, joined";
  }
  if (hunt.is_joined({reply, message}) || hunt.is_joined({reply, "\n", message})) {
    return "the reply before it and the message, joined";
  }
  return {};
}

// Whether it's the digest of all the connection's messages, with `joint` between them and perhaps
// at the end.
bool is_history(Hunt& hunt, std::string_view joint) {
  Md5 run;
  for (const std::string_view earlier : hunt.context().earlier) {
    if (!hunt.pay(earlier.size() + joint.size())) return false;
    run.update(earlier).update(joint);
  }
  if (!hunt.pay(hunt.context().message.size() + joint.size())) return false;
  run.update(hunt.context().message);
  return hunt.is_run(run) || (!joint.empty() && hunt.is_run(run.update(joint)));
}

// A computation that is never begun anew, or a buffer that is never emptied.
std::string history_mistakes(Hunt& hunt) {
  if (hunt.context().earlier.empty()) return {};
  const std::string_view tail = hunt.context().frame.tail;
  if (is_history(hunt, "")) return "all messages of the connection so far, joined";
  if (!tail.empty() && is_history(hunt, tail)) {
    return "all messages of the connection so far, joined as they were sent";
  }
  if (tail != "\n" && is_history(hunt, "\n")) {
    return "all messages of the connection so far, joined by newlines";
  }
  return {};
}

std::string mix_up_mistakes(Hunt& hunt) {
  const std::vector<std::string_view>& earlier = hunt.context().earlier;
  const std::vector<std::string_view>& others = hunt.context().others;
  const std::string_view message = hunt.context().message;
  const std::string_view tail = hunt.context().frame.tail;
  for (std::size_t back = 2; back <= earlier.size(); ++back) {
    const std::string_view one = earlier[earlier.size() - back];
    if (hunt.is_joined({one}))
      return fmt::format("the message {} places before it, {}", back, shown(one));
  }
  for (const std::string_view other : others) {
    if (hunt.is_joined({other}))
      return fmt::format("another message of the case, {}", shown(other));
  }
  for (const std::string_view other : others) {
    if (hunt.is_message_and(other) || (!tail.empty() && hunt.is_joined({message, tail, other}))) {
      return fmt::format("the message with another of the case behind it, {}", shown(other));
    }
    if (hunt.is_joined({other, message}) ||
        (!tail.empty() && hunt.is_joined({other, tail, message}))) {
      return fmt::format("the message with another of the case before it, {}", shown(other));
    }
  }
  return {};
}

}  // namespace md5spec
