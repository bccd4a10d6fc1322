#include "judge/completeness.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "judge/connection_trace.h"
#include "judge/judge.h"
#include "text/bytes.h"

namespace md5spec {
namespace {

// Once so many replies didn't come, nothing is repeated any more.
constexpr unsigned kEnoughInVain = 4;
// No path's segments are so short that a message of this size needs two.
constexpr std::uint64_t kFitsAnySegment = 500;

// Follows the script through the transcript, as it was carried out.
class Walk {
 public:
  Walk(const PlannedCase& planned, const Transcript& transcript)
      : planned_(planned), profile_(planned.profile()), transcript_(transcript) {
    for (std::size_t i = 0; i < transcript.connections.size(); ++i)
      traces_.emplace_back(planned, transcript, static_cast<int>(i), order_);
    for (const SentMessage& message : transcript.messages)
      traces_[static_cast<std::size_t>(message.connection)].add_message(message);
    for (std::size_t place = 0; place < transcript.events.size(); ++place) {
      const Event& event = transcript.events[place];
      if (event.kind == Kind::kPause || event.connection == Event::kNoConnection) {
        others_.push_back(place);
      } else {
        traces_[static_cast<std::size_t>(event.connection)].add_event(place);
      }
    }
  }

  std::string what_is_missing() {
    Block block;
    follow(planned_.spec().script, block);
    if (lack_.empty()) check_rest();
    return lack_;
  }

 private:
  using Kind = Event::Kind;

  // A script's names for connections; a block inside it has its own.
  struct Block {
    Scope scope = Scope::kCase;
    std::uint64_t round = 0;
    std::map<std::string, std::vector<std::size_t>> names;
  };
  // What tells connections apart, but for their number.
  struct Opened {
    Scope scope;
    std::string name;
    std::uint64_t round;
  };

  void miss(std::string words) {
    if (lack_.empty()) lack_ = std::move(words);
  }

  void follow(const Steps& steps, Block& block) {
    for (const Step& step : steps) {
      follow(step, block);
      order_.next_step();
      if (!lack_.empty()) return;
    }
    for (const auto& [name, all] : block.names) {
      on_all(all, [](ConnectionTrace& trace) { trace.close(); });
    }
    order_.next_step();
  }

  void follow(const Step& step, Block& block) {
    const auto on = [&](const std::string& name, auto act) { on_all(block.names.at(name), act); };
    if (const auto* connect = std::get_if<ConnectStep>(&step.action)) {
      open(*connect, block);
    } else if (const auto* send = std::get_if<SendStep>(&step.action)) {
      on(send->on, [&](ConnectionTrace& trace) { trace.send(*send); });
    } else if (const auto* exchange = std::get_if<ExchangeStep>(&step.action)) {
      on(exchange->on, [&](ConnectionTrace& trace) { trace.exchange(*exchange); });
    } else if (const auto* reply = std::get_if<ReplyStep>(&step.action)) {
      on(reply->on, [](ConnectionTrace& trace) { trace.reply(); });
    } else if (const auto* silence = std::get_if<SilenceStep>(&step.action)) {
      const Duration time = silence->time.resolve(profile_.timeouts);
      on(silence->on, [&](ConnectionTrace& trace) { trace.silence(time); });
    } else if (const auto* half_close = std::get_if<HalfCloseStep>(&step.action)) {
      on(half_close->on, [](ConnectionTrace& trace) { trace.half_close(); });
    } else if (const auto* fin = std::get_if<FinStep>(&step.action)) {
      on(fin->on, [](ConnectionTrace& trace) { trace.fin(); });
    } else if (const auto* end = std::get_if<EndStep>(&step.action)) {
      on(end->on, [](ConnectionTrace& trace) { trace.end(); });
    } else if (const auto* close = std::get_if<CloseStep>(&step.action)) {
      on(close->on, [](ConnectionTrace& trace) { trace.close(); });
    } else if (const auto* reset = std::get_if<ResetStep>(&step.action)) {
      on(reset->on, [](ConnectionTrace& trace) { trace.reset(); });
    } else {
      follow_other(step, block);
    }
  }

