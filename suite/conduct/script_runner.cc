#include "conduct/script_runner.h"

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>

#include "catalogue/until.h"
#include "conduct/background_digest.h"
#include "conduct/lag_meter.h"
#include "conduct/own_limits.h"
#include "conduct/reply_cursor.h"
#include "conduct/rest.h"
#include "conduct/segments.h"
#include "conduct/started_server.h"
#include "conduct/task_group.h"
#include "judge/process.h"
#include "text/bytes.h"
#include "wire/client_hello.h"
#include "wire/connection.h"

namespace md5spec {
namespace {

using Came = Event::Came;
using Awaited = Event::Awaited;

// A case that repeats does at least so many rounds, as long as they fit in kPatience.
constexpr std::uint64_t kLeastRounds = 100;
// A measurement that goes on growing goes on at most so long.
constexpr std::uint64_t kMostWindows = 100;
// What a server that is told to end may take for it.
constexpr std::chrono::seconds kTimeToEnd(5);
constexpr std::chrono::seconds kPatience(60);
// What a server may send beyond the replies that are due before it counts as a flood.
constexpr std::uint64_t kTolerated = 16U << 10U;
// A transfer slower than this isn't waited for.
constexpr std::uint64_t kSlowest = 1U << 20U;  // bytes a second
// A server that gathers a large message before it hashes it gets time for that; so much a second.
constexpr std::uint64_t kHashedAtLeast = 64U << 20U;

// Many connections at once take a server that makes a process for each its time: so much for each.
constexpr std::chrono::milliseconds kForEachOfACrowd(50);

Duration time_for_crowd(unsigned count) { return (count - 1) * kForEachOfACrowd; }

Duration hashing_time(const PlannedMessage& message) {
  return message.stream ? std::chrono::seconds(message.size() / kHashedAtLeast) : Duration();
}

// What a step sends: bytes, or a part of one large message's frame.
struct Outgoing {
  std::string bytes;
  std::shared_ptr<const PlannedMessage> large;
  std::uint64_t begin = 0;  // of `large`, as far as it isn't sent
  std::uint64_t end = 0;

  std::uint64_t size() const { return large ? end - begin : bytes.size(); }
  // What is left from `at` on goes from this one to the one that is returned.
  Outgoing cut(std::uint64_t at) {
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
};

bool completes_at_eof(const Profile& profile) {
  return profile.framing == Framing::kHalfClose ||
         (profile.framing == Framing::kDelimited && profile.at_eof == AtEof::kAnswer);
}

// Once so many cases have waited in vain for an end of stream, those that aren't about it wait for
// `timeouts.quiet` only.
constexpr int kKnownNotToClose = 8;

// Once so many replies weren't as declared, the rest of further ones is waited for less.
constexpr int kKnownToDiffer = 20;

// One connection of a script.
struct Link {
  std::shared_ptr<Connection> connection;
  ReplyCursor cursor;
  unsigned member = 0;
  Outgoing unsent;                                         // what an `until` left for later
  std::vector<std::unique_ptr<BackgroundDigest>> digests;  // of its large messages
  Duration hashing{};  // what the server may need for those, beyond the usual time
  bool message_begun = false;
  bool took_all = true;  // nothing that was to be sent had to stay behind
  std::optional<Clock::time_point> pipeline_began;  // of messages that a send repeats
  int timeouts = 0;                                 // replies in a row that didn't come in time
  bool stuck = false;                               // no use in asking for more
};

// A script's names; a block inside it has its own.
struct Block {
  Scope scope = Scope::kCase;
  std::uint64_t round = 0;
  std::map<std::string, std::vector<std::unique_ptr<Link>>> names;
};

class ScriptRunner {
 public:
  ScriptRunner(const PlannedCase& planned, const CarryOutOptions& options,
               asio::any_io_executor executor, Transcript& transcript)
      : planned_(planned),
        profile_(planned.profile()),
        options_(options),
        executor_(std::move(executor)),
        transcript_(transcript),
        recorder_(transcript),
        deadline_(Clock::now() + longest(planned, options.budget)) {}

  asio::awaitable<void> run() {
    Block block;
    co_await run_steps(planned_.spec().script, block);
    transcript_.duration = recorder_.now();
  }

