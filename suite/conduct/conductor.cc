#include "conduct/conductor.h"

#include <algorithm>
#include <csignal>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <asio/redirect_error.hpp>
#include <asio/signal_set.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>

#include "conduct/lag_meter.h"
#include "conduct/order.h"
#include "conduct/overload.h"
#include "conduct/own_limits.h"
#include "conduct/preflight.h"
#include "conduct/probe.h"
#include "conduct/resolve_host.h"
#include "conduct/rest.h"
#include "conduct/script_runner.h"
#include "conduct/target_lock.h"
#include "conduct/task_group.h"
#include "conduct/turn.h"
#include "judge/judge.h"

namespace md5spec {
namespace {

// Once so many cases of a requirement have failed again alone, the rest of its cases aren't
// repeated alone: what is broken is broken.
constexpr int kConfirmedAlone = 3;

bool found_any(const Judgement& judgement, std::initializer_list<Anomaly> such) {
  const auto is_such = [&](const Finding& f) {
    return std::find(such.begin(), such.end(), f.anomaly) != such.end();
  };
  return std::any_of(judgement.findings.begin(), judgement.findings.end(), is_such) ||
         std::any_of(judgement.impediments.begin(), judgement.impediments.end(), is_such);
}

bool saw_no_service(const Judgement& judgement) {
  return found_any(judgement, {Anomaly::kRefused, Anomaly::kNoReply, Anomaly::kClosedInstead,
                               Anomaly::kNoHandshake});
}

bool was_cut_off(const Judgement& judgement) {
  return found_any(judgement, {Anomaly::kEarlyClose, Anomaly::kTruncated});
}

bool is_flawless(const Judgement& judgement) {
  return judgement.findings.empty() && judgement.impediments.empty() && judgement.oddities.empty();
}

// So many of a server's deaths show that it doesn't take many cases at once to kill it.
constexpr int kDeathsOfAWeakServer = 3;
// To find out that a server serves nobody any more takes as long as it may take to answer.
constexpr int kMostHangs = 10;
// Starting a server again and again mustn't take for ever.
constexpr std::chrono::seconds kRestarting(60);
// A process's end is told a little later than its connections' ends.
constexpr std::chrono::milliseconds kEndIsToldWithin(100);
constexpr std::chrono::seconds kEndIsAwaited(1);
constexpr std::chrono::milliseconds kLastLook(20);
// A case that follows close upon another one isn't alone: a server may not have noticed yet that
// the client before is gone.
constexpr std::chrono::milliseconds kBetweenLonely(20);
// Other md5spec processes on the same target get so long to finish.
constexpr std::chrono::minutes kLockPatience(5);

// Connections of a case that must have this machine to itself, not only its server.
constexpr std::uint64_t kCrowd = 200;
// Before fewer the state of this machine's ports isn't looked up again.
constexpr std::uint64_t kManyConnections = 500;

// What all runs' cases may have open at once.
struct Descriptors {
  std::uint64_t all = 0;
  std::uint64_t taken = 0;
};

// One profile's cases against one server.
class Run {
 public:
  Run(const RunRequest& request, RunOutput& output, LagMeter& lag, const bool& interrupted,
      Descriptors& descriptors, Turn& crowds, std::function<void()> on_case,
      const TransferProgress& transfer)
      : request_(request),
        output_(output),
        lag_(lag),
        interrupted_(interrupted),
        descriptors_(descriptors),
        crowds_(crowds),
        on_case_(std::move(on_case)),
        transfer_(transfer),
        order_(order_of(request.cases)) {
    output_.cases.resize(request.cases.size());
    tls_ = tls_context(*request.profile);
  }

  // Everything that may go on beside other cases and other runs.
  asio::awaitable<void> run_together() {
    began_ = Clock::now();
    co_await reach();
    for (const std::size_t index : order_.first) {
      if (over_ || interrupted_) break;
      co_await run_case(index);
      if (!is_flawless(output_.cases[index].attempt->judgement) && suspects_.empty())
        suspects_.push_back(index);
      co_await check_server();
    }
    if (!over_) co_await run_several(order_.together, request_.jobs);
    note_time();
  }

  // What went wrong beside others, or for want of time, once more.
  asio::awaitable<void> look_again() {
    const auto began = Clock::now();
    co_await confirm();
    output_.duration += std::chrono::duration_cast<Duration>(Clock::now() - began);
  }

