#include "conduct/target_lock.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>

#include "target/scratch_folder.h"

namespace md5spec {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using Mode = TargetLock::Mode;

class TargetLockTest : public testing::Test {
 protected:
  asio::ip::tcp::endpoint at(const char* address, unsigned short port = 5555) const {
    return {asio::ip::make_address(address), port};
  }
  std::string folder() const {
    const std::string path = scratch_.path("");
    return path.substr(0, path.find_last_not_of('/') + 1);
  }
  // "taken", or why not.
  std::string take(TargetLock& lock, Mode mode, Duration patience = 20ms) {
    asio::io_context context;
    std::string words = "taken";
    auto taking = [&]() -> asio::awaitable<void> {
      const auto why = co_await lock.take(mode, Clock::now() + patience);
      if (why) words = *why;
    };
    asio::co_spawn(context, taking, [](const std::exception_ptr& thrown) {
      if (thrown) std::rethrow_exception(thrown);
    });
    context.run();
    return words;
  }

  ScratchFolder scratch_;
  TargetLock a_{at("127.0.0.1"), folder()};
  TargetLock b_{at("127.0.0.1"), folder()};
  TargetLock c_{at("127.0.0.1"), folder()};
};

TEST_F(TargetLockTest, IsSharedByMany) {
  EXPECT_EQ(take(a_, Mode::kShared), "taken");
  EXPECT_EQ(take(b_, Mode::kShared), "taken");
}

TEST_F(TargetLockTest, WhoIsAloneShutsOthersOut) {
  EXPECT_EQ(take(a_, Mode::kAlone), "taken");
  EXPECT_THAT(take(b_, Mode::kShared), HasSubstr("kept the target to themselves"));
  EXPECT_THAT(take(b_, Mode::kAlone), HasSubstr(a_.path()));
  a_.release();
  EXPECT_EQ(take(b_, Mode::kAlone), "taken");
}

TEST_F(TargetLockTest, WhoWantsToBeAloneWaitsForOthers) {
  EXPECT_EQ(take(a_, Mode::kShared), "taken");
  EXPECT_THAT(take(b_, Mode::kAlone), HasSubstr("kept"));
  a_.release();
  EXPECT_EQ(take(b_, Mode::kAlone), "taken");
}

TEST_F(TargetLockTest, GivingUpLetsOthersInAgain) {
  EXPECT_EQ(take(a_, Mode::kShared), "taken");
  EXPECT_THAT(take(b_, Mode::kAlone), HasSubstr("kept"));
  EXPECT_EQ(take(c_, Mode::kShared), "taken");
}

TEST_F(TargetLockTest, ChangesItsMode) {
  EXPECT_EQ(take(a_, Mode::kShared), "taken");
  EXPECT_EQ(take(a_, Mode::kAlone), "taken");
  EXPECT_THAT(take(b_, Mode::kShared), HasSubstr("kept"));
  EXPECT_EQ(take(a_, Mode::kShared), "taken");
  EXPECT_EQ(take(b_, Mode::kShared), "taken");
}

TEST_F(TargetLockTest, NewcomersWaitBehindWhoWaitsToBeAlone) {
  EXPECT_EQ(take(a_, Mode::kShared), "taken");
  asio::io_context context;
  std::string order;
  auto alone = [&]() -> asio::awaitable<void> {
    co_await b_.take(Mode::kAlone, Clock::now() + 10s);
    order += "alone ";
    b_.release();
  };
  auto newcomer = [&]() -> asio::awaitable<void> {
    co_await c_.take(Mode::kShared, Clock::now() + 10s);
    order += "newcomer ";
  };
  auto leaving = [&]() -> asio::awaitable<void> {
    a_.release();
    co_return;
  };
  const auto rethrow = [](const std::exception_ptr& thrown) {
    if (thrown) std::rethrow_exception(thrown);
  };
  asio::co_spawn(context, alone, rethrow);
  asio::co_spawn(context, newcomer, rethrow);
  context.run_for(50ms);
  EXPECT_EQ(order, "");
  asio::co_spawn(context, leaving, rethrow);
  context.run();
  EXPECT_EQ(order, "alone newcomer ");
}

TEST_F(TargetLockTest, OtherTargetsHaveOtherLocks) {
  TargetLock other(at("127.0.0.1", 5556), folder());
  TargetLock elsewhere(at("10.0.0.1"), folder());
  EXPECT_EQ(take(a_, Mode::kAlone), "taken");
  EXPECT_EQ(take(other, Mode::kAlone), "taken");
  EXPECT_EQ(take(elsewhere, Mode::kAlone), "taken");
}

TEST_F(TargetLockTest, ThisMachineIsOneTargetByWhateverAddress) {
  TargetLock six(at("::1"), folder());
  EXPECT_EQ(take(a_, Mode::kAlone), "taken");
  EXPECT_THAT(take(six, Mode::kShared), HasSubstr("kept"));
}

TEST_F(TargetLockTest, WithoutAFolderNobodyWaits) {
  TargetLock none(at("127.0.0.1"), "");
  TargetLock nowhere(at("127.0.0.1"), folder() + "/missing");
  EXPECT_EQ(take(a_, Mode::kAlone), "taken");
  EXPECT_EQ(take(none, Mode::kAlone), "taken");
  EXPECT_EQ(take(nowhere, Mode::kAlone), "taken");
}

}  // namespace
}  // namespace md5spec