 private:
  bool stopped() {
    if (transcript_.hindrance.kind != Hindrance::Kind::kNone) return true;
    if (options_.interrupted != nullptr && *options_.interrupted) {
      transcript_.hindrance = {Hindrance::Kind::kInterrupted, "the run was interrupted"};
      return true;
    }
    if (Clock::now() >= deadline_) transcript_.out_of_time = true;
    return transcript_.out_of_time;
  }

  asio::awaitable<void> run_steps(const Steps& steps, Block& block) {
    for (const Step& step : steps) {
      if (stopped()) break;
      co_await run_step(step, block);
    }
    for (auto& [name, links] : block.names) {
      for (auto& link : links) {
        co_await link->connection->finish();
        co_await finish_digests(*link);
      }
    }
  }

  // Nothing is judged by a message whose digest isn't known; an interrupted case isn't judged.
  asio::awaitable<void> finish_digests(Link& link) {
    const bool judged = transcript_.hindrance.kind == Hindrance::Kind::kNone;
    for (auto& digest : link.digests) {
      if (judged) co_await digest->finish();
    }
    link.digests.clear();
  }

  asio::awaitable<void> run_step(const Step& step, Block& block) {
    if (const auto* connect = std::get_if<ConnectStep>(&step.action)) {
      co_await run_connect(*connect, block);
    } else if (const auto* send = std::get_if<SendStep>(&step.action)) {
      co_await on_all(block, send->on, *send, &ScriptRunner::run_send);
    } else if (const auto* exchange = std::get_if<ExchangeStep>(&step.action)) {
      co_await on_all(block, exchange->on, *exchange, &ScriptRunner::run_exchange);
    } else if (const auto* reply = std::get_if<ReplyStep>(&step.action)) {
      co_await on_all(block, reply->on, *reply, &ScriptRunner::run_reply);
    } else if (const auto* silence = std::get_if<SilenceStep>(&step.action)) {
      co_await on_all(block, silence->on, *silence, &ScriptRunner::run_silence);
    } else if (const auto* half_close = std::get_if<HalfCloseStep>(&step.action)) {
      co_await on_all(block, half_close->on, *half_close, &ScriptRunner::run_half_close);
    } else if (const auto* fin = std::get_if<FinStep>(&step.action)) {
      for (auto& link : block.names.at(fin->on)) link->connection->fin();
    } else if (const auto* end = std::get_if<EndStep>(&step.action)) {
      co_await on_all(block, end->on, *end, &ScriptRunner::run_end);
    } else {
      co_await run_other_step(step, block);
    }
  }

  asio::awaitable<void> run_other_step(const Step& step, Block& block) {
    if (const auto* close = std::get_if<CloseStep>(&step.action)) {
      for (auto& link : block.names.at(close->on)) co_await link->connection->finish();
    } else if (const auto* reset = std::get_if<ResetStep>(&step.action)) {
      for (auto& link : block.names.at(reset->on)) link->connection->reset();
    } else if (const auto* pause = std::get_if<PauseStep>(&step.action)) {
      co_await run_pause(*pause);
    } else if (const auto* liveness = std::get_if<LivenessStep>(&step.action)) {
      co_await run_liveness(*liveness);
    } else if (const auto* control = std::get_if<ControlStep>(&step.action)) {
      Block inner;
      inner.scope = Scope::kControl;
      co_await run_steps(*control->steps, inner);
    } else if (const auto* repeat = std::get_if<RepeatStep>(&step.action)) {
      co_await run_repeat(*repeat, block.scope);
    } else if (options_.process != nullptr) {
      co_await run_process_step(step, block);
    }
  }

  asio::awaitable<void> run_process_step(const Step& step, Block& block) {
    if (const auto* measure = std::get_if<MeasureStep>(&step.action)) {
      co_await run_measure(*measure, block.scope);
    } else if (std::holds_alternative<TerminateStep>(step.action)) {
      terminated_at_ = Clock::now();
      recorder_.add(Event::kNoConnection, Event::Kind::kTerminated);
      options_.process->terminate();
    } else if (std::holds_alternative<ProcessEndStep>(step.action)) {
      co_await run_process_end();
    }
  }

