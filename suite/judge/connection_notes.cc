#include "judge/connection_notes.h"

#include <algorithm>
#include <cctype>
#include <limits>
#include <string_view>

#include "target/framing.h"
#include "text/bytes.h"

namespace md5spec {
namespace {

// Whether the largest length that the profile's frames can say is over its declared limit.
bool can_say_too_long_a_length(const Profile& profile) {
  return profile.framing == Framing::kLengthPrefixed && profile.limits.declared &&
         !unsayable_length(profile, profile.limits.message_bytes + 1);
}

}  // namespace

ConnectionNotes::ConnectionNotes(const PlannedCase& planned, const Story& story,
                                 const std::vector<Story>& all)
    : profile_(planned.profile()),
      sends_too_long_a_length_(planned.spec().requirements.front() == "RES-10" &&
                               can_say_too_long_a_length(planned.profile())),
      story_(story),
      all_(all) {}

Observed& ConnectionNotes::add(Anomaly anomaly, Evidence evidence, std::string explanation) {
  Observed one;
  one.anomaly = anomaly;
  one.evidence = evidence;
  one.connection = story_.connection;
  one.scope = story_.record->scope;
  one.half_closed = story_.half_closed &&
                    (story_.end == Story::End::kOpen || came_before_end(story_.half_closed));
  one.later_connection = story_.record->round > 0;
  one.in_company = has_company();
  one.first = exchange_ == 0;
  one.vanished = vanished_before(
      story_.end == Story::End::kOpen ? std::numeric_limits<Moment>::max() : story_.ended, all_,
      &story_);
  one.unsecured_before = unsecured_one(all_, &story_);
  one.oversize_before = std::any_of(all_.begin(), all_.end(), [&](const Story& other) {
    return &other != &story_ && (any_is_oversize(other) || says_too_long_a_length(other));
  });
  one.largest = largest_until(nullptr);
  one.explanation = std::move(explanation);
  observed_.push_back(std::move(one));
  return observed_.back();
}

Observed& ConnectionNotes::add_for(const Message& message, Anomaly anomaly, Evidence evidence,
                                   std::string explanation) {
  Observed& one = add(anomaly, evidence, std::move(explanation));
  one.after_pause = message.after_pause;
  one.dawdled = story_.dawdled;
  one.pipelined = message.pipelined || is_pipelined(message);
  one.oversize = is_oversize(message);
  one.at_shutdown =
      story_.told_to_end && (!message.complete || *message.complete > *story_.told_to_end);
  one.size = message.sent->message->size();
  one.largest = largest_until(&message);
  one.content = content_of(*message.sent->message);
  one.in_pieces = message.pieces > 1 || !message.complete;
  one.boundary_in_pieces = message.boundary_in_pieces;
  one.expected = in_quotes(message.sent->message->reply.bytes());
  return one;
}

Evidence ConnectionNotes::evidence_of_end() const {
  return story_.end == Story::End::kReset ? Evidence::kReset : Evidence::kEndOfStream;
}

bool ConnectionNotes::is_pipelined(const Message& message) const {
  const auto next = static_cast<std::size_t>(&message - story_.messages.data()) + 1;
  return next < story_.messages.size() && story_.messages[next].pipelined;
}

Observed::Content ConnectionNotes::content_of(const PlannedMessage& message) {
  if (message.size() == 0) return Observed::Content::kEmpty;
  const auto is_plain = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           std::string_view(" .,!?'-").find(c) != std::string_view::npos;
  };
  const std::string& bytes = message.bytes;  // none of one that is streamed: letters
  return std::all_of(bytes.begin(), bytes.end(), is_plain) ? Observed::Content::kPlain
                                                           : Observed::Content::kAnyBytes;
}

bool ConnectionNotes::has_company() const {
  const bool comes_last = story_.record->scope == Scope::kLiveness;
  return std::any_of(all_.begin(), all_.end(), [&](const Story& other) {
    const bool over = comes_last && other.end == Story::End::kOrderly;
    return other.connection != story_.connection && other.record->scope == Scope::kCase &&
           other.record->round == story_.record->round && !over;
  });
}

bool ConnectionNotes::is_oversize(const Message& message) const {
  return profile_.limits.declared && message.sent->message->size() > profile_.limits.message_bytes;
}

bool ConnectionNotes::sent_only_raw(const Story& story) {
  return story.first_send && story.messages.empty();
}

bool ConnectionNotes::says_too_long_a_length(const Story& story) const {
  return sends_too_long_a_length_ && sent_only_raw(story);
}

std::uint64_t ConnectionNotes::largest_until(const Message* last) const {
  std::uint64_t largest = 0;
  for (const Message& message : story_.messages) {
    largest = std::max(largest, message.sent->message->size());
    if (&message == last) break;
  }
  return largest;
}

bool ConnectionNotes::any_is_oversize(const Story& story) const {
  return std::any_of(story.messages.begin(), story.messages.end(),
                     [&](const Message& message) { return is_oversize(message); });
}

bool ConnectionNotes::came_before_end(const std::optional<Moment>& moment) const {
  return moment && *moment < story_.ended;
}

bool ConnectionNotes::ended_unasked() const {
  const bool ended = story_.end == Story::End::kOrderly || story_.end == Story::End::kReset;
  return ended && !came_before_end(story_.first_send) && !came_before_end(story_.half_closed) &&
         !came_before_end(story_.fin) && !came_before_end(story_.left) &&
         !came_before_end(story_.told_to_end);
}

}  // namespace md5spec
