#include "detect/reply_shape.h"

#include <gtest/gtest.h>

namespace md5spec {
namespace {

// The template found in what a server with that template answers to these messages.
std::string found(const std::string& text, const std::vector<std::string>& messages) {
  ReplyTemplate shape;
  EXPECT_EQ(ReplyTemplate::parse(text, &shape), "");
  std::vector<ReplySample> samples;
  for (const std::string& message : messages) {
    const Digest digest = md5(message);
    samples.push_back({message, digest, shape.expect(digest, message).bytes()});
  }
  const auto result = template_of(samples);
  return result ? result->text() : "nothing";
}

TEST(ReplyShapeTest, EachEncodingIsFoundWithWhatStandsAround) {
  for (const char* text : {"{hex}", "{HEX}\n", "MD5: {base64}\r\n", "<{raw}>",
                           "{\"md5\": \"{hex}\"}", "\x1b[1m{hex}\x1b[0m"})
    EXPECT_EQ(found(text, {"hello", "sierra"}), text);
}

TEST(ReplyShapeTest, TheMessageAndItsLengthAreFound) {
  for (const char* text :
       {"{message} {hex}\n", "{length}:{hex}", "{\"length\": {length}, \"md5\": \"{hex}\"}\n",
        "{hex}  {message}\n", "{message} ({length} bytes) = {HEX}\n"})
    EXPECT_EQ(found(text, {"hello", "victoria"}), text);
}

TEST(ReplyShapeTest, ANumberThatIsAlwaysTheSameIsNoLength) {
  EXPECT_EQ(found("v5 {hex}", {"hello", "victoria"}), "v5 {hex}");
  EXPECT_EQ(found("15 {hex}", {"hello", "alpha"}), "15 {hex}");
}

TEST(ReplyShapeTest, EitherLetterCaseIsFound) {
  const Digest one = md5("hello");
  const Digest other = md5("sierra");
  const auto shape = template_of(
      {{"hello", one, one.hex()}, {"sierra", other, encode(other, Encoding::kUpperHex)}});
  ASSERT_TRUE(shape);
  EXPECT_EQ(shape->text(), "{any_hex}");
}

TEST(ReplyShapeTest, WhatChangesIsNoTemplate) {
  const Digest one = md5("hello");
  const Digest other = md5("sierra");
  EXPECT_FALSE(
      template_of({{"hello", one, "1 " + one.hex()}, {"sierra", other, "2 " + other.hex()}}));
  EXPECT_FALSE(template_of({{"hello", one, "something else"}}));
}

TEST(ReplyShapeTest, AReplyThatSpellsAPlaceholderIsNoTemplate) {
  const Digest one = md5("hello");
  EXPECT_FALSE(template_of({{"hello", one, "{hex} is " + one.hex()}}));
  EXPECT_FALSE(template_of({{"hello", one, "{message} is " + one.hex()}}));
}

}  // namespace
}  // namespace md5spec