  asio::awaitable<void> run_measure(const MeasureStep& step, Scope scope) {
    const Clock::time_point began = Clock::now();
    RepeatStep window_steps;
    window_steps.times = step.times;
    window_steps.steps = step.steps;
    measure();
    for (std::uint64_t window = 0; step.windows > 0 && !stopped(); ++window) {
      const bool doubtful = every_window_grew(transcript_) &&
                            Clock::now() - began < options_.budget && window < kMostWindows;
      if (window >= step.windows && !doubtful) break;
      co_await run_repeat(window_steps, scope);
      measure();
    }
  }

  void measure() {
    const ProcessUsage usage = options_.process->usage();
    Event& event =
        recorder_.add(Event::kNoConnection, Event::Kind::kMeasured, usage.resident_bytes);
    event.descriptors = usage.descriptors;
  }

  asio::awaitable<void> run_process_end() {
    const Duration since = recorder_.now();
    const Deadline deadline = std::min(deadline_, terminated_at_ + kTimeToEnd);
    const bool ended = co_await options_.process->ended_by(deadline);
    Event& event = recorder_.add(Event::kNoConnection,
                                 ended ? Event::Kind::kProcessEnded : Event::Kind::kAwait);
    event.since = since;
    event.awaited = Awaited::kProcessEnd;
    event.came = ended ? Came::kExpected : Came::kTimeout;
    if (ended) event.process_end = std::make_shared<ProcessEnd>(*options_.process->end());
    transcript_.waited += event.at - since;
  }

  // Does `act` on all connections of that name at once.
  template <typename StepType>
  asio::awaitable<void> on_all(Block& block, const std::string& name, const StepType& step,
                               asio::awaitable<void> (ScriptRunner::*act)(Block&, Link&,
                                                                          const StepType&)) {
    auto& links = block.names.at(name);
    if (links.size() == 1) {
      co_await (this->*act)(block, *links.front(), step);
      co_return;
    }
    TaskGroup group(executor_);
    for (auto& link : links) group.spawn((this->*act)(block, *link, step));
    co_await group.join();
  }

  asio::awaitable<void> run_connect(const ConnectStep& step, Block& block) {
    auto& links = block.names[step.as];
    links.clear();
    const unsigned count = step.count.resolve(profile_);
    crowd_ = std::max(crowd_, count);
    for (unsigned member = 0; member < count; ++member) {
      const int number = static_cast<int>(transcript_.connections.size());
      ConnectionRecord record;
      record.scope = block.scope;
      record.name = step.as;
      record.member = member;
      record.round = block.round;
      record.bare = step.bare && profile_.tls;
      transcript_.connections.push_back(std::move(record));
      auto link = std::make_unique<Link>();
      link->member = member;
      Connection::Options options(step.receive_buffer, most_received(),
                                  step.bare ? nullptr : options_.tls);
      link->connection = std::make_shared<Connection>(executor_, recorder_, number, options);
      links.push_back(std::move(link));
    }
    co_await on_all(block, step.as, step, &ScriptRunner::open);
  }

  // More than all that could be due on one connection.
  std::uint64_t most_received() const {
    std::uint64_t due = kTolerated + profile_.banner.size();
    for_each_message(planned_.spec().script, [&](const ScriptMessage& message, const Step& step) {
      std::uint64_t times = 1;
      if (const auto* send = std::get_if<SendStep>(&step.action)) times = send->times;
      if (const auto* exchange = std::get_if<ExchangeStep>(&step.action)) times = exchange->times;
      due += 2 * times * profile_.reply.size_for(message.source.size_for(profile_));
    });
    return due;
  }

  asio::awaitable<void> open(Block& /*block*/, Link& link, const ConnectStep& step) {
    Connection& connection = *link.connection;
    const Deadline deadline = std::min(deadline_, Clock::now() + profile_.timeouts.connect);
    const Connection::Opened opened = co_await connection.open(options_.server, deadline);
    if (opened == Connection::Opened::kOwnLimit) {
      transcript_.hindrance = {Hindrance::Kind::kEnvironment, shortage_met(connection.error())};
    }
    if (opened != Connection::Opened::kYes) {
      link.stuck = true;
      co_return;
    }
    if (step.reading == Reading::kAlways) connection.start_reading();
    if (step.reading == Reading::kAfterStall) connection.read_after_stall();
    if (!profile_.banner.empty() && !is_bare(link)) co_await await_banner(link);
  }

  bool is_bare(const Link& link) const {
    return transcript_.connections[static_cast<std::size_t>(link.connection->number())].bare;
  }

