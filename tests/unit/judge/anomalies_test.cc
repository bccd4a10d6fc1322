#include "judge/anomalies.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "judge/known_digests.h"
#include "judge/observations.h"
#include "judge/transcript_builder.h"

namespace md5spec {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using Came = Event::Came;

// --- what blame depends on ---

TEST(AnomaliesTest, TheFirstExchangeIsToldFromLaterOnes) {
  EXPECT_TRUE(only(on_line().connect().exchange_in_vain("abc").end()).first);
  EXPECT_FALSE(only(on_line().connect().exchange("abc").exchange_in_vain("xyz").end()).first);
}

TEST(AnomaliesTest, AClosedConnectionIsFirstOnlyBeforeAnyMessage) {
  EXPECT_TRUE(only(on_line().connect().server_closes().watch(Came::kEnded)).first);
  EXPECT_FALSE(only(on_line().connect().exchange("abc").server_closes().await_end()).first);
}

TEST(AnomaliesTest, AWrongDigestBeforeTheMessageIsWholeIsTold) {
  const auto digest_of_a = md5("a").hex() + "\n";
  const auto early = observed(on_line()
                                  .connect()
                                  .send_part("abc", 1)
                                  .get(digest_of_a)
                                  .watch(Came::kUnexpected)
                                  .send_rest()
                                  .await_reply(Came::kUnexpected)
                                  .end());
  ASSERT_FALSE(early.empty());
  EXPECT_EQ(early.front().anomaly, Anomaly::kOtherDigest);
  EXPECT_TRUE(early.front().premature);
  const auto late = observed(
      on_line().connect().send("abc").get(digest_of_a).await_reply(Came::kUnexpected).end());
  ASSERT_FALSE(late.empty());
  EXPECT_EQ(late.front().anomaly, Anomaly::kOtherDigest);
  EXPECT_FALSE(late.front().premature);
}

TEST(AnomaliesTest, APauseRightBeforeTheMessageIsTold) {
  EXPECT_TRUE(only(on_line().connect().pause().exchange_in_vain("abc").end()).after_pause);
  EXPECT_FALSE(only(on_line().connect().exchange_in_vain("abc").end()).after_pause);
  EXPECT_FALSE(
      only(on_line().connect().pause().exchange("abc").exchange_in_vain("xyz").end()).after_pause);
}

TEST(AnomaliesTest, AClientThatWasSlowIsTold) {
  const auto after = [](std::chrono::milliseconds time) {
    return only(on_line().connect().dawdle(time).exchange_in_vain("abc").end()).dawdled;
  };
  EXPECT_FALSE(after(std::chrono::milliseconds(100)));
  EXPECT_TRUE(after(std::chrono::milliseconds(300)));
  EXPECT_TRUE(only(on_line()
                       .connect()
                       .exchange("abc")
                       .dawdle(std::chrono::milliseconds(300))
                       .exchange_in_vain("xyz")
                       .end())
                  .dawdled);
  // A server's slowness isn't the client's.
  EXPECT_FALSE(only(on_line()
                        .connect()
                        .send("abc")
                        .dawdle(std::chrono::milliseconds(300))
                        .server_closes()
                        .await_reply(Came::kEnded))
                   .dawdled);
}

TEST(AnomaliesTest, AMessageThatTheServerClosedInsideOfWasInPieces) {
  EXPECT_TRUE(only(on_line().connect().send_part("abc", 2).server_closes().send_fails().await_reply(
                       Came::kEnded))
                  .in_pieces);
  EXPECT_FALSE(only(on_line().connect().exchange_in_vain("abc").end()).in_pieces);
}

// Whether a first piece of so many bytes ends inside what tells where the message ends.
bool splits_boundary(const char* profile, std::uint64_t bytes) {
  return only(Happening("DIG-1", profile)
                  .connect()
                  .send_part("abc", bytes)
                  .send_rest()
                  .await_reply(Came::kTimeout)
                  .end())
      .boundary_in_pieces;
}

TEST(AnomaliesTest, APieceThatEndsInsideALengthIsTold) {
  EXPECT_TRUE(splits_boundary(kPrefixedProfile, 1));
  EXPECT_TRUE(splits_boundary(kPrefixedProfile, 3));
  EXPECT_FALSE(splits_boundary(kPrefixedProfile, 4));
  EXPECT_FALSE(splits_boundary(kPrefixedProfile, 6));
}

TEST(AnomaliesTest, APieceThatEndsInsideADelimiterIsTold) {
  const char* const profile = "framing: delimited\ndelimiter: \"<>\"\nreply: \"{hex}\"\n";
  EXPECT_FALSE(splits_boundary(profile, 3));
  EXPECT_TRUE(splits_boundary(profile, 4));
}

TEST(AnomaliesTest, APipelinedMessageIsTold) {
  Happening pipeline = on_line();
  const auto all = observed(pipeline.connect()
                                .send_together({"abc", "xyz"})
                                .get_reply("abc")
                                .await_reply(Came::kTimeout));
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_TRUE(all.front().pipelined);
}

TEST(AnomaliesTest, AHalfCloseIsTold) {
  EXPECT_TRUE(
      only(on_line().connect().exchange("abc").half_close().await_end(Came::kTimeout)).half_closed);
  EXPECT_FALSE(only(on_line().connect().exchange("abc").await_end(Came::kTimeout)).half_closed);
}

TEST(AnomaliesTest, ALaterRoundIsALaterConnection) {
  EXPECT_TRUE(only(on_line().in_round(1).connect_in_vain()).later_connection);
  EXPECT_FALSE(only(on_line().connect_in_vain()).later_connection);
}

TEST(AnomaliesTest, TheScopeIsTheConnections) {
  EXPECT_EQ(only(on_line().in_liveness().connect_in_vain()).scope, Scope::kLiveness);
  EXPECT_EQ(only(on_line().in_control().connect_in_vain()).scope, Scope::kControl);
  EXPECT_EQ(only(on_line().connect_in_vain()).scope, Scope::kCase);
}

TEST(AnomaliesTest, OversizeIsOnlyWhatGoesOverADeclaredLimit) {
  const auto silent = [](const std::string& message, const std::string& limits) {
    return observed(Happening("RES-10", kLineProfile + limits)
                        .connect()
                        .send(message)
                        .half_close()
                        .await_end(Came::kTimeout));
  };
  ASSERT_THAT(silent("abcd", "limits: {message_bytes: 3}"), SizeIs(1));
  EXPECT_TRUE(silent("abcd", "limits: {message_bytes: 3}").front().oversize);
  EXPECT_FALSE(silent("abc", "limits: {message_bytes: 3}").front().oversize);
  EXPECT_FALSE(silent("abcd", "limits: {message_bytes: unlimited}").front().oversize);
  EXPECT_FALSE(silent("abcd", "").front().oversize);
}

TEST(AnomaliesTest, ALengthOverTheLimitIsOversizeToTheNextClient) {
  const auto next = [](const char* judged) {
    return observed(
        Happening(judged, kPrefixedProfile + std::string("limits: {message_bytes: 255}\n"))
            .connect()
            .send_raw(8)
            .half_close()
            .server_closes()
            .await_end()
            .in_liveness()
            .connect()
            .exchange_in_vain("abc"),
        1);
  };
  ASSERT_THAT(next("RES-10"), SizeIs(1));
  EXPECT_TRUE(next("RES-10").front().oversize_before);
  EXPECT_FALSE(next("RES-1").front().oversize_before);
}

TEST(AnomaliesTest, TheLargestMessageSoFarIsKept) {
  const auto seen = observed(on_line()
                                 .connect()
                                 .exchange("abc", "x\n")
                                 .exchange("a", "x\n")
                                 .exchange("abcd", "x\n")
                                 .end());
  ASSERT_THAT(seen, SizeIs(3));
  EXPECT_EQ(seen[0].largest, 3U);
  EXPECT_EQ(seen[1].largest, 3U);
  EXPECT_EQ(seen[1].size, 1U);
  EXPECT_EQ(seen[2].largest, 4U);
}

TEST(AnomaliesTest, TheConnectionIsNamed) {
  EXPECT_EQ(only(on_line().connect().exchange("abc").end().connect_in_vain(), 1).connection, 1);
}

// --- what is left open ---

TEST(AnomaliesTest, AfterAMessageOverTheLimitTheConnectionMayEndAtAnyTime) {
  const auto over = [] {
    return std::move(Happening("RES-10", kLineProfile + std::string("limits: {message_bytes: 3}"))
                         .connect()
                         .send_together({"abcd", "xyz"}));
  };
  EXPECT_THAT(kinds(over().server_closes()), IsEmpty());
  EXPECT_THAT(kinds(over().server_resets().half_close()), IsEmpty());
  EXPECT_THAT(kinds(over().server_resets().await_end()), IsEmpty());
}

TEST(AnomaliesTest, RepliesThatNobodyWaitedForAreNotMissed) {
  EXPECT_THAT(kinds(on_line()
                        .connect()
                        .send_together({"abc", "xyz", "abc"})
                        .half_close()
                        .get_reply("abc")
                        .get(std::string(kXyz).substr(0, 7))
                        .close()),
              IsEmpty());
}

// --- what people are told ---

TEST(AnomaliesTest, ASilenceIsShownAsNothing) {
  const Observed one = only(on_line().connect().exchange_in_vain("abc").end());
  EXPECT_EQ(one.expected, "\"900150983cd24fb0d6963f7d28e17f72\\n\"");
  EXPECT_EQ(one.received, "nothing");
  EXPECT_EQ(one.explanation, "no reply came in time");
}

TEST(AnomaliesTest, ACloseIsShownAsSuch) {
  const auto ended = [](bool reset) {
    Happening happening = on_line();
    happening.connect().send("abc");
    (reset ? happening.server_resets() : happening.server_closes()).await_reply(Came::kEnded);
    return only(happening);
  };
  EXPECT_EQ(ended(false).received, "end of stream");
  EXPECT_EQ(ended(false).explanation, "the server closed the connection instead of replying");
  EXPECT_EQ(ended(true).received, "a reset");
  EXPECT_EQ(ended(true).explanation, "the server reset the connection instead of replying");
}

TEST(AnomaliesTest, ACloseInsideAMessageIsShownAsSuch) {
  EXPECT_EQ(only(on_line().connect().send_part("abc", 1).server_closes().await_reply(Came::kEnded))
                .explanation,
            "the server closed the connection inside the message");
}

TEST(AnomaliesTest, AServerThatTakesNoMoreIsShownAsSuch) {
  EXPECT_EQ(only(on_line().connect().send_part("abc", 1).send_stalls().send_fails().await_reply(
                     Came::kTimeout))
                .explanation,
            "the server took no more of the message, and no reply came");
}

TEST(AnomaliesTest, AWrongDigestIsExplainedByTheConnectionsEarlierMessages) {
  const std::string both = md5("abcxyz").hex() + "\n";
  EXPECT_THAT(only(on_line().connect().exchange("abc").exchange("xyz", both).end()).explanation,
              HasSubstr("message"));
}

TEST(AnomaliesTest, AWrongDigestIsExplainedByOtherConnectionsMessages) {
  EXPECT_THAT(only(on_line().connect().exchange("abc", kXyz + "\n").end().connect().exchange("xyz"))
                  .explanation,
              HasSubstr("another"));
}

TEST(AnomaliesTest, ADigestForALengthOverTheLimitIsSeenWhereTheCaseSendsSuchALength) {
  const auto answered = [](const char* judged, const std::string& profile,
                           const std::string& reply) {
    return kinds(Happening(judged, std::string(kPrefixedProfile) + profile)
                     .connect()
                     .send_raw(8)
                     .half_close()
                     .get(reply)
                     .server_closes()
                     .await_end());
  };
  const std::string limited = "limits: {message_bytes: 255}\n";
  EXPECT_THAT(answered("RES-10", limited, md5("").hex()), ElementsAre(Anomaly::kCutAnswered));
  EXPECT_THAT(answered("RES-10", limited, "too long"), IsEmpty());
  EXPECT_THAT(answered("RES-5", limited, md5("").hex()), IsEmpty());
  EXPECT_THAT(answered("RES-10", "", md5("").hex()), IsEmpty());
  EXPECT_THAT(answered("RES-10", limited + "length: {bytes: 1}\n", md5("").hex()), IsEmpty());
}

TEST(AnomaliesTest, ADigestForAMessageCutOffIsExplainedWhereItCanBe) {
  const auto cut = [](const std::string& digest) {
    return only(on_line()
                    .connect()
                    .send_part("abc", 2)
                    .half_close()
                    .get(digest + "\n")
                    .server_closes()
                    .await_end());
  };
  EXPECT_THAT(cut(md5("ab").hex()).explanation, HasSubstr("cut off: the digest of"));
  EXPECT_FALSE(cut(md5("ab").hex()).of_unknown);
  EXPECT_EQ(cut(md5("what else").hex()).explanation,
            "a digest came for a message that was cut off");
  EXPECT_TRUE(cut(md5("what else").hex()).of_unknown);
}

TEST(AnomaliesTest, ASecondReplyIsExplained) {
  const auto second = [](const std::string& digest) {
    return only(on_line().connect().exchange("abc").get(digest + "\n").end()).explanation;
  };
  EXPECT_EQ(second(md5("abc").hex()), "a second reply came to one message: the same digest");
  EXPECT_EQ(second(md5("something else").hex()), "a second reply came to one message");
}

TEST(AnomaliesTest, NoTextEverHasAControlByte) {
  const std::string hostile = std::string("\x1b]0;x\x07\r\n\x80\xff", 10) + std::string(1, '\0');
  for (const char* profile : {kLineProfile, kClassicProfile, kHalfCloseProfile, kPrefixedProfile}) {
    Happening happening("DIG-1", profile);
    happening.connect().get(hostile).send("abc").half_close().get(hostile);
    happening.await_reply(Came::kUnexpected).get(hostile).server_closes().await_end();
    for (const Observed& one : observed(happening)) {
      for (const std::string& text : {one.expected, one.received, one.explanation}) {
        for (const char c : text)
          EXPECT_FALSE(static_cast<unsigned char>(c) < 0x20 || c == 0x7F) << text;
      }
    }
  }
}

TEST(AnomaliesTest, WhatIsShownIsBounded) {
  const std::string flood(1 << 20, 'x');
  for (const Observed& one :
       observed(on_line().connect().send("abc").get(flood).flooded().await_reply(Came::kEnded))) {
    EXPECT_LT(one.received.size() + one.explanation.size(), 1000U);
  }
}

// --- the end ---

TEST(AnomaliesTest, AnEndThatTheClientAskedForIsNoAnomaly) {
  EXPECT_THAT(kinds(on_line().connect().end()), IsEmpty());
  EXPECT_THAT(kinds(on_line().connect().exchange("abc").end()), IsEmpty());
  EXPECT_THAT(kinds(on_line().connect().exchange("abc").close()), IsEmpty());
  EXPECT_THAT(kinds(on_line().connect().reset()), IsEmpty());
}

TEST(AnomaliesTest, AnEndInsideAMessageThatNobodyWaitsForIsNoAnomaly) {
  EXPECT_THAT(kinds(on_line().connect().send_part("abc", 2).server_closes().watch(Came::kEnded)),
              IsEmpty());
}

TEST(AnomaliesTest, AnEndThatNobodyWaitedForIsntMissed) {
  EXPECT_THAT(kinds(on_line().connect().exchange("abc").half_close()), IsEmpty());
  EXPECT_THAT(kinds(on_line().connect().exchange("abc").half_close().await_end(Came::kTimeout)),
              ElementsAre(Anomaly::kNotClosed));
}

TEST(AnomaliesTest, WithoutAReplyNoMoreIsSaidOfTheEnd) {
  EXPECT_THAT(
      kinds(on_line().connect().exchange_in_vain("abc").half_close().await_end(Came::kTimeout)),
      ElementsAre(Anomaly::kNoReply));
  EXPECT_THAT(kinds(on_line().connect().send("abc").server_resets().await_reply(Came::kEnded)),
              ElementsAre(Anomaly::kClosedInstead));
}

TEST(AnomaliesTest, AConnectionThatNeverWasHasNothingElse) {
  EXPECT_THAT(kinds(on_line().connect_in_vain()), ElementsAre(Anomaly::kRefused));
}

}  // namespace
}  // namespace md5spec
