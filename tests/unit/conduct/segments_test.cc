#include "conduct/segments.h"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "catalogue/until.h"
#include "judge/transcript_builder.h"

namespace md5spec {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Segmentation every(std::uint64_t size) {
  Segmentation segmentation;
  segmentation.every = size;
  return segmentation;
}

Segmentation sizes(std::vector<std::uint64_t> list) {
  Segmentation segmentation;
  segmentation.sizes = std::move(list);
  return segmentation;
}

Segmentation split_at(std::vector<std::int64_t> places) {
  Segmentation segmentation;
  segmentation.split_at = std::move(places);
  return segmentation;
}

TEST(SegmentsTest, WithoutAnyWishThereIsOne) {
  EXPECT_THAT(segment_borders(10, {}), ElementsAre(10));
}

TEST(SegmentsTest, NothingHasNoSegments) {
  EXPECT_THAT(segment_borders(0, {}), IsEmpty());
  EXPECT_THAT(segment_borders(0, every(1)), IsEmpty());
  EXPECT_THAT(segment_borders(0, sizes({1, 2})), IsEmpty());
  EXPECT_THAT(segment_borders(0, split_at({1, -1})), IsEmpty());
}

TEST(SegmentsTest, EverySoManyBytesABorderStands) {
  EXPECT_THAT(segment_borders(5, every(2)), ElementsAre(2, 4, 5));
  EXPECT_THAT(segment_borders(4, every(2)), ElementsAre(2, 4));
  EXPECT_THAT(segment_borders(3, every(1)), ElementsAre(1, 2, 3));
  EXPECT_THAT(segment_borders(3, every(3)), ElementsAre(3));
  EXPECT_THAT(segment_borders(3, every(100)), ElementsAre(3));
}

TEST(SegmentsTest, SizesLeaveTheRestToOneMore) {
  EXPECT_THAT(segment_borders(10, sizes({1, 4})), ElementsAre(1, 5, 10));
  EXPECT_THAT(segment_borders(5, sizes({1, 4})), ElementsAre(1, 5));
  EXPECT_THAT(segment_borders(3, sizes({1, 4, 7})), ElementsAre(1, 3));
}

TEST(SegmentsTest, PlacesCountFromEitherEnd) {
  EXPECT_THAT(segment_borders(10, split_at({3})), ElementsAre(3, 10));
  EXPECT_THAT(segment_borders(10, split_at({-1})), ElementsAre(9, 10));
  EXPECT_THAT(segment_borders(10, split_at({-1, 2, 5})), ElementsAre(2, 5, 9, 10));
}

TEST(SegmentsTest, TheSamePlaceTwiceIsOneBorder) {
  EXPECT_THAT(segment_borders(10, split_at({4, -6, 4})), ElementsAre(4, 10));
}

TEST(SegmentsTest, PlacesOutsideArePassedOver) {
  EXPECT_THAT(segment_borders(3, split_at({3, 4, 100, -3, -4, -100})), ElementsAre(3));
}

TEST(SegmentsTest, ABoundaryIsEachByteOfTheDelimiter) {
  const auto borders = [](const std::string& keys, std::size_t begin, std::size_t size,
                          std::vector<std::size_t> before = {}) {
    const Profile profile = profile_with(keys);
    add_boundary_borders(profile, frame_for(profile, size), begin, size, &before);
    return before;
  };
  const std::string crlf = "framing: delimited\ndelimiter: \"\\r\\n\"\n";
  EXPECT_THAT(borders(crlf, 0, 3), ElementsAre(3, 4, 5));
  EXPECT_THAT(borders(crlf, 0, 0), ElementsAre(1, 2));
  EXPECT_THAT(borders(crlf, 5, 2, {3, 4, 5}), ElementsAre(3, 4, 5, 7, 8, 9));
  EXPECT_THAT(borders(kLineProfile, 0, 3), ElementsAre(3, 4));
}

TEST(SegmentsTest, ABoundaryIsEachByteOfTheLength) {
  const Profile profile = profile_with(kPrefixedProfile);
  std::vector<std::size_t> borders;
  add_boundary_borders(profile, frame_for(profile, 3), 0, 3, &borders);
  add_boundary_borders(profile, frame_for(profile, 0), 7, 0, &borders);
  EXPECT_THAT(borders, ElementsAre(1, 2, 3, 4, 7, 8, 9, 10, 11));
}

TEST(CutPointTest, StaysInside) {
  EXPECT_EQ(cut_point(3, 10), 3U);
  EXPECT_EQ(cut_point(-3, 10), 7U);
  EXPECT_EQ(cut_point(0, 10), 0U);
  EXPECT_EQ(cut_point(11, 10), 10U);
  EXPECT_EQ(cut_point(-11, 10), 0U);
  EXPECT_EQ(cut_point(5, 0), 0U);
}

TEST(LongestGapsTest, AreAsManyAsThereAreSegments) {
  SendStep step;
  step.messages = {{0, {}}};
  step.messages.front().source.bytes = "123";  // and a line feed
  step.segmentation = every(1);
  step.segmentation.gap.given = std::chrono::milliseconds(5);
  EXPECT_EQ(longest_gaps(step, profile_with(kLineProfile)), std::chrono::milliseconds(20));
  step.times = 2;
  EXPECT_EQ(longest_gaps(step, profile_with(kLineProfile)), std::chrono::milliseconds(40));
}

TEST(LongestGapsTest, CountBytesBelowTheFraming) {
  SendStep step;
  step.raw = "12345";
  step.segmentation = every(2);
  step.segmentation.gap.kind = TimeExpression::Kind::kPause;
  EXPECT_EQ(longest_gaps(step, profile_with("framing: delimited\ntimeouts: {pause: 1s}")),
            std::chrono::seconds(3));
}

}  // namespace
}  // namespace md5spec
