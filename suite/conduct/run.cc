#include "conduct/run.h"

#include <algorithm>
#include <utility>

#include <asio/this_coro.hpp>

#include "conduct/preflight.h"
#include "conduct/probe.h"
#include "conduct/resolve_host.h"
#include "conduct/signs.h"
#include "conduct/task_group.h"
#include "judge/judge.h"

namespace md5spec {
namespace {

// For a server that ends behind its last client.
constexpr std::chrono::milliseconds kLastLook(20);

// Other md5spec processes on the same target get so long to finish.
constexpr std::chrono::minutes kLockPatience(5);

// So many of a server's deaths show that it doesn't take many cases at once to kill it.
constexpr int kDeathsOfAWeakServer = 3;

// How long it may take to have servers that have nothing left of other clients.
constexpr std::chrono::seconds kCleanSlates(15);

// Before fewer connections the state of this machine's ports isn't looked up again.
constexpr std::uint64_t kManyConnections = 500;

}  // namespace

Run::Run(const RunRequest& request, RunOutput& output, LagMeter& lag, CommonGround& ground)
    : request_(request),
      output_(output),
      lag_(lag),
      ground_(ground),
      order_(order_of(request.cases)) {
  output_.cases.resize(request.cases.size());
  tls_ = tls_context(*request.profile);
}

asio::awaitable<void> Run::run_together() {
  began_ = Clock::now();
  co_await reach();
  for (const std::size_t index : order_.first) {
    const bool alone = planned(index).spec().alone;
    co_await make_ready(alone ? TargetLock::Mode::kAlone : TargetLock::Mode::kShared);
    if (over_ || ground_.interrupted) break;
    co_await run_case(index);
    if (!is_flawless(output_.cases[index].attempt->judgement) && suspects_.empty())
      suspects_.push_back(index);
    co_await check_server();
  }
  co_await make_ready(TargetLock::Mode::kShared);
  if (!over_) co_await run_several(order_.together, request_.jobs);
  note_time();
}

asio::awaitable<void> Run::look_again() {
  const auto began = Clock::now();
  co_await confirm();
  output_.duration += std::chrono::duration_cast<Duration>(Clock::now() - began);
}

asio::awaitable<void> Run::run_alone(bool beside_other_runs) {
  const auto began = Clock::now();
  for (const std::size_t index : order_.alone) {
    co_await make_ready(TargetLock::Mode::kAlone);
    if (over_ || ground_.interrupted) break;
    co_await run_one_alone(index, beside_other_runs);
  }
  output_.duration += std::chrono::duration_cast<Duration>(Clock::now() - began);
}

asio::awaitable<void> Run::conclude() {
  const auto began = Clock::now();
  co_await confirm();
  if (started_ && !finished_.empty() && !over_) {
    // One that ends behind its last client hasn't had the time yet.
    co_await started_->ended_by(Clock::now() + kLastLook);
    co_await check_server();
  }
  if (lock_) lock_->release();
  output_.duration += std::chrono::duration_cast<Duration>(Clock::now() - began);
  finish();
}

asio::awaitable<void> Run::stop_server() {
  if (started_) co_await started_->stop();
}

void Run::note_time() {
  output_.duration = std::chrono::duration_cast<Duration>(Clock::now() - began_);
}

CarryOutOptions Run::options() {
  CarryOutOptions options;
  options.server = server_;
  options.budget = request_.budget;
  options.lag = &lag_;
  options.tls = tls_;
  options.interrupted = &ground_.interrupted;
  options.transfer = &ground_.transfer;
  options.process = started_.get();
  options.disappointments = &disappointments_;
  options.backlog_full = &backlog_full_;
  return options;
}

bool Run::ends_server(std::size_t index) const {
  return process_use(planned(index).spec().script) == ProcessUse::kEnds;
}

const std::string& Run::primary(std::size_t index) const {
  return planned(index).spec().requirements.front();
}

asio::awaitable<void> Run::reach() {
  HostPort target = request_.target;
  if (request_.start) {
    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    started_ = std::make_unique<StartedServer>(executor, *request_.start);
    const std::optional<std::string> why = co_await started_->start();
    if (why) {
      give_up(*why);
      co_return;
    }
    target = started_->target();
  }
  output_.server = target.str();
  co_await take_lock(target);
  if (over_) co_return;
  PreflightResult result = co_await preflight(target, *request_.profile, options());
  server_ = result.server;
  const bool failed = result.unreachable || result.silent;
  if (failed && started_) {
    // Ended by a plain exchange, it is started again: the cases will tell.
    const bool ended = co_await started_->ended_by(Clock::now() + kEndIsAwaited);
    if (ended) {
      co_await restart();
      co_return;
    }
  }
  if (result.unreachable) {
    give_up("the target is unreachable: " + *result.unreachable);
  } else if (result.silent) {
    blame_silence(*result.silent);
  }
}

void Run::give_up(const std::string& why) {
  over_ = true;
  output_.unreachable = why;
  for (Performed& one : output_.cases) one.untried = why;
}

asio::awaitable<void> Run::take_lock(HostPort target) {
  if (started_) co_return;
  std::string error;
  const auto addresses = co_await resolve_host(target, &error);
  if (addresses.empty()) co_return;
  lock_ = std::make_unique<TargetLock>(addresses.front());
  co_await make_ready(TargetLock::Mode::kShared);
}

void Run::blame_silence(const Attempt& attempt) {
  over_ = true;
  for (std::size_t i = 0; i < request_.cases.size(); ++i) {
    Performed& one = output_.cases[i];
    if (!one.attempt && !one.untried)
      one.attempt =
          Attempt{attempt.transcript, judgement_of_silence(planned(i).spec(), attempt.judgement)};
  }
}

asio::awaitable<void> Run::run_several(const std::vector<std::size_t>& cases, unsigned jobs) {
  TaskGroup group(co_await asio::this_coro::executor);
  for (const std::size_t index : cases) {
    // A server that still serves others needn't be waited for.
    if (!suspects_.empty() && group.running() > 0 && !is_down()) group.spawn(ask_beside_others());
    while (!suspects_.empty() && group.running() > 0)
      co_await group.wait_until_at_most(group.running() - 1);
    if (!suspects_.empty() || is_down()) {
      co_await group.join();
      co_await check_server();
    }
    if (over_ || ground_.interrupted) break;
    const std::uint64_t need =
        need_of(planned(index).spec().script, *request_.profile).connections_at_once;
    while (group.running() > 0 && ground_.descriptors.taken + need > ground_.descriptors.all)
      co_await group.wait_until_at_most(group.running() - 1);
    group.spawn(run_case(index));
    const unsigned at_once = deaths_ < kDeathsOfAWeakServer ? jobs : 1;
    co_await group.wait_until_at_most(at_once - 1);
  }
  co_await group.join();
  co_await check_server();
}

asio::awaitable<void> Run::run_case(std::size_t index) {
  under_way_.insert(index);
  if (under_way_.size() > 1) beside_others_.insert(under_way_.begin(), under_way_.end());
  Attempt attempt = co_await attempt_at(index, *request_.profile);
  under_way_.erase(index);
  if (saw_no_service(attempt.judgement)) suspects_.push_back(index);
  output_.waited += attempt.transcript->waited;
  output_.cases[index].attempt = std::move(attempt);
  counting_.clear();
  finished_.push_back({index, Clock::now()});
  ground_.on_case();
}

asio::awaitable<void> Run::run_one_alone(std::size_t index, bool beside_other_runs) {
  co_await run_case(index);
  co_await settle(index);
  if (!beside_other_runs && !over_ && is_doubtful_for_time(index) && counts(index))
    co_await repeat_alone(index, !is_confirmed(index));
}

asio::awaitable<void> Run::repeat_alone(std::size_t index, bool at_leisure) {
  co_await make_ready(TargetLock::Mode::kAlone);
  if (company_matters_ && started_ && clean_slates_ < kCleanSlates && !over_) {
    const auto began = Clock::now();
    co_await started_->stop();
    suspects_.clear();
    finished_.clear();
    co_await make_ready(TargetLock::Mode::kAlone);
    clean_slates_ += std::chrono::duration_cast<Duration>(Clock::now() - began);
  }
  if (over_ || ground_.interrupted) co_return;
  co_await confirm_one(index, at_leisure);
  co_await settle(index);
}

asio::awaitable<void> Run::settle(std::size_t index) {
  if (ends_server(index)) {
    co_await started_->stop();
    suspects_.clear();
    finished_.clear();
  } else {
    co_await check_server();
  }
}

asio::awaitable<void> Run::make_ready(TargetLock::Mode mode) {
  if (over_ || ground_.interrupted) co_return;
  if (is_down()) {
    if (finished_.empty()) {
      co_await restart();
    } else {
      co_await recover();
    }
  }
  if (!lock_ || over_) co_return;
  const auto why = co_await lock_->take(mode, Clock::now() + kLockPatience);
  if (why) hinder_the_rest(*why);
}

asio::awaitable<Attempt> Run::attempt_at(std::size_t index, const Profile& profile,
                                         bool at_leisure) {
  const PlannedCase one(planned(index).spec(), profile, planned(index).run_seed());
  const OwnNeed need = need_of(one.spec().script, *request_.profile);
  if (!supply_ || need.connections_in_all >= kManyConnections) supply_ = own_supply(server_);
  supply_->descriptors = ground_.descriptors.all;
  if (const auto why = shortage(need, *supply_)) co_return hindered(*why);
  ground_.descriptors.taken += need.connections_at_once;
  CarryOutOptions how = options();
  Disappointments forgiven{.unlike = disappointments_.unlike};
  if (at_leisure) how.disappointments = &forgiven;
  Transcript transcript = co_await carry_out(one, how);
  ground_.descriptors.taken -= need.connections_at_once;
  Attempt attempt;
  attempt.transcript = std::make_shared<const Transcript>(std::move(transcript));
  attempt.judgement = judge(one, *attempt.transcript);
  co_return attempt;
}

Attempt Run::hindered(const std::string& why) {
  Transcript transcript;
  transcript.hindrance = {Hindrance::Kind::kEnvironment, why};
  Attempt attempt;
  attempt.judgement.hindrance = transcript.hindrance;
  attempt.transcript = std::make_shared<const Transcript>(std::move(transcript));
  return attempt;
}

void Run::hinder_the_rest(const std::string& why) {
  over_ = true;
  for (Performed& one : output_.cases) {
    if (!one.attempt && !one.untried) one.attempt = hindered(why);
  }
}

void Run::finish() {
  output_.interrupted = ground_.interrupted;
  // Where a case has been seen to end the server, the same ended it beside those that don't.
  if (last_killer_.empty()) {
    for (const Unexplained& one : unexplained_) list_suspects(one.cases, one.what);
  }
  if (suspects_.empty()) return;
  // One suspect alone has shown itself; several may each be innocent.
  if (suspects_.size() > 1) list_suspects(suspects_, "the server went down");
  const std::string since = planned(suspects_.front()).id();
  for (Performed& one : output_.cases) {
    if (!one.attempt && !one.untried) one.untried = "server down since case " + since;
  }
}

}  // namespace md5spec
