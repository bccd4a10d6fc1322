#include "judge/completeness.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "judge/transcript_builder.h"

namespace md5spec {
namespace {

using ::testing::HasSubstr;
using Kind = Event::Kind;
using Awaited = Event::Awaited;
using Came = Event::Came;

// A script, and what is recorded while it is carried out.
class Recorded {
 public:
  explicit Recorded(const std::string& script, const std::string& profile_keys = kLineProfile)
      : profile_(std::make_shared<const Profile>(profile_with(profile_keys))),
        cases_(std::make_shared<const std::vector<Case>>(parse_case_file(
            "group: g\nwhy: w\ncases:\n  - {name: a, requirement: CON-4, alone: true, script: " +
                script + "}\n",
            "c.yaml", "", {"CON-4"}))),
        planned_(cases_->front(), *profile_, 1) {}

  Recorded& connect(const std::string& name = "main", Scope scope = Scope::kCase,
                    std::uint64_t round = 0, unsigned member = 0) {
    on_ = static_cast<int>(transcript_.connections.size());
    transcript_.connections.push_back({scope, name, member, round, 1, false});
    sent_.push_back(0);
    return add(Kind::kConnect).add(Kind::kConnected);
  }
  Recorded& on(int connection) {
    on_ = connection;
    return *this;
  }
  // Begins the script's message of that slot.
  Recorded& begin(int slot, std::uint64_t time = 0, std::uint64_t offset = 0) {
    const auto& record = transcript_.connections.at(static_cast<std::size_t>(on_));
    for_each_message(cases_->front().script, [&](const ScriptMessage& source, const Step&) {
      if (source.slot != slot) return;
      const auto message = planned_.message(source, record.round + time, record.member);
      const std::uint64_t at = sent_.at(static_cast<std::size_t>(on_)) + offset;
      transcript_.messages.push_back({on_, at, at + message->frame_size(), message});
    });
    return *this;
  }
  Recorded& send(std::uint64_t bytes) {
    sent_.at(static_cast<std::size_t>(on_)) += bytes;
    return add(Kind::kSend, bytes);
  }
  Recorded& send_message(int slot, std::uint64_t time = 0) {
    begin(slot, time);
    return send(transcript_.messages.back().message->frame_size());
  }
  Recorded& await(Awaited what, Came came = Came::kExpected, Duration time = Duration()) {
    add(Kind::kAwait);
    transcript_.events.back().awaited = what;
    transcript_.events.back().came = came;
    transcript_.events.back().since = transcript_.events.back().at - time;
    return *this;
  }
  Recorded& exchange(int slot, std::uint64_t time = 0) {
    send_message(slot, time);
    add(Kind::kReceive, 0, transcript_.messages.back().message->reply.bytes());
    return await(Awaited::kReplies);
  }
  Recorded& add(Kind kind, std::uint64_t bytes = 0, std::string data = "") {
    Event event;
    event.at = std::chrono::seconds(transcript_.events.size() + 1);
    event.connection = on_;
    event.kind = kind;
    event.bytes = bytes;
    event.data = std::move(data);
    event.since = event.at - profile_->timeouts.pause;
    transcript_.events.push_back(std::move(event));
    return *this;
  }
  // Of the server's process.
  Recorded& add_process(Kind kind) {
    add(kind);
    transcript_.events.back().connection = Event::kNoConnection;
    return *this;
  }
  Recorded& close() { return add(Kind::kClose); }
  Recorded& rounds(std::uint64_t done, std::uint64_t wanted) {
    transcript_.rounds_done = done;
    transcript_.rounds_wanted = wanted;
    return *this;
  }

  Transcript& transcript() { return transcript_; }
  std::string missing() const { return what_is_missing(planned_, transcript_); }
  // What is missing once one event, or one message, or one connection's all is gone.
  std::string missing_without_event(std::size_t place) const {
    Transcript cut = transcript_;
    cut.events.erase(cut.events.begin() + static_cast<std::ptrdiff_t>(place));
    return what_is_missing(planned_, cut);
  }
  std::string missing_without_message(std::size_t place) const {
    Transcript cut = transcript_;
    cut.messages.erase(cut.messages.begin() + static_cast<std::ptrdiff_t>(place));
    return what_is_missing(planned_, cut);
  }

