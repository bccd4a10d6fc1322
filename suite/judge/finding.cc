#include "judge/finding.h"

namespace md5spec {

std::string_view name_of(Anomaly anomaly) {
  switch (anomaly) {
    case Anomaly::kRefused:
      return "refused";
    case Anomaly::kUnsecured:
      return "unsecured";
    case Anomaly::kUntrusted:
      return "untrusted";
    case Anomaly::kNoHandshake:
      return "no_handshake";
    case Anomaly::kBannerWrong:
      return "banner_wrong";
    case Anomaly::kEarlyBytes:
      return "early_bytes";
    case Anomaly::kEncoding:
      return "encoding";
    case Anomaly::kSurplus:
      return "surplus";
    case Anomaly::kTruncated:
      return "truncated";
    case Anomaly::kZerosMissing:
      return "zeros_missing";
    case Anomaly::kOtherDigest:
      return "other_digest";
    case Anomaly::kGarbage:
      return "garbage";
    case Anomaly::kNoReply:
      return "no_reply";
    case Anomaly::kClosedInstead:
      return "closed_instead";
    case Anomaly::kLate:
      return "late";
    case Anomaly::kPremature:
      return "premature";
    case Anomaly::kExtraReply:
      return "extra_reply";
    case Anomaly::kOrder:
      return "order";
    case Anomaly::kEarlyClose:
      return "early_close";
    case Anomaly::kNotClosed:
      return "not_closed";
    case Anomaly::kReset:
      return "reset";
    case Anomaly::kCutAnswered:
      return "cut_answered";
    case Anomaly::kFinAnswered:
      return "fin_answered";
    case Anomaly::kBareAnswered:
      return "bare_answered";
    case Anomaly::kOldVersion:
      return "old_version";
    case Anomaly::kStaysUp:
      return "stays_up";
    case Anomaly::kBadExit:
      return "bad_exit";
    case Anomaly::kLeaks:
      return "leaks";
    case Anomaly::kHoards:
      return "hoards";
    case Anomaly::kDied:
      return "died";
  }
  return "no_reply";
}

const std::vector<Anomaly>& all_anomalies() {
  static const std::vector<Anomaly> all = {
      Anomaly::kRefused,     Anomaly::kUnsecured,     Anomaly::kUntrusted,   Anomaly::kNoHandshake,
      Anomaly::kBannerWrong, Anomaly::kEarlyBytes,    Anomaly::kEncoding,    Anomaly::kSurplus,
      Anomaly::kTruncated,   Anomaly::kZerosMissing,  Anomaly::kOtherDigest, Anomaly::kGarbage,
      Anomaly::kNoReply,     Anomaly::kClosedInstead, Anomaly::kLate,        Anomaly::kPremature,
      Anomaly::kExtraReply,  Anomaly::kOrder,         Anomaly::kEarlyClose,  Anomaly::kNotClosed,
      Anomaly::kReset,       Anomaly::kCutAnswered,   Anomaly::kFinAnswered, Anomaly::kBareAnswered,
      Anomaly::kOldVersion,  Anomaly::kStaysUp,       Anomaly::kBadExit,     Anomaly::kLeaks,
      Anomaly::kHoards,      Anomaly::kDied};
  return all;
}

std::string_view name_of(Evidence evidence) {
  switch (evidence) {
    case Evidence::kBytes:
      return "bytes";
    case Evidence::kEndOfStream:
      return "end_of_stream";
    case Evidence::kSentinel:
      return "sentinel";
    case Evidence::kReset:
      return "reset";
    case Evidence::kSilence:
      return "silence";
    case Evidence::kDeadline:
      return "deadline";
    case Evidence::kConnect:
      return "connect";
    case Evidence::kProcess:
      return "process";
  }
  return "bytes";
}

}  // namespace md5spec
