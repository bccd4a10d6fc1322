#include "wire/connection.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "conduct/scripted_server.h"

namespace md5spec {
namespace {

using namespace std::chrono_literals;
using Kind = Event::Kind;
using Opened = Connection::Opened;

// One connection to a scripted server, driven by a coroutine.
class ConnectionTest : public testing::Test {
 protected:
  using Story = std::function<asio::awaitable<void>(Connection&)>;

  void with(const asio::ip::tcp::endpoint& server, Story story, std::uint64_t most = 1 << 20) {
    asio::io_context context(1);
    transcript.connections.resize(1);
    Recorder recorder(transcript);
    const auto connection = std::make_shared<Connection>(context.get_executor(), recorder, 0,
                                                         Connection::Options(0, most));
    asio::co_spawn(context, run(*connection, server, std::move(story)),
                   [](const std::exception_ptr& thrown) {
                     if (thrown) std::rethrow_exception(thrown);
                   });
    context.run();
  }

  std::size_t count(Kind kind) const {
    std::size_t found = 0;
    for (const Event& event : transcript.events) found += event.kind == kind ? 1 : 0;
    return found;
  }

  // Waits until the connection has ended or so many bytes have come.
  static asio::awaitable<void> until(Connection& connection, std::size_t bytes) {
    const Deadline deadline = Clock::now() + 5s;
    while (!connection.ended() && connection.received().size() < bytes && Clock::now() < deadline)
      co_await connection.activity(deadline);
  }

  Transcript transcript;
  Opened opened = Opened::kOwnLimit;

