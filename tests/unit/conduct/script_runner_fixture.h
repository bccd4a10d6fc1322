// Carries scripts out against servers that do as they are told, and tells what happened.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>

#include "catalogue/case_reading.h"
#include "conduct/case_time.h"
#include "conduct/script_runner.h"
#include "conduct/scripted_server.h"
#include "judge/transcript_builder.h"
#include "wire/tls.h"

namespace md5spec {

// Patient where a reply comes, and soon through where none does.
inline const std::string kSoon =
    "timeouts: {connect: 500ms, reply: 300ms, close: 300ms, quiet: 30ms, pause: 60ms}\n";
// Soon through whatever the server does.
inline const std::string kSooner =
    "timeouts: {connect: 200ms, reply: 60ms, close: 60ms, quiet: 20ms, pause: 30ms}\n";
// How late the machine that runs this may be.
constexpr auto kSlack = std::chrono::seconds(2);

inline std::string name_of(const Event& event) {
  static const std::map<Event::Kind, std::string> names = {
      {Event::Kind::kConnect, "connect"},
      {Event::Kind::kConnected, "connected"},
      {Event::Kind::kConnectFailed, "failed"},
      {Event::Kind::kSend, "send"},
      {Event::Kind::kSendFailed, "send failed"},
      {Event::Kind::kSendStalled, "stalled"},
      {Event::Kind::kReceive, "receive"},
      {Event::Kind::kHalfClose, "half-close"},
      {Event::Kind::kClose, "close"},
      {Event::Kind::kReset, "reset"},
      {Event::Kind::kPeerEnd, "server's end"},
      {Event::Kind::kPeerReset, "server's reset"},
      {Event::Kind::kFlood, "flood"},
      {Event::Kind::kPause, "pause"}};
  if (event.kind != Event::Kind::kAwait) return names.at(event.kind);
  static const std::map<Event::Awaited, std::string> waits = {{Event::Awaited::kBanner, "banner"},
                                                              {Event::Awaited::kReplies, "replies"},
                                                              {Event::Awaited::kSilence, "silence"},
                                                              {Event::Awaited::kEnd, "end"}};
  static const std::map<Event::Came, std::string> ends = {{Event::Came::kExpected, "as expected"},
                                                          {Event::Came::kUnexpected, "otherwise"},
                                                          {Event::Came::kEnded, "ended"},
                                                          {Event::Came::kTimeout, "in vain"}};
  return "awaited " + waits.at(event.awaited) + " " + ends.at(event.came);
}

// A case carried out against a server, and what came of it.
class ScriptRunnerTest : public testing::Test {
 protected:
  using Kind = Event::Kind;

  void carry_out(const std::string& steps, const ScriptedServer& server,
                 const std::string& profile = kLineProfile) {
    carry_out(steps, server.endpoint(), profile);
  }

  void carry_out(const std::string& steps, const asio::ip::tcp::endpoint& server,
                 const std::string& profile = kLineProfile) {
    Case one = scripted(steps);
    if (!judged.empty()) one.requirements = {judged};
    const Profile claimed =
        profile_with(profile + (profile.find("timeouts") == std::string::npos ? kSoon : ""));
    const PlannedCase planned(one, claimed, 1);
    CarryOutOptions options;
    options.server = server;
    options.budget = budget;
    options.tls = tls_context(claimed);
    options.interrupted = &interrupted;
    options.disappointments = &so_far;
    longest_allowed = longest(planned, budget);
    asio::io_context context(1);
    const auto began = Clock::now();
    asio::co_spawn(context, md5spec::carry_out(planned, options),
                   [&](const std::exception_ptr& thrown, Transcript told) {
                     if (thrown) std::rethrow_exception(thrown);
                     transcript = std::move(told);
                   });
    context.run();
    took = Clock::now() - began;
  }

  // What happened on a connection, a word for each event; bytes that came in several pieces count
  // as one.
  std::vector<std::string> story(int connection = 0) const {
    std::vector<std::string> names;
    for (const Event& event : transcript.events) {
      if (event.connection != connection) continue;
      const std::string name = name_of(event);
      if (name == "receive" && !names.empty() && names.back() == name) continue;
      names.push_back(name);
    }
    return names;
  }

  std::vector<std::string> told(std::size_t from = 2) const {
    auto names = story();
    names.erase(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(from));
    return names;
  }

  std::string received(int connection = 0) const {
    std::string bytes;
    for (const Event& event : transcript.events) {
      if (event.kind == Kind::kReceive && event.connection == connection) bytes += event.data;
    }
    return bytes;
  }

  std::size_t count(Kind kind) const {
    return static_cast<std::size_t>(
        std::count_if(transcript.events.begin(), transcript.events.end(),
                      [&](const Event& event) { return event.kind == kind; }));
  }

  // The first event of that kind; there must be one.
  const Event& first(Kind kind) const {
    return *std::find_if(transcript.events.begin(), transcript.events.end(),
                         [&](const Event& event) { return event.kind == kind; });
  }

  std::vector<std::uint64_t> sends() const {
    std::vector<std::uint64_t> sizes;
    for (const Event& event : transcript.events) {
      if (event.kind == Kind::kSend) sizes.push_back(event.bytes);
    }
    return sizes;
  }

  Transcript transcript;
  Clock::duration took{};
  Duration longest_allowed{};
  Duration budget = std::chrono::seconds(10);
  std::atomic<bool> interrupted = false;
  std::string judged;  // by the case; empty: whatever a case judges that doesn't say
  Disappointments so_far;
};

inline const char* const kPlain = "connect, {exchange: abc}, half_close, end";

}  // namespace md5spec
