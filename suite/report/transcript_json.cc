#include "report/transcript_json.h"

#include <array>
#include <map>
#include <span>
#include <utility>

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "target/framing.h"
#include "text/bytes.h"

namespace md5spec {
namespace {

using Json = nlohmann::ordered_json;
using Kind = Event::Kind;
using Awaited = Event::Awaited;
using Came = Event::Came;

// No transcript lasts longer; sums of such times still fit.
constexpr std::int64_t kLongestTime = std::int64_t{1} << 53;
constexpr std::uint64_t kFarthest = std::uint64_t{1} << 53;

// The names of an enumeration's values, in both directions.
template <typename Enum>
struct Named {
  Enum value;
  std::string_view name;
};

constexpr std::array kKinds = {
    Named<Kind>{Kind::kConnect, "connect"},
    Named<Kind>{Kind::kConnected, "connected"},
    Named<Kind>{Kind::kConnectFailed, "connect_failed"},
    Named<Kind>{Kind::kSecured, "secured"},
    Named<Kind>{Kind::kHandshakeFailed, "handshake_failed"},
    Named<Kind>{Kind::kClientHello, "client_hello"},
    Named<Kind>{Kind::kSend, "send"},
    Named<Kind>{Kind::kSendFailed, "send_failed"},
    Named<Kind>{Kind::kSendStalled, "send_stalled"},
    Named<Kind>{Kind::kReceive, "receive"},
    Named<Kind>{Kind::kHalfClose, "half_close"},
    Named<Kind>{Kind::kFin, "fin"},
    Named<Kind>{Kind::kClose, "close"},
    Named<Kind>{Kind::kReset, "reset"},
    Named<Kind>{Kind::kPeerEnd, "server_closed"},
    Named<Kind>{Kind::kPeerReset, "server_reset"},
    Named<Kind>{Kind::kFlood, "flood"},
    Named<Kind>{Kind::kAwait, "await"},
    Named<Kind>{Kind::kPause, "pause"},
    Named<Kind>{Kind::kMeasured, "measured"},
    Named<Kind>{Kind::kTerminated, "terminated"},
    Named<Kind>{Kind::kProcessEnded, "process_ended"},
};
constexpr std::array kAwaited = {
    Named<Awaited>{Awaited::kNothing, "nothing"},
    Named<Awaited>{Awaited::kBanner, "banner"},
    Named<Awaited>{Awaited::kReplies, "replies"},
    Named<Awaited>{Awaited::kSilence, "silence"},
    Named<Awaited>{Awaited::kEnd, "end"},
    Named<Awaited>{Awaited::kStall, "stall"},
    Named<Awaited>{Awaited::kProcessEnd, "process_end"},
};
constexpr std::array kCame = {
    Named<Came>{Came::kExpected, "expected"},   Named<Came>{Came::kUnexpected, "unexpected"},
    Named<Came>{Came::kEnded, "ended"},         Named<Came>{Came::kTimeout, "timeout"},
    Named<Came>{Came::kUntrusted, "untrusted"},
};
constexpr std::array kScopes = {
    Named<Scope>{Scope::kCase, "case"},
    Named<Scope>{Scope::kControl, "control"},
    Named<Scope>{Scope::kLiveness, "liveness"},
};
constexpr std::array kHindrances = {
    Named<Hindrance::Kind>{Hindrance::Kind::kNone, "none"},
    Named<Hindrance::Kind>{Hindrance::Kind::kEnvironment, "environment"},
    Named<Hindrance::Kind>{Hindrance::Kind::kSegmentTooSmall, "segment_too_small"},
    Named<Hindrance::Kind>{Hindrance::Kind::kTlsTooOld, "tls_too_old"},
    Named<Hindrance::Kind>{Hindrance::Kind::kInterrupted, "interrupted"},
    Named<Hindrance::Kind>{Hindrance::Kind::kNotClaimed, "not_claimed"},
};

template <typename Enum, std::size_t kSize>
std::string_view name_in(const std::array<Named<Enum>, kSize>& names, Enum value) {
  for (const auto& one : names) {
    if (one.value == value) return one.name;
  }
  throw std::logic_error("a transcript holds something that has no name in transcript_json");
}

template <typename Enum, std::size_t kSize>
Enum value_in(const std::array<Named<Enum>, kSize>& names, const JsonNode& node) {
  std::vector<std::string_view> all;
  for (const auto& one : names) all.push_back(one.name);
  return names[node.one_of(all)].value;
}

// Structured bindings take a struct apart whole: whoever adds a member to it must say here how it
// is kept.

Json event_json(const Event& event) {
  const auto& [at, connection, kind, bytes, data, since, awaited, came, descriptors, process_end] =
      event;
  Json json = {{"at_us", at.count()}, {"connection", connection}, {"event", name_in(kKinds, kind)}};
  if (bytes != 0) json["bytes"] = bytes;
  if (!data.empty()) json["data"] = base64(data);
  if (since != Duration()) json["since_us"] = since.count();
  if (awaited != Awaited::kNothing) json["awaited"] = name_in(kAwaited, awaited);
  if (came != Came::kExpected) json["came"] = name_in(kCame, came);
  if (descriptors != 0) json["descriptors"] = descriptors;
  if (process_end) {
    const auto& [status, signal, status_counts, printed] = *process_end;
    json["process_end"] = {{"status", status},
                           {"signal", signal},
                           {"status_counts", status_counts},
                           {"printed", base64(printed)}};
  }
  return json;
}

Json connection_json(const ConnectionRecord& record) {
  const auto& [scope, name, member, round, local_port, bare] = record;
  Json json = {{"scope", name_in(kScopes, scope)},
               {"name", name},
               {"member", member},
               {"round", round},
               {"local_port", local_port}};
  if (bare) json["bare"] = true;
  return json;
}

Json message_json(const SentMessage& sent, const Profile& profile) {
  const auto& [connection, begin, end, message] = sent;
  Json json = {{"connection", connection},
               {"begin", begin},
               {"end", end},
               {"slot", message->ref.slot},
               {"round", message->ref.round},
               {"member", message->ref.member}};
  const Frame plain = frame_for(profile, message->size());
  if (plain.tail.size() != message->frame.tail.size()) json["with_cr"] = true;
  return json;
}

Duration time(const JsonNode& node) { return Duration(node.integer(0, kLongestTime)); }

Duration time_or_none(const JsonNode& node, std::string_view key) {
  const auto found = node.find(key);
  return found ? time(*found) : Duration();
}

ConnectionRecord read_connection(const JsonNode& node) {
  node.only_has({"scope", "name", "member", "round", "local_port", "bare"});
  ConnectionRecord record;
  record.scope = value_in(kScopes, node.at("scope"));
  record.name = node.at("name").text();
  record.member = static_cast<unsigned>(node.at("member").natural(UINT32_MAX));
  record.round = node.at("round").natural();
  record.local_port = static_cast<int>(node.at("local_port").natural(65535));
  if (const auto bare = node.find("bare")) record.bare = bare->boolean();
  return record;
}

std::shared_ptr<const ProcessEnd> read_process_end(const JsonNode& node) {
  node.only_has({"status", "signal", "status_counts", "printed"});
  ProcessEnd end;
  end.status = static_cast<int>(node.at("status").integer(INT32_MIN, INT32_MAX));
  end.signal = static_cast<int>(node.at("signal").integer(0, 255));
  end.status_counts = node.at("status_counts").boolean();
  if (!unbase64(node.at("printed").text(), &end.printed)) node.at("printed").fail("must be base64");
  return std::make_shared<const ProcessEnd>(std::move(end));
}

// Whether an event may be nobody's: of the server's process, or of the client as a whole.
bool is_of_no_connection(const Event& event) {
  switch (event.kind) {
    case Kind::kMeasured:
    case Kind::kTerminated:
    case Kind::kProcessEnded:
    case Kind::kPause:
      return true;
    case Kind::kAwait:
      return event.awaited == Awaited::kProcessEnd;
    default:
      return false;
  }
}

Event read_event(const JsonNode& node, std::size_t connections) {
  node.only_has({"at_us", "connection", "event", "bytes", "data", "since_us", "awaited", "came",
                 "descriptors", "process_end"});
  Event event;
  event.at = time(node.at("at_us"));
  event.connection =
      static_cast<int>(node.at("connection").integer(Event::kNoConnection, INT32_MAX));
  event.kind = value_in(kKinds, node.at("event"));
  if (const auto bytes = node.find("bytes")) event.bytes = bytes->natural(kFarthest);
  if (const auto data = node.find("data")) {
    if (!unbase64(data->text(), &event.data)) data->fail("must be base64");
  }
  event.since = time_or_none(node, "since_us");
  if (const auto awaited = node.find("awaited")) event.awaited = value_in(kAwaited, *awaited);
  if (const auto came = node.find("came")) event.came = value_in(kCame, *came);
  if (const auto held = node.find("descriptors")) event.descriptors = held->natural(INT32_MAX);
  if (const auto end = node.find("process_end")) event.process_end = read_process_end(*end);
  if (event.kind == Kind::kProcessEnded && !event.process_end)
    node.fail("must say how the process ended");
  const bool is_one =
      event.connection >= 0 && static_cast<std::size_t>(event.connection) < connections;
  if (!is_one && !is_of_no_connection(event))
    node.at("connection").fail("is none of the connections");
  // Where it doesn't count, it might stand beyond all of them.
  if (!is_one) event.connection = event.kind == Kind::kPause ? 0 : Event::kNoConnection;
  return event;
}

// Makes a case's messages again, each once.
class Messages {
 public:
  explicit Messages(const PlannedCase& planned) : planned_(planned) {
    for_each_message(planned.spec().script, [&](const ScriptMessage& message, const Step&) {
      sources_.emplace(message.slot, &message);
    });
    if (planned.profile().framing == Framing::kHalfClose)
      sources_.emplace(end_of_stream_.slot, &end_of_stream_);
  }

