#include "report/wire_log.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "judge/process_end.h"
#include "text/bytes.h"

namespace md5spec {
namespace {

constexpr std::size_t kShown = 256;

std::string_view verb(const Event& event) {
  switch (event.kind) {
    case Event::Kind::kConnect:
      return "connect";
    case Event::Kind::kConnected:
      return "connected";
    case Event::Kind::kConnectFailed:
      return "connect_failed";
    case Event::Kind::kSecured:
      return "secured";
    case Event::Kind::kHandshakeFailed:
      return "handshake_failed";
    case Event::Kind::kClientHello:
      return "client_hello";
    case Event::Kind::kSend:
      return "send";
    case Event::Kind::kSendFailed:
      return "send_failed";
    case Event::Kind::kSendStalled:
      return "send_stalled";
    case Event::Kind::kReceive:
      return "receive";
    case Event::Kind::kHalfClose:
      return "half_close";
    case Event::Kind::kFin:
      return "fin";
    case Event::Kind::kClose:
      return "close";
    case Event::Kind::kReset:
      return "reset";
    case Event::Kind::kPeerEnd:
      return "server_closed";
    case Event::Kind::kPeerReset:
      return "server_reset";
    case Event::Kind::kFlood:
      return "flood";
    case Event::Kind::kPause:
      return "pause";
    case Event::Kind::kMeasured:
      return "measured";
    case Event::Kind::kTerminated:
      return "terminated";
    case Event::Kind::kProcessEnded:
      return "process_ended";
    case Event::Kind::kAwait:
      return event.awaited == Event::Awaited::kSilence ? "silence" : "timeout";
  }
  return "";
}

std::string wait_in_words(const Event& event) {
  const long long ms = (event.at - event.since).count() / 1000;
  switch (event.awaited) {
    case Event::Awaited::kBanner:
      return fmt::format("no banner for {} ms", ms);
    case Event::Awaited::kReplies:
      return fmt::format("no complete reply for {} ms", ms);
    case Event::Awaited::kEnd:
      return fmt::format("no end of stream for {} ms", ms);
    case Event::Awaited::kSilence:
      return fmt::format("watched for {} ms", ms);
    case Event::Awaited::kProcessEnd:
      return fmt::format("the server ran on for {} ms", ms);
    default:
      return fmt::format("waited {} ms", ms);
  }
}

bool is_worth_telling(const Event& event) {
  if (event.kind != Event::Kind::kAwait) return true;
  return event.came == Event::Came::kTimeout || event.awaited == Event::Awaited::kSilence;
}

// The bytes [from, from + count) of what was sent on a connection, as far as they belong to
// messages.
std::string sent_bytes(const Transcript& transcript, int connection, std::uint64_t from,
                       std::uint64_t count) {
  std::string bytes;
  const std::uint64_t to = from + std::min<std::uint64_t>(count, kShown);
  for (const SentMessage& message : transcript.messages) {
    if (message.connection != connection || message.end <= from || message.begin >= to) continue;
    const std::uint64_t begin = std::max(from, message.begin);
    bytes += message.message->framed(begin - message.begin, std::min(to, message.end) - begin);
  }
  return bytes;
}

}  // namespace

std::vector<WireEvent> wire_log(const Transcript& transcript, std::size_t most) {
  std::vector<WireEvent> log;
  std::map<int, std::uint64_t> sent;
  for (const Event& event : transcript.events) {
    if (!is_worth_telling(event)) continue;
    if (log.size() == most) break;
    WireEvent line;
    line.at = event.at;
    line.connection = event.connection + 1;
    line.event = verb(event);
    line.bytes = event.bytes;
    line.data = event.data.substr(0, kShown);
    if (event.kind == Event::Kind::kSend) {
      std::uint64_t& offset = sent[event.connection];
      line.data = sent_bytes(transcript, event.connection, offset, event.bytes);
      offset += event.bytes;
    }
    if (event.kind == Event::Kind::kAwait) line.data = wait_in_words(event);
    if (event.kind == Event::Kind::kMeasured)
      line.data = fmt::format("{} descriptors, {} of memory", event.descriptors,
                              size_in_words(event.bytes));
    if (event.kind == Event::Kind::kTerminated) line.data = "SIGTERM was sent";
    if (event.kind == Event::Kind::kProcessEnded && event.process_end)
      line.data = "the server " + in_words(*event.process_end);
    if (event.kind == Event::Kind::kPause)
      line.data = fmt::format("{} ms", (event.at - event.since).count() / 1000);
    log.push_back(std::move(line));
  }
  return log;
}

std::string in_words(const WireEvent& event) {
  std::string line =
      fmt::format("{:>9.3f} ms  #{} {}", static_cast<double>(event.at.count()) / 1000.0,
                  event.connection, event.event);
  if (event.has_bytes()) {
    line += fmt::format(" {}: {}", size_in_words(event.bytes), in_quotes(event.data, 72));
  } else if (!event.data.empty()) {
    line += ": " + displayable(event.data);
  }
  return line;
}

}  // namespace md5spec
