#include "judge/fingerprint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "judge/transcript_builder.h"

namespace md5spec {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

constexpr const char* kLimitedProfile =
    "framing: delimited\nreply: \"{hex}\\n\"\nlimits: {message_bytes: 4}\n";

Fingerprint of(const Happening& happening) {
  return fingerprint(happening.planned(), happening.transcript());
}
// "fin 2, reset 1"
std::string tally(const Happening& happening, Situation situation) {
  std::string words;
  const auto counts = of(happening).tallies[situation];
  for (const auto& [reaction, count] : counts) {
    if (!words.empty()) words += ", ";
    words += std::string(name_of(reaction)) + " " + std::to_string(count);
  }
  return words;
}
Happening line() { return Happening("DIG-1"); }

TEST(FingerprintTest, HalfCloseWithoutData) {
  const auto what = Situation::kHalfCloseWithoutData;
  EXPECT_EQ(tally(line().connect().end(), what), "fin 1");
  EXPECT_EQ(tally(line().connect().half_close().server_resets().await_end(), what), "reset 1");
  EXPECT_EQ(tally(line().connect().half_close().get("?").server_closes(), what), "answer 1");
  EXPECT_EQ(tally(line().connect().half_close().await_end(Event::Came::kTimeout), what),
            "stays_open 1");
  EXPECT_EQ(tally(line().connect().half_close().close(), what), "");
}

TEST(FingerprintTest, WhoEndsAConnectionAndHow) {
  const auto after = Situation::kEndAfterHalfClose;
  const auto alone = Situation::kEndByItself;
  EXPECT_EQ(tally(line().connect().exchange("abc").end(), after), "fin 1");
  EXPECT_EQ(tally(line().connect().exchange("abc").server_resets(), alone), "reset 1");
  EXPECT_EQ(tally(line().connect().exchange("abc").server_closes().half_close(), alone), "fin 1");
  const Happening client = line().connect().exchange("abc").close();
  EXPECT_EQ(tally(client, alone), "");
  EXPECT_EQ(tally(client, after), "");
}

TEST(FingerprintTest, AnEndUnderTls) {
  const std::string tls = std::string(kLineProfile) + "tls: {verify: false}\n";
  const auto what = Situation::kTlsEnd;
  const auto ended = [&](const std::string& how) {
    return Happening("DIG-1", tls).connect().exchange("abc").half_close().server_closes(how);
  };
  EXPECT_EQ(tally(ended("with close_notify"), what), "close_notify 1");
  EXPECT_EQ(tally(ended("without close_notify"), what), "no_close_notify 1");
  EXPECT_EQ(tally(line().connect().exchange("abc").end(), what), "");
  const Happening bare = Happening("DIG-1", tls).connect_bare().half_close().server_closes();
  EXPECT_TRUE(of(bare).empty());
}

TEST(FingerprintTest, CutMessages) {
  const auto what = Situation::kCutMessage;
  EXPECT_EQ(tally(line().connect().send_part("abc", 2).end(), what), "fin 1");
  EXPECT_EQ(tally(line().connect().send_part("abc", 2).half_close().get("?").server_closes(), what),
            "answer 1");
  EXPECT_EQ(tally(line().connect().exchange("abc").end(), what), "");
}

TEST(FingerprintTest, MessagesOverTheLimit) {
  const auto what = Situation::kMessageOverLimit;
  const auto sent = [](const std::string& message) {
    return Happening("RES-5", kLimitedProfile).connect().send(message).server_resets();
  };
  EXPECT_EQ(tally(sent("abcde"), what), "reset 1");
  EXPECT_EQ(tally(sent("abcd"), what), "");
}

TEST(FingerprintTest, RepliesInPieces) {
  const auto what = Situation::kReply;
  EXPECT_EQ(tally(line().connect().exchange("abc").end(), what), "one_piece 1");
  const std::string reply = line().reply_to("abc");
  EXPECT_EQ(tally(line().connect().send("abc").get(reply.substr(0, 32)).get("\n").end(), what),
            "two_pieces 1");
  EXPECT_EQ(tally(line()
                      .connect()
                      .send("abc")
                      .get(reply.substr(0, 1))
                      .get(reply.substr(1, 1))
                      .get(reply.substr(2))
                      .end(),
                  what),
            "more_pieces 1");
  EXPECT_EQ(tally(line().connect().exchange("abc", "wrong").end(), what), "");
}

TEST(FingerprintTest, PipelinedReplies) {
  const auto what = Situation::kPipelinedReplies;
  const std::string replies = line().reply_to("a") + line().reply_to("b");
  const auto pipeline = [] { return line().connect().send_together({"a", "b"}); };
  EXPECT_EQ(tally(pipeline().get(replies).end(), what), "joined 1");
  EXPECT_EQ(tally(pipeline().get_reply("a").get_reply("b").end(), what), "apart 1");
}

TEST(FingerprintTest, PiecesAreTheClientsDoingWhereItReadsLate) {
  const Happening seen = line().connect().exchange("abc").end();
  const auto print_of = [&](Reading reading, std::uint64_t receive_buffer) {
    Case spec;
    spec.group = "g";
    spec.name = "a";
    spec.requirements = {"DIG-1"};
    ConnectStep connect{"main"};
    connect.reading = reading;
    connect.receive_buffer = receive_buffer;
    auto round = std::make_shared<Steps>();
    round->push_back({Location(), connect});
    spec.script.push_back({Location(), RepeatStep{1, round}});
    return fingerprint(PlannedCase(spec, seen.profile(), 1), seen.transcript());
  };
  Fingerprint late = print_of(Reading::kNever, 0);
  EXPECT_TRUE(late.tallies[Situation::kReply].empty());
  EXPECT_FALSE(late.tallies[Situation::kEndAfterHalfClose].empty());
  EXPECT_TRUE(print_of(Reading::kAlways, 1).tallies[Situation::kReply].empty());
  EXPECT_FALSE(print_of(Reading::kAlways, 0).tallies[Situation::kReply].empty());
}

TEST(FingerprintTest, WhereAnUnframedServerSplits) {
  const auto unframed = [] { return Happening("DIG-1", kClassicProfile).connect(); };
  const Fingerprint whole = of(unframed().exchange("abcdef").end());
  EXPECT_EQ(whole.longest_whole_read, 6U);
  EXPECT_EQ(whole.shortest_split, 0U);
  const Fingerprint cut =
      of(unframed().exchange("abcdef", md5("abcd").hex() + md5("ef").hex()).end());
  EXPECT_EQ(cut.longest_whole_read, 0U);
  EXPECT_EQ(cut.shortest_split, 4U);
  const std::string large(20000, 'x');
  EXPECT_EQ(of(unframed().exchange(large, md5(large.substr(0, 8192)).hex()).end()).shortest_split,
            8192U);
  EXPECT_EQ(of(unframed().exchange("abcdef", md5("other").hex()).end()).shortest_split, 0U);
}

TEST(FingerprintTest, NothingIsTakenFromAHinderedCaseOrAPreflight) {
  EXPECT_TRUE(of(line().connect().end().hindered(Hindrance::Kind::kEnvironment, "busy")).empty());
  const Happening seen = line().connect().end();
  Transcript before = seen.transcript();
  before.preflight = "exchange";
  EXPECT_TRUE(fingerprint(seen.planned(), before).empty());
}

TEST(FingerprintTest, SeveralAddUp) {
  Fingerprint sum = of(line().connect().end());
  sum.add(of(line().connect().end().connect().exchange("abc").end()));
  EXPECT_THAT(sum.tallies[Situation::kHalfCloseWithoutData], ElementsAre(Pair(Reaction::kFin, 2)));
  EXPECT_THAT(sum.tallies[Situation::kEndAfterHalfClose], ElementsAre(Pair(Reaction::kFin, 1)));
  Fingerprint split;
  split.shortest_split = 9;
  sum.add(split);
  sum.add(Fingerprint());
  EXPECT_EQ(sum.shortest_split, 9U);
  split.shortest_split = 5;
  sum.add(split);
  EXPECT_EQ(sum.shortest_split, 5U);
}

TEST(FingerprintTest, HalfCloseWithDataIsntHalfCloseWithout) {
  const auto what = Situation::kHalfCloseWithoutData;
  EXPECT_EQ(tally(line().connect().server_closes(), what), "");
  EXPECT_EQ(tally(line().connect().send_raw(3).half_close().server_closes(), what), "");
  // Under half_close that is the empty message.
  Happening empty("DIG-3", kHalfCloseProfile);
  EXPECT_EQ(
      tally(empty.connect().send_part("", 0).half_close().get_reply("").server_closes(), what), "");
}

TEST(FingerprintTest, AnEndThatTheClientDidntStayForIsNone) {
  const auto half_closed = [] { return std::move(line().connect().half_close()); };
  EXPECT_EQ(tally(half_closed().close().server_closes(), Situation::kHalfCloseWithoutData), "");
  EXPECT_EQ(tally(half_closed().close().server_resets(), Situation::kHalfCloseWithoutData), "");
}

TEST(FingerprintTest, OnlyWhoWaitsForTheEndSeesAConnectionStayOpen) {
  EXPECT_EQ(
      tally(line().connect().send_part("abc", 2).half_close().await_reply(Event::Came::kTimeout),
            Situation::kCutMessage),
      "");
}

TEST(FingerprintTest, TheFirstByteIsEnoughForAnEndOfTheServersOwn) {
  EXPECT_EQ(tally(line().connect().send_part("abc", 1).server_closes(), Situation::kEndByItself),
            "fin 1");
}

TEST(FingerprintTest, AServerThatWasToldToEndDoesntEndByItself) {
  const auto ended = [](bool told) {
    Happening happening = line().connect().exchange("abc");
    if (told) happening.server_is_told_to_end();
    return tally(happening.server_closes(), Situation::kEndByItself);
  };
  EXPECT_EQ(ended(true), "");
  EXPECT_EQ(ended(false), "fin 1");
}

TEST(FingerprintTest, WithoutAHandshakeNothingIsAsUsual) {
  const std::string tls = std::string(kLineProfile) + "tls: {verify: false}\n";
  EXPECT_TRUE(of(Happening("DIG-1", tls)
                     .connect_without_handshake(Event::Came::kEnded)
                     .server_closes("with close_notify"))
                  .empty());
}

TEST(FingerprintTest, WhatIsOverTheLimitIsKnownOnlyOfFramedMessages) {
  EXPECT_EQ(tally(Happening("RES-5", "framing: unframed\nlimits: {message_bytes: 4}\n")
                      .connect()
                      .send("abcde")
                      .server_resets(),
                  Situation::kMessageOverLimit),
            "");
}

TEST(FingerprintTest, RepliesInTurnAreNotPipelined) {
  EXPECT_EQ(
      tally(line().connect().exchange("abc").exchange("xyz").end(), Situation::kPipelinedReplies),
      "");
}

TEST(FingerprintTest, WhatComesBeforeTheMessageIsWholeIsNoReply) {
  EXPECT_EQ(tally(line().connect().send_part("abc", 2).get_reply("abc").end(), Situation::kReply),
            "");
}

TEST(FingerprintTest, TheBannerIsNoPieceOfTheReply) {
  EXPECT_EQ(tally(Happening("DIG-1", std::string(kLineProfile) + "banner: \"hi\\n\"\n")
                      .connect()
                      .get("hi\n")
                      .await_banner(Event::Came::kExpected)
                      .exchange("abc")
                      .end(),
                  Situation::kReply),
            "one_piece 1");
}

// The shortest split that shows where the server answers with this digest.
std::uint64_t split(const std::string& message, const std::string& received,
                    const std::string& profile = kClassicProfile) {
  return of(Happening("DIG-1", profile).connect().exchange(message, received).end()).shortest_split;
}

TEST(FingerprintTest, ASplitBehindTheFirstByteIsSeen) {
  EXPECT_EQ(split("abcdef", md5("a").hex()), 1U);
}

TEST(FingerprintTest, ASplitIsSeenInRepliesThatRepeatTheMessage) {
  const std::string repeating = "framing: unframed\nreply: \"{hex} {message}\"\n";
  EXPECT_EQ(split("abcdef", md5("abcd").hex() + " abcd", repeating), 4U);
}

TEST(FingerprintTest, BeyondFourKilobytesASplitIsSeenWhereBuffersEnd) {
  const std::string message(9000, 'x');
  const auto behind = [&](std::size_t size) {
    return split(message, md5(message.substr(0, size)).hex());
  };
  EXPECT_EQ(behind(4095), 4095U);
  EXPECT_EQ(behind(5120), 5120U);
  EXPECT_EQ(behind(5000), 0U);
}

TEST(FingerprintTest, OfVeryLongMessagesNoSplitIsLookedFor) {
  const auto first_byte_of = [](std::size_t size) {
    return split(std::string(size, 'x'), md5("x").hex(),
                 "framing: unframed\nlimits: {message_bytes: 1048576}\n");
  };
  EXPECT_EQ(first_byte_of(65536), 1U);
  EXPECT_EQ(first_byte_of(65537), 0U);
}

TEST(FingerprintTest, NoSplitIsToldWhereTheDigestIsOfTheWholeFrame) {
  EXPECT_EQ(split("abcdef", md5("abcd").hex(),
                  "framing: unframed\nrequest: \"<{message}>\"\ndigest_covers: frame\n"),
            0U);
}

TEST(FingerprintTest, OfSeveralMessagesItIsntToldWhichWasReadWhole) {
  EXPECT_EQ(of(Happening("DIG-1", kClassicProfile).connect().exchange("abc").exchange("xyz").end())
                .longest_whole_read,
            0U);
}

}  // namespace
}  // namespace md5spec
