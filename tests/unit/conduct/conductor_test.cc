#include "conduct/conductor.h"

#include <atomic>
#include <csignal>
#include <deque>
#include <mutex>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "catalogue/catalogue_with.h"
#include "conduct/scripted_server.h"
#include "judge/transcript_builder.h"
#include "wire/deadline.h"

namespace md5spec {
namespace {

using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const std::string kTimeouts =
    "timeouts: {connect: 2s, reply: 500ms, close: 500ms, quiet: 50ms, pause: 50ms}\n";

std::string exchange_case(const std::string& name, const std::string& requirement = "DIG-1") {
  return "  - {name: " + name + ", requirement: " + requirement + ", message: " + name + "}\n";
}

std::string many_cases(int count) {
  std::string cases;
  for (int i = 0; i < count; ++i) cases += exchange_case("case_" + std::to_string(100 + i));
  return cases;
}

// What a server has seen and does, from its own thread.
class Seen {
 public:
  void add(const std::string& message) {
    const std::lock_guard lock(mutex_);
    messages_.push_back(message);
  }
  std::vector<std::string> messages() const {
    const std::lock_guard lock(mutex_);
    return messages_;
  }
  // How often this message has come so far, this time included.
  int times(const std::string& message) const {
    const std::lock_guard lock(mutex_);
    return static_cast<int>(std::count(messages_.begin(), messages_.end(), message));
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> messages_;
};

class ConductorTest : public testing::Test {
 protected:
  // Conducts all of `cases` against a server under kLineProfile.
  void conduct(const std::string& cases, const HostPort& target, unsigned jobs = 1,
               const Progress& progress = {}) {
    catalogue_ = std::make_unique<Catalogue>(catalogue_with(cases));
    profile_ = profile_with(kLineProfile + kTimeouts);
    planned_.clear();
    RunRequest request;
    request.catalogue = catalogue_.get();
    request.profile = &profile_;
    request.target = target;
    request.jobs = jobs;
    for (const Case& one : catalogue_->cases()) planned_.emplace_back(one, profile_, 1);
    for (const PlannedCase& one : planned_) request.cases.push_back(&one);
    const auto began = Clock::now();
    output = md5spec::conduct({request}, progress).at(0);
    took = Clock::now() - began;
  }

  // What came of each case by itself, in a few words.
  std::vector<std::string> results() const {
    std::vector<std::string> words;
    for (const Performed& one : output.cases) {
      if (one.untried) {
        words.push_back(*one.untried);
      } else if (!one.attempt) {
        words.emplace_back("not carried out");
      } else if (!one.attempt->judgement.findings.empty()) {
        const Finding& finding = one.attempt->judgement.findings.front();
        words.push_back("broken " + finding.requirement + ": " +
                        std::string(words_of(finding.anomaly)));
      } else if (!one.attempt->judgement.impediments.empty()) {
        words.emplace_back("can't tell");
      } else {
        words.emplace_back("fine");
      }
    }
    return words;
  }

  // "pass", "skip: blocked by DIG-1" …
  std::vector<std::string> outcomes() const {
    std::vector<JudgedCase> judged;
    for (std::size_t i = 0; i < planned_.size(); ++i) {
      JudgedCase one;
      one.spec = &planned_[i].spec();
      one.untried = output.cases[i].untried;
      if (output.cases[i].attempt) one.judgement = output.cases[i].attempt->judgement;
      judged.push_back(std::move(one));
    }
    std::vector<std::string> words;
    for (const CaseOutcome& one : resolve(*catalogue_, profile_, judged))
      words.push_back(std::string(name_of(one.outcome)) +
                      (one.outcome == Outcome::kSkip ? ": " + one.reason : ""));
    return words;
  }

  // Where the machine that runs this is too busy, the conductor blames nobody, and nothing is to be
  // seen here.
  bool machine_was_busy() const {
    return std::any_of(output.cases.begin(), output.cases.end(), [](const Performed& one) {
      return one.attempt && one.attempt->judgement.hindrance.kind == Hindrance::Kind::kEnvironment;
    });
  }

  RunOutput output;
  Clock::duration took{};

