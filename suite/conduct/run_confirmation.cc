#include <algorithm>
#include <utility>

#include <asio/this_coro.hpp>

#include "conduct/overload.h"
#include "conduct/rest.h"
#include "conduct/run.h"
#include "conduct/signs.h"
#include "conduct/task_group.h"
#include "judge/judge.h"

namespace md5spec {
namespace {

// Once so many cases of a requirement have failed again alone, the rest of its cases aren't
// repeated alone: what is broken is broken.
constexpr int kConfirmedAlone = 3;
// A case that follows close upon another one isn't alone: a server may not have noticed yet that
// the client before is gone.
constexpr std::chrono::milliseconds kBetweenLonely(20);

}  // namespace

bool Run::is_doubtful_for_time(std::size_t index) const {
  const auto& attempt = output_.cases[index].attempt;
  return attempt && needs_another_attempt(planned(index), attempt->judgement);
}

bool Run::is_doubtful_for_company(std::size_t index) const {
  const auto& attempt = output_.cases[index].attempt;
  return attempt && beside_others_.contains(index) && !is_flawless(attempt->judgement);
}

bool Run::is_confirmed(std::size_t index) const {
  const auto failed = failed_alone_.find(primary(index));
  return failed != failed_alone_.end() && failed->second >= kConfirmedAlone;
}

bool Run::counts(std::size_t index) {
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

asio::awaitable<void> Run::confirm() {
  for (std::vector<std::size_t> all = doubtful(); !all.empty() && !ground_.interrupted && !over_;
       all = doubtful()) {
    // A server may still be at work for clients that have given up on it, or count those of late.
    co_await rest_until(Clock::now() + request_.profile->timeouts.pause);
    co_await confirm_all(all);
  }
}

asio::awaitable<void> Run::confirm_all(const std::vector<std::size_t>& all) {
  std::vector<std::size_t> rest;
  for (const std::size_t index : all) {
    const bool by_time = is_doubtful_for_time(index);
    if (by_time && !counts(index)) continue;
    if (is_confirmed(index) && !company_matters_) {
      if (by_time) rest.push_back(index);
      continue;
    }
    if (!by_time) co_await rest_until(Clock::now() + kBetweenLonely);
    co_await repeat_alone(index, true);
    if (over_ || ground_.interrupted) co_return;
  }
  std::erase_if(rest, [&](std::size_t index) { return !counts(index); });
  if (rest.empty()) co_return;
  co_await make_ready(TargetLock::Mode::kShared);
  TaskGroup group(co_await asio::this_coro::executor);
  for (const std::size_t index : rest) {
    if (ground_.interrupted || over_ || is_down()) break;
    group.spawn(confirm_one(index, false));
    co_await group.wait_until_at_most(request_.jobs - 1);
  }
  co_await group.join();
  co_await check_server();
}

std::vector<std::size_t> Run::doubtful() {
  std::vector<std::size_t> by_bytes;
  std::vector<std::size_t> by_time;
  for (std::size_t i = 0; i < output_.cases.size(); ++i) {
    if (output_.cases[i].first_attempt) continue;
    if (is_doubtful_for_time(i)) {
      if (counts(i)) by_time.push_back(i);
    } else if (is_doubtful_for_company(i) && (!is_confirmed(i) || company_matters_)) {
      by_bytes.push_back(i);
    }
  }
  by_bytes.insert(by_bytes.end(), by_time.begin(), by_time.end());
  return by_bytes;
}

asio::awaitable<void> Run::confirm_one(std::size_t index, bool at_leisure) {
  const bool overloaded = machine_is_overloaded();
  const Profile patient = with_patience(*request_.profile);
  Attempt second = co_await attempt_at(index, overloaded ? patient : *request_.profile, at_leisure);
  if (overloaded)
    second.judgement.notes.emplace_back(
        "this machine is overloaded: the second time the server was given four times as long");
  if (second.judgement.hindrance.kind == Hindrance::Kind::kInterrupted) co_return;
  if (saw_no_service(second.judgement)) suspects_.push_back(index);
  finished_.push_back({index, Clock::now()});
  Performed& one = output_.cases[index];
  if (beside_others_.contains(index)) {
    const bool by_time = is_doubtful_for_time(index);
    if (!by_time && is_flawless(second.judgement) && !std::exchange(company_matters_, true))
      forget_repetitions_behind_others();
  }
  second.judgement =
      judge_again(planned(index).spec(), one.attempt->judgement, std::move(second.judgement));
  output_.waited += second.transcript->waited;
  one.first_attempt = std::exchange(one.attempt, std::move(second));
  if (!is_flawless(one.attempt->judgement)) {
    ++failed_alone_[primary(index)];
    if (started_ && !company_matters_) behind_others_.push_back(index);
  }
  counting_.clear();
}

void Run::forget_repetitions_behind_others() {
  for (const std::size_t index : behind_others_) {
    Performed& one = output_.cases[index];
    one.attempt = std::exchange(one.first_attempt, std::nullopt);
    --failed_alone_[primary(index)];
  }
  behind_others_.clear();
}

}  // namespace md5spec
