#include "judge/anomalies.h"

#include <algorithm>
#include <cctype>
#include <limits>

#include <fmt/format.h>

#include "judge/likely_mistakes.h"
#include "judge/reply_look.h"
#include "target/framing.h"
#include "text/bytes.h"

namespace md5spec {
namespace {

// How many replies of a pipeline may be missing in a row and the next one still be recognised.
constexpr std::size_t kLookAhead = 64;
// So many anomalies of one connection tell all that there is to tell.
constexpr std::size_t kEnough = 16;

// A ServerHello, at the beginning of what came, that settles on just that version ("1.1") of TLS.
bool settles_on(std::string_view version, std::string_view received) {
  // The record's type, version and length (5 bytes), the message's type and length (4), its
  // version.
  constexpr char kHandshake = 22;
  constexpr char kServerHello = 2;
  return received.size() >= 11 && received[0] == kHandshake && received[5] == kServerHello &&
         received[9] == 3 && received[10] == version.back() - '0' + 1;
}

// Whether the largest length that the profile's frames can say is over its declared limit.
bool can_say_too_long_a_length(const Profile& profile) {
  return profile.framing == Framing::kLengthPrefixed && profile.limits.declared &&
         !unsayable_length(profile, profile.limits.message_bytes + 1);
}

// One connection's received bytes against the replies that were due on it.
class Observer {
 public:
  Observer(const PlannedCase& planned, const Story& story, const std::vector<Story>& all)
      : profile_(planned.profile()),
        sends_too_long_a_length_(planned.spec().requirements.front() == "RES-10" &&
                                 can_say_too_long_a_length(planned.profile())),
        story_(story),
        all_(all) {}

  std::vector<Observed> observe() {
    if (!story_.connected) {
      if (!story_.connect_error.empty()) refused();
      return std::move(observed_);
    }
    if (story_.no_handshake != nullptr) {
      unsecured(*story_.no_handshake);
      return std::move(observed_);
    }
    if (story_.record->bare) {
      check_bare();
      return std::move(observed_);
    }
    check_banner();
    check_early_bytes();
    if (!ended_unasked()) {
      check_replies();
      check_leftovers();
    }
    check_end();
    return std::move(observed_);
  }

 private:
  using Message = Story::Message;

  Observed& add(Anomaly anomaly, Evidence evidence, std::string explanation) {
    Observed one;
    one.anomaly = anomaly;
    one.evidence = evidence;
    one.connection = story_.connection;
    one.scope = story_.record->scope;
    one.half_closed = story_.half_closed.has_value();
    one.later_connection = story_.record->round > 0;
    one.in_company = has_company();
    one.first = exchange_ == 0;
    one.vanished = vanished_before(
        story_.end == Story::End::kOpen ? std::numeric_limits<Moment>::max() : story_.ended, all_,
        &story_);
    one.unsecured_before = unsecured_one(all_, &story_);
    one.oversize_before = std::any_of(all_.begin(), all_.end(), [&](const Story& other) {
      return &other != &story_ && (any_is_oversize(other) || says_too_long_a_length(other));
    });
    one.largest = largest_until(nullptr);
    one.explanation = std::move(explanation);
    observed_.push_back(std::move(one));
    return observed_.back();
  }

  Observed& add_for(const Message& message, Anomaly anomaly, Evidence evidence,
                    std::string explanation) {
    Observed& one = add(anomaly, evidence, std::move(explanation));
    one.after_pause = message.after_pause;
    one.dawdled = story_.dawdled;
    one.pipelined = message.pipelined || is_pipelined(message);
    one.oversize = is_oversize(message);
    one.at_shutdown =
        story_.told_to_end && (!message.complete || *message.complete > *story_.told_to_end);
    one.size = message.sent->message->size();
    one.largest = largest_until(&message);
    one.content = content_of(*message.sent->message);
    one.in_pieces = message.pieces > 1 || !message.complete;
    one.boundary_in_pieces = message.boundary_in_pieces;
    one.expected = in_quotes(message.sent->message->reply.bytes());
    return one;
  }

  Evidence evidence_of_end() const {
    return story_.end == Story::End::kReset ? Evidence::kReset : Evidence::kEndOfStream;
  }

  // Whether the message behind it was sent without waiting for its reply.
  bool is_pipelined(const Message& message) const {
    const auto next = static_cast<std::size_t>(&message - story_.messages.data()) + 1;
    return next < story_.messages.size() && story_.messages[next].pipelined;
  }