  void follow_other(const Step& step, const Block& block) {
    if (const auto* pause = std::get_if<PauseStep>(&step.action)) {
      const Event* const event = need(Kind::kPause, "a pause isn't recorded");
      // Clock readings are cut to microseconds.
      const Duration time = pause->time.resolve(profile_.timeouts) - std::chrono::milliseconds(1);
      if (event != nullptr && event->at - event->since < time)
        miss("a pause is shorter than the script has it");
    } else if (const auto* liveness = std::get_if<LivenessStep>(&step.action)) {
      Block inner{Scope::kLiveness, 0, {}};
      follow({{step.where, ConnectStep{"probe"}},
              {step.where, ExchangeStep{"probe", {liveness->message}, 1}}},
             inner);
    } else if (const auto* control = std::get_if<ControlStep>(&step.action)) {
      Block inner{Scope::kControl, 0, {}};
      follow(*control->steps, inner);
    } else if (const auto* repeat = std::get_if<RepeatStep>(&step.action)) {
      follow_rounds(*repeat->steps, repeat->times, block.scope);
    } else if (const auto* measure = std::get_if<MeasureStep>(&step.action)) {
      follow_windows(*measure, block.scope);
    } else if (std::holds_alternative<TerminateStep>(step.action)) {
      need(Kind::kTerminated, "that the server was told to end isn't recorded");
    } else if (std::holds_alternative<ProcessEndStep>(step.action)) {
      const Event* const event = next_other();
      const bool waited = event != nullptr && event->awaited == Event::Awaited::kProcessEnd;
      need(waited ? event->kind : Kind::kProcessEnded,
           "the wait for the end of the server's process isn't recorded");
    }
  }

  template <typename Act>
  void on_all(const std::vector<std::size_t>& all, Act act) {
    std::vector<Repetition> repeated;
    for (const std::size_t one : all) {
      ConnectionTrace& trace = traces_[one];
      const unsigned before = trace.timeouts();
      act(trace);
      in_vain_ += trace.timeouts() - before;
      if (!trace.lack().empty()) return miss(trace.lack());
      for (const Repetition& repetition : trace.take_repetitions()) {
        check(repetition);
        repeated.push_back(repetition);
      }
    }
    // The transcript tells of the repetition that ended last.
    if (!repeated.empty()) repeated_ = std::move(repeated);
  }

  void open(const ConnectStep& step, Block& block) {
    std::vector<std::size_t>& all = block.names[step.as];
    all.clear();
    const unsigned count = step.count.resolve(profile_);
    for (unsigned member = 0; member < count; ++member, ++opened_) {
      if (!is_next({block.scope, step.as, block.round}) ||
          transcript_.connections[opened_].member != member ||
          transcript_.connections[opened_].bare != (step.bare && profile_.tls))
        return miss(
            fmt::format("connection {} isn't recorded as the script opens it", in_quotes(step.as)));
      all.push_back(opened_);
    }
    on_all(all, [](ConnectionTrace& trace) { trace.connect(); });
  }

  bool is_next(const Opened& wanted) const {
    if (opened_ >= transcript_.connections.size()) return false;
    const ConnectionRecord& one = transcript_.connections[opened_];
    return one.scope == wanted.scope && one.name == wanted.name && one.round == wanted.round;
  }

  // The first connection that steps open; nothing where they open none.
  static std::optional<Opened> first_opened(const Steps& steps, Scope scope, std::uint64_t round) {
    for (const Step& step : steps) {
      std::optional<Opened> first;
      if (const auto* connect = std::get_if<ConnectStep>(&step.action)) {
        first = Opened{scope, connect->as, round};
      } else if (std::holds_alternative<LivenessStep>(step.action)) {
        first = Opened{Scope::kLiveness, "probe", 0};
      } else if (const auto* control = std::get_if<ControlStep>(&step.action)) {
        first = first_opened(*control->steps, Scope::kControl, 0);
      } else if (const auto* repeat = std::get_if<RepeatStep>(&step.action)) {
        first = first_opened(*repeat->steps, scope, 0);
      } else if (const auto* measure = std::get_if<MeasureStep>(&step.action)) {
        if (measure->windows > 0) first = first_opened(*measure->steps, scope, 0);
      }
      if (first) return first;
    }
    return std::nullopt;
  }

  // Whether another round follows. One that opens nothing can only pause, or look at the process.
  bool goes_on(const Steps& steps, Scope scope, std::uint64_t round) {
    const auto first = first_opened(steps, scope, round);
    return first ? is_next(*first) : next_other() != nullptr;
  }

  void follow_rounds(const Steps& steps, std::uint64_t times, Scope scope) {
    Repetition repetition{0, times};
    for (; repetition.done < times; ++repetition.done) {
      if (repetition.done > 0 && !goes_on(steps, scope, repetition.done)) break;
      Block inner{scope, repetition.done, {}};
      follow(steps, inner);
      if (!lack_.empty()) return;
      if (let_down(inner)) {
        repetition.cut_short = true;
        break;
      }
    }
    repetition.cut_short = repetition.cut_short || in_vain_ >= kEnoughInVain;
    check(repetition);
    repeated_ = {repetition};
  }

