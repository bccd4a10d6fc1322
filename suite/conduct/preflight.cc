#include "conduct/preflight.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "conduct/case_time.h"
#include "conduct/overload.h"
#include "conduct/probe.h"
#include "conduct/resolve_host.h"
#include "conduct/rest.h"
#include "judge/judge.h"

namespace md5spec {
namespace {

bool received_anything(const Transcript& transcript) {
  return std::any_of(transcript.events.begin(), transcript.events.end(),
                     [](const Event& e) { return e.kind == Event::Kind::kReceive; });
}

bool has(const Transcript& transcript, Event::Kind kind) {
  return std::any_of(transcript.events.begin(), transcript.events.end(),
                     [&](const Event& e) { return e.kind == kind; });
}

// Whether what came back gave the conductor anything to go by: some bytes, and not merely a drip
// that never ends.
bool answered(const Transcript& transcript, Duration allowed) {
  return received_anything(transcript) && transcript.duration < allowed;
}

bool was_closed(const Judgement& judgement) {
  const auto closed = [](const Finding& f) {
    return f.anomaly == Anomaly::kClosedInstead || f.anomaly == Anomaly::kEarlyClose;
  };
  return std::any_of(judgement.findings.begin(), judgement.findings.end(), closed) ||
         std::any_of(judgement.impediments.begin(), judgement.impediments.end(), closed);
}

asio::awaitable<Attempt> try_case(const Case& one, const Profile& profile,
                                  CarryOutOptions options) {
  const PlannedCase planned(one, profile, 1);
  Transcript transcript = co_await carry_out(planned, options);
  transcript.preflight = one.name;
  Attempt attempt;
  attempt.judgement = judge(planned, transcript);
  attempt.transcript = std::make_shared<const Transcript>(std::move(transcript));
  co_return attempt;
}

}  // namespace

asio::awaitable<PreflightResult> preflight(HostPort target, const Profile& profile,
                                           CarryOutOptions options) {
  PreflightResult result;
  std::string error;
  const auto servers = co_await resolve_host(target, &error);
  const Case one = probe(profile);
  const Duration allowed = longest(PlannedCase(one, profile, 1), options.budget);
  for (const auto& server : servers) {
    options.server = server;
    Attempt attempt = co_await try_case(one, profile, options);
    if (!has(*attempt.transcript, Event::Kind::kConnected)) {
      error = attempt.transcript->events.back().data;
      for (const Event& event : attempt.transcript->events) {
        if (event.kind == Event::Kind::kConnectFailed) error = event.data;
      }
      continue;
    }
    result.server = server;
    if (answered(*attempt.transcript, allowed)) co_return result;
    // What this machine is short of says nothing of the server: the cases must tell.
    if (attempt.judgement.hindrance.kind != Hindrance::Kind::kNone) co_return result;
    if (has(*attempt.transcript, Event::Kind::kHandshakeFailed)) {
      const Case handshake = handshake_probe(profile);
      Attempt again = co_await try_case(handshake, profile, options);
      if (!again.judgement.findings.empty()) result.silent = std::move(again);
      co_return result;
    }
    if (was_closed(attempt.judgement)) {
      // Without a word: before the message, or on account of it?
      const Case silent = silent_probe();
      Attempt second = co_await try_case(silent, profile, options);
      if (!second.judgement.findings.empty()) attempt = std::move(second);
    }
    // Where there's no finding it's the cases that must tell.
    if (!attempt.judgement.findings.empty()) result.silent = std::move(attempt);
    co_return result;
  }
  result.unreachable = fmt::format("{} ({})", error.empty() ? "no address" : error, target.str());
  co_return result;
}

asio::awaitable<bool> answers_now(asio::ip::tcp::endpoint server, const Profile& profile,
                                  CarryOutOptions options) {
  options.server = server;
  const Case one = probe(profile);
  const Attempt attempt = co_await try_case(one, profile, options);
  co_return received_anything(*attempt.transcript);
}

asio::awaitable<bool> still_serving(asio::ip::tcp::endpoint server, const Profile& profile,
                                    CarryOutOptions options) {
  options.server = server;
  const Case one = probe(profile);
  const auto served = [](const Attempt& attempt) {
    return received_anything(*attempt.transcript) ||
           attempt.judgement.hindrance.kind != Hindrance::Kind::kNone;
  };
  const Attempt first = co_await try_case(one, profile, options);
  if (served(first)) co_return true;
  // What is said here is said of all cases that follow: a server that is late, or still busy with
  // the clients before, is asked a second time.
  co_await rest_until(Clock::now() + profile.timeouts.pause);
  const Profile patient = with_patience(profile);
  const Attempt second = co_await try_case(one, patient, options);
  co_return served(second);
}

}  // namespace md5spec
