#include <algorithm>

#include "conduct/case_time.h"
#include "conduct/script_run.h"

namespace md5spec {
asio::awaitable<void> ScriptRun::await_banner(Link& link, Reading reading) {
  Connection& connection = *link.connection;
  const std::string& banner = profile_.banner;
  // Who reads late, or never, reads nothing but the banner now.
  const bool goes_on = reading == Reading::kAlways || reading == Reading::kSlowly;
  connection.start_reading(goes_on ? Connection::kEverything : banner.size());
  const Duration since = recorder_.now();
  Came came = Came::kTimeout;
  for (;;) {
    const std::string& received = connection.received();
    if (received.starts_with(banner)) {
      came = Came::kExpected;
      break;
    }
    const bool deviates = !banner.starts_with(received);
    if (connection.ended() || deviates) {
      came = deviates ? Came::kUnexpected : Came::kEnded;
      break;
    }
    const Deadline deadline = std::min(deadline_, connection.idle_since() + patience_.for_banner());
    if (Clock::now() >= deadline) break;
    co_await connection.activity(deadline);
  }
  if (came == Came::kTimeout) ++disappointments_.missing;
  awaited(link, Awaited::kBanner, came, since);
  link.cursor.settle(came == Came::kExpected ? banner.size() : connection.received().size());
}

void ScriptRun::awaited(Link& link, Awaited what, Came came, Duration since) {
  Event& event = recorder_.add(link.connection->number(), Event::Kind::kAwait);
  event.since = since;
  event.awaited = what;
  event.came = came;
  transcript_.waited += event.at - since;
}

ReplyCursor::State ScriptRun::look(Link& link) const {
  const Connection& connection = *link.connection;
  const bool all =
      !link.took_all || (connection.half_closed() && profile_.end_of_stream_completes());
  return link.cursor.look(connection.received(), all ? ReplyCursor::kAll : connection.sent());
}

asio::awaitable<void> ScriptRun::run_reply(Block& /*block*/, Link& link,
                                           const ReplyStep& /*step*/) {
  if (link.stuck) co_return;
  co_await await_replies(link);
}

asio::awaitable<void> ScriptRun::await_replies(Link& link) {
  Connection& connection = *link.connection;
  connection.start_reading();
  const Duration since = recorder_.now();
  co_await finish_digests(link);
  const Clock::time_point began = Clock::now();
  Came came = Came::kTimeout;
  for (;;) {
    const ReplyCursor::State state = look(link);
    if (state == ReplyCursor::State::kComplete) {
      came = Came::kExpected;
      break;
    }
    if (connection.ended()) {
      came = Came::kEnded;
      break;
    }
    const bool scant = state == ReplyCursor::State::kScant;
    const bool may_come = state == ReplyCursor::State::kMore || scant;
    if (may_come && pipeline_is_over(link)) {
      transcript_.waited += recorder_.now() - since;
      leave_pipeline(link);
      co_return;
    }
    const bool deviating = state == ReplyCursor::State::kDeviating ||
                           (scant && patience_.replies_are_known_to_differ());
    const Duration patience =
        deviating ? patience_for_the_rest(link) : patience_.for_reply(crowd_) + link.hashing;
    const Deadline deadline =
        std::min(deadline_, std::max(began, connection.idle_since()) + patience);
    if (Clock::now() >= deadline) {
      came = deviating ? Came::kUnexpected : Came::kTimeout;
      if (deviating || scant) ++disappointments_.unlike;
      break;
    }
    co_await connection.activity(deadline);
  }
  link.hashing = {};
  link.timeouts = came == Came::kTimeout ? link.timeouts + 1 : 0;
  if (came == Came::kTimeout) {
    ++in_vain_;
    ++disappointments_.missing;
  }
  // One late reply may come with the next message; two in a row, or none ever, leave nothing to
  // learn.
  link.stuck = connection.ended() || link.timeouts > 1 ||
               (came == Came::kTimeout && connection.received().empty());
  link.let_down = link.stuck && came != Came::kExpected;
  if (came != Came::kExpected) link.cursor.settle(connection.received().size());
  awaited(link, Awaited::kReplies, came, since);
}

asio::awaitable<void> ScriptRun::run_silence(Block& /*block*/, Link& link,
                                             const SilenceStep& step) {
  if (link.stuck) co_return;
  Connection& connection = *link.connection;
  connection.start_reading();
  const Duration since = recorder_.now();
  const std::size_t before = connection.received().size();
  const Deadline deadline =
      std::min(deadline_, Clock::now() + step.time.resolve(profile_.timeouts));
  while (Clock::now() < deadline && !connection.ended() && connection.received().size() == before) {
    co_await connection.activity(deadline);
  }
  const Came came = connection.received().size() > before ? Came::kUnexpected
                    : connection.ended()                  ? Came::kEnded
                                                          : Came::kExpected;
  awaited(link, Awaited::kSilence, came, since);
}

asio::awaitable<void> ScriptRun::run_end(Block& /*block*/, Link& link, const EndStep& /*step*/) {
  Connection& connection = *link.connection;
  if (!connection.usable()) co_return;
  connection.start_reading();
  const Duration since = recorder_.now();
  const Clock::time_point began = Clock::now();
  const Duration patience = patience_.for_end(crowd_, unclosed_);
  for (;;) {
    const Deadline deadline =
        std::min(deadline_, std::max(began, connection.idle_since()) + patience);
    if (connection.ended() || Clock::now() >= deadline) break;
    co_await connection.activity(deadline);
  }
  if (!connection.ended()) {
    if (!unclosed_) ++disappointments_.unclosed;
    unclosed_ = true;
  }
  awaited(link, Awaited::kEnd, connection.ended() ? Came::kExpected : Came::kTimeout, since);
}

Duration ScriptRun::patience_for_the_rest(const Link& link) const {
  const std::string& received = link.connection->received();
  const std::string ending = profile_.reply.ending();
  // What was left over from earlier replies doesn't tell that the server has read the message, and
  // an unframed one may not meet the next on its way.
  const bool is_answered = profile_.framed() || received.size() > link.had_received;
  return patience_.for_the_rest(is_answered && link.cursor.has_as_many(received),
                                !ending.empty() && received.ends_with(ending));
}

}  // namespace md5spec
