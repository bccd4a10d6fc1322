#include "judge/story.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "judge/transcript_builder.h"

namespace md5spec {
namespace {

using Came = Event::Came;

// The stories of a transcript, which must outlive them.
class StoryTest : public testing::Test {
 protected:
  const std::vector<Story>& told(const Happening& happening) {
    transcript_ = happening.transcript();
    planned_ = std::make_unique<Happening>(happening);
    stories_ = tell(planned_->planned(), transcript_);
    return stories_;
  }
  const Story& story(const Happening& happening) { return told(happening).at(0); }
  const Event& event(Moment moment) const { return transcript_.events.at(moment); }

 private:
  Transcript transcript_;
  std::unique_ptr<Happening> planned_;
  std::vector<Story> stories_;
};

TEST_F(StoryTest, AConnectionThatFailedHasTheReason) {
  const Story& failed = story(Happening("DIG-1").connect_in_vain("No route to host"));
  EXPECT_FALSE(failed.connected);
  EXPECT_EQ(failed.connect_error, "No route to host");
}

TEST_F(StoryTest, AConnectionThatWorkedHasNone) {
  const Story& worked = story(Happening("DIG-1").connect());
  EXPECT_TRUE(worked.connected);
  EXPECT_EQ(worked.connect_error, "");
  EXPECT_EQ(worked.end, Story::End::kOpen);
}

TEST_F(StoryTest, EachConnectionHasItsOwn) {
  const auto& stories = told(Happening("DIG-1")
                                 .connect()
                                 .send("abc")
                                 .in_control()
                                 .in_round(3)
                                 .connect()
                                 .send("xyz")
                                 .get("1")
                                 .on(0)
                                 .get("0"));
  ASSERT_EQ(stories.size(), 2U);
  EXPECT_EQ(stories[0].received, "0");
  EXPECT_EQ(stories[1].received, "1");
  EXPECT_EQ(stories[1].connection, 1);
  EXPECT_EQ(stories[1].record->scope, Scope::kControl);
  EXPECT_EQ(stories[1].record->round, 3U);
  ASSERT_EQ(stories[1].messages.size(), 1U);
  EXPECT_EQ(stories[1].messages[0].sent->message->bytes, "xyz");
}

TEST_F(StoryTest, AMessageIsCompleteWithItsLastByte) {
  const Story& whole =
      story(Happening("DIG-1").connect().send_part("abc", 3).watch().send_rest().get("x"));
  ASSERT_EQ(whole.messages.size(), 1U);
  ASSERT_TRUE(whole.messages[0].complete);
  EXPECT_EQ(whole.messages[0].begun, whole.first_send);
  EXPECT_LT(whole.messages[0].begun, *whole.messages[0].complete);
  EXPECT_EQ(event(*whole.messages[0].complete).kind, Event::Kind::kSend);
  EXPECT_EQ(event(*whole.messages[0].complete).bytes, 1U);
}

TEST_F(StoryTest, AMessageCutOffIsNeverComplete) {
  EXPECT_FALSE(story(Happening("DIG-1").connect().send_part("abc", 3).end()).messages[0].complete);
}

TEST_F(StoryTest, UnderHalfCloseAMessageIsCompleteWithTheHalfClose) {
  const Story& whole =
      story(Happening("DIG-1", kHalfCloseProfile).connect().send("abc").watch().half_close());
  ASSERT_TRUE(whole.messages[0].complete);
  EXPECT_EQ(whole.messages[0].complete, whole.half_closed);
}

TEST_F(StoryTest, UnderHalfCloseTheEmptyMessageIsTheHalfCloseItself) {
  const Story& empty =
      story(Happening("DIG-1", kHalfCloseProfile).connect().send_part("", 0).half_close());
  EXPECT_EQ(empty.messages[0].begun, *empty.half_closed);
  EXPECT_EQ(empty.messages[0].complete, empty.half_closed);
  EXPECT_EQ(empty.first_send, empty.half_closed);
}

TEST_F(StoryTest, MessagesOfOneWriteBeginAndEndWithIt) {
  const Story& both = story(Happening("DIG-1").connect().send_together({"abc", "xyz"}));
  EXPECT_EQ(both.messages[0].begun, both.messages[1].begun);
  EXPECT_EQ(both.messages[0].complete, both.messages[1].complete);
}

TEST_F(StoryTest, WhatIsSentWithoutWaitingIsPipelined) {
  const Story& pipeline = story(
      Happening("DIG-1").connect().send_together({"abc", "xyz"}).await_reply(Came::kExpected));
  EXPECT_FALSE(pipeline.messages[0].pipelined);
  EXPECT_TRUE(pipeline.messages[1].pipelined);
}

TEST_F(StoryTest, WhatIsSentAfterAReplyIsnt) {
  const Story& in_turn = story(Happening("DIG-1").connect().exchange("abc").exchange("xyz"));
  EXPECT_FALSE(in_turn.messages[1].pipelined);
}

TEST_F(StoryTest, AMessageKnowsTheWaitForItsReply) {
  const Story& waited = story(Happening("DIG-1").connect().exchange("abc").exchange_in_vain("xyz"));
  ASSERT_NE(waited.messages[0].awaited, nullptr);
  ASSERT_NE(waited.messages[1].awaited, nullptr);
  EXPECT_EQ(waited.messages[0].awaited->came, Came::kExpected);
  EXPECT_EQ(waited.messages[1].awaited->came, Came::kTimeout);
  EXPECT_EQ(&event(waited.messages[1].awaited_at), waited.messages[1].awaited);
}

TEST_F(StoryTest, WaitingForTheEndIsWaitingForReplies) {
  const Story& waited = story(Happening("DIG-1").connect().send("abc").end());
  ASSERT_NE(waited.messages[0].awaited, nullptr);
  EXPECT_EQ(waited.messages[0].awaited->awaited, Event::Awaited::kEnd);
}

TEST_F(StoryTest, WatchingForSilenceIsnt) {
  EXPECT_EQ(story(Happening("DIG-1").connect().send("abc").watch()).messages[0].awaited, nullptr);
}

TEST_F(StoryTest, AMessageThatWasntTakenWholeKnowsWhetherItsReplyWasWaitedFor) {
  EXPECT_NE(
      story(Happening("DIG-1").connect().send_part("abc", 1).send_stalls().send_fails().await_reply(
                Came::kTimeout))
          .messages[0]
          .awaited,
      nullptr);
  EXPECT_EQ(story(Happening("DIG-1").connect().send_part("abc", 1).end()).messages[0].awaited,
            nullptr);
}

TEST_F(StoryTest, AMessageNotYetBegunIsntWaitedFor) {
  const Story& early =
      story(Happening("DIG-1").connect().exchange_in_vain("abc").send("xyz").await_reply(
          Came::kExpected));
  EXPECT_EQ(early.messages[0].awaited->came, Came::kTimeout);
  EXPECT_EQ(early.messages[1].awaited->came, Came::kExpected);
}

TEST_F(StoryTest, AWaitInsideAMessageIsntTheWaitForItsReply) {
  const Story& paused = story(Happening("DIG-1")
                                  .connect()
                                  .send_part("abc", 1)
                                  .await_reply(Came::kTimeout)
                                  .send_rest()
                                  .await_reply(Came::kExpected));
  EXPECT_EQ(paused.messages[0].awaited->came, Came::kExpected);
}

TEST_F(StoryTest, AnEndKnowsHowAndWhen) {
  const Story& closed = story(Happening("DIG-1").connect().get("x").server_closes());
  EXPECT_EQ(closed.end, Story::End::kOrderly);
  EXPECT_EQ(event(closed.ended).kind, Event::Kind::kPeerEnd);
  EXPECT_EQ(story(Happening("DIG-1").connect().server_resets()).end, Story::End::kReset);
  EXPECT_EQ(story(Happening("DIG-1").connect().flooded()).end, Story::End::kFlood);
}

TEST_F(StoryTest, TheFirstEndCounts) {
  EXPECT_EQ(story(Happening("DIG-1").connect().server_closes().server_resets()).end,
            Story::End::kOrderly);
}

TEST_F(StoryTest, LeavingIsTheClientsCloseOrReset) {
  const Story& reset = story(Happening("DIG-1").connect().send("abc").reset());
  ASSERT_TRUE(reset.left);
  EXPECT_EQ(event(*reset.left).kind, Event::Kind::kReset);
  const Story& closed = story(Happening("DIG-1").connect().server_closes());
  ASSERT_TRUE(closed.left);
  EXPECT_GT(*closed.left, closed.ended);
}

TEST_F(StoryTest, BytesHaveMoments) {
  const Story& arrivals = story(Happening("DIG-1").connect().get("ab").send("abc").get("cde"));
  EXPECT_EQ(arrivals.received, "abcde");
  EXPECT_EQ(arrivals.received_before(*arrivals.first_send), 2U);
  EXPECT_LT(arrivals.arrival(1), *arrivals.first_send);
  EXPECT_GT(arrivals.arrival(2), *arrivals.first_send);
  EXPECT_EQ(arrivals.arrival(2), arrivals.arrival(4));
  EXPECT_EQ(event(arrivals.arrival(4)).data, "cde");
}

TEST_F(StoryTest, ABytesMomentBehindAllThatCameIsTheEnd) {
  const Story& ended = story(Happening("DIG-1").connect().get("ab").server_closes());
  EXPECT_EQ(ended.arrival(2), ended.ended);
}

TEST_F(StoryTest, BytesOfTheSameMomentAreNotBeforeIt) {
  const Story& one = story(Happening("DIG-1").connect().get("ab"));
  EXPECT_EQ(one.received_before(one.arrival(0)), 0U);
  EXPECT_EQ(one.received_before(one.arrival(0) + 1), 2U);
}

TEST_F(StoryTest, APauseBeforeAMessageIsItsOwn) {
  const Story& paused =
      story(Happening("DIG-1").connect().exchange("abc").pause().exchange("xyz").exchange("abc"));
  EXPECT_TRUE(paused.paused);
  EXPECT_FALSE(paused.messages[0].after_pause);
  EXPECT_TRUE(paused.messages[1].after_pause);
  EXPECT_FALSE(paused.messages[2].after_pause);
}

TEST_F(StoryTest, WatchingForSilenceIsAPauseToo) {
  EXPECT_TRUE(story(Happening("DIG-1").connect().watch().exchange("abc")).messages[0].after_pause);
}

TEST_F(StoryTest, APauseIsForAllConnectionsThatAreOpen) {
  const auto& stories = told(Happening("DIG-1")
                                 .connect()
                                 .end()
                                 .connect()
                                 .close()
                                 .connect()
                                 .connect()
                                 .pause()
                                 .connect()
                                 .exchange("abc"));
  EXPECT_FALSE(stories[0].paused);
  EXPECT_FALSE(stories[1].paused);
  EXPECT_TRUE(stories[2].paused);
  EXPECT_TRUE(stories[3].paused);
  EXPECT_FALSE(stories[4].paused);
  EXPECT_FALSE(stories[4].messages[0].after_pause);
}

TEST_F(StoryTest, APauseCountsWhereTheServerClosedDuringIt) {
  Happening happening("DIG-1");
  happening.connect();
  Transcript transcript = happening.pause().transcript();
  // The pause began before the server closed, and was over after it.
  Event closed;
  closed.kind = Event::Kind::kPeerEnd;
  closed.at = transcript.events[2].since + std::chrono::milliseconds(300);
  transcript.events.insert(transcript.events.begin() + 2, closed);
  EXPECT_TRUE(tell(happening.planned(), transcript)[0].paused);
  transcript.events[2].at = transcript.events[3].since - std::chrono::microseconds(1);
  EXPECT_FALSE(tell(happening.planned(), transcript)[0].paused);
}

TEST_F(StoryTest, AFailedSendIsRemembered) {
  EXPECT_TRUE(story(Happening("DIG-1").connect().send_part("abc", 1).send_fails()).send_failed);
  EXPECT_FALSE(story(Happening("DIG-1").connect().send("abc").send_stalls()).send_failed);
}

TEST_F(StoryTest, AllWaitsAreKept) {
  EXPECT_EQ(story(Happening("DIG-1").connect().watch().exchange("abc").end()).waits.size(), 3U);
}

TEST_F(StoryTest, AMessageOfWhichNothingWasSentWasNeverBegun) {
  const Story& refused =
      story(Happening("DIG-1").connect().exchange("abc").send_part("xyz", 0).send_fails());
  EXPECT_EQ(refused.messages[1].begun, 0U);
  EXPECT_EQ(refused.messages[1].pieces, 0U);
}

TEST_F(StoryTest, AMessageBehindAnotherIsInOnePieceAllTheSame) {
  const Story& both =
      story(Happening("DIG-1", kPrefixedProfile).connect().exchange("abc").exchange("xyz"));
  EXPECT_EQ(both.messages[0].pieces, 1U);
  EXPECT_EQ(both.messages[1].pieces, 1U);
  EXPECT_FALSE(both.messages[0].boundary_in_pieces);
  EXPECT_FALSE(both.messages[1].boundary_in_pieces);
}

TEST_F(StoryTest, WhereTheEndOfStreamCompletesAMessageItIsTheDelimiter) {
  const std::string answers_at_end = std::string(kLineProfile) + "at_eof: answer\n";
  const auto cut = [&](std::uint64_t bytes) {
    const Story& ended =
        story(Happening("DIG-1", answers_at_end).connect().send_part("abc", bytes).half_close());
    return ended.messages[0].complete == ended.half_closed;
  };
  EXPECT_TRUE(cut(3));
  EXPECT_FALSE(cut(2));
  EXPECT_FALSE(
      story(Happening("DIG-1").connect().send_part("abc", 3).half_close()).messages[0].complete);
  const Story& unsent = story(
      Happening("DIG-1", answers_at_end).connect().exchange("abc").send_part("", 0).half_close());
  EXPECT_FALSE(unsent.messages[1].complete);
}

TEST_F(StoryTest, AMessageThatTheServerStillTakesIsntWaitedForBeforeItIsWhole) {
  EXPECT_EQ(story(Happening("DIG-1").connect().send_part("abc", 1).await_reply(Came::kTimeout))
                .messages[0]
                .awaited,
            nullptr);
}

TEST_F(StoryTest, AWaitThatIsOverIsNoneForAMessageBegunBehindIt) {
  const Story& ended = story(Happening("DIG-1")
                                 .connect()
                                 .send("abc")
                                 .server_closes()
                                 .await_reply(Came::kEnded)
                                 .send_part("xyz", 1)
                                 .send_fails());
  EXPECT_NE(ended.messages[0].awaited, nullptr);
  EXPECT_EQ(ended.messages[1].awaited, nullptr);
}

// --- a client that was slow ---

constexpr std::chrono::milliseconds kLong(300);

TEST_F(StoryTest, TimeBeforeAConnectionIsntTimeOnIt) {
  EXPECT_FALSE(story(Happening("DIG-1").dawdle(kLong).connect().exchange("abc")).dawdled);
}

TEST_F(StoryTest, TimeCountsFromWhereTheClientBeganToConnect) {
  const Happening happening = std::move(Happening("DIG-1").connect().send("abc"));
  Transcript transcript = happening.transcript();
  ASSERT_EQ(transcript.events[1].kind, Event::Kind::kConnected);
  transcript.events[1].at += kLong / 2;
  transcript.events[2].at += kLong;
  EXPECT_TRUE(tell(happening.planned(), transcript)[0].dawdled);
}

TEST_F(StoryTest, TimeUntilTheServerEndsAnIdleConnectionIsTheClients) {
  const auto idle = [] { return std::move(Happening("DIG-1").connect().dawdle(kLong)); };
  EXPECT_TRUE(story(idle().server_closes()).dawdled);
  EXPECT_TRUE(story(idle().server_resets()).dawdled);
  EXPECT_FALSE(story(Happening("DIG-1").connect().server_closes()).dawdled);
}

TEST_F(StoryTest, TimeUntilBytesComeIsTheServers) {
  EXPECT_FALSE(
      story(Happening("DIG-1").connect().send("abc").dawdle(kLong).get_reply("abc").send("xyz"))
          .dawdled);
  EXPECT_TRUE(
      story(Happening("DIG-1").connect().send("abc").get_reply("abc").dawdle(kLong).send("xyz"))
          .dawdled);
}

}  // namespace
}  // namespace md5spec
