// A small language for what happens while a case is carried out, so that verdicts can be tested
// without a socket.
#pragma once

#include <algorithm>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "catalogue/planned_case.h"
#include "digest/md5.h"
#include "judge/anomalies.h"
#include "judge/finding.h"
#include "judge/judge.h"
#include "judge/story.h"
#include "target/profile.h"
#include "wire/transcript.h"

namespace md5spec {

inline constexpr const char* kLineProfile = "framing: delimited\nreply: \"{hex}\\n\"\n";
inline constexpr const char* kOneLineProfile =
    "framing: delimited\nreply: \"{hex}\\n\"\nexchanges: one\n";
inline constexpr const char* kClassicProfile = "framing: unframed\n";
inline constexpr const char* kHalfCloseProfile = "framing: half_close\nreply: \"{hex}\\n\"\n";
inline constexpr const char* kPrefixedProfile = "framing: length_prefixed\n";

inline Profile profile_with(const std::string& keys) {
  return parse_profile("profile: p\n" + keys, "p.yaml", "");
}

// An anomaly's name, with blanks between its words.
inline std::string words_of(Anomaly anomaly) {
  std::string words(name_of(anomaly));
  std::replace(words.begin(), words.end(), '_', ' ');
  return words;
}

// A case, what it judges, and what happened; every call but the last few is one thing that happened
// next, on the connection that was opened or named last.
class Happening {
 public:
  using Came = Event::Came;
  using Awaited = Event::Awaited;

  // `judged`: requirements, with blanks between them. `profile_keys`: a profile's YAML, without its
  // name.
  explicit Happening(std::string_view judged, const std::string& profile_keys = kLineProfile)
      : profile_(std::make_shared<const Profile>(profile_with(profile_keys))) {
    Case spec;
    spec.group = "g";
    spec.name = "a";
    std::istringstream words{std::string(judged)};
    for (std::string word; words >> word;) spec.requirements.push_back(word);
    case_ = std::make_shared<const Case>(std::move(spec));
  }

  // --- which part of the script comes next ---

  Happening& in_control() { return in(Scope::kControl); }
  Happening& in_liveness() { return in(Scope::kLiveness); }
  Happening& in_case() { return in(Scope::kCase); }
  Happening& in_round(std::uint64_t round) {
    round_ = round;
    return *this;
  }
  Happening& on(int connection) {
    now_on_ = connection;
    return *this;
  }

  // --- connections ---

  Happening& connect() {
    begin_connection();
    return event(Event::Kind::kConnected);
  }
  Happening& connect_in_vain(std::string why = "Connection refused") {
    begin_connection();
    return event(Event::Kind::kConnectFailed, 0, std::move(why));
  }
  // Without TLS, though the profile has it.
  Happening& connect_bare() {
    connect();
    transcript_.connections.back().bare = true;
    return *this;
  }
  Happening& connect_without_handshake(Came came, std::string why = "why") {
    connect().event(Event::Kind::kHandshakeFailed, 0, std::move(why));
    transcript_.events.back().came = came;
    return *this;
  }
  Happening& client_hello(std::string version) {
    return event(Event::Kind::kClientHello, 0, std::move(version)).put(100);
  }
  Happening& fin() { return event(Event::Kind::kFin); }
  Happening& half_close() { return event(Event::Kind::kHalfClose); }
  Happening& close() { return leave(Event::Kind::kClose); }
  Happening& reset() { return leave(Event::Kind::kReset); }
  Happening& server_closes(std::string how = "") {
    return event(Event::Kind::kPeerEnd, 0, std::move(how));
  }
  Happening& server_resets() { return event(Event::Kind::kPeerReset, 0, "Connection reset"); }
  Happening& flooded() { return event(Event::Kind::kFlood); }

  // --- sending ---

