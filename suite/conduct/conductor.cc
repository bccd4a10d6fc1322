#include "conduct/conductor.h"

#include <algorithm>
#include <csignal>
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
#include "conduct/overload.h"
#include "conduct/preflight.h"
#include "conduct/resolve_host.h"
#include "conduct/script_runner.h"
#include "conduct/task_group.h"
#include "judge/judge.h"

namespace md5spec {
namespace {

// Once so many cases have failed again alone, the rest are repeated side by side: what is broken is
// broken.
constexpr int kConfirmedAlone = 8;

bool saw_no_service(const Judgement& judgement) {
  const auto unserved = [](const Finding& f) {
    return f.anomaly == Anomaly::kRefused || f.anomaly == Anomaly::kNoReply ||
           f.anomaly == Anomaly::kClosedInstead;
  };
  return std::any_of(judgement.findings.begin(), judgement.findings.end(), unserved) ||
         std::any_of(judgement.impediments.begin(), judgement.impediments.end(), unserved);
}

bool needs_confirmation(const Judgement& judgement) {
  return judgement.rests_on_time() || judgement.hindrance.kind == Hindrance::Kind::kEnvironment;
}

// One profile's cases against one server.
class Run {
 public:
  Run(const RunRequest& request, RunOutput& output, LagMeter& lag, const bool& interrupted,
      std::function<void()> on_case, const TransferProgress& transfer)
      : request_(request),
        output_(output),
        lag_(lag),
        interrupted_(interrupted),
        on_case_(std::move(on_case)),
        transfer_(transfer) {
    output_.cases.resize(request.cases.size());
  }

  // Everything that may go on beside other cases and other runs.
  asio::awaitable<void> run_together() {
    began_ = Clock::now();
    co_await reach();
    if (!over_) {
      std::vector<std::size_t> cases;
      for (std::size_t i = 0; i < request_.cases.size(); ++i) {
        if (!request_.cases[i]->spec().alone) cases.push_back(i);
      }
      co_await run_several(cases, request_.jobs);
    }
    note_time();
  }

  // What must have the machine, or the server, to itself.
  asio::awaitable<void> run_alone() {
    const auto began = Clock::now();
    co_await confirm();
    for (std::size_t i = 0; i < request_.cases.size() && !over_; ++i) {
      if (!request_.cases[i]->spec().alone) continue;
      co_await run_case(i);
      co_await check_server();
      if (over_) break;
      if (!needs_confirmation(output_.cases[i].attempt->judgement)) continue;
      co_await confirm_one(i);
      co_await check_server();
    }
    output_.duration += std::chrono::duration_cast<Duration>(Clock::now() - began);
    finish();
  }

 private:
  void note_time() {
    output_.duration = std::chrono::duration_cast<Duration>(Clock::now() - began_);
  }

  CarryOutOptions options() const {
    CarryOutOptions options;
    options.server = server_;
    options.budget = request_.budget;
    options.lag = &lag_;
    options.interrupted = &interrupted_;
    options.transfer = &transfer_;
    return options;
  }

  asio::awaitable<void> reach() {
    PreflightResult result = co_await preflight(request_.target, *request_.profile, options());
    server_ = result.server;
    output_.server = request_.target.str();
    if (result.unreachable) {
      over_ = true;
      output_.unreachable = result.unreachable;
      for (Performed& one : output_.cases)
        one.untried = "the target is unreachable: " + *result.unreachable;
    } else if (result.silent) {
      over_ = true;
      blame_silence(*result.silent);
    }
  }

  // The server never answers: one exchange tells as much as all cases would.
  void blame_silence(const Attempt& attempt) {
    const Finding& finding = attempt.judgement.findings.front();
    for (std::size_t i = 0; i < request_.cases.size(); ++i) {
      const auto& judged = request_.cases[i]->spec().requirements;
      const bool own = std::find(judged.begin(), judged.end(), finding.requirement) != judged.end();
      Attempt copy;
      copy.transcript = attempt.transcript;
      copy.judgement.observations = attempt.judgement.observations;
      copy.judgement.hindrance = attempt.judgement.hindrance;
      (own ? copy.judgement.findings : copy.judgement.impediments).push_back(finding);
      copy.judgement.notes.emplace_back(
          "not carried out: the exchange before all cases went unanswered");
      output_.cases[i].attempt = std::move(copy);
    }
  }

  asio::awaitable<void> run_several(const std::vector<std::size_t>& cases, unsigned jobs) {
    TaskGroup group(co_await asio::this_coro::executor);
    for (const std::size_t index : cases) {
      if (!suspects_.empty()) {
        co_await group.join();
        co_await check_server();
      }
      if (over_ || interrupted_) break;
      group.spawn(run_case(index));
      co_await group.wait_until_at_most(jobs - 1);
    }
    co_await group.join();
    co_await check_server();
  }