  asio::awaitable<void> await_banner(Link& link) {
    Connection& connection = *link.connection;
    connection.start_reading();
    const Duration since = recorder_.now();
    const std::string& banner = profile_.banner;
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
      const Deadline deadline =
          std::min(deadline_, connection.idle_since() + profile_.timeouts.reply);
      if (Clock::now() >= deadline) break;
      co_await connection.activity(deadline);
    }
    awaited(link, Awaited::kBanner, came, since);
    link.cursor.settle(came == Came::kExpected ? banner.size() : connection.received().size());
  }

  void awaited(Link& link, Awaited what, Came came, Duration since) {
    Event& event = recorder_.add(link.connection->number(), Event::Kind::kAwait);
    event.since = since;
    event.awaited = what;
    event.came = came;
    transcript_.waited += event.at - since;
  }

  // Begins a message: from now on its reply is due.
  std::shared_ptr<const PlannedMessage> begin(Link& link, const Block& block,
                                              const ScriptMessage& source, std::uint64_t time,
                                              std::uint64_t offset, TailCr cr = TailCr::kNo) {
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
    return message;
  }

  // What ends at the client's half-close needs one that leaves the server its own direction.
  bool can_half_close(const Link& link) {
    if (profile_.framing != Framing::kHalfClose || link.connection->has_half_close()) return true;
    transcript_.hindrance = {
        Hindrance::Kind::kTlsTooOld,
        "half_close takes TLS 1.3: before it, a server may drop what it had still to send. This "
        "one agreed to TLS 1.2"};
    return false;
  }

