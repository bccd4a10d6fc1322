#include "report/wire_log.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "judge/transcript_builder.h"

namespace md5spec {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

using Came = Event::Came;

std::vector<std::string> events(const Happening& happening) {
  std::vector<std::string> names;
  for (const WireEvent& event : wire_log(happening.transcript())) names.push_back(event.event);
  return names;
}

Happening on_line() { return Happening("DIG-1"); }

TEST(WireLogTest, APlainExchangeIsToldWithoutItsWaits) {
  EXPECT_THAT(events(on_line().connect().exchange("abc").end()),
              ElementsAre("connect", "connected", "send", "receive", "half_close", "server_closed",
                          "close"));
}

TEST(WireLogTest, WaitsInVainAreTold) {
  const auto log = wire_log(on_line()
                                .connect()
                                .exchange_in_vain("abc")
                                .half_close()
                                .await_end(Came::kTimeout)
                                .transcript());
  EXPECT_EQ(log.at(3).event, "timeout");
  EXPECT_EQ(log.at(3).data, "no complete reply for 2001 ms");
  EXPECT_EQ(log.at(5).event, "timeout");
  EXPECT_EQ(log.at(5).data, "no end of stream for 2001 ms");
}

TEST(WireLogTest, SilenceAndPausesAreToldWithTheirLength) {
  const auto log = wire_log(on_line().connect().watch().pause().transcript());
  EXPECT_EQ(log.at(2).event, "silence");
  EXPECT_EQ(log.at(2).data, "watched for 201 ms");
  EXPECT_EQ(log.at(3).event, "pause");
  EXPECT_EQ(log.at(3).data, "1101 ms");
}

TEST(WireLogTest, EveryKindOfEventHasAName) {
  EXPECT_THAT(events(on_line().connect_in_vain()),
              ElementsAre("connect", "connect_failed", "close"));
  EXPECT_THAT(events(on_line().connect().send_stalls().send_fails().flooded().reset()),
              ElementsAre("connect", "connected", "send_stalled", "send_failed", "flood", "reset"));
  EXPECT_THAT(events(on_line().connect().server_resets()), Contains("server_reset"));
}

TEST(WireLogTest, ConnectionsCountFromOne) {
  const auto log = wire_log(on_line().connect().connect().transcript());
  EXPECT_EQ(log.at(0).connection, 1);
  EXPECT_EQ(log.at(2).connection, 2);
}

TEST(WireLogTest, WhatWasSentIsShownInTheWritesItWentIn) {
  const auto log = wire_log(
      on_line().connect().send_part("abc", 2).send_rest().send_together({"x", "y"}).transcript());
  EXPECT_EQ(log.at(2).data, "ab");
  EXPECT_EQ(log.at(3).data, "c\n");
  EXPECT_EQ(log.at(4).data, "x\ny\n");
  EXPECT_EQ(log.at(4).bytes, 4U);
}

TEST(WireLogTest, EachConnectionHasABytesCountOfItsOwn) {
  const auto log = wire_log(
      on_line().connect().send("abc").connect().send("xyz").on(0).send("def").transcript());
  EXPECT_EQ(log.at(2).data, "abc\n");
  EXPECT_EQ(log.at(5).data, "xyz\n");
  EXPECT_EQ(log.at(6).data, "def\n");
}

TEST(WireLogTest, OnlyTheFirstBytesAreKept) {
  const std::string much(1000, 'x');
  const auto log = wire_log(on_line().connect().send(much).get(much).transcript());
  EXPECT_EQ(log.at(2).bytes, 1001U);
  EXPECT_EQ(log.at(2).data, much.substr(0, 256));
  EXPECT_EQ(log.at(3).bytes, 1000U);
  EXPECT_EQ(log.at(3).data, much.substr(0, 256));
}

TEST(WireLogTest, ItEndsWhereTold) {
  Happening many = on_line();
  many.connect();
  for (int i = 0; i < 300; ++i) many.get("x");
  EXPECT_THAT(wire_log(many.transcript()), SizeIs(200));
  EXPECT_THAT(wire_log(many.transcript(), 5), SizeIs(5));
  EXPECT_THAT(wire_log(many.transcript(), 0), IsEmpty());
}

TEST(WireLogTest, NothingHappenedIsNothingToTell) {
  EXPECT_THAT(wire_log(Transcript()), IsEmpty());
}

TEST(WireEventTest, IsOneReadableLine) {
  WireEvent send;
  send.at = std::chrono::microseconds(1234);
  send.connection = 1;
  send.event = "send";
  send.bytes = 4;
  send.data = "abc\n";
  EXPECT_EQ(in_words(send), "    1.234 ms  #1 send 4 bytes: \"abc\\n\"");
  WireEvent closed;
  closed.connection = 2;
  closed.event = "close";
  EXPECT_EQ(in_words(closed), "    0.000 ms  #2 close");
}

TEST(WireEventTest, ShowsNoControlByte) {
  for (const char* name : {"send", "receive", "connect_failed"}) {
    WireEvent hostile;
    hostile.event = name;
    hostile.data = std::string("\x1b[2J\n\x7f\xff\0", 8);
    for (const char c : in_words(hostile))
      EXPECT_FALSE(static_cast<unsigned char>(c) < 0x20 || c == 0x7F) << name;
  }
}

}  // namespace
}  // namespace md5spec
