// A profile written as YAML and read back.
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "target/profile.h"

namespace md5spec {
namespace {

using namespace std::string_literals;
using ::testing::HasSubstr;
using ::testing::Not;

Profile profile_from(const std::string& text) { return parse_profile(text, "p.yaml", ""); }

Profile profile(const std::string& keys) { return profile_from("profile: p\n" + keys); }

// Holds two profiles against each other, key by key.
void expect_same(const Profile& a, const Profile& b) {
  EXPECT_EQ(a.name, b.name);
  EXPECT_EQ(a.title, b.title);
  EXPECT_EQ(a.framing, b.framing);
  EXPECT_EQ(a.delimiter, b.delimiter);
  EXPECT_EQ(a.optional_cr, b.optional_cr);
  EXPECT_EQ(a.at_eof, b.at_eof);
  EXPECT_EQ(a.length.bytes, b.length.bytes);
  EXPECT_EQ(a.length.order, b.length.order);
  EXPECT_EQ(a.length.counts, b.length.counts);
  EXPECT_EQ(a.digest_covers, b.digest_covers);
  EXPECT_EQ(a.request, b.request);
  EXPECT_EQ(a.accepts.kind, b.accepts.kind);
  EXPECT_EQ(a.accepts.regex, b.accepts.regex);
  EXPECT_EQ(a.banner, b.banner);
  EXPECT_EQ(a.reply.text(), b.reply.text());
  EXPECT_EQ(a.exchanges, b.exchanges);
  EXPECT_EQ(a.limits.message_bytes, b.limits.message_bytes);
  EXPECT_EQ(a.limits.declared, b.limits.declared);
  EXPECT_EQ(a.limits.unlimited, b.limits.unlimited);
  EXPECT_EQ(a.limits.connections, b.limits.connections);
  EXPECT_EQ(a.limits.oversize, b.limits.oversize);
  EXPECT_EQ(a.timeouts.connect, b.timeouts.connect);
  EXPECT_EQ(a.timeouts.reply, b.timeouts.reply);
  EXPECT_EQ(a.timeouts.close, b.timeouts.close);
  EXPECT_EQ(a.timeouts.quiet, b.timeouts.quiet);
  EXPECT_EQ(a.timeouts.pause, b.timeouts.pause);
  ASSERT_EQ(a.tls.has_value(), b.tls.has_value());
  if (!a.tls) return;
  EXPECT_EQ(a.tls->server_name, b.tls->server_name);
  EXPECT_EQ(a.tls->ca, b.tls->ca);
  EXPECT_EQ(a.tls->verify, b.tls->verify);
  EXPECT_EQ(a.tls->client_cert, b.tls->client_cert);
  EXPECT_EQ(a.tls->client_key, b.tls->client_key);
}

class RoundTrip : public ::testing::TestWithParam<std::string> {};

TEST_P(RoundTrip, GivesTheSameProfile) {
  const Profile original = profile(GetParam());
  SCOPED_TRACE(to_yaml(original));
  const Profile read = profile_from(to_yaml(original));
  expect_same(read, original);
  EXPECT_EQ(to_yaml(read), to_yaml(original));
}

INSTANTIATE_TEST_SUITE_P(
    OfProfiles, RoundTrip,
    ::testing::Values(
        "framing: unframed\n", "framing: half_close\n", "framing: delimited\n",
        "framing: length_prefixed\n", "framing: delimited\ndelimiter: \"\\r\\n\"\n",
        "framing: delimited\ndelimiter: {hex: \"00 ff\"}\n",
        "framing: delimited\noptional_cr: true\nat_eof: answer\n",
        "framing: length_prefixed\nlength: {bytes: 1, order: little, counts: frame}\n",
        "framing: length_prefixed\nlength: {bytes: 8}\n",
        "framing: half_close\ndigest_covers: frame\n",
        "framing: half_close\nrequest: \"get {message}\\r\\n\"\n",
        "framing: half_close\nrequest: {hex: \"ff 7b6d6573736167657d\"}\n",
        "framing: half_close\naccepts: utf8\n", "framing: half_close\naccepts: ascii\n",
        "framing: half_close\naccepts: printable\n",
        "framing: half_close\naccepts: {regex: '[\"\\\\a-zé]+'}\n",
        "framing: half_close\nbanner: \"hello, 世界 🙂\\t\\0\\x01\\e\\x7f\\\"\\\\\"\n",
        "framing: half_close\nbanner: {hex: \"deadbeef\"}\n",
        "framing: half_close\nreply: \"{message} {HEX} {length}\\n\"\n",
        "framing: half_close\nreply: \"{any_hex}\"\n", "framing: half_close\nreply: \"{base64}\"\n",
        "framing: half_close\nreply: {hex: \"80 7b7261777d\"}\n",
        "framing: delimited\nexchanges: one\n",
        "framing: half_close\nlimits: {message_bytes: unlimited}\n",
        "framing: half_close\nlimits: {message_bytes: 16MiB}\n",
        "framing: unframed\nlimits: {message_bytes: 1, connections: 1, oversize: answer}\n",
        "framing: half_close\nlimits: {message_bytes: 1024GiB, connections: 65535}\n",
        "framing: half_close\ntimeouts: {connect: 1ms, reply: 1.5s, close: 3600s, quiet: 1.001ms, "
        "pause: 60s}\n",
        "framing: half_close\ntls: {}\n",
        "framing: half_close\ntls: {server_name: example.org, verify: false}\n",
        "framing: half_close\ntls: {ca: /c/ca.pem, client_cert: \"/c/c \\\".pem\", client_key: "
        "/c/c.key}\n",
        "title: \" 'Quoted', #not a comment: [really]\\n\"\nframing: half_close\n",
        "title: \"5555\"\nframing: half_close\n", "title: \"\"\nframing: half_close\n"));

TEST(ToYaml, ReadsBackEveryBundledProfile) {
  for (const std::string& name : bundled_profiles(MD5SPEC_BUNDLED_PROFILES)) {
    const Profile original = load_profile(name, MD5SPEC_BUNDLED_PROFILES);
    SCOPED_TRACE(to_yaml(original));
    expect_same(profile_from(to_yaml(original)), original);
  }
}

TEST(ToYaml, ReadsBackEveryByte) {
  for (int i = 0; i < 256; ++i) {
    Profile p = profile("framing: half_close\n");
    p.banner = "a"s + static_cast<char>(i) + "b";
    EXPECT_EQ(profile_from(to_yaml(p)).banner, p.banner) << i;
  }
}

TEST(ToYaml, LeavesOutTheKeysOfOtherFramings) {
  const std::string yaml = to_yaml(profile("framing: half_close\n"));
  EXPECT_THAT(yaml, Not(HasSubstr("delimiter")));
  EXPECT_THAT(yaml, Not(HasSubstr("length")));
  EXPECT_THAT(yaml, Not(HasSubstr("tls")));
}

TEST(ToYaml, WritesNoLimitThatTheProfileDoesNotClaim) {
  EXPECT_THAT(to_yaml(profile("framing: half_close\n")), Not(HasSubstr("message_bytes")));
  EXPECT_THAT(to_yaml(profile("framing: unframed\n")), HasSubstr("message_bytes: 1024"));
}

TEST(ToYaml, EscapesCharactersThatYamlTakesForLineEndsOrRefuses) {
  Profile p = profile("framing: half_close\n");
  p.title = "\u0080\u0085\u009F\u00A0\u2028\u2029\uFEFF\uFFFE\uFFFF";
  const std::string yaml = to_yaml(p);
  EXPECT_THAT(yaml, HasSubstr("\"\\x80\\x85\\x9f\u00A0\\u2028\\u2029\\uFEFF\\uFFFE\\uFFFF\""));
  EXPECT_EQ(profile_from(yaml).title, p.title);
}

TEST(ToYaml, EscapesControlBytes) {
  Profile p = profile("framing: half_close\n");
  p.banner = "\x1B\x7F\0\t"s;
  EXPECT_THAT(to_yaml(p), HasSubstr(R"(banner: "\x1b\x7f\x00\x09")"));
}

TEST(ToYaml, ReadsBackTimeoutsThatWereScaled) {
  for (const double factor : {1e-6, 0.37, 3.0, 1e6}) {
    Profile p = profile("framing: half_close\n");
    scale_timeouts(factor, &p.timeouts);
    SCOPED_TRACE(to_yaml(p));
    expect_same(profile_from(to_yaml(p)), p);
  }
}

}  // namespace
}  // namespace md5spec