  SentMessage read(const JsonNode& node, std::size_t connections) {
    node.only_has({"connection", "begin", "end", "slot", "round", "member", "with_cr"});
    SentMessage sent;
    sent.connection = static_cast<int>(node.at("connection").natural(INT32_MAX));
    if (static_cast<std::size_t>(sent.connection) >= connections)
      node.at("connection").fail("is none of the connections");
    sent.begin = node.at("begin").natural(kFarthest);
    sent.end = node.at("end").natural(kFarthest);
    const MessageRef ref{
        static_cast<int>(node.at("slot").integer(MessageRef::kEndOfStream, INT32_MAX)),
        node.at("round").natural(), static_cast<unsigned>(node.at("member").natural(UINT32_MAX))};
    const auto source = sources_.find(ref.slot);
    if (source == sources_.end()) node.at("slot").fail("is none of the script's messages");
    const auto with_cr = node.find("with_cr");
    const TailCr cr = with_cr && with_cr->boolean() ? TailCr::kYes : TailCr::kNo;
    if (cr == TailCr::kYes && !planned_.profile().optional_cr)
      node.at("with_cr").fail("the profile's delimiter has no optional carriage return");
    // Only what varies is made anew for each round and connection; the same message is sent often.
    auto& made = made_[{ref, cr}];
    if (!made) made = planned_.message(*source->second, ref.round, ref.member, cr);
    sent.message = made;
    if (sent.end < sent.begin || sent.end - sent.begin != made->frame_size())
      node.fail("doesn't take up as many bytes as the message has");
    return sent;
  }

