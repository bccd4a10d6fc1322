#include "catalogue/script.h"

#include <chrono>
#include <string>
#include <variant>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "catalogue/case_reading.h"
#include "catalogue/until.h"

namespace md5spec {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Optional;

Steps script(const std::string& steps) {
  return read_script(YamlNode::parse("[" + steps + "]", "s.yaml"), "");
}

std::string script_refused(const std::string& steps) {
  return complaint([&] { script(steps); });
}

// The last of the steps, which must be of that kind.
template <typename Action>
Action last(const std::string& steps) {
  return std::get<Action>(script(steps).back().action);
}

SendStep send(const std::string& parameters) {
  return last<SendStep>("connect, {send: {" + parameters + "}}");
}

TEST(Script, ReadsItsStepsInOrder) {
  const Steps steps = script("connect, {exchange: \"a\"}, half_close, end");
  ASSERT_EQ(steps.size(), 4U);
  EXPECT_TRUE(std::holds_alternative<ConnectStep>(steps[0].action));
  EXPECT_TRUE(std::holds_alternative<ExchangeStep>(steps[1].action));
  EXPECT_TRUE(std::holds_alternative<HalfCloseStep>(steps[2].action));
  EXPECT_TRUE(std::holds_alternative<EndStep>(steps[3].action));
}

TEST(Script, KnowsWhereEachStepStands) {
  const Steps steps = read_script(YamlNode::parse("- connect\n- end: main\n", "s.yaml"), "");
  EXPECT_EQ(steps[0].where.str(), "s.yaml:1:3");
  EXPECT_EQ(steps[1].where.str(), "s.yaml:2:3");
}

TEST(Script, TakesAVerbByItselfForTheConnectionMain) {
  EXPECT_EQ(last<ConnectStep>("connect").as, "main");
  EXPECT_EQ(last<ReplyStep>("connect, half_close, reply").on, "main");
  EXPECT_EQ(last<SilenceStep>("connect, silence").on, "main");
  EXPECT_EQ(last<HalfCloseStep>("connect, half_close").on, "main");
  EXPECT_EQ(last<CloseStep>("connect, close").on, "main");
  EXPECT_EQ(last<ResetStep>("connect, reset").on, "main");
  EXPECT_EQ(last<EndStep>("connect, end").on, "main");
}

TEST(Script, TakesAVerbWithNothingForTheVerbByItself) {
  EXPECT_EQ(last<ConnectStep>("connect: ").as, "main");
  EXPECT_EQ(last<ReplyStep>("connect, half_close, reply: ").on, "main");
  EXPECT_EQ(last<SilenceStep>("connect, silence: ").on, "main");
  EXPECT_EQ(last<EndStep>("connect, end: ").on, "main");
  EXPECT_EQ(last<LivenessStep>("liveness: ").message.source.size.bytes, 20);
}

TEST(Script, TakesAWordBehindAVerbForTheConnection) {
  EXPECT_EQ(last<ConnectStep>("connect: a").as, "a");
  EXPECT_EQ(last<ReplyStep>("connect: a, half_close: a, reply: a").on, "a");
  EXPECT_EQ(last<SilenceStep>("connect: a, silence: a").on, "a");
  EXPECT_EQ(last<HalfCloseStep>("connect: a, half_close: a").on, "a");
  EXPECT_EQ(last<CloseStep>("connect: a, close: a").on, "a");
  EXPECT_EQ(last<ResetStep>("connect: a, reset: a").on, "a");
  EXPECT_EQ(last<EndStep>("connect: a, end: a").on, "a");
}

TEST(Script, NumbersItsMessagesInOrderInsideBlocksToo) {
  std::vector<int> slots;
  const Steps steps = script(
      "control: [liveness], connect, {send: {messages: [\"a\", \"b\"]}}, "
      "{repeat: {times: 2, steps: [connect, {exchange: \"c\"}]}}, liveness");
  for_each_message(steps, [&](const ScriptMessage& m, const Step&) { slots.push_back(m.slot); });
  EXPECT_THAT(slots, ElementsAre(0, 1, 2, 3, 4));
}

TEST(Script, TellsTheStepThatAMessageStandsIn) {
  const Steps steps = script("connect, {repeat: {times: 2, steps: [connect, {exchange: \"c\"}]}}");
  for_each_message(steps, [](const ScriptMessage& message, const Step& step) {
    EXPECT_EQ(std::get<ExchangeStep>(step.action).messages.at(0).slot, message.slot);
  });
}

TEST(Connect, IsOneThatReadsAtOnceUnlessItSaysOtherwise) {
  const auto step = last<ConnectStep>("connect");
  EXPECT_EQ(step.count.resolve(Profile()), 1U);
  EXPECT_EQ(step.reading, Reading::kAlways);
  EXPECT_EQ(step.receive_buffer, 0U);
}

TEST(Connect, ReadsItsParameters) {
  const auto step = last<ConnectStep>(
      "connect: {as: crowd, count: 64, reading: after_stall, receive_buffer: 4KiB}");
  EXPECT_EQ(step.as, "crowd");
  EXPECT_EQ(step.count.resolve(Profile()), 64U);
  EXPECT_EQ(step.reading, Reading::kAfterStall);
  EXPECT_EQ(step.receive_buffer, 4096U);
}

TEST(Connect, ReadsEveryWayOfReading) {
  EXPECT_EQ(last<ConnectStep>("connect: {reading: always}").reading, Reading::kAlways);
  EXPECT_EQ(last<ConnectStep>("connect: {reading: slowly}").reading, Reading::kSlowly);
  EXPECT_EQ(last<ConnectStep>("connect: {reading: never}").reading, Reading::kNever);
}

TEST(Connect, OpensNoMoreThanTheProfileDeclares) {
  const Profile profile = profile_of("framing: delimited\nlimits: {connections: 5}");
  const auto count = [&](const std::string& text) {
    return last<ConnectStep>("connect: {count: " + text + "}").count.resolve(profile);
  };
  EXPECT_EQ(count("connections"), 5U);
  EXPECT_EQ(count("connections-1"), 4U);
  EXPECT_EQ(count("connections-9"), 1U);
  EXPECT_EQ(count("4"), 4U);
  EXPECT_EQ(count("9"), 5U);
}

TEST(Connect, RefusesAReceiveBufferThatNoSystemTakes) {
  EXPECT_EQ(script_refused("connect: {receive_buffer: 1GiB}"), "");
  EXPECT_EQ(script_refused("connect: {receive_buffer: 2GiB}"),
            "[0].connect.receive_buffer: must be at most 1GiB");
}

TEST(Connect, RefusesANameThatIsInUse) {
  EXPECT_EQ(script_refused("connect, connect"), "[1]: the connection 'main' is already open");
  EXPECT_EQ(script_refused("connect, half_close, connect"),
            "[2]: the connection 'main' is already open");
}

TEST(Connect, MayGiveANameAnewOnceItsConnectionIsClosed) {
  EXPECT_EQ(script_refused("connect, close, connect, reset, connect, half_close, close, connect"),
            "");
}

TEST(Send, SendsAMessageOnceAndWhole) {
  const SendStep step = send("message: \"abc\"");
  EXPECT_EQ(step.on, "main");
  EXPECT_EQ(step.messages.at(0).source.bytes, "abc");
  EXPECT_EQ(step.times, 1U);
  EXPECT_TRUE(step.segmentation.whole());
  EXPECT_FALSE(step.until.has_value());
  EXPECT_FALSE(step.rest);
  EXPECT_FALSE(step.raw.has_value());
}

TEST(Send, SendsSeveralMessagesSeveralTimes) {
  const SendStep step = send("messages: [\"a\", {hex: \"ff\"}], times: 3");
  EXPECT_EQ(step.messages.size(), 2U);
  EXPECT_EQ(step.messages.at(1).source.bytes, "\xFF");
  EXPECT_EQ(step.times, 3U);
}

TEST(Send, SendsBytesBelowTheFraming) {
  EXPECT_EQ(send("raw: \"abc\"").raw, "abc");
  EXPECT_EQ(send("raw: {hex: \"ff\"}").raw, "\xFF");
}

TEST(Send, SendsJustOneKindOfThing) {
  const std::string fault =
      "[1].send: sends one of message, messages, raw, client_hello, rest: true";
  EXPECT_EQ(script_refused("connect, {send: {}}"), fault);
  EXPECT_EQ(script_refused("connect, {send: {rest: false}}"), fault);
  EXPECT_EQ(script_refused("connect, {send: {message: \"a\", raw: \"b\"}}"), fault);
}

TEST(Send, SendsOnlyWhatFitsWhereItSaysSo) {
  EXPECT_TRUE(send("message: \"a\", times: 1000, fill: true").fill);
  EXPECT_FALSE(send("message: \"a\"").fill);
}

TEST(Send, SendsTheOptionalCarriageReturnWhereItSaysSo) {
  EXPECT_EQ(send("message: \"a\", until: delimiter").until, kUntilDelimiter);
  EXPECT_TRUE(send("message: \"a\", with_cr: true").with_cr);
  EXPECT_FALSE(send("message: \"a\"").with_cr);
  EXPECT_EQ(script_refused("connect, {send: {raw: \"a\", with_cr: true}}"),
            "'with_cr' goes with message or messages");
}

TEST(Send, RepeatsOnlyMessages) {
  EXPECT_EQ(script_refused("connect, {send: {raw: \"b\", times: 3}}"),
            "'times' goes with message or messages");
}

TEST(Send, SendsPartOfAMessageAndLaterTheRest) {
  EXPECT_THAT(send("message: \"abc\", until: 2").until, Optional(2));
  EXPECT_THAT(send("message: \"abc\", until: -1").until, Optional(-1));
  EXPECT_TRUE(
      last<SendStep>("connect, {send: {message: \"abc\", until: 2}}, {send: {rest: true}}").rest);
}

TEST(Send, RefusesARestThatNothingHasLeft) {
  const std::string fault = "no 'until' has left a rest on this connection";
  EXPECT_EQ(script_refused("connect, {send: {rest: true}}"), fault);
  EXPECT_EQ(script_refused("connect, {send: {message: \"abc\", until: 1}}, {send: {rest: true}}, "
                           "{send: {rest: true}}"),
            fault);
  EXPECT_EQ(script_refused("connect, {connect: b}, {send: {message: \"abc\", until: 1}}, "
                           "{send: {on: b, rest: true}}"),
            fault);
}

TEST(Send, RefusesAMessageInsideAnother) {
  const std::string begun = "connect, {send: {message: \"abc\", until: 1}}, ";
  const std::string fault = "the rest of the message before must be sent first";
  EXPECT_EQ(script_refused(begun + "{send: {message: \"d\"}}"), "[2].send: " + fault);
  EXPECT_EQ(script_refused(begun + "{exchange: \"d\"}"), "[2].exchange: " + fault);
  EXPECT_EQ(script_refused(begun + "{exchange: {message: \"d\"}}"), "[2].exchange: " + fault);
  EXPECT_EQ(script_refused(begun + "{send: {rest: true}}, {exchange: \"d\"}"), "");
  EXPECT_EQ(script_refused(begun + "{connect: b}, {exchange: {on: b, message: \"d\"}}"), "");
}

TEST(Send, MayLeaveARestUnsent) {
  EXPECT_EQ(script_refused("connect, {send: {message: \"abc\", until: 1}}, half_close, end"), "");
  EXPECT_EQ(script_refused(
                "connect, {send: {message: \"abc\", until: 1}}, reset, connect, {exchange: \"d\"}"),
            "");
}

TEST(Segmentation, CutsEverySoManyBytes) {
  const Segmentation cut = send("message: \"abc\", segments: {every: 1}").segmentation;
  EXPECT_EQ(cut.every, 1U);
  EXPECT_FALSE(cut.whole());
}

TEST(Segmentation, CutsPiecesOfTheseSizes) {
  EXPECT_THAT(send("message: \"abc\", segments: [1, 20]").segmentation.sizes, ElementsAre(1U, 20U));
}

TEST(Segmentation, CutsAtOnePlaceOrSeveral) {
  EXPECT_THAT(send("message: \"abc\", split_at: 1").segmentation.split_at, ElementsAre(1));
  EXPECT_THAT(send("message: \"abc\", split_at: [1, -1]").segmentation.split_at,
              ElementsAre(1, -1));
}

TEST(Segmentation, CutsTheBoundaryByteByByte) {
  EXPECT_TRUE(send("message: \"abc\", segments: boundary").segmentation.boundary);
  EXPECT_FALSE(send("message: \"abc\", segments: boundary").segmentation.whole());
  EXPECT_EQ(script_refused("connect, {send: {message: \"abc\", segments: boundary, gap: 5ms}}"),
            "");
}

TEST(Segmentation, CutsTheBoundaryOfWholeMessagesOnly) {
  const std::string fault = "'segments: boundary' goes with whole messages";
  EXPECT_EQ(script_refused("connect, {send: {raw: \"abc\", segments: boundary}}"), fault);
  EXPECT_EQ(script_refused("connect, {send: {message: \"abc\", until: 2, segments: boundary}}"),
            fault);
  EXPECT_EQ(script_refused("connect, {send: {message: \"abc\", until: 2}}, "
                           "{send: {rest: true, segments: boundary}}"),
            fault);
}

TEST(Segmentation, PausesBetweenPiecesOnlyWhereItSaysSo) {
  const Segmentation at_once = send("message: \"abc\", split_at: 1").segmentation;
  EXPECT_EQ(at_once.gap.resolve(Timeouts()), Duration(0));
  const Segmentation slowly = send("message: \"abc\", split_at: 1, gap: 50ms").segmentation;
  EXPECT_EQ(slowly.gap.resolve(Timeouts()), milliseconds(50));
}

TEST(Segmentation, RefusesCutsThatCutNothing) {
  EXPECT_EQ(script_refused("connect, {send: {message: \"a\", segments: []}}"),
            "[1].send.segments: needs at least one size");
  EXPECT_EQ(script_refused("connect, {send: {message: \"a\", split_at: []}}"),
            "[1].send.split_at: needs at least one place");
  EXPECT_EQ(script_refused("connect, {send: {message: \"a\", split_at: 0}}"),
            "[1].send.split_at: must not be 0: that splits nothing off");
  EXPECT_EQ(script_refused("connect, {send: {message: \"a\", gap: 1s}}"),
            "'gap' goes with segments or split_at");
}

TEST(Exchange, TakesTextForItsMessage) {
  const auto step = last<ExchangeStep>("connect, {exchange: \"a\"}");
  EXPECT_EQ(step.on, "main");
  EXPECT_EQ(step.messages.at(0).source.bytes, "a");
  EXPECT_EQ(step.times, 1U);
}

TEST(Exchange, ReadsItsParameters) {
  const auto step = last<ExchangeStep>(
      "connect: a, {exchange: {on: a, messages: [\"x\", {hex: \"ff\"}], times: 500}}");
  EXPECT_EQ(step.on, "a");
  EXPECT_EQ(step.messages.size(), 2U);
  EXPECT_EQ(step.times, 500U);
}

TEST(Exchange, TakesNoMessagesKeyForItsOwn) {
  EXPECT_EQ(script_refused("connect, {exchange: {hex: \"ff\"}}"),
            "'exchange' has no key 'hex'; known: on, message, messages, times");
}

TEST(Time, IsGivenOrOneOfTheProfiles) {
  Timeouts timeouts;
  timeouts.quiet = milliseconds(7);
  timeouts.pause = milliseconds(9);
  const auto pause = [&](const std::string& time) {
    return last<PauseStep>("pause: " + time).time.resolve(timeouts);
  };
  EXPECT_EQ(pause("1.5s"), milliseconds(1500));
  EXPECT_EQ(pause("0ms"), milliseconds(0));
  EXPECT_EQ(pause("quiet"), milliseconds(7));
  EXPECT_EQ(pause("pause"), milliseconds(9));
}

TEST(Time, MayComeFromAMatrix) {
  const auto cases =
      cases_of("name: \"a_{t}\", script: [{pause: \"{t}\"}], for: {t: [quiet, pause, 5ms]}");
  const auto kind = [&](std::size_t i) {
    return std::get<PauseStep>(cases.at(i).script[0].action).time.kind;
  };
  EXPECT_EQ(kind(0), TimeExpression::Kind::kQuiet);
  EXPECT_EQ(kind(1), TimeExpression::Kind::kPause);
  EXPECT_EQ(kind(2), TimeExpression::Kind::kGiven);
}

TEST(Silence, LastsTheProfilesQuietUnlessItSaysOtherwise) {
  EXPECT_EQ(last<SilenceStep>("connect, silence").time.kind, TimeExpression::Kind::kQuiet);
  EXPECT_EQ(last<SilenceStep>("connect, {silence: {for: 3s}}").time.given, milliseconds(3000));
  EXPECT_EQ(last<SilenceStep>("connect: a, {silence: {on: a, for: pause}}").on, "a");
}

TEST(Silence, RefusesToListenForNoTimeAtAll) {
  EXPECT_EQ(script_refused("connect, {silence: {for: 0s}}"),
            "[1].silence.for: must be longer than no time at all: that hears nothing");
}

TEST(Liveness, SendsLettersUnlessItSaysOtherwise) {
  const MessageSource letters = last<LivenessStep>("liveness").message.source;
  EXPECT_EQ(letters.pattern, Pattern::kLetters);
  EXPECT_EQ(letters.size.bytes, 20);
  EXPECT_EQ(last<LivenessStep>("liveness: \"a\"").message.source.bytes, "a");
}

TEST(Block, HasItsSteps) {
  EXPECT_EQ(last<ControlStep>("control: [connect, {exchange: \"a\"}]").steps->size(), 2U);
  const auto repeat = last<RepeatStep>("repeat: {times: 1000, steps: [connect, close]}");
  EXPECT_EQ(repeat.times, 1000U);
  EXPECT_EQ(repeat.steps->size(), 2U);
}

TEST(Block, SeesNoConnectionFromOutside) {
  EXPECT_EQ(script_refused("connect, {control: [end]}"),
            "[1].control[0]: no connection 'main' is open here");
  EXPECT_EQ(script_refused("connect, {repeat: {times: 2, steps: [end]}}"),
            "[1].repeat.steps[0]: no connection 'main' is open here");
}

TEST(Block, LeavesNoConnectionBehind) {
  EXPECT_EQ(script_refused("control: [connect], end"), "[1]: no connection 'main' is open here");
  EXPECT_EQ(script_refused("repeat: {times: 2, steps: [connect]}, end"),
            "[1]: no connection 'main' is open here");
}

TEST(Block, TakesNoConnectionAway) {
  EXPECT_EQ(script_refused("connect, {control: [connect, close]}, {exchange: \"a\"}"), "");
}

TEST(Block, RefusesToStandInItself) {
  EXPECT_THAT(complaint([] { read_script(YamlNode::parse("&s [{control: *s}]", "s.yaml"), ""); }),
              ::testing::EndsWith("an alias within what it stands for"));
}

TEST(Block, RefusesToMakeMillionsOfStepsByAliases) {
  std::string file = "a0: &a0 {pause: 1s}\n";
  for (int i = 1; i <= 7; ++i) {
    const std::string inner = "*a" + std::to_string(i - 1);
    file += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " {control: [" + inner;
    for (int k = 1; k < 10; ++k) file += ", " + inner;
    file += "]}\n";
  }
  const auto all = [&] { return YamlNode::parse(file + "script: [*a7]\n", "s.yaml"); };
  const auto read = [&] { read_script(all().map("a file", all().keys()).at("script"), ""); };
  EXPECT_THAT(complaint(read), ::testing::EndsWith("more than 10000 steps in a script"));
}

TEST(Connection, MustBeOpened) {
  EXPECT_EQ(script_refused("reply"), "[0]: no connection 'main' is open here");
  EXPECT_EQ(script_refused("connect: alpha, end: alhpa"),
            "[1].end: no connection 'alhpa' is open here; did you mean 'alpha'?");
  EXPECT_EQ(script_refused("connect: a, reset"),
            "[1]: no connection 'main' is open here; known: a");
}

TEST(Connection, TakesNoStepOnceItIsClosed) {
  for (const std::string step : {"reply", "silence", "half_close", "close", "reset", "end"}) {
    EXPECT_EQ(script_refused("connect, close, " + step),
              "[2]: the connection 'main' is closed by now");
    EXPECT_EQ(script_refused("connect, reset, " + step),
              "[2]: the connection 'main' is closed by now");
  }
  EXPECT_EQ(script_refused("connect, close, {exchange: \"a\"}"),
            "[2].exchange: the connection 'main' is closed by now");
}

TEST(Connection, SendsNothingOnceItIsHalfClosed) {
  const std::string fault = "nothing can be sent on 'main' after its half-close";
  EXPECT_EQ(script_refused("connect, half_close, {send: {message: \"a\"}}"), "[2].send: " + fault);
  EXPECT_EQ(script_refused("connect, half_close, {exchange: \"a\"}"), "[2].exchange: " + fault);
  EXPECT_EQ(script_refused("connect, half_close, {exchange: {message: \"a\"}}"),
            "[2].exchange: " + fault);
  EXPECT_EQ(script_refused("connect, half_close, half_close"),
            "[2]: the connection 'main' is half-closed already");
  EXPECT_EQ(script_refused("connect, half_close, reply, silence, end, close"), "");
}

TEST(Connection, GivesNoReplyWhereNoMessageWasSent) {
  const std::string fault = "[1]: no reply can come on 'main': no message was sent on it";
  EXPECT_EQ(script_refused("connect, reply"), fault);
  EXPECT_EQ(script_refused("connect, {send: {raw: \"a\"}}, reply"), "[2]" + fault.substr(3));
  EXPECT_EQ(script_refused("connect, {connect: b}, {exchange: {on: b, message: \"a\"}}, reply"),
            "[3]" + fault.substr(3));
  EXPECT_EQ(script_refused("connect, {exchange: \"a\"}, close, connect, reply"),
            "[4]" + fault.substr(3));
}

TEST(Connection, GivesNothingAfterItsEndOfStream) {
  const std::string begun = "connect, {exchange: \"a\"}, end, ";
  for (const std::string step : {"reply", "silence", "end"}) {
    EXPECT_EQ(script_refused(begun + step),
              "[3]: nothing can come on 'main' after its end of stream");
  }
  const std::string fault = "nobody reads what is sent on 'main' after its end of stream";
  EXPECT_EQ(script_refused(begun + "{exchange: \"b\"}"), "[3].exchange: " + fault);
  EXPECT_EQ(script_refused(begun + "{send: {message: \"b\"}}"), "[3].send: " + fault);
  EXPECT_EQ(script_refused(begun + "half_close, close, connect, {exchange: \"b\"}"), "");
}

}  // namespace
}  // namespace md5spec
