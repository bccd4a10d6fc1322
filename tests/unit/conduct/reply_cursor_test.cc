#include "conduct/reply_cursor.h"

#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "digest/md5.h"
#include "judge/transcript_builder.h"

namespace md5spec {
namespace {

using State = ReplyCursor::State;

class ReplyCursorTest : public testing::Test {
 protected:
  explicit ReplyCursorTest(const char* profile = kLineProfile) : profile_(profile_with(profile)) {}

  void expect(const std::string& message) {
    auto planned = std::make_shared<PlannedMessage>();
    planned->bytes = message;
    planned->reply = profile_.reply.expect(md5(message), message);
    cursor.expect(planned);
  }
  std::string reply(const std::string& message) const {
    return profile_.reply.expect(md5(message), message).bytes();
  }

  ReplyCursor cursor;

 private:
  Profile profile_;
};

TEST_F(ReplyCursorTest, WhereNothingIsDueAllIsIn) {
  EXPECT_TRUE(cursor.all_in());
  EXPECT_EQ(cursor.look(""), State::kComplete);
  EXPECT_EQ(cursor.look("whatever"), State::kComplete);
}

TEST_F(ReplyCursorTest, AReplyIsInWithItsLastByte) {
  expect("abc");
  const std::string due = reply("abc");
  for (std::size_t size = 0; size < due.size(); ++size)
    EXPECT_EQ(cursor.look(due.substr(0, size)), State::kMore) << size;
  EXPECT_FALSE(cursor.all_in());
  EXPECT_EQ(cursor.look(due), State::kComplete);
  EXPECT_TRUE(cursor.all_in());
}

TEST_F(ReplyCursorTest, SeveralRepliesComeOneBehindTheOther) {
  expect("abc");
  expect("xyz");
  EXPECT_EQ(cursor.look(reply("abc")), State::kMore);
  EXPECT_EQ(cursor.look(reply("abc") + reply("xyz").substr(0, 5)), State::kMore);
  EXPECT_EQ(cursor.look(reply("abc") + reply("xyz")), State::kComplete);
}

TEST_F(ReplyCursorTest, MoreThanIsDueIsCompleteToo) {
  expect("abc");
  EXPECT_EQ(cursor.look(reply("abc") + "surplus"), State::kComplete);
}

TEST_F(ReplyCursorTest, AnotherReplyDeviates) {
  expect("abc");
  EXPECT_EQ(cursor.look(reply("xyz")), State::kDeviating);
}

TEST_F(ReplyCursorTest, AFewWrongBytesMayBeTheBeginningOfMore) {
  expect("abc");
  EXPECT_EQ(cursor.look("x"), State::kScant);
  EXPECT_EQ(cursor.look(std::string(15, 'x')), State::kScant);
  EXPECT_EQ(cursor.look(std::string(16, 'x')), State::kDeviating);
}

TEST_F(ReplyCursorTest, ASecondReplyThatIsWrongDeviates) {
  expect("abc");
  expect("xyz");
  EXPECT_EQ(cursor.look(reply("abc") + reply("abc")), State::kDeviating);
}

TEST_F(ReplyCursorTest, WhatIsSettledBelongsToTheRepliesBefore) {
  expect("abc");
  EXPECT_EQ(cursor.look("something wrong!"), State::kDeviating);
  cursor.settle(16);
  EXPECT_TRUE(cursor.all_in());
  expect("xyz");
  EXPECT_EQ(cursor.look("something wrong!"), State::kMore);
  EXPECT_EQ(cursor.look("something wrong!" + reply("xyz")), State::kComplete);
}

TEST_F(ReplyCursorTest, ABannerIsSettledBeforeAnythingIsDue) {
  cursor.settle(3);
  expect("abc");
  EXPECT_EQ(cursor.look("hi\n" + reply("abc")), State::kComplete);
}

TEST_F(ReplyCursorTest, OfAWrongReplyItTellsWhetherAsMuchHasComeAsIsDue) {
  cursor.settle(3);
  expect("abc");
  const std::string upper = "hi\n900150983CD24FB0D6963F7D28E17F72\n";
  EXPECT_FALSE(cursor.has_as_many(upper.substr(0, upper.size() - 1)));
  EXPECT_TRUE(cursor.has_as_many(upper));
  cursor.settle(upper.size());
  EXPECT_FALSE(cursor.has_as_many(upper));
}

class RawReplyCursorTest : public ReplyCursorTest {
 protected:
  RawReplyCursorTest() : ReplyCursorTest("framing: length_prefixed\nreply: \"{raw}\"\n") {}
};

TEST_F(RawReplyCursorTest, AWholeWrongReplyDeviatesHoweverShort) {
  expect("abc");
  EXPECT_EQ(cursor.look(std::string(15, 'x')), State::kScant);
  EXPECT_EQ(cursor.look(std::string(16, 'x')), State::kDeviating);
}

class AnyHexReplyCursorTest : public ReplyCursorTest {
 protected:
  AnyHexReplyCursorTest() : ReplyCursorTest("framing: delimited\nreply: \"{any_hex}\"\n") {}
};

TEST_F(AnyHexReplyCursorTest, EitherLetterCaseIsRight) {
  expect("abc");
  EXPECT_EQ(cursor.look("900150983CD24fb0D6963F7D28E17F72"), State::kComplete);
}

}  // namespace
}  // namespace md5spec
