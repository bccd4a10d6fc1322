#include "conduct/script_runner.h"

#include <atomic>
#include <mutex>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "conduct/occupancy.h"
#include "conduct/script_runner_fixture.h"
#include "wire/connection.h"

namespace md5spec {
namespace {

using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::SizeIs;

using Kind = Event::Kind;

// --- conforming servers ---

TEST_F(ScriptRunnerTest, APlainExchangeIsRecordedStepByStep) {
  const ScriptedServer server(answer_lines);
  carry_out(kPlain, server);
  EXPECT_THAT(story(),
              ElementsAre("connect", "connected", "send", "receive", "awaited replies as expected",
                          "half-close", "server's end", "awaited end as expected", "close"));
  EXPECT_THAT(sends(), ElementsAre(4));
  EXPECT_EQ(received(), md5("abc").hex() + "\n");
  ASSERT_THAT(transcript.connections, SizeIs(1));
  EXPECT_EQ(transcript.connections[0].name, "main");
  EXPECT_GT(transcript.connections[0].local_port, 0);
  ASSERT_THAT(transcript.messages, SizeIs(1));
  EXPECT_EQ(transcript.messages[0].begin, 0U);
  EXPECT_EQ(transcript.messages[0].end, 4U);
  EXPECT_EQ(transcript.messages[0].message->bytes, "abc");
  EXPECT_EQ(transcript.hindrance.kind, Hindrance::Kind::kNone);
  EXPECT_FALSE(transcript.out_of_time);
}

TEST_F(ScriptRunnerTest, EventsComeInTheOrderOfTheirTimes) {
  const ScriptedServer server(answer_lines);
  carry_out(kPlain, server);
  for (std::size_t i = 1; i < transcript.events.size(); ++i)
    EXPECT_LE(transcript.events[i - 1].at, transcript.events[i].at);
  EXPECT_GE(transcript.duration, transcript.events.back().at);
}

TEST_F(ScriptRunnerTest, UnderHalfCloseTheExchangeHalfCloses) {
  const ScriptedServer server(answer_at_the_end);
  carry_out("connect, {exchange: abc}, end", server, kHalfCloseProfile);
  EXPECT_THAT(told(), ElementsAre("send", "half-close", "receive", "awaited replies as expected",
                                  "server's end", "awaited end as expected", "close"));
}

TEST_F(ScriptRunnerTest, UnderHalfCloseAHalfCloseAloneIsTheEmptyMessage) {
  const ScriptedServer server(answer_at_the_end);
  carry_out("connect, half_close, reply, end", server, kHalfCloseProfile);
  EXPECT_EQ(received(), md5("").hex() + "\n");
  ASSERT_THAT(transcript.messages, SizeIs(1));
  EXPECT_EQ(transcript.messages[0].message->bytes, "");
  EXPECT_EQ(told()[2], "awaited replies as expected");
}

TEST_F(ScriptRunnerTest, UnframedAMessageIsOneWrite) {
  const ScriptedServer server(answer_reads);
  carry_out("connect, {exchange: {messages: [abc, xyz]}}, half_close, end", server,
            kClassicProfile);
  EXPECT_THAT(sends(), ElementsAre(3, 3));
  EXPECT_EQ(received(), md5("abc").hex() + md5("xyz").hex());
}

TEST_F(ScriptRunnerTest, MessagesFollowEachOtherAfterTheirReplies) {
  const ScriptedServer server(answer_lines);
  carry_out("connect, {exchange: {messages: [abc, xyz]}}", server);
  EXPECT_THAT(told(), ElementsAre("send", "receive", "awaited replies as expected", "send",
                                  "receive", "awaited replies as expected", "close"));
  EXPECT_EQ(transcript.messages.at(1).begin, 4U);
}

TEST_F(ScriptRunnerTest, APipelineIsOneWrite) {
  const ScriptedServer server(answer_lines);
  carry_out("connect, {send: {messages: [abc, xyz], times: 3}}, reply", server);
  EXPECT_THAT(sends(), ElementsAre(24));
  EXPECT_THAT(transcript.messages, SizeIs(6));
  EXPECT_EQ(transcript.messages.at(5).begin, 20U);
  EXPECT_EQ(transcript.messages.at(5).end, 24U);
  EXPECT_THAT(received(), SizeIs(6 * 33));
}

TEST_F(ScriptRunnerTest, SegmentsAreWritesOfTheirOwnWithTheirGaps) {
  const ScriptedServer server(answer_lines);
  carry_out("connect, {send: {message: abcdef, segments: {every: 3}, gap: 50ms}}, reply", server);
  EXPECT_THAT(sends(), ElementsAre(3, 3, 1));
  EXPECT_GE(took, 100ms);
  EXPECT_EQ(received(), md5("abcdef").hex() + "\n");
}

TEST_F(ScriptRunnerTest, ABoundaryIsSentByteByByte) {
  const ScriptedServer server([](Peer& peer) -> asio::awaitable<void> { co_await peer.all(); });
  carry_out("connect, {send: {message: abc, segments: boundary}}, half_close, end", server,
            std::string(kLineProfile) + "delimiter: \"\\r\\n\"\n");
  EXPECT_THAT(sends(), ElementsAre(3, 1, 1));
}

TEST_F(ScriptRunnerTest, AMessageCanBeSentInTwoSteps) {
  const ScriptedServer server(answer_lines);
  carry_out("connect, {send: {message: abc, until: -1}}, silence, {send: {rest: true}}, reply",
            server);
  EXPECT_THAT(told(), ElementsAre("send", "awaited silence as expected", "send", "receive",
                                  "awaited replies as expected", "close"));
  EXPECT_THAT(sends(), ElementsAre(3, 1));
  EXPECT_THAT(transcript.messages, SizeIs(1));
}

TEST_F(ScriptRunnerTest, BytesBelowTheFramingAreNoMessage) {
  const ScriptedServer server(answer_lines);
  carry_out("connect, {send: {raw: \"abc\"}}, half_close, end", server);
  EXPECT_THAT(sends(), ElementsAre(3));
  EXPECT_THAT(transcript.messages, SizeIs(0));
}

TEST_F(ScriptRunnerTest, MessagesBehindRawBytesKnowTheirPlace) {
  const ScriptedServer server(answer_lines);
  carry_out("connect, {send: {raw: \"abc\\n\"}}, {send: {message: xyz}}, half_close, end", server);
  EXPECT_EQ(transcript.messages.at(0).begin, 4U);
}

TEST_F(ScriptRunnerTest, ACloseAndAResetAreTheClientsOwn) {
  const ScriptedServer server(answer_lines);
  carry_out("connect, {exchange: abc}, close", server);
  EXPECT_THAT(told(), ElementsAre("send", "receive", "awaited replies as expected", "close"));
  carry_out("connect, {exchange: abc}, reset", server);
  EXPECT_THAT(told(), ElementsAre("send", "receive", "awaited replies as expected", "reset"));
}

TEST_F(ScriptRunnerTest, AResetIsOneToTheServerToo) {
  std::atomic<bool> was_reset{false};
  const ScriptedServer server([&](Peer& peer) -> asio::awaitable<void> {
    co_await peer.all();
    const bool there = co_await peer.send("x");
    was_reset = !there;
  });
  carry_out("connect, reset, {pause: pause}", server);
  EXPECT_TRUE(was_reset);
}

TEST_F(ScriptRunnerTest, SeveralConnectionsAreOpenedOneAfterAnotherUnlessAllAreAtOnce) {
  const ScriptedServer server(answer_lines);
  const auto opening = [&](const std::string& how) {
    carry_out("{connect: {as: all, count: 3" + how + "}}, {close: all}", server);
    std::string order;
    for (const Event& event : transcript.events) {
      if (event.kind == Kind::kConnect) order += "c";
      if (event.kind == Kind::kConnected) order += "o";
    }
    return order;
  };
  EXPECT_EQ(opening(""), "cococo");
  EXPECT_EQ(opening(", at_once: true"), "cccooo");
}

TEST_F(ScriptRunnerTest, OfConnectionsOneAfterAnotherTwoHandshakesOverlap) {
  const ScriptedServer server([](Peer& peer) -> asio::awaitable<void> {
    co_await peer.some();
    while (peer.server().most_at_once() < 2) co_await peer.wait(1ms);
  });
  carry_out("{connect: {as: all, count: 5}}", server,
            kLineProfile + std::string("tls: {verify: false}\ntimeouts: {connect: 20s}\n"));
  EXPECT_EQ(server.accepted(), 5);
  EXPECT_EQ(server.most_at_once(), 2);
  EXPECT_LT(took, 20s);
}

TEST_F(ScriptRunnerTest, AServerThatServesFewHasTimeToNoticeWhoLeft) {
  const ScriptedServer server(answer_lines);
  carry_out("connect, close, {connect: next}, {close: next}", server,
            kLineProfile + std::string("limits: {connections: 1}\n"));
  Duration left{};
  Duration next{};
  for (const Event& event : transcript.events) {
    if (event.kind == Kind::kClose && left == Duration()) left = event.at;
    if (event.kind == Kind::kConnect) next = event.at;
  }
  EXPECT_GE(next - left, kToNotice);
}

TEST_F(ScriptRunnerTest, APauseIsRecordedAsWaiting) {
  const ScriptedServer server(answer_lines);
  carry_out("connect, {pause: 80ms}, {exchange: abc}", server);
  EXPECT_THAT(told(),
              ElementsAre("pause", "send", "receive", "awaited replies as expected", "close"));
  const Event& pause = transcript.events.at(2);
  EXPECT_GE(pause.at - pause.since, 80ms);
  EXPECT_GE(transcript.waited, 80ms);
  EXPECT_LE(transcript.waited, transcript.duration);
}

TEST_F(ScriptRunnerTest, ABannerIsReadFirst) {
  const ScriptedServer server([](Peer& peer) -> asio::awaitable<void> {
    co_await peer.send("hi\n");
    co_await answer_lines(peer);
  });
  carry_out("connect, {exchange: abc}", server, std::string(kLineProfile) + "banner: \"hi\\n\"\n");
  EXPECT_THAT(told(), ElementsAre("receive", "awaited banner as expected", "send", "receive",
                                  "awaited replies as expected", "close"));
}

TEST_F(ScriptRunnerTest, ABannerIsAllThatALateReaderReadsAtFirst) {
  const ScriptedServer server([](Peer& peer) -> asio::awaitable<void> {
    co_await peer.send("hi\n");
    co_await answer_lines(peer);
  });
  for (const std::string late : {"never", "after_stall"}) {
    carry_out("{connect: {reading: " + late + "}}, {send: {message: abc}}, {pause: 60ms}, reply",
              server, std::string(kLineProfile) + "banner: \"hi\\n\"\n");
    EXPECT_THAT(told(), ElementsAre("receive", "awaited banner as expected", "send", "pause",
                                    "receive", "awaited replies as expected", "close"))
        << late;
  }
}

TEST_F(ScriptRunnerTest, ABannerThatNeverComesIsSoonWaitedForLess) {
  const ScriptedServer server(answer_lines);
  const std::string profile = std::string(kLineProfile) + "banner: \"hi\\n\"\n" + kSoon;
  carry_out("{repeat: {times: 4, steps: [connect]}}", server, profile);
  EXPECT_EQ(so_far.missing, 4);
  const auto before = transcript.waited;
  carry_out("{repeat: {times: 4, steps: [connect]}}", server, profile);
  EXPECT_EQ(so_far.missing, 8);
  EXPECT_LT(transcript.waited, before / 2);
  // But not by a case that is about it.
  judged = "CON-2";
  carry_out("{repeat: {times: 4, steps: [connect]}}", server, profile);
  EXPECT_GT(transcript.waited, before / 2);
}

TEST_F(ScriptRunnerTest, RepliesThatDifferAnywayAreOverOnceThereAreAsManyBytes) {
  const ScriptedServer server([](Peer& peer) -> asio::awaitable<void> {
    while (co_await peer.line()) {
      const std::string wrong(32, 'f');
      co_await peer.send(wrong);
    }
  });
  so_far.unlike = 20;
  // Replies without an ending: until then a tenth of `quiet` shows that there is no more of one.
  carry_out("connect, {exchange: {message: abc, times: 100}}", server,
            "framing: delimited\ntimeouts: {reply: 1s, close: 1s, quiet: 300ms, pause: 60ms}\n");
  EXPECT_EQ(received().size(), 3200U);
  EXPECT_LT(transcript.waited, 100 * 300ms / 10 / 2);
}

TEST_F(ScriptRunnerTest, UnframedWhatIsLeftOfOneReplyIsNoReplyToTheNextMessage) {
  const ScriptedServer server([](Peer& peer) -> asio::awaitable<void> {
    while (const auto message = co_await peer.some()) {
      const std::string padded = md5(*message).hex() + std::string(32, ' ');
      co_await peer.send(padded);
      co_await peer.wait(20ms);  // meanwhile a message sent too early would meet the next
    }
  });
  so_far.unlike = 20;
  carry_out("connect, {exchange: {message: abc, times: 4}}", server,
            "framing: unframed\ntimeouts: {reply: 9s, close: 1s, quiet: 9s, pause: 60ms}\n");
  const std::string padded = md5("abc").hex() + std::string(32, ' ');
  EXPECT_EQ(received(), padded + padded + padded + padded);
}

TEST_F(ScriptRunnerTest, WithoutReadingNothingIsReceivedUntilItIsAwaited) {
  const ScriptedServer server(answer_lines);
  carry_out("{connect: {reading: never}}, {send: {message: abc}}, {pause: 60ms}, reply", server);
  EXPECT_THAT(told(),
              ElementsAre("send", "pause", "receive", "awaited replies as expected", "close"));
}

TEST_F(ScriptRunnerTest, WithReadingAfterAStallNothingIsReceivedBefore) {
  const ScriptedServer server(answer_lines);
  carry_out("{connect: {reading: after_stall}}, {send: {message: abc}}, {pause: 60ms}, reply",
            server);
  EXPECT_EQ(told().at(1), "pause");
}

TEST_F(ScriptRunnerTest, AStalledPipelineGoesOnWhileRepliesAreRead) {
  const ScriptedServer server(answer_lines);
  carry_out(
      "{connect: {reading: after_stall, receive_buffer: 4KiB}}, "
      "{send: {message: {pattern: zeros, size: 300}, times: 30000}}, half_close, reply, end",
      server,
      std::string(kLineProfile) +
          "timeouts: {connect: 5s, reply: 20s, close: 20s, quiet: 30ms, pause: 60ms}\n");
  EXPECT_GT(count(Kind::kSendStalled), 0U);
  EXPECT_EQ(received().size(), 30000U * 33);
  // The pause: whoever gives a client up for having read nothing that long has done so by then.
  EXPECT_GE(first(Kind::kReceive).at - first(Kind::kSendStalled).at, std::chrono::milliseconds(60));
}

TEST_F(ScriptRunnerTest, ASlowReaderIsPatientWithItselfOnly) {
  // Everything has been sent long before it is read: far longer than any of the server's deadlines.
  const ScriptedServer server(answer_lines);
  carry_out(
      "{connect: {reading: slowly}}, {send: {message: abc, times: 1500}}, half_close, reply, end",
      server, std::string(kLineProfile) + kSooner);
  EXPECT_EQ(received().size(), std::size_t{1500} * 33);
  EXPECT_GT(took, std::size_t{1500} * 33 / kSlowRead * kSlowGap);
  EXPECT_EQ(told().back(), "close");
  EXPECT_THAT(told(), Contains("awaited replies as expected"));
  EXPECT_THAT(told(), Contains("awaited end as expected"));
}

TEST_F(ScriptRunnerTest, ASlowReadersServerHasItsDeadlinesAllTheSame) {
  const ScriptedServer server([](Peer& peer) -> asio::awaitable<void> {
    const auto line = co_await peer.line();
    if (line) co_await peer.send(md5(*line).hex());
    co_await peer.all();
    co_await peer.wait(10s);
  });
  carry_out("{connect: {reading: slowly}}, {send: {message: abc}}, reply", server,
            std::string(kLineProfile) + kSooner);
  EXPECT_THAT(told(), Contains("awaited replies in vain"));
  EXPECT_LT(took, kSlack);
}

TEST_F(ScriptRunnerTest, AFillStopsWhereTheServerTakesNoMore) {
  const ScriptedServer server(do_nothing);
  carry_out(
      "{connect: {reading: never}}, {send: {message: {pattern: zeros, size: 1000}, times: 20000, "
      "fill: true}}",
      server);
  EXPECT_EQ(count(Kind::kSendStalled), 1U);
  EXPECT_EQ(count(Kind::kSendFailed), 0U);
  EXPECT_LT(took, 5s);
}

TEST_F(ScriptRunnerTest, AFillGoesOnWhileTheServerTakesLittleByLittle) {
  std::atomic<std::uint64_t> taken = 0;
  const ScriptedServer server([&](Peer& peer) -> asio::awaitable<void> {
    for (auto some = co_await peer.some(); some; some = co_await peer.some()) {
      taken += some->size();
      co_await peer.wait(5ms);
    }
  });
  carry_out(
      "{connect: {reading: never, receive_buffer: 4KiB}}, {send: {message: {pattern: zeros, size: "
      "1000}, times: 1000, fill: true}}",
      server, kLineProfile + std::string("timeouts: {reply: 300ms, quiet: 1ms, pause: 500ms}\n"));
  EXPECT_EQ(taken, 1'001'000U);
}

TEST_F(ScriptRunnerTest, AFillGivesTheServerTimeToLookAtWhatItHasTaken) {
  const ScriptedServer server(never_answer);
  carry_out("{connect: {reading: never}}, {send: {message: abc, fill: true}}", server);
  EXPECT_EQ(count(Kind::kSendStalled), 0U);
  EXPECT_GE(took, 60ms);
  EXPECT_EQ(transcript.waited, 60ms);
}

TEST_F(ScriptRunnerTest, AFillStopsThoughSomethingComes) {
  const ScriptedServer server([](Peer& peer) -> asio::awaitable<void> {
    bool there = true;
    while (there) {
      there = co_await peer.send("x");
      co_await peer.wait(5ms);
    }
  });
  carry_out(
      "{connect: {reading: slowly}}, {send: {message: {pattern: zeros, size: 1000}, times: 20000, "
      "fill: true}}",
      server);
  EXPECT_EQ(count(Kind::kSendFailed), 0U);
  EXPECT_LT(took, 10s);
}

// --- several connections, blocks ---

TEST_F(ScriptRunnerTest, ConnectionsOfOneNameActAtOnce) {
  const ScriptedServer server(answer_lines);
  carry_out(
      "{connect: {as: all, count: 5}}, "
      "{exchange: {on: all, message: {pattern: letters, size: 9}}}, {half_close: all}, {end: all}",
      server);
  ASSERT_THAT(transcript.connections, SizeIs(5));
  std::set<std::string> different;
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(transcript.connections[i].member, i);
    EXPECT_EQ(received(static_cast<int>(i)).size(), 33U);
    different.insert(received(static_cast<int>(i)));
  }
  EXPECT_THAT(different, SizeIs(5));
  EXPECT_EQ(server.most_at_once(), 5);
}

TEST_F(ScriptRunnerTest, AControlIsMarkedAsSuch) {
  const ScriptedServer server(answer_lines);
  carry_out("{control: [connect, {exchange: abc}]}, connect, {exchange: xyz}", server);
  ASSERT_THAT(transcript.connections, SizeIs(2));
  EXPECT_EQ(transcript.connections[0].scope, Scope::kControl);
  EXPECT_EQ(transcript.connections[1].scope, Scope::kCase);
}

TEST_F(ScriptRunnerTest, AControlsConnectionsEndWithIt) {
  const ScriptedServer server(answer_lines);
  carry_out("{control: [connect, {exchange: abc}]}, connect, {exchange: xyz}", server);
  const auto& events = transcript.events;
  const auto closed = std::find_if(events.begin(), events.end(),
                                   [](const Event& e) { return e.kind == Kind::kClose; });
  EXPECT_EQ(closed->connection, 0);
  EXPECT_EQ((closed + 1)->kind, Kind::kConnect);
}

TEST_F(ScriptRunnerTest, LivenessIsAnExchangeOnAConnectionOfItsOwn) {
  const ScriptedServer server(answer_lines);
  carry_out("connect, reset, {liveness: abc}", server);
  ASSERT_THAT(transcript.connections, SizeIs(2));
  EXPECT_EQ(transcript.connections[1].scope, Scope::kLiveness);
  EXPECT_EQ(received(1), md5("abc").hex() + "\n");
}

TEST_F(ScriptRunnerTest, RoundsAreNumbered) {
  const ScriptedServer server(answer_lines);
  carry_out("{repeat: {times: 3, steps: [connect, {exchange: abc}, half_close, end]}}", server);
  ASSERT_THAT(transcript.connections, SizeIs(3));
  EXPECT_EQ(transcript.connections[2].round, 2U);
  EXPECT_EQ(transcript.rounds_done, 3U);
  EXPECT_EQ(transcript.rounds_wanted, 3U);
  EXPECT_EQ(server.most_at_once(), 1);
}

TEST_F(ScriptRunnerTest, EachRoundHasItsOwnRandomMessage) {
  const ScriptedServer server(answer_lines);
  carry_out("connect, {exchange: {message: {pattern: letters, size: 20}, times: 3}}", server);
  std::set<std::string> different;
  for (const SentMessage& message : transcript.messages) different.insert(message.message->bytes);
  EXPECT_THAT(different, SizeIs(3));
}

TEST_F(ScriptRunnerTest, WithoutABudgetAHundredRoundsAreDone) {
  const ScriptedServer server(answer_lines);
  budget = 1us;
  carry_out("connect, {exchange: {message: abc, times: 1000}}", server);
  EXPECT_EQ(transcript.rounds_done, 100U);
  EXPECT_EQ(transcript.rounds_wanted, 1000U);
  carry_out("{repeat: {times: 1000, steps: [connect, {exchange: abc}]}}", server);
  EXPECT_EQ(transcript.rounds_done, 100U);
}

// Answers so many lines at once, and takes its time for each of the others.
auto answer_slowly_after(int swift) {
  return [swift](Peer& peer) -> asio::awaitable<void> {
    for (int done = 0;; ++done) {
      const auto line = co_await peer.line();
      if (!line) break;
      if (done >= swift) co_await peer.wait(20ms);
      const std::string reply = md5(*line).hex() + "\n";
      co_await peer.send(reply);
    }
  };
}

TEST_F(ScriptRunnerTest, TheTimeInWhichALateReaderDoesNotReadIsNoPartOfItsPipelines) {
  const ScriptedServer server(answer_lines);
  budget = 1500ms;
  carry_out(
      "{connect: {reading: after_stall}}, {send: {message: abc, times: 10000}}, {pause: 1600ms}, "
      "half_close, reply, end",
      server);
  EXPECT_EQ(received().size(), 10000U * 33);
  EXPECT_EQ(transcript.rounds_wanted, 0U);
}

TEST_F(ScriptRunnerTest, APipelineIsLeftOnceItsTimeIsUpAndAHundredRepliesCame) {
  const ScriptedServer server(answer_slowly_after(120));
  budget = 1us;
  carry_out("connect, {send: {message: abc, times: 1000}}, half_close, reply, end", server);
  EXPECT_GE(transcript.rounds_done, 100U);
  EXPECT_LT(transcript.rounds_done, 1000U);
  EXPECT_EQ(transcript.rounds_wanted, 1000U);
  EXPECT_EQ(story().back(), "close");
  EXPECT_EQ(count(Kind::kAwait), 0U);  // nobody says that a reply didn't come
}

TEST_F(ScriptRunnerTest, AShortPipelineIsWaitedFor) {
  const ScriptedServer server(answer_slowly_after(0));
  budget = 1us;
  carry_out("connect, {send: {message: abc, times: 20}}, half_close, reply, end", server);
  EXPECT_THAT(received(), SizeIs(20 * 33));
  EXPECT_THAT(told(), Contains("awaited replies as expected"));
}

TEST_F(ScriptRunnerTest, AReplyIsWaitedForThoughTheNextMessageIsNotWhole) {
  const ScriptedServer server(answer_lines);
  carry_out(
      "connect, {send: {messages: [abc, xyz], until: -2}}, reply, {send: {rest: true}}, reply",
      server);
  EXPECT_THAT(told(), ElementsAre("send", "receive", "awaited replies as expected", "send",
                                  "receive", "awaited replies as expected", "close"));
}

TEST_F(ScriptRunnerTest, AMessageCanLackItsDelimiter) {
  const ScriptedServer server([](Peer& peer) -> asio::awaitable<void> {
    const std::string all = co_await peer.all();
    const std::string reply = md5(all).hex() + "\n";
    co_await peer.send(reply);
  });
  carry_out("connect, {send: {message: abc, until: delimiter}}, half_close, reply, end", server,
            std::string(kLineProfile) + "delimiter: \"\\r\\n\"\nat_eof: answer\n");
  EXPECT_THAT(sends(), ElementsAre(3));
  EXPECT_THAT(told(), Contains("awaited replies as expected"));
}

TEST_F(ScriptRunnerTest, ARepetitionGoesOnThoughTheServerEndsEachConnectionWithItsReply) {
  const ScriptedServer server([](Peer& peer) -> asio::awaitable<void> {
    if (const auto line = co_await peer.line()) {
      const std::string reply = md5(*line).hex() + "\n";
      co_await peer.send(reply);
    }
  });
  // Both are there by the time that the reply is asked for.
  carry_out("{repeat: {times: 4, steps: [connect, {send: {message: abc}}, {pause: 30ms}, reply]}}",
            server);
  EXPECT_EQ(transcript.rounds_done, 4U);
}

TEST_F(ScriptRunnerTest, TheLastOfSeveralExchangesIsDoneThoughTheConnectionEndsInIt) {
  const ScriptedServer server([](Peer& peer) -> asio::awaitable<void> {
    co_await peer.line();
    co_await peer.send(md5("abc").hex() + "\n");
    co_await peer.line();
  });
  carry_out("connect, {exchange: {message: abc, times: 2}}", server);
  EXPECT_EQ(transcript.rounds_done, 2U);
}

TEST_F(ScriptRunnerTest, ARepetitionEndsWhereTheServerDoes) {
  const ScriptedServer server([](Peer& peer) -> asio::awaitable<void> {
    if (peer.number() == 3) peer.server().die();
    if (peer.number() < 3) co_await answer_lines(peer);
  });
  carry_out("{repeat: {times: 1000, steps: [connect, {exchange: abc}, half_close, end]}}", server);
  EXPECT_LT(transcript.rounds_done, 10U);
  EXPECT_LT(took, 5s);
}
// --- what isn't the server's fault ---

TEST_F(ScriptRunnerTest, AnInterruptionBeginsNoFurtherStep) {
  const ScriptedServer server(answer_lines);
  interrupted = true;
  carry_out(kPlain, server);
  EXPECT_EQ(transcript.hindrance.kind, Hindrance::Kind::kInterrupted);
  EXPECT_THAT(transcript.events, SizeIs(0));
}

TEST_F(ScriptRunnerTest, UnframedAMessageBeyondASegmentIsntSent) {
  const ScriptedServer server(answer_reads);
  carry_out("connect, {exchange: {message: {pattern: zeros, size: 100000}}}", server,
            std::string(kClassicProfile) + "limits: {message_bytes: 1MiB}\n");
  EXPECT_EQ(transcript.hindrance.kind, Hindrance::Kind::kSegmentTooSmall);
  EXPECT_EQ(count(Kind::kSend), 0U);
}

TEST_F(ScriptRunnerTest, AFramedMessageBeyondASegmentIs) {
  const ScriptedServer server(answer_lines);
  carry_out("connect, {exchange: {message: {pattern: zeros, size: 100000}}}", server);
  EXPECT_EQ(transcript.hindrance.kind, Hindrance::Kind::kNone);
  EXPECT_EQ(received(), md5(std::string(100000, '\0')).hex() + "\n");
}

}  // namespace
}  // namespace md5spec
