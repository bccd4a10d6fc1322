#include "judge/blame.h"

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "catalogue/requirement.h"
#include "judge/transcript_builder.h"

namespace md5spec {
namespace {

constexpr Anomaly kAll[] = {
    Anomaly::kRefused,   Anomaly::kBannerWrong, Anomaly::kEarlyBytes,    Anomaly::kEncoding,
    Anomaly::kSurplus,   Anomaly::kTruncated,   Anomaly::kZerosMissing,  Anomaly::kOtherDigest,
    Anomaly::kGarbage,   Anomaly::kNoReply,     Anomaly::kClosedInstead, Anomaly::kLate,
    Anomaly::kPremature, Anomaly::kExtraReply,  Anomaly::kOrder,         Anomaly::kEarlyClose,
    Anomaly::kNotClosed, Anomaly::kReset,       Anomaly::kCutAnswered};

const std::string kNone;
const std::string kWrong = "other digest, garbage";
const std::string kUnanswered = "no reply, closed instead";
const std::string kUnserved = "refused, no reply, closed instead";
const std::string kWrongOrUnanswered = "other digest, garbage, no reply, closed instead";

const std::string kMixed =
    "encoding, surplus, truncated, zeros missing, other digest, garbage, extra reply, order";

// A thing that happened in the case's own first exchange.
Observed thing(Anomaly anomaly = Anomaly::kNoReply) {
  Observed one;
  one.anomaly = anomaly;
  return one;
}

Observed later(Observed one = thing()) {
  one.first = false;
  return one;
}
Observed in(Scope scope, Observed one = thing()) {
  one.scope = scope;
  return one;
}
Observed after_pause(Observed one = thing()) {
  one.after_pause = true;
  return one;
}
Observed on_a_later_connection(Observed one = thing()) {
  one.later_connection = true;
  return one;
}
Observed oversize(Observed one = thing()) {
  one.oversize = true;
  return one;
}
Observed half_closed(Observed one = thing()) {
  one.half_closed = true;
  return one;
}
Observed by_reset(Observed one = thing()) {
  one.evidence = Evidence::kReset;
  return one;
}

// Which kinds of things, happening so, `does` says yes to.
template <typename Does>
std::string those(Observed so, Does does) {
  std::string names;
  for (const Anomaly anomaly : kAll) {
    so.anomaly = anomaly;
    if (!does(so)) continue;
    if (!names.empty()) names += ", ";
    names += words_of(anomaly);
  }
  return names;
}

std::string owned(const std::string& requirement, const Observed& so) {
  return those(so, [&](const Observed& one) { return owns(requirement, one); });
}

std::vector<std::string> all_requirements() {
  std::vector<std::string> ids;
  for (const Requirement& one :
       load_requirements(std::string(MD5SPEC_BUNDLED_CASES) + "/requirements.yaml"))
    ids.push_back(one.id);
  return ids;
}

// --- what a requirement owns, beside what has its looks ---

TEST(BlameTest, AnEmptyMessageThatIsNotAnsweredIsDig3sBehindOthersToo) {
  Observed empty = later(thing());
  empty.content = Observed::Content::kEmpty;
  EXPECT_EQ(owned("DIG-3", empty), kUnanswered);
  empty.scope = Scope::kControl;
  EXPECT_EQ(owned("DIG-3", empty), kNone);
}

struct Owning {
  std::string requirement;
  std::string first;     // exchange of a connection of the case's own
  std::string later;     // exchanges
  std::string liveness;  // of an exchange that asks whether the server still serves
};
const std::vector<Owning> kOwned = {
    {"CON-1", kNone, kNone, kNone},
    {"CON-2", kNone, kNone, kNone},
    {"CON-3", kNone, kNone, kNone},
    {"CON-4", kNone, kNone, kNone},
    {"CON-5", kUnserved + ", early close", kNone, kNone},
    {"CON-6", kNone, kNone, kNone},
    {"CON-7", kNone, kNone, kNone},
    {"DIG-1", kWrongOrUnanswered, kNone, kNone},
    {"DIG-2", kWrongOrUnanswered, kNone, kNone},
    {"DIG-3", kWrongOrUnanswered, kNone, kNone},
    {"DIG-4", kWrongOrUnanswered, kNone, kNone},
    {"DIG-5", kWrongOrUnanswered, kNone, kNone},
    {"DIG-6", kNone, kWrong, kNone},
    {"REP-1", kNone, kNone, kNone},
    {"REP-2", kNone, kNone, kNone},
    {"REP-3", kNone, kNone, kNone},
    {"REP-4", kNone, kNone, kNone},
    {"REP-5", kNone, kNone, kNone},
    {"SEQ-1", kNone, "no reply", kNone},
    {"SEQ-2", kUnanswered, kUnanswered, kNone},
    {"STR-1", kWrongOrUnanswered, kWrongOrUnanswered, kNone},
    {"STR-2", kWrongOrUnanswered, kWrongOrUnanswered, kNone},
    {"STR-3", kWrongOrUnanswered, kWrongOrUnanswered, kNone},
    {"STR-4", kWrongOrUnanswered, kWrongOrUnanswered, kNone},
    {"CNC-1", kUnserved + ", late, early close", kUnserved + ", late", kNone},
    {"CNC-2", kMixed, kMixed, kNone},
    {"CNC-3", kUnserved + ", late", kUnserved + ", late", kUnserved + ", late"},
    {"CNC-4", kNone, kNone, kNone},
    {"RES-1", kNone, kNone, kUnserved},
    {"RES-2", kNone, kNone, kUnserved},
    {"RES-3", kNone, kNone, kUnserved},
    {"RES-4", "cut answered", "cut answered", "cut answered"},
    {"RES-5", kNone, kNone, kUnserved},
    {"RES-6", kWrongOrUnanswered, kWrongOrUnanswered, kNone},
    {"RES-7", kNone, kNone, kNone},
    {"RES-8", kNone, kNone, kNone},
    {"RES-9", kNone, kNone, kNone},
    {"RES-10", kNone, kNone, kNone},
    {"SEC-1", kNone, kNone, kNone},
    {"SEC-2", kNone, kNone, kNone},
    {"SEC-3", kNone, kNone, kNone},
    {"SEC-4", kNone, kNone, kNone},
    {"SEC-5", kUnserved, kUnserved, kUnserved},
};

TEST(BlameTest, TheTableHasEveryRequirement) {
  std::vector<std::string> ids;
  for (const Owning& row : kOwned) ids.push_back(row.requirement);
  EXPECT_EQ(ids, all_requirements());
}

TEST(BlameTest, ARequirementOwnsWhatItIsAbout) {
  for (const Owning& row : kOwned) {
    EXPECT_EQ(owned(row.requirement, thing()), row.first) << row.requirement;
    EXPECT_EQ(owned(row.requirement, later()), row.later) << row.requirement;
    EXPECT_EQ(owned(row.requirement, in(Scope::kLiveness)), row.liveness) << row.requirement;
  }
}

TEST(BlameTest, NothingInAControlIsOwned) {
  for (const std::string& requirement : all_requirements()) {
    for (const Observed& so :
         {thing(), later(), after_pause(), on_a_later_connection(), oversize()})
      EXPECT_EQ(owned(requirement, in(Scope::kControl, so)), kNone) << requirement;
  }
}

TEST(BlameTest, WithoutServiceAfterAPauseCon6IsBroken) {
  EXPECT_EQ(owned("CON-6", after_pause()), kUnserved + ", late, early close");
}

TEST(BlameTest, OverTheLimitADigestOrAnOpenConnectionIsRes10s) {
  EXPECT_EQ(owned("RES-10", oversize()), "not closed, cut answered");
  EXPECT_EQ(owned("RES-4", oversize()), kNone);
}

TEST(BlameTest, OfABurstAResetConnectionCountsAsRefused) {
  EXPECT_EQ(owned("CNC-4", by_reset()), "closed instead, early close");
  EXPECT_EQ(owned("CNC-4", later(by_reset())), kNone);
}

TEST(BlameTest, OfABurstAConnectThatTimesOutIsntRefused) {
  Observed refused = thing();
  refused.evidence = Evidence::kConnect;
  EXPECT_EQ(owned("CNC-4", refused), "refused");
  EXPECT_EQ(owned("CNC-4", in(Scope::kLiveness, refused)), kNone);
  refused.evidence = Evidence::kDeadline;
  EXPECT_EQ(owned("CNC-4", refused), kNone);
}

TEST(BlameTest, AnUnknownRequirementOwnsNothing) { EXPECT_EQ(owned("DIG-99", thing()), kNone); }

// --- what a thing breaks by its looks ---

std::string usual(const Observed& one, const char* profile = kLineProfile) {
  return usual_requirement(one, profile_with(profile));
}

TEST(BlameTest, LooksTellWhatIsBroken) {
  EXPECT_EQ(usual(thing(Anomaly::kRefused)), "CON-5");
  EXPECT_EQ(usual(thing(Anomaly::kBannerWrong)), "CON-2");
  EXPECT_EQ(usual(thing(Anomaly::kEarlyBytes)), "CON-2");
  EXPECT_EQ(usual(thing(Anomaly::kEncoding)), "REP-1");
  EXPECT_EQ(usual(thing(Anomaly::kSurplus)), "REP-2");
  EXPECT_EQ(usual(thing(Anomaly::kTruncated)), "REP-2");
  EXPECT_EQ(usual(thing(Anomaly::kZerosMissing)), "REP-3");
  EXPECT_EQ(usual(thing(Anomaly::kOtherDigest)), "DIG-1");
  EXPECT_EQ(usual(thing(Anomaly::kGarbage)), "DIG-1");
  EXPECT_EQ(usual(thing(Anomaly::kNoReply)), "DIG-1");
  EXPECT_EQ(usual(thing(Anomaly::kClosedInstead)), "DIG-1");
  EXPECT_EQ(usual(thing(Anomaly::kLate)), "REP-4");
  EXPECT_EQ(usual(thing(Anomaly::kPremature)), "REP-5");
  EXPECT_EQ(usual(thing(Anomaly::kExtraReply)), "SEQ-1");
  EXPECT_EQ(usual(thing(Anomaly::kOrder)), "SEQ-1");
  EXPECT_EQ(usual(thing(Anomaly::kEarlyClose)), "CON-1");
  EXPECT_EQ(usual(thing(Anomaly::kNotClosed)), "CON-4");
  EXPECT_EQ(usual(thing(Anomaly::kReset)), "CON-7");
  EXPECT_EQ(usual(thing(Anomaly::kCutAnswered)), "RES-4");
}

TEST(BlameTest, LaterExchangesBreakOtherThings) {
  EXPECT_EQ(usual(later(thing(Anomaly::kOtherDigest))), "DIG-6");
  EXPECT_EQ(usual(later(thing(Anomaly::kGarbage))), "DIG-6");
  EXPECT_EQ(usual(later(thing(Anomaly::kNoReply))), "SEQ-1");
  EXPECT_EQ(usual(later(thing(Anomaly::kClosedInstead))), "CON-4");
  EXPECT_EQ(usual(later(thing(Anomaly::kEarlyClose))), "CON-4");
}

TEST(BlameTest, CircumstancesTellWhatIsBroken) {
  EXPECT_EQ(usual(on_a_later_connection(thing(Anomaly::kRefused))), "CON-5");
  EXPECT_EQ(usual(half_closed(thing(Anomaly::kNotClosed))), "CON-3");
  EXPECT_EQ(usual(oversize(thing(Anomaly::kCutAnswered))), "RES-10");
}

TEST(BlameTest, NothingBreaksARequirementThatDoesntApply) {
  EXPECT_EQ(usual(thing(Anomaly::kPremature), kClassicProfile), "REP-2");
  EXPECT_EQ(usual(thing(Anomaly::kExtraReply), kHalfCloseProfile), "REP-2");
  EXPECT_EQ(usual(thing(Anomaly::kOrder), kOneLineProfile), "REP-2");
  EXPECT_EQ(usual(later(thing(Anomaly::kClosedInstead)), kOneLineProfile), "DIG-1");
}

TEST(BlameTest, WhatAThingUsuallyBreaksExists) {
  const auto ids = all_requirements();
  for (const Anomaly anomaly : kAll) {
    for (const Observed& one : {thing(anomaly), later(thing(anomaly)), oversize(thing(anomaly))}) {
      const std::string id = usual(one);
      EXPECT_NE(std::find(ids.begin(), ids.end(), id), ids.end()) << id;
    }
  }
}

// --- what keeps a case from telling ---

const std::string kAlways = "refused, no reply, closed instead, early close";

TEST(BlameTest, WithoutServiceNoCaseCanTell) {
  for (const std::string& requirement : all_requirements()) {
    for (const Anomaly anomaly :
         {Anomaly::kRefused, Anomaly::kNoReply, Anomaly::kClosedInstead, Anomaly::kEarlyClose})
      EXPECT_TRUE(impedes(requirement, thing(anomaly))) << requirement;
  }
}

TEST(BlameTest, ARequirementIsImpededByWhatHidesIt) {
  const std::string digests =
      "refused, truncated, other digest, garbage, no reply, closed instead, order, early close";
  const std::string looks = "refused, truncated, garbage, no reply, closed instead, early close";
  const std::string time = "refused, no reply, closed instead, late, early close";
  for (const std::string& requirement : all_requirements()) {
    const std::string by =
        those(thing(), [&](const Observed& one) { return impedes(requirement, one); });
    const std::string group = requirement.substr(0, 3);
    if (group == "DIG" || group == "STR" || requirement == "REP-3" || requirement == "CNC-2" ||
        requirement == "RES-6") {
      EXPECT_EQ(by, digests) << requirement;
    } else if (requirement == "REP-1" || requirement == "REP-2") {
      EXPECT_EQ(by, looks) << requirement;
    } else if (requirement == "CNC-1" || requirement == "CNC-3") {
      EXPECT_EQ(by, time) << requirement;
    } else {
      EXPECT_EQ(by, kAlways) << requirement;
    }
  }
}

TEST(BlameTest, MereLooksImpedeNothing) {
  for (const std::string& requirement : all_requirements()) {
    for (const Anomaly anomaly :
         {Anomaly::kEncoding, Anomaly::kSurplus, Anomaly::kZerosMissing, Anomaly::kBannerWrong,
          Anomaly::kEarlyBytes, Anomaly::kNotClosed, Anomaly::kReset, Anomaly::kExtraReply,
          Anomaly::kPremature, Anomaly::kCutAnswered})
      EXPECT_FALSE(impedes(requirement, thing(anomaly))) << requirement;
  }
}

TEST(OtherCausesTest, BytesTooManyMayHaveBeenSentTooEarlyWhereTheMessageCameInPieces) {
  Observed surplus = thing(Anomaly::kSurplus);
  const auto has_rep5 = [&] {
    const std::vector<std::string> causes = other_causes(surplus);
    return std::count(causes.begin(), causes.end(), "REP-5");
  };
  EXPECT_EQ(has_rep5(), 0);
  surplus.in_pieces = true;
  EXPECT_EQ(has_rep5(), 1);
  surplus.anomaly = Anomaly::kTruncated;
  EXPECT_EQ(has_rep5(), 0);
}

// --- what else may have brought something about ---

bool may_be_for(const Observed& observed, std::string_view cause) {
  const auto causes = other_causes(observed);
  return std::find(causes.begin(), causes.end(), cause) != causes.end();
}

TEST(BlameTest, WhatCameInPiecesMayBeForItsBoundary) {
  for (const Anomaly anomaly :
       {Anomaly::kPremature, Anomaly::kCutAnswered, Anomaly::kOtherDigest, Anomaly::kNoReply}) {
    Observed observed = thing(anomaly);
    observed.in_pieces = true;
    EXPECT_FALSE(may_be_for(observed, "STR-4"));
    observed.boundary_in_pieces = true;
    EXPECT_TRUE(may_be_for(observed, "STR-4"));
  }
}

TEST(BlameTest, AGreetingMayStandWhereAReplyIsDue) {
  for (const Anomaly anomaly : {Anomaly::kPremature, Anomaly::kSurplus, Anomaly::kGarbage,
                                Anomaly::kOtherDigest, Anomaly::kCutAnswered})
    EXPECT_TRUE(may_be_for(thing(anomaly), "CON-2"));
  EXPECT_FALSE(may_be_for(thing(Anomaly::kNoReply), "CON-2"));
}

TEST(BlameTest, WhatComesBehindAWrongDigestNeedntBeSurplus) {
  EXPECT_TRUE(may_be_for(thing(Anomaly::kSurplus), "DIG-1"));
  EXPECT_FALSE(may_be_for(thing(Anomaly::kTruncated), "DIG-1"));
}

TEST(BlameTest, OnlyAConnectionThatWasTurnedAwayMayBeForABurst) {
  Observed reset = by_reset(thing(Anomaly::kClosedInstead));
  EXPECT_FALSE(may_be_for(reset, "CNC-4"));
  reset.in_company = true;
  EXPECT_TRUE(may_be_for(reset, "CNC-4"));
  reset.evidence = Evidence::kDeadline;
  EXPECT_FALSE(may_be_for(reset, "CNC-4"));
  EXPECT_TRUE(is_more_basic("CNC-4", "CNC-1"));
}

TEST(BlameTest, WhereRepliesAreMixedUpAMissingOneMayHaveGoneElsewhere) {
  Observed missing = thing(Anomaly::kNoReply);
  missing.in_company = true;
  EXPECT_FALSE(may_be_for(missing, "CNC-2"));
  missing.among_mixed = true;
  EXPECT_TRUE(may_be_for(missing, "CNC-2"));
  EXPECT_TRUE(is_more_basic("CNC-2", "CNC-1"));
}

TEST(BlameTest, AServerThatIsImpatientMayHaveHungUpOnASlowClient) {
  Observed closed = thing(Anomaly::kClosedInstead);
  EXPECT_FALSE(may_be_for(closed, "CON-6"));
  closed.dawdled = true;
  EXPECT_TRUE(may_be_for(closed, "CON-6"));
}

TEST(BlameTest, WhatComesLateBehindAReplyComesBeforeTheNext) {
  EXPECT_TRUE(may_be_for(later(thing(Anomaly::kPremature)), "REP-2"));
  EXPECT_FALSE(may_be_for(thing(Anomaly::kPremature), "REP-2"));
}

TEST(BlameTest, AServerThatTakesAReadForAMessageBreaksOtherThingsByTheWay) {
  Observed large = thing(Anomaly::kOtherDigest);
  large.size = 1000;
  EXPECT_FALSE(may_be_for(large, "STR-1"));
  large.size = 1024;
  EXPECT_TRUE(may_be_for(large, "STR-1"));
  Observed pipelined = thing(Anomaly::kNoReply);
  pipelined.pipelined = true;
  EXPECT_TRUE(may_be_for(pipelined, "STR-1"));
  EXPECT_TRUE(may_be_for(thing(Anomaly::kCutAnswered), "STR-1"));
  EXPECT_TRUE(may_be_for(thing(Anomaly::kCutAnswered), "REP-5"));
  for (const char* requirement : {"DIG-5", "STR-2", "SEQ-2", "RES-4", "RES-6"})
    EXPECT_TRUE(is_more_basic("STR-1", requirement)) << requirement;
}

TEST(BlameTest, WhatIsCutOffMayHappenToBeZeros) {
  EXPECT_TRUE(may_be_for(thing(Anomaly::kZerosMissing), "REP-2"));
  EXPECT_FALSE(may_be_for(thing(Anomaly::kSurplus), "REP-2"));
}

TEST(BlameTest, AResetMayHaveCutAReplyShort) {
  Observed cut = by_reset(thing(Anomaly::kTruncated));
  cut.half_closed = true;
  EXPECT_TRUE(may_be_for(cut, "CON-7"));
  cut.anomaly = Anomaly::kGarbage;  // too few bytes are left to tell a digest
  EXPECT_TRUE(may_be_for(cut, "CON-7"));
  cut.evidence = Evidence::kEndOfStream;
  EXPECT_FALSE(may_be_for(cut, "CON-7"));
}

TEST(BlameTest, AResetMayHaveDestroyedReplies) {
  Observed reset = by_reset(thing(Anomaly::kClosedInstead));
  EXPECT_FALSE(may_be_for(reset, "CON-7"));
  reset.half_closed = true;
  EXPECT_TRUE(may_be_for(reset, "CON-7"));
  EXPECT_TRUE(is_more_basic("CON-7", "SEQ-2"));
}

TEST(BlameTest, ConnectionsThatStayOpenMayUseAServerUp) {
  EXPECT_TRUE(may_be_for(in(Scope::kLiveness), "CON-3"));
  EXPECT_TRUE(may_be_for(on_a_later_connection(), "CON-3"));
  EXPECT_FALSE(may_be_for(thing(), "CON-3"));
}

TEST(BlameTest, WhoGetsTheConnectionsEndBeforeAnyServiceIsTurnedAway) {
  for (const Anomaly end : {Anomaly::kRefused, Anomaly::kEarlyClose, Anomaly::kClosedInstead})
    EXPECT_TRUE(is_turned_away(thing(end)));
  EXPECT_FALSE(is_turned_away(thing(Anomaly::kNoReply)));
  Observed served = thing(Anomaly::kClosedInstead);
  served.first = false;
  EXPECT_FALSE(is_turned_away(served));
}

TEST(OtherCausesTest, ADigestBeforeItsMessageIsWholeMayBeOneThatComesTooEarly) {
  Observed early = thing(Anomaly::kOtherDigest);
  EXPECT_FALSE(may_be_for(early, "REP-5"));
  early.premature = true;
  EXPECT_TRUE(may_be_for(early, "REP-5"));
}

TEST(OtherCausesTest, WhoIsTurnedAwayInACrowdMayHaveComeOnceThereIsNoRoomForAnybody) {
  Observed closed = thing(Anomaly::kClosedInstead);
  closed.evidence = Evidence::kEndOfStream;
  EXPECT_FALSE(may_be_for(closed, "CON-5"));
  closed.in_company = true;
  EXPECT_TRUE(may_be_for(closed, "CON-5"));
  closed.first = false;
  EXPECT_FALSE(may_be_for(closed, "CON-5"));
}

TEST(OtherCausesTest, AReplyThatIsLeftOutMayHaveBeenTakenForTheRestOfTheOneBefore) {
  Observed missed = thing(Anomaly::kNoReply);
  missed.evidence = Evidence::kSentinel;
  EXPECT_FALSE(may_be_for(missed, "REP-2"));
  missed.first = false;
  EXPECT_TRUE(may_be_for(missed, "REP-2"));
  missed.evidence = Evidence::kDeadline;
  EXPECT_FALSE(may_be_for(missed, "REP-2"));
}

TEST(OtherCausesTest, ADigestOfWhoKnowsWhatMayBeOfAnotherClientsBytes) {
  Observed cut = thing(Anomaly::kCutAnswered);
  EXPECT_FALSE(may_be_for(cut, "CNC-2"));
  cut.of_unknown = true;
  EXPECT_TRUE(may_be_for(cut, "CNC-2"));
  EXPECT_TRUE(is_more_basic("CNC-2", "RES-4"));
  Observed wrong = thing(Anomaly::kOtherDigest);
  EXPECT_FALSE(may_be_for(wrong, "CNC-2"));
  wrong.of_unknown = true;
  EXPECT_TRUE(may_be_for(wrong, "CNC-2"));
  wrong.first = false;
  EXPECT_FALSE(may_be_for(wrong, "CNC-2"));
}

TEST(OtherCausesTest, WhatAClientHasLeftMayKeepTheNextFromBeingAnswered) {
  Observed unanswered = thing(Anomaly::kNoReply);
  EXPECT_FALSE(may_be_for(unanswered, "CNC-2"));
  EXPECT_TRUE(may_be_for(in(Scope::kLiveness, unanswered), "CNC-2"));
  unanswered.later_connection = true;
  EXPECT_TRUE(may_be_for(unanswered, "CNC-2"));
  unanswered.first = false;
  EXPECT_FALSE(may_be_for(unanswered, "CNC-2"));
}

TEST(OtherCausesTest, AMessageOverTheLimitMayKeepOthersFromBeingAnswered) {
  Observed unanswered = in(Scope::kLiveness, thing(Anomaly::kNoReply));
  EXPECT_FALSE(may_be_for(unanswered, "RES-5"));
  unanswered.oversize_before = true;
  EXPECT_TRUE(may_be_for(unanswered, "RES-5"));
}

TEST(BlameTest, WhoGetsNoServiceOnceAClientHasVanishedShowsThatTheServerDoesntSurviveIt) {
  Observed alone = in(Scope::kLiveness, thing(Anomaly::kNoReply));
  EXPECT_EQ(usual(alone), "DIG-1");
  alone.vanished = Story::Vanished::kReset;
  EXPECT_EQ(usual(alone), "RES-1");
  EXPECT_TRUE(may_be_for(alone, "DIG-1"));
  alone.vanished = Story::Vanished::kWithReplyDue;
  EXPECT_EQ(usual(alone), "RES-2");
  alone.scope = Scope::kCase;
  EXPECT_EQ(usual(alone), "DIG-1");
  alone.anomaly = Anomaly::kRefused;
  EXPECT_EQ(usual(alone), "RES-2");
  EXPECT_TRUE(may_be_for(alone, "CON-5"));
}

TEST(BlameTest, AnEndInsteadOfALaterReplyIsSeq1sWhereTheClientHadHalfClosed) {
  EXPECT_EQ(owned("SEQ-1", half_closed(later())), "no reply, closed instead");
  EXPECT_EQ(usual(half_closed(later(thing(Anomaly::kClosedInstead)))), "SEQ-1");
  EXPECT_EQ(usual(later(thing(Anomaly::kClosedInstead))), "CON-4");
}

TEST(BlameTest, AWrongDigestForWhoeverComesNextLeavesNoCaseAbleToTell) {
  for (const std::string& requirement : all_requirements()) {
    EXPECT_TRUE(impedes(requirement, in(Scope::kLiveness, thing(Anomaly::kOtherDigest))));
    EXPECT_TRUE(impedes(requirement, in(Scope::kLiveness, thing(Anomaly::kGarbage))));
  }
  EXPECT_FALSE(impedes("CON-3", thing(Anomaly::kOtherDigest)));
}

TEST(BlameTest, OddIsWhatIsntAsDeclaredThoughAllIsAnswered) {
  const std::string looks =
      "banner wrong, early bytes, encoding, surplus, truncated, zeros missing, late, extra reply, "
      "reset";
  EXPECT_EQ(those(thing(), is_odd), looks);
  EXPECT_EQ(those(half_closed(), is_odd),
            "banner wrong, early bytes, encoding, surplus, truncated, zeros missing, late, extra "
            "reply, not closed, reset");
}

TEST(BlameTest, WhatComesUnaskedIsOddWhereItsBytesAreThere) {
  EXPECT_TRUE(is_odd(thing(Anomaly::kEarlyBytes)));
  Observed banner = thing(Anomaly::kBannerWrong);
  EXPECT_TRUE(is_odd(banner));
  for (const Evidence evidence : {Evidence::kDeadline, Evidence::kEndOfStream, Evidence::kReset}) {
    banner.evidence = evidence;
    EXPECT_FALSE(is_odd(banner));
  }
}

TEST(BlameTest, NothingIsOddInAControlOrALivenessCheck) {
  EXPECT_EQ(those(in(Scope::kControl, half_closed()), is_odd), kNone);
  EXPECT_EQ(those(in(Scope::kLiveness, half_closed()), is_odd), kNone);
}

}  // namespace
}  // namespace md5spec
