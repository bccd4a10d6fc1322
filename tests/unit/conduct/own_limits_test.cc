#include "conduct/own_limits.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <asio/error.hpp>

#include "judge/transcript_builder.h"
#include "target/yaml.h"

namespace md5spec {
namespace {

using ::testing::HasSubstr;

OwnNeed need(const std::string& steps) {
  static const Profile profile =
      profile_with(std::string(kLineProfile) + "limits: {connections: 50}\n");
  return need_of(read_script(YamlNode::parse("[" + steps + "]", "s.yaml"), ""), profile);
}

TEST(OwnLimitsTest, ConnectionsThatAreOpenTogetherAddUp) {
  EXPECT_EQ(need("connect, {connect: {as: a, count: 7}}").connections_at_once, 8U);
  EXPECT_EQ(need("{connect: {count: connections}}").connections_at_once, 50U);
}

TEST(OwnLimitsTest, BlocksGiveBackWhatTheyOpen) {
  const OwnNeed one =
      need("connect, {repeat: {times: 100, steps: [{connect: {count: 3}}]}}, liveness");
  EXPECT_EQ(one.connections_at_once, 4U);
  EXPECT_EQ(one.connections_in_all, 302U);
}

OwnSupply supply(std::uint64_t descriptors, std::uint64_t ports, bool come_back = false) {
  OwnSupply supply;
  supply.limit = descriptors + 30;
  supply.descriptors = descriptors;
  supply.ports = ports;
  supply.ports_come_back = come_back;
  return supply;
}

TEST(OwnLimitsTest, EnoughIsNoShortage) {
  EXPECT_EQ(shortage({10, 1000}, supply(10, 1000)), std::nullopt);
  EXPECT_EQ(shortage({10, 100'000}, supply(10, 1000, true)), std::nullopt);
}

TEST(OwnLimitsTest, AShortageOfDescriptorsSaysHowManyAreWanted) {
  const auto words = shortage({100, 100}, supply(40, 1000));
  ASSERT_TRUE(words);
  EXPECT_THAT(*words, HasSubstr("opens 100 connections at once"));
  EXPECT_THAT(*words, HasSubstr("only 40 more"));
  EXPECT_THAT(*words, HasSubstr("`ulimit -n 130`"));
}

TEST(OwnLimitsTest, AShortageOfPortsSaysWhatGivesMore) {
  const auto words = shortage({1, 2000}, supply(40, 1000));
  ASSERT_TRUE(words);
  EXPECT_THAT(*words, HasSubstr("makes 2000 connections, and only 1000 ports"));
  EXPECT_THAT(*words, HasSubstr("ip_local_port_range"));
}

TEST(OwnLimitsTest, AnErrorInTheMiddleSaysSoToo) {
  EXPECT_THAT(shortage_met(std::make_error_code(std::errc::too_many_files_open)),
              HasSubstr("ulimit -n"));
  EXPECT_THAT(shortage_met(std::make_error_code(std::errc::address_not_available)),
              HasSubstr("ip_local_port_range"));
  EXPECT_THAT(shortage_met(asio::error::no_descriptors), HasSubstr("ulimit -n"));
}

}  // namespace
}  // namespace md5spec
