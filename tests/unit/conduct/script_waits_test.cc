#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "conduct/occupancy.h"
#include "conduct/script_runner.h"
#include "conduct/script_runner_fixture.h"
#include "wire/connection.h"

namespace md5spec {
namespace {

using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;

using Kind = Event::Kind;

class ScriptWaitsTest : public ScriptRunnerTest {};

// --- servers that don't answer ---

TEST_F(ScriptWaitsTest, ASilenceEndsWithTheDeadline) {
  const ScriptedServer server(never_answer);
  carry_out(kPlain, server);
  EXPECT_THAT(told(), ElementsAre("send", "awaited replies in vain", "half-close",
                                  "awaited end in vain", "close"));
  EXPECT_GE(took, 600ms);
  EXPECT_LT(took, 600ms + kSlack);
}

TEST_F(ScriptWaitsTest, AfterASilenceNothingMoreIsAsked) {
  const ScriptedServer server(never_answer);
  carry_out("connect, {exchange: {messages: [abc, xyz, abc]}}, {exchange: xyz}, reply", server);
  EXPECT_EQ(count(Kind::kSend), 1U);
  EXPECT_LT(took, 300ms + kSlack);
}

TEST_F(ScriptWaitsTest, AfterOneLateReplyTheNextIsAskedFor) {
  const ScriptedServer server([](Peer& peer) -> asio::awaitable<void> {
    const auto first = co_await peer.line();
    const std::string one = md5(*first).hex() + "\n";
    co_await peer.send(one);
    const auto second = co_await peer.line();
    const auto third = co_await peer.line();
    const std::string two = md5(*second).hex() + "\n" + md5(*third).hex() + "\n";
    co_await peer.send(two);
    co_await peer.all();
  });
  carry_out("connect, {exchange: {messages: [abc, xyz, abc]}}, half_close, end", server);
  EXPECT_EQ(count(Kind::kSend), 3U);
  EXPECT_EQ(received().size(), 99U);
}

TEST_F(ScriptWaitsTest, ACloseEndsTheWait) {
  const ScriptedServer server([](Peer& peer) -> asio::awaitable<void> { co_await peer.line(); });
  carry_out("connect, {exchange: {messages: [abc, xyz]}}, half_close, end", server);
  EXPECT_THAT(told(), ElementsAre("send", "server's end", "awaited replies ended", "half-close",
                                  "awaited end as expected", "close"));
  EXPECT_LT(took, kSlack);
}

TEST_F(ScriptWaitsTest, AResetEndsTheWait) {
  const ScriptedServer server([](Peer& peer) -> asio::awaitable<void> {
    co_await peer.line();
    peer.reset();
  });
  carry_out("connect, {exchange: abc}", server);
  EXPECT_THAT(told(), ElementsAre("send", "server's reset", "awaited replies ended", "close"));
}

TEST_F(ScriptWaitsTest, BytesBeforeAResetAreKept) {
  const ScriptedServer server([](Peer& peer) -> asio::awaitable<void> {
    const auto line = co_await peer.line();
    const std::string reply = md5(*line).hex() + "\n";
    co_await peer.send(reply);
    co_await peer.wait(50ms);
    peer.reset();
  });
  carry_out("connect, {exchange: abc}, {pause: 150ms}, half_close, end", server);
  EXPECT_EQ(received(), md5("abc").hex() + "\n");
  EXPECT_EQ(count(Kind::kPeerReset), 1U);
}

TEST_F(ScriptWaitsTest, ToAServerThatHasClosedNothingIsSent) {
  const ScriptedServer server(close_at_once);
  carry_out("connect, silence, {exchange: abc}, {send: {message: abc}}, half_close, end", server);
  EXPECT_THAT(told(), ElementsAre("server's end", "awaited silence ended", "half-close",
                                  "awaited end as expected", "close"));
}

TEST_F(ScriptWaitsTest, ASilenceThatIsBrokenIsOverAtOnce) {
  const ScriptedServer server([](Peer& peer) -> asio::awaitable<void> {
    co_await peer.send("hello\n");
    co_await peer.all();
  });
  carry_out("connect, {silence: {for: 20s}}", server);
  EXPECT_THAT(told(), ElementsAre("receive", "awaited silence otherwise", "close"));
  EXPECT_LT(took, 10s);
}

TEST_F(ScriptWaitsTest, AWrongReplyIsOverAfterAQuietMoment) {
  const ScriptedServer server([](Peer& peer) -> asio::awaitable<void> {
    for (;;) {
      const auto line = co_await peer.line();
      if (!line) co_return;
      co_await peer.send("what a strange message to send\n");
    }
  });
  carry_out("connect, {exchange: {messages: [abc, xyz]}}", server,
            std::string(kLineProfile) +
                "timeouts: {connect: 5s, reply: 20s, close: 20s, quiet: 30ms, pause: 60ms}\n");
  EXPECT_THAT(told(), ElementsAre("send", "receive", "awaited replies otherwise", "send", "receive",
                                  "awaited replies otherwise", "close"));
  EXPECT_LT(took, 10s);
}

// 20 MB don't stay in memory: they are made, hashed and sent at once.
TEST_F(ScriptWaitsTest, ALargeMessageIsStreamed) {
  const ScriptedServer server([](Peer& peer) -> asio::awaitable<void> {
    Md5 md5;
    for (;;) {
      const auto piece = co_await peer.some();
      if (!piece) break;
      md5.update(*piece);
    }
    co_await peer.send(md5.digest().hex() + "\n");
  });
  const std::string profile =
      "framing: half_close\nreply: \"{hex}\\n\"\nlimits: {message_bytes: 32MiB}\n"
      "timeouts: {connect: 5s, reply: 20s, close: 20s, quiet: 30ms, pause: 60ms}\n";
  const std::string message = "{repeat: \"abcdefg\", times: 3000000}";
  std::string bytes;
  for (int i = 0; i < 3'000'000; ++i) bytes += "abcdefg";

  carry_out("connect, {exchange: {message: " + message + "}}, end", server, profile);
  EXPECT_EQ(received(), md5(bytes).hex() + "\n");
  EXPECT_EQ(transcript.messages.at(0).message->reply.digest, md5(bytes));
  EXPECT_THAT(sends(), ElementsAre(21'000'000U));
  EXPECT_THAT(told(), Contains("awaited replies as expected"));

  carry_out("connect, {send: {message: " + message +
                ", until: 9000000, split_at: [1, 3], gap: 1ms}}, {send: {rest: true}}, "
                "half_close, reply, end",
            server, profile);
  EXPECT_EQ(received(), md5(bytes).hex() + "\n");
}

TEST_F(ScriptWaitsTest, ALargeMessageThatIsCutOffHasItsDigestAllTheSame) {
  const ScriptedServer server(close_at_once);
  carry_out("connect, silence, {exchange: {message: {repeat: \"a\", times: 20000000}}}", server,
            "framing: half_close\nlimits: {message_bytes: 32MiB}\n" + kSoon);
  EXPECT_EQ(transcript.messages.size(), 0U);
  carry_out("connect, {exchange: {message: {repeat: \"a\", times: 20000000}}}", server,
            "framing: half_close\nlimits: {message_bytes: 32MiB}\n" + kSoon);
  for (const SentMessage& sent : transcript.messages)
    EXPECT_EQ(sent.message->reply.digest, md5(std::string(20'000'000, 'a')));
}

TEST_F(ScriptWaitsTest, NobodyAtThePortIsAFailedConnect) {
  carry_out(kPlain, nobody());
  EXPECT_THAT(story(), ElementsAre("connect", "failed"));
  EXPECT_EQ(transcript.events.back().data, "Connection refused");
  EXPECT_EQ(transcript.hindrance.kind, Hindrance::Kind::kNone);
}

// A listener whose queue is full lets connects wait.
TEST_F(ScriptWaitsTest, AConnectThatTakesTooLongIsAFailedConnect) {
  asio::io_context context;
  asio::ip::tcp::acceptor acceptor(context);
  const asio::ip::tcp::endpoint any(asio::ip::make_address("127.0.0.1"), 0);
  acceptor.open(any.protocol());
  acceptor.bind(any);
  acceptor.listen(0);
  std::vector<asio::ip::tcp::socket> waiting;
  for (int i = 0; i < 8; ++i) {
    waiting.emplace_back(context);
    waiting.back().async_connect(acceptor.local_endpoint(), [](const std::error_code&) {});
  }
  carry_out(kPlain, acceptor.local_endpoint());
  EXPECT_THAT(story(), ElementsAre("connect", "failed"));
  EXPECT_EQ(transcript.events.back().data, "Connection timed out");
  EXPECT_GE(took, 500ms);
  EXPECT_LT(took, 500ms + kSlack);
}

TEST_F(ScriptWaitsTest, AServerThatTakesNoMoreEndsTheSend) {
  const ScriptedServer server(do_nothing);
  carry_out("connect, {exchange: {message: {pattern: zeros, size: 16MiB}}}, half_close, end",
            server);
  EXPECT_EQ(count(Kind::kSendStalled), 1U);
  EXPECT_EQ(count(Kind::kSendFailed), 1U);
  EXPECT_LT(took, 900ms + kSlack);
}

TEST_F(ScriptWaitsTest, AServerThatClosesInsideAMessageEndsTheSend) {
  const ScriptedServer server([](Peer& peer) -> asio::awaitable<void> { co_await peer.some(); });
  carry_out("connect, {exchange: {message: {pattern: zeros, size: 16MiB}}}, half_close, end",
            server);
  EXPECT_EQ(count(Kind::kPeerReset) + count(Kind::kPeerEnd), 1U);
  EXPECT_LT(took, kSlack);
}

TEST_F(ScriptWaitsTest, AServerThatClosesBetweenSegmentsEndsTheSend) {
  const ScriptedServer server([](Peer& peer) -> asio::awaitable<void> { co_await peer.some(); });
  carry_out(
      "connect, {send: {message: abcdef, segments: {every: 1}, gap: 100ms}}, half_close, reply",
      server);
  EXPECT_LT(sends().size(), 7U);
  EXPECT_THAT(story(), Not(Contains("awaited replies as expected")));
}

// --- servers without end ---

TEST_F(ScriptWaitsTest, ADripHoldsNoCaseUpBeyondItsDeadline) {
  const ScriptedServer server(drip);
  carry_out("connect, {exchange: abc}, half_close, end, {liveness: abc}, {pause: pause}", server,
            kLineProfile + kSooner);
  EXPECT_LE(took, longest_allowed + kSlack);
  EXPECT_TRUE(transcript.out_of_time);
  EXPECT_THAT(told(), Not(Contains("pause")));
}

TEST_F(ScriptWaitsTest, ADripAfterTheReplyHoldsNoCaseUpEither) {
  const ScriptedServer server([](Peer& peer) -> asio::awaitable<void> {
    const auto line = co_await peer.line();
    const std::string reply = md5(*line).hex() + "\n";
    co_await peer.send(reply);
    co_await drip(peer);
  });
  carry_out(kPlain, server, kLineProfile + kSooner);
  EXPECT_LE(took, longest_allowed + kSlack);
  EXPECT_THAT(told(), Contains("awaited end in vain"));
}

TEST_F(ScriptWaitsTest, ADripForABannerHoldsNoCaseUpEither) {
  const ScriptedServer server(drip);
  carry_out(kPlain, server,
            kLineProfile + kSooner + "banner: \"" + std::string(2000, 'x') + "\"\n");
  EXPECT_LE(took, longest_allowed + kSlack);
  EXPECT_TRUE(transcript.out_of_time);
}

TEST_F(ScriptWaitsTest, AFloodIsCutOff) {
  const ScriptedServer server(flood);
  carry_out(kPlain, server);
  EXPECT_EQ(count(Kind::kFlood), 1U);
  EXPECT_LE(received().size(), 512U << 10);
  EXPECT_LT(took, kSlack);
}

TEST_F(ScriptWaitsTest, AFloodBeforeAnyMessageIsCutOff) {
  const ScriptedServer server([](Peer& peer) -> asio::awaitable<void> {
    const std::string bytes(16384, 'x');
    bool there = true;
    while (there) there = co_await peer.send(bytes);
  });
  carry_out("connect, {pause: pause}, {exchange: abc}, half_close, end", server);
  EXPECT_EQ(count(Kind::kFlood), 1U);
  EXPECT_LE(received().size(), 512U << 10);
  EXPECT_LT(took, kSlack);
}

TEST_F(ScriptWaitsTest, MuchThatIsDueIsNoFlood) {
  const ScriptedServer server(answer_lines);
  carry_out("connect, {send: {message: abc, times: 20000}}, half_close, reply, end", server,
            std::string(kLineProfile) +
                "timeouts: {connect: 5s, reply: 20s, close: 20s, quiet: 30ms, pause: 60ms}\n");
  EXPECT_EQ(count(Kind::kFlood), 0U);
  EXPECT_EQ(received().size(), 20000U * 33);
}

// --- what a wait leaves behind ---

asio::awaitable<void> answer_a_line(Peer& peer) {
  const auto line = co_await peer.line();
  const std::string reply = md5(line.value_or("")).hex() + "\n";
  co_await peer.send(reply);
}

const std::string kGreeting = std::string(kLineProfile) + "banner: \"hi\\n\"\n" + kSoon;

TEST_F(ScriptWaitsTest, WhatFollowsABannerIsReadWithIt) {
  const ScriptedServer server([](Peer& peer) -> asio::awaitable<void> {
    co_await peer.send("hi\nyou\n");
    co_await peer.all();
  });
  for (const std::string reading : {"always", "slowly"}) {
    carry_out("{connect: {reading: " + reading + "}}, half_close, end", server, kGreeting);
    EXPECT_EQ(first(Kind::kReceive).data, "hi\nyou\n") << reading;
  }
}

TEST_F(ScriptWaitsTest, AReplyThatComesWithTheBannerIsTakenForOne) {
  const ScriptedServer server([](Peer& peer) -> asio::awaitable<void> {
    const std::string both = "hi\n" + md5("abc").hex() + "\n";
    co_await peer.send(both);
    co_await peer.all();
  });
  carry_out("connect, {exchange: abc}, half_close, end", server, kGreeting);
  EXPECT_THAT(told(), Contains("awaited replies as expected"));
  EXPECT_EQ(so_far.missing, 0);
}

TEST_F(ScriptWaitsTest, BehindAWrongBannerAReplyIsAwaitedAllTheSame) {
  const ScriptedServer server([](Peer& peer) -> asio::awaitable<void> {
    co_await peer.send("ho\n");
    co_await answer_lines(peer);
  });
  carry_out("connect, {exchange: abc}", server, kGreeting);
  EXPECT_THAT(told(), ElementsAre("receive", "awaited banner otherwise", "send", "receive",
                                  "awaited replies as expected", "close"));
  EXPECT_EQ(so_far.missing, 0);
}

TEST_F(ScriptWaitsTest, ACloseInsteadOfABannerIsTheEndOfTheWait) {
  const ScriptedServer server(close_at_once);
  carry_out("connect, half_close, end", server, kGreeting);
  EXPECT_THAT(told(), Contains("awaited banner ended"));
  EXPECT_EQ(so_far.missing, 0);
}

TEST_F(ScriptWaitsTest, AfterTwoRepliesInARowThatDidNotComeNothingMoreIsAsked) {
  const ScriptedServer server([](Peer& peer) -> asio::awaitable<void> {
    co_await answer_a_line(peer);
    co_await peer.all();
  });
  carry_out("connect, {exchange: {messages: [a, b, c, d, e]}}", server, kLineProfile + kSooner);
  EXPECT_EQ(count(Kind::kSend), 3U);
  EXPECT_EQ(so_far.missing, 2);
}

TEST_F(ScriptWaitsTest, WhatIsLateNowAndThenDoesNotAddUp) {
  const ScriptedServer server([](Peer& peer) -> asio::awaitable<void> {
    for (int i = 0;; ++i) {
      const auto line = co_await peer.line();
      if (!line) co_return;
      const std::string reply = md5(*line).hex() + "\n";
      if (i % 2 == 0) co_await peer.send(reply);
    }
  });
  carry_out("connect, {exchange: {messages: [a, b, c, d, e]}}", server, kLineProfile + kSooner);
  EXPECT_EQ(count(Kind::kSend), 5U);
}

TEST_F(ScriptWaitsTest, AfterTheEndNothingMoreIsAskedThoughThereWasAReply) {
  const ScriptedServer server([](Peer& peer) -> asio::awaitable<void> {
    co_await answer_a_line(peer);
    co_await peer.line();
  });
  carry_out("connect, {exchange: {messages: [a, b, c]}}, reply", server);
  EXPECT_EQ(count(Kind::kSend), 2U);
  EXPECT_EQ(transcript.events.back().kind, Kind::kClose);
  EXPECT_EQ(so_far.missing, 0);
}

TEST_F(ScriptWaitsTest, AReplyThatIsNotAsDeclaredIsCounted) {
  const ScriptedServer server([](Peer& peer) -> asio::awaitable<void> {
    const std::string none = std::string(40, '?') + "\n";
    while (co_await peer.line()) co_await peer.send(none);
  });
  carry_out("connect, {exchange: abc}", server);
  EXPECT_EQ(so_far.unlike, 1);
  EXPECT_EQ(so_far.missing, 0);
}

TEST_F(ScriptWaitsTest, AWaitLastsFromItsBeginning) {
  const ScriptedServer server(answer_lines);
  carry_out("connect, {pause: 200ms}, {exchange: abc}", server);
  EXPECT_LE(transcript.waited, transcript.duration);
}

TEST_F(ScriptWaitsTest, AHandshakeThatStallsIsCountedAndOneThatIsRefusedIsNot) {
  const std::string tls = kLineProfile + std::string("tls: {verify: false}\n") + kSooner;
  const ScriptedServer silent(do_nothing);
  carry_out("connect", silent, tls);
  EXPECT_EQ(so_far.unsecured, 1);
  const ScriptedServer closing(close_at_once);
  carry_out("connect", closing, tls);
  EXPECT_EQ(so_far.unsecured, 1);
}

}  // namespace
}  // namespace md5spec
