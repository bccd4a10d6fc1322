// What the loader says of a profile that can't be used: place, key, fault and the nearest name. The
// whole list, a file each, is the corpus of profile_corpus_test.cc; these are about where a message
// points and what it suggests.
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "target/profile.h"

namespace md5spec {
namespace {

using ::testing::HasSubstr;

// What is wrong with a profile whose first line is "profile: p" and that goes on with `keys`.
std::string fault(const std::string& keys) {
  try {
    parse_profile("profile: p\n" + keys, "p.yaml", MD5SPEC_BUNDLED_PROFILES);
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

std::string fault_when_delimited(const std::string& keys) {
  return fault("framing: delimited\n" + keys);
}

TEST(ProfileError, NamesAMissingKey) {
  EXPECT_EQ(fault("title: x\n"), "p.yaml:1:1: a profile needs the key 'framing'");
}

TEST(ProfileError, PointsAtAnUnknownKeyAndSuggestsTheNearest) {
  EXPECT_EQ(fault_when_delimited("reqest: \"{message}\"\n"),
            "p.yaml:3:1: a profile has no key 'reqest'; did you mean 'request'?");
  EXPECT_EQ(fault_when_delimited("Title: x\n"),
            "p.yaml:3:1: a profile has no key 'Title'; did you mean 'title'?");
}

TEST(ProfileError, ListsTheKeysWhereNoneIsNear) {
  EXPECT_EQ(fault_when_delimited("port: 5555\n"),
            "p.yaml:3:1: a profile has no key 'port'; known: profile, extends, title, framing, "
            "delimiter, optional_cr, "
            "at_eof, length, digest_covers, request, accepts, banner, reply, exchanges, limits, "
            "timeouts, tls");
}

TEST(ProfileError, PointsAtAKeyThatStandsTwice) {
  EXPECT_EQ(fault_when_delimited("title: x\nframing: delimited\n"),
            "p.yaml:4:1: the key 'framing' stands here twice");
}

TEST(ProfileError, PointsAtAnUnknownKeyWithinAMap) {
  EXPECT_EQ(fault_when_delimited("limits: {connections: 2, message_byte: 3}\n"),
            "p.yaml:3:26: 'limits' has no key 'message_byte'; did you mean 'message_bytes'?");
  EXPECT_EQ(fault_when_delimited("timeouts:\n  reply: 2s\n  closed: 2s\n"),
            "p.yaml:5:3: 'timeouts' has no key 'closed'; did you mean 'close'?");
  EXPECT_EQ(fault_when_delimited("tls: {server: localhost}\n"),
            "p.yaml:3:7: 'tls' has no key 'server'; known: server_name, ca, verify, client_cert, "
            "client_key");
  EXPECT_EQ(fault("framing: length_prefixed\nlength: {byte: 4}\n"),
            "p.yaml:3:10: a length has no key 'byte'; did you mean 'bytes'?");
  EXPECT_EQ(fault_when_delimited("accepts: {regexp: a}\n"),
            "p.yaml:3:11: 'accepts' has no key 'regexp'; did you mean 'regex'?");
}

TEST(ProfileError, PointsAtAnUnknownNameAndSuggestsTheNearest) {
  EXPECT_EQ(fault("framing: delimted\n"),
            "p.yaml:2:10: framing: 'delimted' isn't known here; did you mean 'delimited'?");
  EXPECT_EQ(fault_when_delimited("at_eof: discarded\n"),
            "p.yaml:3:9: at_eof: 'discarded' isn't known here; did you mean 'discard'?");
  EXPECT_EQ(fault_when_delimited("digest_covers: frames\n"),
            "p.yaml:3:16: digest_covers: 'frames' isn't known here; did you mean 'frame'?");
  EXPECT_EQ(fault_when_delimited("accepts: utf-8\n"),
            "p.yaml:3:10: accepts: 'utf-8' isn't known here; did you mean 'utf8'?");
  EXPECT_EQ(fault_when_delimited("exchanges: single\n"),
            "p.yaml:3:12: exchanges: 'single' isn't known here; known: many, one");
  EXPECT_EQ(fault_when_delimited("limits: {oversize: drop}\n"),
            "p.yaml:3:20: limits.oversize: 'drop' isn't known here; known: close, answer");
  EXPECT_EQ(fault("framing: length_prefixed\nlength: {order: litle}\n"),
            "p.yaml:3:17: length.order: 'litle' isn't known here; did you mean 'little'?");
  EXPECT_EQ(fault("framing: length_prefixed\nlength: {counts: all}\n"),
            "p.yaml:3:18: length.counts: 'all' isn't known here; known: message, frame");
}

TEST(ProfileError, TellsThatANameIsNoIdentifier) {
  for (const std::string name : {"My", "my-server", "my server", "é", "\"\""}) {
    const std::string text = "profile: " + name + "\nframing: half_close\n";
    try {
      parse_profile(text, "p.yaml", "");
      ADD_FAILURE() << name;
    } catch (const InputError& error) {
      EXPECT_STREQ(error.what(),
                   "p.yaml:1:10: profile: must be lower-case letters, digits and underscores")
          << name;
    }
  }
}

TEST(ProfileError, TellsAKeyThatGoesWithAnotherFraming) {
  for (const std::string key : {"delimiter: \"x\"", "optional_cr: false", "at_eof: discard"}) {
    for (const std::string framing : {"unframed", "half_close", "length_prefixed"}) {
      const std::string name = key.substr(0, key.find(':'));
      EXPECT_EQ(fault("framing: " + framing + "\n" + key + "\n"),
                "p.yaml:3:1: the key '" + name +
                    "' goes with framing: delimited only; this profile's framing is " + framing);
    }
  }
  for (const std::string framing : {"unframed", "half_close", "delimited"}) {
    EXPECT_EQ(fault("framing: " + framing + "\nlength: {bytes: 4}\n"),
              "p.yaml:3:1: the key 'length' goes with framing: length_prefixed only; this "
              "profile's framing is " +
                  framing);
  }
}

TEST(ProfileError, TellsAnOptionalCarriageReturnBeforeAnotherDelimiter) {
  EXPECT_EQ(fault_when_delimited("delimiter: \"\\r\\n\"\noptional_cr: true\n"),
            "p.yaml:4:1: optional_cr goes with the delimiter \"\\n\" only");
  EXPECT_EQ(fault_when_delimited("delimiter: \";\"\noptional_cr: false\n"), "no error");
}

TEST(ProfileError, TellsThatHalfCloseHasOneExchange) {
  EXPECT_EQ(fault("framing: half_close\nexchanges: many\n"),
            "p.yaml:3:12: exchanges: a half_close connection has one exchange: its end of stream "
            "is the message's end");
}

TEST(ProfileError, TellsThatAnUnframedMessageHasALimit) {
  EXPECT_EQ(fault("framing: unframed\nlimits: {message_bytes: unlimited}\n"),
            "p.yaml:3:9: limits: message_bytes can't be unlimited when unframed: a message must "
            "arrive in one read");
}

TEST(ProfileError, TellsAValueOutOfItsRange) {
  EXPECT_EQ(fault("framing: length_prefixed\nlength: {bytes: 3}\n"),
            "p.yaml:3:17: length.bytes: must be 1, 2, 4 or 8");
  EXPECT_EQ(fault("framing: length_prefixed\nlength: {bytes: 16}\n"),
            "p.yaml:3:17: length.bytes: must be between 1 and 8, not 16");
  EXPECT_EQ(fault_when_delimited("limits: {connections: 0}\n"),
            "p.yaml:3:23: limits.connections: must be between 1 and 65535, not 0");
  EXPECT_EQ(fault_when_delimited("limits: {connections: 65536}\n"),
            "p.yaml:3:23: limits.connections: must be between 1 and 65535, not 65536");
  EXPECT_EQ(fault_when_delimited("limits: {message_bytes: 0}\n"),
            "p.yaml:3:25: limits.message_bytes: must be at least 1 byte, or unlimited");
  EXPECT_EQ(fault_when_delimited("delimiter: \"\"\n"),
            "p.yaml:3:12: delimiter: must be one or more bytes");
}

TEST(ProfileError, TellsATimeThatIsTooShortOrTooLong) {
  for (const std::string key : {"connect", "reply", "close", "quiet", "pause"}) {
    const std::string column = std::to_string(14 + key.size());
    EXPECT_EQ(fault_when_delimited("timeouts: {" + key + ": 0.9ms}\n"),
              "p.yaml:3:" + column + ": timeouts." + key + ": must be at least 1ms");
    EXPECT_EQ(fault_when_delimited("timeouts: {" + key + ": 3601s}\n"),
              "p.yaml:3:" + column + ": timeouts." + key + ": is too long; at most an hour");
    EXPECT_EQ(fault_when_delimited("timeouts: {" + key + ": 1ms}\n"), "no error");
  }
}

TEST(ProfileError, TellsARequestWithoutJustOneMessage) {
  const std::string wrong = "p.yaml:3:10: request: must have exactly one {message}";
  EXPECT_EQ(fault_when_delimited("request: get\n"), wrong);
  EXPECT_EQ(fault_when_delimited("request: \"\"\n"), wrong);
  EXPECT_EQ(fault_when_delimited("request: \"{message}{message}\"\n"), wrong);
  EXPECT_EQ(fault_when_delimited("request: \"{Message}\"\n"), wrong);
}

TEST(ProfileError, TellsAReplyWithoutJustOneDigest) {
  EXPECT_EQ(fault_when_delimited("reply: \"{md5}\"\n"),
            "p.yaml:3:8: reply: must have exactly one of {hex}, {HEX}, {any_hex}, {base64}, {raw}; "
            "it has none");
  EXPECT_EQ(fault_when_delimited("reply: \"{hex}{HEX}\"\n"),
            "p.yaml:3:8: reply: must have exactly one digest placeholder, not two");
}

TEST(ProfileError, TellsWhatRe2HoldsAgainstARegex) {
  EXPECT_EQ(fault_when_delimited("accepts: {regex: \"[a-z\"}\n"),
            "p.yaml:3:18: accepts.regex: not a regular expression that RE2 takes: missing ]: [a-z");
  EXPECT_THAT(fault_when_delimited("accepts: {regex: \"(?=a)\"}\n"),
              HasSubstr("not a regular expression that RE2 takes: invalid perl operator: (?="));
}

TEST(ProfileError, TellsAClientCertificateWithoutItsKeyAndTheReverse) {
  EXPECT_EQ(fault_when_delimited("tls: {client_cert: c.pem}\n"),
            "p.yaml:3:6: tls: client_cert and client_key go together");
  EXPECT_EQ(fault_when_delimited("tls: {client_key: c.key}\n"),
            "p.yaml:3:6: tls: client_cert and client_key go together");
}

TEST(ProfileError, TellsAValueOfAnotherType) {
  EXPECT_EQ(
      fault_when_delimited("title: 2.1\n"),
      "p.yaml:3:8: title: must be a string, but without quotes this is a number; write \"2.1\"");
  EXPECT_EQ(fault_when_delimited("banner:\n"),
            "p.yaml:3:1: banner: must be a string, but this is nothing");
  EXPECT_EQ(fault_when_delimited("reply: [\"{hex}\"]\n"),
            "p.yaml:3:8: reply: must be a string, but this is a list");
  EXPECT_EQ(fault_when_delimited("optional_cr: yes\n"),
            "p.yaml:3:14: optional_cr: must be true or false, not \"yes\"");
  EXPECT_EQ(fault_when_delimited("limits: 4KiB\n"),
            "p.yaml:3:9: limits: 'limits' must be a map, but this is a single value");
  EXPECT_EQ(fault_when_delimited("limits: {connections: \"3\"}\n"),
            "p.yaml:3:23: limits.connections: must be a whole number, not \"3\"");
  EXPECT_EQ(fault_when_delimited("limits: {message_bytes: 4KB}\n"),
            "p.yaml:3:25: limits.message_bytes: must be a size such as 1024, 4KiB, 1MiB or 2GiB, "
            "not \"4KB\"");
  EXPECT_EQ(fault_when_delimited("timeouts: {reply: 2}\n"),
            "p.yaml:3:19: timeouts.reply: must be a time such as 200ms or 2s, not \"2\"");
  EXPECT_EQ(fault_when_delimited("accepts: {}\n"),
            "p.yaml:3:10: accepts: 'accepts' needs the key 'regex'");
}

TEST(ProfileError, TellsAFileThatIsNoProfile) {
  const auto fault_of_file = [](const std::string& text) -> std::string {
    try {
      parse_profile(text, "p.yaml", "");
    } catch (const InputError& error) {
      return error.what();
    }
    return "no error";
  };
  EXPECT_EQ(fault_of_file(""), "p.yaml: a profile must be a map, but this is nothing");
  EXPECT_EQ(fault_of_file("- profile: p\n"),
            "p.yaml:1:1: a profile must be a map, but this is a list");
  EXPECT_EQ(fault_of_file("framing: delimited\n"), "p.yaml:1:1: a profile needs the key 'profile'");
}

}  // namespace
}  // namespace md5spec
