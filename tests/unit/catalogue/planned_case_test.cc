#include "catalogue/planned_case.h"

#include <optional>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "catalogue/case_reading.h"

namespace md5spec {
namespace {

using ::testing::HasSubstr;
using ::testing::Optional;

const std::string kLine = "framing: delimited\n";
const std::string kPrefixed = "framing: length_prefixed\n";

// The first message of a case, as it is sent in a round on one of several connections.
std::string sent(const Case& one, std::uint64_t run_seed, std::uint64_t round = 0,
                 unsigned member = 0) {
  const Profile profile = profile_of("framing: half_close");
  const PlannedCase planned(one, profile, run_seed);
  std::string bytes;
  bool first = true;
  for_each_message(one.script, [&](const ScriptMessage& message, const Step&) {
    if (first) bytes = planned.message(message, round, member)->bytes;
    first = false;
  });
  return bytes;
}

Case letters(const std::string& name) {
  return case_of("name: " + name + ", message: {pattern: letters, size: 16}");
}

// Why a case with this message doesn't apply; empty if it does.
std::string reason(const std::string& message, const std::string& profile,
                   std::uint64_t run_seed = 1) {
  const Case one = case_of("name: a, message: " + message);
  const Profile claimed = profile_of(profile);
  return PlannedCase(one, claimed, run_seed).why_unsendable().value_or("");
}

TEST(PlannedMessage, IsReadyToBeSentAndCompared) {
  const Case one = case_of("name: a, message: \"abc\"");
  const Profile profile = profile_of(kLine + "reply: \"<{hex}>\\n\"");
  const PlannedCase planned(one, profile, 1);
  const auto message = planned.message({0, one.message()}, 3, 5);
  EXPECT_EQ(message->bytes, "abc");
  EXPECT_EQ(message->framed(), "abc\n");
  EXPECT_EQ(message->frame_size(), 4U);
  EXPECT_EQ(message->reply.bytes(), "<900150983cd24fb0d6963f7d28e17f72>\n");
  EXPECT_EQ(message->ref, (MessageRef{0, 3, 5}));
}

TEST(PlannedMessage, HasACarriageReturnBeforeItsDelimiterWhereAsked) {
  const Case one = case_of("name: a, message: \"abc\"");
  const Profile profile = profile_of(kLine + "optional_cr: true\ndigest_covers: frame");
  const PlannedCase planned(one, profile, 1);
  const ScriptMessage source{0, one.message()};
  EXPECT_EQ(planned.message(source, 0, 0, TailCr::kYes)->framed(), "abc\r\n");
  EXPECT_EQ(planned.message(source, 0, 0, TailCr::kYes)->reply.digest, md5("abc\r\n"));
  EXPECT_EQ(planned.message(source, 0, 0)->framed(), "abc\n");
}

TEST(PlannedMessage, IsOwedTheFramesDigestWhereTheProfileSaysSo) {
  const Case one = case_of("name: a, message: \"abc\"");
  const Profile profile = profile_of(kLine + "digest_covers: frame");
  EXPECT_EQ(PlannedCase(one, profile, 1).message({0, one.message()}, 0, 0)->reply.digest,
            md5("abc\n"));
}

TEST(PlannedMessage, IsStreamedWhereItIsLarge) {
  const Case one = case_of("name: a, message: {repeat: \"a\", times: 20000000}, tags: [huge]");
  const Profile profile = profile_of(kPrefixed + "reply: \"{length} {hex}\"");
  const auto message = PlannedCase(one, profile, 1).message({0, one.message()}, 0, 0);
  EXPECT_EQ(message->bytes, "");
  EXPECT_EQ(message->size(), 20'000'000U);
  EXPECT_EQ(message->frame_size(), 20'000'004U);
  EXPECT_EQ(message->framed(2, 5), "\x2D" + std::string("\0aaa", 4));
  EXPECT_EQ(message->framed(20'000'000, 100), "aaaa");
  EXPECT_EQ(message->reply.before, "20000000 ");
  EXPECT_EQ(message->reply.digest, md5(std::string(20'000'000, 'a')));
}

TEST(PlannedMessage, IsOwedTheFramesDigestWhereItIsStreamedToo) {
  const Case one = case_of("name: a, message: {repeat: \"a\", times: 20000000}");
  const Profile profile =
      profile_of(kLine + "digest_covers: frame\nlimits: {message_bytes: 20MiB}");
  const PlannedCase planned(one, profile, 1);
  const auto message = planned.undigested({0, one.message()}, 0, 0);
  const Digest whole = md5(std::string(20'000'000, 'a') + "\n");
  EXPECT_EQ(due_digest(profile, *message), whole);
  EXPECT_NE(message->reply.digest, whole);
  EXPECT_EQ(planned.message({0, one.message()}, 0, 0)->reply.digest, whole);
  const std::atomic<bool> stop = true;
  EXPECT_EQ(due_digest(profile, *message, &stop), std::nullopt);
}

TEST(PlannedCase, RefersToItsCaseAndProfile) {
  const Case one = case_of("name: a, message: \"abc\"");
  const Profile profile = profile_of(kLine);
  const PlannedCase planned(one, profile, 7);
  EXPECT_EQ(&planned.spec(), &one);
  EXPECT_EQ(&planned.profile(), &profile);
  EXPECT_EQ(planned.id(), "g.a");
  EXPECT_EQ(planned.run_seed(), 7U);
}

TEST(PlannedCase, HalfCloseWithoutAMessageIsTheEmptyMessage) {
  const Case one = case_of("name: a, script: [connect, half_close, end]");
  const auto reason = [&](const std::string& profile) {
    const Profile claimed = profile_of(profile);
    return PlannedCase(one, claimed, 1).why_unsendable();
  };
  EXPECT_EQ(reason("framing: half_close"), std::nullopt);
  EXPECT_THAT(reason("framing: half_close\naccepts: {regex: \"[a-z]+\"}"),
              Optional(HasSubstr("accepts")));
  EXPECT_EQ(reason("framing: delimited\naccepts: {regex: \"[a-z]+\"}"), std::nullopt);
}

TEST(Seed, MakesTheSameMessageInEveryRun) {
  EXPECT_EQ(sent(letters("a"), 1), sent(letters("a"), 1));
}

TEST(Seed, DoesntDependOnWhatElseStandsInTheFile) {
  const auto cases = cases_in(
      "group: g\nrequirement: DIG-1\nwhy: w\ncases:\n"
      "  - {name: other, message: {pattern: letters, size: 9}}\n"
      "  - {name: a, message: {pattern: letters, size: 16}}\n");
  EXPECT_EQ(sent(cases.at(1), 1), sent(letters("a"), 1));
}

TEST(Seed, DoesntDependOnWhatElseTheCaseSays) {
  const Case more = case_of(
      "name: a, title: T, why: Other., tags: [x], when: [many], message: {pattern: letters, size: "
      "16}");
  EXPECT_EQ(sent(more, 1), sent(letters("a"), 1));
}

TEST(Seed, DoesntDependOnTheProfile) {
  const Case one = letters("a");
  const Profile line = profile_of(kLine);
  EXPECT_EQ(PlannedCase(one, line, 1).message({0, one.message()}, 0, 0)->bytes, sent(one, 1));
}

TEST(Seed, StaysTheSameInEveryVersion) { EXPECT_EQ(sent(letters("a"), 1), "pevzhkvjdokdeucn"); }

TEST(Seed, MattersInEveryPart) {
  const Case one = letters("a");
  const std::set<std::string> different = {sent(one, 1),          sent(one, 2),
                                           sent(letters("b"), 1), sent(one, 1, 1),
                                           sent(one, 1, 0, 1),    sent(one, 1, 1, 1)};
  EXPECT_EQ(different.size(), 6U);
}

TEST(Seed, TellsTheMessagesOfAScriptApart) {
  const Case one = case_of(
      "name: a, script: [connect, {exchange: {messages: [{pattern: letters, size: 16}, "
      "{pattern: letters, size: 16}]}}]");
  const Profile profile = profile_of(kLine);
  const PlannedCase planned(one, profile, 1);
  std::set<std::string> different;
  for_each_message(one.script, [&](const ScriptMessage& message, const Step&) {
    different.insert(planned.message(message, 0, 0)->bytes);
  });
  EXPECT_EQ(different.size(), 2U);
}

TEST(Seed, OfTheMessagesOwnIsAllThatMatters) {
  const Case seeded = case_of("name: a, message: {pattern: letters, size: 16, seed: 5}");
  const Case same = case_of("name: b, message: {pattern: letters, size: 16, seed: 5}");
  EXPECT_EQ(sent(seeded, 1), sent(same, 2, 3, 4));
}

TEST(WhyUnsendable, HasNothingAgainstAPlainMessage) {
  for (const char* framing : {"unframed", "half_close", "delimited", "length_prefixed"}) {
    EXPECT_EQ(reason("\"abc\"", "framing: " + std::string(framing)), "") << framing;
    EXPECT_EQ(reason("{pattern: letters, size: 1000}", "framing: " + std::string(framing)), "")
        << framing;
  }
}

TEST(WhyUnsendable, NamesWhatTheFramingCantCarry) {
  EXPECT_EQ(reason("\"\"", "framing: unframed"), "an empty message can't be sent unframed");
  EXPECT_EQ(reason("\"a\\nb\"", kLine), "contains the delimiter \"\\n\"");
  EXPECT_EQ(reason("\"a\\r\"", kLine + "optional_cr: true"),
            "ends in a carriage return, which the profile counts to the delimiter");
  EXPECT_EQ(reason("{pattern: counter, size: 256}", kLine), "contains the delimiter \"\\n\"");
  EXPECT_EQ(reason("{pattern: counter, size: 10}", kLine), "");
  EXPECT_EQ(reason("{pattern: zeros, size: 256}", kPrefixed + "length: {bytes: 1}"),
            "longer than a length of 1 byte can say");
}

TEST(WhyUnsendable, NamesWhatTheServerDoesntTake) {
  EXPECT_EQ(reason("{hex: \"ff\"}", kLine + "accepts: utf8"),
            "the profile only accepts UTF-8 messages");
  EXPECT_EQ(reason("\"ABC\"", kLine + "accepts: {regex: \"[a-z]+\"}"),
            "the profile only accepts messages that match /[a-z]+/");
}

TEST(WhyUnsendable, NamesALimitThatIsExceeded) {
  EXPECT_EQ(reason("{repeat: \"a\", times: 11}", kLine + "limits: {message_bytes: 10}"),
            "longer than the profile's limit of 10 bytes");
  EXPECT_EQ(reason("{pattern: zeros, size: 11}", kLine + "limits: {message_bytes: 10}"),
            "longer than the profile's limit of 10 bytes");
  EXPECT_EQ(reason("{pattern: zeros, size: 17MiB}", kLine),
            "longer than what is tested by default, 16 MiB (16777216 bytes)");
  const std::string huge = "{pattern: letters, size: 4294967297}, tags: [huge]";
  EXPECT_EQ(reason(huge, kLine), "");
  EXPECT_THAT(reason(huge, kLine + "limits: {message_bytes: 4GiB}"),
              HasSubstr("longer than the profile's limit"));
  EXPECT_THAT(reason(huge, kPrefixed), HasSubstr("longer than a length of 4 bytes can say"));
  EXPECT_THAT(reason(huge, kLine + "reply: \"{message} {hex}\""), HasSubstr("would repeat"));
  EXPECT_THAT(reason(huge, kLine + "accepts: {regex: \"[a-z]*\"}"), HasSubstr("isn't tried"));
}

TEST(WhyUnsendable, LetsAMessageGoOverTheLimitOnPurpose) {
  EXPECT_EQ(reason("{pattern: letters, size: limit+1}", kLine + "limits: {message_bytes: 10}"), "");
  EXPECT_EQ(reason("{pattern: letters, size: limit}", kLine + "limits: {message_bytes: 10}"), "");
}

TEST(WhyUnsendable, LetsNoMessageGoOverWhatALengthCanSay) {
  EXPECT_EQ(reason("{pattern: letters, size: limit+1}",
                   kPrefixed + "length: {bytes: 1}\nlimits: {message_bytes: 255}"),
            "longer than a length of 1 byte can say");
  EXPECT_EQ(reason("{pattern: letters, size: limit+100000}",
                   kPrefixed + "length: {bytes: 2}\nlimits: {message_bytes: 65535}"),
            "longer than a length of 2 bytes can say");
}

TEST(WhyUnsendable, LooksIntoBlocksAndControlsToo) {
  const Profile profile = profile_of(kLine);
  const auto of = [&](const Case& one) { return PlannedCase(one, profile, 1).why_unsendable(); };
  EXPECT_THAT(of(case_of("name: a, message: \"a\", control: \"\\n\"")),
              Optional(HasSubstr("delimiter")));
  EXPECT_THAT(of(scripted("{repeat: {times: 2, steps: [connect, {exchange: \"\\n\"}]}}")),
              Optional(HasSubstr("delimiter")));
  EXPECT_THAT(of(scripted("{liveness: \"\\n\"}")), Optional(HasSubstr("delimiter")));
}

TEST(WhyUnsendable, NamesAPlaceToSplitThatIsntThere) {
  const auto of = [](const std::string& places, const std::string& profile) {
    const Case one = scripted("connect, {send: {message: \"abc\", split_at: " + places + "}}");
    const Profile claimed = profile_of(profile);
    return PlannedCase(one, claimed, 1).why_unsendable().value_or("");
  };
  EXPECT_EQ(of("[1, -3]", kLine), "");
  EXPECT_EQ(of("4", kLine), "there is no such place to split in 4 bytes");
  EXPECT_EQ(of("-4", kLine), "there is no such place to split in 4 bytes");
  EXPECT_EQ(of("4", kPrefixed), "");
  EXPECT_EQ(of("4, with_cr: true", kLine + "optional_cr: true"), "");
}

TEST(WhyUnsendable, NamesTheEndOfAPieceThatIsntThere) {
  const auto of = [](const std::string& sizes) {
    const Case one = scripted("connect, {send: {message: \"abc\", segments: " + sizes + "}}");
    return PlannedCase(one, profile_of(kLine), 1).why_unsendable().value_or("");
  };
  EXPECT_EQ(of("[1, 2]"), "");
  EXPECT_EQ(of("[1, 3]"), "there is no such place to split in 4 bytes");
}

TEST(WhyUnsendable, NamesAPlaceToStopAtThatIsntThere) {
  const auto of = [](const std::string& send, const std::string& profile) {
    const Case one = scripted("connect, {send: {" + send + "}}");
    const Profile claimed = profile_of(profile);
    return PlannedCase(one, claimed, 1).why_unsendable().value_or("");
  };
  const std::string abc = "message: \"abc\", until: ";
  for (const char* until : {"0", "3", "-1", "-4"}) EXPECT_EQ(of(abc + until, kLine), "") << until;
  EXPECT_EQ(of(abc + "4", kLine), "there is no such place to stop at in 4 bytes");
  EXPECT_EQ(of(abc + "-5", kLine), "there is no such place to stop at in 4 bytes");
  EXPECT_EQ(of(abc + "6", kPrefixed), "");
  EXPECT_EQ(of(abc + "7, times: 2", kLine), "");
  EXPECT_EQ(of(abc + "8, times: 2", kLine), "there is no such place to stop at in 8 bytes");
  EXPECT_EQ(of(abc + "4, with_cr: true", kLine + "optional_cr: true"), "");
}

TEST(WhyUnsendable, NamesACarriageReturnThatIsNoPartOfTheDelimiter) {
  const Case one = scripted("connect, {send: {message: \"abc\", with_cr: true}}");
  const Profile without = profile_of(kLine);
  const Profile with = profile_of(kLine + "optional_cr: true");
  EXPECT_THAT(PlannedCase(one, without, 1).why_unsendable(),
              Optional(std::string("the profile's delimiter has no optional carriage return")));
  EXPECT_EQ(PlannedCase(one, with, 1).why_unsendable(), std::nullopt);
}

TEST(WhyUnsendable, HasNothingAgainstBytesBelowTheFraming) {
  EXPECT_EQ(PlannedCase(scripted("connect, {send: {raw: \"\\n\"}}"), profile_of(kLine), 1)
                .why_unsendable(),
            std::nullopt);
}

// Each round has other random bytes: where one of them couldn't be sent, none may be.
TEST(WhyUnsendable, SaysTheSameOfRandomBytesWhateverTheSeed) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    EXPECT_EQ(reason("{pattern: random, size: 1}", kLine, seed),
              "random bytes may contain the delimiter \"\\n\"");
    EXPECT_EQ(reason("{pattern: random, size: 1MiB}", kLine + "delimiter: \"\\r\\n\"", seed),
              "random bytes may contain the delimiter \"\\r\\n\"");
    EXPECT_EQ(reason("{pattern: random, size: 1}", kPrefixed + "accepts: ascii", seed),
              "the profile only accepts ASCII messages, and random bytes may be anything");
    EXPECT_EQ(reason("{pattern: letters, size: 4}", kLine + "delimiter: \"e\"", seed),
              "random letters may contain the delimiter \"e\"");
    EXPECT_EQ(reason("{pattern: random, size: 100}", kPrefixed, seed), "");
    EXPECT_EQ(reason("{pattern: letters, size: 100}", kLine + "delimiter: \"END\"", seed), "");
  }
}

TEST(WhyUnsendable, LooksAtRandomBytesWhoseSeedIsFixed) {
  EXPECT_EQ(reason("{pattern: random, size: 8, seed: 1}", kLine), "");
  EXPECT_EQ(reason("{pattern: random, size: 4000, seed: 1}", kLine),
            "contains the delimiter \"\\n\"");
  EXPECT_EQ(reason("{pattern: letters, size: 3, seed: 1}", kLine + "delimiter: \"0\""), "");
}

TEST(WhyUnsendable, TakesNoRandomBytesForHarmless) {
  EXPECT_EQ(reason("{pattern: random, size: 0}", kLine), "");
}

}  // namespace
}  // namespace md5spec
