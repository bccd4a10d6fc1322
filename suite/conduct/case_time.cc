#include "conduct/case_time.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "conduct/own_limits.h"
#include "conduct/segments.h"
#include "wire/connection.h"

namespace md5spec {
namespace {

// What one takes, its client and its server: with TLS, nearly all of it is the handshake's.
constexpr std::chrono::microseconds kConnection(200);
constexpr std::chrono::microseconds kTlsConnection(1000);

// A transfer slower than this isn't waited for.
constexpr std::uint64_t kSlowest = 1U << 20U;  // bytes a second

// What a step may take at the most, whatever the server does.
Duration longest_step(const Step& step, const Profile& profile, Duration budget);

// What a slow reader itself may take for so many replies, with as much again for what TLS adds and
// for gaps that come out longer.
Duration slow_reading(const std::vector<ScriptMessage>& messages, std::uint64_t times,
                      const Profile& profile) {
  std::uint64_t bytes = 0;
  for (const ScriptMessage& message : messages)
    bytes += profile.reply.size_for(message.source.size_for(profile)) * times;
  return kSlowGap * static_cast<std::int64_t>(2 * bytes / kSlowRead + 1);
}

// The same for the replies to what a step sends, where that is on one of the connections that read
// slowly. Whoever fills a connection waits for no replies.
Duration slow_reading(const Step& step, const std::set<std::string>& slow, const Profile& profile) {
  const auto* send = std::get_if<SendStep>(&step.action);
  if (send != nullptr && !send->fill && slow.contains(send->on))
    return slow_reading(send->messages, send->times, profile);
  const auto* exchange = std::get_if<ExchangeStep>(&step.action);
  if (exchange != nullptr && slow.contains(exchange->on))
    return slow_reading(exchange->messages, exchange->times, profile);
  return {};
}

Duration longest_steps(const Steps& steps, const Profile& profile, Duration budget) {
  Duration sum{};
  std::set<std::string> slow;
  for (const Step& step : steps) {
    if (const auto* connect = std::get_if<ConnectStep>(&step.action)) {
      if (connect->reading == Reading::kSlowly) slow.insert(connect->as);
    }
    sum += longest_step(step, profile, budget) + slow_reading(step, slow, profile);
  }
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
           (connect->reading == Reading::kAfterStall ? t.pause : Duration()) +
           4 * time_for_crowd(connect->count.resolve(profile));
  }
  if (const auto* send = std::get_if<SendStep>(&step.action)) {
    const Duration repeated = send->times > 1 ? std::max<Duration>(budget, kPatience) : Duration();
    return one_reply + transfer_time(send->messages, send->times, profile) +
           longest_gaps(*send, profile) + (send->fill ? t.pause : Duration()) + repeated;
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

Duration own_waits_of(const Steps& steps, const Profile& profile) {
  const Timeouts& t = profile.timeouts;
  Duration sum{};
  for (const Step& step : steps) {
    if (const auto* pause = std::get_if<PauseStep>(&step.action)) {
      sum += pause->time.resolve(t);
    } else if (const auto* silence = std::get_if<SilenceStep>(&step.action)) {
      sum += silence->time.resolve(t);
    } else if (const auto* send = std::get_if<SendStep>(&step.action)) {
      sum += longest_gaps(*send, profile) + (send->fill ? t.pause : Duration());
    } else if (const auto* control = std::get_if<ControlStep>(&step.action)) {
      sum += own_waits_of(*control->steps, profile);
    } else if (const auto* repeat = std::get_if<RepeatStep>(&step.action)) {
      sum += own_waits_of(*repeat->steps, profile) * static_cast<Duration::rep>(repeat->times);
    }
  }
  return sum;
}

}  // namespace

Duration own_waits(const PlannedCase& planned) {
  return own_waits_of(planned.spec().script, planned.profile());
}

Duration connecting_time(const PlannedCase& planned) {
  const Duration each = planned.profile().tls ? kTlsConnection : kConnection;
  const OwnNeed need = need_of(planned.spec().script, planned.profile());
  return each * static_cast<Duration::rep>(need.connections_in_all);
}

Duration longest(const PlannedCase& planned, Duration budget) {
  return longest_steps(planned.spec().script, planned.profile(), budget) + std::chrono::seconds(1);
}

}  // namespace md5spec