  // What must have the server to itself.
  asio::awaitable<void> run_alone() {
    const auto began = Clock::now();
    for (const std::size_t index : order_.alone) {
      co_await make_ready(TargetLock::Mode::kAlone);
      if (over_ || interrupted_) break;
      co_await run_one_alone(index);
    }
    output_.duration += std::chrono::duration_cast<Duration>(Clock::now() - began);
  }

  // What other requirements accounted for until now may count after all.
  asio::awaitable<void> conclude() {
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

  bool has_own_server() const { return started_ != nullptr; }

  asio::awaitable<void> stop_server() {
    if (started_) co_await started_->stop();
  }

 private:
  void note_time() {
    output_.duration = std::chrono::duration_cast<Duration>(Clock::now() - began_);
  }

  CarryOutOptions options() {
    CarryOutOptions options;
    options.server = server_;
    options.budget = request_.budget;
    options.lag = &lag_;
    options.tls = tls_;
    options.interrupted = &interrupted_;
    options.transfer = &transfer_;
    options.process = started_.get();
    options.unclosed = &unclosed_;
    options.unlike = &unlike_;
    options.missing = &missing_;
    options.backlog_full = &backlog_full_;
    return options;
  }

  const PlannedCase& planned(std::size_t index) const { return *request_.cases[index]; }
  bool ends_server(std::size_t index) const {
    return process_use(planned(index).spec().script) == ProcessUse::kEnds;
  }
  const std::string& primary(std::size_t index) const {
    return planned(index).spec().requirements.front();
  }
  bool is_down() const { return started_ && !started_->running(); }

  // Before the first case: is there a server, and does it answer?
  asio::awaitable<void> reach() {
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
      over_ = true;
      blame_silence(*result.silent);
    }
  }

  void give_up(const std::string& why) {
    over_ = true;
    output_.unreachable = why;
    for (Performed& one : output_.cases) one.untried = why;
  }

  // A server of md5spec's own is nobody else's target.
  asio::awaitable<void> take_lock(HostPort target) {
    if (started_) co_return;
    std::string error;
    const auto addresses = co_await resolve_host(target, &error);
    if (addresses.empty()) co_return;
    lock_ = std::make_unique<TargetLock>(addresses.front());
    co_await make_ready(TargetLock::Mode::kShared);
  }

  // The server never answers.
  void blame_silence(const Attempt& attempt) {
    for (std::size_t i = 0; i < request_.cases.size(); ++i) {
      output_.cases[i].attempt =
          Attempt{attempt.transcript, judgement_of_silence(planned(i).spec(), attempt.judgement)};
    }
  }

  asio::awaitable<void> run_several(const std::vector<std::size_t>& cases, unsigned jobs) {
    TaskGroup group(co_await asio::this_coro::executor);
    for (const std::size_t index : cases) {
      if (!suspects_.empty() || is_down()) {
        co_await group.join();
        co_await check_server();
      }
      if (over_ || interrupted_) break;
      const std::uint64_t need =
          need_of(planned(index).spec().script, *request_.profile).connections_at_once;
      while (group.running() > 0 && descriptors_.taken + need > descriptors_.all)
        co_await group.wait_until_at_most(group.running() - 1);
      group.spawn(run_case(index));
      const unsigned at_once = deaths_ < kDeathsOfAWeakServer ? jobs : 1;
      co_await group.wait_until_at_most(at_once - 1);
    }
    co_await group.join();
    co_await check_server();
  }

  asio::awaitable<void> run_case(std::size_t index) {
    under_way_.insert(index);
    if (under_way_.size() > 1) beside_others_.insert(under_way_.begin(), under_way_.end());
    Attempt attempt = co_await attempt_at(index, *request_.profile);
    under_way_.erase(index);
    if (saw_no_service(attempt.judgement)) suspects_.push_back(index);
    output_.waited += attempt.transcript->waited;
    output_.cases[index].attempt = std::move(attempt);
    counting_.clear();
    finished_.push_back({index, Clock::now()});
    on_case_();
  }

  // Of all runs' cases that take many connections only one at a time is under way.
  asio::awaitable<void> run_one_alone(std::size_t index) {
    const OwnNeed need = need_of(planned(index).spec().script, *request_.profile);
    const bool is_crowd = need.connections_in_all >= kCrowd;
    if (is_crowd) co_await crowds_.take();
    co_await run_case(index);
    co_await settle(index);
    if (!over_ && is_doubtful_for_time(index) && counts(index))
      co_await repeat_alone(index, failed_alone_[primary(index)] < kConfirmedAlone);
    if (is_crowd) crowds_.give_back();
  }