 private:
  std::unique_ptr<Catalogue> catalogue_;
  Profile profile_;
  std::deque<PlannedCase> planned_;
};

#define SKIP_IF_BUSY() \
  if (machine_was_busy()) GTEST_SKIP() << "this machine is too busy to tell"

// --- all is well ---

TEST_F(ConductorTest, ResultsComeInTheCasesOrder) {
  // The earlier a case, the later its reply.
  const ScriptedServer server([](Peer& peer) -> asio::awaitable<void> {
    const auto line = co_await peer.line();
    if (!line) co_return;
    if (line->starts_with("case_")) {
      const int number = std::stoi(line->substr(5)) - 100;
      co_await peer.wait(std::chrono::milliseconds(5 * (12 - number)));
    }
    const std::string reply = md5(*line).hex() + "\n";
    co_await peer.send(reply);
    co_await peer.all();
  });
  conduct(many_cases(12), server.address(), 6);
  ASSERT_THAT(output.cases, SizeIs(12));
  for (std::size_t i = 0; i < 12; ++i) {
    ASSERT_TRUE(output.cases[i].attempt);
    EXPECT_EQ(output.cases[i].attempt->transcript->messages.at(0).message->bytes,
              "case_" + std::to_string(100 + i));
  }
  EXPECT_THAT(results(), Each("fine"));
  EXPECT_FALSE(output.unreachable);
  EXPECT_FALSE(output.interrupted);
  EXPECT_EQ(output.server, server.address().str());
}

TEST_F(ConductorTest, NoMoreCasesThanJobsRunAtOnce) {
  const auto slow = [](Peer& peer) -> asio::awaitable<void> {
    co_await peer.wait(10ms);
    co_await answer_lines(peer);
  };
  const ScriptedServer one_at_once(slow);
  conduct(many_cases(5), one_at_once.address(), 1);
  EXPECT_LE(one_at_once.most_at_once(), 2);  // the server may see an end late
  const ScriptedServer three_at_once(slow);
  conduct(many_cases(20), three_at_once.address(), 3);
  EXPECT_GE(three_at_once.most_at_once(), 2);
  EXPECT_LE(three_at_once.most_at_once(), 6);
}

TEST_F(ConductorTest, ProgressIsToldOfEveryCase) {
  const ScriptedServer server(answer_lines);
  std::vector<std::size_t> done;
  conduct(many_cases(4), server.address(), 2, [&](std::size_t count, std::size_t planned) {
    done.push_back(count);
    EXPECT_EQ(planned, 4U);
  });
  EXPECT_THAT(done, ElementsAre(1, 2, 3, 4));
}

TEST_F(ConductorTest, CasesThatMustBeAloneComeLastAndOneAfterTheOther) {
  Seen seen;
  const ScriptedServer server([&](Peer& peer) -> asio::awaitable<void> {
    for (;;) {
      const auto line = co_await peer.line();
      if (!line) co_return;
      seen.add(*line);
      const std::string reply = md5(*line).hex() + "\n";
      co_await peer.send(reply);
    }
  });
  conduct(
      "  - {name: a, requirement: RES-1, alone: true, message: first_alone}\n"
      "  - {name: b, requirement: DIG-1, message: together}\n"
      "  - {name: c, requirement: RES-1, alone: true, message: second_alone}\n"
      "  - {name: d, requirement: DIG-1, message: together}\n",
      server.address(), 4);
  EXPECT_THAT(results(), Each("fine"));
  EXPECT_THAT(seen.messages(),
              ElementsAre("Hello, server!", "together", "together", "first_alone", "second_alone"));
}

TEST_F(ConductorTest, SeveralRunsGoSideBySide) {
  const ScriptedServer lines(answer_lines);
  const ScriptedServer reads(answer_reads);
  const Catalogue catalogue = catalogue_with(many_cases(3));
  const Profile line = profile_with(kLineProfile + kTimeouts);
  const Profile classic = profile_with(kClassicProfile + kTimeouts);
  std::deque<PlannedCase> planned;
  std::vector<RunRequest> requests(2);
  requests[0].profile = &line;
  requests[0].target = lines.address();
  requests[1].profile = &classic;
  requests[1].target = reads.address();
  for (RunRequest& request : requests) {
    request.catalogue = &catalogue;
    for (const Case& one : catalogue.cases())
      request.cases.push_back(&planned.emplace_back(one, *request.profile, 1));
  }
  const auto outputs = md5spec::conduct(requests, {});
  ASSERT_THAT(outputs, SizeIs(2));
  for (const RunOutput& run : outputs) {
    ASSERT_THAT(run.cases, SizeIs(3));
    for (const Performed& one : run.cases)
      EXPECT_TRUE(one.attempt && one.attempt->judgement.findings.empty());
  }
  EXPECT_EQ(outputs[0].server, lines.address().str());
  EXPECT_EQ(outputs[1].server, reads.address().str());
}

TEST_F(ConductorTest, NoCasesAreSoonDone) {
  const ScriptedServer server(answer_lines);
  const Profile profile = profile_with(kLineProfile);
  const Catalogue catalogue = catalogue_with(many_cases(1));
  RunRequest request;
  request.catalogue = &catalogue;
  request.profile = &profile;
  request.target = server.address();
  EXPECT_THAT(md5spec::conduct({request}, {}).at(0).cases, IsEmpty());
  EXPECT_THAT(md5spec::conduct({}, {}), IsEmpty());
}

// --- wrong, but there ---

TEST_F(ConductorTest, WrongBytesAreNoReasonToAskTwice) {
  Seen seen;
  const ScriptedServer server([&](Peer& peer) -> asio::awaitable<void> {
    const auto line = co_await peer.line();
    if (!line) co_return;
    seen.add(*line);
    const std::string reply = md5("something else").hex() + "\n";
    co_await peer.send(reply);
    co_await peer.all();
  });
  conduct(many_cases(2), server.address());
  EXPECT_THAT(results(), Each("broken DIG-1: other digest"));
  EXPECT_EQ(seen.times("case_100"), 1);
  EXPECT_FALSE(output.cases[0].first_attempt);
}

TEST_F(ConductorTest, WhatGoesWrongBesideOthersIsTriedOnceMoreAlone) {
  int open = 0;
  const ScriptedServer server([&](Peer& peer) -> asio::awaitable<void> {
    ++open;
    for (;;) {
      const auto line = co_await peer.line();
      if (!line) break;
      const std::string reply = md5(open > 1 ? "somebody else's" : *line).hex() + "\n";
      co_await peer.send(reply);
    }
    --open;
  });
  conduct(many_cases(12), server.address(), 4);
  for (const Performed& one : output.cases) {
    ASSERT_TRUE(one.attempt);
    EXPECT_THAT(one.attempt->judgement.findings, IsEmpty());
    if (one.first_attempt && !one.first_attempt->judgement.findings.empty()) {
      EXPECT_THAT(one.attempt->judgement.oddities, SizeIs(1));
    }
  }
}

// --- what rests on time is tried once more ---

// Leaves the messages named so unanswered the first `times` times.
Behaviour forgetful(Seen& seen, std::string forgotten, int times) {
  return [&seen, forgotten = std::move(forgotten), times](Peer& peer) -> asio::awaitable<void> {
    for (;;) {
      const auto line = co_await peer.line();
      if (!line) co_return;
      seen.add(*line);
      if (line->starts_with(forgotten) && seen.times(*line) <= times) continue;
      const std::string reply = md5(*line).hex() + "\n";
      co_await peer.send(reply);
    }
  };
}

TEST_F(ConductorTest, ASilenceThatIsNotThereTheSecondTimeIsKeptAsTheFirstAttempt) {
  Seen seen;
  const ScriptedServer server(forgetful(seen, "case_101", 1));
  conduct(many_cases(3), server.address(), 2);
  SKIP_IF_BUSY();
  EXPECT_THAT(results(), Each("fine"));
  EXPECT_FALSE(output.cases[0].first_attempt);
  ASSERT_TRUE(output.cases[1].first_attempt);
  EXPECT_THAT(output.cases[1].first_attempt->judgement.findings, SizeIs(1));
  EXPECT_EQ(seen.times("case_101"), 2);
  EXPECT_EQ(seen.times("case_100"), 1);
}

TEST_F(ConductorTest, ASilenceThatIsThereTheSecondTimeTooIsAFinding) {
  Seen seen;
  const ScriptedServer server(forgetful(seen, "case_101", 100));
  conduct(many_cases(3), server.address(), 2);
  SKIP_IF_BUSY();
  EXPECT_THAT(results(), ElementsAre("fine", "broken DIG-1: no reply", "fine"));
  EXPECT_TRUE(output.cases[1].first_attempt);
  EXPECT_EQ(seen.times("case_101"), 2);
}

TEST_F(ConductorTest, TheSecondTryIsAlone) {
  Seen seen;
  const ScriptedServer server(forgetful(seen, "case_100", 1));
  conduct(many_cases(6), server.address(), 3);
  SKIP_IF_BUSY();
  EXPECT_EQ(seen.messages().back(), "case_100");
}

TEST_F(ConductorTest, CasesThatMustBeAloneAreTriedTwiceToo) {
  Seen seen;
  const ScriptedServer server(forgetful(seen, "by itself", 1));
  conduct("  - {name: a, requirement: DIG-1, alone: true, message: by itself}\n", server.address());
  SKIP_IF_BUSY();
  EXPECT_THAT(results(), ElementsAre("fine"));
  EXPECT_TRUE(output.cases[0].first_attempt);
}

// DIG-2 presupposes DIG-1.
const std::string kOneBehindAnother = exchange_case("case_1") + exchange_case("case_2", "DIG-2");

TEST_F(ConductorTest, WhatSomethingElseThatIsBrokenAccountsForIsNotTriedAgain) {
  Seen seen;
  const ScriptedServer server(forgetful(seen, "case_", 100));
  conduct(kOneBehindAnother, server.address());
  SKIP_IF_BUSY();
  EXPECT_THAT(outcomes(), ElementsAre("fail", "skip: blocked by DIG-1"));
  EXPECT_EQ(seen.times("case_1"), 2);
  EXPECT_EQ(seen.times("case_2"), 1);
}

TEST_F(ConductorTest, WhatNothingAccountsForAfterAllIsTriedAgain) {
  Seen seen;
  const ScriptedServer server([&](Peer& peer) -> asio::awaitable<void> {
    for (auto line = co_await peer.line(); line; line = co_await peer.line()) {
      seen.add(*line);
      const bool forgotten = *line == "case_2" || (*line == "case_1" && seen.times(*line) == 1);
      const std::string reply = md5(*line).hex() + "\n";
      if (!forgotten) co_await peer.send(reply);
    }
  });
  conduct(kOneBehindAnother, server.address());
  SKIP_IF_BUSY();
  EXPECT_THAT(outcomes(), ElementsAre("pass", "fail"));
  EXPECT_EQ(seen.times("case_2"), 2);
}

TEST_F(ConductorTest, ManySilencesAreConfirmedWithoutEndlessWaiting) {
  Seen seen;
  const ScriptedServer server(forgetful(seen, "case_", 100));
  conduct(many_cases(24), server.address(), 8);
  SKIP_IF_BUSY();
  EXPECT_THAT(results(), Each("broken DIG-1: no reply"));
  for (const Performed& one : output.cases) EXPECT_TRUE(one.first_attempt);
  // 24 and 8 of them alone would take 32 s; side by side they don't.
  EXPECT_LT(took, 25s);
}

// --- no server, or none that answers ---

TEST_F(ConductorTest, ATargetThatCantBeReachedIsNoCasesFault) {
  const HostPort nowhere = {"127.0.0.1", nobody().port()};
  conduct(many_cases(3), nowhere);
  const std::string why = "Connection refused (" + nowhere.str() + ")";
  EXPECT_EQ(output.unreachable, "the target is unreachable: " + why);
  EXPECT_THAT(results(), Each("the target is unreachable: " + why));
}

TEST_F(ConductorTest, ANameThatDoesntResolveIsUnreachable) {
  conduct(many_cases(1), {"no-such-host.invalid", 5555});
  ASSERT_TRUE(output.unreachable);
  EXPECT_THAT(*output.unreachable, HasSubstr("no-such-host.invalid:5555"));
  EXPECT_FALSE(output.cases[0].attempt);
}

const std::string kOneOfEach = exchange_case("a", "CON-3") + exchange_case("b", "DIG-1") +
                               exchange_case("c", "DIG-2") + exchange_case("d", "REP-1") +
                               exchange_case("e", "CNC-1");

TEST_F(ConductorTest, ASilentServerBreaksDig1AndBlocksEverythingElse) {
  const ScriptedServer server(never_answer);
  conduct(kOneOfEach, server.address());
  SKIP_IF_BUSY();
  EXPECT_THAT(outcomes(), ElementsAre("skip: blocked by DIG-1", "fail", "skip: blocked by DIG-1",
                                      "skip: blocked by DIG-1", "skip: blocked by DIG-1"));
  EXPECT_LT(took, 3 * 500ms + 1s);
  EXPECT_EQ(server.accepted(), 1);
}

TEST_F(ConductorTest, AServerThatHangsUpWithoutAWordBreaksCon1) {
  for (const Behaviour& behaviour : {Behaviour(close_at_once), Behaviour(reset_at_once)}) {
    const ScriptedServer server(behaviour);
    conduct(exchange_case("first", "CON-1") + kOneOfEach, server.address());
    SKIP_IF_BUSY();
    EXPECT_THAT(outcomes(), ElementsAre("fail", "skip: blocked by CON-1", "skip: blocked by CON-1",
                                        "skip: blocked by CON-1", "skip: blocked by CON-1",
                                        "skip: blocked by CON-1"));
    EXPECT_LT(took, 3 * 500ms + 1s);
  }
}

TEST_F(ConductorTest, AServerThatHangsUpOnAMessageBreaksDig1) {
  const ScriptedServer server([](Peer& peer) -> asio::awaitable<void> { co_await peer.line(); });
  conduct(kOneOfEach, server.address());
  EXPECT_THAT(outcomes(), Contains("fail"));
  EXPECT_THAT(outcomes()[2], "skip: blocked by DIG-1");
}

TEST_F(ConductorTest, AServerThatOnlyDripsDoesntHoldTheRunUp) {
  const ScriptedServer server(drip);
  conduct(many_cases(9), server.address());
  EXPECT_THAT(results(), Each(HasSubstr("broken DIG-1")));

  EXPECT_LT(took, 30s);
}

// --- servers that go down ---

// The server at work for its first clients; whoever comes later is hung up on.
Behaviour serves_only(int clients) {
  return [clients,
          served = std::make_shared<std::atomic<int>>()](Peer& peer) -> asio::awaitable<void> {
    if (++*served > clients) co_return;
    for (;;) {
      const auto line = co_await peer.line();
      if (!line) co_return;
      const std::string reply = md5(*line).hex() + "\n";
      co_await peer.send(reply);
    }
  };
}

const std::string kOneAfterTheOther =
    "  - name: thousand\n    requirement: CON-5\n    script:\n"
    "      - repeat: {times: 1000, steps: [connect, {exchange: {message: abc}}, half_close, "
    "end]}\n";

TEST_F(ConductorTest, AServerThatServesOnlySoManyClientsShowsItFirst) {
  for (const int clients : {1, 300}) {
    const ScriptedServer server(serves_only(clients));
    conduct(many_cases(2) + kOneAfterTheOther, server.address(), 4);
    const std::string down = "server down since case g.thousand";
    ASSERT_THAT(output.cases, SizeIs(3));
    EXPECT_EQ(results()[0], down);
    EXPECT_EQ(results()[1], down);
    EXPECT_THAT(results()[2], HasSubstr("broken CON-5: ")) << clients;
  }
}

// Answers, and goes down for good when it gets this message.
Behaviour mortal(const std::string& deadly) {
  return [deadly](Peer& peer) -> asio::awaitable<void> {
    for (;;) {
      const auto line = co_await peer.line();
      if (!line) co_return;
      if (*line == deadly) {
        peer.server().die();
        co_return;
      }
      const std::string reply = md5(*line).hex() + "\n";
      co_await peer.send(reply);
    }
  };
}

TEST_F(ConductorTest, TheCaseThatKilledTheServerKeepsItsFinding) {
  const ScriptedServer server(mortal("case_102"));
  conduct(many_cases(5), server.address(), 1);
  EXPECT_THAT(results(), ElementsAre("fine", "fine", "broken DIG-1: closed instead",
                                     "server down since case g.case_102",
                                     "server down since case g.case_102"));
}

TEST_F(ConductorTest, OfSeveralCasesUnderWayAllAreSuspects) {
  std::atomic<int> waiting{0};
  const ScriptedServer server([&](Peer& peer) -> asio::awaitable<void> {
    for (;;) {
      const auto line = co_await peer.line();
      if (!line) co_return;
      if (line->starts_with("case_10") && ++waiting == 3) peer.server().die();
      if (line->starts_with("case_10")) co_await peer.wait(1h);
      const std::string reply = md5(*line).hex() + "\n";
      co_await peer.send(reply);
    }
  });
  conduct(many_cases(5), server.address(), 3);
  const std::string suspects =
      "the server went down while these cases were under way: g.case_100, g.case_101, g.case_102";
  ASSERT_THAT(output.cases, SizeIs(5));
  for (std::size_t i = 0; i < 3; ++i) {
    ASSERT_TRUE(output.cases[i].untried);
    EXPECT_THAT(*output.cases[i].untried, HasSubstr("went down while these cases were under way"));
    EXPECT_THAT(*output.cases[i].untried, HasSubstr("g.case_100"));
    EXPECT_THAT(*output.cases[i].untried, HasSubstr("g.case_102"));
  }
  EXPECT_THAT(*output.cases[4].untried, HasSubstr("server down since case g.case_10"));
}

TEST_F(ConductorTest, ACaseWithoutServiceIsNoSuspectWhereTheServerStillServes) {
  const ScriptedServer server([](Peer& peer) -> asio::awaitable<void> {
    const auto line = co_await peer.line();
    if (!line || *line == "case_101") co_return;
    const std::string reply = md5(*line).hex() + "\n";
    co_await peer.send(reply);
    co_await peer.all();
  });
  conduct(many_cases(4), server.address(), 1);
  EXPECT_THAT(results(), ElementsAre("fine", "broken DIG-1: closed instead", "fine", "fine"));
}

TEST_F(ConductorTest, WhileTheServerServesOthersFurtherCasesBegin) {
  Peer* withheld = nullptr;
  const ScriptedServer server([&](Peer& peer) -> asio::awaitable<void> {
    const auto line = co_await peer.line();
    if (!line || *line == "case_101") co_return;
    const std::string reply = md5(*line).hex() + "\n";
    if (*line == "case_100") {
      withheld = &peer;
    } else {
      co_await peer.send(reply);
    }
    if (*line == "case_103" && withheld != nullptr)
      co_await withheld->send(md5("case_100").hex() + "\n");
    co_await peer.all();
  });
  conduct(many_cases(4), server.address(), 2);
  SKIP_IF_BUSY();
  EXPECT_THAT(results(), ElementsAre("fine", "broken DIG-1: closed instead", "fine", "fine"));
}

TEST_F(ConductorTest, AServerThatGoesDownWhileItsAloneIsNoticed) {
  const ScriptedServer server(mortal("deadly"));
  conduct(
      "  - {name: a, requirement: DIG-1, alone: true, message: deadly}\n"
      "  - {name: b, requirement: DIG-1, alone: true, message: abc}\n"
      "  - {name: c, requirement: DIG-1, message: xyz}\n",
      server.address(), 4);
  EXPECT_THAT(results(),
              ElementsAre("broken DIG-1: closed instead", "server down since case g.a", "fine"));
}

TEST_F(ConductorTest, AServerThatGoesDownOnASecondTryIsNoticed) {
  Seen seen;
  const ScriptedServer server([&](Peer& peer) -> asio::awaitable<void> {
    for (;;) {
      const auto line = co_await peer.line();
      if (!line) co_return;
      seen.add(*line);
      const int times = seen.times(*line);
      if (*line == "case_100" && times == 2) peer.server().die();
      if (line->starts_with("case_10") && times == 1) continue;
      const std::string reply = md5(*line).hex() + "\n";
      co_await peer.send(reply);
    }
  });
  conduct(many_cases(2) + "  - {name: z, requirement: DIG-1, alone: true, message: abc}\n",
          server.address(), 2);
  SKIP_IF_BUSY();
  EXPECT_THAT(results(), ElementsAre("broken DIG-1: closed instead", "broken DIG-1: no reply",
                                     "server down since case g.case_100"));
  EXPECT_FALSE(output.cases[1].first_attempt);
}

// --- interruption ---

TEST_F(ConductorTest, AnInterruptionKeepsWhatWasDone) {
  const ScriptedServer server(answer_lines);
  conduct(many_cases(50), server.address(), 1, [](std::size_t done, std::size_t) {
    if (done == 3) std::raise(SIGTERM);
  });
  EXPECT_TRUE(output.interrupted);
  EXPECT_THAT(output.cases, SizeIs(50));
  EXPECT_EQ(results()[2], "fine");
  EXPECT_EQ(results().back(), "not carried out");
}

TEST(DefaultJobsTest, AreAQuarterOfTheConnections) {
  EXPECT_EQ(default_jobs(1), 1U);
  EXPECT_EQ(default_jobs(4), 1U);
  EXPECT_EQ(default_jobs(8), 2U);
  EXPECT_EQ(default_jobs(64), 16U);
  EXPECT_EQ(default_jobs(10000), 16U);
}

}  // namespace
}  // namespace md5spec
