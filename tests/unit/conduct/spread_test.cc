#include "conduct/spread.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace md5spec {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Spread, GivesEachAboutAsMuch) {
  EXPECT_THAT(spread({1, 5, 2, 2}, 2), ElementsAre(1, 0, 1, 1));
  EXPECT_THAT(spread({3, 3, 3}, 3), ElementsAre(0, 1, 2));
  EXPECT_THAT(spread({7, 1}, 1), ElementsAre(0, 0));
  EXPECT_THAT(spread({}, 2), IsEmpty());
}

}  // namespace
}  // namespace md5spec
