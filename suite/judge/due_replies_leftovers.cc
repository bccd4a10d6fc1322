#include <algorithm>

#include "judge/due_replies.h"
#include "judge/likely_mistakes.h"
#include "text/bytes.h"

namespace md5spec {
namespace {

constexpr std::size_t kMostLookedThrough = 16384;  // bytes, for replies to others

// Whether such a reply is due on another connection of the case than `own`.
template <typename Is>
bool is_due_elsewhere(const std::vector<Story>& all, const Story& own, Is is) {
  return std::any_of(all.begin(), all.end(), [&](const Story& story) {
    return story.connection != own.connection &&
           std::any_of(story.messages.begin(), story.messages.end(),
                       [&](const Story::Message& other) { return is(other.sent->message->reply); });
  });
}

}  // namespace

void DueReplies::explain_digest(const Digest& digest, std::string_view unit, const Message& message,
                                Observed* one) const {
  for (const Message& other : story_.messages) {
    // Behind a piece of another reply it may be what is left of several.
    const bool is_other = &other != &message && other.sent->message->reply.begins(unit);
    if (is_other && (message.pipelined || other.pipelined)) one->anomaly = Anomaly::kOrder;
  }
  one->of_another = is_due_to_another(digest);
  const std::string what = mistake(digest, message);
  one->of_unknown = what.empty();
  if (!what.empty()) one->explanation = what;
}

bool DueReplies::is_due_to_another(const Digest& digest) const {
  return is_due_elsewhere(all_, story_,
                          [&](const ExpectedReply& reply) { return reply.digest == digest; });
}

bool DueReplies::holds_anothers(std::string_view unit, const Digest& own) const {
  const std::string_view searched = unit.substr(0, kMostLookedThrough);
  return is_due_elsewhere(all_, story_, [&](const ExpectedReply& reply) {
    return reply.digest != own && searched.find(reply.bytes()) != std::string_view::npos;
  });
}

std::string DueReplies::mistake(const Digest& digest, const Message& message) const {
  if (message.sent->message->stream)
    return likely_mistake_of_large(digest, *message.sent->message->stream);
  MistakeContext context;
  context.message = message.sent->message->bytes;
  context.frame = message.sent->message->frame;
  for (const Message& other : story_.messages) {
    if (&other < &message) context.earlier.emplace_back(other.sent->message->bytes);
    if (&other > &message) context.others.emplace_back(other.sent->message->bytes);
  }
  for (const Story& story : all_) {
    if (story.connection == story_.connection) continue;
    for (const Message& other : story.messages)
      context.others.emplace_back(other.sent->message->bytes);
  }
  return likely_mistake(digest, context);
}

std::string DueReplies::of_what(const ReplyLook& look, const Message& message) const {
  if (!look.digest) return "";
  const std::string what = *look.digest == message.sent->message->reply.digest
                               ? "the same digest"
                               : mistake(*look.digest, message);
  return what.empty() ? "" : ": " + what;
}

void DueReplies::check_leftovers() {
  while (!given_up_ && take_passed_over()) {
  }
  if (body().empty() || given_up_) return;
  if (notes_.sent_only_raw(story_)) {
    check_answer_to_raw();
    return;
  }
  const bool cut = exchange_ < story_.messages.size() && !story_.messages[exchange_].complete;
  if (cut) {
    check_answer_to_cut(story_.messages[exchange_]);
  } else if (!story_.messages.empty()) {
    report_surplus(story_.messages.back(), body());
  }
  // A reply to a half-close without any message is left open by the specification.
}

void DueReplies::check_answer_to_raw() {
  if (!notes_.says_too_long_a_length(story_)) return;
  const ReplyLook look = look_at(profile_, profile_.reply.expect(md5(""), ""), body());
  if (look.look == Look::kGarbage) return;  // an error message of the server's own
  Observed& one = notes_.add(Anomaly::kCutAnswered, Evidence::kBytes,
                             "a digest came for a message whose length is over the declared limit");
  one.oversize = true;
  one.expected = "no digest";
  one.received = in_quotes(body());
}

void DueReplies::check_answer_to_cut(const Message& message) {
  const ReplyLook look = look_at(profile_, message.sent->message->reply, body());
  if (story_.fin && story_.arrival(position_) > *story_.fin) {
    if (look.look == Look::kGarbage) return;
    Observed& one = notes_.add_for(message, Anomaly::kFinAnswered, Evidence::kBytes,
                                   "a digest came for a message that ended without close_notify");
    one.expected = "no digest";
    one.received = in_quotes(body());
    return;
  }
  if (!story_.half_closed || story_.arrival(position_) < *story_.half_closed) {
    notes_
        .add_for(message, Anomaly::kPremature, Evidence::kBytes,
                 "the server answered before the message was complete")
        .received = in_quotes(body());
  } else if (look.look != Look::kGarbage) {
    Observed& one = notes_.add_for(message, Anomaly::kCutAnswered, Evidence::kBytes,
                                   "a digest came for a message that was cut off");
    one.expected = "no digest";
    one.received = in_quotes(body());
    const std::string what = look.digest ? mistake(*look.digest, message) : "";
    one.of_unknown = what.empty();
    if (!what.empty()) one.explanation += ": " + what;
  }
}

}  // namespace md5spec
