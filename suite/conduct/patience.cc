#include "conduct/patience.h"

#include <algorithm>

#include "conduct/case_time.h"

namespace md5spec {
namespace {

// Once so many cases have waited in vain for an end of stream, those that aren't about it wait for
// `timeouts.quiet` only.
constexpr int kKnownNotToClose = 8;

// Once so many replies weren't as declared, the rest of further ones is waited for less.
constexpr int kKnownToDiffer = 20;

// Once so many replies were waited for in vain, further ones are given a part of the time; and once
// so many were, or banners, so are further banners.
constexpr int kKnownToBeSilent = 40;
constexpr int kPartOfPatience = 4;
constexpr int kKnownToGreetNobody = 4;

// Once so many TLS handshakes were waited for in vain, further ones are given a part of the time,
// too.
constexpr int kKnownToStall = 8;

// Where something is all but certain not to come.
constexpr int kPartOfQuiet = 10;

}  // namespace

Duration Patience::for_connection() const {
  const bool known = so_far_.unsecured >= kKnownToStall && !judges({"SEC-1"});
  return known ? timeouts_.connect / kPartOfPatience : timeouts_.connect;
}

Duration Patience::for_reply(unsigned crowd) const {
  const Duration reply = timeouts_.reply + time_for_crowd(crowd);
  return so_far_.missing >= kKnownToBeSilent ? reply / kPartOfPatience : reply;
}

Duration Patience::for_banner() const {
  const bool known = so_far_.missing >= kKnownToGreetNobody && !judges({"CON-2"});
  return known ? std::min(timeouts_.quiet, timeouts_.reply) / kPartOfQuiet : timeouts_.reply;
}

Duration Patience::for_end(unsigned crowd, bool in_vain) const {
  const Duration quiet = std::min(timeouts_.quiet, timeouts_.close);
  if (in_vain) return quiet / kPartOfQuiet;
  const bool known = so_far_.unclosed >= kKnownNotToClose && !judges({"CON-3", "CON-4", "RES-10"});
  return known ? quiet : timeouts_.close + time_for_crowd(crowd);
}

Duration Patience::for_the_rest(bool has_as_many, bool is_ended) const {
  const bool differ = replies_are_known_to_differ();
  if (has_as_many && (is_ended || differ)) return {};
  return has_as_many || is_ended || differ ? timeouts_.quiet / kPartOfQuiet : timeouts_.quiet;
}

bool Patience::replies_are_known_to_differ() const { return so_far_.unlike >= kKnownToDiffer; }

bool Patience::judges(std::initializer_list<std::string_view> some) const {
  return std::find_first_of(judged_.begin(), judged_.end(), some.begin(), some.end()) !=
         judged_.end();
}

}  // namespace md5spec
