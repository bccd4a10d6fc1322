#include "judge/fingerprint.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "judge/story.h"

namespace md5spec {
namespace {

// Where a message was cut is looked for at every size up to so many bytes, beyond only at multiples
// of kStep: buffers are.
constexpr std::size_t kEverySize = 4096;
constexpr std::size_t kStep = 256;
constexpr std::size_t kLongestTried = 64U << 10U;

bool is_tried(std::size_t size) { return size <= kEverySize || size % kStep == 0; }

std::vector<std::uint64_t> sent_by(const Transcript& transcript) {
  std::vector<std::uint64_t> sent(transcript.connections.size());
  for (const Event& event : transcript.events) {
    if (event.kind == Event::Kind::kSend)
      sent[static_cast<std::size_t>(event.connection)] += event.bytes;
  }
  return sent;
}

// The names of connections on which it's the client's doing in how many pieces something comes.
std::set<std::string> read_late(const PlannedCase& planned) {
  std::set<std::string> names;
  for_each_step(planned.spec().script, [&](const Step& step) {
    const auto* connect = std::get_if<ConnectStep>(&step.action);
    if (connect == nullptr) return;
    if (connect->reading != Reading::kAlways || connect->receive_buffer > 0)
      names.insert(connect->as);
  });
  return names;
}

// How the server ended a connection that the client was still there to see.
std::optional<Reaction> end_of(const Story& story) {
  const bool client_went = story.left && *story.left < story.ended;
  if (story.end == Story::End::kOrderly && !client_went) return Reaction::kFin;
  if (story.end == Story::End::kReset && !client_went) return Reaction::kReset;
  const bool waited = std::any_of(story.waits.begin(), story.waits.end(), [](const Event* wait) {
    return wait->awaited == Event::Awaited::kEnd && wait->came == Event::Came::kTimeout;
  });
  if (waited) return Reaction::kStaysOpen;
  return std::nullopt;
}

class FactFinder {
 public:
  FactFinder(const PlannedCase& planned, const Transcript& transcript)
      : profile_(planned.profile()), events_(transcript.events), read_late_(read_late(planned)) {}

  Fingerprint take() { return std::move(print_); }

  void look(const Story& story, std::uint64_t sent) {
    // Where a connection is without the profile's TLS, nothing is as it is otherwise.
    const bool is_usual = story.connected && story.no_handshake == nullptr && !story.record->bare;
    if (!is_usual || story.end == Story::End::kFlood) return;
    const auto end = end_of(story);
    const bool answered = story.received.size() > profile_.banner.size();
    if (story.half_closed && sent == 0 && story.messages.empty())
      react(Situation::kHalfCloseWithoutData, answered, end);
    look_at_end(story, sent, end);
    look_at_messages(story, answered, end);
    if (!read_late_.contains(story.record->name)) look_at_pieces(story);
    if (!profile_.framed()) look_at_split(story);
  }

 private:
  void tally(Situation situation, Reaction reaction) { ++print_.tallies[situation][reaction]; }

  void react(Situation situation, bool answered, const std::optional<Reaction>& end) {
    if (answered) {
      tally(situation, Reaction::kAnswer);
    } else if (end) {
      tally(situation, *end);
    }
  }

  void look_at_end(const Story& story, std::uint64_t sent, const std::optional<Reaction>& end) {
    const bool ended = end == Reaction::kFin || end == Reaction::kReset;
    if (!ended) return;
    // A server that is told to end closes what is open.
    const bool told = story.told_to_end && *story.told_to_end < story.ended;
    if (sent > 0 && !told) {
      const std::optional<Moment> client = story.half_closed ? story.half_closed : story.fin;
      const bool client_first = client && *client < story.ended;
      tally(client_first ? Situation::kEndAfterHalfClose : Situation::kEndByItself, *end);
    }
    if (!profile_.tls || end != Reaction::kFin) return;
    const bool with_notice = events_[story.ended].data == "with close_notify";
    tally(Situation::kTlsEnd, with_notice ? Reaction::kCloseNotify : Reaction::kNoCloseNotify);
  }

