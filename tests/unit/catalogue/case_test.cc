#include "catalogue/case.h"

#include <string>
#include <variant>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "catalogue/case_reading.h"
#include "catalogue/pins.h"
#include "target/scratch_folder.h"

namespace md5spec {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Optional;

const std::string kDigestOfA = "0cc175b9c0f1b6a831c399e269772661";

// A case of a group that says everything.
Case in_full_group(const std::string& entry) {
  return cases_in(
             "group: g\ntitle: The group\nrequirement: DIG-1\nwhy: The group's.\ntags: [large]\n"
             "when: [framed]\ncases: [{name: a, message: \"a\", " +
             entry + "}]\n")
      .at(0);
}

TEST(Case, HasAnIdOfGroupAndName) {
  const Case one = case_of("name: hello, message: \"a\"");
  EXPECT_EQ(one.id(), "g.hello");
  EXPECT_EQ(one.group, "g");
  EXPECT_EQ(one.name, "hello");
}

TEST(Case, TakesWhatItDoesntSayFromItsGroup) {
  const Case one = in_full_group("");
  EXPECT_EQ(one.group_title, "The group");
  EXPECT_THAT(one.requirements, ElementsAre("DIG-1"));
  EXPECT_EQ(one.why, "The group's.");
  EXPECT_THAT(one.tags, ElementsAre("large"));
  EXPECT_THAT(one.when, ElementsAre("framed"));
}

TEST(Case, PutsItsOwnRequirementsInThePlaceOfTheGroups) {
  EXPECT_THAT(in_full_group("requirement: DIG-2").requirements, ElementsAre("DIG-2"));
  EXPECT_THAT(in_full_group("requirements: [STR-1, DIG-1]").requirements,
              ElementsAre("STR-1", "DIG-1"));
}

TEST(Case, PutsItsOwnReasonInThePlaceOfTheGroups) {
  EXPECT_EQ(in_full_group("why: Its own.").why, "Its own.");
}

TEST(Case, AddsItsOwnTagsAndConditionsToTheGroups) {
  EXPECT_THAT(in_full_group("tags: [huge, large]").tags, ElementsAre("huge", "large"));
  EXPECT_THAT(in_full_group("when: [many, tls]").when, ElementsAre("framed", "many", "tls"));
}

TEST(Case, LeavesNothingBehindForTheNext) {
  const auto cases = cases_in(
      "group: g\nrequirement: DIG-1\nwhy: The group's.\ncases:\n"
      "  - {name: a, message: \"a\", requirement: DIG-2, why: Own., tags: [x], when: [tls], alone: "
      "true}\n"
      "  - {name: b, message: \"b\"}\n");
  EXPECT_THAT(cases.at(1).requirements, ElementsAre("DIG-1"));
  EXPECT_EQ(cases.at(1).why, "The group's.");
  EXPECT_THAT(cases.at(1).tags, IsEmpty());
  EXPECT_THAT(cases.at(1).when, IsEmpty());
  EXPECT_FALSE(cases.at(1).alone);
}

TEST(Case, HasTheGroupsNameForItsTitleWhereThereIsNone) {
  EXPECT_EQ(case_of("name: a, message: \"a\"").group_title, "g");
  EXPECT_EQ(case_of("name: a, message: \"a\"").title, "");
  EXPECT_EQ(case_of("name: a, message: \"a\", title: A word").title, "A word");
}

TEST(Case, RunsBesideOthersUnlessItSaysOtherwise) {
  EXPECT_FALSE(case_of("name: a, message: \"a\"").alone);
  EXPECT_TRUE(case_of("name: a, message: \"a\", alone: true").alone);
}

TEST(Case, KnowsWhereItStands) {
  const auto cases = cases_in(
      "group: g\nrequirement: DIG-1\nwhy: w\ncases:\n  - name: a\n    message: \"a\"\n"
      "  - {name: b, message: \"b\"}\n");
  EXPECT_EQ(cases.at(0).where.str(), "f.yaml:5:5");
  EXPECT_EQ(cases.at(1).where.str(), "f.yaml:7:5");
}

TEST(Case, WithAMessageIsOneExchangeToTheEnd) {
  const Case one = case_of("name: a, message: \"abc\"");
  ASSERT_EQ(one.script.size(), 4U);
  EXPECT_EQ(std::get<ConnectStep>(one.script[0].action).as, "main");
  EXPECT_EQ(std::get<ExchangeStep>(one.script[1].action).messages.at(0).source.bytes, "abc");
  EXPECT_EQ(std::get<HalfCloseStep>(one.script[2].action).on, "main");
  EXPECT_EQ(std::get<EndStep>(one.script[3].action).on, "main");
  EXPECT_TRUE(one.short_form);
}

TEST(Case, WithAControlHasItBefore) {
  const Case one = case_of("name: a, message: \"abc\", control: \"xyz\"");
  ASSERT_EQ(one.script.size(), 5U);
  const Steps& control = *std::get<ControlStep>(one.script[0].action).steps;
  ASSERT_EQ(control.size(), 4U);
  const ScriptMessage& message = std::get<ExchangeStep>(control[1].action).messages.at(0);
  EXPECT_EQ(message.source.bytes, "xyz");
  EXPECT_EQ(message.slot, 1);
  EXPECT_EQ(std::get<ExchangeStep>(one.script[2].action).messages.at(0).slot, 0);
}

TEST(Case, TellsItsMessageWhetherItHasAControlOrNot) {
  EXPECT_EQ(case_of("name: a, message: \"abc\"").message().bytes, "abc");
  EXPECT_EQ(case_of("name: a, message: \"abc\", control: \"xyz\"").message().bytes, "abc");
}

TEST(Case, WithAScriptHasItsSteps) {
  const Case one = case_of("name: a, script: [connect, {exchange: \"a\"}]");
  EXPECT_EQ(one.script.size(), 2U);
  EXPECT_FALSE(one.short_form);
}

TEST(Pin, IsADigestInEitherLetterCase) {
  EXPECT_EQ(case_of("name: a, message: \"a\", md5: \"" + kDigestOfA + "\"").pin, md5("a"));
  EXPECT_EQ(case_of("name: a, message: \"a\", md5: \"0CC175B9C0F1B6A831C399E269772661\"").pin,
            md5("a"));
}

TEST(Pin, IsntThereUnlessItIsWritten) {
  EXPECT_FALSE(case_of("name: a, message: \"a\"").pin.has_value());
}

TEST(Pin, IsOnlyCheckedWhenAsked) {
  const Case wrong = case_of("name: a, message: \"a\", md5: \"" + md5("b").hex() + "\"");
  EXPECT_THAT(wrong.pin, Optional(md5("b")));
  EXPECT_EQ(complaint([&] { check_pin(wrong); }),
            "g.a: the pinned digest 92eb5ffee6ae2fec3ad71c777531578f isn't the message's, which is "
            "0cc175b9c0f1b6a831c399e269772661");
}

TEST(Pin, IsPointedAtWhereItIsWrong) {
  const Case wrong = case_of("name: a, message: \"a\", md5: \"" + md5("b").hex() + "\"");
  EXPECT_LT(wrong.where.column, wrong.pin_where.column);
  try {
    check_pin(wrong);
    ADD_FAILURE();
  } catch (const InputError& error) {
    EXPECT_EQ(error.where().str(), wrong.pin_where.str());
  }
}

TEST(Pin, IsRightOfEveryKindOfMessage) {
  const auto check = [](const std::string& message, const std::string& bytes) {
    check_pin(case_of("name: a, message: " + message + ", md5: \"" + md5(bytes).hex() + "\""));
  };
  EXPECT_NO_THROW(check("\"abc\"", "abc"));
  EXPECT_NO_THROW(check("{hex: \"00\"}", std::string(1, '\0')));
  EXPECT_NO_THROW(check("{repeat: \"ab\", times: 3}", "ababab"));
  EXPECT_NO_THROW(check("{pattern: zeros, size: 3}", std::string(3, '\0')));
}

TEST(Pin, OfASeededMessageDoesntDependOnTheRun) {
  const std::string message = "{pattern: letters, size: 9, seed: 1}";
  const std::string digest =
      md5(case_of("name: a, message: " + message).message().make(Profile(), 99)).hex();
  EXPECT_NO_THROW(check_pin(case_of("name: a, message: " + message + ", md5: \"" + digest + "\"")));
}

TEST(Pin, MustBeThirtyTwoHexDigits) {
  const auto refused = [](const std::string& pin) {
    return complaint([&] { case_of("name: a, message: \"a\", md5: \"" + pin + "\""); });
  };
  EXPECT_EQ(refused(""), "cases[0].md5: must be the digest's 32 hex digits");
  EXPECT_EQ(refused(kDigestOfA.substr(1)), "cases[0].md5: must be the digest's 32 hex digits");
  EXPECT_EQ(refused(kDigestOfA + "0"), "cases[0].md5: must be the digest's 32 hex digits");
  EXPECT_EQ(refused("g" + kDigestOfA.substr(1)),
            "cases[0].md5: must be the digest's 32 hex digits");
}

TEST(Pin, MayNotHaveBlanksInThePlaceOfDigits) {
  EXPECT_EQ(complaint([] {
              case_of("name: a, message: \"a\", md5: \"0cc175b9c0f1b6a831c399e2697726  \"");
            }),
            "cases[0].md5: must be the digest's 32 hex digits");
}

TEST(Pin, NeedsAMessageThatIsAlwaysTheSame) {
  const std::string pin = ", md5: \"" + kDigestOfA + "\"";
  const auto refused = [&](const std::string& message) {
    return complaint([&] { case_of("name: a, message: " + message + pin); });
  };
  EXPECT_EQ(
      refused("{pattern: random, size: 9}"),
      "cases[0].md5: this message's bytes depend on the run's seed; give it a seed of its own "
      "to pin its digest");
  EXPECT_EQ(refused("{pattern: zeros, size: limit}"),
            "cases[0].md5: this message's size depends on the profile; its digest can't be pinned");
  EXPECT_EQ(refused("{pattern: random, size: 9, seed: 1}"), "");
  EXPECT_EQ(refused("{pattern: counter, size: 9}"), "");
}

TEST(CaseFile, KeepsItsCasesInOrder) {
  const auto cases = cases_in(
      "group: g\nrequirement: DIG-1\nwhy: w\n"
      "cases: [{name: z, message: \"\"}, {name: a, message: \"\"}, {name: m, message: \"\"}]\n");
  EXPECT_EQ(cases.at(0).name + cases.at(1).name + cases.at(2).name, "zam");
}

TEST(CaseFile, NamesTheNearestOfAnUnknownWord) {
  EXPECT_EQ(complaint([] { case_of("name: a, mesage: \"a\""); }),
            "a case has no key 'mesage'; did you mean 'message'?");
  EXPECT_EQ(complaint([] { case_of("name: a, message: \"a\", requirement: DIG2"); }),
            "cases[0].requirement: 'DIG2' isn't a requirement; did you mean 'DIG-2'?");
  EXPECT_EQ(complaint([] { case_of("name: a, message: \"a\", when: [framd]"); }),
            "cases[0].when[0]: 'framd' isn't known here; did you mean 'framed'?");
}

TEST(CaseFile, ReadsFilesBesideIt) {
  const ScratchFolder folder;
  folder.write("data.bin", "abc");
  folder.write(
      "mine.yaml",
      "group: g\nrequirement: DIG-1\nwhy: w\ncases: [{name: a, message: {file: data.bin}}]\n");
  const auto cases = load_case_file(folder.path("mine.yaml"), kSomeRequirements);
  EXPECT_EQ(cases.at(0).message().bytes, "abc");
  EXPECT_EQ(cases.at(0).where.file, folder.path("mine.yaml"));
}

}  // namespace
}  // namespace md5spec