  static Observed::Content content_of(const PlannedMessage& message) {
    if (message.size() == 0) return Observed::Content::kEmpty;
    const auto is_plain = [](char c) {
      return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
             std::string_view(" .,!?'-").find(c) != std::string_view::npos;
    };
    const std::string& bytes = message.bytes;  // none of one that is streamed: letters
    return std::all_of(bytes.begin(), bytes.end(), is_plain) ? Observed::Content::kPlain
                                                             : Observed::Content::kAnyBytes;
  }

  // Whether the case had another connection open beside this one.
  bool has_company() const {
    return std::any_of(all_.begin(), all_.end(), [&](const Story& other) {
      return other.connection != story_.connection && other.record->scope == Scope::kCase &&
             other.record->round == story_.record->round;
    });
  }

  bool is_oversize(const Message& message) const {
    return profile_.limits.declared &&
           message.sent->message->size() > profile_.limits.message_bytes;
  }

  // Bytes that belong to no message: what they deserve is left open.
  static bool sent_only_raw(const Story& story) {
    return story.first_send && story.messages.empty();
  }

  bool says_too_long_a_length(const Story& story) const {
    return sends_too_long_a_length_ && sent_only_raw(story);
  }

  // Of the connection's messages up to `last`; of all if there's none such.
  std::uint64_t largest_until(const Message* last) const {
    std::uint64_t largest = 0;
    for (const Message& message : story_.messages) {
      largest = std::max(largest, message.sent->message->size());
      if (&message == last) break;
    }
    return largest;
  }

  bool any_is_oversize(const Story& story) const {
    return std::any_of(story.messages.begin(), story.messages.end(),
                       [&](const Message& message) { return is_oversize(message); });
  }

  bool came_before_end(const std::optional<Moment>& moment) const {
    return moment && *moment < story_.ended;
  }

  // Whether the connection ended before the client had sent anything, or left.
  bool ended_unasked() const {
    const bool ended = story_.end == Story::End::kOrderly || story_.end == Story::End::kReset;
    return ended && !came_before_end(story_.first_send) && !came_before_end(story_.half_closed) &&
           !came_before_end(story_.fin) && !came_before_end(story_.left) &&
           !came_before_end(story_.told_to_end);
  }

  void refused() {
    const bool timed_out = story_.connect_error.find("timed out") != std::string::npos;
    add(Anomaly::kRefused, timed_out ? Evidence::kDeadline : Evidence::kConnect,
        "no connection: " + story_.connect_error);
  }

