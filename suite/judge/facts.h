// What a server may do where the specification leaves it open: the words in which a fingerprint
// tells it.
#pragma once

#include <string_view>
#include <vector>

namespace md5spec {

// What a server has to do something about, one way or another.
enum class Situation {
  kHalfCloseWithoutData,
  kCutMessage,
  kMessageOverLimit,
  kEndAfterHalfClose,
  kEndByItself,
  kTlsEnd,
  kReply,
  kPipelinedReplies,
};

enum class Reaction {
  kFin,
  kReset,
  kAnswer,
  kStaysOpen,
  kCloseNotify,
  kNoCloseNotify,
  kOnePiece,
  kTwoPieces,
  kMorePieces,
  kJoined,
  kApart,
};

struct SituationSpec {
  Situation situation;
  std::string_view name;   // in the JSON report
  std::string_view title;  // for people
  std::vector<Reaction> reactions;
};

// All there are, in the order in which reports show them.
const std::vector<SituationSpec>& situations();

std::string_view name_of(Reaction reaction);
std::string_view in_words(Reaction reaction);

}  // namespace md5spec
