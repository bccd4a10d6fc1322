// What a judge says of a case.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wire/transcript.h"

namespace md5spec {

// The ways in which a server's behaviour can differ from what was due. Which requirement that
// breaks is decided in judge/blame.
enum class Anomaly {
  kRefused,      // no connection could be had
  kUnsecured,    // the server turned the TLS handshake down
  kUntrusted,    // it showed no valid certificate
  kNoHandshake,  // it didn't take part in one: silence, or the connection's end
  kBannerWrong,  // the banner is missing or another
  kEarlyBytes,   // bytes past the banner before anything was sent
  kEncoding,     // the right digest in another letter case or encoding
  kSurplus,    // the right digest with bytes too many, or without its surroundings; bytes after the
               // last reply
  kTruncated,  // the right reply, but cut short
  kZerosMissing,   // the right digest but for zero digits
  kOtherDigest,    // a well-formed digest of something else
  kGarbage,        // no digest at all
  kNoReply,        // silence until the deadline
  kClosedInstead,  // the connection's end instead of a reply
  kLate,           // a reply, but only after half-close or a further message
  kPremature,      // bytes of a reply before its message was complete
  kExtraReply,     // more replies than messages
  kOrder,          // replies in another order than their messages
  kEarlyClose,     // the connection's end though the client had more to send
  kNotClosed,      // no end of stream though it was due
  kReset,          // a reset where an orderly end was due
  kCutAnswered,    // a digest for a message that was cut off
  kFinAnswered,    // a digest for a message that TCP's end alone had ended, where TLS has its own
  kBareAnswered,   // a digest for a message that came without TLS
  kOldVersion,     // a version of TLS agreed to that is older than 1.2
  // Of the server's process:
  kStaysUp,  // it runs on though it was told to end
  kBadExit,  // it ended as told, but with a status that tells of a failure
  kLeaks,    // it takes up more with every connection
  kHoards,   // it grows by a large part of a message
  kDied,     // it ended though nobody had told it to
};

// A word for it, and all that have one.
std::string_view name_of(Anomaly anomaly);
const std::vector<Anomaly>& all_anomalies();

// What a finding rests on.
enum class Evidence {
  kBytes,
  kEndOfStream,
  kSentinel,
  kReset,
  kSilence,
  kDeadline,
  kConnect,
  kProcess
};

std::string_view name_of(Evidence evidence);

struct Finding {
  std::string requirement;  // that it breaks
  Anomaly anomaly = Anomaly::kNoReply;
  Evidence evidence = Evidence::kBytes;
  std::string expected;     // printable
  std::string received;     // printable
  std::string explanation;  // what it looks like, in words
  int connection = 0;       // the transcript's number
  // The requirement that such a thing breaks as a rule; the same as `requirement` unless the case
  // judges this itself.
  std::string usually;
  // Other requirements that, were they broken, would account for it (judge/blame).
  std::vector<std::string> causes;
  std::uint64_t size = 0;     // of the message that it is about
  std::uint64_t largest = 0;  // of the connection's messages up to that
  bool in_control = false;
  bool half_closed = false;  // by the client, before that
  bool turned_away = false;  // the client got the connection's end instead of any service
  bool died = false;         // the server's process had ended by the case's end, though unasked

  // Whether it could be otherwise had one waited longer.
  bool rests_on_time() const {
    return evidence == Evidence::kSilence || evidence == Evidence::kDeadline;
  }
};

// A case by itself; what other cases found comes in later (judge/resolve).
struct Judgement {
  std::vector<Finding> findings;      // of requirements that the case judges
  std::vector<Finding> observations;  // of others
  // Observations on account of which the case can't tell what it set out to.
  std::vector<Finding> impediments;
  // What isn't the case's business and doesn't keep it from telling: a reply that isn't as
  // declared, and what went wrong beside other cases but not when the case was carried out once
  // more, alone. Whatever is broken accounts for that; if nothing does, it's the case's own
  // finding.
  std::vector<Finding> oddities;
  Hindrance hindrance;             // why it couldn't be tried, through no fault of the server's
  std::vector<std::string> notes;  // "did 412 of 1000 rounds in the time budget"

  bool rests_on_time() const;
};

}  // namespace md5spec
