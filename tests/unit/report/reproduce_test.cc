#include "report/reproduce.h"

#include <string>

#include <gtest/gtest.h>

#include "catalogue/case_reading.h"
#include "judge/transcript_builder.h"

namespace md5spec {
namespace {

std::string command(const Case& one, const std::string& profile = kLineProfile,
                    const std::string& target = "127.0.0.1:5555", std::uint64_t seed = 1) {
  const Profile claimed = profile_with(profile);
  return reproduce(PlannedCase(one, claimed, seed), target);
}

Case message(const std::string& source) { return case_of("name: a, message: " + source); }

TEST(ReproduceTest, APlainExchangeNeedsPrintfAndNc) {
  EXPECT_EQ(command(message("\"Hello, server!\"")),
            "printf 'Hello, server!\\012' | nc -q1 127.0.0.1 5555");
}

TEST(ReproduceTest, UnderHalfCloseNcEndsItsSideAtOnce) {
  EXPECT_EQ(command(message("abc"), kHalfCloseProfile), "printf 'abc' | nc -N 127.0.0.1 5555");
}

TEST(ReproduceTest, ALengthIsEscaped) {
  EXPECT_EQ(command(message("abc"), kPrefixedProfile),
            "printf '\\000\\000\\000\\003abc' | nc -q1 127.0.0.1 5555");
}

TEST(ReproduceTest, RawRepliesAreShownInHex) {
  EXPECT_EQ(command(message("abc"), "framing: unframed\nreply: \"{raw}\"\n"),
            "printf 'abc' | nc -q1 127.0.0.1 5555 | od -An -tx1");
}

TEST(ReproduceTest, AnIpv6AddressStandsWithoutBrackets) {
  EXPECT_EQ(command(message("abc"), kLineProfile, "[::1]:5555"),
            "printf 'abc\\012' | nc -q1 ::1 5555");
}

TEST(ReproduceTest, NothingInAMessageGetsAtTheShell) {
  for (const char* source :
       {"\"'; id #\"", "\"$(id)`id`\"", "\"%s%n\"", "\"\\\\\"", "{hex: \"001bff\"}"}) {
    const std::string shown = command(message(source), kPrefixedProfile);
    const std::size_t begin = shown.find('\'') + 1;
    const std::size_t end = shown.find("' | nc");
    ASSERT_NE(end, std::string::npos) << shown;
    const std::string word = shown.substr(begin, end - begin);
    EXPECT_EQ(word.find('\''), std::string::npos) << shown;
    for (const char c : word) EXPECT_TRUE(c >= 0x20 && c < 0x7F) << shown;
  }
}

TEST(ReproduceTest, ALargeMessageNeedsMd5spec) {
  EXPECT_EQ(command(message("{pattern: zeros, size: 2049}")),
            "md5spec run --target 127.0.0.1:5555 --profile p --only g.a");
}

TEST(ReproduceTest, AScriptNeedsMd5spec) {
  EXPECT_EQ(command(scripted("connect, {exchange: abc}")),
            "md5spec run --target 127.0.0.1:5555 --profile p --only g.a");
}

TEST(ReproduceTest, ASeedIsNamedWhereItIsntTheUsualOne) {
  EXPECT_EQ(command(scripted("connect, {exchange: abc}"), kLineProfile, "localhost:1", 7),
            "md5spec run --target localhost:1 --profile p --only g.a --seed 7");
}

TEST(ReproduceTest, ACommandOfMd5specNamesTheFilesThatItWasGiven) {
  const Case one = scripted("connect, {exchange: abc}");
  const Profile profile = profile_with(kLineProfile);
  const PlannedCase planned(one, profile, 1);
  const GivenWords given = {"own profile.yaml", {"a.yaml", "it's"}, ""};
  EXPECT_EQ(reproduce(planned, "[::1]:5", given),
            "md5spec run --target [::1]:5 --profile 'own profile.yaml' --cases a.yaml --cases "
            "'it'\\''s' --only g.a");
  EXPECT_EQ(reproduce_by(planned, "--start 'x {port}'", {"", {"a.yaml"}, ""}),
            "md5spec run --start 'x {port}' --profile p --cases a.yaml --only g.a");
}

TEST(ReproduceTest, WhatElseTheOutcomeDependsOnIsNamed) {
  Case one = scripted("connect, {exchange: abc}");
  const Profile profile = profile_with(kLineProfile);
  EXPECT_EQ(reproduce(PlannedCase(one, profile, 1), "[::1]:5", {"", {}, "--budget 1s"}),
            "md5spec run --target [::1]:5 --profile p --only g.a --budget 1s");
  one.tags.insert("huge");
  EXPECT_EQ(reproduce(PlannedCase(one, profile, 1), "[::1]:5"),
            "md5spec run --target [::1]:5 --profile p --only g.a --tags huge");
}

TEST(ReproduceTest, ARandomMessageIsTheSameAsInTheRun) {
  const Case one = message("{pattern: letters, size: 16}");
  const Profile profile = profile_with(kLineProfile);
  const PlannedCase planned(one, profile, 1);
  const std::string sent = planned.message({0, one.message()}, 0, 0)->bytes;
  EXPECT_EQ(command(one), "printf '" + sent + "\\012' | nc -q1 127.0.0.1 5555");
}

}  // namespace
}  // namespace md5spec
