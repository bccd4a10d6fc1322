#include <algorithm>
#include <functional>
#include <utility>

#include <fmt/format.h>

#include "catalogue/until.h"
#include "conduct/rest.h"
#include "conduct/script_run.h"
#include "conduct/segments.h"
#include "text/bytes.h"
#include "wire/client_hello.h"

namespace md5spec {
namespace {

// A server that gathers a large message before it hashes it gets time for that; so much a second.
constexpr std::uint64_t kHashedAtLeast = 64U << 20U;
// A server that takes its time isn't filled to the end.
constexpr std::chrono::seconds kLongestFill(5);

Duration hashing_time(const PlannedMessage& message) {
  return message.stream ? std::chrono::seconds(message.size() / kHashedAtLeast) : Duration();
}

}  // namespace

Outgoing Outgoing::cut(std::uint64_t at) {
  Outgoing rest;
  if (large) {
    rest = {{}, large, begin + at, end};
    end = begin + at;
  } else {
    rest.bytes = bytes.substr(at);
    bytes.resize(at);
  }
  return rest;
}

std::shared_ptr<const PlannedMessage> ScriptRun::begin(Link& link, const Block& block,
                                                       const ScriptMessage& source,
                                                       std::uint64_t time, std::uint64_t offset,
                                                       TailCr cr) {
  auto message = planned_.undigested(source, block.round + time, link.member, cr);
  if (message->stream) {
    link.digests.push_back(std::make_unique<BackgroundDigest>(executor_, profile_, message));
    link.hashing += hashing_time(*message);
  }
  const std::uint64_t begin = link.connection->sent() + offset;
  transcript_.messages.push_back(
      {link.connection->number(), begin, begin + message->frame_size(), message});
  const bool framed_by_eof = profile_.framing == Framing::kHalfClose;
  link.cursor.expect(message, framed_by_eof ? ReplyCursor::kAll : begin + message->frame_size());
  link.message_begun = true;
  link.had_received = link.connection->received().size();
  return message;
}

bool ScriptRun::can_half_close(const Link& link) {
  if (profile_.framing != Framing::kHalfClose || link.connection->has_half_close()) return true;
  transcript_.hindrance = {
      Hindrance::Kind::kTlsTooOld,
      "half_close takes TLS 1.3: before it, a server may drop what it had still to send. This "
      "one agreed to TLS 1.2"};
  return false;
}

bool ScriptRun::fits_segment(const Link& link, std::uint64_t size) {
  if (profile_.framed()) return true;
  if (link.connection->secured()) {
    if (size <= kMostInRecord) return true;
    transcript_.hindrance = {Hindrance::Kind::kSegmentTooSmall,
                             fmt::format("unframed, the message may not arrive in one read: it "
                                         "has {}, a TLS record carries {}",
                                         size_in_words(size), size_in_words(kMostInRecord))};
    return false;
  }
  const int segment = link.connection->segment_size();
  if (segment <= 0 || size <= static_cast<std::uint64_t>(segment)) return true;
  transcript_.hindrance = {
      Hindrance::Kind::kSegmentTooSmall,
      fmt::format(
          "unframed, the message may not arrive in one read: it has {}, a segment carries {}",
          size_in_words(size), size_in_words(static_cast<std::uint64_t>(segment)))};
  return false;
}

asio::awaitable<void> ScriptRun::run_send(Block& block, Link& link, const SendStep& step) {
  if (!can_send(link) || !can_half_close(link)) co_return;
  Outgoing outgoing;
  std::vector<std::size_t> borders;
  if (step.raw) {
    outgoing.bytes = *step.raw;
  } else if (step.client_hello) {
    outgoing.bytes =
        client_hello(*step.client_hello, profile_.tls ? profile_.tls->server_name : "");
    recorder_.add(link.connection->number(), Event::Kind::kClientHello, 0, *step.client_hello);
  } else if (step.rest) {
    outgoing = std::exchange(link.unsent, {});
  } else {
    for (std::uint64_t time = 0; time < step.times; ++time) {
      for (const ScriptMessage& source : step.messages) {
        const TailCr cr = step.with_cr ? TailCr::kYes : TailCr::kNo;
        const auto message = begin(link, block, source, time, outgoing.size(), cr);
        if (step.segmentation.boundary)
          add_boundary_borders(profile_, message->frame, outgoing.size(), message->size(),
                               &borders);
        if (message->stream) {
          outgoing = {{}, message, 0, message->frame_size()};
        } else {
          outgoing.bytes += message->framed();
        }
      }
    }
  }
  if (!fits_segment(link, outgoing.size())) co_return;
  if (step.until) link.unsent = outgoing.cut(bytes_until(*step.until, outgoing.size(), profile_));
  if (!step.segmentation.boundary) borders = segment_borders(outgoing.size(), step.segmentation);
  // What it takes to make the messages isn't the server's time.
  if (step.times > 1) link.pipeline_began = Clock::now();
  co_await send_in_segments(link, outgoing, borders, step);
}

bool ScriptRun::can_send(const Link& link) {
  return !link.stuck && link.connection->usable() && !link.connection->ended() &&
         !link.connection->half_closed();
}

asio::awaitable<void> ScriptRun::send_in_segments(Link& link, const Outgoing& outgoing,
                                                  const std::vector<std::size_t>& borders,
                                                  const SendStep& step) {
  const Duration gap = step.segmentation.gap.resolve(profile_.timeouts);
  const auto on_stall = step.fill ? Connection::OnStall::kStop : Connection::OnStall::kFail;
  const Deadline latest = step.fill ? std::min(deadline_, Clock::now() + kLongestFill) : deadline_;
  std::size_t from = 0;
  for (const std::size_t border : borders) {
    if (from > 0 && gap.count() > 0) co_await rest_until(std::min(deadline_, Clock::now() + gap));
    if (stopped() || link.connection->ended()) {
      link.took_all = false;
      co_return;
    }
    const bool sent = co_await send_part(link, outgoing, from, border, on_stall, latest);
    if (!sent && pipeline_is_over(link)) leave_pipeline(link);
    if (!sent) link.took_all = step.fill;
    if (!sent && step.fill) transcript_.waited += profile_.timeouts.pause;
    if (!sent) co_return;
    from = border;
  }
  if (!step.fill) co_return;
  // What the systems have taken the server may not have looked at yet.
  co_await rest_until(std::min(deadline_, Clock::now() + profile_.timeouts.pause));
  transcript_.waited += profile_.timeouts.pause;
}

asio::awaitable<bool> ScriptRun::send_part(Link& link, const Outgoing& outgoing, std::uint64_t from,
                                           std::uint64_t to, Connection::OnStall on_stall,
                                           Deadline latest) {
  // A server that takes its time takes more all the same, though little by little: its system
  // announces room only once there is some.
  const Duration patience = on_stall == Connection::OnStall::kStop
                                ? profile_.timeouts.pause
                                : patience_.for_reply(crowd_) + link.hashing;
  if (!outgoing.large) {
    const std::function<bool()> enough = [&] { return pipeline_is_over(link); };
    const std::string_view part = std::string_view(outgoing.bytes).substr(from, to - from);
    co_return co_await link.connection->send(part, patience, latest, on_stall, &enough);
  }
  recorder_.join_sends(true);
  std::uint64_t at = outgoing.begin + from;
  const std::uint64_t end = outgoing.begin + to;
  bool sent = true;
  while (sent && at < end && !stopped()) {
    const std::string_view part = outgoing.large->view(at).substr(0, end - at);
    sent = co_await link.connection->send(part, patience, latest, on_stall);
    at += part.size();
    if (options_.transfer != nullptr && *options_.transfer)
      (*options_.transfer)(planned_.id(), at, outgoing.large->frame_size());
  }
  recorder_.join_sends(false);
  co_return sent&& at == end;
}

bool ScriptRun::pipeline_is_over(Link& link) const {
  // What comes late for a client that reads late isn't the server's to answer for.
  const auto reading_since = link.connection->reading_since();
  if (!link.pipeline_began || !reading_since) return false;
  const Clock::time_point began = std::max(*link.pipeline_began, *reading_since);
  look(link);
  return link.cursor.come() > 0 && !link.cursor.all_in() &&
         out_of_budget(began + link.connection->rested(), link.cursor.come());
}

void ScriptRun::leave_pipeline(Link& link) {
  transcript_.rounds_wanted = link.cursor.all();
  transcript_.rounds_done = link.cursor.come();
  link.stuck = link.let_down = true;
  link.connection->close();
}

asio::awaitable<void> ScriptRun::run_exchange(Block& block, Link& link, const ExchangeStep& step) {
  const Clock::time_point began = Clock::now();
  const std::uint64_t wanted = step.times;
  std::uint64_t done = 0;
  while (done < wanted && !stopped()) {
    if (done > 0 && out_of_budget(began, done)) break;
    bool whole = true;
    for (const ScriptMessage& source : step.messages) {
      whole = whole && can_send(link);
      if (whole) co_await exchange(block, link, source, done);
    }
    if (whole) ++done;
    if (link.stuck || link.connection->ended()) break;
  }
  if (wanted > 1) {
    transcript_.rounds_wanted = wanted;
    transcript_.rounds_done = done;
  }
}

asio::awaitable<void> ScriptRun::exchange(Block& block, Link& link, const ScriptMessage& source,
                                          std::uint64_t time) {
  if (!can_half_close(link)) co_return;
  const auto message = begin(link, block, source, time, 0);
  if (!fits_segment(link, message->frame_size())) co_return;
  Outgoing outgoing;
  if (message->stream) {
    outgoing = {{}, message, 0, message->frame_size()};
  } else {
    outgoing.bytes = message->framed();
  }
  link.took_all =
      co_await send_part(link, outgoing, 0, outgoing.size(), Connection::OnStall::kFail, deadline_);
  if (profile_.framing == Framing::kHalfClose) link.connection->half_close();
  co_await await_replies(link);
}

asio::awaitable<void> ScriptRun::run_half_close(Block& block, Link& link,
                                                const HalfCloseStep& /*step*/) {
  if (!link.connection->usable() || !can_half_close(link)) co_return;
  // Before TLS 1.3 a server may drop at close_notify what it had still to send.
  if (!link.connection->has_half_close() && !link.stuck && !link.cursor.all_in())
    co_await await_replies(link);
  // Under this framing end of stream alone is a message: the empty one.
  if (profile_.framing == Framing::kHalfClose && !link.message_begun &&
      !link.connection->half_closed()) {
    static const ScriptMessage empty{MessageRef::kEndOfStream, {}};
    begin(link, block, empty, 0, 0);
  }
  link.connection->half_close();
  co_return;
}

}  // namespace md5spec
