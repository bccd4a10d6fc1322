#include "judge/connection_trace.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "catalogue/until.h"
#include "target/framing.h"
#include "text/bytes.h"

namespace md5spec {

ConnectionTrace::ConnectionTrace(const PlannedCase& planned, const Transcript& transcript,
                                 int connection, EventOrder& order)
    : profile_(planned.profile()),
      transcript_(transcript),
      record_(transcript.connections[static_cast<std::size_t>(connection)]),
      order_(order) {}

bool ConnectionTrace::note(const Event& event) {
  switch (event.kind) {
    case Kind::kPeerEnd:
    case Kind::kPeerReset:
    case Kind::kFlood:
      ended_ = true;
      return true;
    case Kind::kHandshakeFailed:
      if (!secured_) return false;
      // Only the client had been done with it.
      ended_ = true;
      open_ = false;
      return true;
    case Kind::kReceive:
      received_ = true;
      return true;
    case Kind::kSendStalled:
      stalled_ = true;
      return true;
    default:
      return false;
  }
}

const Event* ConnectionTrace::next() {
  for (; at_ < places_.size(); ++at_) {
    const Event& event = transcript_.events[places_[at_]];
    if (!note(event)) return &event;
  }
  return nullptr;
}

bool ConnectionTrace::is_next(Kind kind) {
  const Event* const event = next();
  return event != nullptr && event->kind == kind;
}

bool ConnectionTrace::is_wait_next(Event::Awaited what) {
  return is_next(Kind::kAwait) && next()->awaited == what;
}

const Event& ConnectionTrace::take() {
  const std::size_t place = places_[at_];
  if (place < order_.begin) miss("what happened isn't in the script's order");
  order_.end = std::max(order_.end, place);
  ++at_;
  taken_of_send_ = 0;
  return transcript_.events[place];
}

bool ConnectionTrace::take_if(Kind kind) {
  if (!is_next(kind)) return false;
  take();
  return true;
}

bool ConnectionTrace::need(Kind kind, std::string_view words) {
  if (take_if(kind)) return true;
  if (open_) miss(words);
  return false;
}

const Event* ConnectionTrace::need_wait(Event::Awaited what, std::string_view words) {
  if (is_wait_next(what)) return &take();
  miss(words);
  return nullptr;
}

void ConnectionTrace::miss(std::string_view words) {
  if (!lack_.empty()) return;
  lack_ = fmt::format("connection {}", in_quotes(record_.name));
  if (record_.member > 0) lack_ += fmt::format(" (number {} of that name)", record_.member + 1);
  if (record_.round > 0) lack_ += fmt::format(", round {}", record_.round + 1);
  lack_ += ": ";
  lack_ += words;
}

bool ConnectionTrace::over_tls() const { return profile_.tls && !record_.bare; }

bool ConnectionTrace::was_ended() {
  next();
  return ended_;
}

void ConnectionTrace::connect() {
  if (!take_if(Kind::kConnect)) return miss("that the client connected isn't recorded");
  if (take_if(Kind::kConnectFailed)) {
    stuck_ = let_down_ = true;
    return;
  }
  if (!take_if(Kind::kConnected)) return miss("whether the client was connected isn't recorded");
  open_ = true;
  if (!over_tls()) {
    secured_ = true;  // nothing is to be done for it
  } else if (take_if(Kind::kHandshakeFailed)) {
    stuck_ = let_down_ = ended_ = true;
    open_ = false;
    return;
  } else if (!take_if(Kind::kSecured)) {
    return miss("what became of the TLS handshake isn't recorded");
  }
  secured_ = true;
  if (!profile_.banner.empty() && !record_.bare)
    need_wait(Event::Awaited::kBanner, "the wait for the banner isn't recorded");
}

bool ConnectionTrace::begins_next(const ScriptMessage& source, std::uint64_t time) const {
  const MessageRef ref{source.slot, record_.round + time, record_.member};
  return begun_ < messages_.size() && messages_[begun_]->message->ref == ref;
}

std::uint64_t ConnectionTrace::begin(const ScriptMessage& source, std::uint64_t time,
                                     std::uint64_t offset, TailCr cr) {
  if (!begins_next(source, time)) {
    miss("a message that the script sends isn't recorded");
    return 0;
  }
  const SentMessage& sent = *messages_[begun_++];
  const PlannedMessage& message = *sent.message;
  const std::size_t tail = frame_for(profile_, message.size()).tail.size();
  if (message.frame.tail.size() != tail + (cr == TailCr::kYes ? 1 : 0) ||
      sent.begin != sent_ + offset)
    miss("a message isn't recorded where and as the script sends it");
  return message.frame_size();
}

std::uint64_t ConnectionTrace::begin_all(const SendStep& step) {
  std::uint64_t size = 0;
  for (std::uint64_t time = 0; time < step.times; ++time) {
    for (const ScriptMessage& source : step.messages)
      size += begin(source, time, size, step.with_cr ? TailCr::kYes : TailCr::kNo);
    if (!lack_.empty()) break;
  }
  return size;
}

void ConnectionTrace::send(const SendStep& step) {
  if (!can_send()) return;
  stalled_ = false;
  std::uint64_t size = 0;
  if (step.client_hello) {
    // Its bytes are by chance; that some were sent is all that can be told.
    if (!is_next(Kind::kClientHello) && was_ended()) return;
    if (need(Kind::kClientHello, "a ClientHello isn't recorded"))
      size = is_next(Kind::kSend) ? next()->bytes : 1;
  } else if (step.raw) {
    size = step.raw->size();
    if (size > 0 && !is_next(Kind::kSend) && was_ended()) return;
  } else if (step.rest) {
    size = std::exchange(unsent_, 0);
  } else {
    if (!begins_next(step.messages.front(), 0) && was_ended()) return;
    size = begin_all(step);
  }
  if (!lack_.empty()) return;
  if (step.until) {
    const std::uint64_t all = size;
    size = bytes_until(*step.until, all, profile_);
    unsent_ = all - size;
  }
  pipelines_ = pipelines_ || step.times > 1;
  take_bytes(size, step.fill);
}

// Fewer bytes are sent where the server's side ended or took no more, and where the time for a
// pipeline was up.
void ConnectionTrace::take_bytes(std::uint64_t size, bool fills) {
  std::uint64_t left = size;
  while (left > 0 && is_next(Kind::kSend)) {
    const std::uint64_t some = std::min(next()->bytes - taken_of_send_, left);
    left -= some;
    sent_ += some;
    taken_of_send_ += some;
    order_.end = std::max(order_.end, places_[at_]);
    if (taken_of_send_ == next()->bytes) take();
  }
  if (left == 0) return;
  const Event* const after = next();
  if (after != nullptr && after->kind == Kind::kSendFailed) {
    take();
    send_failed_ = true;
    return;
  }
  if ((fills && stalled_) || send_failed_ || ended_) return;
  if (pipelines_ && after != nullptr && after->kind == Kind::kClose) return leave_pipeline();
  miss(fmt::format("of {} that the script sends, {} aren't recorded", size_in_words(size),
                   size_in_words(left)));
}

std::uint64_t ConnectionTrace::replies_come() const {
  std::string received;
  for (std::size_t i = 0; i < at_; ++i) {
    const Event& event = transcript_.events[places_[i]];
    if (event.kind == Kind::kReceive) received += event.data;
  }
  std::size_t position = record_.bare ? 0 : profile_.banner.size();
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < begun_; ++i) {
    const ExpectedReply& reply = messages_[i]->message->reply;
    if (position > received.size() || !reply.begins(std::string_view(received).substr(position)))
      break;
    position += reply.size();
    ++count;
  }
  return count;
}

