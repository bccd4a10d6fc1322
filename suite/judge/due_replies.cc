#include "judge/due_replies.h"

#include <algorithm>

#include <fmt/format.h>

#include "text/bytes.h"

namespace md5spec {
namespace {

// So many anomalies of one connection tell all that there is to tell.
constexpr std::size_t kEnough = 16;
constexpr std::size_t kTellsAReply = 8;  // bytes; so many aren't another reply's by chance
constexpr const char* kBehindALaterOne = "the reply came behind that to a later message";

}  // namespace

DueReplies::DueReplies(ConnectionNotes& notes, std::size_t position)
    : notes_(notes),
      profile_(notes.profile()),
      story_(notes.story()),
      all_(notes.all()),
      position_(position) {}

bool DueReplies::check() {
  check_replies();
  check_leftovers();
  return !given_up_;
}

void DueReplies::check_replies() {
  for (exchange_ = 0; exchange_ < story_.messages.size(); ++exchange_) {
    notes_.begin_exchange(exchange_);
    const Message& message = story_.messages[exchange_];
    if (notes_.is_oversize(message)) {
      check_oversize(message);
      break;  // whatever follows on this connection is owed nothing either
    }
    // Cut off by the script, unless it waited for the reply: then the server didn't take it
    // whole.
    if (!message.complete && message.awaited == nullptr) break;
    check_reply(message);
    if (given_up_ || notes_.size() > kEnough) break;
  }
  notes_.begin_exchange(exchange_);
  given_up_ = given_up_ || notes_.size() > kEnough;
}

void DueReplies::check_oversize(const Message& message) {
  const std::string_view came = body();
  position_ = story_.received.size();
  if (profile_.limits.oversize == Oversize::kAnswer || came.empty()) return;
  const ExpectedReply& reply = message.sent->message->reply;
  const ReplyLook look = look_at(profile_, reply, came.substr(0, reply.size()));
  if (look.look == Look::kGarbage) return;  // an error message of the server's own
  Observed& one = notes_.add_for(message, Anomaly::kCutAnswered, Evidence::kBytes,
                                 "a digest came for a message over the declared limit");
  one.expected = "no digest";
  one.received = in_quotes(came);
}

void DueReplies::check_reply(const Message& message) {
  const ExpectedReply& reply = message.sent->message->reply;
  if (reply.begins(body())) {
    if (take_false_start(message)) {
      check_reply(message);
    } else {
      take_right_reply(message, reply.size());
    }
    return;
  }
  if (message.awaited == nullptr) {
    given_up_ = true;  // nobody waited for it
    return;
  }
  if (body().empty()) {
    missing(message);
    return;
  }
  if (take_passed_over() || take_repeat(message) || take_second_banner(message) ||
      take_false_start(message)) {
    check_reply(message);
    return;
  }
  const std::size_t unit = unit_size(message);
  if (may_be_of_several() && !is_answered_later() && !comes_later(message)) {
    give_up();
  } else if (unit == 0) {
    missing(message);
  } else {
    take_wrong_reply(message, unit);
  }
}

bool DueReplies::may_be_of_several() const {
  const auto end = story_.messages.begin() + static_cast<std::ptrdiff_t>(exchange_);
  return !profile_.framed() &&
         std::any_of(story_.messages.begin(), end,
                     [&](const Message& before) { return was_left_unanswered(before); });
}

bool DueReplies::was_left_unanswered(const Message& message) const {
  return has_timed_out(message) &&
         story_.received_before(message.begun) == story_.received_before(message.awaited_at);
}

bool DueReplies::is_answered_later() const {
  const auto begin = story_.messages.begin() + static_cast<std::ptrdiff_t>(exchange_) + 1;
  return std::any_of(begin, story_.messages.end(), [&](const Message& later) {
    return later.sent->message->reply.begins(body());
  });
}

void DueReplies::give_up() {
  given_up_ = true;
  position_ = story_.received.size();
}

bool DueReplies::is_premature(const Message& message) const {
  return !message.complete || story_.arrival(position_) < *message.complete;
}

void DueReplies::take_right_reply(const Message& message, std::size_t size) {
  if (is_premature(message)) {
    Observed& one = notes_.add_for(message, Anomaly::kPremature, Evidence::kBytes,
                                   "the reply began before the message was complete");
    one.received = in_quotes(body().substr(0, size));
  }
  if (came_late(message, position_ + size - 1)) {
    notes_.add_for(message, Anomaly::kLate, Evidence::kDeadline, late_words()).received =
        in_quotes(body().substr(0, size));
  }
  position_ += size;
  take_surplus(message);
}

bool DueReplies::take_repeat(const Message& message) {
  if (exchange_ == 0) return false;
  const Message& before = story_.messages[exchange_ - 1];
  const ExpectedReply& reply = before.sent->message->reply;
  if (!reply.begins(body())) return false;
  if (!message.sent->message->reply.begins(body().substr(reply.size()))) return false;
  Observed& one = notes_.add_for(before, Anomaly::kExtraReply, Evidence::kSentinel,
                                 "a second reply came to one message: the same digest");
  one.received = in_quotes(std::string(reply.bytes()) + std::string(reply.bytes()));
  position_ += reply.size();
  return true;
}

// One that comes late may find the first message under way already.
bool DueReplies::take_second_banner(const Message& message) {
  const std::string& banner = profile_.banner;
  if (exchange_ > 0 || banner.empty() || !body().starts_with(banner)) return false;
  if (!message.sent->message->reply.begins(body().substr(banner.size()))) return false;
  Observed& one = notes_.add(Anomaly::kBannerWrong, Evidence::kBytes,
                             "the banner came a second time, before the first reply");
  one.expected = in_quotes(message.sent->message->reply.bytes());
  one.received = in_quotes(body().substr(0, banner.size() + message.sent->message->reply.size()));
  position_ += banner.size();
  return true;
}

bool DueReplies::take_false_start(const Message& message) {
  if (!message.complete || next_is_pipelined() || message.pipelined) return false;
  const std::size_t early = story_.received_before(*message.complete);
  if (early <= position_) return false;
  const std::string_view behind = std::string_view(story_.received).substr(early);
  if (!message.sent->message->reply.begins(behind)) return false;
  notes_
      .add_for(message, Anomaly::kPremature, Evidence::kBytes,
               "bytes came before the message was complete, and its reply behind them")
      .received = in_quotes(body().substr(0, early - position_));
  position_ = early;
  return true;
}

std::string DueReplies::late_words() const {
  return fmt::format("the reply came only after {}",
                     story_.half_closed ? "the client's half-close" : "a further message");
}

bool DueReplies::came_late(const Message& message, std::size_t offset) const {
  return has_timed_out(message) && story_.arrival(offset) > message.awaited_at;
}

void DueReplies::take_surplus(const Message& message) {
  const std::size_t border = arrived_before_next(message);
  if (border <= position_) return;
  const std::string_view extra =
      std::string_view(story_.received).substr(position_, border - position_);
  if (next_is_pipelined() && fits_next(extra)) return;
  if (take_passed_over()) {
    take_surplus(message);
    return;
  }
  report_surplus(message, extra);
  position_ = border;
}

bool DueReplies::next_is_pipelined() const {
  return exchange_ + 1 < story_.messages.size() && story_.messages[exchange_ + 1].pipelined;
}

bool DueReplies::fits_next(std::string_view bytes) const {
  const ExpectedReply& next = story_.messages[exchange_ + 1].sent->message->reply;
  return next.begins(bytes) || next.may_become(bytes);
}

void DueReplies::report_surplus(const Message& message, std::string_view extra) {
  const ReplyLook look = look_at(profile_, message.sent->message->reply, extra);
  const bool is_reply = look.look == Look::kExact || look.look == Look::kOtherDigest;
  const bool ended = story_.end != Story::End::kOpen;
  Observed& one =
      is_reply
          ? notes_.add_for(message, Anomaly::kExtraReply,
                           ended ? Evidence::kEndOfStream : Evidence::kSentinel,
                           "a second reply came to one message" + of_what(look, message))
          : notes_.add_for(message, Anomaly::kSurplus,
                           ended ? Evidence::kEndOfStream : Evidence::kSentinel,
                           fmt::format("{} came behind the reply", size_in_words(extra.size())));
  one.received = in_quotes(std::string(message.sent->message->reply.bytes()) + std::string(extra));
}

std::size_t DueReplies::arrived_before_next(const Message& message) const {
  const auto next = static_cast<std::size_t>(&message - story_.messages.data()) + 1;
  if (next == story_.messages.size() || story_.messages[next].begun == 0)
    return story_.received.size();
  return story_.received_before(story_.messages[next].begun);
}

std::size_t DueReplies::unit_size(const Message& message) const {
  const std::string_view rest = body();
  if (!next_is_pipelined() && !message.pipelined) {
    return std::max(arrived_before_next(message), position_) - position_;
  }
  if (is_answered_later()) return 0;
  if (const std::size_t cut = size_before_next()) return cut;
  const ExpectedReply& reply = message.sent->message->reply;
  const std::string ending = profile_.reply.ending();
  if (!ending.empty() && !profile_.reply.repeats_message()) {
    const std::size_t at = rest.find(ending);
    if (at != std::string_view::npos) return at + ending.size();
  }
  return std::min(rest.size(), reply.size());
}

std::size_t DueReplies::size_before_next() const {
  if (!next_is_pipelined()) return 0;
  const ExpectedReply& reply = story_.messages[exchange_].sent->message->reply;
  const std::string_view rest = body();
  for (std::size_t cut = kTellsAReply; cut + kTellsAReply <= rest.size() && cut < reply.size();
       ++cut) {
    if (!reply.may_become(rest.substr(0, cut))) break;
    if (next_begins(rest.substr(cut))) return cut;
  }
  return 0;
}

bool DueReplies::next_begins(std::string_view bytes) const {
  const ExpectedReply& next = story_.messages[exchange_ + 1].sent->message->reply;
  return bytes.size() >= kTellsAReply && next.may_become(bytes.substr(0, kTellsAReply));
}

bool DueReplies::has_timed_out(const Message& message) {
  return message.awaited != nullptr && message.awaited->came == Event::Came::kTimeout;
}

bool DueReplies::comes_later(const Message& message) const {
  const ExpectedReply& reply = message.sent->message->reply;
  const bool is_only =
      std::none_of(story_.messages.begin(), story_.messages.end(), [&](const Message& other) {
        return &other != &message && other.sent->message->reply.digest == reply.digest;
      });
  return is_only && body().find(reply.bytes()) != std::string_view::npos;
}

void DueReplies::missing(const Message& message) {
  // Unframed, it may have been read together with the next one: then what comes is for both.
  const bool comes = comes_later(message);
  const bool read_as_one =
      !profile_.framed() && has_timed_out(message) && !comes && !is_answered_later();
  // Bytes that stand here belong to later messages.
  if (!body().empty() && !read_as_one) {
    Observed& one =
        comes ? notes_.add_for(message, Anomaly::kOrder, Evidence::kBytes, kBehindALaterOne)
              : notes_.add_for(message, Anomaly::kNoReply, Evidence::kSentinel,
                               "no reply to this message, though later ones were answered");
    one.received = in_quotes(body());
    passed_over_.push_back({&message, notes_.size() - 1});
    return;
  }
  give_up();
  if (story_.end == Story::End::kOpen || has_timed_out(message)) {
    const char* const words = message.complete
                                  ? "no reply came in time"
                                  : "the server took no more of the message, and no reply came";
    notes_.add_for(message, Anomaly::kNoReply, Evidence::kDeadline, words).received = "nothing";
    return;
  }
  const bool reset = story_.end == Story::End::kReset;
  notes_
      .add_for(message, Anomaly::kClosedInstead, notes_.evidence_of_end(),
               fmt::format("the server {} the connection {}", reset ? "reset" : "closed",
                           message.complete ? "instead of replying" : "inside the message"))
      .received = reset ? "a reset" : "end of stream";
}

bool DueReplies::take_passed_over() {
  for (auto one = passed_over_.begin(); one != passed_over_.end(); ++one) {
    const ExpectedReply& reply = one->message->sent->message->reply;
    if (!reply.begins(body())) continue;
    Observed& missed = notes_.at(one->place);
    missed.anomaly = Anomaly::kOrder;
    missed.evidence = Evidence::kBytes;
    missed.explanation = kBehindALaterOne;
    position_ += reply.size();
    passed_over_.erase(one);
    return true;
  }
  return false;
}

void DueReplies::take_wrong_reply(const Message& message, std::size_t size) {
  const ExpectedReply& reply = message.sent->message->reply;
  const std::string_view unit = body().substr(0, size);
  const ReplyLook look = look_at(profile_, reply, unit);
  Observed& one =
      notes_.add_for(message, anomaly_of(look.look), Evidence::kBytes, look.explanation);
  one.received = in_quotes(unit);
  if (look.look == Look::kOtherDigest && look.digest)
    explain_digest(*look.digest, unit, message, &one);
  if (one.anomaly == Anomaly::kSurplus) one.of_another = holds_anothers(unit, reply.digest);
  // What is there is right, but the rest never came.
  const bool is_cut_short = reply.may_become(unit);
  const bool ended = story_.end != Story::End::kOpen && !has_timed_out(message);
  if (is_cut_short) one.evidence = ended ? notes_.evidence_of_end() : Evidence::kDeadline;
  // Where a reset cuts is a matter of chance, be it right before the newline.
  if (one.evidence == Evidence::kReset) one.anomaly = Anomaly::kTruncated;
  if (is_premature(message)) {
    one.premature = true;
    one.explanation += "; it came before the message was complete";
    notes_
        .add_for(message, Anomaly::kPremature, Evidence::kBytes,
                 "a reply began before the message was complete")
        .received = in_quotes(unit);
  }
  position_ += size;
  if (is_cut_short && ended && body().empty()) given_up_ = true;
  // In a pipeline one wrong reply leaves no telling where the next one begins, unless it's there.
  const bool next_is_there = is_cut_short && next_is_pipelined() && next_begins(body());
  if (message.pipelined || next_is_pipelined())
    given_up_ = given_up_ || (!body().empty() && look.look != Look::kOtherDigest && !next_is_there);
  if (given_up_) position_ = story_.received.size();
}

Anomaly DueReplies::anomaly_of(Look look) {
  switch (look) {
    case Look::kOtherEncoding:
      return Anomaly::kEncoding;
    case Look::kExact:
    case Look::kSurplus:
      return Anomaly::kSurplus;
    case Look::kZerosMissing:
      return Anomaly::kZerosMissing;
    case Look::kTruncated:
      return Anomaly::kTruncated;
    case Look::kOtherDigest:
      return Anomaly::kOtherDigest;
    case Look::kGarbage:
      return Anomaly::kGarbage;
    case Look::kNothing:
      break;
  }
  return Anomaly::kNoReply;
}

}  // namespace md5spec
