#include "judge/anomalies.h"

#include <algorithm>

#include <fmt/format.h>

#include "judge/connection_notes.h"
#include "judge/due_replies.h"
#include "judge/reply_look.h"
#include "text/bytes.h"

namespace md5spec {
namespace {

// A ServerHello, at the beginning of what came, that settles on just that version ("1.1") of TLS.
bool settles_on(std::string_view version, std::string_view received) {
  // The record's type, version and length (5 bytes), the message's type and length (4), its
  // version.
  constexpr char kHandshake = 22;
  constexpr char kServerHello = 2;
  return received.size() >= 11 && received[0] == kHandshake && received[5] == kServerHello &&
         received[9] == 3 && received[10] == version.back() - '0' + 1;
}

// One connection, from its beginning to its end.
class Observer {
 public:
  Observer(const PlannedCase& planned, const Story& story, const std::vector<Story>& all)
      : notes_(planned, story, all), profile_(planned.profile()), story_(story) {}

  std::vector<Observed> observe() {
    if (!story_.connected) {
      if (!story_.connect_error.empty()) refused();
    } else if (story_.no_handshake != nullptr) {
      unsecured(*story_.no_handshake);
    } else if (story_.record->bare) {
      check_bare();
    } else {
      check_banner();
      check_early_bytes();
      if (!notes_.ended_unasked()) told_replies_ = DueReplies(notes_, position_).check();
      check_end();
    }
    return notes_.take();
  }

 private:
  using Message = Story::Message;

  void refused() {
    const bool timed_out = story_.connect_error.find("timed out") != std::string::npos;
    notes_.add(Anomaly::kRefused, timed_out ? Evidence::kDeadline : Evidence::kConnect,
               "no connection: " + story_.connect_error);
  }

  void unsecured(const Event& failed) {
    const bool untrusted = failed.came == Event::Came::kUntrusted;
    const bool definite = untrusted || failed.came == Event::Came::kUnexpected;
    const bool timed_out = failed.came == Event::Came::kTimeout;
    Observed& one = notes_.add(untrusted  ? Anomaly::kUntrusted
                               : definite ? Anomaly::kUnsecured
                                          : Anomaly::kNoHandshake,
                               definite    ? Evidence::kBytes
                               : timed_out ? Evidence::kDeadline
                                           : Evidence::kEndOfStream,
                               "no TLS handshake: " + failed.data);
    one.expected = "a TLS handshake";
    one.received = definite ? failed.data : timed_out ? "nothing" : "the connection's end";
  }

  // Nothing is due on a connection without TLS; but some things mustn't come.
  void check_bare() {
    if (!story_.hello.empty() && story_.hello < "1.2" &&
        settles_on(story_.hello, story_.received)) {
      Observed& one = notes_.add(
          Anomaly::kOldVersion, Evidence::kBytes,
          fmt::format("the server answered a ClientHello of TLS {0} with a ServerHello of "
                      "TLS {0}",
                      story_.hello));
      one.expected = "an alert, or the connection's end";
      one.received = in_quotes(story_.received);
    }
    if (story_.received.empty()) return;
    for (const Message& message : story_.messages) {
      const ReplyLook look = look_at(profile_, message.sent->message->reply, story_.received);
      const bool is_digest = look.look == Look::kExact || look.look == Look::kSurplus ||
                             look.look == Look::kOtherEncoding;
      if (!is_digest) continue;
      Observed& one = notes_.add(Anomaly::kBareAnswered, Evidence::kBytes,
                                 "a message that came without TLS was answered with its digest");
      one.expected = "no digest";
      one.received = in_quotes(story_.received);
      return;
    }
  }

  void check_banner() {
    const std::string& banner = profile_.banner;
    if (banner.empty()) return;
    if (story_.received.starts_with(banner)) {
      position_ = banner.size();
      if (!banner_was_awaited_in_vain()) return;
      Observed& one = notes_.add(Anomaly::kBannerWrong, Evidence::kDeadline,
                                 "the declared banner didn't come in time");
      one.expected = in_quotes(banner);
      one.received = "nothing";
      return;
    }
    const bool is_missing = banner.starts_with(story_.received);
    const Evidence evidence = !is_missing                       ? Evidence::kBytes
                              : story_.end == Story::End::kOpen ? Evidence::kDeadline
                                                                : notes_.evidence_of_end();
    Observed& one = notes_.add(Anomaly::kBannerWrong, evidence,
                               is_missing ? "the banner didn't come whole"
                                          : "the server doesn't begin with its declared banner");
    one.expected = in_quotes(banner);
    one.received = in_quotes(story_.received);
    // The replies may be right all the same: look for them behind whatever came before the first
    // message.
    position_ =
        story_.first_send ? story_.received_before(*story_.first_send) : story_.received.size();
  }