  asio::awaitable<void> run_case(std::size_t index) {
    Attempt attempt = co_await attempt_at(index, *request_.profile);
    if (saw_no_service(attempt.judgement)) suspects_.push_back(index);
    output_.waited += attempt.transcript->waited;
    output_.cases[index].attempt = std::move(attempt);
    on_case_();
  }

  asio::awaitable<Attempt> attempt_at(std::size_t index, const Profile& profile) {
    const PlannedCase& of_request = *request_.cases[index];
    const PlannedCase planned(of_request.spec(), profile, of_request.run_seed());
    Transcript transcript = co_await carry_out(planned, options());
    Attempt attempt;
    attempt.transcript = std::make_shared<const Transcript>(std::move(transcript));
    attempt.judgement = judge(planned, *attempt.transcript);
    co_return attempt;
  }

  // Cases got no service. Is it only those, or is the server gone for all? Asked while nothing else
  // is under way, since a server that serves one connection at a time isn't gone.
  asio::awaitable<void> check_server() {
    if (suspects_.empty() || over_) co_return;
    const bool serving = co_await still_serving(server_, *request_.profile, options());
    if (serving) {
      suspects_.clear();
    } else {
      over_ = true;
    }
  }

  void finish() {
    output_.interrupted = interrupted_;
    if (suspects_.empty()) return;
    // One suspect alone has shown itself; several may each be innocent.
    std::vector<std::string> names;
    for (const std::size_t index : suspects_) names.push_back(request_.cases[index]->id());
    if (suspects_.size() > 1) {
      for (const std::size_t index : suspects_) {
        output_.cases[index].untried = fmt::format(
            "the server went down while these cases were under way: {}", fmt::join(names, ", "));
      }
    }
    const std::string since = request_.cases[suspects_.front()]->id();
    for (Performed& one : output_.cases) {
      if (!one.attempt && !one.untried) one.untried = "server down since case " + since;
    }
  }

  // Findings that rest on time alone: the case is carried out once more, with nothing beside it.
  asio::awaitable<void> confirm() {
    std::vector<std::size_t> doubtful;
    for (std::size_t i = 0; i < output_.cases.size(); ++i) {
      const auto& attempt = output_.cases[i].attempt;
      if (attempt && !over_ && needs_confirmation(attempt->judgement)) doubtful.push_back(i);
    }
    int confirmed = 0;
    std::size_t next = 0;
    for (; next < doubtful.size() && confirmed < kConfirmedAlone && !interrupted_ && !over_;
         ++next) {
      co_await confirm_one(doubtful[next]);
      co_await check_server();
      if (needs_confirmation(output_.cases[doubtful[next]].attempt->judgement)) ++confirmed;
    }
    TaskGroup group(co_await asio::this_coro::executor);
    for (; next < doubtful.size() && !interrupted_ && !over_; ++next) {
      group.spawn(confirm_one(doubtful[next]));
      co_await group.wait_until_at_most(request_.jobs - 1);
    }
    co_await group.join();
    co_await check_server();
  }

  asio::awaitable<void> confirm_one(std::size_t index) {
    const bool overloaded = machine_is_overloaded();
    const Profile patient = with_patience(*request_.profile);
    Attempt second = co_await attempt_at(index, overloaded ? patient : *request_.profile);
    if (overloaded)
      second.judgement.notes.emplace_back(
          "this machine is overloaded: the second time the server was given four times as long");
    if (second.judgement.hindrance.kind == Hindrance::Kind::kInterrupted) co_return;
    if (saw_no_service(second.judgement)) suspects_.push_back(index);
    Performed& one = output_.cases[index];
    output_.waited += second.transcript->waited;
    one.first_attempt = std::exchange(one.attempt, std::move(second));
  }

  const RunRequest& request_;
  RunOutput& output_;
  LagMeter& lag_;
  const bool& interrupted_;
  std::function<void()> on_case_;
  const TransferProgress& transfer_;
  asio::ip::tcp::endpoint server_;
  Clock::time_point began_;
  std::vector<std::size_t>
      suspects_;       // cases that got no service since the server was last seen to serve
  bool over_ = false;  // no further case is carried out
};

asio::awaitable<void> conduct_all(std::vector<std::unique_ptr<Run>>& runs) {
  TaskGroup group(co_await asio::this_coro::executor);
  for (auto& run : runs) group.spawn(run->run_together());
  co_await group.join();
  for (auto& run : runs) co_await run->run_alone();
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
  std::vector<RunOutput> outputs(requests.size());
  std::vector<std::unique_ptr<Run>> runs;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    const auto on_case = [&] {
      if (progress) progress(++done, planned);
    };
    runs.push_back(
        std::make_unique<Run>(requests[i], outputs[i], lag, interrupted, on_case, transfer));
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
  });
  context.run();
  if (thrown) std::rethrow_exception(thrown);
  return outputs;
}

}  // namespace md5spec