 private:
  std::shared_ptr<const Profile> profile_;
  std::shared_ptr<const std::vector<Case>> cases_;
  PlannedCase planned_;
  Transcript transcript_;
  std::vector<std::uint64_t> sent_;
  int on_ = 0;
};

Recorded two_exchanges() {
  return Recorded("[connect, {exchange: abc}, {exchange: xyz}, half_close, end]")
      .connect()
      .exchange(0)
      .exchange(1)
      .add(Kind::kHalfClose)
      .add(Kind::kPeerEnd)
      .await(Awaited::kEnd)
      .close();
}

TEST(CompletenessTest, ACaseThatWasCarriedOutLacksNothing) {
  EXPECT_EQ(two_exchanges().missing(), "");
}

TEST(CompletenessTest, NothingOfACaseIsMissed) {
  Recorded nothing("[connect, {exchange: abc}]");
  EXPECT_EQ(nothing.missing(), "connection \"main\" isn't recorded as the script opens it");
}

TEST(CompletenessTest, WhateverTheClientDidIsMissed) {
  const Recorded whole = two_exchanges();
  const std::vector<Event> events = Recorded(whole).transcript().events;
  for (std::size_t i = 0; i < events.size(); ++i) {
    const bool servers = events[i].kind == Kind::kReceive || events[i].kind == Kind::kPeerEnd;
    EXPECT_EQ(whole.missing_without_event(i).empty(), servers) << i;
  }
  EXPECT_THAT(whole.missing_without_message(0), HasSubstr("a message"));
  EXPECT_THAT(whole.missing_without_message(1), HasSubstr("a message"));
}

TEST(CompletenessTest, WhatTheScriptDoesntDoIsTooMuch) {
  Recorded more = two_exchanges();
  more.add(Kind::kReset);
  EXPECT_THAT(more.missing(), HasSubstr("more is recorded"));
  Recorded other = two_exchanges();
  other.connect().close();
  EXPECT_THAT(other.missing(), HasSubstr("more connections"));
  Recorded told = two_exchanges();
  told.add_process(Kind::kTerminated);
  EXPECT_THAT(told.missing(), HasSubstr("more is recorded"));
}

TEST(CompletenessTest, WhatWasSentIsCountedToTheByte) {
  const auto sent = [](std::uint64_t bytes) {
    Recorded one("[connect, {exchange: abc}]");
    one.connect().begin(0);
    if (bytes > 0) one.send(bytes);
    return one.await(Awaited::kReplies).close().missing();
  };
  EXPECT_EQ(sent(4), "");
  EXPECT_THAT(sent(3), HasSubstr("of 4 bytes that the script sends, 1 byte"));
  EXPECT_THAT(sent(0), HasSubstr("4 bytes"));
  EXPECT_THAT(sent(5), HasSubstr("isn't recorded"));
}

TEST(CompletenessTest, WhoseServerEndedTheConnectionNeedsNoMoreMessages) {
  Recorded ended("[connect, {exchange: abc}, {exchange: xyz}, half_close, end]");
  ended.connect()
      .exchange(0)
      .add(Kind::kPeerEnd)
      .add(Kind::kHalfClose)
      .await(Awaited::kEnd)
      .close();
  EXPECT_EQ(ended.missing(), "");
  Recorded untaken("[connect, {send: {message: abc}}, reply]");
  untaken.connect().begin(0).send(2).add(Kind::kSendFailed).await(Awaited::kReplies).close();
  EXPECT_EQ(untaken.missing(), "");
  Recorded refused("[connect, {exchange: abc}]");
  refused.connect().transcript().events.back().kind = Kind::kConnectFailed;
  EXPECT_EQ(refused.missing(), "");
}

TEST(CompletenessTest, AnEndBehindTheMessagesExcusesNothing) {
  Recorded late("[connect, {exchange: abc}, {exchange: xyz}]");
  late.connect().exchange(0).close().add(Kind::kPeerEnd);
  EXPECT_THAT(late.missing(), HasSubstr("a message"));
}

TEST(CompletenessTest, StepsStandInTheScriptsOrder) {
  Recorded swapped(
      "[{connect: {as: a}}, {connect: {as: b}}, {exchange: {on: a, message: abc}}, "
      "{exchange: {on: b, message: abc}}]");
  swapped.connect("a").connect("b").exchange(1).on(0).exchange(0).close().on(1).close();
  EXPECT_THAT(swapped.missing(), HasSubstr("order"));
}

TEST(CompletenessTest, RoundsAreThoseThatAreRecorded) {
  const auto done = [](std::uint64_t recorded, std::uint64_t said, std::uint64_t wanted) {
    Recorded repeated("[{repeat: {times: 20, steps: [connect, {exchange: abc}]}}]");
    for (std::uint64_t round = 0; round < recorded; ++round)
      repeated.connect("main", Scope::kCase, round).exchange(0).close();
    return repeated.rounds(said, wanted).missing();
  };
  EXPECT_EQ(done(20, 20, 20), "");
  EXPECT_EQ(done(12, 12, 20), "");  // as many as fitted
  EXPECT_THAT(done(20, 1, 1), HasSubstr("how many rounds"));
  EXPECT_THAT(done(20, 0, 0), HasSubstr("how many rounds"));
  EXPECT_THAT(done(12, 20, 20), HasSubstr("how many rounds"));
  EXPECT_THAT(done(3, 3, 20), HasSubstr("of 20 rounds 3 are recorded"));
  EXPECT_THAT(done(21, 20, 20), HasSubstr("more connections"));
}

TEST(CompletenessTest, ExchangesThatRepeatMayBeFewerButNotNone) {
  const auto done = [](std::uint64_t times) {
    Recorded repeated("[connect, {exchange: {message: {pattern: letters, size: 5}, times: 10}}]");
    repeated.connect();
    for (std::uint64_t time = 0; time < times; ++time) repeated.exchange(0, time);
    return repeated.close().rounds(times, 10).missing();
  };
  EXPECT_EQ(done(10), "");
  EXPECT_EQ(done(6), "");
  EXPECT_THAT(done(2), HasSubstr("of 10 rounds 2"));
  EXPECT_THAT(done(0), HasSubstr("a message"));
}

TEST(CompletenessTest, ThatTheServerLivesIsAskedFor) {
  Recorded alive("[connect, reset, {liveness: abc}]");
  alive.connect().add(Kind::kReset);
  EXPECT_EQ(alive.missing(), "connection \"probe\" isn't recorded as the script opens it");
  alive.connect("probe", Scope::kLiveness).exchange(0).close();
  EXPECT_EQ(alive.missing(), "");
}

TEST(CompletenessTest, PausesAndSilencesLastAsLongAsTheScriptHasThem) {
  const auto waited = [](Duration paused, Duration silent) {
    Recorded one("[connect, {pause: 300ms}, {silence: {for: 300ms}}]");
    one.connect().add(Kind::kPause);
    Event& pause = one.transcript().events.back();
    pause.since = pause.at - paused;
    return one.await(Awaited::kSilence, Came::kExpected, silent).close().missing();
  };
  const std::chrono::milliseconds enough(300);
  EXPECT_EQ(waited(enough, enough), "");
  EXPECT_THAT(waited(enough / 2, enough), HasSubstr("a pause is shorter"));
  EXPECT_THAT(waited(enough, enough / 2), HasSubstr("is shorter"));
}

TEST(CompletenessTest, RoundsThatOpenNoConnectionAreCountedByTheirPauses) {
  const auto done = [](int pauses) {
    Recorded repeated("[connect, {repeat: {times: 4, steps: [{pause: 100ms}]}}, {exchange: abc}]");
    repeated.connect();
    for (int i = 0; i < pauses; ++i) repeated.add(Kind::kPause);
    return repeated.exchange(0).close().rounds(static_cast<std::uint64_t>(pauses), 4).missing();
  };
  EXPECT_EQ(done(4), "");
  EXPECT_EQ(done(2), "");
  EXPECT_THAT(done(0), HasSubstr("a pause"));
}

TEST(CompletenessTest, WindowsAreMeasuredOneAfterAnother) {
  Recorded measured("[{measure: {windows: 2, times: 1, steps: [connect, {exchange: abc}]}}]");
  measured.add_process(Kind::kMeasured);
  for (int window = 0; window < 2; ++window)
    measured.connect().exchange(0).close().add_process(Kind::kMeasured);
  measured.rounds(1, 1);
  EXPECT_EQ(measured.missing(), "");
  Transcript& transcript = measured.transcript();
  const auto is_measured = [](const Event& event) { return event.kind == Kind::kMeasured; };
  std::stable_partition(transcript.events.begin(), transcript.events.end(), is_measured);
  EXPECT_NE(measured.missing(), "");
}

TEST(CompletenessTest, AHalfCloseThatIsAMessageIsRecordedAsOne) {
  Recorded silent("[connect, half_close, reply]", kHalfCloseProfile);
  silent.connect().add(Kind::kHalfClose).await(Awaited::kReplies).close();
  EXPECT_THAT(silent.missing(), HasSubstr("the empty message"));
}

TEST(CompletenessTest, AHindranceMustBePossible) {
  Recorded hindered("[connect, {exchange: abc}]");
  hindered.transcript().hindrance = {Hindrance::Kind::kEnvironment, "busy"};
  EXPECT_EQ(hindered.missing(), "");
  for (const auto kind : {Hindrance::Kind::kSegmentTooSmall, Hindrance::Kind::kTlsTooOld,
                          Hindrance::Kind::kNotClaimed}) {
    hindered.transcript().hindrance = {kind, "why"};
    EXPECT_THAT(hindered.missing(), HasSubstr("can't have"));
  }
  Recorded large("[connect, {exchange: {message: {pattern: letters, size: 1400}}}]",
                 kClassicProfile);
  large.transcript().hindrance = {Hindrance::Kind::kSegmentTooSmall, "why"};
  EXPECT_EQ(large.missing(), "");
}

}  // namespace
}  // namespace md5spec
