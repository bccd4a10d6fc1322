#include "catalogue/condition.h"

#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "catalogue/case_reading.h"

namespace md5spec {
namespace {

using ::testing::ElementsAre;
using ::testing::Optional;

const std::string kUnframed = "framing: unframed\n";
const std::string kHalfClose = "framing: half_close\n";
const std::string kLine = "framing: delimited\n";
const std::string kPrefixed = "framing: length_prefixed\n";

bool holds(const std::string& condition, const std::string& profile) {
  return !unmet(condition, profile_of(profile), RunFacts()).has_value();
}

// Those of the four framings under which the condition holds.
std::vector<std::string> framings(const std::string& condition) {
  std::vector<std::string> those;
  for (const char* framing : {"unframed", "half_close", "delimited", "length_prefixed"}) {
    if (holds(condition, "framing: " + std::string(framing))) those.emplace_back(framing);
  }
  return those;
}

TEST(Condition, OfFramingHoldsForThoseItNames) {
  EXPECT_THAT(framings("framed"), ElementsAre("half_close", "delimited", "length_prefixed"));
  EXPECT_THAT(framings("unframed"), ElementsAre("unframed"));
  EXPECT_THAT(framings("half_close"), ElementsAre("half_close"));
  EXPECT_THAT(framings("not_half_close"), ElementsAre("unframed", "delimited", "length_prefixed"));
  EXPECT_THAT(framings("delimited"), ElementsAre("delimited"));
  EXPECT_THAT(framings("length_prefixed"), ElementsAre("length_prefixed"));
}

TEST(Condition, OfExchangesHoldsAsTheProfileSays) {
  EXPECT_THAT(framings("many"), ElementsAre("unframed", "delimited", "length_prefixed"));
  EXPECT_THAT(framings("one"), ElementsAre("half_close"));
  EXPECT_FALSE(holds("many", kLine + "exchanges: one"));
  EXPECT_TRUE(holds("one", kLine + "exchanges: one"));
}

TEST(Condition, OfPipeliningNeedsAFramingAndManyExchanges) {
  EXPECT_THAT(framings("pipelining"), ElementsAre("delimited", "length_prefixed"));
  EXPECT_FALSE(holds("pipelining", kPrefixed + "exchanges: one"));
}

TEST(Condition, OfSeveralConnectionsNeedsMoreThanOne) {
  EXPECT_TRUE(holds("several_connections", kLine + "limits: {connections: 2}"));
  EXPECT_FALSE(holds("several_connections", kLine + "limits: {connections: 1}"));
}

TEST(Condition, OfHexRepliesHoldsForHexOfAnyLetterCase) {
  EXPECT_TRUE(holds("hex_reply", kLine + "reply: \"{hex}\""));
  EXPECT_TRUE(holds("hex_reply", kLine + "reply: \"{HEX}\""));
  EXPECT_TRUE(holds("hex_reply", kLine + "reply: \"{any_hex}\""));
  EXPECT_FALSE(holds("hex_reply", kLine + "reply: \"{base64}\""));
  EXPECT_FALSE(holds("hex_reply", kLine + "reply: \"{raw}\""));
}

TEST(Condition, OfASplitBoundaryNeedsOneOfSeveralBytes) {
  EXPECT_THAT(framings("split_boundary"), ElementsAre("length_prefixed"));
  EXPECT_TRUE(holds("split_boundary", kLine + "delimiter: \"\\r\\n\""));
  EXPECT_TRUE(holds("split_boundary", kLine + "optional_cr: true"));
  EXPECT_FALSE(holds("split_boundary", kPrefixed + "length: {bytes: 1}"));
  EXPECT_TRUE(holds("split_boundary", kPrefixed + "length: {bytes: 2}"));
}

TEST(Condition, OfCutMessagesHoldsWhereEndOfStreamEndsNone) {
  EXPECT_THAT(framings("cut_message_is_incomplete"), ElementsAre("delimited", "length_prefixed"));
  EXPECT_FALSE(holds("cut_message_is_incomplete", kLine + "at_eof: answer"));
}

TEST(Condition, OfEndOfStreamHoldsWhereItEndsAMessage) {
  EXPECT_THAT(framings("eof_ends_message"), ElementsAre("half_close"));
  EXPECT_TRUE(holds("eof_ends_message", kLine + "at_eof: answer"));
}

TEST(Condition, OfADeclaredLimitNeedsOneThatIsWritten) {
  EXPECT_THAT(framings("declared_limit"), ElementsAre("unframed"));
  EXPECT_TRUE(holds("declared_limit", kLine + "limits: {message_bytes: 1MiB}"));
  EXPECT_FALSE(holds("declared_limit", kLine + "limits: {message_bytes: unlimited}"));
}

TEST(Condition, OfOversizeHoldsWhereTheProfileSaysClose) {
  EXPECT_TRUE(holds("oversize_close", kLine));
  EXPECT_TRUE(holds("oversize_close", kLine + "limits: {oversize: close}"));
  EXPECT_FALSE(holds("oversize_close", kLine + "limits: {oversize: answer}"));
}

TEST(Condition, OfALargeLimitHoldsWithoutALimitToo) {
  EXPECT_TRUE(holds("limit_of_256MiB", kLine));
  EXPECT_TRUE(holds("limit_of_256MiB", kLine + "limits: {message_bytes: unlimited}"));
  EXPECT_TRUE(holds("limit_of_256MiB", kLine + "limits: {message_bytes: 256MiB}"));
  EXPECT_FALSE(holds("limit_of_256MiB", kLine + "limits: {message_bytes: 255MiB}"));
  EXPECT_FALSE(holds("limit_of_256MiB", kUnframed));
}

TEST(Condition, OfTlsHoldsWhereTheProfileHasIt) {
  EXPECT_TRUE(holds("tls", kLine + "tls: {}"));
  EXPECT_FALSE(holds("tls", kLine));
  EXPECT_TRUE(holds("plain_tcp", kLine));
  EXPECT_FALSE(holds("plain_tcp", kLine + "tls: {}"));
}

TEST(Condition, OfAStartedServerIsTheRunsToSay) {
  RunFacts started;
  started.started = true;
  EXPECT_EQ(unmet("started", profile_of(kLine), started), std::nullopt);
  EXPECT_THAT(unmet("started", profile_of(kLine), RunFacts()),
              Optional(std::string("md5spec didn't start the server itself (--start)")));
}

TEST(Condition, SaysWhyItDoesntHold) {
  EXPECT_THAT(unmet("declared_limit", profile_of(kHalfClose), RunFacts()),
              Optional(std::string("the profile declares no limits.message_bytes")));
  for (const std::string& name : condition_names()) {
    for (const std::string& keys : {kUnframed, kHalfClose, kLine, kPrefixed}) {
      const auto reason = unmet(name, profile_of(keys), RunFacts());
      EXPECT_TRUE(!reason || !reason->empty()) << name;
    }
  }
}

}  // namespace
}  // namespace md5spec
