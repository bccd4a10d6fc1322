// What went otherwise than the profile and the script had it, on one connection. Which requirement
// that breaks, and whether it's the case's to say so, is decided elsewhere (judge/blame).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "judge/finding.h"
#include "judge/story.h"

namespace md5spec {

// An anomaly with what blame depends on.
struct Observed {
  Anomaly anomaly = Anomaly::kNoReply;
  Evidence evidence = Evidence::kBytes;
  int connection = 0;
  Scope scope = Scope::kCase;
  bool first = true;         // of the connection's exchanges
  bool after_pause = false;  // the client had paused right before
  bool dawdled = false;      // time had passed on its side, by the script or for a busy machine
  bool pipelined = false;
  bool half_closed = false;       // the client had ended its direction by then
  bool later_connection = false;  // others of the same script had been served before
  bool oversize = false;          // the message was over the declared limit
  bool at_shutdown = false;       // the message was completed once the server had been told to end
  bool in_company = false;        // the case had several connections under way
  // Of the message that it is about, if it is about one.
  enum class Content { kNone, kEmpty, kPlain, kAnyBytes } content = Content::kNone;
  std::uint64_t size = 0;
  std::uint64_t largest = 0;        // the largest message of the connection until then
  bool in_pieces = false;           // it was sent in several, or hadn't been sent whole yet
  bool boundary_in_pieces = false;  // so was its length or its delimiter
  bool of_another = false;          // the digest is that of another connection's message
  bool among_mixed = false;         // elsewhere in the case such a one came
  bool of_unknown = false;          // the digest is that of nothing that can be told
  bool premature = false;           // it began before the message was complete
  // How another client of the case had vanished by then.
  Story::Vanished vanished = Story::Vanished::kNo;
  bool by_sigpipe = false;        // the server was killed for writing to a client that was gone
  bool unsecured_before = false;  // another client of the case made no good TLS handshake
  // Another client of the case sent, or announced, more than the declared limit.
  bool oversize_before = false;
  std::string expected;
  std::string received;
  std::string explanation;
};

// How a client of the case, other than `except`, has vanished before `moment`.
Story::Vanished vanished_before(Moment moment, const std::vector<Story>& all,
                                const Story* except = nullptr);

// Whether the handshake of a client of the case, other than `except`, came to nothing: it sent
// none, a broken one or one of an old version, or left within it.
bool unsecured_one(const std::vector<Story>& all, const Story* except = nullptr);

// `others`: the messages of all connections of the case, for telling what a wrong digest is the
// digest of.
std::vector<Observed> observe(const PlannedCase& planned, const Story& story,
                              const std::vector<Story>& all);

}  // namespace md5spec
