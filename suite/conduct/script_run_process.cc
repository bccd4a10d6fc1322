#include <algorithm>
#include <memory>

#include "conduct/case_time.h"
#include "conduct/script_run.h"
#include "conduct/started_server.h"
#include "judge/process.h"

namespace md5spec {
namespace {

// A measurement that goes on growing goes on at most so long.
constexpr std::uint64_t kMostWindows = 100;

}  // namespace

asio::awaitable<void> ScriptRun::run_process_step(const Step& step, Block& block) {
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

asio::awaitable<void> ScriptRun::run_measure(const MeasureStep& step, Scope scope) {
  Clock::time_point began = Clock::now();
  RepeatStep window_steps;
  window_steps.times = step.times;
  window_steps.steps = step.steps;
  co_await measure();
  for (std::uint64_t window = 0; step.windows > 0 && !stopped(); ++window) {
    if (window == step.windows) began = Clock::now();
    const bool doubtful = every_window_grew(transcript_) &&
                          Clock::now() - began < options_.budget && window < kMostWindows;
    if (window >= step.windows && !doubtful) break;
    co_await run_repeat(window_steps, scope);
    co_await measure();
  }
}

asio::awaitable<void> ScriptRun::measure() {
  const ProcessUsage usage = co_await options_.process->usage_at_rest();
  Event& event = recorder_.add(Event::kNoConnection, Event::Kind::kMeasured, usage.resident_bytes);
  event.descriptors = usage.descriptors;
}

asio::awaitable<void> ScriptRun::run_process_end() {
  const Duration since = recorder_.now();
  const Deadline deadline = std::min(deadline_, terminated_at_ + kTimeToEnd);
  const bool ended = co_await options_.process->ended_by(deadline);
  Event& event =
      recorder_.add(Event::kNoConnection, ended ? Event::Kind::kProcessEnded : Event::Kind::kAwait);
  event.since = since;
  event.awaited = Awaited::kProcessEnd;
  event.came = ended ? Came::kExpected : Came::kTimeout;
  if (ended) event.process_end = std::make_shared<ProcessEnd>(*options_.process->end());
  transcript_.waited += event.at - since;
}

}  // namespace md5spec
