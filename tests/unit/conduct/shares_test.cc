#include "conduct/shares.h"

#include <algorithm>
#include <deque>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "catalogue/catalogue_with.h"
#include "judge/transcript_builder.h"

namespace md5spec {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr int kPlainCases = 18;

// A run of plain cases between two that must be alone, of a server of which there may be several.
class SharesTest : public testing::Test {
 protected:
  SharesTest() : catalogue_(catalogue_with(cases())), profile_(profile_with(kLineProfile)) {
    for (const Case& one : catalogue_.cases()) planned_.emplace_back(one, profile_, 1);
    request.catalogue = &catalogue_;
    request.profile = &profile_;
    request.start = StartRequest();
    request.start->independent = true;
    request.jobs = 16;
    for (const PlannedCase& one : planned_) request.cases.push_back(&one);
  }

  static std::vector<std::string> names(const Share& share) {
    std::vector<std::string> list;
    for (const PlannedCase* one : share.request.cases) list.push_back(one->spec().name);
    return list;
  }

  RunRequest request;

 private:
  static std::string cases() {
    const auto alone = [](const std::string& name) {
      return "  - {name: " + name + ", requirement: RES-1, alone: true, message: a}\n";
    };
    std::string all = alone("alone_a");
    for (int i = 0; i < kPlainCases; ++i)
      all += "  - {name: plain_" + std::to_string(i) + ", requirement: DIG-1, message: a}\n";
    return all + alone("alone_b");
  }

  const Catalogue catalogue_;
  const Profile profile_;
  std::deque<PlannedCase> planned_;
};

TEST_F(SharesTest, WhatMustBeAloneGoesToFurtherServers) {
  const auto shares = shares_of({request});
  ASSERT_THAT(shares, SizeIs(3));
  EXPECT_THAT(names(shares[0]), SizeIs(kPlainCases));
  EXPECT_EQ(shares[0].places.front(), 1U);
  EXPECT_THAT(names(shares[1]), ElementsAre("alone_a"));
  EXPECT_THAT(shares[1].places, ElementsAre(0U));
  EXPECT_THAT(names(shares[2]), ElementsAre("alone_b"));
  EXPECT_THAT(shares[2].places, ElementsAre(kPlainCases + 1U));
}

TEST_F(SharesTest, AServerThatMayWaitForAMessagesEndIsKeptForThat) {
  std::string cases =
      "  - {name: stalls, requirement: RES-7, alone: true, script: [connect, {send: {message: abc, "
      "until: 1}}, terminate, process_end]}\n";
  for (const std::string name : {"a", "b", "c", "d"}) {
    cases += "  - {name: " + name +
             ", requirement: RES-1, alone: true, script: [connect, {pause: 900ms}, close]}\n";
  }
  const Catalogue catalogue = catalogue_with(cases);
  const Profile profile = profile_with(kLineProfile);
  std::deque<PlannedCase> planned;
  for (const Case& one : catalogue.cases()) {
    planned.emplace_back(one, profile, 1);
    request.cases.push_back(&planned.back());
  }
  const auto shares = shares_of({request});
  const auto holds_it = [](const Share& share) { return names(share).front() == "stalls"; };
  const auto its = std::find_if(shares.begin(), shares.end(), holds_it);
  ASSERT_NE(its, shares.end());
  EXPECT_THAT(names(*its), ElementsAre("stalls"));
}

TEST_F(SharesTest, WhatComesFirstGoesToThemToo) {
  const Catalogue catalogue = catalogue_with(
      "  - {name: many, requirement: CON-5, script: [{repeat: {times: 1000, steps: "
      "[connect, close]}}]}\n");
  const Profile profile = profile_with(kLineProfile);
  const PlannedCase many(catalogue.cases().front(), profile, 1);
  request.cases.push_back(&many);
  const auto shares = shares_of({request});
  ASSERT_THAT(shares, SizeIs(4));
  EXPECT_THAT(names(shares[0]), SizeIs(kPlainCases));
  EXPECT_THAT(names(shares[1]), ElementsAre("many"));
}

TEST_F(SharesTest, OfAnyOtherServerThereIsOnlyOne) {
  request.start->independent = false;
  EXPECT_THAT(shares_of({request}), SizeIs(1));
  request.start.reset();
  EXPECT_THAT(shares_of({request}), SizeIs(1));
}

TEST_F(SharesTest, OneCaseAtATimeOrFewCasesHaveOneServer) {
  RunRequest one_by_one = request;
  one_by_one.jobs = 1;
  EXPECT_THAT(shares_of({one_by_one}), SizeIs(1));
  request.cases.pop_back();
  EXPECT_THAT(shares_of({request}), SizeIs(1));
}

TEST_F(SharesTest, CasesThatAreAllAloneHaveNoServerForOthers) {
  request.cases.assign(32, request.cases.front());
  const auto shares = shares_of({request});
  ASSERT_THAT(shares, SizeIs(4));
  for (const Share& share : shares) EXPECT_THAT(share.request.cases, SizeIs(8));
}

TEST_F(SharesTest, WhatHasBeenSharedOutComesTogetherInItsOrder) {
  RunRequest other = request;
  other.start.reset();
  const std::vector<RunRequest> requests = {other, request};
  const auto shares = shares_of(requests);
  ASSERT_THAT(shares, SizeIs(4));
  std::vector<RunOutput> outputs(shares.size());
  for (std::size_t i = 0; i < shares.size(); ++i) {
    for (const PlannedCase* one : shares[i].request.cases) {
      Performed performed;
      performed.untried = std::to_string(i) + " " + one->spec().name;
      outputs[i].cases.push_back(performed);
    }
    outputs[i].server = "server " + std::to_string(i);
    outputs[i].waited = 10ms;
  }
  outputs[1].duration = 3s;
  outputs[2].duration = 5s;
  outputs[2].interrupted = true;
  outputs[2].unreachable = "why";
  const auto gathered = gather(requests.size(), shares, std::move(outputs));
  ASSERT_THAT(gathered, SizeIs(2));
  ASSERT_THAT(gathered[1].cases, SizeIs(kPlainCases + 2));
  EXPECT_EQ(gathered[0].cases[1].untried, "0 plain_0");
  EXPECT_EQ(gathered[1].cases[0].untried, "2 alone_a");
  EXPECT_EQ(gathered[1].cases[1].untried, "1 plain_0");
  EXPECT_EQ(gathered[1].cases[kPlainCases].untried, "1 plain_17");
  EXPECT_EQ(gathered[1].cases[kPlainCases + 1].untried, "3 alone_b");
  EXPECT_EQ(gathered[1].server, "server 1");
  EXPECT_EQ(gathered[1].duration, 5s);
  EXPECT_EQ(gathered[1].waited, 30ms);
  EXPECT_TRUE(gathered[1].interrupted);
  EXPECT_FALSE(gathered[0].interrupted);
  EXPECT_EQ(gathered[1].unreachable, "why");
  EXPECT_FALSE(gathered[0].unreachable);
}

TEST_F(SharesTest, ARunWithoutCasesStaysOne) {
  request.cases.clear();
  const auto shares = shares_of({request});
  ASSERT_THAT(shares, SizeIs(1));
  EXPECT_THAT(gather(1, shares, std::vector<RunOutput>(1)).front().cases, IsEmpty());
}

}  // namespace
}  // namespace md5spec