  bool fits_segment(const Link& link, std::uint64_t size) {
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

  asio::awaitable<void> run_send(Block& block, Link& link, const SendStep& step) {
    if (!can_send(link) || !can_half_close(link)) co_return;
    Outgoing outgoing;
    std::vector<std::size_t> borders;
    if (step.times > 1) link.pipeline_began = Clock::now();
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
    if (step.until) {
      const std::uint64_t size = outgoing.size();
      link.unsent = outgoing.cut(*step.until == kUntilDelimiter ? size - profile_.delimiter.size()
                                                                : cut_point(*step.until, size));
    }
    if (!step.segmentation.boundary) borders = segment_borders(outgoing.size(), step.segmentation);
    co_await send_in_segments(link, outgoing, borders, step);
  }

  static bool can_send(const Link& link) {
    return !link.stuck && link.connection->usable() && !link.connection->ended() &&
           !link.connection->half_closed();
  }

  asio::awaitable<void> send_in_segments(Link& link, const Outgoing& outgoing,
                                         const std::vector<std::size_t>& borders,
                                         const SendStep& step) {
    const Duration gap = step.segmentation.gap.resolve(profile_.timeouts);
    const auto on_stall = step.fill ? Connection::OnStall::kStop : Connection::OnStall::kFail;
    std::size_t from = 0;
    for (const std::size_t border : borders) {
      if (from > 0 && gap.count() > 0) co_await rest_until(std::min(deadline_, Clock::now() + gap));
      if (stopped() || link.connection->ended()) {
        link.took_all = false;
        co_return;
      }
      const bool sent = co_await send_part(link, outgoing, from, border, on_stall);
      if (!sent && pipeline_is_over(link)) leave_pipeline(link);
      if (!sent) link.took_all = step.fill;
      if (!sent) co_return;
      from = border;
    }
  }

  asio::awaitable<bool> send_part(Link& link, const Outgoing& outgoing, std::uint64_t from,
                                  std::uint64_t to, Connection::OnStall on_stall) {
    // Where a stall is what is wanted, it need only last so long that it isn't the machine's.
    const Duration patience =
        on_stall == Connection::OnStall::kStop ? profile_.timeouts.quiet : patience_for_reply(link);
    if (!outgoing.large) {
      const std::function<bool()> enough = [&] { return pipeline_is_over(link); };
      const std::string_view part = std::string_view(outgoing.bytes).substr(from, to - from);
      co_return co_await link.connection->send(part, patience, deadline_, on_stall, &enough);
    }
    recorder_.join_sends(true);
    std::uint64_t at = outgoing.begin + from;
    const std::uint64_t end = outgoing.begin + to;
    bool sent = true;
    while (sent && at < end && !stopped()) {
      const std::string_view part = outgoing.large->view(at).substr(0, end - at);
      sent = co_await link.connection->send(part, patience, deadline_, on_stall);
      at += part.size();
      if (options_.transfer != nullptr && *options_.transfer)
        (*options_.transfer)(planned_.id(), at, outgoing.large->frame_size());
    }
    recorder_.join_sends(false);
    co_return sent&& at == end;
  }

  // Whether a server that answers, but slowly, has had its time for a pipeline.
  bool pipeline_is_over(Link& link) const {
    if (!link.pipeline_began) return false;
    look(link);
    return link.cursor.come() > 0 && !link.cursor.all_in() &&
           out_of_budget(*link.pipeline_began, link.cursor.come());
  }

  // What the server didn't take its reply is waited for all the same: it may tell why.
  ReplyCursor::State look(Link& link) const {
    const Connection& connection = *link.connection;
    const bool all = !link.took_all || (connection.half_closed() && completes_at_eof(profile_));
    return link.cursor.look(connection.received(), all ? ReplyCursor::kAll : connection.sent());
  }

  // Nothing is expected of the server for messages whose replies nobody waits for any more.
  void leave_pipeline(Link& link) {
    transcript_.rounds_wanted = link.cursor.all();
    transcript_.rounds_done = link.cursor.come();
    link.stuck = true;
    link.connection->close();
  }

  asio::awaitable<void> run_exchange(Block& block, Link& link, const ExchangeStep& step) {
    const Clock::time_point began = Clock::now();
    const std::uint64_t wanted = step.times;
    std::uint64_t done = 0;
    for (; done < wanted && !stopped(); ++done) {
      if (done > 0 && out_of_budget(began, done)) break;
      for (const ScriptMessage& source : step.messages) {
        if (!can_send(link)) break;
        co_await exchange(block, link, source, done);
      }
      if (link.stuck || link.connection->ended()) break;
    }
    if (wanted > 1) {
      transcript_.rounds_wanted = wanted;
      transcript_.rounds_done = done;
    }
  }

  asio::awaitable<void> exchange(Block& block, Link& link, const ScriptMessage& source,
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
        co_await send_part(link, outgoing, 0, outgoing.size(), Connection::OnStall::kFail);
    if (profile_.framing == Framing::kHalfClose) link.connection->half_close();
    co_await await_replies(link);
  }

  bool out_of_budget(Clock::time_point began, std::uint64_t done) const {
    const auto spent = Clock::now() - began;
    return spent >= (done >= kLeastRounds ? options_.budget
                                          : std::max<Duration>(options_.budget, kPatience));
  }

  asio::awaitable<void> run_reply(Block& /*block*/, Link& link, const ReplyStep& /*step*/) {
    if (link.stuck) co_return;
    co_await await_replies(link);
  }

  asio::awaitable<void> await_replies(Link& link) {
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
      if (state == ReplyCursor::State::kMore && pipeline_is_over(link)) {
        transcript_.waited += recorder_.now() - since;
        leave_pipeline(link);
        co_return;
      }
      const bool deviating = state == ReplyCursor::State::kDeviating;
      const Duration patience = deviating ? patience_for_the_rest(link) : patience_for_reply(link);
      const Deadline deadline =
          std::min(deadline_, std::max(began, connection.idle_since()) + patience);
      if (Clock::now() >= deadline) {
        came = deviating ? Came::kUnexpected : Came::kTimeout;
        if (deviating && options_.unlike != nullptr) ++*options_.unlike;
        break;
      }
      co_await connection.activity(deadline);
    }
    link.hashing = {};
    link.timeouts = came == Came::kTimeout ? link.timeouts + 1 : 0;
    // One late reply may come with the next message; two in a row, or none ever, leave nothing to
    // learn.
    link.stuck = connection.ended() || link.timeouts > 1 ||
                 (came == Came::kTimeout && connection.received().empty());
    if (came != Came::kExpected) link.cursor.settle(connection.received().size());
    awaited(link, Awaited::kReplies, came, since);
  }

  asio::awaitable<void> run_silence(Block& /*block*/, Link& link, const SilenceStep& step) {
    if (link.stuck) co_return;
    Connection& connection = *link.connection;
    connection.start_reading();
    const Duration since = recorder_.now();
    const std::size_t before = connection.received().size();
    const Deadline deadline =
        std::min(deadline_, Clock::now() + step.time.resolve(profile_.timeouts));
    while (Clock::now() < deadline && !connection.ended() &&
           connection.received().size() == before) {
      co_await connection.activity(deadline);
    }
    const Came came = connection.received().size() > before ? Came::kUnexpected
                      : connection.ended()                  ? Came::kEnded
                                                            : Came::kExpected;
    awaited(link, Awaited::kSilence, came, since);
  }