  bool let_down(const Block& block) const {
    return std::any_of(block.names.begin(), block.names.end(), [&](const auto& named) {
      return std::any_of(named.second.begin(), named.second.end(),
                         [&](std::size_t one) { return traces_[one].let_down(); });
    });
  }

  // Where every window has grown, further ones follow.
  void follow_windows(const MeasureStep& step, Scope scope) {
    constexpr const char* kUnmeasured = "a look at the server's process isn't recorded";
    need(Kind::kMeasured, kUnmeasured);
    for (std::uint64_t window = 0; step.windows > 0 && lack_.empty(); ++window) {
      const Event* const more = next_other();
      const bool goes_on = more != nullptr && more->kind == Kind::kMeasured;
      if (window >= step.windows && !goes_on) break;
      order_.next_step();
      follow_rounds(*step.steps, step.times, scope);
      order_.next_step();
      need(Kind::kMeasured, kUnmeasured);
    }
  }

  void check(const Repetition& one) {
    if (one.cut_short || are_enough_rounds(one.done, one.wanted)) return;
    miss(fmt::format("of {} rounds {} are recorded, which tells nothing", one.wanted, one.done));
  }

  // The next event that is of no connection. That the server ended unasked is no step of a script.
  const Event* next_other() {
    while (others_taken_ < others_.size()) {
      const Event& event = transcript_.events[others_[others_taken_]];
      const bool is_awaited = told_to_end_ || event.kind != Kind::kProcessEnded;
      if (is_awaited) return &event;
      ++others_taken_;
    }
    return nullptr;
  }

  const Event* need(Kind kind, const char* words) {
    const Event* const event = next_other();
    if (event == nullptr || event->kind != kind || others_[others_taken_] < order_.begin) {
      miss(words);
      return nullptr;
    }
    order_.end = std::max(order_.end, others_[others_taken_++]);
    told_to_end_ = told_to_end_ || kind == Kind::kTerminated;
    return event;
  }

  void check_rest() {
    if (opened_ < traces_.size())
      return miss("more connections are recorded than the script opens");
    for (ConnectionTrace& trace : traces_) {
      trace.finish();
      if (!trace.lack().empty()) return miss(trace.lack());
    }
    if (next_other() != nullptr) return miss("more is recorded than the script does");
    const bool is_told =
        repeated_.empty()
            ? transcript_.rounds_wanted == 0
            : std::any_of(repeated_.begin(), repeated_.end(), [&](const Repetition& one) {
                return one.done == transcript_.rounds_done &&
                       one.wanted == transcript_.rounds_wanted;
              });
    if (!is_told) miss("it isn't said how many rounds were done, or of another number of them");
  }

  const PlannedCase& planned_;
  const Profile& profile_;
  const Transcript& transcript_;
  EventOrder order_;
  std::vector<ConnectionTrace> traces_;
  std::vector<std::size_t> others_;  // events of no connection, and pauses
  std::size_t others_taken_ = 0;
  std::size_t opened_ = 0;
  unsigned in_vain_ = 0;  // replies that didn't come
  bool told_to_end_ = false;
  std::vector<Repetition> repeated_;
  std::string lack_;
};

// Whether some step sends more than surely fits a segment.
bool may_need_two_segments(const PlannedCase& planned) {
  std::map<const Step*, std::uint64_t> sizes;
  for_each_message(planned.spec().script, [&](const ScriptMessage& message, const Step& step) {
    sizes[&step] += message.source.size_for(planned.profile());
  });
  return std::any_of(sizes.begin(), sizes.end(),
                     [](const auto& one) { return one.second > kFitsAnySegment; });
}

bool could_hinder(Hindrance::Kind kind, const PlannedCase& planned) {
  const Profile& profile = planned.profile();
  switch (kind) {
    case Hindrance::Kind::kSegmentTooSmall:
      return !profile.framed() && may_need_two_segments(planned);
    case Hindrance::Kind::kTlsTooOld:
      return profile.framing == Framing::kHalfClose && profile.tls;
    case Hindrance::Kind::kNotClaimed:  // that is found out by judging
      return false;
    default:
      return true;
  }
}

}  // namespace

std::string what_is_missing(const PlannedCase& planned, const Transcript& transcript) {
  const Hindrance::Kind hindrance = transcript.hindrance.kind;
  if (hindrance != Hindrance::Kind::kNone) {
    return could_hinder(hindrance, planned)
               ? ""
               : "what it says to have kept the case from being carried out can't have";
  }
  if (transcript.out_of_time) return {};
  return Walk(planned, transcript).what_is_missing();
}

}  // namespace md5spec
