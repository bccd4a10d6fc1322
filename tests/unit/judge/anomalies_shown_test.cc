// What is shown and said of banners, early bytes and ends.
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "judge/anomalies.h"
#include "judge/transcript_builder.h"

namespace md5spec {
namespace {

using Came = Event::Came;

const std::string kWithBanner = std::string(kLineProfile) + "banner: \"hi\\n\"\n";

Observed first_seen(const Happening& happening) {
  const Transcript transcript = happening.transcript();
  const PlannedCase planned = happening.planned();
  const std::vector<Story> stories = tell(planned, transcript);
  const std::vector<Observed> all = observe(planned, stories.front(), stories);
  EXPECT_FALSE(all.empty());
  return all.empty() ? Observed() : all.front();
}

TEST(AnomaliesShown, APartOfTheBannerIsTheBannerInPart) {
  const Observed open =
      first_seen(Happening("CON-2", kWithBanner).connect().get("hi").await_banner(Came::kTimeout));
  EXPECT_EQ(open.explanation, "the banner didn't come whole");
  EXPECT_EQ(open.evidence, Evidence::kDeadline);
  EXPECT_EQ(open.received, "\"hi\"");
  const Observed ended = first_seen(Happening("CON-2", kWithBanner)
                                        .connect()
                                        .get("hi")
                                        .server_closes()
                                        .await_banner(Came::kEnded));
  EXPECT_EQ(ended.explanation, "the banner didn't come whole");
  EXPECT_EQ(ended.evidence, Evidence::kEndOfStream);
}

TEST(AnomaliesShown, AnotherBannerRestsOnBytesThoughTheConnectionStaysOpen) {
  const Observed another = first_seen(
      Happening("CON-2", kWithBanner).connect().get("ho\n").await_banner(Came::kUnexpected));
  EXPECT_EQ(another.explanation, "the server doesn't begin with its declared banner");
  EXPECT_EQ(another.evidence, Evidence::kBytes);
}

TEST(AnomaliesShown, AReplyThatIsMissingSaysNothingOfABannerThatCame) {
  EXPECT_EQ(Happening("CON-2", kWithBanner)
                .connect()
                .get("hi\n")
                .await_banner(Came::kExpected)
                .exchange_in_vain("abc")
                .blame(),
            "can't tell for DIG-1: no reply");
}

TEST(AnomaliesShown, ABannerIsMissedOnlyAfterMoreThanHalfOfTheTimeForAReply) {
  const auto after = [](const char* quiet) {
    const std::string timeouts = std::string("timeouts: {reply: 1s, quiet: ") + quiet + "}\n";
    return Happening("CON-2", kWithBanner + timeouts)
        .connect()
        .await_banner_briefly()
        .get("hi\n")
        .exchange("abc")
        .end()
        .verdict();
  };
  EXPECT_EQ(after("500ms"), "nothing");
  EXPECT_EQ(after("501ms"), "broken CON-2: banner wrong by deadline");
}

TEST(AnomaliesShown, EarlyBytesAreShownWithoutTheBannerAndTheReply) {
  EXPECT_EQ(first_seen(Happening("CON-2", kWithBanner)
                           .connect()
                           .get("hi\nthere\n")
                           .await_banner(Came::kExpected)
                           .exchange("abc")
                           .end())
                .received,
            "\"there\\n\"");
}

TEST(AnomaliesShown, AnEarlyEndSaysWhetherItWasAReset) {
  EXPECT_EQ(first_seen(Happening("CON-1").connect().server_closes().watch(Came::kEnded)).received,
            "end of stream");
  EXPECT_EQ(first_seen(Happening("CON-1").connect().server_resets().watch(Came::kEnded)).received,
            "a reset");
}

TEST(AnomaliesShown, AResetIsExcusedWhereASendFailedOrOnlyRawBytesWereSent) {
  const auto ended = [](Happening happening) {
    return happening.server_resets().await_end().verdict();
  };
  EXPECT_EQ(ended(Happening("CON-7", kOneLineProfile).connect().exchange("abc").send_fails()),
            "nothing");
  EXPECT_EQ(ended(Happening("CON-7", kOneLineProfile).connect().send_raw(3)), "nothing");
  EXPECT_EQ(ended(Happening("CON-7", kOneLineProfile).connect().exchange("abc")),
            "broken CON-7: reset by reset");
}

TEST(AnomaliesShown, AClientThatLeftInOrderIsntTheOneThatVanished) {
  EXPECT_EQ(Happening("CNC-3")
                .connect()
                .exchange("abc")
                .close()
                .connect()
                .exchange("abc")
                .reset()
                .in_liveness()
                .connect()
                .exchange_in_vain("xyz")
                .blame(),
            "can't tell for RES-1: no reply");
}

}  // namespace
}  // namespace md5spec
