#include "conduct/order.h"

#include <deque>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "catalogue/catalogue_with.h"
#include "judge/transcript_builder.h"

namespace md5spec {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class OrderTest : public testing::Test {
 protected:
  // The names of these cases, in their order: first, together, alone.
  void put_in_order(const std::string& cases, const char* wire = kLineProfile) {
    const Catalogue catalogue = catalogue_with(cases);
    const Profile profile = profile_with(wire);
    std::deque<PlannedCase> planned;
    std::vector<const PlannedCase*> all;
    for (const Case& one : catalogue.cases()) all.push_back(&planned.emplace_back(one, profile, 1));
    const Order order = order_of(all);
    const auto names = [&](const std::vector<std::size_t>& places) {
      std::vector<std::string> list;
      for (const std::size_t place : places) list.push_back(all[place]->spec().name);
      return list;
    };
    first = names(order.first);
    together = names(order.together);
    alone = names(order.alone);
  }

  std::vector<std::string> first;
  std::vector<std::string> together;
  std::vector<std::string> alone;
};

TEST_F(OrderTest, PlainCasesKeepTheirOrder) {
  put_in_order(
      "  - {name: a, requirement: DIG-1, message: a}\n"
      "  - {name: b, requirement: DIG-2, message: b}\n");
  EXPECT_THAT(first, IsEmpty());
  EXPECT_THAT(together, ElementsAre("a", "b"));
  EXPECT_THAT(alone, IsEmpty());
}

TEST_F(OrderTest, WhatWaitsLongestComesBeforeWhatWaitsLess) {
  put_in_order(
      "  - {name: a, requirement: DIG-1, message: a}\n"
      "  - {name: silent, requirement: DIG-1, script: [connect, {silence: {for: 300ms}}]}\n"
      "  - {name: pauses, requirement: DIG-1, script: [{control: [connect, {pause: 200ms}]}, "
      "connect, "
      "{pause: 200ms}]}\n"
      "  - {name: repeats, requirement: DIG-1, script: [{repeat: {times: 3, steps: [connect, "
      "{pause: "
      "200ms}]}}]}\n"
      "  - {name: gaps, requirement: DIG-1, script: [connect, {send: {message: abcdefgh, segments: "
      "{every: 1}, gap: 100ms}}]}\n"
      "  - {name: b, requirement: DIG-2, message: b}\n");
  EXPECT_THAT(together, ElementsAre("gaps", "repeats", "pauses", "silent", "a", "b"));
}

TEST_F(OrderTest, ManyConnectionsOneAfterAnotherComeFirst) {
  const std::string round = "steps: [{connect: {as: c}}, {exchange: {on: c, message: a}}]";
  put_in_order(
      "  - {name: a, requirement: DIG-1, message: a}\n"
      "  - {name: few, requirement: CON-5, script: [{repeat: {times: 10, " +
      round +
      "}}]}\n"
      "  - {name: many, requirement: CON-5, script: [{repeat: {times: 1000, " +
      round + "}}]}\n");
  EXPECT_THAT(first, ElementsAre("many"));
  EXPECT_THAT(together, ElementsAre("a", "few"));
}

TEST_F(OrderTest, WhatAClientLeavesForTheNextComesFirstUnlessItIsReset) {
  const auto leaving = [](const std::string& name, const std::string& how) {
    return "  - {name: " + name +
           ", requirement: CNC-2, alone: true, script: [{repeat: {times: 2, steps: [{connect: {as: "
           "gone}}, "
           "{send: {on: gone, message: abc, until: 2}}, {" +
           how + ": gone}, {connect: {as: next}}, {exchange: {on: next, message: a}}]}}]}\n";
  };
  put_in_order("  - {name: a, requirement: DIG-1, message: a}\n" + leaving("reset", "reset") +
               leaving("closed", "close"));
  EXPECT_THAT(first, ElementsAre("closed"));
  EXPECT_THAT(together, ElementsAre("a"));
  // Behind those that tell whether there is any service for the next.
  const std::string many =
      "  - {name: many, requirement: CON-5, script: [{repeat: {times: 1000, steps: [{connect: {as: "
      "c}}, {exchange: {on: c, message: a}}]}}]}\n";
  put_in_order(leaving("closed", "close") + many);
  EXPECT_THAT(first, ElementsAre("many", "closed"));
  put_in_order("  - {name: a, requirement: DIG-1, message: a}\n" + leaving("reset", "reset") +
               leaving("closed", "close"));
  EXPECT_THAT(alone, ElementsAre("reset"));
  // There, a close is a message that nobody takes the reply to.
  put_in_order(leaving("closed", "close"), kHalfCloseProfile);
  EXPECT_THAT(first, IsEmpty());
  EXPECT_THAT(alone, ElementsAre("closed"));
}

TEST_F(OrderTest, WhatAServerMustSurviveComesBeforeWhatElseDisturbsItAndItsEndComesLast) {
  put_in_order(
      "  - {name: ends, requirement: RES-7, alone: true, script: [terminate, process_end]}\n"
      "  - {name: disturbs, requirement: RES-5, alone: true, message: a}\n"
      "  - {name: survives, requirement: RES-2, alone: true, message: a}\n"
      "  - {name: plain, requirement: DIG-1, message: a}\n");
  EXPECT_THAT(together, ElementsAre("plain"));
  EXPECT_THAT(alone, ElementsAre("survives", "disturbs", "ends"));
}

}  // namespace
}  // namespace md5spec
