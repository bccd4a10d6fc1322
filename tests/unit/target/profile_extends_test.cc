// A profile that takes over another's keys.
#include <chrono>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "target/profile.h"
#include "target/scratch_folder.h"

namespace md5spec {
namespace {

using namespace std::chrono_literals;
using ::testing::StartsWith;

class Extends : public ::testing::Test {
 protected:
  // Makes `keys` the profile that extending() extends.
  void base(const std::string& keys) { folder_.write("base.yaml", "profile: base\n" + keys); }

  // The profile that extends the base and has those keys of its own.
  Profile extending(const std::string& keys) {
    return loaded("profile: own\nextends: base.yaml\n" + keys);
  }

  std::string fault_of_extending(const std::string& keys) {
    return fault("profile: own\nextends: base.yaml\n" + keys);
  }

  Profile loaded(const std::string& text) {
    folder_.write("own.yaml", text);
    return load_profile(folder_.path("own.yaml"), MD5SPEC_BUNDLED_PROFILES);
  }

  // What is wrong with own.yaml, with the file's folder left out.
  std::string fault(const std::string& text) {
    try {
      loaded(text);
    } catch (const InputError& error) {
      const std::string what = error.what();
      return what.starts_with(folder_.path("") + "/") ? what.substr(folder_.path("").size() + 1)
                                                      : what;
    }
    return "no error";
  }