  asio::awaitable<void> run_half_close(Block& block, Link& link, const HalfCloseStep& /*step*/) {
    if (!link.connection->usable() || !can_half_close(link)) co_return;
    // Before TLS 1.3 a server may drop at close_notify what it had still to send.
    if (!link.connection->has_half_close() && !link.stuck && !link.cursor.all_in())
      co_await await_replies(link);
    // Under this framing end of stream alone is a message: the empty one.
    if (profile_.framing == Framing::kHalfClose && !link.message_begun &&
        !link.connection->half_closed()) {
      static const ScriptMessage empty;
      begin(link, block, empty, 0, 0);
    }
    link.connection->half_close();
    co_return;
  }

  asio::awaitable<void> run_end(Block& /*block*/, Link& link, const EndStep& /*step*/) {
    Connection& connection = *link.connection;
    if (!connection.usable()) co_return;
    connection.start_reading();
    const Duration since = recorder_.now();
    const Clock::time_point began = Clock::now();
    const Duration patience = patience_for_end();
    for (;;) {
      const Deadline deadline =
          std::min(deadline_, std::max(began, connection.idle_since()) + patience);
      if (connection.ended() || Clock::now() >= deadline) break;
      co_await connection.activity(deadline);
    }
    if (!connection.ended()) note_unclosed();
    awaited(link, Awaited::kEnd, connection.ended() ? Came::kExpected : Came::kTimeout, since);
  }

  // How long an end of stream is waited for: less once it's known that none comes.
  Duration patience_for_end() const {
    const Timeouts& t = profile_.timeouts;
    if (unclosed_) return std::min(t.quiet, t.close) / 10;
    const bool known = options_.unclosed != nullptr && *options_.unclosed >= kKnownNotToClose;
    return known && !judges_ends() ? std::min(t.quiet, t.close) : t.close + time_for_crowd(crowd_);
  }

  // Of a reply that isn't what is due; a hundred of them mustn't take a hundred times as long.
  Duration patience_for_the_rest(const Link& link) const {
    const Duration quiet = profile_.timeouts.quiet;
    const std::string& received = link.connection->received();
    const std::string ending = profile_.reply.ending();
    const bool has_as_many = link.cursor.has_as_many(received);
    const bool is_ended = !ending.empty() && received.ends_with(ending);
    if (has_as_many && is_ended) return {};
    const bool known = options_.unlike != nullptr && *options_.unlike >= kKnownToDiffer;
    return has_as_many || is_ended || known ? quiet / 10 : quiet;
  }

  Duration patience_for_reply(const Link& link) const {
    return profile_.timeouts.reply + time_for_crowd(crowd_) + link.hashing;
  }

  bool judges_ends() const {
    const auto& judged = planned_.spec().requirements;
    return std::any_of(judged.begin(), judged.end(), [](const std::string& id) {
      return id == "CON-3" || id == "CON-4" || id == "RES-10";
    });
  }

  void note_unclosed() {
    if (!unclosed_ && options_.unclosed != nullptr) ++*options_.unclosed;
    unclosed_ = true;
  }

  asio::awaitable<void> run_pause(const PauseStep& step) {
    const Duration since = recorder_.now();
    co_await rest_until(std::min(deadline_, Clock::now() + step.time.resolve(profile_.timeouts)));
    Event& event = recorder_.add(0, Event::Kind::kPause);
    event.since = since;
    transcript_.waited += event.at - since;
  }

  asio::awaitable<void> run_liveness(const LivenessStep& step) {
    Block inner;
    inner.scope = Scope::kLiveness;
    Steps steps;
    steps.push_back({Location(), ConnectStep{"probe"}});
    steps.push_back({Location(), ExchangeStep{"probe", {step.message}, 1}});
    co_await run_steps(steps, inner);
  }