  // Where it is known not to come, it is waited for much less, which says nothing.
  bool banner_was_awaited_in_vain() const {
    const auto in_vain = [&](const Event* wait) {
      return wait->awaited == Event::Awaited::kBanner && wait->came == Event::Came::kTimeout &&
             wait->at - wait->since > profile_.timeouts.reply / 2;
    };
    return std::any_of(story_.waits.begin(), story_.waits.end(), in_vain);
  }

  void check_early_bytes() {
    const std::size_t early = story_.first_send    ? story_.received_before(*story_.first_send)
                              : story_.half_closed ? story_.received_before(*story_.half_closed)
                                                   : story_.received.size();
    if (early <= position_) return;
    Observed& one = notes_.add(Anomaly::kEarlyBytes, Evidence::kBytes,
                               "the server sent bytes before anything was sent to it");
    one.expected = "nothing";
    one.received = in_quotes(body().substr(0, early - position_));
    position_ = early;
  }

  void check_end() {
    if (story_.end == Story::End::kFlood) {
      notes_
          .add(Anomaly::kSurplus, Evidence::kBytes,
               "far more bytes came than any reply has; the rest was left unread")
          .received = in_quotes(story_.received);
      return;
    }
    if (!told_replies_ || notes_.came_before_end(story_.told_to_end)) return;
    check_early_close();
    check_not_closed();
    check_reset();
  }

  void check_early_close() {
    if (story_.end == Story::End::kOpen) return;
    const bool unasked = notes_.ended_unasked();
    if (!unasked && !is_too_early()) return;
    notes_.begin_exchange(unasked ? 0 : story_.messages.size());
    Observed& one = notes_.add(
        Anomaly::kEarlyClose, notes_.evidence_of_end(),
        unasked ? "the server ended the connection before the first message"
                : "the server ended the connection after a reply, before the client had finished");
    one.after_pause = story_.paused;
    one.dawdled = story_.dawdled;
    one.in_pieces =
        std::any_of(story_.messages.begin(), story_.messages.end(),
                    [](const Message& message) { return message.pieces > 1 || !message.complete; });
    one.expected = "the connection stays open";
    one.received = story_.end == Story::End::kReset ? "a reset" : "end of stream";
  }

  // Whether an end after a reply came before its time.
  bool is_too_early() const {
    if (!profile_.many() || notes_.sent_only_raw(story_) ||
        notes_.came_before_end(story_.half_closed) || notes_.came_before_end(story_.fin) ||
        notes_.came_before_end(story_.left))
      return false;
    return story_.messages.empty() ||
           (story_.messages.back().complete && !notes_.any_is_oversize(story_));
  }

  void check_not_closed() {
    if (story_.end != Story::End::kOpen || story_.fin) return;
    for (const Event* wait : story_.waits) {
      if (wait->awaited != Event::Awaited::kEnd || wait->came != Event::Came::kTimeout) continue;
      Observed& one = notes_.add(
          Anomaly::kNotClosed, Evidence::kDeadline,
          story_.half_closed ? "the server didn't close its side after the client's half-close"
                             : "the server didn't close the connection");
      one.oversize = notes_.any_is_oversize(story_);
      one.expected = "end of stream";
      one.received = "the connection stays open";
      return;
    }
  }

  void check_reset() {
    const bool all_read = story_.messages.empty() || story_.messages.back().complete;
    const bool asked_for = story_.send_failed || notes_.sent_only_raw(story_) || !all_read ||
                           notes_.came_before_end(story_.left) ||
                           notes_.came_before_end(story_.fin);
    if (story_.end != Story::End::kReset || asked_for) return;
    if (notes_.any_is_oversize(story_)) return;
    Observed& one = notes_.add(
        Anomaly::kReset, Evidence::kReset,
        "the server ended the connection with a reset, though it had left nothing unread");
    one.expected = "end of stream (FIN)";
    one.received = "a reset (RST)";
  }

  std::string_view body() const { return std::string_view(story_.received).substr(position_); }

  ConnectionNotes notes_;
  const Profile& profile_;
  const Story& story_;
  std::size_t position_ = 0;  // in the received bytes: all before it is accounted for
  bool told_replies_ = true;  // and what came of them, so that the end can be told, too
};

}  // namespace

Story::Vanished vanished_before(Moment moment, const std::vector<Story>& all, const Story* except) {
  for (const Story& story : all) {
    if (&story != except && story.vanished != Story::Vanished::kNo && *story.left < moment)
      return story.vanished;
  }
  return Story::Vanished::kNo;
}

bool unsecured_one(const std::vector<Story>& all, const Story* except) {
  return std::any_of(all.begin(), all.end(), [&](const Story& story) {
    return &story != except &&
           (story.record->bare || story.no_handshake != nullptr || !story.hello.empty());
  });
}

std::vector<Observed> observe(const PlannedCase& planned, const Story& story,
                              const std::vector<Story>& all) {
  return Observer(planned, story, all).observe();
}

}  // namespace md5spec
