// All that may have brought something about, in the order in which it is looked for.
#include <string>

#include <gtest/gtest.h>

#include "judge/blame.h"

namespace md5spec {
namespace {

Observed first_exchange(Anomaly anomaly) {
  Observed one;
  one.anomaly = anomaly;
  return one;
}
Observed later_exchange(Anomaly anomaly) {
  Observed one = first_exchange(anomaly);
  one.first = false;
  return one;
}

std::string causes_of(const Observed& one) {
  std::string ids;
  for (const std::string& id : other_causes(one)) ids += (ids.empty() ? "" : " ") + id;
  return ids;
}

TEST(AllCauses, APlainFirstExchangeLeavesFew) {
  EXPECT_EQ(causes_of(first_exchange(Anomaly::kNoReply)), "REP-4 CON-1");
  EXPECT_EQ(causes_of(first_exchange(Anomaly::kOtherDigest)), "CON-2");
  EXPECT_EQ(causes_of(first_exchange(Anomaly::kGarbage)), "CON-2 REP-1 REP-2 REP-3");
  EXPECT_EQ(causes_of(first_exchange(Anomaly::kEncoding)), "CON-2");
  EXPECT_EQ(causes_of(first_exchange(Anomaly::kSurplus)), "CON-2 DIG-1 REP-1");
  EXPECT_EQ(causes_of(first_exchange(Anomaly::kTruncated)), "CON-2 REP-1");
  EXPECT_EQ(causes_of(first_exchange(Anomaly::kZerosMissing)), "CON-2 REP-2");
  EXPECT_EQ(causes_of(first_exchange(Anomaly::kExtraReply)), "CON-2");
}

TEST(AllCauses, WhatComesUnaskedMayBeAnothersReplyAndAnotherBannerMayNot) {
  EXPECT_EQ(causes_of(first_exchange(Anomaly::kEarlyBytes)), "CNC-2");
  EXPECT_EQ(causes_of(first_exchange(Anomaly::kBannerWrong)), "");
}

TEST(AllCauses, ALaterExchangeMayBeForTheOnesBefore) {
  EXPECT_EQ(causes_of(later_exchange(Anomaly::kNoReply)), "CON-4 SEQ-1 REP-4");
  EXPECT_EQ(causes_of(later_exchange(Anomaly::kOtherDigest)), "CON-2 CON-4 SEQ-1 DIG-6");
  EXPECT_EQ(causes_of(later_exchange(Anomaly::kEncoding)), "CON-2 CON-4 SEQ-1");
  // What comes after all was neither cut off nor left out.
  EXPECT_EQ(causes_of(later_exchange(Anomaly::kLate)), "REP-4");
}

TEST(AllCauses, WhatTheMessageWasMayBeWhy) {
  Observed wrong = first_exchange(Anomaly::kOtherDigest);
  wrong.content = Observed::Content::kEmpty;
  EXPECT_EQ(causes_of(wrong), "CON-2 DIG-3");
  wrong.content = Observed::Content::kPlain;
  wrong.size = 1;
  EXPECT_EQ(causes_of(wrong), "CON-2 DIG-4");
  wrong.content = Observed::Content::kAnyBytes;
  EXPECT_EQ(causes_of(wrong), "CON-2 DIG-2 DIG-4");
}

TEST(AllCauses, ALargerMessageBeforeAnEmptyOneMayBeWhy) {
  Observed wrong = first_exchange(Anomaly::kOtherDigest);
  wrong.largest = 1;
  EXPECT_EQ(causes_of(wrong), "CON-2 DIG-5");
}

TEST(AllCauses, ALargeMessageMayHaveComeWithItsBoundaryInTwoReads) {
  Observed large = first_exchange(Anomaly::kOtherDigest);
  large.size = 1024;
  EXPECT_EQ(causes_of(large), "CON-2 DIG-4 STR-1 STR-4");
  large.in_pieces = true;
  EXPECT_EQ(causes_of(large), "CON-2 DIG-4 STR-1 STR-3");
}

TEST(AllCauses, OfAPipelineWrongDigestsMayBeForRepliesThatArentAsDeclared) {
  Observed one = first_exchange(Anomaly::kOtherDigest);
  one.pipelined = true;
  EXPECT_EQ(causes_of(one), "CON-2 REP-1 REP-2 REP-3 STR-1 STR-4 STR-2 SEQ-2");
  one.anomaly = Anomaly::kNoReply;
  EXPECT_EQ(causes_of(one), "REP-4 STR-1 STR-4 STR-2 SEQ-2 CON-1");
}

TEST(AllCauses, InACrowdAWrongDigestIsntForWantOfService) {
  Observed one = first_exchange(Anomaly::kOtherDigest);
  one.in_company = true;
  EXPECT_EQ(causes_of(one), "CON-2 CON-1 CNC-1 CNC-2");
  one.anomaly = Anomaly::kNoReply;
  EXPECT_EQ(causes_of(one), "REP-4 CON-1 CNC-1 CNC-3");
}

TEST(AllCauses, OnlyServiceThatIsMissingMayBeForAClientWithoutAHandshake) {
  Observed one = first_exchange(Anomaly::kOtherDigest);
  one.unsecured_before = true;
  EXPECT_EQ(causes_of(one), "CON-2");
  one.anomaly = Anomaly::kNoReply;
  EXPECT_EQ(causes_of(one), "REP-4 CON-1 SEC-5");
}

}  // namespace
}  // namespace md5spec