  const ScratchFolder folder_;
};

TEST_F(Extends, TakesOverEveryKeyOfTheOther) {
  base(
      "framing: delimited\ndelimiter: \";\"\nat_eof: answer\ndigest_covers: frame\nrequest: \"get "
      "{message}\"\n"
      "accepts: utf8\nbanner: hello\nreply: \"{raw}\"\nexchanges: one\n"
      "limits: {message_bytes: 9, connections: 3, oversize: answer}\ntimeouts: {reply: 7s}\ntls: "
      "{verify: false}\n");
  const Profile p = extending("");
  EXPECT_EQ(p.framing, Framing::kDelimited);
  EXPECT_EQ(p.delimiter, ";");
  EXPECT_EQ(p.at_eof, AtEof::kAnswer);
  EXPECT_EQ(p.digest_covers, Covers::kFrame);
  EXPECT_EQ(p.request, "get {message}");
  EXPECT_EQ(p.accepts.kind, Accepts::Kind::kUtf8);
  EXPECT_EQ(p.banner, "hello");
  EXPECT_EQ(p.reply.text(), "{raw}");
  EXPECT_EQ(p.exchanges, Exchanges::kOne);
  EXPECT_EQ(p.limits.message_bytes, 9U);
  EXPECT_TRUE(p.limits.declared);
  EXPECT_EQ(p.limits.connections, 3U);
  EXPECT_EQ(p.limits.oversize, Oversize::kAnswer);
  EXPECT_EQ(p.timeouts.reply, 7s);
  EXPECT_FALSE(p.tls->verify);
}

TEST_F(Extends, KeepsItsOwnNameAndTitle) {
  base("framing: delimited\ntitle: The base\n");
  EXPECT_EQ(extending("").name, "own");
  EXPECT_EQ(extending("").title, "own");
  EXPECT_EQ(extending("title: Mine\n").title, "Mine");
}

TEST_F(Extends, PutsItsOwnKeysInPlaceOfTheOthers) {
  base("framing: delimited\nreply: \"{raw}\"\nbanner: hello\n");
  const Profile p = extending("banner: \"\"\nreply: \"{HEX}\"\n");
  EXPECT_EQ(p.banner, "");
  EXPECT_EQ(p.reply.text(), "{HEX}");
}

TEST_F(Extends, ReplacesOnlyThoseKeysOfAMapThatItWrites) {
  base(
      "framing: length_prefixed\nlength: {bytes: 2, order: little}\nlimits: {connections: 3, "
      "oversize: answer}\n"
      "timeouts: {reply: 7s, close: 8s}\ntls: {server_name: example.org, verify: false}\n");
  const Profile p = extending(
      "length: {counts: frame}\nlimits: {connections: 5}\ntimeouts: {close: 9s}\n"
      "tls: {server_name: example.net}\n");
  EXPECT_EQ(p.length.bytes, 2);
  EXPECT_EQ(p.length.order, ByteOrder::kLittle);
  EXPECT_EQ(p.length.counts, Covers::kFrame);
  EXPECT_EQ(p.limits.connections, 5U);
  EXPECT_EQ(p.limits.oversize, Oversize::kAnswer);
  EXPECT_EQ(p.timeouts.reply, 7s);
  EXPECT_EQ(p.timeouts.close, 9s);
  EXPECT_EQ(p.tls->server_name, "example.net");
  EXPECT_FALSE(p.tls->verify);
}

TEST_F(Extends, FindsABundledProfileByItsName) {
  const Profile p = loaded("profile: own\nextends: line\nreply: \"{HEX}\\n\"\n");
  EXPECT_EQ(p.framing, Framing::kDelimited);
  EXPECT_EQ(p.reply.text(), "{HEX}\n");
}

TEST_F(Extends, FindsAFileFromTheFolderOfTheOneThatNamesIt) {
  folder_.write("deep/one.yaml", "profile: one\nextends: ../two.yaml\n");
  folder_.write("two.yaml", "profile: two\nframing: half_close\ntls: {ca: ca.pem}\n");
  const Profile p = loaded("profile: own\nextends: deep/one.yaml\n");
  EXPECT_EQ(p.framing, Framing::kHalfClose);
  EXPECT_EQ(p.tls->ca, folder_.path("deep/../ca.pem").replace(folder_.path("").size(), 8, ""));
}

TEST_F(Extends, MayChangeTheFraming) {
  base("framing: delimited\nreply: \"{raw}\"\n");
  const Profile p = extending("framing: length_prefixed\nlength: {bytes: 2}\n");
  EXPECT_EQ(p.framing, Framing::kLengthPrefixed);
  EXPECT_EQ(p.length.bytes, 2);
  EXPECT_EQ(p.reply.text(), "{raw}");
}

TEST_F(Extends, LeavesBehindWhatGoesWithADelimiterWhenTheFramingChanges) {
  base("framing: delimited\ndelimiter: \"\\n\"\noptional_cr: true\nat_eof: answer\n");
  folder_.write("between.yaml", "profile: between\nextends: base.yaml\nframing: half_close\n");
  const Profile p =
      loaded("profile: own\nextends: between.yaml\nframing: delimited\ndelimiter: \";\"\n");
  EXPECT_FALSE(p.optional_cr);
  EXPECT_EQ(p.at_eof, AtEof::kDiscard);
  base("framing: delimited\ndelimiter: \";\"\n");
  EXPECT_EQ(loaded("profile: own\nextends: between.yaml\nframing: delimited\n").delimiter, "\n");
}

TEST_F(Extends, LeavesBehindALengthWhenTheFramingChanges) {
  base("framing: length_prefixed\nlength: {bytes: 2, order: little, counts: frame}\n");
  folder_.write("between.yaml", "profile: between\nextends: base.yaml\nframing: half_close\n");
  const LengthField length =
      loaded("profile: own\nextends: between.yaml\nframing: length_prefixed\n").length;
  EXPECT_EQ(length.bytes, 4);
  EXPECT_EQ(length.order, ByteOrder::kBig);
  EXPECT_EQ(length.counts, Covers::kMessage);
}

TEST_F(Extends, LeavesNothingBehindWhereItRepeatsTheFraming) {
  base("framing: delimited\ndelimiter: \";\"\n");
  EXPECT_EQ(extending("framing: delimited\n").delimiter, ";");
}

TEST_F(Extends, KeepsTheLimitsThatAreWrittenWhenTheFramingChanges) {
  base("framing: delimited\nlimits: {connections: 3, oversize: answer}\n");
  const Limits limits = extending("framing: length_prefixed\n").limits;
  EXPECT_EQ(limits.connections, 3U);
  EXPECT_EQ(limits.oversize, Oversize::kAnswer);
  EXPECT_FALSE(limits.declared);
}

TEST_F(Extends, TakesOverNoLimitThatTheOtherHasOnlyForBeingUnframed) {
  const Limits limits = loaded("profile: own\nextends: classic\nframing: half_close\n").limits;
  EXPECT_EQ(limits.message_bytes, 16U << 20U);
  EXPECT_FALSE(limits.declared);
}

TEST_F(Extends, GetsTheLimitOfAnUnframedProfileByBecomingOne) {
  const Limits limits = loaded("profile: own\nextends: line\nframing: unframed\n").limits;
  EXPECT_EQ(limits.message_bytes, 1024U);
  EXPECT_TRUE(limits.declared);
}

TEST_F(Extends, TakesOverNoSingleExchangeThatTheOtherHasOnlyForItsHalfClose) {
  EXPECT_TRUE(loaded("profile: own\nextends: half_close\nframing: delimited\n").many());
}

TEST_F(Extends, HasOneExchangeOnceItsFramingIsHalfClose) {
  EXPECT_FALSE(loaded("profile: own\nextends: line\nframing: half_close\n").many());
}

TEST_F(Extends, RefusesToBecomeUnframedAndStayUnlimited) {
  base("framing: delimited\nlimits: {message_bytes: unlimited}\n");
  EXPECT_EQ(fault_of_extending("framing: unframed\n"),
            "own.yaml:3:10: framing: message_bytes can't be unlimited when unframed: a message "
            "must arrive in one read");
}

TEST_F(Extends, PointsAtTheDelimiterThatATakenOverKeyDoesNotGoWith) {
  base("framing: delimited\noptional_cr: true\n");
  EXPECT_EQ(fault_of_extending("delimiter: \";\"\n"),
            "own.yaml:3:1: optional_cr goes with the delimiter \"\\n\" only");
  EXPECT_EQ(fault_of_extending("optional_cr: false\ndelimiter: \";\"\n"), "no error");
}

TEST_F(Extends, RefusesAKeyThatDoesNotGoWithTheFramingTakenOver) {
  base("framing: half_close\n");
  EXPECT_EQ(fault_of_extending("at_eof: answer\n"),
            "own.yaml:3:1: the key 'at_eof' goes with framing: delimited only; this profile's "
            "framing is half_close");
}

TEST_F(Extends, PairsACertificateWithAKeyTakenOver) {
  base("framing: delimited\ntls: {client_cert: c.pem, client_key: c.key}\n");
  EXPECT_EQ(extending("tls: {client_cert: d.pem}\n").tls->client_key, folder_.path("c.key"));
}

TEST_F(Extends, NamesTheFileThatAFaultIsIn) {
  base("framing: delimted\n");
  EXPECT_EQ(fault_of_extending(""),
            "base.yaml:2:10: framing: 'delimted' isn't known here; did you mean 'delimited'?");
}

TEST_F(Extends, SuggestsTheNearestBundledProfile) {
  EXPECT_EQ(fault("profile: own\nextends: lien\n"),
            "own.yaml:2:10: extends: no profile 'lien'; did you mean 'line'?");
}

TEST_F(Extends, TellsAFileThatIsNotThere) {
  EXPECT_EQ(fault("profile: own\nextends: none.yaml\n"),
            "own.yaml:2:10: extends: no profile 'none.yaml'");
  EXPECT_EQ(fault("profile: own\nextends: ./none\n"),
            "own.yaml:2:10: extends: no profile './none'");
}

TEST_F(Extends, TellsANameThatNoFileCanHave) {
  EXPECT_THAT(fault("profile: own\nextends: " + std::string(300, 'a') + "\n"),
              StartsWith("own.yaml:2:10: extends: no profile 'aaa"));
}

TEST_F(Extends, TellsThatAFolderIsNoProfile) {
  EXPECT_EQ(fault("profile: own\nextends: ./\n"), "./: can't be read");
}

TEST_F(Extends, RefusesToExtendItself) {
  EXPECT_EQ(fault("profile: own\nextends: own.yaml\n"),
            "own.yaml:2:10: extends: extends too many others, or itself");
}

TEST_F(Extends, MayGoOverEightFilesAndNoMore) {
  folder_.write("0.yaml", "profile: p\nframing: half_close\n");
  for (int i = 1; i <= 8; ++i) {
    folder_.write(std::to_string(i) + ".yaml",
                  "profile: p\nextends: " + std::to_string(i - 1) + ".yaml\n");
  }
  EXPECT_EQ(fault("profile: own\nextends: 7.yaml\n"), "no error");
  EXPECT_EQ(fault("profile: own\nextends: 8.yaml\n"),
            "1.yaml:2:10: extends: extends too many others, or itself");
}

}  // namespace
}  // namespace md5spec
