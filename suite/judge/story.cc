#include "judge/story.h"

#include <algorithm>

namespace md5spec {
namespace {

// Servers that hang up on idle clients have timers from half a second on; the client's lateness
// may count on their side for more than it saw of it.
constexpr std::chrono::milliseconds kAsGoodAsAPause(200);

// Follows the events of one transcript, each into the story of its connection.
class Teller {
 public:
  Teller(const PlannedCase& planned, const Transcript& transcript)
      : profile_(planned.profile()),
        half_close_completes_(planned.profile().framing == Framing::kHalfClose),
        events_(transcript.events) {
    stories_.resize(transcript.connections.size());
    sent_.resize(stories_.size());
    paused_since_.resize(stories_.size());
    acted_at_.resize(stories_.size());
    for (std::size_t i = 0; i < stories_.size(); ++i) {
      stories_[i].connection = static_cast<int>(i);
      stories_[i].record = &transcript.connections[i];
    }
    for (const SentMessage& message : transcript.messages) {
      Story::Message told;
      told.sent = &message;
      stories_[static_cast<std::size_t>(message.connection)].messages.push_back(told);
    }
    for (Moment at = 0; at < transcript.events.size(); ++at) follow(transcript.events[at], at);
  }

  std::vector<Story> take() { return std::move(stories_); }

 private:
  void follow(const Event& event, Moment at) {
    if (event.kind == Event::Kind::kPause) {
      for (Story& story : stories_) pause(story, event.since);
      return;
    }
    if (event.kind == Event::Kind::kTerminated) {
      for (Story& story : stories_) story.told_to_end = at;
    }
    if (event.connection == Event::kNoConnection) return;
    const auto index = static_cast<std::size_t>(event.connection);
    Story& story = stories_[index];
    note_delay(index, event);
    switch (event.kind) {
      case Event::Kind::kConnected:
        story.connected = true;
        break;
      case Event::Kind::kConnectFailed:
        story.connect_error = event.data;
        break;
      case Event::Kind::kHandshakeFailed:
        story.no_handshake = &event;
        break;
      case Event::Kind::kClientHello:
        story.hello = event.data;
        break;
      case Event::Kind::kFin:
        story.fin = at;
        break;
      case Event::Kind::kSend:
        send(index, event.bytes, at);
        break;
      case Event::Kind::kSendFailed:
        story.send_failed = true;
        break;
      case Event::Kind::kReceive:
        story.received += event.data;
        story.arrivals.push_back({at, story.received.size()});
        break;
      case Event::Kind::kHalfClose:
        half_close(story, at);
        break;
      case Event::Kind::kClose:
      case Event::Kind::kReset:
        leave(story, event.kind, at);
        break;
      case Event::Kind::kPeerEnd:
        end(story, Story::End::kOrderly, at);
        break;
      case Event::Kind::kPeerReset:
        end(story, Story::End::kReset, at);
        break;
      case Event::Kind::kFlood:
        end(story, Story::End::kFlood, at);
        break;
      case Event::Kind::kAwait:
        wait(index, event, at);
        break;
      case Event::Kind::kConnect:
      case Event::Kind::kSecured:
      case Event::Kind::kSendStalled:
      case Event::Kind::kPause:
      case Event::Kind::kMeasured:
      case Event::Kind::kTerminated:
      case Event::Kind::kProcessEnded:
        break;
    }
  }

  void leave(Story& story, Event::Kind how, Moment at) const {
    if (story.left) return;
    story.left = at;
    if (story.end != Story::End::kOpen) return;
    const auto is_owed = [](const Story::Message& message) {
      return message.complete && !message.awaited;
    };
    // Where end of stream is what ends a message, a close sends one.
    const bool sends_one = half_close_completes_ && how == Event::Kind::kClose && story.connected &&
                           !story.half_closed;
    if (sends_one || std::any_of(story.messages.begin(), story.messages.end(), is_owed)) {
      story.vanished = Story::Vanished::kWithReplyDue;
    } else if (how == Event::Kind::kReset) {
      story.vanished = Story::Vanished::kReset;
    }
  }

  // A server that hangs up on idle clients may do so where the client was merely slow.
  void note_delay(std::size_t index, const Event& event) {
    const bool acts = event.kind == Event::Kind::kSend || event.kind == Event::Kind::kHalfClose;
    const bool ends = event.kind == Event::Kind::kPeerEnd || event.kind == Event::Kind::kPeerReset;
    Story& story = stories_[index];
    const bool waits_for_server = story.first_send.has_value() && ends;
    if ((acts || ends) && !waits_for_server && event.at - acted_at_[index] >= kAsGoodAsAPause)
      story.dawdled = true;
    const bool waited = event.kind == Event::Kind::kReceive || event.kind == Event::Kind::kAwait;
    if (acts || waited || event.kind == Event::Kind::kConnect) acted_at_[index] = event.at;
  }

