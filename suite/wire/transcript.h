// What happened while a case was carried out: all that a verdict rests on, and nothing that isn't
// recorded here counts.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "catalogue/planned_case.h"

namespace md5spec {

// How the server's process ended.
struct ProcessEnd {
  int status = 0;  // unless `signal` isn't 0: then it was killed by that
  int signal = 0;
  bool status_counts = true;  // it's the server's own, not a wrapper's
  std::string printed;        // the last of what it wrote to its standard output and error
};

struct Event {
  enum class Kind {
    kConnect,  // the client begins to connect
    kConnected,
    kConnectFailed,    // `data`: why
    kSecured,          // the TLS handshake is done; `data`: the version
    kHandshakeFailed,  // `data`: why; `came`: by the connection's end, by time, or by what came
    kClientHello,      // what is sent next is one made by hand; `data`: the version it offers
    kSend,             // `bytes` more of the connection's outgoing stream were handed to the system
    kSendFailed,       // `data`: why
    kSendStalled,  // the system takes no more for now: the server doesn't read, or not fast enough
    kReceive,      // `data` came
    kHalfClose,    // the client ended its direction, over TLS with close_notify
    kFin,          // the client ended its direction of TCP, but sent no close_notify
    kClose,        // the client closed
    kReset,        // the client reset the connection
    kPeerEnd,      // the server's end of stream; over TLS `data` says whether it had close_notify
    kPeerReset,    // the server reset the connection
    kFlood,        // more came than a conforming server could send; reading stopped there
    kAwait,        // a wait that began at `since` ended now: see `awaited` and `came`
    kPause,        // the client did nothing on purpose from `since` until now
    // Of the server's process, where md5spec started it; `connection` is kNoConnection.
    kMeasured,      // it held `descriptors`, and `bytes` of memory
    kTerminated,    // it was sent SIGTERM
    kProcessEnded,  // see `process_end`
  };
  // What a wait was for.
  enum class Awaited { kNothing, kBanner, kReplies, kSilence, kEnd, kStall, kProcessEnd };
  // How it ended.
  enum class Came {
    kExpected,    // what was waited for
    kUnexpected,  // something else
    kEnded,       // the connection's end
    kTimeout,     // nothing more until the deadline
    kUntrusted,   // a certificate that isn't valid
  };

  Duration at{};  // since the case began
  int connection = 0;
  Kind kind = Kind::kConnect;
  std::uint64_t bytes = 0;
  std::string data;
  Duration since{};
  Awaited awaited = Awaited::kNothing;
  Came came = Came::kExpected;
  std::uint64_t descriptors = 0;
  std::shared_ptr<const ProcessEnd> process_end;

  static constexpr int kNoConnection = -1;
};

// Which part of a script a connection belongs to.
enum class Scope { kCase, kControl, kLiveness };

struct ConnectionRecord {
  Scope scope = Scope::kCase;
  std::string name;     // in the script
  unsigned member = 0;  // of several connections of one name
  std::uint64_t round = 0;
  int local_port = 0;  // 0: never connected
  bool bare = false;   // without TLS, though the profile has it: nothing is due there
};

// A message that was sent, or begun, on a connection: bytes [begin, end) of the connection's
// outgoing stream.
struct SentMessage {
  int connection = 0;
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  std::shared_ptr<const PlannedMessage> message;
};

// Why a case couldn't be tried, through no fault of the server's.
struct Hindrance {
  enum class Kind {
    kNone,
    kEnvironment,
    kSegmentTooSmall,
    kTlsTooOld,
    kInterrupted,
    kNotClaimed,  // the server didn't take a message that its profile doesn't say it takes
  } kind = Kind::kNone;
  std::string reason;
};

struct Transcript {
  std::vector<ConnectionRecord> connections;  // a connection's number is its place here
  std::vector<SentMessage> messages;          // in the order in which they were begun
  std::vector<Event> events;                  // in the order in which they happened
  Duration duration{};
  Duration waited{};              // of that, waiting for the server or pausing on purpose
  Duration worst_lag{};           // the longest that the suite's own loop came late
  bool out_of_time = false;       // the case's deadline ended it
  std::uint64_t rounds_done = 0;  // of a repeated block
  std::uint64_t rounds_wanted = 0;
  Hindrance hindrance;
  // Which exchange before all cases it is of (conduct/probe); empty: a case's own.
  std::string preflight;
};

}  // namespace md5spec
