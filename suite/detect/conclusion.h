// From what a server did to a profile of it, with how sure each key is.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "detect/formats.h"
#include "detect/reply_shape.h"

namespace md5spec {

enum class Certainty {
  kSure,     // seen, and all else that is known would have shown otherwise
  kLikely,   // seen, but something else would explain it too, or something speaks against it
  kAssumed,  // not tried
};
std::string_view name_of(Certainty certainty);

struct KeyFinding {
  std::string key;
  std::string value;  // as it stands in the profile
  Certainty certainty = Certainty::kAssumed;
  std::string because;  // printable
};

// What exchanges showed, once it was known how to make them.
struct Trials {
  enum class Answer {
    kUntried,
    kRight,
    kWrong,    // a reply, but another
    kRefused,  // none
  };
  Answer empty = Answer::kUntried;
  Answer binary = Answer::kUntried;
  Accepts accepts;                     // the widest that was answered rightly
  std::optional<std::uint64_t> split;  // unframed: the most that counted as one message
  bool split_seen = false;             // a longer one was cut there; otherwise none was tried
  unsigned connections = 0;            // served at once; 0: untried
  bool more_refused = false;           // and one more wasn't
};

struct Conclusion {
  Profile profile;
  std::vector<KeyFinding> keys;     // in the order of the profile's file
  std::vector<std::string> doubts;  // what a run will complain about, or nothing explains
};

// The replies whose message is known under the format, each whole.
std::vector<ReplySample> samples_in(const Format& format, const std::vector<Observation>& seen);

// Whether enough was seen to tell the format from a server that takes reads for messages, or that
// was right by chance: two replies on a connection, or two connections if that's all they have.
bool is_confirmed(const Format& format, const std::vector<Observation>& seen);

// `formats`: those that explain what was seen, at least one; the first is taken. `seen`: all of it,
// also what none of them explains.
Conclusion conclude(const std::vector<Format>& formats, const std::vector<Observation>& seen,
                    const std::optional<ReplyTemplate>& reply, const Trials& trials);

}  // namespace md5spec
