#include "judge/connection_notes.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "judge/transcript_builder.h"

namespace md5spec {
namespace {

using ::testing::IsEmpty;
using ::testing::Not;

using Came = Event::Came;

// What is noted first of the first connection.
Observed first_note(const Happening& happening) {
  const Transcript transcript = happening.transcript();
  const PlannedCase planned = happening.planned();
  const std::vector<Story> stories = tell(planned, transcript);
  const auto all = observe(planned, stories.at(0), stories);
  EXPECT_THAT(all, Not(IsEmpty()));
  return all.empty() ? Observed() : all.front();
}

Happening noted(const char* judged = "DIG-1") { return Happening(judged); }

TEST(ConnectionNotes, WhatKindOfBytesAMessageHasIsTold) {
  using Content = Observed::Content;
  const auto content_of = [](const std::string& message) {
    return first_note(noted().connect().exchange_in_vain(message)).content;
  };
  EXPECT_EQ(content_of(""), Content::kEmpty);
  EXPECT_EQ(content_of("a"), Content::kPlain);
  EXPECT_EQ(content_of("Isn't it plain, all of 12? Half-plain. Yes!"), Content::kPlain);
  EXPECT_EQ(content_of("abc\x01"), Content::kAnyBytes);
  EXPECT_EQ(content_of("abc;"), Content::kAnyBytes);
  EXPECT_EQ(content_of("\xC3\xA4"), Content::kAnyBytes);
}

TEST(ConnectionNotes, WhereOnlyTheEmptyMessageWasSentNoneIsLarger) {
  EXPECT_EQ(first_note(noted().connect().exchange_in_vain("")).largest, 0U);
}

TEST(ConnectionNotes, AMessageInTwoPiecesIsInPieces) {
  EXPECT_TRUE(
      first_note(noted().connect().send_part("abc", 1).send_rest().await_reply(Came::kTimeout))
          .in_pieces);
}

TEST(ConnectionNotes, AMessageWhoseReplyWasWaitedForIsNotPipelined) {
  EXPECT_FALSE(first_note(noted().connect().exchange_in_vain("abc").exchange("xyz")).pipelined);
}

TEST(ConnectionNotes, CompanyIsAnotherConnectionOfTheSameRoundOfTheCase) {
  const auto in_vain = [] { return std::move(noted().connect().exchange_in_vain("abc")); };
  EXPECT_FALSE(first_note(in_vain()).in_company);
  EXPECT_TRUE(first_note(in_vain().connect()).in_company);
  EXPECT_FALSE(first_note(in_vain().in_control().connect()).in_company);
  EXPECT_FALSE(first_note(in_vain().in_liveness().connect()).in_company);
  EXPECT_FALSE(first_note(in_vain().in_round(1).connect()).in_company);
}

TEST(ConnectionNotes, AMessageThatWasWholeOnlyOnceTheServerWasToldToEndIsMarked) {
  EXPECT_FALSE(first_note(noted().connect().exchange_in_vain("abc")).at_shutdown);
  EXPECT_FALSE(
      first_note(noted().connect().send("abc").server_is_told_to_end().await_reply(Came::kTimeout))
          .at_shutdown);
  EXPECT_TRUE(
      first_note(
          noted().connect().send_part("abc", 1).server_is_told_to_end().send_rest().await_reply(
              Came::kTimeout))
          .at_shutdown);
  EXPECT_TRUE(
      first_note(
          noted().connect().send_part("abc", 1).server_is_told_to_end().server_closes().await_reply(
              Came::kEnded))
          .at_shutdown);
}

TEST(ConnectionNotes, AServerThatWasToldToEndMayCloseButNotLeaveAConnectionOpen) {
  EXPECT_EQ(
      noted("RES-7").connect().exchange("abc").server_is_told_to_end().server_closes().blame(),
      "nothing");
  EXPECT_EQ(
      first_note(noted().server_is_told_to_end().connect().exchange("abc").half_close().await_end(
                     Came::kTimeout))
          .anomaly,
      Anomaly::kNotClosed);
}

TEST(ConnectionNotes, ALengthJustOverTheLimitIsEnoughToSayOneThatIsTooLong) {
  const auto answered = [](const std::string& limit) {
    return Happening("RES-10", kPrefixedProfile + std::string("length: {bytes: 1}\n") +
                                   "limits: {message_bytes: " + limit + "}\n")
        .connect()
        .send_raw(1)
        .half_close()
        .get(md5("").hex())
        .server_closes()
        .await_end()
        .blame();
  };
  EXPECT_EQ(answered("254"), "broken RES-10: cut answered");
  EXPECT_EQ(answered("255"), "nothing");
}

TEST(ConnectionNotes, WhoComesLastHasOnlyThoseForCompanyThatTheServerHasNotSeenOff) {
  const auto in_company_of = [](const Happening& before) {
    const auto happening =
        Happening(before).in_liveness().connect().send("abc").server_closes().await_reply(
            Came::kEnded);
    const Transcript transcript = happening.transcript();
    const PlannedCase planned = happening.planned();
    const std::vector<Story> stories = tell(planned, transcript);
    return observe(planned, stories.at(1), stories).at(0).in_company;
  };
  EXPECT_FALSE(in_company_of(noted().connect().exchange("abc").end()));
  EXPECT_TRUE(in_company_of(noted().connect().exchange("abc").close()));
  EXPECT_TRUE(in_company_of(noted().connect().exchange("abc")));
}

}  // namespace
}  // namespace md5spec
