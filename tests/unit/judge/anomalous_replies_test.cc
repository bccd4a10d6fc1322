#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "judge/anomalies.h"
#include "judge/known_digests.h"
#include "judge/observations.h"
#include "judge/transcript_builder.h"

namespace md5spec {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

using Came = Event::Came;

// --- replies ---

TEST(AnomalousRepliesTest, ARightReplyInPiecesIsRight) {
  Happening pieces = on_line();
  pieces.connect().send("abc");
  for (const char c : pieces.reply_to("abc")) pieces.get(std::string(1, c));
  EXPECT_THAT(observed(pieces.await_reply(Came::kExpected).end()), IsEmpty());
}

TEST(AnomalousRepliesTest, AReplyCutShortRestsOnWhatEndedIt) {
  for (const std::string part :
       {"900150983cd24fb0d6963f", "9001", "900150983cd24fb0d6963f7d28e17f72"}) {
    const auto cut = [&] { return on_line().connect().send("abc").get(part); };
    EXPECT_EQ(only(cut().server_closes().await_reply(Came::kEnded).half_close()).evidence,
              Evidence::kEndOfStream)
        << part;
    EXPECT_EQ(only(cut().await_reply(Came::kTimeout)).evidence, Evidence::kDeadline) << part;
    EXPECT_EQ(
        only(cut().await_reply(Came::kTimeout).half_close().server_closes().await_end()).evidence,
        Evidence::kDeadline)
        << part;
  }
}

TEST(AnomalousRepliesTest, AReplyCutShortInItsMiddleRestsOnBytes) {
  const Observed one = only(on_line().connect().exchange("abc", "900150983cd24fb0d6963f\n").end());
  EXPECT_EQ(one.anomaly, Anomaly::kTruncated);
  EXPECT_EQ(one.evidence, Evidence::kBytes);
}

TEST(AnomalousRepliesTest, AReplyIsLateOnlyAfterAWaitThatTimedOut) {
  EXPECT_THAT(
      observed(on_line().connect().send("abc").get_reply("abc").await_reply(Came::kTimeout)),
      IsEmpty());
  EXPECT_THAT(kinds(on_line()
                        .connect()
                        .exchange_in_vain("abc")
                        .half_close()
                        .get_reply("abc")
                        .server_closes()
                        .await_end()),
              ElementsAre(Anomaly::kLate));
}

TEST(AnomalousRepliesTest, ALateReplySaysWhatItCameAfter) {
  EXPECT_EQ(only(on_line()
                     .connect()
                     .exchange_in_vain("abc")
                     .half_close()
                     .get_reply("abc")
                     .server_closes()
                     .await_end())
                .explanation,
            "the reply came only after the client's half-close");
  EXPECT_EQ(only(on_line()
                     .connect()
                     .exchange_in_vain("abc")
                     .send("xyz")
                     .get_reply("abc")
                     .get_reply("xyz")
                     .await_reply(Came::kExpected))
                .explanation,
            "the reply came only after a further message");
}

TEST(AnomalousRepliesTest, AReplyThatIsWrongAndTooEarlyIsBoth) {
  EXPECT_THAT(kinds(on_line()
                        .connect()
                        .send_part("abc", 1)
                        .get(kXyz + "\n")
                        .watch()
                        .send_rest()
                        .await_reply(Came::kUnexpected)
                        .end()),
              ElementsAre(Anomaly::kOtherDigest, Anomaly::kPremature));
}

// Each piece answered by itself: that the whole is no digest doesn't make it any later.
TEST(AnomalousRepliesTest, WhatIsNoReplyAtAllMayBeTooEarlyToo) {
  EXPECT_THAT(kinds(on_line()
                        .connect()
                        .send_part("abc", 1)
                        .get(kXyz)
                        .watch()
                        .send_rest()
                        .get(kXyz + "\n")
                        .await_reply(Came::kUnexpected)
                        .end()),
              ElementsAre(Anomaly::kGarbage, Anomaly::kPremature));
}

TEST(AnomalousRepliesTest, WhatComesTooEarlyBeforeTheRightReplyIsOnlyTooEarly) {
  EXPECT_THAT(kinds(on_line()
                        .connect()
                        .send_part("abc", 1)
                        .get(kXyz + "\n")
                        .watch()
                        .send_rest()
                        .get_reply("abc")
                        .await_reply(Came::kUnexpected)
                        .end()),
              ElementsAre(Anomaly::kPremature));
}

// Without its delimiter the message is already there: the digest of what is there is that of the
// whole.
TEST(AnomalousRepliesTest, TheRightReplyTooEarlyAndOnceMoreInTimeIsOnlyTooEarly) {
  EXPECT_THAT(kinds(on_line()
                        .connect()
                        .send_part("abc", 3)
                        .get_reply("abc")
                        .watch()
                        .send_rest()
                        .get_reply("abc")
                        .await_reply(Came::kUnexpected)
                        .end()),
              ElementsAre(Anomaly::kPremature));
}

TEST(AnomalousRepliesTest, ASecondReplyThatComesBeforeTheNextOneIsNoPartOfThat) {
  EXPECT_THAT(kinds(on_line()
                        .connect()
                        .exchange("abc")
                        .send("xyz")
                        .get_reply("abc")
                        .get_reply("xyz")
                        .await_reply(Came::kUnexpected)
                        .end()),
              ElementsAre(Anomaly::kExtraReply));
}

TEST(AnomalousRepliesTest, BytesBetweenExchangesBelongToTheReplyBefore) {
  const Observed one = only(on_line().connect().exchange("abc").get("more").exchange("xyz").end());
  EXPECT_EQ(one.anomaly, Anomaly::kSurplus);
  EXPECT_TRUE(one.first);
  EXPECT_EQ(one.explanation, "4 bytes came behind the reply");
}

TEST(AnomalousRepliesTest, AMissingReplyInBetweenIsProvedByTheNext) {
  const Observed one = only(on_line()
                                .connect()
                                .send_together({"abc", "xyz"})
                                .get_reply("xyz")
                                .await_reply(Came::kTimeout)
                                .end());
  EXPECT_EQ(one.anomaly, Anomaly::kNoReply);
  EXPECT_EQ(one.evidence, Evidence::kSentinel);
  EXPECT_TRUE(one.first);
}

TEST(AnomalousRepliesTest, NoReplyFromTheStartIsToldOnce) {
  EXPECT_THAT(kinds(on_line()
                        .connect()
                        .send_together({"abc", "xyz", "abc"})
                        .await_reply(Came::kTimeout)
                        .half_close()
                        .await_end(Came::kTimeout)),
              ElementsAre(Anomaly::kNoReply));
}

// --- order ---

TEST(AnomalousRepliesTest, SwappedRepliesAreOutOfOrderAndNothingElse) {
  EXPECT_THAT(kinds(on_line()
                        .connect()
                        .send_together({"1", "2", "3", "4"})
                        .get_reply("2")
                        .get_reply("1")
                        .get_reply("3")
                        .get_reply("4")
                        .await_reply(Came::kUnexpected)
                        .end()),
              ElementsAre(Anomaly::kOrder));
}

TEST(AnomalousRepliesTest, AReplyThatComesLastIsOutOfOrder) {
  EXPECT_THAT(kinds(on_line()
                        .connect()
                        .send_together({"1", "2", "3"})
                        .get_reply("2")
                        .get_reply("3")
                        .get_reply("1")
                        .await_reply(Came::kUnexpected)
                        .end()),
              ElementsAre(Anomaly::kOrder));
}

TEST(AnomalousRepliesTest, RepliesBackwardsAreOutOfOrder) {
  EXPECT_THAT(kinds(on_line()
                        .connect()
                        .send_together({"1", "2", "3"})
                        .get_reply("3")
                        .get_reply("2")
                        .get_reply("1")
                        .await_reply(Came::kUnexpected)
                        .end()),
              ElementsAre(Anomaly::kOrder, Anomaly::kOrder));
}

TEST(AnomalousRepliesTest, ManyRepliesBackwardsAreOutOfOrder) {
  std::vector<std::string> messages;
  for (int i = 0; i < 200; ++i) messages.push_back(std::to_string(i));
  Happening pipeline = on_line();
  pipeline.connect().send_together(messages);
  for (auto message = messages.rbegin(); message != messages.rend(); ++message)
    pipeline.get_reply(*message);
  const auto seen = kinds(pipeline.await_reply(Came::kUnexpected).end());
  EXPECT_FALSE(seen.empty());
  EXPECT_THAT(seen, Each(Anomaly::kOrder));
}

TEST(AnomalousRepliesTest, ManyRepliesLeftOutInARowAreNotOutOfOrder) {
  std::vector<std::string> messages;
  for (int i = 0; i < 200; ++i) messages.push_back(std::to_string(i));
  Happening pipeline = on_line();
  pipeline.connect().send_together(messages).get_reply("0").get_reply("198").get_reply("199");
  const auto seen = kinds(pipeline.await_reply(Came::kUnexpected).end());
  EXPECT_FALSE(seen.empty());
  EXPECT_THAT(seen, Each(Anomaly::kNoReply));
}

TEST(AnomalousRepliesTest, AReplyBehindAPieceOfAnotherIsntOutOfOrder) {
  EXPECT_THAT(kinds(Happening("RES-6", "framing: delimited\nreply: \"<{hex}>\"\n")
                        .connect()
                        .send_together({"1", "2", "3"})
                        .get("<" + md5("1").hex().substr(0, 10))
                        .get_reply("2")
                        .get_reply("3")
                        .await_reply(Came::kUnexpected)
                        .end()),
              ElementsAre(Anomaly::kGarbage));
}

TEST(AnomalousRepliesTest, AMissingReplyIsntOutOfOrderForAnotherLikeIt) {
  EXPECT_THAT(kinds(on_line()
                        .connect()
                        .send_together({"a", "b", "a"})
                        .get_reply("b")
                        .get_reply("a")
                        .await_reply(Came::kTimeout)
                        .end()),
              ElementsAre(Anomaly::kNoReply));
}

TEST(AnomalousRepliesTest, APipelineWithAWrongDigestGoesOnBehindIt) {
  EXPECT_THAT(kinds(on_line()
                        .connect()
                        .send_together({"1", "2", "3"})
                        .get_reply("1")
                        .get(md5("what else").hex() + "\n")
                        .get_reply("3")
                        .await_reply(Came::kUnexpected)
                        .end()),
              ElementsAre(Anomaly::kOtherDigest));
}

TEST(AnomalousRepliesTest, WithoutALineEndARepliesCutEndIsWhereTheNextOneBegins) {
  const auto half = [](const std::string& message) { return md5(message).hex().substr(0, 16); };
  EXPECT_THAT(kinds(Happening("DIG-1", kPrefixedProfile)
                        .connect()
                        .send_together({"1", "2", "3"})
                        .get(half("1") + half("2") + half("3"))
                        .await_reply(Came::kTimeout)
                        .end()),
              ElementsAre(Anomaly::kTruncated, Anomaly::kTruncated, Anomaly::kTruncated));
}

TEST(AnomalousRepliesTest, WithoutALineEndRepliesOfAPipelineAreToldBySize) {
  EXPECT_THAT(kinds(Happening("DIG-1", kPrefixedProfile)
                        .connect()
                        .send_together({"1", "2", "3"})
                        .get_reply("1")
                        .get(md5("what else").hex())
                        .get_reply("3")
                        .await_reply(Came::kUnexpected)
                        .end()),
              ElementsAre(Anomaly::kOtherDigest));
}

}  // namespace
}  // namespace md5spec