void ConnectionTrace::leave_pipeline() {
  repetitions_.push_back({replies_come(), begun_});
  stuck_ = let_down_ = true;
  close();
}

void ConnectionTrace::await_replies() {
  if (pipelines_ && is_next(Kind::kClose)) return leave_pipeline();
  const Event* const wait =
      need_wait(Event::Awaited::kReplies, "a wait for replies isn't recorded");
  if (wait == nullptr) return;
  const bool in_vain = wait->came == Event::Came::kTimeout;
  timeouts_ = in_vain ? timeouts_ + 1 : 0;
  if (in_vain) ++all_timeouts_;
  stuck_ = ended_ || timeouts_ > 1 || (in_vain && !received_);
  let_down_ = stuck_ && wait->came != Event::Came::kExpected;
}

void ConnectionTrace::reply() {
  if (!stuck_) await_replies();
}

// Returns false where the message wasn't sent any more.
bool ConnectionTrace::exchange_one(const ScriptMessage& source, std::uint64_t time) {
  if (!can_send() || (!begins_next(source, time) && was_ended())) return false;
  const std::uint64_t size = begin(source, time, 0, TailCr::kNo);
  if (lack_.empty()) take_bytes(size, false);
  if (lack_.empty() && profile_.framing == Framing::kHalfClose) half_close();
  if (lack_.empty() && (open_ || is_wait_next(Event::Awaited::kReplies))) await_replies();
  return lack_.empty();
}

