#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "conduct/preflight.h"
#include "conduct/resolve_host.h"
#include "conduct/run.h"
#include "conduct/signs.h"
#include "judge/judge.h"

namespace md5spec {
namespace {

// To find out that a server serves nobody any more takes as long as it may take to answer.
constexpr int kMostHangs = 10;
// Starting a server again and again mustn't take for ever.
constexpr std::chrono::seconds kRestarting(60);
// A process's end is told a little later than its connections' ends.
constexpr std::chrono::milliseconds kEndIsToldWithin(100);

}  // namespace

asio::awaitable<void> Run::check_server() {
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

asio::awaitable<void> Run::ask_beside_others() {
  const std::vector<std::size_t> asked_about = suspects_;
  const bool serving = co_await answers_now(server_, *request_.profile, options());
  if (!serving) co_return;
  std::erase_if(suspects_, [&](std::size_t index) {
    return std::find(asked_about.begin(), asked_about.end(), index) != asked_about.end();
  });
}

void Run::suspect_cut_off() {
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

bool Run::is_suspect(std::size_t index) const {
  return std::find(suspects_.begin(), suspects_.end(), index) != suspects_.end();
}

asio::awaitable<void> Run::recover() {
  counting_.clear();
  const std::optional<ProcessEnd> end = started_->end();
  const std::vector<std::size_t> affected = end ? affected_by_end() : suspects_;
  if (!end) co_await stop_hung();
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

std::vector<std::size_t> Run::affected_by_end() const {
  std::set<std::size_t> affected(suspects_.begin(), suspects_.end());
  const Deadline since = started_->ended_at() - kEndIsToldWithin;
  for (const Finished& one : finished_) {
    if (one.at >= since) affected.insert(one.index);
  }
  return {affected.begin(), affected.end()};
}

asio::awaitable<void> Run::repeat_one_by_one(const std::vector<std::size_t>& affected,
                                             const std::optional<ProcessEnd>& end) {
  bool named = false;
  for (const std::size_t index : affected) {
    if (is_down()) co_await restart();
    if (over_ || ground_.interrupted) co_return;
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
    if (!is_down()) co_await stop_hung();
    named = true;
    ++deaths_;
  }
  if (!named)
    unexplained_.push_back(
        {affected, end ? "the server " + in_words_with_output(*end) + "; that was"
                       : "the server served nobody any more"});
}

void Run::name_killer(std::size_t index, const std::optional<ProcessEnd>& end) {
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

void Run::list_suspects(const std::vector<std::size_t>& suspects, const std::string& what) {
  std::vector<std::string> names;
  for (const std::size_t index : suspects) names.push_back(planned(index).id());
  for (const std::size_t index : suspects) {
    output_.cases[index].untried =
        fmt::format("{} while these cases were under way: {}", what, fmt::join(names, ", "));
  }
}

asio::awaitable<void> Run::stop_hung() {
  co_await started_->stop();
  hung_ = true;
}

asio::awaitable<void> Run::restart() {
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
  if (!std::exchange(hung_, false)) co_return;
  const PreflightResult result =
      co_await preflight(started_->target(), *request_.profile, options());
  if (result.silent && !is_down()) blame_silence(*result.silent);
}

}  // namespace md5spec
