#include "conduct/plan.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "conduct/endpoint.h"
#include "judge/transcript_builder.h"
#include "target/scratch_folder.h"

namespace md5spec {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// The specification's requirements with a handful of cases.
const Catalogue& catalogue() {
  static const Catalogue loaded = [] {
    const ScratchFolder folder;
    std::ifstream in(std::string(MD5SPEC_BUNDLED_CASES) + "/requirements.yaml");
    folder.write("requirements.yaml", {std::istreambuf_iterator<char>(in), {}});
    folder.write("cases.yaml", R"(
group: g
why: Because.
cases:
  - {name: plain, requirement: DIG-1, message: abc}
  - {name: plain_too, requirement: DIG-2, message: xyz, tags: [text]}
  - {name: binary, requirement: DIG-2, message: {hex: "ff0a"}, tags: [binary, text]}
  - {name: big, requirement: DIG-5, message: {pattern: letters, size: 5000}, tags: [large]}
  - {name: giant, requirement: DIG-5, message: {pattern: zeros, size: 20}, tags: [huge, large]}
  - {name: several, requirement: SEQ-1, message: abc}
  - {name: at_once, requirement: CNC-1, when: [delimited], message: abc}
  - {name: process, requirement: RES-7, message: abc}
)");
    return Catalogue::load(folder.path(""), {});
  }();
  return loaded;
}

std::vector<std::string> selected(const Selection& selection) {
  std::vector<std::string> names;
  for (const Case* one : select(catalogue(), selection)) names.push_back(one->name);
  return names;
}

std::vector<std::string> only(std::vector<std::string> patterns) {
  return selected({std::move(patterns), {}, {}});
}

// What select() complains about.
std::string complaint(const Selection& selection) {
  try {
    select(catalogue(), selection);
    return "";
  } catch (const UsageError& error) {
    return error.what();
  }
}

// Why a case is skipped; "carried out" if it isn't.
std::string why_skipped(const std::string& name, const std::string& profile,
                        const Selection& selection = {}, const RunFacts& facts = {}) {
  const Profile claimed = profile_with(profile);
  const Case* one = catalogue().find_case("g." + name);
  const Plan plan = make_plan(catalogue(), {one}, claimed, selection, facts, 1);
  return plan.entries.at(0).skipped.value_or("carried out");
}

// --- selection ---

TEST(SelectTest, WithoutAWishItIsAll) {
  EXPECT_THAT(selected({}), ElementsAre("plain", "plain_too", "binary", "big", "giant", "several",
                                        "at_once", "process"));
}

TEST(SelectTest, APatternPicksByCase) {
  EXPECT_THAT(only({"g.plain"}), ElementsAre("plain"));
  EXPECT_THAT(only({"g.plain*"}), ElementsAre("plain", "plain_too"));
  EXPECT_THAT(only({"g.b??"}), ElementsAre("big"));
  EXPECT_THAT(only({"*.big"}), ElementsAre("big"));
}

TEST(SelectTest, APatternPicksByRequirement) {
  EXPECT_THAT(only({"DIG-5"}), ElementsAre("big", "giant"));
  EXPECT_THAT(only({"DIG-[12]"}), ElementsAre("plain", "plain_too", "binary"));
  EXPECT_THAT(only({"CNC-*"}), ElementsAre("at_once"));
}

TEST(SelectTest, APatternPicksByTag) {
  EXPECT_THAT(only({"tag:text"}), ElementsAre("plain_too", "binary"));
  EXPECT_THAT(only({"tag:*a*"}), ElementsAre("binary", "big", "giant"));
}

TEST(SelectTest, SeveralPatternsPickTogetherInTheCataloguesOrder) {
  EXPECT_THAT(only({"SEQ-1", "g.plain", "tag:text"}),
              ElementsAre("plain", "plain_too", "binary", "several"));
}

TEST(SelectTest, APatternPicksAWholeNameNotAPartOfIt) {
  EXPECT_EQ(complaint({{"plain"}, {}, {}}),
            "--only plain matches no case; did you mean 'g.plain'?");
}

TEST(SelectTest, SkipTakesOut) {
  EXPECT_THAT(selected({{}, {"DIG-*", "RES-7"}, {}}), ElementsAre("several", "at_once"));
  EXPECT_THAT(selected({{"DIG-*"}, {"tag:large"}, {}}),
              ElementsAre("plain", "plain_too", "binary"));
}

TEST(SelectTest, APatternThatPicksNothingIsRefused) {
  EXPECT_EQ(complaint({{"DIG-9"}, {}, {}}), "--only DIG-9 matches no case; did you mean 'DIG-1'?");
  EXPECT_EQ(complaint({{}, {"g.plane"}, {}}),
            "--skip g.plane matches no case; did you mean 'g.plain'?");
  EXPECT_EQ(complaint({{"quite something else"}, {}, {}}),
            "--only quite something else matches no case; `md5spec list` shows them all");
  EXPECT_EQ(complaint({{"tag:tekst"}, {}, {}}),
            "--only tag:tekst matches no case; `md5spec list` shows them all");
  EXPECT_EQ(complaint({{""}, {}, {}}), "--only  matches no case; `md5spec list` shows them all");
}

TEST(SelectTest, AnIdlePatternBesideGoodOnesIsRefusedToo) {
  EXPECT_NE(complaint({{"DIG-1", "DIG-9"}, {}, {}}), "");
}

TEST(SelectTest, ARequirementWithoutCasesMatchesNone) {
  EXPECT_NE(complaint({{"SEC-1"}, {}, {}}), "");
}

TEST(SelectTest, AHostilePatternIsShownEscaped) {
  EXPECT_EQ(complaint({{"\x1b[2J"}, {}, {}}),
            "--only \\x1b[2J matches no case; `md5spec list` shows them all");
}

TEST(SelectTest, AnEmptySelectionIsRefused) {
  EXPECT_EQ(complaint({{"DIG-1"}, {"g.*"}, {}}), "--only and --skip together leave no case");
}

// --- what a plan skips ---

TEST(PlanTest, ACaseThatAppliesIsCarriedOut) {
  EXPECT_EQ(why_skipped("plain", kLineProfile), "carried out");
  EXPECT_EQ(why_skipped("several", kLineProfile), "carried out");
}

TEST(PlanTest, ARequirementThatDoesntApplyIsNamed) {
  EXPECT_EQ(why_skipped("several", kHalfCloseProfile),
            "SEQ-1 doesn't apply: the profile has one exchange a connection");
}

TEST(PlanTest, ACasesOwnConditionIsTheReason) {
  EXPECT_EQ(why_skipped("at_once", kClassicProfile), "for delimited messages only");
}

TEST(PlanTest, AMessageThatCantBeSentIsTheReason) {
  EXPECT_EQ(why_skipped("binary", kLineProfile), "contains the delimiter \"\\n\"");
  EXPECT_EQ(why_skipped("binary", std::string(kPrefixedProfile) + "accepts: utf8"),
            "the profile only accepts UTF-8 messages");
  EXPECT_EQ(why_skipped("big", kClassicProfile),
            "longer than the profile's limit of 1 KiB (1024 bytes)");
  EXPECT_EQ(why_skipped("big", std::string(kLineProfile) + "limits: {message_bytes: 100}"),
            "longer than the profile's limit of 100 bytes");
}

TEST(PlanTest, HugeMessagesMustBeAskedFor) {
  EXPECT_EQ(why_skipped("giant", kLineProfile), "huge messages are off by default (--tags huge)");
  EXPECT_EQ(why_skipped("giant", kLineProfile, {{}, {}, {"huge"}}), "carried out");
  EXPECT_EQ(why_skipped("giant", kLineProfile, {{"tag:huge"}, {}, {}}), "carried out");
  EXPECT_EQ(why_skipped("giant", kLineProfile, {{"tag:large"}, {}, {}}),
            "huge messages are off by default (--tags huge)");
}

TEST(PlanTest, WhatNeedsAStartedServerIsSkippedWithoutOne) {
  EXPECT_EQ(why_skipped("process", kLineProfile),
            "RES-7 doesn't apply: md5spec didn't start the server itself (--start)");
  EXPECT_EQ(why_skipped("process", kLineProfile, {}, {.started = true}), "carried out");
}

TEST(PlanTest, EveryCaseHasAnEntryInOrder) {
  const Profile profile = profile_with(kLineProfile);
  const auto cases = select(catalogue(), {});
  const Plan plan = make_plan(catalogue(), cases, profile, {}, {}, 7);
  ASSERT_THAT(plan.entries, SizeIs(cases.size()));
  for (std::size_t i = 0; i < cases.size(); ++i) {
    EXPECT_EQ(&plan.entries[i].planned.spec(), cases[i]);
    EXPECT_EQ(&plan.entries[i].planned.profile(), &profile);
    EXPECT_EQ(plan.entries[i].planned.run_seed(), 7U);
  }
  EXPECT_EQ(plan.to_carry_out(), 5U);
}

TEST(PlanTest, NothingSelectedIsNothingToCarryOut) {
  const Profile profile = profile_with(kLineProfile);
  const Plan plan = make_plan(catalogue(), {}, profile, {}, {}, 1);
  EXPECT_THAT(plan.entries, IsEmpty());
  EXPECT_EQ(plan.to_carry_out(), 0U);
}

}  // namespace
}  // namespace md5spec
