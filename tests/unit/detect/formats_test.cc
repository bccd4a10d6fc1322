#include "detect/formats.h"

#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "detect/conclusion.h"
#include "target/framing.h"

namespace md5spec {
namespace {

// A server that speaks `format` and closes once it has said all, as a prober sees it.
Observation answered_by(const Format& format, const Probe& probe,
                        const std::string& reply = "{hex}\n") {
  ReplyTemplate shape;
  EXPECT_EQ(ReplyTemplate::parse(reply, &shape), "");
  Observation seen;
  seen.probe = probe;
  seen.connected = true;
  bool over = false;
  for (const auto& replies : imagine(format, probe)) {
    if (over) break;
    std::string came;
    for (const DueReply& due : replies) came += shape.expect(due.digest, due.message).bytes();
    seen.came.push_back(came);
    over = !format.profile.many() && !replies.empty();
  }
  return seen;
}

struct Game {
  std::vector<Format> left = known_formats();
  std::vector<Observation> seen;
  std::vector<Probe> done;
};

// Asks until nothing tells the formats that are left apart.
Game play(const Format& server, bool talkative) {
  Game game;
  while (const auto probe = next_probe(game.left, game.done, talkative)) {
    game.done.push_back(*probe);
    game.seen.push_back(answered_by(server, *probe));
    game.left = explaining(game.left, game.seen.back());
  }
  return game;
}

std::string in_words(const Format& format) {
  return to_yaml(format.profile) + (format.trims ? "trims" : "");
}

Format with_keys(const std::string& keys) {
  return {parse_profile("profile: p\n" + keys, "p.yaml", "")};
}

std::vector<std::string> words_of(const std::vector<Format>& formats) {
  std::vector<std::string> words;
  for (const Format& format : formats) words.push_back(in_words(format));
  return words;
}

class FormatsTest : public ::testing::Test {
 protected:
  // What is concluded of a server that speaks so, framing keys alone.
  static Profile concluded(const std::string& keys) {
    const Game game = play(with_keys(keys), true);
    EXPECT_FALSE(game.left.empty());
    return game.left.empty() ? Profile() : game.left.front().profile;
  }
  static std::vector<Format> that_explain(const Probe& probe,
                                          const std::vector<std::string>& came) {
    Observation seen;
    seen.probe = probe;
    seen.came = came;
    return explaining(known_formats(), seen);
  }
};

TEST_F(FormatsTest, AllAreDifferent) {
  std::set<std::string> words;
  for (const Format& format : known_formats()) EXPECT_TRUE(words.insert(in_words(format)).second);
}

TEST_F(FormatsTest, EveryFormatIsToldFromAllOthers) {
  std::size_t number = 0;
  for (const Format& format : known_formats()) {
    // A selection: all of them would take minutes in a slow build.
    const bool is_plain = format.profile.request == "{message}" && !format.trims;
    if (number++ % (is_plain ? 5 : 13) != 0) continue;
    const Game game = play(format, true);
    EXPECT_THAT(words_of(game.left), ::testing::ElementsAre(in_words(format)));
    EXPECT_LE(game.seen.size(), 20U) << in_words(format);
  }
}

TEST_F(FormatsTest, TheBundledOnesTakeFewConnections) {
  for (const char* keys :
       {"framing: unframed\n", "framing: half_close\n", "framing: delimited\n",
        "framing: length_prefixed\n", "framing: delimited\noptional_cr: true\n"}) {
    const Game game = play(with_keys(keys), false);
    ASSERT_EQ(game.left.size(), 1U) << keys;
    EXPECT_LE(game.seen.size(), 5U) << keys;
  }
}

TEST_F(FormatsTest, ASilentServerFitsNothingThatWasTried) {
  Game game;
  while (const auto probe = next_probe(game.left, game.done, false)) {
    game.done.push_back(*probe);
    Observation seen;
    seen.probe = *probe;
    seen.came.resize(probe->steps.size());
    game.seen.push_back(seen);
    game.left = explaining(game.left, seen);
  }
  EXPECT_LE(game.seen.size(), 10U);
  // All that is left wants a request that only a talkative server is asked for.
  for (const Format& format : game.left) EXPECT_NE(format.profile.request, "{message}");
}

TEST_F(FormatsTest, ADigestForEachReadIsNotTakenForLines) {
  const Probe probe{{{"hello"}, {"\n"}, {"", true}}};
  for (const Format& format : that_explain(probe, {md5("hello").hex(), md5("\n").hex(), ""}))
    EXPECT_EQ(format.profile.framing, Framing::kUnframed);
}

TEST_F(FormatsTest, AnEndOfStreamMayEndALineOrAMessage) {
  const Probe probe{{{"hello"}, {"\n"}, {"", true}}};
  std::set<Framing> framings;
  for (const Format& format : that_explain(probe, {"", "", md5("hello\n").hex()}))
    framings.insert(format.profile.framing);
  EXPECT_THAT(framings, ::testing::ElementsAre(Framing::kHalfClose, Framing::kDelimited));
}

TEST_F(FormatsTest, ALateReplyFitsNothing) {
  const Probe probe{{{"hello"}, {"\n"}, {"", true}}};
  EXPECT_TRUE(that_explain(probe, {"", md5("hello").hex() + md5("\n").hex(), ""}).empty());
}

TEST_F(FormatsTest, AConnectionThatEndedOwesWhatWasDueLater) {
  const Probe probe{{{"sierra"}, {"victoria"}}};
  const auto left = that_explain(probe, {md5("sierra").hex()});
  ASSERT_FALSE(left.empty());
  for (const Format& format : left) EXPECT_FALSE(format.profile.many());
}

TEST_F(FormatsTest, AMessageThatIsNotPlainMayHaveBeenRefused) {
  Observation seen;
  seen.probe = {{{"alpha\nx\r\n"}, {"bravo\n"}}};
  seen.came = {md5("alpha").hex()};
  const auto delimited_many = [&] {
    std::set<bool> optional_cr;
    for (const Format& format : explaining(known_formats(), seen)) {
      if (format.profile.many() && !format.trims) optional_cr.insert(format.profile.optional_cr);
    }
    return optional_cr;
  };
  EXPECT_THAT(delimited_many(), ::testing::IsEmpty());
  seen.end = Observation::End::kOrderly;
  EXPECT_THAT(delimited_many(), ::testing::ElementsAre(false));
  seen.end = Observation::End::kOpen;
  seen.came = {md5("alpha").hex() + " ERR", md5("bravo").hex()};
  EXPECT_THAT(delimited_many(), ::testing::ElementsAre(false));
}

TEST_F(FormatsTest, AFrameMayBeInTheDigest) {
  EXPECT_EQ(concluded("framing: delimited\ndigest_covers: frame\n").digest_covers, Covers::kFrame);
  EXPECT_EQ(concluded("framing: length_prefixed\ndigest_covers: frame\n").digest_covers,
            Covers::kFrame);
}

TEST_F(FormatsTest, LengthsOfEveryKindAreFound) {
  for (const char* length : {"{bytes: 1}", "{bytes: 2, order: little}", "{bytes: 8, counts: frame}",
                             "{bytes: 4, order: little, counts: frame}", "{bytes: 2}"}) {
    const std::string keys = std::string("framing: length_prefixed\nlength: ") + length + "\n";
    Profile found = concluded(keys);
    found.name = found.title = "p";
    EXPECT_EQ(to_yaml(found), to_yaml(with_keys(keys).profile));
  }
}

TEST_F(FormatsTest, RequestsAreLookedForInTalkersOnly) {
  const Format server = with_keys("framing: delimited\nrequest: \"hash {message}\"\n");
  EXPECT_EQ(play(server, true).left.front().profile.request, "hash {message}");
  for (const Probe& probe : play(server, false).done) EXPECT_FALSE(probe.for_talkers);
}

TEST_F(FormatsTest, TwoRepliesOnAConnectionConfirm) {
  const Format format = with_keys("framing: delimited\n");
  const Probe once{{{"hello"}, {"\n"}}};
  EXPECT_FALSE(is_confirmed(format, {answered_by(format, once)}));
  EXPECT_TRUE(is_confirmed(format, {answered_by(format, confirming_probe(format))}));
  EXPECT_TRUE(is_confirmed(format, {answered_by(format, once), answered_by(format, once)}));
}

TEST_F(FormatsTest, TheConfirmingProbeShowsAServerThatTakesReadsForMessages) {
  for (const char* keys : {"framing: delimited\n", "framing: delimited\ndelimiter: \"\\r\\n\"\n",
                           "framing: length_prefixed\n", "framing: half_close\n"}) {
    const Format format = with_keys(keys);
    const Probe probe = confirming_probe(format);
    EXPECT_TRUE(explaining({format}, answered_by(with_keys("framing: unframed\n"), probe)).empty());
    EXPECT_EQ(explaining({format}, answered_by(format, probe)).size(), 1U);
  }
}

}  // namespace
}  // namespace md5spec
