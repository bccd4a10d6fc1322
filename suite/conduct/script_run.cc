#include "conduct/script_run.h"

#include <algorithm>
#include <utility>

#include "conduct/case_time.h"
#include "conduct/own_limits.h"
#include "conduct/rest.h"
#include "conduct/started_server.h"
#include "conduct/task_group.h"

namespace md5spec {
namespace {

// Once so many replies didn't come, more rounds of the same tell no more.
constexpr int kEnoughInVain = 4;

// A case that repeats does at least so many rounds, as long as they fit in kPatience.
constexpr std::uint64_t kLeastRounds = 100;
// A connect that takes so long had to be sent again, as TCP does after a second.
constexpr std::chrono::milliseconds kConnectRepeated(500);
// From then on there is a gap between a case's connects.
constexpr std::chrono::milliseconds kConnectGap(5);
// Of connections that are opened one after another: while the server is at work for the one, the
// client is for the other.
constexpr std::size_t kHandshakesAtOnce = 2;
// What a server may send beyond the replies that are due before it counts as a flood.
constexpr std::uint64_t kTolerated = 16U << 10U;

}  // namespace

ScriptRun::ScriptRun(const PlannedCase& planned, const CarryOutOptions& options,
                     asio::any_io_executor executor, Transcript& transcript)
    : planned_(planned),
      profile_(planned.profile()),
      options_(options),
      disappointments_(options.disappointments != nullptr ? *options.disappointments
                                                          : own_disappointments_),
      patience_(profile_.timeouts, planned.spec().requirements, disappointments_),
      executor_(std::move(executor)),
      transcript_(transcript),
      recorder_(transcript),
      deadline_(Clock::now() + longest(planned, options.budget)) {}

asio::awaitable<void> ScriptRun::run() {
  Block block;
  co_await run_steps(planned_.spec().script, block);
  transcript_.duration = recorder_.now();
}

bool ScriptRun::stopped() {
  if (transcript_.hindrance.kind != Hindrance::Kind::kNone) return true;
  if (options_.interrupted != nullptr && *options_.interrupted) {
    transcript_.hindrance = {Hindrance::Kind::kInterrupted, "the run was interrupted"};
    return true;
  }
  if (Clock::now() >= deadline_) transcript_.out_of_time = true;
  return transcript_.out_of_time;
}

asio::awaitable<void> ScriptRun::run_steps(const Steps& steps, Block& block) {
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

asio::awaitable<void> ScriptRun::finish_digests(Link& link) {
  const bool judged = transcript_.hindrance.kind == Hindrance::Kind::kNone;
  for (auto& digest : link.digests) {
    if (judged) co_await digest->finish();
  }
  link.digests.clear();
}

asio::awaitable<void> ScriptRun::run_step(const Step& step, Block& block) {
  if (const auto* connect = std::get_if<ConnectStep>(&step.action)) {
    co_await run_connect(*connect, block);
  } else if (const auto* send = std::get_if<SendStep>(&step.action)) {
    co_await on_all(block, send->on, *send, &ScriptRun::run_send);
  } else if (const auto* exchange = std::get_if<ExchangeStep>(&step.action)) {
    co_await on_all(block, exchange->on, *exchange, &ScriptRun::run_exchange);
  } else if (const auto* reply = std::get_if<ReplyStep>(&step.action)) {
    co_await on_all(block, reply->on, *reply, &ScriptRun::run_reply);
  } else if (const auto* silence = std::get_if<SilenceStep>(&step.action)) {
    co_await on_all(block, silence->on, *silence, &ScriptRun::run_silence);
  } else if (const auto* half_close = std::get_if<HalfCloseStep>(&step.action)) {
    co_await on_all(block, half_close->on, *half_close, &ScriptRun::run_half_close);
  } else if (const auto* fin = std::get_if<FinStep>(&step.action)) {
    for (auto& link : block.names.at(fin->on)) link->connection->fin();
  } else if (const auto* end = std::get_if<EndStep>(&step.action)) {
    co_await on_all(block, end->on, *end, &ScriptRun::run_end);
  } else {
    co_await run_other_step(step, block);
  }
}

asio::awaitable<void> ScriptRun::run_other_step(const Step& step, Block& block) {
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

template <typename StepType>
asio::awaitable<void> ScriptRun::on_all(Block& block, const std::string& name, const StepType& step,
                                        asio::awaitable<void> (ScriptRun::*act)(Block&, Link&,
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

asio::awaitable<void> ScriptRun::run_connect(const ConnectStep& step, Block& block) {
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
  if (step.at_once) {
    co_await on_all(block, step.as, step, &ScriptRun::open);
  } else {
    co_await open_one_after_another(block, step);
  }
  co_await on_all(block, step.as, step, &ScriptRun::await_banner_of);
}

// Where a server's backlog overflows, its system may let clients connect all the same and then drop
// what they send first, or reset them (SYN cookies). Only a burst may be held against a server.
asio::awaitable<void> ScriptRun::open_one_after_another(Block& block, const ConnectStep& step) {
  auto& links = block.names.at(step.as);
  bool own = false;
  bool& backlog_full = options_.backlog_full != nullptr ? *options_.backlog_full : own;
  TaskGroup group(executor_);
  bool waited_in_vain = false;
  for (auto& link : links) {
    if (stopped()) break;
    // They needn't all wait in vain, each behind the other.
    if (waited_in_vain) {
      group.spawn(open(block, *link, step));
      continue;
    }
    co_await wait_for_room();
    if (backlog_full && std::exchange(connected_, true))
      co_await rest_until(std::min(deadline_, Clock::now() + kConnectGap));
    const Clock::time_point began = Clock::now();
    const Deadline deadline = time_to_connect();
    co_await connect(*link, deadline);
    const Duration took = std::chrono::duration_cast<Duration>(Clock::now() - began);
    waited_in_vain = waited_in_vain || (link->stuck && took >= kConnectRepeated);
    // The system has had to ask again: the backlog was full.
    backlog_full = backlog_full || took >= kConnectRepeated;
    // Where nothing is to be overlapped, no time passes before the script's next step.
    if (!options_.tls || links.size() == 1) {
      co_await secure(*link, step, deadline, waited_in_vain);
    } else {
      group.spawn(secure(*link, step, deadline, waited_in_vain));
      co_await group.wait_until_at_most(kHandshakesAtOnce - 1);
    }
  }
  co_await group.join();
}

// A server that serves few connections at once turns others away, though clients have left that it
// hasn't noticed yet. Where so many are served that this hardly happens, nobody need wait.
asio::awaitable<void> ScriptRun::wait_for_room() {
  const unsigned most = profile_.limits.connections;
  if (most >= Limits().connections) co_return;
  while (!stopped() && Clock::now() < deadline_) {
    const Duration now = recorder_.now();
    const Duration room = occupancy_.room_at(transcript_.events, now, most);
    if (room <= now) co_return;
    co_await rest_until(std::min(deadline_, Clock::now() + (room - now)));
  }
}

std::uint64_t ScriptRun::most_received() const {
  std::uint64_t due = kTolerated + profile_.banner.size();
  for_each_message(planned_.spec().script, [&](const ScriptMessage& message, const Step& step) {
    std::uint64_t times = 1;
    if (const auto* send = std::get_if<SendStep>(&step.action)) times = send->times;
    if (const auto* exchange = std::get_if<ExchangeStep>(&step.action)) times = exchange->times;
    due += 2 * times * profile_.reply.size_for(message.source.size_for(profile_));
  });
  return due;
}

Deadline ScriptRun::time_to_connect() const {
  return std::min(deadline_, Clock::now() + patience_.for_connection());
}

asio::awaitable<void> ScriptRun::open(Block& /*block*/, Link& link, const ConnectStep& step) {
  const Deadline deadline = time_to_connect();
  bool in_vain = false;
  co_await connect(link, deadline);
  co_await secure(link, step, deadline, in_vain);
}

asio::awaitable<void> ScriptRun::connect(Link& link, Deadline deadline) {
  Connection& connection = *link.connection;
  const Connection::Opened opened = co_await connection.connect(options_.server, deadline);
  if (opened == Connection::Opened::kOwnLimit) {
    transcript_.hindrance = {Hindrance::Kind::kEnvironment, shortage_met(connection.error())};
  }
  link.stuck = link.let_down = opened != Connection::Opened::kYes;
}

asio::awaitable<void> ScriptRun::secure(Link& link, const ConnectStep& step, Deadline deadline,
                                        bool& waited_in_vain) {
  if (link.stuck) co_return;
  Connection& connection = *link.connection;
  if (co_await connection.secure(deadline) != Connection::Opened::kYes) {
    link.stuck = link.let_down = true;
    if (Clock::now() >= deadline) {
      waited_in_vain = true;
      ++disappointments_.unsecured;
    }
    co_return;
  }
  if (step.reading == Reading::kSlowly) connection.read_slowly();
  const bool at_once = step.reading == Reading::kAlways || step.reading == Reading::kSlowly;
  if (at_once) connection.start_reading();
  if (step.reading == Reading::kAfterStall) connection.read_after_stall(profile_.timeouts.pause);
}

asio::awaitable<void> ScriptRun::await_banner_of(Block& /*block*/, Link& link,
                                                 const ConnectStep& step) {
  if (!link.stuck && !profile_.banner.empty() && !is_bare(link))
    co_await await_banner(link, step.reading);
}

bool ScriptRun::is_bare(const Link& link) const {
  return transcript_.connections[static_cast<std::size_t>(link.connection->number())].bare;
}

asio::awaitable<void> ScriptRun::run_pause(const PauseStep& step) {
  const Duration since = recorder_.now();
  co_await rest_until(std::min(deadline_, Clock::now() + step.time.resolve(profile_.timeouts)));
  Event& event = recorder_.add(0, Event::Kind::kPause);
  event.since = since;
  transcript_.waited += event.at - since;
}

asio::awaitable<void> ScriptRun::run_liveness(const LivenessStep& step) {
  Block inner;
  inner.scope = Scope::kLiveness;
  Steps steps;
  steps.push_back({Location(), ConnectStep{"probe"}});
  steps.push_back({Location(), ExchangeStep{"probe", {step.message}, 1}});
  co_await run_steps(steps, inner);
}

asio::awaitable<void> ScriptRun::run_repeat(const RepeatStep& step, Scope scope) {
  const Clock::time_point began = Clock::now();
  std::uint64_t done = 0;
  for (; done < step.times && !stopped(); ++done) {
    if (done > 0 && (out_of_budget(began, done) || in_vain_ >= kEnoughInVain)) break;
    Block inner;
    inner.scope = scope;
    inner.round = done;
    co_await run_steps(*step.steps, inner);
    // What a server fails at goes wrong in every further round, too. That a connection has ended
    // behind its reply is no failure.
    bool let_down = false;
    for (const auto& [name, links] : inner.names) {
      for (const auto& link : links) let_down = let_down || link->let_down;
    }
    if (let_down) break;
  }
  transcript_.rounds_wanted = step.times;
  transcript_.rounds_done = done;
}

bool ScriptRun::out_of_budget(Clock::time_point began, std::uint64_t done) const {
  const auto spent = Clock::now() - began;
  return spent >=
         (done >= kLeastRounds ? options_.budget : std::max<Duration>(options_.budget, kPatience));
}

}  // namespace md5spec
