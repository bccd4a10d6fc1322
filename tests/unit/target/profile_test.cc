#include "target/profile.h"

#include <chrono>
#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "target/scratch_folder.h"

namespace md5spec {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// A profile named p with those further keys.
Profile profile_of(const std::string& keys) {
  return parse_profile("profile: p\n" + keys, "p.yaml", MD5SPEC_BUNDLED_PROFILES);
}

Profile bundled(const std::string& name) { return load_profile(name, MD5SPEC_BUNDLED_PROFILES); }

Accepts accepting(const std::string& what) {
  return profile_of("framing: half_close\naccepts: " + what).accepts;
}

std::string fault_of_loading(const std::string& name) {
  try {
    load_profile(name, MD5SPEC_BUNDLED_PROFILES);
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

TEST(Profile, NeedsNothingButItsNameAndFraming) {
  const Profile p = profile_of("framing: delimited\n");
  EXPECT_EQ(p.name, "p");
  EXPECT_EQ(p.title, "p");
  EXPECT_EQ(p.framing, Framing::kDelimited);
  EXPECT_EQ(p.delimiter, "\n");
  EXPECT_FALSE(p.optional_cr);
  EXPECT_EQ(p.at_eof, AtEof::kDiscard);
  EXPECT_EQ(p.digest_covers, Covers::kMessage);
  EXPECT_EQ(p.request, "{message}");
  EXPECT_EQ(p.accepts.kind, Accepts::Kind::kAny);
  EXPECT_EQ(p.banner, "");
  EXPECT_EQ(p.reply.text(), "{hex}");
  EXPECT_EQ(p.exchanges, Exchanges::kMany);
  EXPECT_EQ(p.limits.connections, 64U);
  EXPECT_EQ(p.limits.oversize, Oversize::kClose);
  EXPECT_EQ(p.timeouts.connect, 5s);
  EXPECT_EQ(p.timeouts.reply, 2s);
  EXPECT_EQ(p.timeouts.close, 2s);
  EXPECT_EQ(p.timeouts.quiet, 200ms);
  EXPECT_EQ(p.timeouts.pause, 1100ms);
  EXPECT_FALSE(p.tls.has_value());
}

TEST(Profile, HasALengthOfFourBytesBigEndianUnlessTold) {
  const LengthField length = profile_of("framing: length_prefixed\n").length;
  EXPECT_EQ(length.bytes, 4);
  EXPECT_EQ(length.order, ByteOrder::kBig);
  EXPECT_EQ(length.counts, Covers::kMessage);
}

TEST(Profile, SaysEverythingThatItsKeysSay) {
  const Profile p = profile_of(R"(title: "My server: 2.1"
framing: delimited
delimiter: "\n"
optional_cr: true
at_eof: answer
digest_covers: frame
request: "get {message}"
accepts: utf8
banner: "hello\r\n"
reply: "{HEX}\n"
exchanges: one
limits: {message_bytes: 4KiB, connections: 3, oversize: answer}
timeouts: {connect: 1s, reply: 250ms, close: 3s, quiet: 50ms, pause: 2.5s}
)");
  EXPECT_EQ(p.title, "My server: 2.1");
  EXPECT_EQ(p.delimiter, "\n");
  EXPECT_TRUE(p.optional_cr);
  EXPECT_EQ(p.at_eof, AtEof::kAnswer);
  EXPECT_EQ(p.digest_covers, Covers::kFrame);
  EXPECT_EQ(p.request, "get {message}");
  EXPECT_EQ(p.accepts.kind, Accepts::Kind::kUtf8);
  EXPECT_EQ(p.banner, "hello\r\n");
  EXPECT_EQ(p.reply.encoding(), Encoding::kUpperHex);
  EXPECT_EQ(p.exchanges, Exchanges::kOne);
  EXPECT_EQ(p.limits.message_bytes, 4096U);
  EXPECT_EQ(p.limits.connections, 3U);
  EXPECT_EQ(p.limits.oversize, Oversize::kAnswer);
  EXPECT_EQ(p.timeouts.connect, 1s);
  EXPECT_EQ(p.timeouts.reply, 250ms);
  EXPECT_EQ(p.timeouts.close, 3s);
  EXPECT_EQ(p.timeouts.quiet, 50ms);
  EXPECT_EQ(p.timeouts.pause, 2500ms);
}

TEST(Profile, TakesEveryWidthOrderAndCountOfALength) {
  for (const int bytes : {1, 2, 4, 8}) {
    EXPECT_EQ(profile_of("framing: length_prefixed\nlength: {bytes: " + std::to_string(bytes) + "}")
                  .length.bytes,
              bytes);
  }
  const LengthField length =
      profile_of("framing: length_prefixed\nlength: {bytes: 2, order: little, counts: frame}")
          .length;
  EXPECT_EQ(length.order, ByteOrder::kLittle);
  EXPECT_EQ(length.counts, Covers::kFrame);
}

TEST(Profile, TakesBytesThatAreNoText) {
  const Profile p = profile_of(
      "framing: delimited\ndelimiter: {hex: \"00ff\"}\nbanner: {hex: \"fe\"}\n"
      "request: {hex: \"80 7b6d6573736167657d\"}\nreply: {hex: \"7b7261777d ff\"}\n");
  EXPECT_EQ(p.delimiter, "\0\xFF"s);
  EXPECT_EQ(p.banner, "\xFE");
  EXPECT_EQ(p.request, "\x80{message}");
  EXPECT_EQ(p.reply.text(), "{raw}\xFF");
}

TEST(Profile, TakesNamesInQuotesToo) {
  EXPECT_EQ(profile_of("\"framing\": 'half_close'\n").framing, Framing::kHalfClose);
}

TEST(Profile, HasOneExchangeWhereHalfCloseEndsTheMessage) {
  EXPECT_FALSE(profile_of("framing: half_close").many());
  EXPECT_FALSE(profile_of("framing: half_close\nexchanges: one").many());
}

TEST(Profile, CanPipelineWhereMessagesEndThemselvesAndExchangesAreMany) {
  EXPECT_TRUE(profile_of("framing: delimited").can_pipeline());
  EXPECT_TRUE(profile_of("framing: length_prefixed").can_pipeline());
  EXPECT_FALSE(profile_of("framing: delimited\nexchanges: one").can_pipeline());
  EXPECT_FALSE(profile_of("framing: unframed").can_pipeline());
  EXPECT_FALSE(profile_of("framing: half_close").can_pipeline());
}

TEST(Profile, IsFramedUnlessUnframed) {
  EXPECT_FALSE(profile_of("framing: unframed").framed());
  EXPECT_TRUE(profile_of("framing: half_close").framed());
  EXPECT_TRUE(profile_of("framing: delimited").framed());
  EXPECT_TRUE(profile_of("framing: length_prefixed").framed());
}

TEST(NameOf, IsTheFramingsNameInAProfile) {
  for (const std::string name : {"unframed", "half_close", "delimited", "length_prefixed"}) {
    EXPECT_EQ(name_of(profile_of("framing: " + name).framing), name);
  }
}

TEST(MessageLimit, IsADeclaredKibibyteWhenUnframed) {
  const Limits limits = profile_of("framing: unframed").limits;
  EXPECT_EQ(limits.message_bytes, 1024U);
  EXPECT_TRUE(limits.declared);
  EXPECT_FALSE(limits.unlimited);
}

TEST(MessageLimit, IsNoClaimWhereAFramedProfileDoesNotWriteIt) {
  for (const std::string framing : {"half_close", "delimited", "length_prefixed"}) {
    const Limits limits = profile_of("framing: " + framing + "\nlimits: {connections: 2}").limits;
    EXPECT_EQ(limits.message_bytes, 16U << 20U) << framing;
    EXPECT_FALSE(limits.declared) << framing;
    EXPECT_FALSE(limits.unlimited) << framing;
  }
}

TEST(MessageLimit, IsAClaimOnceItIsWritten) {
  const Limits limits = profile_of("framing: half_close\nlimits: {message_bytes: 16MiB}").limits;
  EXPECT_EQ(limits.message_bytes, 16U << 20U);
  EXPECT_TRUE(limits.declared);
}

TEST(MessageLimit, IsTestedAsFarAsAnyWhenUnlimited) {
  const Limits limits =
      profile_of("framing: half_close\nlimits: {message_bytes: unlimited}").limits;
  EXPECT_EQ(limits.message_bytes, 16U << 20U);
  EXPECT_FALSE(limits.declared);
  EXPECT_TRUE(limits.unlimited);
}

TEST(Accepts, AnyTakesEveryByte) { EXPECT_TRUE(accepting("any").takes("\0\xFF\n"s)); }

TEST(Accepts, Utf8TakesWellFormedUtf8) {
  EXPECT_TRUE(accepting("utf8").takes("é\0\n"s));
  EXPECT_FALSE(accepting("utf8").takes("\xFF"));
}

TEST(Accepts, AsciiTakesBytesBelow0x80) {
  EXPECT_TRUE(accepting("ascii").takes("\0\n\x7F"s));
  EXPECT_FALSE(accepting("ascii").takes("\x80"));
  EXPECT_FALSE(accepting("ascii").takes("é"));
}

TEST(Accepts, PrintableTakesSpaceToTilde) {
  EXPECT_TRUE(accepting("printable").takes(" a~"));
  EXPECT_FALSE(accepting("printable").takes("\x1F"));
  EXPECT_FALSE(accepting("printable").takes("\x7F"));
  EXPECT_FALSE(accepting("printable").takes("a\tb"));
  EXPECT_FALSE(accepting("printable").takes("\xFF"));
}

TEST(Accepts, EveryNamedKindTakesTheEmptyMessage) {
  for (const std::string kind : {"any", "utf8", "ascii", "printable"})
    EXPECT_TRUE(accepting(kind).takes("")) << kind;
}

TEST(Accepts, ARegexHasToMatchTheWholeMessage) {
  const Accepts accepts = accepting("{regex: \"[a-z]+\"}");
  EXPECT_TRUE(accepts.takes("abc"));
  EXPECT_FALSE(accepts.takes("abc1"));
  EXPECT_FALSE(accepts.takes("1abc"));
  EXPECT_FALSE(accepts.takes("abc\n"));
  EXPECT_FALSE(accepts.takes(""));
}

TEST(Accepts, ARegexCountsCharactersAndTakesNoIllFormedUtf8) {
  EXPECT_TRUE(accepting("{regex: \".\"}").takes("é"));
  EXPECT_FALSE(accepting("{regex: \".\"}").takes("\xC3"));
  EXPECT_FALSE(accepting("{regex: \"(?s).*\"}").takes("a\xFF"));
  EXPECT_TRUE(accepting("{regex: \"(?s).*\"}").takes("a\0b\n"s));
}

TEST(Accepts, ARegexCopesWithALargeMessage) {
  EXPECT_TRUE(accepting("{regex: \"(a|b)*\"}").takes(std::string(4U << 20U, 'a')));
}

TEST(Accepts, SaysInWordsWhatItTakes) {
  EXPECT_EQ(accepting("any").in_words(), "messages of any bytes");
  EXPECT_EQ(accepting("utf8").in_words(), "UTF-8 messages");
  EXPECT_EQ(accepting("ascii").in_words(), "ASCII messages");
  EXPECT_EQ(accepting("printable").in_words(), "messages of printable ASCII");
  EXPECT_EQ(accepting("{regex: \"[a-z]\\n\"}").in_words(), "messages that match /[a-z]\\x0a/");
}

TEST(Accepts, IsKnownByItsNameOrRegex) {
  EXPECT_EQ(accepting("printable").key(), "printable");
  EXPECT_EQ(accepting("{regex: \"[a-z]\"}").key(), "[a-z]");
}

TEST(Restrictions, AreNoneUnderTheFullSpecification) {
  EXPECT_THAT(profile_of("framing: delimited").restrictions(), IsEmpty());
  EXPECT_THAT(profile_of("framing: half_close").restrictions(), IsEmpty());
  EXPECT_THAT(
      profile_of("framing: length_prefixed\nlimits: {message_bytes: unlimited, connections: 64}")
          .restrictions(),
      IsEmpty());
}

TEST(Restrictions, TellTheLimitThatAnUnframedProfileAlwaysHas) {
  EXPECT_THAT(profile_of("framing: unframed").restrictions(),
              ElementsAre("messages of up to 1 KiB (1024 bytes)"));
}

TEST(Restrictions, TellEverythingThatIsDeclaredLess) {
  EXPECT_THAT(
      profile_of(
          "framing: delimited\naccepts: ascii\nexchanges: one\ndigest_covers: frame\n"
          "limits: {message_bytes: 100, connections: 3, oversize: answer}\ntls: {verify: false}\n")
          .restrictions(),
      ElementsAre("ASCII messages", "messages of up to 100 bytes", "one exchange a connection",
                  "3 connections at once", "any behaviour towards oversized messages",
                  "digests that cover the frame", "an unverified TLS certificate"));
}

TEST(Restrictions, TellASingleConnectionInWords) {
  EXPECT_THAT(profile_of("framing: delimited\nlimits: {connections: 1}").restrictions(),
              ElementsAre("one connection at a time"));
}

TEST(Restrictions, LeaveOutWhatIsAsMuchAsTheFullSpecificationOrMore) {
  EXPECT_THAT(
      profile_of("framing: delimited\nlimits: {connections: 1000}\ntls: {}\nbanner: hello\n")
          .restrictions(),
      IsEmpty());
}

TEST(Tls, IsThereWithItsDefaultsOnceTheKeyIs) {
  const Profile p = profile_of("framing: delimited\ntls: {}");
  ASSERT_TRUE(p.tls.has_value());
  EXPECT_EQ(p.tls->server_name, "localhost");
  EXPECT_TRUE(p.tls->verify);
  EXPECT_EQ(p.tls->ca, "");
  EXPECT_EQ(p.tls->client_cert, "");
  EXPECT_EQ(p.tls->client_key, "");
}

TEST(Tls, FindsItsFilesFromTheProfilesFolder) {
  const Profile p = parse_profile(
      "profile: p\nframing: delimited\n"
      "tls: {ca: ca.pem, client_cert: ./keys/../c.pem, client_key: /keys/c.key}\n",
      "p.yaml", "/profiles");
  EXPECT_EQ(p.tls->ca, "/profiles/ca.pem");
  EXPECT_EQ(p.tls->client_cert, "/profiles/c.pem");
  EXPECT_EQ(p.tls->client_key, "/keys/c.key");
}

TEST(LoadProfile, FindsABundledOneByItsName) {
  EXPECT_EQ(bundled("line").framing, Framing::kDelimited);
}

TEST(LoadProfile, FindsAFileBySlashOrEnding) {
  const ScratchFolder folder;
  folder.write("mine.yaml", "profile: mine\nframing: half_close\ntls: {ca: ca.pem}\n");
  folder.write("mine.yml", "profile: mine_too\nframing: half_close\n");
  folder.write("mine", "profile: mine_without_ending\nframing: half_close\n");
  EXPECT_EQ(bundled(folder.path("mine.yaml")).name, "mine");
  EXPECT_EQ(bundled(folder.path("mine.yaml")).tls->ca, folder.path("ca.pem"));
  EXPECT_EQ(bundled(folder.path("mine.yml")).name, "mine_too");
  EXPECT_EQ(bundled(folder.path("mine")).name, "mine_without_ending");
}

TEST(LoadProfile, FindsAFileThatLooksLikeANameUnlessABundledOneHasIt) {
  const ScratchFolder folder;
  folder.write("mine", "profile: mine\nframing: half_close\n");
  folder.write("line", "profile: not_this_one\nframing: half_close\n");
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path(""));
  EXPECT_EQ(bundled("mine").name, "mine");
  EXPECT_EQ(bundled("line").name, "line");
  std::filesystem::current_path(before);
}

TEST(LoadProfile, SuggestsTheNearestBundledOne) {
  EXPECT_EQ(fault_of_loading("clasic"),
            "--profile clasic: no such profile, and no such file; did you mean 'classic'?");
}

TEST(LoadProfile, ListsTheBundledOnesWhereNoneIsNear) {
  EXPECT_THAT(fault_of_loading("telegraph"),
              ::testing::StartsWith(
                  "--profile telegraph: no such profile, and no such file; known: classic, "));
}

TEST(LoadProfile, TellsAFileThatIsNotThere) {
  EXPECT_EQ(fault_of_loading("/none/p.yaml"), "/none/p.yaml: can't be read");
  EXPECT_EQ(fault_of_loading("none.yml"), "none.yml: can't be read");
}

TEST(LoadProfile, TakesANameThatNoFileCanHaveForAnUnknownOne) {
  EXPECT_THAT(fault_of_loading(std::string(300, 'a')),
              ::testing::HasSubstr("no such profile, and no such file"));
}

TEST(LoadProfile, EscapesAHostileName) {
  EXPECT_THAT(fault_of_loading("\x1B[31m"),
              ::testing::StartsWith("--profile \\x1b[31m: no such profile"));
}

TEST(BundledProfiles, AreListedClassicFirstThenSorted) {
  const ScratchFolder folder;
  for (const std::string name : {"b.yaml", "classic.yaml", "a.yaml", "z.yml", "README.md"})
    folder.write(name, "");
  EXPECT_THAT(bundled_profiles(folder.path("")), ElementsAre("classic", "a", "b"));
}

TEST(BundledProfiles, AreNoneWhereTheFolderIsMissing) {
  EXPECT_THAT(bundled_profiles("/none/such"), IsEmpty());
}

TEST(BundledProfiles, AllLoadUnderTheirFilesName) {
  const auto names = bundled_profiles(MD5SPEC_BUNDLED_PROFILES);
  EXPECT_THAT(names, ::testing::IsSupersetOf({"classic", "half_close", "length_prefixed", "line"}));
  for (const std::string& name : names) EXPECT_EQ(bundled(name).name, name);
}

TEST(BundledProfiles, SpeakTheWireFormatsThatTheirNamesPromise) {
  EXPECT_EQ(bundled("classic").framing, Framing::kUnframed);
  EXPECT_EQ(bundled("classic").reply.text(), "{hex}");
  EXPECT_EQ(bundled("half_close").framing, Framing::kHalfClose);
  EXPECT_EQ(bundled("half_close").reply.text(), "{hex}\n");
  EXPECT_EQ(bundled("line").delimiter, "\n");
  EXPECT_EQ(bundled("line").reply.text(), "{hex}\n");
  EXPECT_EQ(bundled("length_prefixed").length.bytes, 4);
  EXPECT_EQ(bundled("length_prefixed").length.order, ByteOrder::kBig);
  EXPECT_EQ(bundled("length_prefixed").reply.text(), "{hex}");
}

TEST(ScaleTimeouts, StretchesWhatBoundsWaitingForTheServer) {
  Timeouts timeouts;
  scale_timeouts(2.5, &timeouts);
  EXPECT_EQ(timeouts.connect, 12500ms);
  EXPECT_EQ(timeouts.reply, 5s);
  EXPECT_EQ(timeouts.close, 5s);
  EXPECT_EQ(timeouts.quiet, 500ms);
}

TEST(ScaleTimeouts, LeavesThePausesThatACaseMakes) {
  for (const double factor : {0.1, 10.0}) {
    Timeouts timeouts;
    scale_timeouts(factor, &timeouts);
    EXPECT_EQ(timeouts.pause, 1100ms);
  }
}

TEST(ScaleTimeouts, StaysWithinWhatAProfileMaySay) {
  Timeouts timeouts;
  scale_timeouts(1e-9, &timeouts);
  EXPECT_EQ(timeouts.quiet, 1ms);
  scale_timeouts(1e300, &timeouts);
  EXPECT_EQ(timeouts.reply, 1h);
}

}  // namespace
}  // namespace md5spec
