// The reply decoder and the judge: whatever came, in whatever order, they come to a judgement; and
// what is exactly due is never blamed.
#include <memory>
#include <utility>
#include <vector>

#include "catalogue/planned_case.h"
#include "fuzz/target.h"
#include "judge/judge.h"
#include "judge/reply_look.h"
#include "target/profile.h"
#include "wire/transcript.h"

namespace {

using namespace md5spec;

const std::vector<Profile>& profiles() {
  static const std::vector<Profile> all = [] {
    std::vector<Profile> made;
    for (const char* keys :
         {"framing: delimited\nreply: \"{hex}\\n\"", "framing: unframed",
          "framing: half_close\nreply: \"{hex}\\n\"", "framing: length_prefixed\nreply: '{base64}'",
          "framing: delimited\nreply: \"MD5({message}) = {HEX}\\r\\n\"",
          "framing: length_prefixed\nreply: '{raw}'\nbanner: 'hello'",
          "framing: delimited\nreply: '{length}:{any_hex};'\nexchanges: one",
          "framing: delimited\nlimits: {message_bytes: 100}"}) {
      made.push_back(parse_profile(std::string("profile: p\n") + keys + "\n", "p.yaml", ""));
    }
    return made;
  }();
  return all;
}

const std::vector<std::string>& judged() {
  static const std::vector<std::string> ids = {
      "CON-1", "CON-2", "CON-3", "CON-4", "CON-5", "CON-6", "CON-7", "DIG-1",
      "DIG-2", "DIG-6", "REP-1", "REP-2", "REP-3", "REP-4", "REP-5", "SEQ-1",
      "SEQ-2", "STR-1", "STR-2", "CNC-1", "CNC-2", "RES-1", "RES-4", "RES-10"};
  return ids;
}

// Builds a transcript from an input: each byte is something that happens next.
class Telling {
 public:
  Telling(fuzz::Input& input, const PlannedCase& planned) : input_(input), planned_(planned) {}

  Transcript tell() {
    connect();
    while (!input_.empty() && transcript_.events.size() < kMostEvents) step();
    return std::move(transcript_);
  }

 private:
  static constexpr std::size_t kMostEvents = 200;
  static constexpr std::size_t kMostConnections = 4;

  void step() {
    const unsigned what = input_.byte();
    switch (what % 16) {
      case 0:
        connect();
        break;
      case 1:
      case 2:
        send();
        break;
      case 3:
        reply();
        break;
      case 4:
      case 5:
        receive(input_.bytes(input_.byte() % 64));
        break;
      case 6:
        event(Event::Kind::kHalfClose);
        break;
      case 7:
        event(Event::Kind::kPeerEnd);
        break;
      case 8:
        event(Event::Kind::kPeerReset, 0, "Connection reset by peer");
        break;
      case 9:
        event(Event::Kind::kClose);
        break;
      case 10:
        event(Event::Kind::kSendFailed, 0, "Broken pipe");
        break;
      case 11:
        event(Event::Kind::kFlood);
        break;
      case 12:
        event(Event::Kind::kPause);
        transcript_.events.back().connection = 0;
        break;
      case 13:
        now_on_ = static_cast<int>((what / 16) % transcript_.connections.size());
        break;
      default:
        await(what / 16);
        break;
    }
  }

  void connect() {
    if (transcript_.connections.size() == kMostConnections) return;
    now_on_ = static_cast<int>(transcript_.connections.size());
    ConnectionRecord record;
    record.scope = static_cast<Scope>(input_.byte() % 3);
    record.name = "main";
    transcript_.connections.push_back(std::move(record));
    sent_.push_back(0);
    event(Event::Kind::kConnect);
    event(input_.byte() % 8 == 7 ? Event::Kind::kConnectFailed : Event::Kind::kConnected);
  }

  void send() {
    ScriptMessage source;
    source.source.bytes = input_.bytes(input_.byte() % 32);
    auto message = planned_.message(source, 0, 0);
    std::uint64_t& sent = sent_[static_cast<std::size_t>(now_on_)];
    const std::uint64_t size = message->frame_size();
    const std::uint64_t part = input_.byte() % 4 == 0 ? size / 2 : size;
    transcript_.messages.push_back({now_on_, sent, sent + size, std::move(message)});
    sent += part;
    event(Event::Kind::kSend, part);
  }

  // The reply that is due for one of the messages so far, or a part of it.
  void reply() {
    if (transcript_.messages.empty()) return;
    const auto& message = transcript_.messages[input_.byte() % transcript_.messages.size()].message;
    const std::string due = message->reply.bytes();
    receive(due.substr(0, input_.byte() % 4 == 0 ? due.size() / 2 : due.size()));
  }

  void receive(const std::string& bytes) {
    if (!bytes.empty()) event(Event::Kind::kReceive, bytes.size(), bytes);
  }

  void await(unsigned how) {
    event(Event::Kind::kAwait);
    Event& last = transcript_.events.back();
    last.awaited = static_cast<Event::Awaited>(how % 6);
    last.came = static_cast<Event::Came>(how / 6 % 4);
  }

  void event(Event::Kind kind, std::uint64_t bytes = 0, std::string data = "") {
    Event event;
    event.since = clock_;
    clock_ += std::chrono::milliseconds(1);
    event.at = clock_;
    event.connection = now_on_;
    event.kind = kind;
    event.bytes = bytes;
    event.data = std::move(data);
    transcript_.events.push_back(std::move(event));
  }

  fuzz::Input& input_;
  const PlannedCase& planned_;
  Transcript transcript_;
  std::vector<std::uint64_t> sent_;
  int now_on_ = 0;
  Duration clock_{};
};

void check_printable(const std::vector<Finding>& findings) {
  for (const Finding& finding : findings) {
    for (const std::string* text : {&finding.expected, &finding.received, &finding.explanation}) {
      for (const char c : *text) {
        const auto byte = static_cast<unsigned char>(c);
        fuzz::require(byte >= 0x20 && byte != 0x7F, "what a finding says can be printed");
      }
    }
  }
}

Case case_that_judges(const std::string& requirement) {
  Case one;
  one.group = "fuzz";
  one.name = "a";
  one.requirements = {requirement};
  return one;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const Profile& profile = profiles()[input.byte() % profiles().size()];
  const Case one = case_that_judges(judged()[input.byte() % judged().size()]);
  const PlannedCase planned(one, profile, 1);

  if (input.byte() % 2 == 0) {
    ScriptMessage source;
    source.source.bytes = input.bytes(input.byte() % 48);
    const auto message = planned.message(source, 0, 0);
    const std::string received = input.all();
    const ReplyLook look = look_at(profile, message->reply, received);
    fuzz::require((look.look == Look::kExact) == message->reply.begins(received) ||
                      look.look == Look::kSurplus,
                  "the expected reply, and no other, is taken for it");
    const ReplyLook due = look_at(profile, message->reply, message->reply.bytes());
    fuzz::require(due.look == Look::kExact, "what is due is exact");
    return 0;
  }
  const Transcript transcript = Telling(input, planned).tell();
  const Judgement judgement = judge(planned, transcript);
  check_printable(judgement.findings);
  check_printable(judgement.observations);
  check_printable(judgement.impediments);
  return 0;
}
