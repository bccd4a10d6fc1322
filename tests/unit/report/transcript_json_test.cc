#include "report/transcript_json.h"

#include <random>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "judge/judge.h"
#include "report/made_results.h"

namespace md5spec {
namespace {

using ::testing::HasSubstr;

class TranscriptJsonTest : public testing::Test {
 protected:
  // Two exchanges, as they are carried out.
  Transcript exchanges() const {
    Transcript transcript;
    transcript.connections.push_back({Scope::kCase, "main", 0, 0, 40000});
    std::uint64_t sent = 0;
    for_each_message(planned.spec().script, [&](const ScriptMessage& message, const Step&) {
      const auto made = planned.message(message, 0, 0);
      transcript.messages.push_back({0, sent, sent + made->frame_size(), made});
      sent += made->frame_size();
      add(&transcript, Event::Kind::kSend, made->frame_size());
      add(&transcript, Event::Kind::kReceive, 0, made->reply.bytes());
      add(&transcript, Event::Kind::kAwait);
      transcript.events.back().awaited = Event::Awaited::kReplies;
    });
    return transcript;
  }

  static void add(Transcript* transcript, Event::Kind kind, std::uint64_t bytes = 0,
                  std::string data = "") {
    Event event;
    event.at = Duration(static_cast<std::int64_t>(transcript->events.size()) * 10);
    event.kind = kind;
    event.bytes = bytes;
    event.data = std::move(data);
    transcript->events.push_back(event);
  }

  std::string written(const Transcript& transcript) const {
    return "{" + transcript_members(transcript, profile) + "}";
  }

  Transcript read(const std::string& text) const {
    return read_transcript(JsonNode::parse(text, "t.jsonl", 7), planned);
  }

  std::string fault_of(const std::string& text) const {
    try {
      read(text);
    } catch (const InputError& error) {
      return error.what();
    }
    return "none";
  }

  // What reading says once `from` in the text of two exchanges became `to`.
  std::string fault_after(const std::string& from, const std::string& to) const {
    std::string text = written(exchanges());
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from << " isn't in " << text;
    if (at != std::string::npos) text.replace(at, from.size(), to);
    return fault_of(text);
  }