  // One write of these messages, framed.
  // Time passes for which the script has nothing to show.
  Happening& dawdle(Duration time) {
    clock_ += time;
    return *this;
  }
  Happening& send_together(const std::vector<std::string>& messages) {
    std::uint64_t size = 0;
    for (const std::string& message : messages) size += begin(message, size);
    return put(size);
  }
  Happening& send(const std::string& message) { return send_together({message}); }
  // Only the first bytes of a message's frame.
  Happening& send_part(const std::string& message, std::uint64_t bytes) {
    unsent_ = begin(message, 0) - bytes;
    return bytes > 0 ? put(bytes) : *this;
  }
  Happening& send_raw(std::uint64_t bytes) { return put(bytes); }  // of no message
  Happening& send_rest() { return put(unsent_); }
  Happening& send_stalls() { return event(Event::Kind::kSendStalled); }
  Happening& send_fails() { return event(Event::Kind::kSendFailed, 0, "Broken pipe"); }

  // --- receiving ---

  Happening& get(const std::string& bytes) {
    return event(Event::Kind::kReceive, bytes.size(), bytes);
  }
  // The reply that is due for a message.
  Happening& get_reply(const std::string& message) { return get(reply_to(message)); }

  // --- waiting: as the script runner records it ---

  Happening& await_reply(Came came) { return await(Awaited::kReplies, came); }
  Happening& await_end(Came came = Came::kExpected) { return await(Awaited::kEnd, came); }
  Happening& await_banner(Came came) { return await(Awaited::kBanner, came); }
  // In vain, and not for as long as it may take.
  Happening& await_banner_briefly() {
    await_banner(Came::kTimeout);
    transcript_.events.back().since = transcript_.events.back().at - profile_->timeouts.quiet;
    return *this;
  }
  Happening& watch(Came came = Came::kExpected) { return await(Awaited::kSilence, came); }
  Happening& pause() {
    const int connection = std::exchange(now_on_, 0);
    event(Event::Kind::kPause, 0, "", profile_->timeouts.pause);
    now_on_ = connection;
    return *this;
  }

  // --- several of these ---

  // A message, answered with these bytes.
  Happening& exchange(const std::string& message, const std::string& received) {
    send(message).get(received);
    return await_reply(received == reply_to(message) ? Came::kExpected : Came::kUnexpected);
  }
  Happening& exchange(const std::string& message) { return exchange(message, reply_to(message)); }
  // A message that gets no reply before the deadline.
  Happening& exchange_in_vain(const std::string& message) {
    return send(message).await_reply(Came::kTimeout);
  }
  // Half-close and the server's, as most scripts end.
  Happening& end() { return half_close().server_closes().await_end(); }

  // --- what the suite itself has to say ---

  Happening& lagged(Duration by) {
    transcript_.worst_lag = by;
    return *this;
  }
  Happening& hindered(Hindrance::Kind kind, std::string reason) {
    transcript_.hindrance = {kind, std::move(reason)};
    return *this;
  }
  Happening& server_is_told_to_end() {
    event(Event::Kind::kTerminated);
    transcript_.events.back().connection = Event::kNoConnection;
    return *this;
  }
  // The server's process ends, though nobody has told it to.
  Happening& server_dies(int signal = 0) {
    event(Event::Kind::kProcessEnded);
    transcript_.events.back().connection = Event::kNoConnection;
    transcript_.events.back().process_end =
        std::make_shared<ProcessEnd>(ProcessEnd{signal == 0 ? 1 : 0, signal, true, {}});
    return *this;
  }
  Happening& rounds(std::uint64_t done, std::uint64_t wanted) {
    transcript_.rounds_done = done;
    transcript_.rounds_wanted = wanted;
    return *this;
  }
  Happening& out_of_time() {
    transcript_.out_of_time = true;
    return *this;
  }

  // --- what comes of it ---

  const Profile& profile() const { return *profile_; }
  PlannedCase planned() const { return {*case_, *profile_, 1}; }
  std::string reply_to(const std::string& message) const {
    return planned_for(message)->reply.bytes();
  }

  // With every connection closed in the end, as the script runner leaves none open.
  Transcript transcript() const {
    Happening finished = *this;
    for (std::size_t i = 0; i < open_.size(); ++i) {
      if (open_[i]) finished.on(static_cast<int>(i)).close();
    }
    finished.transcript_.duration = finished.clock_;
    return finished.transcript_;
  }