  asio::awaitable<void> repeat_alone(std::size_t index, bool at_leisure) {
    co_await make_ready(TargetLock::Mode::kAlone);
    if (over_ || interrupted_) co_return;
    co_await confirm_one(index, at_leisure);
    co_await settle(index);
  }

  // Behind a case that was alone.
  asio::awaitable<void> settle(std::size_t index) {
    if (ends_server(index)) {
      co_await started_->stop();
      suspects_.clear();
      finished_.clear();
    } else {
      co_await check_server();
    }
  }

  // The server runs, and other processes let it be as `mode` says.
  asio::awaitable<void> make_ready(TargetLock::Mode mode) {
    if (over_ || interrupted_) co_return;
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

  // With all of the profile's patience where it's `at_leisure`.
  asio::awaitable<Attempt> attempt_at(std::size_t index, const Profile& profile,
                                      bool at_leisure = false) {
    const PlannedCase one(planned(index).spec(), profile, planned(index).run_seed());
    const OwnNeed need = need_of(one.spec().script, *request_.profile);
    if (!supply_ || need.connections_in_all >= kManyConnections) supply_ = own_supply(server_);
    supply_->descriptors = descriptors_.all;
    if (const auto why = shortage(need, *supply_)) co_return hindered(*why);
    descriptors_.taken += need.connections_at_once;
    CarryOutOptions how = options();
    if (at_leisure) how.missing = how.unclosed = nullptr;
    Transcript transcript = co_await carry_out(one, how);
    descriptors_.taken -= need.connections_at_once;
    Attempt attempt;
    attempt.transcript = std::make_shared<const Transcript>(std::move(transcript));
    attempt.judgement = judge(one, *attempt.transcript);
    co_return attempt;
  }

  static Attempt hindered(const std::string& why) {
    Transcript transcript;
    transcript.hindrance = {Hindrance::Kind::kEnvironment, why};
    Attempt attempt;
    attempt.judgement.hindrance = transcript.hindrance;
    attempt.transcript = std::make_shared<const Transcript>(std::move(transcript));
    return attempt;
  }

  void hinder_the_rest(const std::string& why) {
    over_ = true;
    for (Performed& one : output_.cases) {
      if (!one.attempt && !one.untried) one.attempt = hindered(why);
    }
  }

  // Cases got no service. Is it only those, or is the server gone for all? Asked while nothing else
  // is under way, since a server that serves one connection at a time isn't gone.
  asio::awaitable<void> check_server() {
    if (over_) co_return;
    if (!is_down() && !suspects_.empty()) {
      const bool serving = co_await still_serving(server_, *request_.profile, options());
      if (serving) {
        suspects_.clear();
      } else if (started_) {
        co_await started_->ended_by(Clock::now() + kEndIsAwaited);
      }
    }
    if (is_down()) {
      co_await recover();
    } else if (!suspects_.empty() && started_ && hangs_ < kMostHangs) {
      ++hangs_;
      co_await recover();
    } else if (!suspects_.empty()) {
      over_ = true;
      suspect_cut_off();
    }
  }

  // Beside the cases that got no service others may have been cut off in the middle by the same.
  void suspect_cut_off() {
    const auto company = [&](std::size_t index) { return beside_others_.contains(index); };
    if (!std::all_of(suspects_.begin(), suspects_.end(), company)) return;
    std::optional<Clock::time_point> first;
    for (const Finished& one : finished_) {
      if (is_suspect(one.index) && !first) first = one.at;
    }
    for (const Finished& one : finished_) {
      const bool then = first && one.at >= *first - kEndIsToldWithin;
      if (then && company(one.index) && !is_suspect(one.index) &&
          was_cut_off(output_.cases[one.index].attempt->judgement))
        suspects_.push_back(one.index);
    }
  }

  bool is_suspect(std::size_t index) const {
    return std::find(suspects_.begin(), suspects_.end(), index) != suspects_.end();
  }

  // The server has ended, or serves nobody any more, and no case is under way. Which one was it,
  // and on with a new server.
  asio::awaitable<void> recover() {
    counting_.clear();
    const std::optional<ProcessEnd> end = started_->end();
    const std::vector<std::size_t> affected = end ? affected_by_end() : suspects_;
    if (!end) co_await started_->stop();
    suspects_.clear();
    finished_.clear();
    ++deaths_;
    if (affected.size() == 1) {
      name_killer(affected.front(), end);
    } else if (!affected.empty()) {
      co_await repeat_one_by_one(affected, end);
    }
    if (is_down() && !over_) co_await restart();
  }

  // The cases that were under way when the server ended, or had ended so short a time before that
  // its end may just not have been told yet.
  std::vector<std::size_t> affected_by_end() const {
    std::set<std::size_t> affected(suspects_.begin(), suspects_.end());
    const Deadline since = started_->ended_at() - kEndIsToldWithin;
    for (const Finished& one : finished_) {
      if (one.at >= since) affected.insert(one.index);
    }
    return {affected.begin(), affected.end()};
  }

  asio::awaitable<void> repeat_one_by_one(const std::vector<std::size_t>& affected,
                                          const std::optional<ProcessEnd>& end) {
    bool named = false;
    for (const std::size_t index : affected) {
      if (is_down()) co_await restart();
      if (over_ || interrupted_) co_return;
      Attempt attempt = co_await attempt_at(index, *request_.profile);
      output_.waited += attempt.transcript->waited;
      attempt.judgement.notes.push_back(
          "carried out again, alone: the server had ended, or served nobody any more, while it and "
          "other cases were under way");
      output_.cases[index].attempt = std::move(attempt);
      const bool serving = co_await still_serving(server_, *request_.profile, options());
      if (serving) continue;
      co_await started_->ended_by(Clock::now() + kEndIsAwaited);
      name_killer(index, started_->end());
      if (!is_down()) co_await started_->stop();
      named = true;
      ++deaths_;
    }
    if (!named)
      unexplained_.push_back(
          {affected, end ? "the server " + in_words_with_output(*end) + "; that was"
                         : "the server served nobody any more"});
  }

  // If the server has ended, the transcript gets its end and is judged again.
  void name_killer(std::size_t index, const std::optional<ProcessEnd>& end) {
    last_killer_ = planned(index).id();
    if (!end) return;
    Performed& one = output_.cases[index];
    Transcript transcript = *one.attempt->transcript;
    Event event;
    event.at = transcript.duration;
    event.connection = Event::kNoConnection;
    event.kind = Event::Kind::kProcessEnded;
    event.process_end = std::make_shared<ProcessEnd>(*end);
    transcript.events.push_back(std::move(event));
    Attempt attempt;
    attempt.judgement = judge(planned(index), transcript);
    const auto& notes = one.attempt->judgement.notes;
    for (const std::string& note : notes) {
      auto& all = attempt.judgement.notes;
      if (std::find(all.begin(), all.end(), note) == all.end()) all.push_back(note);
    }
    attempt.transcript = std::make_shared<const Transcript>(std::move(transcript));
    one.attempt = std::move(attempt);
  }

  void list_suspects(const std::vector<std::size_t>& suspects, const std::string& what) {
    std::vector<std::string> names;
    for (const std::size_t index : suspects) names.push_back(planned(index).id());
    for (const std::size_t index : suspects) {
      output_.cases[index].untried =
          fmt::format("{} while these cases were under way: {}", what, fmt::join(names, ", "));
    }
  }

  asio::awaitable<void> restart() {
    const auto began = Clock::now();
    const std::optional<std::string> why = co_await started_->start();
    restarting_ += std::chrono::duration_cast<Duration>(Clock::now() - began);
    finished_.clear();
    suspects_.clear();
    const bool too_long = restarting_ > kRestarting;
    if (why || too_long) {
      over_ = true;
      const std::string since = last_killer_.empty() ? "the start" : "case " + last_killer_;
      const std::string reason = why ? "it couldn't be started again: " + *why
                                     : "it ended too often to be started again and again";
      for (Performed& one : output_.cases) {
        if (!one.attempt && !one.untried)
          one.untried = fmt::format("server down since {}: {}", since, reason);
      }
      co_return;
    }
    output_.server = started_->target().str();
    std::string error;
    const auto addresses = co_await resolve_host(started_->target(), &error);
    const bool known = server_.port() != 0;
    const auto port = static_cast<unsigned short>(started_->target().port);
    if (known) {
      server_.port(port);
    } else if (!addresses.empty()) {
      server_ = addresses.front();
    }
  }

  void finish() {
    output_.interrupted = interrupted_;
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

  bool is_doubtful_for_time(std::size_t index) const {
    const auto& attempt = output_.cases[index].attempt;
    return attempt && needs_another_attempt(planned(index), attempt->judgement);
  }

  bool is_doubtful_for_company(std::size_t index) const {
    const auto& attempt = output_.cases[index].attempt;
    return attempt && beside_others_.contains(index) && !is_flawless(attempt->judgement);
  }

  // Whether the case would be held against the server, or be undecided, as things stand; where it
  // would pass, or something else that is broken accounts for what it saw, it needn't be certain.
  bool counts(std::size_t index) {
    if (counting_.empty()) {
      std::vector<JudgedCase> judged;
      for (std::size_t i = 0; i < output_.cases.size(); ++i) {
        const Performed& one = output_.cases[i];
        judged.push_back({&planned(i).spec(), std::nullopt, std::nullopt, one.untried});
        if (one.attempt) judged.back().judgement = one.attempt->judgement;
      }
      for (const CaseOutcome& one : resolve(*request_.catalogue, *request_.profile, judged))
        counting_.push_back(one.outcome != Outcome::kPass && one.outcome != Outcome::kSkip);
    }
    return counting_[index];
  }

  // Findings that rest on time alone, and whatever went wrong beside other cases: the case is
  // carried out once more, with nothing beside it. A requirement of which some cases have failed
  // again has been seen to be broken; of its others, those that rest on time are repeated side by
  // side. Not so where a case has gone wrong for its company alone: then none but what fails alone
  // counts. Each repetition may show that others were no fault of the server's, or leave some to
  // count that were accounted for before.
  asio::awaitable<void> confirm() {
    for (std::vector<std::size_t> all = doubtful(); !all.empty() && !interrupted_ && !over_;
         all = doubtful()) {
      // A server may still be at work for clients that have given up on it, or count those of late.
      co_await rest_until(Clock::now() + request_.profile->timeouts.pause);
      co_await confirm_all(all);
    }
  }

  asio::awaitable<void> confirm_all(const std::vector<std::size_t>& all) {
    std::vector<std::size_t> rest;
    for (const std::size_t index : all) {
      const bool by_time = is_doubtful_for_time(index);
      if (by_time && !counts(index)) continue;
      if (failed_alone_[primary(index)] >= kConfirmedAlone && !company_matters_) {
        if (by_time) rest.push_back(index);
        continue;
      }
      if (!by_time) co_await rest_until(Clock::now() + kBetweenLonely);
      co_await repeat_alone(index, true);
      if (over_ || interrupted_) co_return;
    }
    std::erase_if(rest, [&](std::size_t index) { return !counts(index); });
    if (rest.empty()) co_return;
    co_await make_ready(TargetLock::Mode::kShared);
    TaskGroup group(co_await asio::this_coro::executor);
    for (const std::size_t index : rest) {
      if (interrupted_ || over_ || is_down()) break;
      group.spawn(confirm_one(index, false));
      co_await group.wait_until_at_most(request_.jobs - 1);
    }
    co_await group.join();
    co_await check_server();
  }

  // What is to be repeated and hasn't been. Those that rest on time last: the others are soon
  // repeated, and tell whether company matters.
  std::vector<std::size_t> doubtful() {
    std::vector<std::size_t> by_bytes;
    std::vector<std::size_t> by_time;
    for (std::size_t i = 0; i < output_.cases.size(); ++i) {
      if (output_.cases[i].first_attempt) continue;
      if (is_doubtful_for_time(i)) {
        if (counts(i)) by_time.push_back(i);
      } else if (is_doubtful_for_company(i) &&
                 (failed_alone_[primary(i)] < kConfirmedAlone || company_matters_)) {
        by_bytes.push_back(i);
      }
    }
    by_bytes.insert(by_bytes.end(), by_time.begin(), by_time.end());
    return by_bytes;
  }

  asio::awaitable<void> confirm_one(std::size_t index, bool at_leisure) {
    const bool overloaded = machine_is_overloaded();
    const Profile patient = with_patience(*request_.profile);
    Attempt second =
        co_await attempt_at(index, overloaded ? patient : *request_.profile, at_leisure);
    if (overloaded)
      second.judgement.notes.emplace_back(
          "this machine is overloaded: the second time the server was given four times as long");
    if (second.judgement.hindrance.kind == Hindrance::Kind::kInterrupted) co_return;
    if (saw_no_service(second.judgement)) suspects_.push_back(index);
    finished_.push_back({index, Clock::now()});
    Performed& one = output_.cases[index];
    if (beside_others_.contains(index)) {
      const bool by_time = is_doubtful_for_time(index);
      company_matters_ = company_matters_ || (!by_time && is_flawless(second.judgement));
    }
    second.judgement =
        judge_again(planned(index).spec(), one.attempt->judgement, std::move(second.judgement));
    output_.waited += second.transcript->waited;
    one.first_attempt = std::exchange(one.attempt, std::move(second));
    if (!is_flawless(one.attempt->judgement)) ++failed_alone_[primary(index)];
    counting_.clear();
  }

  struct Finished {
    std::size_t index;
    Clock::time_point at;
  };

  // An end of the server's that none of the cases that were under way brings about alone.
  struct Unexplained {
    std::vector<std::size_t> cases;
    std::string what;
  };

  const RunRequest& request_;
  RunOutput& output_;
  LagMeter& lag_;
  const bool& interrupted_;
  Descriptors& descriptors_;
  Turn& crowds_;
  std::function<void()> on_case_;
  const TransferProgress& transfer_;
  const Order order_;
  std::unique_ptr<StartedServer> started_;  // null: the target is somebody else's
  std::unique_ptr<TargetLock> lock_;
  std::optional<OwnSupply> supply_;
  std::shared_ptr<const TlsContext> tls_;
  asio::ip::tcp::endpoint server_;
  Clock::time_point began_;
  std::vector<std::size_t>
      suspects_;  // cases that got no service since the server was last seen to serve
  std::vector<Finished> finished_;  // since the server was last started
  std::vector<Unexplained> unexplained_;
  int deaths_ = 0;
  int hangs_ = 0;
  std::string last_killer_;
  Duration restarting_{};
  bool over_ = false;                        // no further case is carried out
  int unlike_ = 0;                           // replies that weren't as declared
  int missing_ = 0;                          // replies that were waited for in vain
  bool backlog_full_ = false;                // a connect had to wait for room in it
  int unclosed_ = 0;                         // cases that waited in vain for an end of stream
  std::map<std::string, int> failed_alone_;  // the second time: cases of each requirement
  std::vector<bool> counting_;  // see counts(); empty where something has been tried since
  std::set<std::size_t> under_way_;
  std::set<std::size_t> beside_others_;  // cases that weren't alone when first carried out
  bool company_matters_ = false;         // a case went wrong that goes right alone
};

asio::awaitable<void> conduct_all(std::vector<std::unique_ptr<Run>>& runs) {
  TaskGroup group(co_await asio::this_coro::executor);
  for (auto& run : runs) group.spawn(run->run_together());
  co_await group.join();
  for (auto& run : runs) co_await run->look_again();
  // A case that must be alone with its server may be under way beside another one's.
  for (auto& run : runs) {
    if (run->has_own_server()) group.spawn(run->run_alone());
  }
  co_await group.join();
  for (auto& run : runs) {
    if (!run->has_own_server()) co_await run->run_alone();
  }
  for (auto& run : runs) co_await run->conclude();
  TaskGroup stopping(co_await asio::this_coro::executor);
  for (auto& run : runs) stopping.spawn(run->stop_server());
  co_await stopping.join();
}

}  // namespace

unsigned default_jobs(unsigned connections) { return std::clamp(connections / 4, 1U, 16U); }

std::vector<RunOutput> conduct(const std::vector<RunRequest>& requests, const Progress& progress,
                               const TransferProgress& transfer) {
  asio::io_context context(1);
  LagMeter lag;
  bool interrupted = false;
  asio::signal_set signals(context, SIGINT, SIGTERM);
  signals.async_wait(
      [&](const std::error_code& error, int) { interrupted = interrupted || !error; });

  std::size_t planned = 0;
  std::size_t done = 0;
  for (const RunRequest& request : requests) planned += request.cases.size();
  Descriptors descriptors;
  descriptors.all = own_supply({}).descriptors;
  Turn crowds(context.get_executor());
  std::vector<RunOutput> outputs(requests.size());
  std::vector<std::unique_ptr<Run>> runs;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    const auto on_case = [&] {
      if (progress) progress(++done, planned);
    };
    runs.push_back(std::make_unique<Run>(requests[i], outputs[i], lag, interrupted, descriptors,
                                         crowds, on_case, transfer));
  }
  std::exception_ptr thrown;
  const auto rethrow = [&thrown](const std::exception_ptr& e) {
    if (e && !thrown) thrown = e;
  };
  asio::co_spawn(context, lag.run(), rethrow);
  asio::co_spawn(context, conduct_all(runs), [&](const std::exception_ptr& e) {
    rethrow(e);
    lag.stop();
    std::error_code ignored;
    signals.cancel(ignored);
    // What servers that still run have to say is waited for no longer.
    if (e) context.stop();
  });
  context.run();
  if (thrown) std::rethrow_exception(thrown);
  return outputs;
}

}  // namespace md5spec