  void unsecured(const Event& failed) {
    const bool untrusted = failed.came == Event::Came::kUntrusted;
    const bool definite = untrusted || failed.came == Event::Came::kUnexpected;
    const bool timed_out = failed.came == Event::Came::kTimeout;
    Observed& one = add(untrusted  ? Anomaly::kUntrusted
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
      Observed& one =
          add(Anomaly::kOldVersion, Evidence::kBytes,
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
      Observed& one = add(Anomaly::kBareAnswered, Evidence::kBytes,
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
      Observed& one = add(Anomaly::kBannerWrong, Evidence::kDeadline,
                          "the declared banner didn't come in time");
      one.expected = in_quotes(banner);
      one.received = "nothing";
      return;
    }
    const bool is_missing = story_.received.empty() || banner.starts_with(story_.received);
    Observed& one =
        add(Anomaly::kBannerWrong,
            is_missing && story_.end == Story::End::kOpen ? Evidence::kDeadline : Evidence::kBytes,
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
    Observed& one = add(Anomaly::kEarlyBytes, Evidence::kBytes,
                        "the server sent bytes before anything was sent to it");
    one.expected = "nothing";
    one.received = in_quotes(body().substr(0, early - position_));
    position_ = early;
  }

  std::string_view body() const { return std::string_view(story_.received).substr(position_); }

  void check_replies() {
    for (exchange_ = 0; exchange_ < story_.messages.size(); ++exchange_) {
      const Message& message = story_.messages[exchange_];
      if (is_oversize(message)) {
        check_oversize(message);
        break;  // whatever follows on this connection is owed nothing either
      }
      // Cut off by the script, unless it waited for the reply: then the server didn't take it
      // whole.
      if (!message.complete && message.awaited == nullptr) break;
      check_reply(message);
      if (given_up_ || observed_.size() > kEnough) break;
    }
    given_up_ = given_up_ || observed_.size() > kEnough;
  }

  // A message that is over the limit is owed no reply; one may come where the profile leaves it
  // open.
  void check_oversize(const Message& message) {
    const std::string_view came = body();
    position_ = story_.received.size();
    if (profile_.limits.oversize == Oversize::kAnswer || came.empty()) return;
    const ExpectedReply& reply = message.sent->message->reply;
    const ReplyLook look = look_at(profile_, reply, came.substr(0, reply.size()));
    if (look.look == Look::kGarbage) return;  // an error message of the server's own
    Observed& one = add_for(message, Anomaly::kCutAnswered, Evidence::kBytes,
                            "a digest came for a message over the declared limit");
    one.expected = "no digest";
    one.received = in_quotes(came);
  }

  void check_reply(const Message& message) {
    const ExpectedReply& reply = message.sent->message->reply;
    if (reply.begins(body())) {
      if (take_false_start(message)) {
        check_reply(message);
      } else {
        take_right_reply(message, reply.size());
      }
      return;
    }
    if (message.awaited == nullptr) {
      given_up_ = true;  // nobody waited for it
      return;
    }
    if (body().empty()) {
      missing(message);
      return;
    }
    if (take_passed_over() || take_repeat(message) || take_false_start(message)) {
      check_reply(message);
      return;
    }
    const std::size_t unit = unit_size(message);
    if (unit == 0) {
      missing(message);
    } else {
      take_wrong_reply(message, unit);
    }
  }

  // Whether the byte that stands next came before the message had been sent whole.
  bool is_premature(const Message& message) const {
    return !message.complete || story_.arrival(position_) < *message.complete;
  }

  void take_right_reply(const Message& message, std::size_t size) {
    if (is_premature(message)) {
      Observed& one = add_for(message, Anomaly::kPremature, Evidence::kBytes,
                              "the reply began before the message was complete");
      one.received = in_quotes(body().substr(0, size));
    }
    if (came_late(message, position_ + size - 1)) {
      add_for(message, Anomaly::kLate, Evidence::kDeadline, late_words()).received =
          in_quotes(body().substr(0, size));
    }
    position_ += size;
    take_surplus(message);
  }

  // Takes the reply before once more where the right one stands behind it: then the server has
  // answered the message before twice, the second time too late to stand right behind the first.
  bool take_repeat(const Message& message) {
    if (exchange_ == 0) return false;
    const Message& before = story_.messages[exchange_ - 1];
    const ExpectedReply& reply = before.sent->message->reply;
    if (!reply.begins(body())) return false;
    if (!message.sent->message->reply.begins(body().substr(reply.size()))) return false;
    Observed& one = add_for(before, Anomaly::kExtraReply, Evidence::kSentinel,
                            "a second reply came to one message: the same digest");
    one.received = in_quotes(std::string(reply.bytes()) + std::string(reply.bytes()));
    position_ += reply.size();
    return true;
  }

  // Takes what came before the message was complete, be it the right digest of what was there of
  // it, where the right reply stands behind it: then the server has only begun too soon.
  bool take_false_start(const Message& message) {
    if (!message.complete || next_is_pipelined() || message.pipelined) return false;
    const std::size_t early = story_.received_before(*message.complete);
    if (early <= position_) return false;
    const std::string_view behind = std::string_view(story_.received).substr(early);
    if (!message.sent->message->reply.begins(behind)) return false;
    add_for(message, Anomaly::kPremature, Evidence::kBytes,
            "bytes came before the message was complete, and its reply behind them")
        .received = in_quotes(body().substr(0, early - position_));
    position_ = early;
    return true;
  }

  std::string late_words() const {
    return fmt::format("the reply came only after {}",
                       story_.half_closed ? "the client's half-close" : "a further message");
  }

  // Whether the wait for the message's reply had timed out when the byte at `offset` came.
  bool came_late(const Message& message, std::size_t offset) const {
    return has_timed_out(message) && story_.arrival(offset) > message.awaited_at;
  }

  // Bytes that stand behind a reply before the client went on: too many.
  void take_surplus(const Message& message) {
    const std::size_t border = arrived_before_next(message);
    if (border <= position_) return;
    const std::string_view extra =
        std::string_view(story_.received).substr(position_, border - position_);
    if (next_is_pipelined() && fits_next(extra)) return;
    if (take_passed_over()) {
      take_surplus(message);
      return;
    }
    report_surplus(message, extra);
    position_ = border;
  }

  bool next_is_pipelined() const {
    return exchange_ + 1 < story_.messages.size() && story_.messages[exchange_ + 1].pipelined;
  }

  bool fits_next(std::string_view bytes) const {
    const ExpectedReply& next = story_.messages[exchange_ + 1].sent->message->reply;
    return next.begins(bytes) || next.may_become(bytes);
  }

  void report_surplus(const Message& message, std::string_view extra) {
    const ReplyLook look = look_at(profile_, message.sent->message->reply, extra);
    const bool is_reply = look.look == Look::kExact || look.look == Look::kOtherDigest;
    const bool ended = story_.end != Story::End::kOpen;
    Observed& one =
        is_reply ? add_for(message, Anomaly::kExtraReply,
                           ended ? Evidence::kEndOfStream : Evidence::kSentinel,
                           "a second reply came to one message" + of_what(look, message))
                 : add_for(message, Anomaly::kSurplus,
                           ended ? Evidence::kEndOfStream : Evidence::kSentinel,
                           fmt::format("{} came behind the reply", size_in_words(extra.size())));
    one.received =
        in_quotes(std::string(message.sent->message->reply.bytes()) + std::string(extra));
  }

  std::string of_what(const ReplyLook& look, const Message& message) const {
    if (!look.digest) return "";
    const std::string what = *look.digest == message.sent->message->reply.digest
                                 ? "the same digest"
                                 : mistake(*look.digest, message);
    return what.empty() ? "" : ": " + what;
  }

  // How many of the received bytes had come when the message after `message` was begun; all of them
  // if there's none.
  std::size_t arrived_before_next(const Message& message) const {
    const auto next = static_cast<std::size_t>(&message - story_.messages.data()) + 1;
    if (next >= story_.messages.size() || story_.messages[next].begun == 0)
      return story_.received.size();
    return story_.received_before(story_.messages[next].begun);
  }

  // How many bytes of the body are to be looked at as the reply to `message`, which they don't
  // begin with; 0 if they belong to later messages.
  std::size_t unit_size(const Message& message) const {
    const std::string_view rest = body();
    if (!next_is_pipelined() && !message.pipelined) {
      const std::size_t border = arrived_before_next(message);
      return border > position_ ? border - position_ : 0;
    }
    const std::size_t horizon = std::min(story_.messages.size(), exchange_ + 1 + kLookAhead);
    for (std::size_t later = exchange_ + 1; later < horizon; ++later) {
      if (story_.messages[later].sent->message->reply.begins(rest)) return 0;
    }
    const ExpectedReply& reply = message.sent->message->reply;
    const std::string ending = profile_.reply.ending();
    if (!ending.empty() && !profile_.reply.repeats_message()) {
      const std::size_t at = rest.find(ending);
      if (at != std::string_view::npos) return at + ending.size();
    }
    return std::min(rest.size(), reply.size());
  }

  static bool has_timed_out(const Message& message) {
    return message.awaited != nullptr && message.awaited->came == Event::Came::kTimeout;
  }

  void missing(const Message& message) {
    // Bytes that stand here belong to later messages: this one's reply was left out.
    if (!body().empty()) {
      add_for(message, Anomaly::kNoReply, Evidence::kSentinel,
              "no reply to this message, though later ones were answered")
          .received = in_quotes(body());
      passed_over_.push_back({&message, observed_.size() - 1});
      return;
    }
    given_up_ = true;
    if (story_.end == Story::End::kOpen || has_timed_out(message)) {
      const char* const words = message.complete
                                    ? "no reply came in time"
                                    : "the server took no more of the message, and no reply came";
      add_for(message, Anomaly::kNoReply, Evidence::kDeadline, words).received = "nothing";
      return;
    }
    const bool reset = story_.end == Story::End::kReset;
    add_for(message, Anomaly::kClosedInstead, evidence_of_end(),
            fmt::format("the server {} the connection {}", reset ? "reset" : "closed",
                        message.complete ? "instead of replying" : "inside the message"))
        .received = reset ? "a reset" : "end of stream";
  }

  // Takes the reply to a message that was thought to have none; returns false if none stands next.
  bool take_passed_over() {
    for (auto one = passed_over_.begin(); one != passed_over_.end(); ++one) {
      const ExpectedReply& reply = one->message->sent->message->reply;
      if (!reply.begins(body())) continue;
      Observed& missed = observed_[one->place];
      missed.anomaly = Anomaly::kOrder;
      missed.evidence = Evidence::kBytes;
      missed.explanation = "the reply came behind that to a later message";
      position_ += reply.size();
      passed_over_.erase(one);
      return true;
    }
    return false;
  }

  void take_wrong_reply(const Message& message, std::size_t size) {
    const ExpectedReply& reply = message.sent->message->reply;
    const std::string_view unit = body().substr(0, size);
    const ReplyLook look = look_at(profile_, reply, unit);
    Observed& one =
        add_for(message, anomaly_of(look.look, message), Evidence::kBytes, look.explanation);
    one.received = in_quotes(unit);
    if (look.look == Look::kOtherDigest && look.digest)
      explain_digest(*look.digest, unit, message, &one);
    // What is there is right, but the rest never came.
    const bool is_cut_short = reply.may_become(unit);
    const bool ended = story_.end != Story::End::kOpen && !has_timed_out(message);
    if (is_cut_short) one.evidence = ended ? evidence_of_end() : Evidence::kDeadline;
    if (is_premature(message)) {
      one.explanation += "; it came before the message was complete";
      add_for(message, Anomaly::kPremature, Evidence::kBytes,
              "a reply began before the message was complete")
          .received = in_quotes(unit);
    }
    position_ += size;
    if (is_cut_short && ended && body().empty()) given_up_ = true;
    // In a pipeline one wrong reply leaves no telling where the next one begins.
    if (message.pipelined || next_is_pipelined())
      given_up_ = given_up_ || (!body().empty() && look.look != Look::kOtherDigest);
    if (given_up_) position_ = story_.received.size();
  }

  Anomaly anomaly_of(Look look, const Message& message) const {
    switch (look) {
      case Look::kOtherEncoding:
        return Anomaly::kEncoding;
      case Look::kExact:
      case Look::kSurplus:
        return Anomaly::kSurplus;
      case Look::kZerosMissing:
        return Anomaly::kZerosMissing;
      case Look::kTruncated:
        return Anomaly::kTruncated;
      case Look::kOtherDigest:
        return Anomaly::kOtherDigest;
      case Look::kGarbage:
        return Anomaly::kGarbage;
      case Look::kNothing:
        break;
    }
    (void)message;
    return Anomaly::kNoReply;
  }

  void explain_digest(const Digest& digest, std::string_view unit, const Message& message,
                      Observed* one) const {
    for (const Message& other : story_.messages) {
      // Behind a piece of another reply it may be what is left of several.
      const bool is_other = &other != &message && other.sent->message->reply.begins(unit);
      if (is_other && (message.pipelined || other.pipelined)) one->anomaly = Anomaly::kOrder;
    }
    one->of_another = is_due_to_another(digest);
    const std::string what = mistake(digest, message);
    one->of_unknown = what.empty();
    if (!what.empty()) one->explanation = what;
  }

  bool is_due_to_another(const Digest& digest) const {
    return std::any_of(all_.begin(), all_.end(), [&](const Story& story) {
      return story.connection != story_.connection &&
             std::any_of(story.messages.begin(), story.messages.end(), [&](const Message& other) {
               return other.sent->message->reply.digest == digest;
             });
    });
  }

  std::string mistake(const Digest& digest, const Message& message) const {
    if (message.sent->message->stream)
      return likely_mistake_of_large(digest, *message.sent->message->stream);
    MistakeContext context;
    context.message = message.sent->message->bytes;
    context.frame = message.sent->message->frame;
    for (const Message& other : story_.messages) {
      if (&other < &message) context.earlier.emplace_back(other.sent->message->bytes);
      if (&other > &message) context.others.emplace_back(other.sent->message->bytes);
    }
    for (const Story& story : all_) {
      if (story.connection == story_.connection) continue;
      for (const Message& other : story.messages)
        context.others.emplace_back(other.sent->message->bytes);
    }
    return likely_mistake(digest, context);
  }

  // Bytes behind the last reply that was due.
  void check_leftovers() {
    while (!given_up_ && take_passed_over()) {
    }
    if (body().empty() || given_up_) return;
    if (sent_only_raw(story_)) {
      check_answer_to_raw();
      return;
    }
    const bool cut = exchange_ < story_.messages.size() && !story_.messages[exchange_].complete;
    if (cut) {
      check_answer_to_cut(story_.messages[exchange_]);
    } else if (!story_.messages.empty() && exchange_ > 0) {
      report_surplus(story_.messages[exchange_ - 1], body());
    }
    // A reply to a half-close without any message is left open by the specification.
  }

  // What bytes below the framing deserve is left open, but for a length that is over the limit.
  void check_answer_to_raw() {
    if (!sends_too_long_a_length_) return;
    const ReplyLook look = look_at(profile_, profile_.reply.expect(md5(""), ""), body());
    if (look.look == Look::kGarbage) return;  // an error message of the server's own
    Observed& one = add(Anomaly::kCutAnswered, Evidence::kBytes,
                        "a digest came for a message whose length is over the declared limit");
    one.oversize = true;
    one.expected = "no digest";
    one.received = in_quotes(body());
  }

  void check_answer_to_cut(const Message& message) {
    const ReplyLook look = look_at(profile_, message.sent->message->reply, body());
    if (story_.fin && story_.arrival(position_) > *story_.fin) {
      if (look.look == Look::kGarbage) return;
      Observed& one = add_for(message, Anomaly::kFinAnswered, Evidence::kBytes,
                              "a digest came for a message that ended without close_notify");
      one.expected = "no digest";
      one.received = in_quotes(body());
      return;
    }
    if (!story_.half_closed || story_.arrival(position_) < *story_.half_closed) {
      add_for(message, Anomaly::kPremature, Evidence::kBytes,
              "the server answered before the message was complete")
          .received = in_quotes(body());
    } else if (look.look != Look::kGarbage) {
      Observed& one = add_for(message, Anomaly::kCutAnswered, Evidence::kBytes,
                              "a digest came for a message that was cut off");
      one.expected = "no digest";
      one.received = in_quotes(body());
      const std::string what = look.digest ? mistake(*look.digest, message) : "";
      one.of_unknown = what.empty();
      if (!what.empty()) one.explanation += ": " + what;
    }
  }

  void check_end() {
    if (story_.end == Story::End::kFlood) {
      add(Anomaly::kSurplus, Evidence::kBytes,
          "far more bytes came than any reply has; the rest was left unread")
          .received = in_quotes(story_.received);
      return;
    }
    if (given_up_ || came_before_end(story_.told_to_end)) return;
    check_early_close();
    check_not_closed();
    check_reset();
  }

  void check_early_close() {
    if (story_.end == Story::End::kOpen) return;
    const bool unasked = ended_unasked();
    if (!unasked && !is_too_early()) return;
    exchange_ = unasked ? 0 : story_.messages.size();
    Observed& one = add(
        Anomaly::kEarlyClose, evidence_of_end(),
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
    if (!profile_.many() || sent_only_raw(story_) || came_before_end(story_.half_closed) ||
        came_before_end(story_.fin) || came_before_end(story_.left))
      return false;
    return story_.messages.empty() || (story_.messages.back().complete && !any_is_oversize(story_));
  }

  void check_not_closed() {
    if (story_.end != Story::End::kOpen || story_.fin) return;
    for (const Event* wait : story_.waits) {
      if (wait->awaited != Event::Awaited::kEnd || wait->came != Event::Came::kTimeout) continue;
      Observed& one =
          add(Anomaly::kNotClosed, Evidence::kDeadline,
              story_.half_closed ? "the server didn't close its side after the client's half-close"
                                 : "the server didn't close the connection");
      one.oversize = any_is_oversize(story_);
      one.expected = "end of stream";
      one.received = "the connection stays open";
      return;
    }
  }

  void check_reset() {
    const bool all_read = story_.messages.empty() || story_.messages.back().complete;
    const bool asked_for = story_.send_failed || sent_only_raw(story_) || !all_read ||
                           came_before_end(story_.left) || came_before_end(story_.fin);
    if (story_.end != Story::End::kReset || asked_for) return;
    if (any_is_oversize(story_)) return;
    Observed& one =
        add(Anomaly::kReset, Evidence::kReset,
            "the server ended the connection with a reset, though it had left nothing unread");
    one.expected = "end of stream (FIN)";
    one.received = "a reset (RST)";
  }

  const Profile& profile_;
  const bool sends_too_long_a_length_;  // where the case sends raw bytes
  const Story& story_;
  const std::vector<Story>& all_;
  std::vector<Observed> observed_;
  std::size_t position_ = 0;  // in the received bytes: all before it is accounted for
  std::size_t exchange_ = 0;
  bool given_up_ = false;  // nothing more can be told of the replies
  // Messages without a reply, though later ones have theirs, and where they stand in observed_.
  struct PassedOver {
    const Message* message;
    std::size_t place;
  };
  std::vector<PassedOver> passed_over_;
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