 private:
  const PlannedCase& planned_;
  const ScriptMessage end_of_stream_{MessageRef::kEndOfStream, {}};
  std::map<int, const ScriptMessage*> sources_;
  std::map<std::pair<MessageRef, TailCr>, std::shared_ptr<const PlannedMessage>> made_;
};

}  // namespace

std::string transcript_members(const Transcript& transcript, const Profile& profile) {
  const auto& [connections, messages, events, duration, waited, worst_lag, out_of_time, rounds_done,
               rounds_wanted, hindrance, preflight] = transcript;
  Json json = {{"duration_us", duration.count()},
               {"waited_us", waited.count()},
               {"worst_lag_us", worst_lag.count()}};
  if (out_of_time) json["out_of_time"] = true;
  if (rounds_wanted > 0) {
    json["rounds_done"] = rounds_done;
    json["rounds_wanted"] = rounds_wanted;
  }
  if (hindrance.kind != Hindrance::Kind::kNone) {
    json["hindrance"] = {{"kind", name_in(kHindrances, hindrance.kind)},
                         {"reason", base64(hindrance.reason)}};
  }
  if (!preflight.empty()) json["preflight"] = preflight;
  json["connections"] = Json::array();
  for (const ConnectionRecord& one : connections)
    json["connections"].push_back(connection_json(one));
  json["messages"] = Json::array();
  for (const SentMessage& one : messages) json["messages"].push_back(message_json(one, profile));
  json["events"] = Json::array();
  for (const Event& one : events) json["events"].push_back(event_json(one));
  const std::string object = json.dump();
  return object.substr(1, object.size() - 2);
}

Transcript read_transcript(const JsonNode& node, const PlannedCase& planned) {
  Transcript transcript;
  transcript.duration = time(node.at("duration_us"));
  transcript.waited = time(node.at("waited_us"));
  transcript.worst_lag = time(node.at("worst_lag_us"));
  if (const auto out = node.find("out_of_time")) transcript.out_of_time = out->boolean();
  if (const auto wanted = node.find("rounds_wanted")) {
    transcript.rounds_wanted = wanted->natural();
    transcript.rounds_done = node.at("rounds_done").natural(transcript.rounds_wanted);
  }
  if (const auto hindrance = node.find("hindrance")) {
    transcript.hindrance.kind = value_in(kHindrances, hindrance->at("kind"));
    const JsonNode reason = hindrance->at("reason");
    if (!unbase64(reason.text(), &transcript.hindrance.reason)) reason.fail("must be base64");
  }
  transcript.preflight = node.text_or_empty("preflight");
  for (const JsonNode& one : node.at("connections").items())
    transcript.connections.push_back(read_connection(one));
  const std::size_t connections = transcript.connections.size();
  Messages messages(planned);
  for (const JsonNode& one : node.at("messages").items())
    transcript.messages.push_back(messages.read(one, connections));
  for (const JsonNode& one : node.at("events").items())
    transcript.events.push_back(read_event(one, connections));
  return transcript;
}

}  // namespace md5spec