  // The client paused from `since` until now; on connections that were open meanwhile.
  void pause(Story& story, Duration since) {
    const bool over =
        story.left || (story.end != Story::End::kOpen && events_[story.ended].at < since);
    if (!story.connected || over) return;
    story.paused = true;
    paused_since_[static_cast<std::size_t>(story.connection)] = true;
  }

  void send(std::size_t index, std::uint64_t bytes, Moment at) {
    Story& story = stories_[index];
    if (!story.first_send) story.first_send = at;
    const std::uint64_t before = sent_[index];
    sent_[index] += bytes;
    for (Story::Message& message : story.messages) {
      const bool begins = message.sent->begin >= before && message.sent->begin < sent_[index];
      if (begins) {
        message.begun = at;
        message.after_pause = paused_since_[index];
        message.pipelined = waiting_free(story, message);
      }
      if (message.sent->begin < sent_[index] && message.sent->end > before) ++message.pieces;
      if (ends_inside_boundary(*message.sent, sent_[index])) message.boundary_in_pieces = true;
      const bool ends = message.sent->end > before && message.sent->end <= sent_[index];
      if (ends && !half_close_completes_) {
        message.complete = at;
        message.awaited = nullptr;
      }
    }
    paused_since_[index] = false;
  }

  // Whether `offset` lies inside what tells where the message ends: its length, or its delimiter.
  bool ends_inside_boundary(const SentMessage& sent, std::uint64_t offset) const {
    if (offset <= sent.begin || offset >= sent.end) return false;
    if (profile_.framing == Framing::kLengthPrefixed)
      return offset < sent.begin + static_cast<std::uint64_t>(profile_.length.bytes);
    return profile_.framing == Framing::kDelimited && offset + profile_.delimiter.size() > sent.end;
  }

  // Whether nothing was awaited between the message before and this one.
  static bool waiting_free(const Story& story, const Story::Message& message) {
    if (&message == &story.messages.front()) return false;
    return (&message - 1)->awaited == nullptr;
  }

  // Whether a message lacks nothing but its delimiter, and the end of stream does as well.
  bool is_unterminated(const Story& story, const Story::Message& message) const {
    const std::uint64_t sent = sent_[static_cast<std::size_t>(story.connection)];
    return profile_.framing == Framing::kDelimited && profile_.at_eof == AtEof::kAnswer &&
           sent > message.sent->begin && sent + profile_.delimiter.size() == message.sent->end;
  }

  void half_close(Story& story, Moment at) {
    story.half_closed = at;
    if (!story.messages.empty() && is_unterminated(story, story.messages.back()))
      story.messages.back().complete = at;
    if (!half_close_completes_) return;
    for (Story::Message& message : story.messages) {
      if (message.sent->begin == message.sent->end) message.begun = at;  // an empty message
      message.complete = at;
    }
    if (!story.first_send) story.first_send = at;
  }

  static void end(Story& story, Story::End how, Moment at) {
    if (story.end != Story::End::kOpen) return;
    story.end = how;
    story.ended = at;
  }

  void wait(std::size_t index, const Event& event, Moment at) {
    Story& story = stories_[index];
    story.waits.push_back(&event);
    if (event.awaited == Event::Awaited::kSilence) pause(story, event.since);
    // Who waits for the end waits for the replies before it.
    if (event.awaited != Event::Awaited::kReplies && event.awaited != Event::Awaited::kEnd) return;
    for (Story::Message& message : story.messages) {
      // Where the server took no more of a message, its reply was waited for all the same.
      const bool refused = story.send_failed || story.end != Story::End::kOpen;
      const bool begun = message.sent->begin < sent_[index] || story.send_failed;
      const bool due =
          message.complete || (refused && begun && event.awaited == Event::Awaited::kReplies);
      if (due && message.awaited == nullptr) {
        message.awaited = &event;
        message.awaited_at = at;
      }
    }
  }

  const Profile& profile_;
  bool half_close_completes_;
  const std::vector<Event>& events_;
  std::vector<Story> stories_;
  std::vector<std::uint64_t> sent_;
  std::vector<bool> paused_since_;
  std::vector<Duration> acted_at_;  // when the client, or a reply, last did something
};

}  // namespace

std::size_t Story::received_before(Moment moment) const {
  std::size_t count = 0;
  for (const Arrival& arrival : arrivals) {
    if (arrival.at >= moment) break;
    count = arrival.end;
  }
  return count;
}

Moment Story::arrival(std::size_t offset) const {
  const auto found =
      std::upper_bound(arrivals.begin(), arrivals.end(), offset,
                       [](std::size_t value, const Arrival& a) { return value < a.end; });
  return found == arrivals.end() ? ended : found->at;
}

std::vector<Story> tell(const PlannedCase& planned, const Transcript& transcript) {
  return Teller(planned, transcript).take();
}

}  // namespace md5spec
