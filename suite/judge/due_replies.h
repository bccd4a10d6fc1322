// What came on a connection against the replies that were due on it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "judge/connection_notes.h"
#include "judge/reply_look.h"

namespace md5spec {

class DueReplies {
 public:
  // Before `position` of the received bytes all is accounted for.
  DueReplies(ConnectionNotes& notes, std::size_t position);

  // Notes what isn't as it was due, bytes behind the last reply included. Returns false where it
  // had to give up, so that nothing can be told of the connection's end.
  bool check();

 private:
  using Message = Story::Message;

  // Messages without a reply, though later ones have theirs, and where the notes on them stand.
  struct PassedOver {
    const Message* message;
    std::size_t place;
  };

  std::string_view body() const { return std::string_view(story_.received).substr(position_); }
  void check_replies();
  // A message that is over the limit is owed no reply; one may come where the profile leaves it
  // open.
  void check_oversize(const Message& message);
  void check_reply(const Message& message);
  // Whether the byte that stands next came before the message had been sent whole.
  bool is_premature(const Message& message) const;
  void take_right_reply(const Message& message, std::size_t size);
  // Takes the reply before once more where the right one stands behind it: then the server has
  // answered the message before twice, the second time too late to stand right behind the first.
  bool take_repeat(const Message& message);
  // Takes the banner where it stands once more before the first reply, which is right.
  bool take_second_banner(const Message& message);
  // Takes what came before the message was complete, be it the right digest of what was there of
  // it, where the right reply stands behind it: then the server has only begun too soon.
  bool take_false_start(const Message& message);
  std::string late_words() const;
  // Whether the wait for the message's reply had timed out when the byte at `offset` came.
  bool came_late(const Message& message, std::size_t offset) const;
  // Bytes that stand behind a reply before the client went on: too many.
  void take_surplus(const Message& message);
  // Unframed, whether an earlier message was still unanswered when the client went on: a server
  // that is late reads several as one, and no digest that comes then is wrong.
  bool may_be_of_several() const;
  bool was_left_unanswered(const Message& message) const;
  // Whether the body begins with the reply to a later message.
  bool is_answered_later() const;
  void give_up();
  bool next_is_pipelined() const;
  bool fits_next(std::string_view bytes) const;
  void report_surplus(const Message& message, std::string_view extra);
  // How many of the received bytes had come when the message after `message` was begun; all of them
  // if there's none.
  std::size_t arrived_before_next(const Message& message) const;
  // How many bytes of the body are to be looked at as the reply to `message`, which they don't
  // begin with; 0 if they belong to later messages.
  std::size_t unit_size(const Message& message) const;
  // In a pipeline, how much of the reply that is due stands before the beginning of the next one; 0
  // unless it's cut short there.
  std::size_t size_before_next() const;
  bool next_begins(std::string_view bytes) const;
  static bool has_timed_out(const Message& message);
  // Whether its reply, which no other message has, is among what came behind.
  bool comes_later(const Message& message) const;
  void missing(const Message& message);
  // Takes the reply to a message that was thought to have none; returns false if none stands next.
  bool take_passed_over();
  void take_wrong_reply(const Message& message, std::size_t size);
  static Anomaly anomaly_of(Look look);

  // due_replies_leftovers.cc: what a wrong digest is of, and bytes behind the last reply that was
  // due

  void explain_digest(const Digest& digest, std::string_view unit, const Message& message,
                      Observed* one) const;
  bool is_due_to_another(const Digest& digest) const;
  // Whether among those bytes is a reply that is due on another connection, other than `own`.
  bool holds_anothers(std::string_view unit, const Digest& own) const;
  std::string mistake(const Digest& digest, const Message& message) const;
  std::string of_what(const ReplyLook& look, const Message& message) const;
  // Bytes behind the last reply that was due.
  void check_leftovers();
  // What bytes below the framing deserve is left open, but for a length that is over the limit.
  void check_answer_to_raw();
  void check_answer_to_cut(const Message& message);

  ConnectionNotes& notes_;
  const Profile& profile_;
  const Story& story_;
  const std::vector<Story>& all_;
  std::size_t position_;
  std::size_t exchange_ = 0;
  bool given_up_ = false;  // nothing more can be told of the replies
  std::vector<PassedOver> passed_over_;
};

}  // namespace md5spec