  const Profile profile = profile_with(kLineProfile);
  const PlannedCase planned{*some_catalogue().find_case("g.steps"), profile, 1};
};

TEST_F(TranscriptJsonTest, EverythingComesBack) {
  Transcript all = exchanges();
  all.connections.push_back({Scope::kControl, "other", 3, 12, 0});
  all.connections.push_back({Scope::kLiveness, "last", 0, 0, 65535});
  all.duration = Duration(1234567);
  all.waited = Duration(1234);
  all.worst_lag = Duration(99);
  all.out_of_time = true;
  all.rounds_done = 412;
  all.rounds_wanted = 1000;
  all.hindrance = {Hindrance::Kind::kEnvironment, kHostile};
  all.preflight = "exchange";
  for (int kind = 0; kind <= static_cast<int>(Event::Kind::kProcessEnded); ++kind) {
    add(&all, static_cast<Event::Kind>(kind), 17, kHostile);
    Event& event = all.events.back();
    event.connection = kind % 3;
    event.since = Duration(kind);
    event.awaited = static_cast<Event::Awaited>(kind % 7);
    event.came = static_cast<Event::Came>(kind % 4);
    event.descriptors = static_cast<std::uint64_t>(kind);
    event.process_end = std::make_shared<const ProcessEnd>(ProcessEnd{kind, 9, false, kHostile});
  }
  all.events.back().connection = Event::kNoConnection;
  const Transcript again = read(written(all));
  EXPECT_EQ(written(again), written(all));
  ASSERT_EQ(again.events.size(), all.events.size());
  EXPECT_EQ(again.events.back().data, kHostile);
  EXPECT_EQ(again.events.back().kind, Event::Kind::kProcessEnded);
  EXPECT_EQ(again.events.back().process_end->printed, kHostile);
  EXPECT_EQ(again.events.back().connection, Event::kNoConnection);
  EXPECT_EQ(again.hindrance.reason, kHostile);
  EXPECT_EQ(again.messages[1].message->bytes, "xyz");
  EXPECT_EQ(again.messages[1].message->reply.bytes(), all.messages[1].message->reply.bytes());
}

TEST_F(TranscriptJsonTest, OfWhatWasSentOnlyTheMessageIsNamed) {
  const std::string text = written(exchanges());
  EXPECT_THAT(text, testing::Not(HasSubstr("YWJj")));
  EXPECT_THAT(text,
              HasSubstr(R"({"connection":0,"begin":0,"end":4,"slot":0,"round":0,"member":0})"));
}

TEST_F(TranscriptJsonTest, ACarriageReturnBeforeTheDelimiterComesBack) {
  const Profile with_cr = profile_with(std::string(kLineProfile) + "optional_cr: true\n");
  const PlannedCase one(*some_catalogue().find_case("g.steps"), with_cr, 1);
  Transcript transcript;
  transcript.connections.push_back({Scope::kCase, "main", 0, 0, 1});
  ScriptMessage source;
  for_each_message(one.spec().script, [&](const ScriptMessage& m, const Step&) {
    if (m.slot == 0) source = m;
  });
  transcript.messages.push_back({0, 0, 5, one.message(source, 0, 0, TailCr::kYes)});
  const std::string text = "{" + transcript_members(transcript, with_cr) + "}";
  const Transcript again = read_transcript(JsonNode::parse(text, "t"), one);
  EXPECT_EQ(again.messages[0].message->framed(), "abc\r\n");
  EXPECT_THAT(fault_of(text), HasSubstr("no optional carriage return"));
}

// Where end of stream is what ends a message, it alone is one, which no script names.
TEST_F(TranscriptJsonTest, TheEmptyMessageThatAHalfCloseIsComesBack) {
  const Profile half_close = profile_with(kHalfCloseProfile);
  const PlannedCase one(*some_catalogue().find_case("g.steps"), half_close, 1);
  Transcript transcript;
  transcript.connections.push_back({Scope::kCase, "main", 0, 0, 1});
  const auto empty = one.message({MessageRef::kEndOfStream, {}}, 0, 0);
  transcript.messages.push_back({0, 0, 0, empty});
  const std::string text = "{" + transcript_members(transcript, half_close) + "}";
  const Transcript again = read_transcript(JsonNode::parse(text, "t"), one);
  EXPECT_EQ(again.messages[0].message->size(), 0U);
  EXPECT_EQ(again.messages[0].message->reply.bytes(), empty->reply.bytes());
  EXPECT_THAT(fault_of(text), HasSubstr("none of the script's messages"));
}

TEST_F(TranscriptJsonTest, WhatCouldntHaveBeenRecordedIsRefused) {
  EXPECT_EQ(fault_after("\"slot\":1", "\"slot\":2"),
            "t.jsonl:7: messages[1].slot: is none of the script's messages");
  EXPECT_EQ(fault_after("\"end\":4", "\"end\":5"),
            "t.jsonl:7: messages[0]: doesn't take up as many bytes as the message has");
  EXPECT_EQ(fault_after("\"begin\":4", "\"begin\":9"),
            "t.jsonl:7: messages[1]: doesn't take up as many bytes as the message has");
  EXPECT_EQ(fault_after("\"connection\":0,\"begin\"", "\"connection\":1,\"begin\""),
            "t.jsonl:7: messages[0].connection: is none of the connections");
  EXPECT_EQ(fault_after("\"connection\":0,\"event\"", "\"connection\":1,\"event\""),
            "t.jsonl:7: events[0].connection: is none of the connections");
  EXPECT_THAT(fault_after("\"receive\"", "\"recieve\""), HasSubstr("did you mean 'receive'?"));
  EXPECT_THAT(fault_after("\"at_us\":0", "\"at_us\":-1"), HasSubstr("events[0].at_us: must be"));
  EXPECT_THAT(fault_after("\"bytes\":4", "\"bytes\":4,\"news\":1"),
              HasSubstr("events[0]: has an unknown key \"news\""));
  EXPECT_THAT(fault_after("\"data\":\"", "\"data\":\"*"), HasSubstr("must be base64"));
  EXPECT_EQ(fault_after("\"event\":\"send\"", "\"event\":\"process_ended\""),
            "t.jsonl:7: events[0]: must say how the process ended");
  EXPECT_EQ(fault_after("\"connection\":0,\"event\"", "\"connection\":-1,\"event\""),
            "t.jsonl:7: events[0].connection: is none of the connections");
  EXPECT_EQ(fault_of("{}"), "t.jsonl:7: must have the key 'duration_us'");
}

// Whatever the file says, reading ends in a transcript or an InputError, and what can be read can
// be judged.
TEST_F(TranscriptJsonTest, NoTextMakesItCrash) {
  const std::string text = written(exchanges());
  const std::string alphabet = "0123456789\"{}[],:truefalsn-.eE+ \\\n";
  std::mt19937 random(1);
  int readable = 0;
  for (int i = 0; i < 4000; ++i) {
    std::string changed = text;
    for (unsigned k = 0; k <= random() % 3; ++k) {
      const std::size_t at = random() % changed.size();
      if (random() % 4 == 0) {
        changed.erase(at, random() % 40);
        if (changed.empty()) changed = "x";
      } else {
        changed[at] = alphabet[random() % alphabet.size()];
      }
    }
    try {
      judge(planned, read(changed));
      ++readable;
    } catch (const InputError&) {
      continue;
    }
  }
  EXPECT_GT(readable, 50);
}

// Events in any order and number, as only a hostile file has them.
TEST_F(TranscriptJsonTest, NoOrderOfEventsMakesJudgingCrash) {
  std::mt19937 random(2);
  for (int i = 0; i < 3000; ++i) {
    Transcript transcript = exchanges();
    transcript.connections.push_back({Scope::kLiveness, "last", 0, 0, 1});
    transcript.events.clear();
    for (auto k = random() % 20; k > 0; --k) {
      const auto kind = static_cast<Event::Kind>(random() % 18);
      const bool some = random() % 2 == 0;
      add(&transcript, kind, random() % 9,
          kind == Event::Kind::kReceive && some ? transcript.messages[0].message->reply.bytes()
                                                : "x");
      Event& event = transcript.events.back();
      event.connection = static_cast<int>(random() % 2);
      event.process_end = std::make_shared<const ProcessEnd>();
      event.awaited = static_cast<Event::Awaited>(random() % 7);
      event.came = static_cast<Event::Came>(random() % 4);
    }
    const Transcript again = read(written(transcript));
    EXPECT_EQ(judge(planned, again).findings.size(), judge(planned, transcript).findings.size());
  }
}

}  // namespace
}  // namespace md5spec