  void look_at_messages(const Story& story, bool answered, const std::optional<Reaction>& end) {
    // Whether there was an answer to it can be told only where one message was all.
    if (story.messages.size() != 1) return;
    const Story::Message& message = story.messages.front();
    const bool excess = profile_.limits.declared && profile_.framed() &&
                        message.sent->message->size() > profile_.limits.message_bytes;
    if (excess) {
      react(Situation::kMessageOverLimit, answered, end);
    } else if (!message.complete && story.half_closed) {
      react(Situation::kCutMessage, answered, end);
    }
  }

  void look_at_pieces(const Story& story) {
    std::size_t due = profile_.banner.size();
    bool complete = !story.messages.empty();
    bool pipelined = false;
    for (const Story::Message& message : story.messages) {
      due += message.sent->message->reply.size();
      complete = complete && message.complete;
      pipelined = pipelined || message.pipelined;
    }
    if (!complete || story.received.size() != due) return;
    const auto pieces = static_cast<std::size_t>(
        std::count_if(story.arrivals.begin(), story.arrivals.end(),
                      [&](const Story::Arrival& a) { return a.end > profile_.banner.size(); }));
    if (story.messages.size() == 1) {
      tally(Situation::kReply, pieces == 1   ? Reaction::kOnePiece
                               : pieces == 2 ? Reaction::kTwoPieces
                                             : Reaction::kMorePieces);
    } else if (pipelined) {
      tally(Situation::kPipelinedReplies,
            pieces < story.messages.size() ? Reaction::kJoined : Reaction::kApart);
    }
  }

  void look_at_split(const Story& story) {
    if (story.messages.size() != 1 || !story.messages.front().complete) return;
    const PlannedMessage& message = *story.messages.front().sent->message;
    const std::string_view received =
        std::string_view(story.received)
            .substr(std::min(profile_.banner.size(), story.received.size()));
    if (message.reply.begins(received)) {
      print_.longest_whole_read = std::max(print_.longest_whole_read, message.size());
    } else if (const auto split = split_of(message.bytes, received)) {
      const bool first = print_.shortest_split == 0;
      print_.shortest_split = first ? *split : std::min(print_.shortest_split, *split);
    }
  }

  // How many bytes of the message it was whose reply came.
  std::optional<std::uint64_t> split_of(std::string_view message, std::string_view received) const {
    const bool covers_message = profile_.digest_covers == Covers::kMessage;
    if (received.empty() || !covers_message || message.size() > kLongestTried) return std::nullopt;
    Md5 growing;
    std::size_t taken = 0;
    for (std::size_t size = 1; size < message.size(); ++size) {
      if (!is_tried(size)) continue;
      growing.update(message.substr(taken, size - taken));
      taken = size;
      if (profile_.reply.expect(growing.digest(), message.substr(0, size)).begins(received))
        return size;
    }
    return std::nullopt;
  }

  const Profile& profile_;
  const std::vector<Event>& events_;
  std::set<std::string> read_late_;
  Fingerprint print_;
};

}  // namespace

void Fingerprint::add(const Fingerprint& other) {
  for (const auto& [situation, counts] : other.tallies) {
    for (const auto& [reaction, count] : counts) tallies[situation][reaction] += count;
  }
  longest_whole_read = std::max(longest_whole_read, other.longest_whole_read);
  if (shortest_split == 0 || (other.shortest_split != 0 && other.shortest_split < shortest_split))
    shortest_split = other.shortest_split;
}

Fingerprint fingerprint(const PlannedCase& planned, const Transcript& transcript) {
  // What was seen before all cases is no case's own.
  const bool hindered = transcript.hindrance.kind != Hindrance::Kind::kNone;
  if (hindered || !transcript.preflight.empty()) return {};
  FactFinder finder(planned, transcript);
  const auto stories = tell(planned, transcript);
  const auto sent = sent_by(transcript);
  for (std::size_t i = 0; i < stories.size(); ++i) finder.look(stories[i], sent[i]);
  return finder.take();
}

}  // namespace md5spec
