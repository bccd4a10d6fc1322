#include "judge/due_replies.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "judge/transcript_builder.h"

namespace md5spec {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using Came = Event::Came;

const std::string kWrongReply = md5("what else").hex() + "\n";
const std::string kAbcReply = "900150983cd24fb0d6963f7d28e17f72\n";
const std::string kQuotedAbc = "\"900150983cd24fb0d6963f7d28e17f72\\n\"";

// What is noted of one connection.
std::vector<Observed> notes_of(const Happening& happening, std::size_t connection = 0) {
  const Transcript transcript = happening.transcript();
  const PlannedCase planned = happening.planned();
  const std::vector<Story> stories = tell(planned, transcript);
  return observe(planned, stories.at(connection), stories);
}

Observed one_note(const Happening& happening) {
  const auto all = notes_of(happening);
  EXPECT_THAT(all, SizeIs(1));
  return all.empty() ? Observed() : all.front();
}

std::vector<Anomaly> anomalies_of(const Happening& happening) {
  std::vector<Anomaly> all;
  for (const Observed& one : notes_of(happening)) all.push_back(one.anomaly);
  return all;
}

Happening to_lines() { return Happening("DIG-1"); }

// --- too early, too late ---

TEST(DueReplies, AReplyThatCameTooEarlyIsShownWhole) {
  const Observed one = one_note(to_lines()
                                    .connect()
                                    .send_part("abc", 3)
                                    .get_reply("abc")
                                    .watch(Came::kUnexpected)
                                    .send_rest()
                                    .await_reply(Came::kExpected)
                                    .end());
  EXPECT_EQ(one.anomaly, Anomaly::kPremature);
  EXPECT_EQ(one.received, kQuotedAbc);
}

TEST(DueReplies, AReplyThatCameTooLateIsShownWhole) {
  const Observed one = one_note(
      to_lines().connect().exchange_in_vain("abc").half_close().get_reply("abc").server_closes());
  EXPECT_EQ(one.anomaly, Anomaly::kLate);
  EXPECT_EQ(one.received, kQuotedAbc);
}

TEST(DueReplies, AReplyWhoseLastByteCameTooLateIsLate) {
  const std::string reply = to_lines().reply_to("abc");
  EXPECT_THAT(anomalies_of(to_lines()
                               .connect()
                               .send("abc")
                               .get(reply.substr(0, reply.size() - 1))
                               .await_reply(Came::kTimeout)
                               .half_close()
                               .get("\n")
                               .server_closes()
                               .await_end()),
              ElementsAre(Anomaly::kLate));
}

TEST(DueReplies, OfWhatCameBeforeAMessageWasWholeOnlyThatIsShown) {
  const Observed one = one_note(to_lines()
                                    .connect()
                                    .exchange("xyz")
                                    .send_part("abc", 1)
                                    .get("wait\n")
                                    .watch(Came::kUnexpected)
                                    .send_rest()
                                    .get_reply("abc")
                                    .await_reply(Came::kUnexpected)
                                    .end());
  EXPECT_EQ(one.anomaly, Anomaly::kPremature);
  EXPECT_EQ(one.received, "\"wait\\n\"");
}

TEST(DueReplies, WhatComesTooEarlyInAPipelineIsTakenForAReply) {
  EXPECT_THAT(anomalies_of(to_lines()
                               .connect()
                               .send_part("abc", 1)
                               .get("wait\n")
                               .send_rest()
                               .send("xyz")
                               .get_reply("abc")
                               .get_reply("xyz")
                               .await_reply(Came::kUnexpected)
                               .end()),
              ElementsAre(Anomaly::kGarbage, Anomaly::kPremature));
}

TEST(DueReplies, TheBeginningOfTheNextReplyIsNoSurplusInAPipeline) {
  const std::string reply = to_lines().reply_to("2");
  EXPECT_THAT(anomalies_of(to_lines()
                               .connect()
                               .exchange("0")
                               .send("1")
                               .get_reply("1")
                               .get(reply.substr(0, 5))
                               .send("2")
                               .send("3")
                               .get(reply.substr(5))
                               .get_reply("3")
                               .await_reply(Came::kExpected)
                               .end()),
              ElementsAre(Anomaly::kPremature));
}

// --- surplus ---

TEST(DueReplies, BytesBehindAReplyAreItsOwnWhereNothingOfTheNextMessageWasSent) {
  const Observed one = one_note(to_lines()
                                    .connect()
                                    .exchange("abc")
                                    .get("more")
                                    .send_part("xyz", 0)
                                    .server_resets()
                                    .send_fails()
                                    .half_close()
                                    .await_end());
  EXPECT_EQ(one.anomaly, Anomaly::kSurplus);
  EXPECT_EQ(one.explanation, "4 bytes came behind the reply");
  EXPECT_EQ(one.expected, kQuotedAbc);
}

TEST(DueReplies, BytesBehindAWrongReplyAtTheEndOfAPipelineAreSurplus) {
  const auto notes = notes_of(to_lines()
                                  .connect()
                                  .send_together({"1", "2"})
                                  .get_reply("1")
                                  .get(kWrongReply + "more")
                                  .await_reply(Came::kUnexpected)
                                  .end());
  ASSERT_THAT(notes, SizeIs(2));
  EXPECT_EQ(notes[0].anomaly, Anomaly::kOtherDigest);
  EXPECT_EQ(notes[1].anomaly, Anomaly::kSurplus);
  EXPECT_EQ(notes[1].explanation, "4 bytes came behind the reply");
  EXPECT_EQ(notes[1].size, 1U);
}

TEST(DueReplies, WhatIsSaidToAnEndWithoutAnyMessageIsLeftOpen) {
  EXPECT_THAT(
      anomalies_of(to_lines().connect().half_close().get("bye\n").server_closes().await_end()),
      IsEmpty());
}

// --- where a reply ends that isn't the one due ---

TEST(DueReplies, AllThatComesBeforeTheNextMessageIsOneWrongReply) {
  const Observed one = one_note(to_lines().connect().exchange("abc", "no\nnever\n").end());
  EXPECT_EQ(one.anomaly, Anomaly::kGarbage);
  EXPECT_EQ(one.received, "\"no\\nnever\\n\"");
}

TEST(DueReplies, NothingOfTheNextReplyIsTakenForOneThatNeverCame) {
  const Observed one = one_note(to_lines().connect().exchange_in_vain("abc").exchange("xyz").end());
  EXPECT_EQ(one.anomaly, Anomaly::kNoReply);
  EXPECT_EQ(one.explanation, "no reply to this message, though later ones were answered");
}

TEST(DueReplies, AWrongDigestOfAPipelineTakesUpOneLine) {
  const auto pipeline = [](const std::vector<std::string>& messages) {
    return std::move(to_lines().connect().send_together(messages));
  };
  EXPECT_THAT(anomalies_of(pipeline({"1", "2"})
                               .get(kWrongReply)
                               .get_reply("2")
                               .await_reply(Came::kUnexpected)
                               .end()),
              ElementsAre(Anomaly::kOtherDigest));
  EXPECT_THAT(anomalies_of(pipeline({"1", "2", "3"})
                               .get(kWrongReply)
                               .get_reply("2")
                               .get(kWrongReply)
                               .await_reply(Came::kUnexpected)
                               .end()),
              ElementsAre(Anomaly::kOtherDigest, Anomaly::kOtherDigest));
}

TEST(DueReplies, BehindWhatIsNoDigestNothingMoreIsSaidOfAPipeline) {
  const auto pipeline = [] { return std::move(to_lines().connect().send_together({"1", "2"})); };
  EXPECT_THAT(
      anomalies_of(pipeline().get("no\nno\n").get_reply("2").await_reply(Came::kUnexpected).end()),
      ElementsAre(Anomaly::kGarbage));
  EXPECT_THAT(anomalies_of(
                  pipeline().get_reply("1").get("no\nmore\n").await_reply(Came::kUnexpected).end()),
              ElementsAre(Anomaly::kGarbage));
}

TEST(DueReplies, WhereNothingComesBehindThatTheEndOfThePipelineIsJudgedAllTheSame) {
  EXPECT_THAT(anomalies_of(to_lines()
                               .connect()
                               .send_together({"1", "2"})
                               .get_reply("1")
                               .get("no\n")
                               .await_reply(Came::kUnexpected)
                               .half_close()
                               .await_end(Came::kTimeout)),
              ElementsAre(Anomaly::kGarbage, Anomaly::kNotClosed));
}

TEST(DueReplies, AnEarlyEndBehindAWrongReplyIsToldToo) {
  EXPECT_THAT(
      anomalies_of(to_lines().connect().exchange("abc", kWrongReply).server_closes().await_end()),
      ElementsAre(Anomaly::kOtherDigest, Anomaly::kEarlyClose));
}

TEST(DueReplies, OfAConnectionWhereAllGoesWrongSomeIsKept) {
  Happening happening = to_lines();
  happening.connect();
  for (int i = 0; i < 40; ++i) happening.exchange("abc", kWrongReply);
  EXPECT_LT(notes_of(happening.end()).size(), 30U);
}

// --- order ---

TEST(DueReplies, AReplyThatComesAgainInAPipelineIsOutOfOrder) {
  EXPECT_THAT(anomalies_of(to_lines()
                               .connect()
                               .send_together({"1", "2"})
                               .get_reply("1")
                               .get_reply("1")
                               .await_reply(Came::kUnexpected)
                               .end()),
              ElementsAre(Anomaly::kOrder));
}

TEST(DueReplies, AReplyBehindAWrongOneIsOutOfOrderAndNoSecondOne) {
  EXPECT_THAT(anomalies_of(to_lines()
                               .connect()
                               .send_together({"1", "2", "3"})
                               .get_reply("2")
                               .get(kWrongReply)
                               .get_reply("1")
                               .await_reply(Came::kUnexpected)
                               .end()),
              ElementsAre(Anomaly::kOrder, Anomaly::kOtherDigest));
}

// --- banners ---

Happening greeted() {
  return std::move(Happening("CON-2", kLineProfile + std::string("banner: \"hi\\n\"\n"))
                       .connect()
                       .get("hi\n")
                       .await_banner(Came::kExpected));
}

TEST(DueReplies, ASecondBannerIsShownWithTheReplyBehindIt) {
  const Observed one = one_note(greeted().exchange("abc", "hi\n" + kAbcReply).end());
  EXPECT_EQ(one.anomaly, Anomaly::kBannerWrong);
  EXPECT_EQ(one.received, "\"hi\\n900150983cd24fb0d6963f7d28e17f72\\n\"");
}

TEST(DueReplies, WhatBeginsAsTheBannerWithoutAReplyBehindItIsNoSecondOne) {
  const Observed one = one_note(greeted().exchange("abc", "hi\nyou\n").end());
  EXPECT_EQ(one.anomaly, Anomaly::kGarbage);
}

// --- whose digest it is ---

TEST(DueReplies, ADigestIsAnothersOnlyWhereAnotherConnectionSentItsMessage) {
  const auto of_another = [](const std::string& digest_of, const std::string& theirs) {
    const auto notes = notes_of(to_lines()
                                    .connect()
                                    .exchange("xyz")
                                    .exchange("abc", md5(digest_of).hex() + "\n")
                                    .end()
                                    .connect()
                                    .exchange(theirs)
                                    .end());
    EXPECT_THAT(notes, SizeIs(1));
    return !notes.empty() && notes.front().of_another;
  };
  EXPECT_TRUE(of_another("theirs", "theirs"));
  EXPECT_FALSE(of_another("xyz", "theirs"));
  EXPECT_FALSE(of_another("what else", "theirs"));
}

TEST(DueReplies, RepliesOfOthersBeforeOnesOwnAreToldFromOtherSurplus) {
  const auto of_another = [](const std::string& before) {
    const auto notes = notes_of(to_lines()
                                    .connect()
                                    .exchange("abc", before + kAbcReply)
                                    .end()
                                    .connect()
                                    .exchange("theirs")
                                    .end());
    EXPECT_FALSE(notes.empty());
    return !notes.empty() && notes.front().anomaly == Anomaly::kSurplus && notes.front().of_another;
  };
  const std::string theirs = md5("theirs").hex() + "\n";
  EXPECT_TRUE(of_another(theirs));
  EXPECT_TRUE(of_another(theirs + theirs));
  EXPECT_FALSE(of_another(theirs.substr(1)));
  EXPECT_FALSE(of_another("welcome\n"));
  EXPECT_FALSE(of_another(kAbcReply));
}

TEST(DueReplies, TheRightDigestIsNobodyElsesThoughAnotherClientSentTheSame) {
  const auto notes = notes_of(to_lines()
                                  .connect()
                                  .exchange("abc", md5("abc").hex() + "!\n")
                                  .end()
                                  .connect()
                                  .exchange("abc")
                                  .end());
  ASSERT_THAT(notes, SizeIs(1));
  EXPECT_EQ(notes.front().anomaly, Anomaly::kSurplus);
  EXPECT_FALSE(notes.front().of_another);
}

TEST(DueReplies, AMessageIsNotTakenForAnotherOfItsCase) {
  const Observed one =
      one_note(to_lines().connect().exchange("abc", md5("abc\nabc").hex() + "\n").end());
  EXPECT_EQ(one.explanation, "the digest of something else");
  EXPECT_TRUE(one.of_unknown);
}

// --- bytes below the framing ---

TEST(DueReplies, ADigestForALengthOverTheLimitIsRes10s) {
  EXPECT_EQ(Happening("RES-10", kPrefixedProfile + std::string("limits: {message_bytes: 255}\n"))
                .connect()
                .send_raw(8)
                .half_close()
                .get(md5("").hex())
                .server_closes()
                .await_end()
                .verdict(),
            "broken RES-10: cut answered by bytes");
}

TEST(DueReplies, AReplyThatAResetCutsIsCutShortWhereverThatIs) {
  for (const std::size_t left : {14U, 28U, 32U}) {
    const Observed one = one_note(to_lines()
                                      .connect()
                                      .send("abc")
                                      .get(kAbcReply.substr(0, left))
                                      .server_resets()
                                      .await_reply(Came::kEnded));
    EXPECT_EQ(one.anomaly, Anomaly::kTruncated) << left;
    EXPECT_EQ(one.evidence, Evidence::kReset);
  }
}

// --- unframed, what is sent behind an unanswered message may be read together with it ---

TEST(DueReplies, UnframedAServerThatIsLateMayReadTwoMessagesAsOne) {
  const auto unframed = [](const std::string& digest_of) {
    return Happening("DIG-1", kClassicProfile)
        .connect()
        .exchange_in_vain("abc")
        .exchange("xyz", md5(digest_of).hex());
  };
  const Observed one = one_note(unframed("abcxyz"));
  EXPECT_EQ(one.anomaly, Anomaly::kNoReply);
  EXPECT_EQ(one.evidence, Evidence::kDeadline);
  // Where the next message is answered by itself, the reply to this one is left out.
  EXPECT_EQ(one_note(unframed("xyz")).evidence, Evidence::kSentinel);
}

TEST(DueReplies, UnframedNoDigestIsWrongBehindAReplyThatCameLate) {
  const Observed one = one_note(Happening("DIG-1", kClassicProfile)
                                    .connect()
                                    .exchange_in_vain("abc")
                                    .exchange("def", md5("abc").hex())
                                    .exchange("xyz", md5("defxyz").hex()));
  EXPECT_EQ(one.anomaly, Anomaly::kLate);
}

TEST(DueReplies, UnframedWhatWasAnsweredInPartIsNotReadAgain) {
  EXPECT_THAT(anomalies_of(Happening("DIG-1", kClassicProfile)
                               .connect()
                               .send("abc")
                               .get(md5("abc").hex().substr(0, 16))
                               .await_reply(Came::kTimeout)
                               .exchange("xyz", md5("abcxyz").hex())),
              ElementsAre(Anomaly::kTruncated, Anomaly::kOtherDigest));
}

TEST(DueReplies, FramedADigestOfTwoMessagesIsWrongThoughTheFirstWasLeftUnanswered) {
  EXPECT_THAT(anomalies_of(to_lines().connect().exchange_in_vain("abc").exchange(
                  "xyz", md5("abcxyz").hex() + "\n")),
              ElementsAre(Anomaly::kNoReply, Anomaly::kOtherDigest));
}

}  // namespace
}  // namespace md5spec
