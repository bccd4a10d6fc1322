#include "detect/conclusion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace md5spec {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const Probe kPair{{{"sierra"}, {"victoria"}}};

// What one that answers each read has to say.
Observation pair(const std::string& first, const std::string& second) {
  Observation seen;
  seen.probe = kPair;
  seen.connected = true;
  seen.came = {first, second};
  return seen;
}

class ConclusionTest : public ::testing::Test {
 protected:
  ConclusionTest() {
    Format unframed;
    unframed.profile.framing = Framing::kUnframed;
    formats_ = {unframed};
    seen_ = {pair(md5("sierra").hex(), md5("victoria").hex())};
    reply_ = ReplyTemplate();
  }

  Conclusion concluded() const { return conclude(formats_, seen_, reply_, trials_); }
  KeyFinding key(const std::string& name) const {
    for (const KeyFinding& finding : concluded().keys) {
      if (finding.key == name) return finding;
    }
    ADD_FAILURE() << "no key " << name;
    return {};
  }

  std::vector<Format> formats_;
  std::vector<Observation> seen_;
  std::optional<ReplyTemplate> reply_;
  Trials trials_;
};

TEST_F(ConclusionTest, WhatIsSeenAndNothingElseExplainsIsSure) {
  EXPECT_EQ(key("framing").value, "unframed");
  EXPECT_EQ(key("framing").certainty, Certainty::kSure);
  EXPECT_EQ(key("reply").certainty, Certainty::kSure);
  EXPECT_EQ(key("timeouts").certainty, Certainty::kAssumed);
  EXPECT_THAT(concluded().doubts, IsEmpty());
}

TEST_F(ConclusionTest, OnlyWhatOthersAgreeOnIsSure) {
  formats_.push_back(formats_.front());
  formats_.back().profile.exchanges = Exchanges::kOne;
  EXPECT_EQ(key("framing").certainty, Certainty::kSure);
  EXPECT_EQ(key("exchanges").certainty, Certainty::kLikely);
}

TEST_F(ConclusionTest, WhatIsContradictedIsNotSure) {
  seen_.push_back(pair(md5("sierra").hex(), md5("v").hex()));
  EXPECT_EQ(key("framing").certainty, Certainty::kLikely);
  EXPECT_THAT(concluded().doubts, Contains(HasSubstr("1 of 2 conversations")));
}

TEST_F(ConclusionTest, WhatWasSeenOnceIsNotSure) {
  seen_ = {pair(md5("sierra").hex(), "")};
  seen_.front().probe.steps.pop_back();
  seen_.front().came.pop_back();
  EXPECT_EQ(key("framing").certainty, Certainty::kLikely);
  EXPECT_EQ(key("reply").certainty, Certainty::kLikely);
}

TEST_F(ConclusionTest, AReplyWithoutATemplateIsADoubt) {
  reply_.reset();
  EXPECT_EQ(key("reply").certainty, Certainty::kLikely);
  EXPECT_THAT(concluded().doubts, Contains(HasSubstr("REP-2")));
}

TEST_F(ConclusionTest, ABannerMustAlwaysBeTheSame) {
  seen_.push_back(seen_.front());
  for (Observation& one : seen_) one.banner = "hello\n";
  EXPECT_EQ(key("banner").value, "\"hello\\n\"");
  EXPECT_EQ(key("banner").certainty, Certainty::kSure);
  seen_.back().banner = "hallo\n";
  EXPECT_EQ(key("banner").certainty, Certainty::kLikely);
  EXPECT_THAT(concluded().doubts, Contains(HasSubstr("banner")));
}

TEST_F(ConclusionTest, TheSizeOfAReadIsTheLimit) {
  trials_.split = 4096;
  trials_.split_seen = true;
  trials_.connections = 1;
  trials_.more_refused = true;
  EXPECT_EQ(concluded().profile.limits.message_bytes, 4096U);
  EXPECT_EQ(concluded().profile.limits.connections, 1U);
  EXPECT_EQ(key("limits").certainty, Certainty::kSure);
  trials_.more_refused = false;
  EXPECT_EQ(concluded().profile.limits.connections, 64U);
  EXPECT_EQ(key("limits").certainty, Certainty::kLikely);
}

TEST_F(ConclusionTest, MistakesAreNotMadePartOfTheProfile) {
  formats_.front().trims = true;
  trials_.binary = Trials::Answer::kWrong;
  trials_.empty = Trials::Answer::kRefused;
  EXPECT_EQ(key("accepts").value, "any");
  EXPECT_THAT(concluded().doubts, Contains(HasSubstr("white space")));
  EXPECT_THAT(concluded().doubts, Contains(HasSubstr("another message's")));
  EXPECT_THAT(concluded().doubts, Contains(HasSubstr("DIG-3")));
}

TEST_F(ConclusionTest, ASlowServerGetsTime) {
  seen_.front().slowest = std::chrono::milliseconds(1500);
  EXPECT_EQ(concluded().profile.timeouts.reply, std::chrono::seconds(8));
  seen_.front().slowest = std::chrono::milliseconds(100);
  EXPECT_EQ(concluded().profile.timeouts.reply, Timeouts().reply);
}

TEST_F(ConclusionTest, TheProfileReadsBack) {
  const std::string text = to_yaml(concluded().profile);
  EXPECT_EQ(to_yaml(parse_profile(text, "p.yaml", "")), text);
}

}  // namespace
}  // namespace md5spec