void ConnectionTrace::exchange(const ExchangeStep& step) {
  Repetition repetition{0, step.times};
  while (repetition.done < step.times) {
    next();
    const bool may_be_over = repetition.done > 0 && can_send() && !ended_;
    if (may_be_over && !begins_next(step.messages.front(), repetition.done)) break;
    bool whole = true;
    for (const ScriptMessage& source : step.messages)
      whole = whole && exchange_one(source, repetition.done);
    if (!lack_.empty()) return;
    if (whole) ++repetition.done;
    if (!whole || stuck_) break;
  }
  next();
  repetition.cut_short = stuck_ || ended_ || !open_;
  if (step.times > 1) repetitions_.push_back(repetition);
}

void ConnectionTrace::silence(Duration time) {
  if (stuck_) return;
  const Event* const wait =
      need_wait(Event::Awaited::kSilence, "a wait in which nothing may come isn't recorded");
  // Clock readings are cut to microseconds.
  const bool whole = wait == nullptr || wait->came != Event::Came::kExpected ||
                     wait->at - wait->since >= time - std::chrono::milliseconds(1);
  if (!whole) miss("a wait in which nothing may come is shorter than the script has it");
}

void ConnectionTrace::half_close() {
  if (!open_) return;
  // Before TLS 1.3 the replies are waited for first.
  if (over_tls() && !stuck_ && is_wait_next(Event::Awaited::kReplies)) await_replies();
  // Where end of stream is what ends a message, that alone is one: the empty message.
  if (half_closed_ || !need(Kind::kHalfClose, "a half-close isn't recorded")) return;
  half_closed_ = true;
  if (profile_.framing != Framing::kHalfClose || begun_ > 0) return;
  if (messages_.empty() || messages_.front()->message->ref.slot != MessageRef::kEndOfStream)
    return miss("the empty message that a half-close is isn't recorded");
  ++begun_;
}

void ConnectionTrace::fin() {
  if (!open_ || half_closed_) return;
  if (take_if(Kind::kFin) || need(Kind::kHalfClose, "the end of TCP's stream isn't recorded"))
    half_closed_ = true;
}

void ConnectionTrace::end() {
  if (!open_) return;
  if (is_wait_next(Event::Awaited::kEnd)) {
    take();
  } else if (open_) {
    miss("the wait for the server's end of stream isn't recorded");
  }
}

void ConnectionTrace::close() {
  next();
  if (open_ && need(Kind::kClose, "the connection's end isn't recorded")) open_ = false;
}

void ConnectionTrace::reset() {
  next();
  if (open_ && need(Kind::kReset, "a reset by the client isn't recorded")) open_ = false;
}

void ConnectionTrace::finish() {
  if (next() != nullptr) miss("more is recorded than the script does");
  if (begun_ < messages_.size()) miss("more messages are recorded than the script sends");
}

std::vector<Repetition> ConnectionTrace::take_repetitions() {
  return std::exchange(repetitions_, {});
}

}  // namespace md5spec