  asio::awaitable<void> run_repeat(const RepeatStep& step, Scope scope) {
    const Clock::time_point began = Clock::now();
    std::uint64_t done = 0;
    for (; done < step.times && !stopped(); ++done) {
      if (done > 0 && out_of_budget(began, done)) break;
      Block inner;
      inner.scope = scope;
      inner.round = done;
      co_await run_steps(*step.steps, inner);
      bool stuck = false;
      for (const auto& [name, links] : inner.names) {
        for (const auto& link : links) stuck = stuck || link->stuck;
      }
      if (stuck) break;
    }
    transcript_.rounds_wanted = step.times;
    transcript_.rounds_done = done;
  }

  const PlannedCase& planned_;
  const Profile& profile_;
  const CarryOutOptions& options_;
  asio::any_io_executor executor_;
  Transcript& transcript_;
  Recorder recorder_;
  Deadline deadline_;
  Clock::time_point terminated_at_;
  unsigned crowd_ = 1;     // the most connections that bear one name
  bool unclosed_ = false;  // an end of stream was waited for in vain
};

// What a step may take at the most, whatever the server does.
Duration longest_step(const Step& step, const Profile& profile, Duration budget);

Duration longest_steps(const Steps& steps, const Profile& profile, Duration budget) {
  Duration sum{};
  for (const Step& step : steps) sum += longest_step(step, profile, budget);
  return sum;
}

Duration transfer_time(const std::vector<ScriptMessage>& messages, std::uint64_t times,
                       const Profile& profile) {
  std::uint64_t bytes = 0;
  for (const ScriptMessage& message : messages) bytes += message.source.size_for(profile) * times;
  return std::chrono::seconds(bytes / kSlowest);
}

Duration longest_step(const Step& step, const Profile& profile, Duration budget) {
  const Timeouts& t = profile.timeouts;
  const Duration one_reply = 3 * t.reply;
  if (const auto* connect = std::get_if<ConnectStep>(&step.action)) {
    return t.connect + (profile.banner.empty() ? Duration() : one_reply) +
           4 * time_for_crowd(connect->count.resolve(profile));
  }
  if (const auto* send = std::get_if<SendStep>(&step.action)) {
    const Duration repeated = send->times > 1 ? std::max<Duration>(budget, kPatience) : Duration();
    return one_reply + transfer_time(send->messages, send->times, profile) +
           longest_gaps(*send, profile) + repeated;
  }
  if (const auto* exchange = std::get_if<ExchangeStep>(&step.action)) {
    if (exchange->times > 1) return std::max<Duration>(budget, kPatience) + one_reply;
    return 2 * one_reply * static_cast<int>(exchange->messages.size()) +
           transfer_time(exchange->messages, 1, profile);
  }
  if (std::holds_alternative<ReplyStep>(step.action)) return 2 * one_reply;
  if (const auto* silence = std::get_if<SilenceStep>(&step.action)) return silence->time.resolve(t);
  if (const auto* pause = std::get_if<PauseStep>(&step.action)) return pause->time.resolve(t);
  if (std::holds_alternative<EndStep>(step.action)) return 3 * t.close;
  if (std::holds_alternative<LivenessStep>(step.action)) return t.connect + 2 * one_reply;
  if (const auto* control = std::get_if<ControlStep>(&step.action))
    return longest_steps(*control->steps, profile, budget);
  if (const auto* repeat = std::get_if<RepeatStep>(&step.action)) {
    return std::max<Duration>(budget, kPatience) + longest_steps(*repeat->steps, profile, budget);
  }
  if (const auto* measure = std::get_if<MeasureStep>(&step.action)) {
    if (measure->windows == 0) return std::chrono::seconds(1);
    return budget + static_cast<int>(measure->windows + 1) *
                        (std::max<Duration>(budget, kPatience) +
                         longest_steps(*measure->steps, profile, budget));
  }
  if (std::holds_alternative<ProcessEndStep>(step.action)) return kTimeToEnd;
  return {};
}

}  // namespace

asio::awaitable<Transcript> carry_out(const PlannedCase& planned, CarryOutOptions options) {
  Transcript transcript;
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  {
    const LagMeter::Watch watch(options.lag, &transcript.worst_lag);
    ScriptRunner runner(planned, options, executor, transcript);
    co_await runner.run();
  }
  co_return transcript;
}

Duration longest(const PlannedCase& planned, Duration budget) {
  return longest_steps(planned.spec().script, planned.profile(), budget) + std::chrono::seconds(1);
}

}  // namespace md5spec
