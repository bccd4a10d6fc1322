#include "report/dsse.h"

#include <string>

#include <gtest/gtest.h>

#include "report/gzip.h"
#include "target/input_error.h"

namespace md5spec {
namespace {

// The example of DSSE's own specification.
TEST(DsseTest, WhatIsSignedIsTypeAndPayloadWithTheirLengths) {
  EXPECT_EQ(pre_authentication_encoding("http://example.com/HelloWorld", "hello world"),
            "DSSEv1 29 http://example.com/HelloWorld 11 hello world");
  EXPECT_EQ(pre_authentication_encoding("", ""), "DSSEv1 0  0 ");
}

std::string fault_of(const std::string& text) {
  try {
    read_envelope(text, "e.json");
  } catch (const InputError& error) {
    return error.what();
  }
  return "none";
}

TEST(DsseTest, AnEnvelopeHasOneSignatureAndCanonicalBase64) {
  const auto envelope = [](const std::string& payload, const std::string& signatures) {
    return R"({"payload":")" + payload + R"(","payloadType":"t","signatures":[)" + signatures +
           "]}";
  };
  const std::string one = R"({"keyid":"k","sig":"YQ=="})";
  EXPECT_EQ(fault_of(envelope("YQ==", one)), "none");
  EXPECT_EQ(fault_of(envelope("YR==", one)), "e.json: payload: must be padded base64");
  EXPECT_EQ(fault_of(envelope("YQ= =", one)), "e.json: payload: must be padded base64");
  EXPECT_EQ(fault_of(envelope("YQ==", "")), "e.json: signatures: must hold one signature");
  EXPECT_EQ(fault_of(envelope("YQ==", one + "," + one)),
            "e.json: signatures: must hold one signature");
  EXPECT_EQ(fault_of(envelope("YQ==", R"({"keyid":"k","sig":"YQ==","x":1})")),
            "e.json: signatures[0]: has an unknown key \"x\"");
}

TEST(GzipTest, WhatWasCompressedComesBack) {
  std::string text;
  for (int i = 0; i < 100000; ++i) text += std::to_string(i * 7919 % 1000);
  for (const std::string& one : {std::string(), std::string("a"), text}) {
    EXPECT_EQ(gunzip(gzip(one), one.size()), one);
    EXPECT_LE(gzip(one).size(), one.size() + 30);
  }
}

TEST(GzipTest, OnlyOneWholeMemberOfBoundedSizeIsRead) {
  const std::string zeros(1U << 20U, '\0');
  const std::string small = gzip(zeros);
  EXPECT_LT(small.size(), 4096U);
  EXPECT_EQ(gunzip(small, zeros.size()), zeros);
  EXPECT_EQ(gunzip(small, zeros.size() - 1), std::nullopt);
  EXPECT_EQ(gunzip(small.substr(0, small.size() - 1), zeros.size()), std::nullopt);
  EXPECT_EQ(gunzip(small + "x", zeros.size()), std::nullopt);
  EXPECT_EQ(gunzip("", 10), std::nullopt);
  EXPECT_EQ(gunzip("nonsense", 10), std::nullopt);
}

}  // namespace
}  // namespace md5spec
