// What a judgement heeds besides what came: limits that nobody claims, the server's end, luck.
#include <csignal>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "catalogue/case_reading.h"
#include "judge/judge.h"
#include "judge/transcript_builder.h"

namespace md5spec {
namespace {

using ::testing::Contains;
using ::testing::Not;

using Came = Event::Came;
using Kind = Hindrance::Kind;

const std::string kUnlimited = std::string(kLineProfile) + "limits: {message_bytes: unlimited}\n";
const std::string kLimitedToMuch = std::string(kLineProfile) + "limits: {message_bytes: 1MiB}\n";

Kind without_reply(const char* judged, const std::string& profile = kLineProfile) {
  return Happening(judged, profile).connect().exchange_in_vain("abc").judgement().hindrance.kind;
}

TEST(UnclaimedSize, ThatIsntTakenIsNothingAgainstTheServer) {
  const Hindrance silent =
      Happening("RES-9").connect().exchange_in_vain("abc").judgement().hindrance;
  EXPECT_EQ(silent.kind, Kind::kNotClaimed);
  EXPECT_EQ(silent.reason,
            "the server didn't take a message that large, and its profile declares no "
            "limits.message_bytes: no reply came in time");
  Happening closed("RES-9");
  closed.connect().send("abc").server_closes().await_reply(Came::kEnded);
  EXPECT_EQ(closed.judgement().hindrance.kind, Kind::kNotClaimed);
}

TEST(UnclaimedSize, IsClaimedByAnyLimitAndByNone) {
  EXPECT_EQ(without_reply("RES-9", kLimitedToMuch), Kind::kNone);
  EXPECT_EQ(without_reply("RES-9", kUnlimited), Kind::kNone);
}

TEST(UnclaimedSize, IsOnlyForTheCasesAboutMemory) {
  EXPECT_EQ(without_reply("RES-8"), Kind::kNone);
  EXPECT_EQ(without_reply("DIG-5"), Kind::kNone);
}

TEST(UnclaimedSize, IsNoExcuseForAnythingElse) {
  EXPECT_EQ(Happening("RES-9").connect_in_vain().judgement().hindrance.kind, Kind::kNone);
  Happening in_control("RES-9");
  in_control.in_control().connect().exchange_in_vain("abc");
  EXPECT_EQ(in_control.judgement().hindrance.kind, Kind::kNone);
  Happening fine("RES-9");
  fine.connect().exchange("abc").end();
  EXPECT_EQ(fine.judgement().hindrance.kind, Kind::kNone);
}

TEST(JudgeHeeds, SigpipeAndNoOtherSignalIsForWritingToAClientThatIsGone) {
  const auto causes = [](int signal) {
    Happening happening("CNC-3");
    happening.connect().exchange("abc").connect().exchange_in_vain("xyz").server_dies(signal);
    return happening.judgement().findings.front().causes;
  };
  EXPECT_THAT(causes(SIGPIPE), Contains("RES-2"));
  EXPECT_THAT(causes(SIGSEGV), Not(Contains("RES-2")));
}

TEST(JudgeHeeds, WhatWentWrongWhereTheServerEndedIsMarked) {
  Happening died("STR-1");
  died.in_control().connect().exchange_in_vain("abc").server_dies(SIGSEGV);
  const Judgement judgement = died.judgement();
  ASSERT_EQ(judgement.impediments.size(), 1U);
  EXPECT_TRUE(judgement.impediments.front().in_control);
  EXPECT_TRUE(judgement.impediments.front().died);
  Happening lives("STR-1");
  lives.in_control().connect().exchange_in_vain("abc");
  EXPECT_FALSE(lives.judgement().impediments.front().died);
}

TEST(JudgeHeeds, OfOneConnectionDifferentFindingsAreAllKept) {
  Happening happening("DIG-6");
  happening.connect().exchange("abc").exchange("xyz", happening.reply_to("abc"));
  happening.exchange("a", "what?\n").end();
  EXPECT_EQ(happening.blame(), "broken DIG-6: other digest; broken DIG-6: garbage");
}

TEST(JudgeHeeds, WhatIsFoundOfAServerThatIsToldToEndMayBeLuck) {
  const Profile profile = profile_with(kLineProfile);
  const Case ending = case_of("name: a, alone: true, script: [connect, {exchange: a}, terminate]");
  const Case plain = scripted("connect, {exchange: a}");
  Judgement found;
  found.findings.resize(1);
  found.findings.front().anomaly = Anomaly::kOtherDigest;
  EXPECT_TRUE(needs_another_attempt({ending, profile, 1}, found));
  EXPECT_FALSE(needs_another_attempt({plain, profile, 1}, found));
  EXPECT_FALSE(needs_another_attempt({ending, profile, 1}, Judgement()));
}

}  // namespace
}  // namespace md5spec
