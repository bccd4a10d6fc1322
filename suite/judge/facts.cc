#include "judge/facts.h"

namespace md5spec {

const std::vector<SituationSpec>& situations() {
  using enum Reaction;
  static const std::vector<Reaction> kAny = {kFin, kReset, kAnswer, kStaysOpen};
  static const std::vector<SituationSpec> kAll = {
      {Situation::kHalfCloseWithoutData, "half_close_without_data",
       "When a client half-closes without having sent anything", kAny},
      {Situation::kCutMessage, "cut_message", "When a message is cut off by a half-close", kAny},
      {Situation::kMessageOverLimit, "message_over_limit",
       "When a message is over the declared limit", kAny},
      {Situation::kEndAfterHalfClose,
       "end_after_half_close",
       "How it ends a connection that the client has half-closed",
       {kFin, kReset}},
      {Situation::kEndByItself,
       "end_by_itself",
       "How it ends a connection before the client does",
       {kFin, kReset}},
      {Situation::kTlsEnd, "tls_end", "How it ends TLS", {kCloseNotify, kNoCloseNotify}},
      {Situation::kReply,
       "reply_arrives_in",
       "A reply arrives in",
       {kOnePiece, kTwoPieces, kMorePieces}},
      {Situation::kPipelinedReplies,
       "pipelined_replies_arrive",
       "The replies to a pipeline arrive",
       {kJoined, kApart}},
  };
  return kAll;
}

std::string_view name_of(Reaction reaction) {
  switch (reaction) {
    case Reaction::kFin:
      return "fin";
    case Reaction::kReset:
      return "reset";
    case Reaction::kAnswer:
      return "answer";
    case Reaction::kStaysOpen:
      return "stays_open";
    case Reaction::kCloseNotify:
      return "close_notify";
    case Reaction::kNoCloseNotify:
      return "no_close_notify";
    case Reaction::kOnePiece:
      return "one_piece";
    case Reaction::kTwoPieces:
      return "two_pieces";
    case Reaction::kMorePieces:
      return "more_pieces";
    case Reaction::kJoined:
      return "joined";
    case Reaction::kApart:
      return "apart";
  }
  return "fin";
}

std::string_view in_words(Reaction reaction) {
  switch (reaction) {
    case Reaction::kFin:
      return "close";
    case Reaction::kReset:
      return "reset";
    case Reaction::kAnswer:
      return "answer";
    case Reaction::kStaysOpen:
      return "leave it open";
    case Reaction::kCloseNotify:
      return "close_notify";
    case Reaction::kNoCloseNotify:
      return "without close_notify";
    case Reaction::kOnePiece:
      return "one piece";
    case Reaction::kTwoPieces:
      return "two pieces";
    case Reaction::kMorePieces:
      return "more pieces";
    case Reaction::kJoined:
      return "joined";
    case Reaction::kApart:
      return "one by one";
  }
  return "close";
}

}  // namespace md5spec