  Judgement judgement() const { return judge(planned(), transcript()); }

  // "broken DIG-1: no reply by deadline; saw REP-1: encoding by bytes": findings, then impediments
  // ("can't tell for …"), then what else was seen. "nothing" where all is well.
  std::string verdict() const { return in_words(judgement(), true); }
  // The same without what the evidence is.
  std::string blame() const { return in_words(judgement(), false); }

 private:
  Happening& in(Scope scope) {
    scope_ = scope;
    return *this;
  }

  static std::string in_words(const Judgement& judgement, bool with_evidence) {
    std::string words;
    const auto add = [&](const std::string& prefix, const Finding& f) {
      if (!words.empty()) words += "; ";
      words += prefix + f.requirement + ": " + std::string(words_of(f.anomaly));
      if (with_evidence) words += " by " + std::string(name_of(f.evidence));
    };
    const auto is_in = [](const std::vector<Finding>& list, const Finding& f) {
      for (const Finding& one : list) {
        if (one.anomaly == f.anomaly && one.connection == f.connection) return true;
      }
      return false;
    };
    for (const Finding& f : judgement.findings) add("broken ", f);
    for (const Finding& f : judgement.impediments) add("can't tell for ", f);
    for (const Finding& f : judgement.observations) {
      if (!is_in(judgement.impediments, f)) add("saw ", f);
    }
    return words.empty() ? "nothing" : words;
  }

  std::shared_ptr<const PlannedMessage> planned_for(const std::string& message) const {
    ScriptMessage source;
    source.source.bytes = message;
    return planned().message(source, 0, 0);
  }

  void begin_connection() {
    now_on_ = static_cast<int>(transcript_.connections.size());
    ConnectionRecord record;
    record.scope = scope_;
    record.name = "main";
    record.round = round_;
    transcript_.connections.push_back(record);
    sent_.push_back(0);
    open_.push_back(true);
    event(Event::Kind::kConnect);
  }

  Happening& leave(Event::Kind kind) {
    open_[static_cast<std::size_t>(now_on_)] = false;
    return event(kind);
  }

  // Returns the size of the message's frame.
  std::uint64_t begin(const std::string& bytes, std::uint64_t offset) {
    auto message = planned_for(bytes);
    const std::uint64_t size = message->frame_size();
    const std::uint64_t from = sent_[static_cast<std::size_t>(now_on_)] + offset;
    transcript_.messages.push_back({now_on_, from, from + size, std::move(message)});
    return size;
  }

  Happening& put(std::uint64_t bytes) {
    sent_[static_cast<std::size_t>(now_on_)] += bytes;
    return event(Event::Kind::kSend, bytes);
  }

  Happening& await(Awaited what, Came came) {
    const Timeouts& t = profile_->timeouts;
    const Duration patience = what == Awaited::kEnd                                    ? t.close
                              : what == Awaited::kSilence || came == Came::kUnexpected ? t.quiet
                                                                                       : t.reply;
    const bool waited_out = came == Came::kTimeout || what == Awaited::kSilence;
    event(Event::Kind::kAwait, 0, "", waited_out ? patience : Duration());
    transcript_.events.back().awaited = what;
    transcript_.events.back().came = came;
    return *this;
  }

  Happening& event(Event::Kind kind, std::uint64_t bytes = 0, std::string data = "",
                   Duration takes = Duration()) {
    Event event;
    event.since = clock_;
    clock_ += takes + std::chrono::milliseconds(1);
    event.at = clock_;
    event.connection = now_on_;
    event.kind = kind;
    event.bytes = bytes;
    event.data = std::move(data);
    transcript_.events.push_back(std::move(event));
    return *this;
  }

  std::shared_ptr<const Profile> profile_;
  std::shared_ptr<const Case> case_;
  Transcript transcript_;
  std::vector<std::uint64_t> sent_;
  std::vector<bool> open_;
  Scope scope_ = Scope::kCase;
  std::uint64_t round_ = 0;
  std::uint64_t unsent_ = 0;
  int now_on_ = 0;
  Duration clock_{};
};

}  // namespace md5spec
