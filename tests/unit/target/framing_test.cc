#include "target/framing.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace md5spec {
namespace {

using namespace std::string_literals;
using ::testing::Eq;
using ::testing::Optional;

Profile profile(const std::string& keys) {
  return parse_profile("profile: p\n" + keys, "p.yaml", MD5SPEC_BUNDLED_PROFILES);
}

// All that is sent for `message`.
std::string framed(const Profile& p, std::string_view message) {
  const Frame frame = frame_for(p, message.size());
  return frame.head + std::string(message) + frame.tail;
}

TEST(Frame, CountsWhatStandsAroundTheMessage) {
  EXPECT_EQ((Frame{"ab", "c"}).size(10), 13U);
  EXPECT_EQ(Frame().size(std::uint64_t{1} << 33), std::uint64_t{1} << 33);
}

TEST(FrameFor, AddsNothingWhenUnframed) {
  EXPECT_EQ(framed(profile("framing: unframed"), "abc"), "abc");
}

TEST(FrameFor, AddsNothingBeforeAHalfClose) {
  EXPECT_EQ(framed(profile("framing: half_close"), "abc"), "abc");
}

TEST(FrameFor, EndsAMessageWithItsDelimiter) {
  EXPECT_EQ(framed(profile("framing: delimited"), "abc"), "abc\n");
  EXPECT_EQ(framed(profile("framing: delimited\ndelimiter: \"\\r\\n.\\r\\n\""), ""), "\r\n.\r\n");
  EXPECT_EQ(framed(profile("framing: delimited\ndelimiter: {hex: \"00ff\"}"), "abc"), "abc\0\xFF"s);
}

TEST(FrameFor, AddsNoOptionalCarriageReturn) {
  EXPECT_EQ(framed(profile("framing: delimited\noptional_cr: true"), "abc"), "abc\n");
}

TEST(FrameFor, PutsALengthBeforeTheMessage) {
  EXPECT_EQ(framed(profile("framing: length_prefixed"), "abc"), "\0\0\0\3abc"s);
}

TEST(FrameFor, WritesLengthsOfEveryWidthAndOrder) {
  const auto head = [](const std::string& length, std::uint64_t size) {
    return frame_for(profile("framing: length_prefixed\nlength: " + length), size).head;
  };
  EXPECT_EQ(head("{bytes: 1}", 0xFE), "\xFE");
  EXPECT_EQ(head("{bytes: 2, order: big}", 0x0102), "\1\2");
  EXPECT_EQ(head("{bytes: 2, order: little}", 0x0102), "\2\1");
  EXPECT_EQ(head("{bytes: 4, order: big}", 0x01020304), "\1\2\3\4");
  EXPECT_EQ(head("{bytes: 4, order: little}", 0x01020304), "\4\3\2\1");
  EXPECT_EQ(head("{bytes: 8, order: big}", 0x0102030405060708), "\1\2\3\4\5\6\7\x08");
  EXPECT_EQ(head("{bytes: 8, order: little}", 0x0102030405060708), "\x08\7\6\5\4\3\2\1");
  EXPECT_EQ(head("{bytes: 8, order: little}", 1), "\1\0\0\0\0\0\0\0"s);
}

TEST(FrameFor, CountsTheLengthItselfWhereTheProfileSaysSo) {
  EXPECT_EQ(framed(profile("framing: length_prefixed\nlength: {bytes: 2, counts: frame}"), "abc"),
            "\0\5abc"s);
  EXPECT_EQ(framed(profile("framing: length_prefixed\nlength: {bytes: 2, counts: frame}"), ""),
            "\0\2"s);
}

TEST(FrameFor, PutsTheRequestAroundTheMessageWithinTheFraming) {
  EXPECT_EQ(framed(profile("framing: unframed\nrequest: \"get {message}!\""), "abc"), "get abc!");
  EXPECT_EQ(framed(profile("framing: half_close\nrequest: \"get {message}!\""), "abc"), "get abc!");
  EXPECT_EQ(framed(profile("framing: delimited\nrequest: \"get {message}!\""), "abc"),
            "get abc!\n");
  EXPECT_EQ(framed(profile("framing: length_prefixed\nrequest: \"get {message}!\""), "abc"),
            "\0\0\0\x08get abc!"s);
}

TEST(FrameFor, TakesOtherBracesOfARequestAsThemselves) {
  EXPECT_EQ(framed(profile("framing: unframed\nrequest: \"{{hex}{message}}\""), "abc"),
            "{{hex}abc}");
}

TEST(DueDigest, IsOfTheMessageAlone) {
  EXPECT_EQ(due_digest(profile("framing: delimited\nrequest: \"get {message}\""), "abc"),
            md5("abc"));
}

TEST(DueDigest, CoversTheWholeFrameWhereTheProfileSaysSo) {
  EXPECT_EQ(due_digest(profile("framing: delimited\ndigest_covers: frame"), "abc"), md5("abc\n"));
  EXPECT_EQ(due_digest(profile("framing: delimited\ndigest_covers: frame"), ""), md5("\n"));
  EXPECT_EQ(due_digest(
                profile("framing: length_prefixed\ndigest_covers: frame\nrequest: \"<{message}>\""),
                "abc"),
            md5("\0\0\0\5<abc>"s));
  EXPECT_EQ(due_digest(profile("framing: half_close\ndigest_covers: frame"), "abc"), md5("abc"));
}

TEST(WhyUnsendable, HasNothingAgainstAPlainMessage) {
  for (const std::string framing : {"unframed", "half_close", "delimited", "length_prefixed"}) {
    EXPECT_EQ(why_unsendable(profile("framing: " + framing), "Hello, server!"), std::nullopt)
        << framing;
  }
}

TEST(WhyUnsendable, HasNothingAgainstTheEmptyMessageWhereItsEndIsTold) {
  for (const std::string framing : {"half_close", "delimited", "length_prefixed"}) {
    EXPECT_EQ(why_unsendable(profile("framing: " + framing), ""), std::nullopt) << framing;
  }
}

TEST(WhyUnsendable, RefusesTheEmptyMessageUnframed) {
  EXPECT_THAT(why_unsendable(profile("framing: unframed"), ""),
              Optional(Eq("an empty message can't be sent unframed")));
}

TEST(WhyUnsendable, LetsTheEmptyMessagePassUnframedWhereTheRequestHasBytesOfItsOwn) {
  EXPECT_EQ(why_unsendable(profile("framing: unframed\nrequest: \"get {message}\""), ""),
            std::nullopt);
}

TEST(WhyUnsendable, RefusesAMessageOverTheDeclaredLimit) {
  const Profile p = profile("framing: delimited\nlimits: {message_bytes: 2KiB}");
  EXPECT_EQ(why_unsendable(p, std::string(2048, 'a')), std::nullopt);
  EXPECT_THAT(why_unsendable(p, std::string(2049, 'a')),
              Optional(Eq("longer than the profile's limit of 2 KiB (2048 bytes)")));
}

TEST(WhyUnsendable, JudgesASizeAloneByTheLimitAndTheLength) {
  const Profile p =
      profile("framing: length_prefixed\nlength: {bytes: 1}\nlimits: {message_bytes: 300}");
  EXPECT_EQ(why_unsendable(p, std::uint64_t{0}), std::nullopt);
  EXPECT_EQ(why_unsendable(p, std::uint64_t{255}), std::nullopt);
  EXPECT_THAT(why_unsendable(p, std::uint64_t{256}),
              Optional(Eq("longer than a length of 1 byte can say")));
  EXPECT_THAT(why_unsendable(p, std::uint64_t{301}),
              Optional(Eq("longer than the profile's limit of 300 bytes")));
}

TEST(WhyUnsendable, RefusesMoreThanIsTestedWhereNoLimitIsDeclared) {
  Profile p = profile("framing: delimited");
  p.limits.message_bytes = 3;
  EXPECT_THAT(why_unsendable(p, "abcd"),
              Optional(Eq("longer than what is tested by default, 3 bytes")));
}

TEST(WhyUnsendable, LetsAMessageExceedTheLimitWhereThatIsThePoint) {
  const Profile p = profile("framing: delimited\nlimits: {message_bytes: 3}");
  EXPECT_EQ(why_unsendable(p, "abcd", LimitRule::kExceed), std::nullopt);
}

TEST(WhyUnsendable, KeepsEveryOtherRuleWhereTheLimitMayBeExceeded) {
  EXPECT_NE(why_unsendable(profile("framing: delimited"), "a\nb", LimitRule::kExceed),
            std::nullopt);
  EXPECT_NE(why_unsendable(profile("framing: unframed"), "", LimitRule::kExceed), std::nullopt);
  EXPECT_NE(why_unsendable(profile("framing: length_prefixed\nlength: {bytes: 1}"),
                           std::string(256, 'a'), LimitRule::kExceed),
            std::nullopt);
  EXPECT_NE(
      why_unsendable(profile("framing: half_close\naccepts: utf8"), "\xFF", LimitRule::kExceed),
      std::nullopt);
}

TEST(WhyUnsendable, RefusesWhatTheProfileDoesNotAccept) {
  EXPECT_THAT(why_unsendable(profile("framing: half_close\naccepts: utf8"), "\xFF"),
              Optional(Eq("the profile only accepts UTF-8 messages")));
  EXPECT_THAT(why_unsendable(profile("framing: half_close\naccepts: {regex: \"[a-z]+\"}"), ""),
              Optional(Eq("the profile only accepts messages that match /[a-z]+/")));
}

TEST(WhyUnsendable, RefusesAMessageThatContainsTheDelimiter) {
  EXPECT_THAT(why_unsendable(profile("framing: delimited"), "a\nb"),
              Optional(Eq("contains the delimiter \"\\n\"")));
  EXPECT_THAT(why_unsendable(profile("framing: delimited"), "a\n"),
              Optional(Eq("contains the delimiter \"\\n\"")));
}

TEST(WhyUnsendable, LetsAPartOfADelimiterStand) {
  const Profile p = profile("framing: delimited\ndelimiter: \"\\r\\n\"");
  EXPECT_EQ(why_unsendable(p, "a\rb\nc\r"), std::nullopt);
  EXPECT_NE(why_unsendable(p, "a\r\nb"), std::nullopt);
}

TEST(WhyUnsendable, RefusesAMessageWhoseEndAndDelimiterMakeAnEarlierDelimiter) {
  const Profile p = profile("framing: delimited\ndelimiter: \"aa\"");
  EXPECT_NE(why_unsendable(p, "ba"), std::nullopt);
  EXPECT_EQ(why_unsendable(p, "ab"), std::nullopt);
  EXPECT_NE(why_unsendable(profile("framing: delimited\ndelimiter: \"abab\""), "xab"),
            std::nullopt);
}

TEST(WhyUnsendable, LooksForTheDelimiterInTheWholeRequest) {
  const Profile p = profile("framing: delimited\ndelimiter: \"--\"\nrequest: \"{message}-\"");
  EXPECT_NE(why_unsendable(p, "abc"), std::nullopt);
  EXPECT_EQ(why_unsendable(
                profile("framing: delimited\ndelimiter: \"--\"\nrequest: \"-{message}.\""), "abc"),
            std::nullopt);
  EXPECT_NE(why_unsendable(
                profile("framing: delimited\ndelimiter: \"--\"\nrequest: \"-{message}.\""), "-abc"),
            std::nullopt);
}

TEST(WhyUnsendable, RefusesACarriageReturnAtTheEndWhereItIsOptional) {
  const Profile p = profile("framing: delimited\noptional_cr: true");
  EXPECT_THAT(why_unsendable(p, "a\r"),
              Optional(Eq("ends in a carriage return, which the profile counts to the delimiter")));
  EXPECT_EQ(why_unsendable(p, "a\rb"), std::nullopt);
  EXPECT_EQ(why_unsendable(profile("framing: delimited"), "a\r"), std::nullopt);
}

TEST(WhyUnsendable, LooksAtTheEndOfTheRequestForTheOptionalCarriageReturn) {
  EXPECT_EQ(why_unsendable(
                profile("framing: delimited\noptional_cr: true\nrequest: \"<{message}>\""), "a\r"),
            std::nullopt);
  EXPECT_NE(why_unsendable(
                profile("framing: delimited\noptional_cr: true\nrequest: \"{message}\\r\""), "a"),
            std::nullopt);
}

TEST(WhyUnsendable, RefusesWhatALengthCannotSay) {
  const Profile p = profile("framing: length_prefixed\nlength: {bytes: 1}");
  EXPECT_EQ(why_unsendable(p, std::string(255, 'a')), std::nullopt);
  EXPECT_THAT(why_unsendable(p, std::string(256, 'a')),
              Optional(Eq("longer than a length of 1 byte can say")));
}

TEST(WhyUnsendable, CountsTheLengthAndTheRequestIntoWhatALengthCanSay) {
  const Profile counting = profile("framing: length_prefixed\nlength: {bytes: 2, counts: frame}");
  EXPECT_EQ(why_unsendable(counting, std::string(65533, 'a')), std::nullopt);
  EXPECT_THAT(why_unsendable(counting, std::string(65534, 'a')),
              Optional(Eq("longer than a length of 2 bytes can say")));
  const Profile asking =
      profile("framing: length_prefixed\nlength: {bytes: 1}\nrequest: \"get {message}\"");
  EXPECT_EQ(why_unsendable(asking, std::string(251, 'a')), std::nullopt);
  EXPECT_NE(why_unsendable(asking, std::string(252, 'a')), std::nullopt);
}

TEST(WhyUnsendable, FindsRoomForEveryTestedSizeInALongLength) {
  const std::string message(100000, 'a');
  EXPECT_EQ(why_unsendable(profile("framing: length_prefixed\nlength: {bytes: 4}"), message),
            std::nullopt);
  EXPECT_EQ(why_unsendable(profile("framing: length_prefixed\nlength: {bytes: 8, counts: frame}"),
                           message),
            std::nullopt);
}

}  // namespace
}  // namespace md5spec
