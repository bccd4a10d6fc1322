#include "conduct/endpoint.h"

#include <string>

#include <gtest/gtest.h>

namespace md5spec {
namespace {

// "host port", or what is wrong with the text.
std::string read(std::string_view text) {
  try {
    const HostPort address = parse_host_port(text);
    return address.host + " " + std::to_string(address.port);
  } catch (const UsageError& error) {
    return error.what();
  }
}

TEST(EndpointTest, NamesAndIpv4AddressesHaveAPort) {
  EXPECT_EQ(read("localhost:5555"), "localhost 5555");
  EXPECT_EQ(read("md5.example.org:80"), "md5.example.org 80");
  EXPECT_EQ(read("127.0.0.1:5555"), "127.0.0.1 5555");
  EXPECT_EQ(read("0.0.0.0:1"), "0.0.0.0 1");
  EXPECT_EQ(read("host-1_x:65535"), "host-1_x 65535");
}

TEST(EndpointTest, Ipv6AddressesStandInBrackets) {
  EXPECT_EQ(read("[::1]:5555"), "::1 5555");
  EXPECT_EQ(read("[2001:db8::a]:443"), "2001:db8::a 443");
  EXPECT_EQ(read("[fe80::1%eth0]:1"), "fe80::1%eth0 1");
}

TEST(EndpointTest, AMissingPortIsNamed) {
  EXPECT_EQ(read("localhost"),
            "\"localhost\" is no HOST:PORT: the port is missing; did you mean localhost:5555?");
  EXPECT_EQ(read("10.0.0.1"),
            "\"10.0.0.1\" is no HOST:PORT: the port is missing; did you mean 10.0.0.1:5555?");
}

TEST(EndpointTest, AMissingHostIsNamed) {
  EXPECT_EQ(read("5555"),
            "\"5555\" is no HOST:PORT: the host is missing; did you mean localhost:5555?");
  EXPECT_EQ(read(":5555"), "\":5555\" is no HOST:PORT: the host is missing");
  EXPECT_EQ(read("[]:5555"), "\"[]:5555\" is no HOST:PORT: the host is missing");
}

TEST(EndpointTest, NothingAtAllIsNoAddress) {
  EXPECT_EQ(read(""), "\"\" is no HOST:PORT: it is empty (give localhost:5555)");
}

TEST(EndpointTest, HostAndPortTheWrongWayRoundAreNoticed) {
  EXPECT_EQ(read("5555:localhost"),
            "\"5555:localhost\" is no HOST:PORT: host and port are reversed; did you mean "
            "localhost:5555?");
}

TEST(EndpointTest, APortIsANumberInRange) {
  for (const std::string text : {"localhost:0", "localhost:65536", "localhost:-1",
                                 "localhost:", "localhost:http", "localhost:80x", "localhost:+80",
                                 "[::1]:0", "[::1]:", "localhost:99999999999999999999", "5555:"}) {
    EXPECT_EQ(read(text), "\"" + text + "\" is no HOST:PORT: the port must be between 1 and 65535");
  }
}

TEST(EndpointTest, AnIpv6AddressWithoutBracketsIsExplained) {
  for (const std::string text :
       {"::1:5555", "::1", "2001:db8::a:443", "[::1]", "[::1", "[::1]5555"})
    EXPECT_EQ(
        read(text),
        "\"" + text + "\" is no HOST:PORT: an IPv6 address with a port looks like [::1]:5555");
}

TEST(EndpointTest, AUrlIsExplained) {
  for (const std::string text : {"http://localhost:5555", "localhost:5555/", "tcp://[::1]:80"})
    EXPECT_EQ(read(text), "\"" + text +
                              "\" is no HOST:PORT: it has characters that no address has (give "
                              "localhost:5555, not a URL)");
}

TEST(EndpointTest, NoBlankOrControlByteGetsThrough) {
  for (const std::string text : {" localhost:1", "localhost:1 ", "local host:1", "a\n:1", "\x1b:1",
                                 "\x7f:1", "\xc3\xa4:1"}) {
    const std::string what = read(text);
    EXPECT_NE(what.find("it has characters that no address has"), std::string::npos) << what;
    for (const char c : what) EXPECT_TRUE(c >= 0x20 && c < 0x7F) << what;
  }
}

TEST(EndpointTest, AnAddressIsWrittenAsItIsRead) {
  for (const std::string text : {"localhost:5555", "[::1]:5555", "127.0.0.1:1"})
    EXPECT_EQ(parse_host_port(text).str(), text);
}

}  // namespace
}  // namespace md5spec