 private:
  asio::awaitable<void> run(Connection& connection, asio::ip::tcp::endpoint server, Story story) {
    opened = co_await connection.open(server, Clock::now() + 2s);
    if (opened == Opened::kYes) co_await story(connection);
    co_await connection.finish();
  }
};

TEST_F(ConnectionTest, WritesDownWhatHappensOnIt) {
  const ScriptedServer server(answer_lines);
  with(server.endpoint(), [](Connection& connection) -> asio::awaitable<void> {
    connection.start_reading();
    const bool sent = co_await connection.send("abc\n", 1s, Clock::now() + 5s);
    EXPECT_TRUE(sent);
    EXPECT_EQ(connection.sent(), 4U);
    co_await until(connection, 33);
    connection.half_close();
    EXPECT_TRUE(connection.half_closed());
    co_await until(connection, 34);
    EXPECT_TRUE(connection.ended());
    EXPECT_EQ(connection.received(), md5("abc").hex() + "\n");
  });
  EXPECT_EQ(transcript.events.front().kind, Kind::kConnect);
  EXPECT_EQ(transcript.events.back().kind, Kind::kClose);
  EXPECT_EQ(count(Kind::kPeerEnd), 1U);
  EXPECT_GT(transcript.connections[0].local_port, 0);
}

TEST_F(ConnectionTest, ARefusedOneWasNeverOpen) {
  with(nobody(), [](Connection&) -> asio::awaitable<void> { co_return; });
  EXPECT_EQ(opened, Opened::kRefused);
  EXPECT_EQ(count(Kind::kConnectFailed), 1U);
  EXPECT_EQ(count(Kind::kClose), 0U);
}

TEST_F(ConnectionTest, OneThatIsResetRightAwayWasOpenAllTheSame) {
  for (int i = 0; i < 20; ++i) {
    transcript = Transcript();
    const ScriptedServer server(reset_at_once);
    with(server.endpoint(), [](Connection& connection) -> asio::awaitable<void> {
      connection.start_reading();
      co_await until(connection, 1);
      EXPECT_TRUE(connection.ended());
    });
    EXPECT_EQ(opened, Opened::kYes);
    EXPECT_EQ(count(Kind::kConnected), 1U);
    EXPECT_EQ(count(Kind::kPeerReset), 1U);
  }
}

TEST_F(ConnectionTest, WhatCameBeforeAResetIsKept) {
  const ScriptedServer server([](Peer& peer) -> asio::awaitable<void> {
    co_await peer.send("goodbye");
    co_await peer.wait(50ms);
    peer.reset();
  });
  with(server.endpoint(), [](Connection& connection) -> asio::awaitable<void> {
    connection.start_reading();
    co_await until(connection, 8);
    EXPECT_EQ(connection.received(), "goodbye");
    EXPECT_TRUE(connection.error());
  });
  EXPECT_EQ(count(Kind::kPeerReset), 1U);
}

TEST_F(ConnectionTest, MoreThanCouldBeDueIsAFlood) {
  const ScriptedServer server([](Peer& peer) -> asio::awaitable<void> {
    bool there = true;
    while (there) there = co_await peer.send("0123456789");
  });
  with(
      server.endpoint(),
      [](Connection& connection) -> asio::awaitable<void> {
        connection.start_reading();
        co_await until(connection, std::size_t{1} << 30);
        EXPECT_TRUE(connection.ended());
        EXPECT_LE(connection.received().size(), 100U + 65536);
      },
      100);
  EXPECT_EQ(count(Kind::kFlood), 1U);
}

TEST_F(ConnectionTest, WithoutReadingNothingIsReceived) {
  const ScriptedServer server([](Peer& peer) -> asio::awaitable<void> {
    co_await peer.send("hello");
    co_await peer.all();
  });
  with(server.endpoint(), [](Connection& connection) -> asio::awaitable<void> {
    const bool happened = co_await connection.activity(Clock::now() + 100ms);
    EXPECT_FALSE(happened);
    EXPECT_EQ(connection.received(), "");
  });
  EXPECT_EQ(count(Kind::kReceive), 0U);
}

TEST_F(ConnectionTest, ASlowReaderTakesALittleAtATimeAndRests) {
  const ScriptedServer server([](Peer& peer) -> asio::awaitable<void> {
    co_await peer.send(std::string(10 * kSlowRead, 'x'));
    co_await peer.all();
  });
  Clock::time_point began;
  with(server.endpoint(), [&](Connection& connection) -> asio::awaitable<void> {
    connection.read_slowly();
    began = Clock::now();
    connection.start_reading();
    co_await until(connection, 10 * kSlowRead);
    EXPECT_GE(Clock::now() - began, 9 * kSlowGap);
    EXPECT_EQ(connection.received().size(), 10 * kSlowRead);
    // It has read something just now, and rests: the server isn't late.
    const Clock::time_point before = Clock::now();
    EXPECT_GE(connection.idle_since(), before);
  });
  for (const Event& event : transcript.events) {
    if (event.kind == Kind::kReceive) {
      EXPECT_LE(event.bytes, kSlowRead);
    }
  }
}

TEST_F(ConnectionTest, ASlowReadersServerIsIdleOnceItWouldBeRead) {
  const ScriptedServer server([](Peer& peer) -> asio::awaitable<void> {
    co_await peer.send("x");
    co_await peer.all();
  });
  with(server.endpoint(), [&](Connection& connection) -> asio::awaitable<void> {
    connection.read_slowly();
    connection.start_reading();
    co_await until(connection, 1);
    const Clock::time_point came = Clock::now();
    co_await connection.activity(came + 20 * kSlowGap);
    EXPECT_GE(connection.idle_since(), came + kSlowGap / 2);
    EXPECT_LT(connection.idle_since(), Clock::now());
  });
}

TEST_F(ConnectionTest, ActivityEndsWithItsDeadline) {
  const ScriptedServer server(never_answer);
  with(server.endpoint(), [](Connection& connection) -> asio::awaitable<void> {
    connection.start_reading();
    const auto began = Clock::now();
    const bool happened = co_await connection.activity(began + 100ms);
    EXPECT_FALSE(happened);
    EXPECT_GE(Clock::now() - began, 100ms);
  });
}

TEST_F(ConnectionTest, AServerThatTakesNothingEndsTheSend) {
  const ScriptedServer server(do_nothing);
  with(server.endpoint(), [](Connection& connection) -> asio::awaitable<void> {
    const std::string much(32 << 20, 'x');
    const bool sent = co_await connection.send(much, 100ms, Clock::now() + 5s);
    EXPECT_FALSE(sent);
    EXPECT_LT(connection.sent(), much.size());
  });
  EXPECT_EQ(count(Kind::kSendStalled), 1U);
  EXPECT_EQ(count(Kind::kSendFailed), 1U);
}

TEST_F(ConnectionTest, AStallCanBeWhatIsWanted) {
  const ScriptedServer server(do_nothing);
  with(server.endpoint(), [](Connection& connection) -> asio::awaitable<void> {
    const std::string much(32 << 20, 'x');
    const bool sent =
        co_await connection.send(much, 50ms, Clock::now() + 1h, Connection::OnStall::kStop);
    EXPECT_FALSE(sent);
    EXPECT_LT(connection.sent(), much.size());
  });
  EXPECT_GE(count(Kind::kSendStalled), 1U);
  EXPECT_EQ(count(Kind::kSendFailed), 0U);
}

TEST_F(ConnectionTest, ClosingTwiceIsClosingOnce) {
  const ScriptedServer server(answer_lines);
  with(server.endpoint(), [](Connection& connection) -> asio::awaitable<void> {
    connection.close();
    connection.close();
    connection.reset();
    connection.half_close();
    EXPECT_FALSE(connection.usable());
    co_return;
  });
  EXPECT_EQ(count(Kind::kClose), 1U);
  EXPECT_EQ(count(Kind::kReset) + count(Kind::kHalfClose), 0U);
}

TEST(RecorderTest, SendsThatAreJoinedAreOneEvent) {
  Transcript transcript;
  Recorder recorder(transcript);
  recorder.join_sends(true);
  recorder.add(0, Kind::kSend, 3);
  recorder.add(0, Kind::kSendStalled);
  recorder.add(0, Kind::kSend, 4);
  recorder.add(1, Kind::kSend, 1);
  recorder.add(0, Kind::kSend, 5);
  recorder.add(0, Kind::kReceive, 1, "x");
  recorder.add(0, Kind::kSend, 6);
  recorder.join_sends(false);
  recorder.add(0, Kind::kSend, 7);
  std::vector<std::uint64_t> bytes;
  for (const Event& event : transcript.events) bytes.push_back(event.bytes);
  EXPECT_EQ(bytes, (std::vector<std::uint64_t>{7, 1, 5, 1, 6, 7}));
}

}  // namespace
}  // namespace md5spec
