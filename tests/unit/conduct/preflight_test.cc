#include "conduct/preflight.h"

#include <string>

#include <gtest/gtest.h>

#include "conduct/scripted_server.h"
#include "judge/transcript_builder.h"

namespace md5spec {
namespace {

using namespace std::chrono_literals;

const std::string kShortTimeouts =
    "timeouts: {connect: 500ms, reply: 200ms, close: 200ms, quiet: 30ms, pause: 30ms}\n";

class PreflightTest : public testing::Test {
 protected:
  // "an answer", "unreachable: …", or the finding.
  std::string asked(const HostPort& target, const std::string& profile = kLineProfile) {
    const Profile claimed = profile_with(profile + kShortTimeouts);
    PreflightResult result;
    run(preflight(target, claimed, {}), [&](PreflightResult found) { result = std::move(found); });
    if (result.unreachable) return "unreachable: " + *result.unreachable;
    if (!result.silent) return "an answer";
    const Finding& finding = result.silent->judgement.findings.at(0);
    return finding.requirement + ": " + std::string(words_of(finding.anomaly));
  }

  bool serves(const asio::ip::tcp::endpoint& server) {
    const Profile claimed = profile_with(kLineProfile + kShortTimeouts);
    bool serving = false;
    run(still_serving(server, claimed, {}), [&](bool found) { serving = found; });
    return serving;
  }

 private:
  template <typename T, typename Take>
  static void run(asio::awaitable<T> task, Take take) {
    asio::io_context context(1);
    asio::co_spawn(context, std::move(task), [&](const std::exception_ptr& thrown, T found) {
      if (thrown) std::rethrow_exception(thrown);
      take(std::move(found));
    });
    context.run();
  }
};

TEST_F(PreflightTest, AConformingServerAnswers) {
  EXPECT_EQ(asked(ScriptedServer(answer_lines).address()), "an answer");
  EXPECT_EQ(asked(ScriptedServer(answer_reads).address(), kClassicProfile), "an answer");
  EXPECT_EQ(asked(ScriptedServer(answer_at_the_end).address(), kHalfCloseProfile), "an answer");
}

TEST_F(PreflightTest, AnyBytesAreAnAnswer) {
  const ScriptedServer server([](Peer& peer) -> asio::awaitable<void> {
    co_await peer.line();
    co_await peer.send("?");
  });
  EXPECT_EQ(asked(server.address()), "an answer");
}

TEST_F(PreflightTest, AMessageIsSentThatTheServerClaimsToTake) {
  const auto expects = [](const std::string& message) {
    return [message](Peer& peer) -> asio::awaitable<void> {
      const auto line = co_await peer.line();
      if (line != message) co_await peer.wait(1h);
      co_await answer_at_the_end(peer);
    };
  };
  const ScriptedServer any(expects("Hello, server!"));
  EXPECT_EQ(asked(any.address()), "an answer");
  const ScriptedServer letters(expects("hello"));
  EXPECT_EQ(asked(letters.address(), std::string(kLineProfile) + "accepts: {regex: \"[a-z]*\"}\n"),
            "an answer");
  const ScriptedServer digits(expects("1234567890"));
  EXPECT_EQ(asked(digits.address(), std::string(kLineProfile) + "accepts: {regex: \"[0-9]*\"}\n"),
            "an answer");
}

TEST_F(PreflightTest, SilenceBreaksDig1) {
  EXPECT_EQ(asked(ScriptedServer(never_answer).address()), "DIG-1: no reply");
  EXPECT_EQ(asked(ScriptedServer(do_nothing).address()), "DIG-1: no reply");
}

TEST_F(PreflightTest, ACloseOnAccountOfTheMessageBreaksDig1) {
  const ScriptedServer server([](Peer& peer) -> asio::awaitable<void> { co_await peer.line(); });
  EXPECT_EQ(asked(server.address()), "DIG-1: closed instead");
}

TEST_F(PreflightTest, ACloseWithoutOneBreaksCon1) {
  for (const char* profile : {kLineProfile, kOneLineProfile, kClassicProfile, kHalfCloseProfile}) {
    EXPECT_EQ(asked(ScriptedServer(close_at_once).address(), profile), "CON-1: early close")
        << profile;
    EXPECT_EQ(asked(ScriptedServer(reset_at_once).address(), profile), "CON-1: early close")
        << profile;
  }
}

TEST_F(PreflightTest, ADripWithoutEndIsNoAnswer) {
  EXPECT_EQ(asked(ScriptedServer(drip).address()), "DIG-1: garbage");
}

TEST_F(PreflightTest, NobodyIsUnreachable) {
  const HostPort nowhere = {"127.0.0.1", nobody().port()};
  EXPECT_EQ(asked(nowhere), "unreachable: Connection refused (" + nowhere.str() + ")");
}

TEST_F(PreflightTest, OfSeveralAddressesTheOneThatAcceptsIsTaken) {
  const ScriptedServer server(answer_lines);  // on 127.0.0.1; localhost may be ::1 too
  EXPECT_EQ(asked({"localhost", server.address().port}), "an answer");
}

TEST_F(PreflightTest, AServerStillServesWhileAnythingComesBack) {
  EXPECT_TRUE(serves(ScriptedServer(answer_lines).endpoint()));
  EXPECT_FALSE(serves(ScriptedServer(never_answer).endpoint()));
  EXPECT_FALSE(serves(ScriptedServer(close_at_once).endpoint()));
  EXPECT_FALSE(serves(nobody()));
}

}  // namespace
}  // namespace md5spec
