// What is made of TLS: handshakes that fail, connections without any, ends without close_notify.
#include <string>

#include <gtest/gtest.h>

#include "judge/transcript_builder.h"

namespace md5spec {
namespace {

using Came = Event::Came;

const std::string kTls = "framing: delimited\nreply: \"{hex}\\n\"\ntls: {}\n";
const std::string kHalfCloseTls = "framing: half_close\nreply: \"{hex}\\n\"\ntls: {}\n";
const std::string kAnswersAtEnd = kTls + "at_eof: answer\n";
const std::string kAlert("\x15\x03\x03\x00\x02\x02\x46", 7);

// The beginning of a ServerHello, in a record, that settles on TLS 1.(minor - 1).
std::string server_hello(char minor) {
  return std::string("\x16\x03\x01\x00\x31\x02\x00\x00\x2D\x03", 10) + minor + std::string(34, 'r');
}

TEST(TlsHandshake, ThatIsTurnedDownBreaksSec1) {
  EXPECT_EQ(Happening("SEC-1", kTls).connect_without_handshake(Came::kUnexpected).verdict(),
            "broken SEC-1: unsecured by bytes");
}

TEST(TlsHandshake, ThatShowsNoValidCertificateIsSec1sInWhicheverCase) {
  EXPECT_EQ(Happening("SEC-1", kTls).connect_without_handshake(Came::kUntrusted).verdict(),
            "broken SEC-1: untrusted by bytes");
  for (const char* id : {"CON-1", "CON-5", "CNC-1", "CNC-4", "RES-3", "SEC-5", "DIG-1"}) {
    EXPECT_EQ(Happening(id, kTls).connect_without_handshake(Came::kUntrusted).blame(),
              "can't tell for SEC-1: untrusted")
        << id;
  }
}

TEST(TlsHandshake, ThatIsMetWithSilenceBreaksSec1ByTheDeadline) {
  EXPECT_EQ(Happening("SEC-1", kTls).connect_without_handshake(Came::kTimeout).verdict(),
            "broken SEC-1: no handshake by deadline");
  EXPECT_EQ(Happening("SEC-1", kTls).connect_without_handshake(Came::kEnded).verdict(),
            "broken SEC-1: no handshake by end_of_stream");
}

TEST(TlsHandshake, ThatIsMetWithSilenceOnALaterConnectionIsSec1sWhereThatIsWhatTheCaseIsAbout) {
  const auto blame = [](const char* id) {
    return Happening(id, kTls)
        .connect()
        .exchange("a")
        .end()
        .in_round(1)
        .connect_without_handshake(Came::kTimeout)
        .blame();
  };
  EXPECT_EQ(blame("SEC-1"), "broken SEC-1: no handshake");
  EXPECT_EQ(blame("RES-3"), "can't tell for CON-5: no handshake");
}

TEST(TlsHandshake, ThatFailsLeavesOtherCasesUnableToTell) {
  for (const char* id : {"DIG-1", "DIG-2", "CON-4", "SEC-2", "SEC-3", "SEC-4", "RES-1"}) {
    EXPECT_EQ(Happening(id, kTls).connect_without_handshake(Came::kUnexpected).blame(),
              "can't tell for SEC-1: unsecured")
        << id;
  }
}

TEST(TlsHandshake, ThatOneBusyServerOwesAnotherClientIsConcurrencys) {
  Happening one("CNC-1", kTls);
  one.connect().exchange("a").connect_without_handshake(Came::kTimeout);
  EXPECT_EQ(one.blame(), "broken CNC-1: no handshake");
}

TEST(TlsHandshake, AfterGarbageIsSec5s) {
  Happening stalled("SEC-5", kTls);
  stalled.connect_bare().connect_without_handshake(Came::kTimeout);
  EXPECT_EQ(stalled.blame(), "broken SEC-5: no handshake");
  Happening dead("SEC-5", kTls);
  dead.connect_bare().close().in_liveness().connect_in_vain();
  EXPECT_EQ(dead.blame(), "broken SEC-5: refused");
}

TEST(TlsHandshake, BehindWhichTheServerDiesIsSec5sInWhicheverCase) {
  Happening bare("SEC-3", kTls);
  bare.connect_bare().send("hello").server_resets().server_dies();
  EXPECT_EQ(bare.blame(), "can't tell for SEC-5: died");
  Happening secured("SEC-3", kTls);
  secured.connect().exchange("abc").close().server_dies();
  EXPECT_EQ(secured.blame(), "can't tell for CON-5: died");
}

TEST(TlsHandshake, ThatFailsInTheControlIsNotSec5s) {
  Happening one("SEC-5", kTls);
  one.in_control().connect_without_handshake(Came::kTimeout).in_case().connect_bare();
  EXPECT_EQ(one.blame(), "can't tell for SEC-1: no handshake");
}

TEST(WithoutTls, NothingIsDue) {
  Happening one("SEC-3", kTls);
  one.connect_bare().send("hello").half_close().get(kAlert).server_resets().await_end();
  EXPECT_EQ(one.verdict(), "nothing");
  EXPECT_EQ(
      Happening("SEC-3", kTls).connect_bare().send("hello").await_end(Came::kTimeout).verdict(),
      "nothing");
}

TEST(WithoutTls, ADigestBreaksSec3) {
  Happening one("SEC-3", kTls);
  one.connect_bare().send("hello");
  EXPECT_EQ(one.get_reply("hello").await_end().verdict(), "broken SEC-3: bare answered by bytes");
}

TEST(WithoutTls, ADigestBehindAnAlertBreaksSec3Too) {
  Happening one("SEC-3", kTls);
  one.connect_bare().send("hello");
  EXPECT_EQ(one.get(kAlert).get_reply("hello").await_end().blame(), "broken SEC-3: bare answered");
}

TEST(WithoutTls, AnotherClientsDigestIsNone) {
  Happening one("SEC-3", kTls);
  one.connect_bare().send("hello");
  EXPECT_EQ(one.get(one.reply_to("other")).await_end().verdict(), "nothing");
}

TEST(OldVersion, IsAgreedToByAServerHelloOfJustThatVersion) {
  EXPECT_EQ(
      Happening("SEC-2", kTls).connect_bare().client_hello("1.1").get(server_hello(2)).verdict(),
      "broken SEC-2: old version by bytes");
  EXPECT_EQ(
      Happening("SEC-2", kTls).connect_bare().client_hello("1.0").get(server_hello(1)).verdict(),
      "broken SEC-2: old version by bytes");
}

TEST(OldVersion, IsAgreedToOnceItIsNamed) {
  Happening one("SEC-2", kTls);
  one.connect_bare().client_hello("1.1").get(server_hello(2).substr(0, 11)).server_resets();
  EXPECT_EQ(one.blame(), "broken SEC-2: old version");
}

TEST(OldVersion, IsRefusedByAnAlertAnEndOrAnotherVersion) {
  const auto offered = [](const char* version, const std::string& got) {
    return Happening("SEC-2", kTls).connect_bare().client_hello(version).get(got).verdict();
  };
  EXPECT_EQ(offered("1.1", kAlert), "nothing");
  EXPECT_EQ(offered("1.1", server_hello(3)), "nothing");
  EXPECT_EQ(offered("1.1", server_hello(2).substr(0, 10)), "nothing");
  EXPECT_EQ(offered("1.2", server_hello(3)), "nothing");
  // Another record, and another message, with the same bytes where the version would be.
  EXPECT_EQ(offered("1.1", "\x15" + server_hello(2).substr(1)), "nothing");
  EXPECT_EQ(offered("1.1", server_hello(2).replace(5, 1, "\x01")), "nothing");
  EXPECT_EQ(Happening("SEC-2", kTls).connect_bare().client_hello("1.1").server_closes().verdict(),
            "nothing");
}

TEST(Fin, IsNoMessagesEnd) {
  Happening good("SEC-4", kHalfCloseTls);
  good.connect().send("hello").fin().server_closes().await_end();
  EXPECT_EQ(good.verdict(), "nothing");
  Happening bad("SEC-4", kHalfCloseTls);
  bad.connect().send("hello").fin().get_reply("hello").server_closes().await_end();
  EXPECT_EQ(bad.verdict(), "broken SEC-4: fin answered by bytes");
}

TEST(Fin, CutsAMessageOff) {
  Happening bad("SEC-4", kAnswersAtEnd);
  bad.connect().send_part("hello", 3).fin().get(bad.reply_to("hel")).server_closes().await_end();
  EXPECT_EQ(bad.verdict(), "broken SEC-4: fin answered by bytes");
}

TEST(Fin, OwesTheServerNoEndNorOneInOrder) {
  Happening open("SEC-4", kHalfCloseTls);
  EXPECT_EQ(open.connect().send("hello").fin().await_end(Came::kTimeout).verdict(), "nothing");
  Happening reset("SEC-4", kHalfCloseTls);
  EXPECT_EQ(reset.connect().send("hello").fin().server_resets().await_end().verdict(), "nothing");
}

}  // namespace
}  // namespace md5spec
