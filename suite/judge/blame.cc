#include "judge/blame.h"

#include <algorithm>
#include <functional>
#include <initializer_list>
#include <map>
#include <set>

namespace md5spec {
namespace {

// Bytes: servers that read once a message do so into buffers of a kilobyte or more.
constexpr std::uint64_t kMoreThanARead = 1024;

bool is_one_of(Anomaly anomaly, std::initializer_list<Anomaly> several) {
  return std::find(several.begin(), several.end(), anomaly) != several.end();
}

bool wrong_digest(const Observed& o) { return is_wrong_digest(o.anomaly); }

bool unanswered(const Observed& o) {
  return is_one_of(o.anomaly, {Anomaly::kNoReply, Anomaly::kClosedInstead});
}

bool unserved(const Observed& o) {
  return unanswered(o) || is_one_of(o.anomaly, {Anomaly::kRefused, Anomaly::kNoHandshake});
}

// Turned away by the other side's TCP, as happens to a burst of connects; not for want of an
// answer.
bool turned_away_by_tcp(const Observed& o) {
  const bool reset = is_one_of(o.anomaly, {Anomaly::kEarlyClose, Anomaly::kClosedInstead}) &&
                     o.evidence == Evidence::kReset && o.first;
  const bool refused = o.anomaly == Anomaly::kRefused && o.evidence == Evidence::kConnect;
  return o.scope == Scope::kCase && (reset || refused);
}

bool first_digest(const Observed& o) {
  return o.first && o.scope == Scope::kCase && (wrong_digest(o) || unanswered(o));
}

bool digest_of_pieces(const Observed& o) {
  return o.scope == Scope::kCase && (wrong_digest(o) || unanswered(o));
}

bool vanished(const Observed& o) { return o.vanished != Story::Vanished::kNo; }

// What a server can't do that doesn't go on for others once a client has vanished.
std::vector<std::string> survival(const Observed& o) {
  if (o.vanished == Story::Vanished::kWithReplyDue) return {"RES-1", "RES-2"};
  return {"RES-1"};
}

std::string breaker_of_life(const Observed& o) {
  if (o.by_sigpipe) return "RES-2";
  switch (o.vanished) {
    case Story::Vanished::kReset:
      return "RES-1";
    case Story::Vanished::kWithReplyDue:
      return "RES-2";
    case Story::Vanished::kNo:
      break;
  }
  return o.unsecured_before ? "SEC-5" : "CON-5";
}

bool not_alive(const Observed& o) { return o.scope == Scope::kLiveness && unserved(o); }

// Once a client has vanished, there's no service for others, or nobody accepts them any more.
bool outlived_by_none(const Observed& o) {
  const bool refused = o.scope == Scope::kCase && o.anomaly == Anomaly::kRefused;
  return vanished(o) && (not_alive(o) || refused);
}

// For each requirement that can be broken in more ways than its looks tell: what counts.
const std::map<std::string, std::function<bool(const Observed&)>, std::less<>>& owned() {
  static const std::map<std::string, std::function<bool(const Observed&)>, std::less<>> table = {
      {"CON-5",
       [](const Observed& o) {
         // Even the first connection is a later one: there has been an exchange before all cases.
         const bool closed = o.anomaly == Anomaly::kEarlyClose;
         return o.first && o.scope == Scope::kCase && (unserved(o) || closed);
       }},
      {"CON-6",
       [](const Observed& o) {
         const bool no_answer =
             unserved(o) || is_one_of(o.anomaly, {Anomaly::kEarlyClose, Anomaly::kLate});
         return o.after_pause && no_answer;
       }},
      {"SEC-1",
       [](const Observed& o) {
         return o.scope == Scope::kCase && o.anomaly == Anomaly::kNoHandshake;
       }},
      {"DIG-1", first_digest},
      {"DIG-2", first_digest},
      {"DIG-3",
       [](const Observed& o) {
         const bool empty = o.content == Observed::Content::kEmpty;
         return first_digest(o) || (empty && o.scope == Scope::kCase && unanswered(o));
       }},
      {"DIG-4", first_digest},
      {"DIG-5", first_digest},
      {"DIG-6",
       [](const Observed& o) { return !o.first && o.scope == Scope::kCase && wrong_digest(o); }},
      {"SEQ-1",
       [](const Observed& o) {
         const bool closed = o.anomaly == Anomaly::kClosedInstead && o.half_closed;
         return !o.first && (o.anomaly == Anomaly::kNoReply || closed);
       }},
      {"SEQ-2", [](const Observed& o) { return o.scope == Scope::kCase && unanswered(o); }},
      {"STR-1", digest_of_pieces},
      {"STR-2", digest_of_pieces},
      {"STR-3", digest_of_pieces},
      {"STR-4", digest_of_pieces},
      {"CNC-1",
       [](const Observed& o) {
         const bool closed = o.anomaly == Anomaly::kEarlyClose && o.first;
         return o.scope == Scope::kCase && (unserved(o) || o.anomaly == Anomaly::kLate || closed);
       }},
      {"CNC-2",
       [](const Observed& o) {
         const bool mixed =
             wrong_digest(o) || is_mere_look(o.anomaly) || o.anomaly == Anomaly::kOrder;
         return o.scope == Scope::kCase && mixed;
       }},
      {"CNC-3",
       [](const Observed& o) {
         const bool survives_neighbour = o.scope == Scope::kLiveness && vanished(o);
         return (unserved(o) && !survives_neighbour) || o.anomaly == Anomaly::kLate;
       }},
      {"CNC-4", turned_away_by_tcp},
      {"RES-1",
       [](const Observed& o) {
         // With a reply due it may be what RES-2 is about.
         return not_alive(o) && o.vanished != Story::Vanished::kWithReplyDue;
       }},
      {"RES-2", not_alive},
      {"RES-3", not_alive},
      {"RES-4",
       [](const Observed& o) { return o.anomaly == Anomaly::kCutAnswered && !o.oversize; }},
      {"RES-5", not_alive},
      {"RES-6",
       [](const Observed& o) {
         return o.scope == Scope::kCase && (unanswered(o) || wrong_digest(o));
       }},
      {"RES-7", [](const Observed& o) { return o.at_shutdown && unanswered(o); }},
      {"RES-10",
       [](const Observed& o) {
         return o.oversize && is_one_of(o.anomaly, {Anomaly::kCutAnswered, Anomaly::kNotClosed});
       }},
      {"SEC-5", unserved},
  };
  return table;
}

std::string breaker_of_close(const Observed& o, const Profile& profile) {
  if (o.first) return o.anomaly == Anomaly::kEarlyClose ? "CON-1" : "DIG-1";
  if (!profile.many()) return "DIG-1";
  // Behind the client's half-close the connection may end, but not without the reply.
  return o.half_closed ? "SEQ-1" : "CON-4";
}

}  // namespace

std::string usual_requirement(const Observed& o, const Profile& profile) {
  if (o.at_shutdown && unanswered(o)) return "RES-7";
  if (outlived_by_none(o)) return breaker_of_life(o);  // whatever the case is about
  switch (o.anomaly) {
    case Anomaly::kRefused:
      return "CON-5";  // there has been an exchange before all cases
    case Anomaly::kUnsecured:
    case Anomaly::kUntrusted:
      return "SEC-1";
    case Anomaly::kNoHandshake:
      return o.later_connection ? "CON-5" : "SEC-1";
    case Anomaly::kFinAnswered:
      return "SEC-4";
    case Anomaly::kBareAnswered:
      return "SEC-3";
    case Anomaly::kOldVersion:
      return "SEC-2";
    case Anomaly::kBannerWrong:
    case Anomaly::kEarlyBytes:
      return "CON-2";
    case Anomaly::kEncoding:
      return "REP-1";
    case Anomaly::kSurplus:
    case Anomaly::kTruncated:
      return "REP-2";
    case Anomaly::kZerosMissing:
      return "REP-3";
    case Anomaly::kLate:
      return "REP-4";
    case Anomaly::kPremature:
      return profile.framed() ? "REP-5" : "REP-2";
    case Anomaly::kExtraReply:
    case Anomaly::kOrder:
      return profile.many() ? "SEQ-1" : "REP-2";
    case Anomaly::kNotClosed:
      if (o.oversize) return "RES-10";
      return o.half_closed ? "CON-3" : "CON-4";
    case Anomaly::kReset:
      return "CON-7";
    case Anomaly::kCutAnswered:
      return o.oversize ? "RES-10" : "RES-4";
    case Anomaly::kEarlyClose:
    case Anomaly::kClosedInstead:
      return breaker_of_close(o, profile);
    case Anomaly::kNoReply:
      return o.first ? "DIG-1" : "SEQ-1";
    case Anomaly::kOtherDigest:
    case Anomaly::kGarbage:
      return o.first ? "DIG-1" : "DIG-6";
    case Anomaly::kStaysUp:
    case Anomaly::kBadExit:
      return "RES-7";
    case Anomaly::kLeaks:
      return "RES-8";
    case Anomaly::kHoards:
      return "RES-9";
    case Anomaly::kDied:
      return breaker_of_life(o);
  }
  return "DIG-1";
}

std::vector<std::string> other_causes(const Observed& o) {
  // What a server says unasked may come only once the client has begun to send: then it stands
  // where a reply is due.
  if (o.anomaly == Anomaly::kCutAnswered) {
    std::vector<std::string> causes = {"CON-2", "SEQ-1", "STR-1", "REP-5"};
    if (o.boundary_in_pieces) causes.emplace_back("STR-4");
    // What was hashed may be what another client sent.
    if (o.of_unknown) causes.emplace_back("CNC-2");
    return causes;
  }
  if (o.anomaly == Anomaly::kPremature) {
    std::vector<std::string> causes = {"CON-2", "STR-1", "STR-3"};
    // What comes late behind a reply comes before the next one.
    if (!o.first) causes.emplace_back("REP-2");
    if (o.boundary_in_pieces) causes.emplace_back("STR-4");
    return causes;
  }
  if (o.anomaly == Anomaly::kDied) {
    std::vector<std::string> causes = vanished(o) ? survival(o) : std::vector<std::string>();
    if (o.boundary_in_pieces) causes.emplace_back("STR-4");
    if (o.oversize) causes.emplace_back("RES-5");
    if (o.by_sigpipe) causes.emplace_back("RES-2");
    if (o.unsecured_before) causes.emplace_back("SEC-5");
    return causes;
  }
  // What one client gets before it has sent anything may be another's reply.
  if (o.anomaly == Anomaly::kEarlyBytes) return {"CNC-2"};
  if (o.anomaly == Anomaly::kReset) {
    // The way in which a server hangs up is no matter of its own where it hangs up too early.
    if (o.first) return {"CON-1", "CON-6"};
    return {"CON-4", "CON-6"};
  }
  // All digests are right: whatever the messages were, and however they were sent.
  if (o.anomaly == Anomaly::kOrder)
    return o.in_company ? std::vector<std::string>{"CNC-2"} : std::vector<std::string>();
  const bool wrong = wrong_digest(o);
  const bool look = is_mere_look(o.anomaly);
  const bool none = unserved(o) || is_one_of(o.anomaly, {Anomaly::kLate, Anomaly::kEarlyClose});
  if (!wrong && !none && !look) return {};
  std::vector<std::string> causes;
  const auto add = [&](bool may_be, std::initializer_list<const char*> ids) {
    if (!may_be) return;
    for (const char* const id : ids) {
      if (std::find(causes.begin(), causes.end(), id) == causes.end()) causes.emplace_back(id);
    }
  };
  add(wrong || look, {"CON-2"});
  add(o.content == Observed::Content::kEmpty, {"DIG-3"});
  add(o.content == Observed::Content::kAnyBytes, {"DIG-2"});
  add(o.size > 0, {"DIG-4"});
  add(o.largest > 0, {"DIG-5"});
  // What comes after all was neither cut off by the connection's end nor left out.
  add(!o.first && o.anomaly != Anomaly::kLate, {"CON-4", "SEQ-1"});
  add(!o.first && wrong, {"DIG-6"});
  // Where one reply of a pipeline ends is anybody's guess if they aren't as declared.
  add(o.anomaly == Anomaly::kGarbage || (wrong && o.pipelined), {"REP-1", "REP-2", "REP-3"});
  // What comes behind a digest that isn't right needn't be surplus.
  add(o.anomaly == Anomaly::kSurplus, {"DIG-1"});
  // Another encoding may be longer or shorter than the declared one.
  add(o.anomaly == Anomaly::kSurplus || o.anomaly == Anomaly::kTruncated, {"REP-1"});
  // What is cut off may happen to be zeros.
  add(o.anomaly == Anomaly::kZerosMissing, {"REP-2"});
  // Where the reply before had too much, this one may have been taken for the rest of it.
  add(o.anomaly == Anomaly::kNoReply && o.evidence == Evidence::kSentinel && !o.first, {"REP-2"});
  add(none, {"REP-4"});
  add(o.in_pieces, {"STR-1", "STR-3"});
  add(o.boundary_in_pieces, {"STR-4"});
  // However it was sent, a large message comes in several reads; but where pieces are sent with a
  // whole boundary, that isn't what is tried.
  const bool several_reads = o.size >= kMoreThanARead || o.pipelined;
  add(several_reads, {"STR-1"});
  add(several_reads && !o.in_pieces, {"STR-4"});
  add(o.premature && wrong, {"REP-5"});
  // What was sent too early may still come after the message's last piece.
  add(o.in_pieces && o.anomaly == Anomaly::kSurplus, {"REP-5"});
  add(o.pipelined, {"STR-2", "SEQ-2"});
  add(o.in_company && turned_away_by_tcp(o), {"CNC-4"});
  add(o.in_company && is_turned_away(o), {"CON-5"});
  add(o.in_company, {"CON-1", "CNC-1"});
  add(o.in_company && none, {"CNC-3"});
  // A reply that is missing here may be one that came elsewhere.
  add(o.in_company && (!none || o.among_mixed), {"CNC-2"});
  // What an earlier client has left may stand before what this one sends, or keep it from ever
  // being answered.
  add(o.first && wrong && o.of_unknown, {"CNC-2"});
  add(o.first && unanswered(o) && (o.later_connection || o.scope == Scope::kLiveness), {"CNC-2"});
  add(none && (o.after_pause || o.dawdled), {"CON-6"});
  add(none && o.first, {"CON-1"});
  // A reset destroys what is under way.
  const bool may_be_cut = none || is_one_of(o.anomaly, {Anomaly::kTruncated, Anomaly::kGarbage});
  add(may_be_cut && o.half_closed && o.evidence == Evidence::kReset, {"CON-7"});
  if (none && vanished(o)) {
    for (const std::string& id : survival(o)) causes.push_back(id);
    add(outlived_by_none(o), {"DIG-1", "SEC-1", "CON-5"});
  }
  add(none && o.unsecured_before, {"SEC-5"});
  add(none && o.oversize_before, {"RES-5"});
  // Connections that a server doesn't close use up its descriptors.
  add(none && (o.later_connection || o.scope == Scope::kLiveness), {"CON-3", "CON-4", "CON-5"});
  return causes;
}

std::vector<std::string> causes_beside_others() {
  return {"CON-1", "CNC-1", "CNC-2", "CNC-3", "CNC-4", "CON-6", "CON-5"};
}

bool is_more_basic(std::string_view cause, std::string_view requirement) {
  static const std::vector<std::string> order = {
      "SEC-1", "CON-1", "CON-2",  "DIG-1", "REP-1", "REP-2", "REP-3", "DIG-3", "DIG-4",
      "DIG-2", "CON-4", "CON-7",  "SEQ-1", "REP-4", "STR-4", "STR-1", "STR-3", "DIG-5",
      "DIG-6", "REP-5", "STR-2",  "SEQ-2", "CNC-4", "CNC-2", "CNC-1", "CNC-3", "CON-3",
      "CON-6", "CON-5", "RES-1",  "RES-2", "RES-3", "RES-4", "RES-5", "RES-6", "RES-7",
      "RES-8", "RES-9", "RES-10", "SEC-5", "SEC-2", "SEC-3", "SEC-4"};
  const auto one = std::find(order.begin(), order.end(), cause);
  return one != order.end() && std::find(one + 1, order.end(), requirement) != order.end();
}

bool is_about_survival(std::string_view requirement) {
  return requirement == "RES-1" || requirement == "RES-2" || requirement == "RES-3";
}

bool is_wrong_digest(Anomaly anomaly) {
  return is_one_of(anomaly, {Anomaly::kOtherDigest, Anomaly::kGarbage});
}

bool is_turned_away(const Observed& o) {
  return o.first &&
         is_one_of(o.anomaly, {Anomaly::kRefused, Anomaly::kEarlyClose, Anomaly::kClosedInstead});
}

bool is_mere_look(Anomaly anomaly) {
  return is_one_of(anomaly, {Anomaly::kEncoding, Anomaly::kSurplus, Anomaly::kTruncated,
                             Anomaly::kZerosMissing, Anomaly::kExtraReply});
}

bool is_odd(const Observed& o) {
  if (o.scope != Scope::kCase) return false;
  const bool unasked = is_one_of(o.anomaly, {Anomaly::kBannerWrong, Anomaly::kEarlyBytes});
  if (unasked) return o.evidence == Evidence::kBytes;
  return is_mere_look(o.anomaly) || is_one_of(o.anomaly, {Anomaly::kLate, Anomaly::kReset}) ||
         (o.anomaly == Anomaly::kNotClosed && o.half_closed);
}

Saying sayings_of(Anomaly anomaly) {
  switch (anomaly) {
    case Anomaly::kUntrusted:
    case Anomaly::kBannerWrong:
    case Anomaly::kEarlyBytes:
    case Anomaly::kEncoding:
    case Anomaly::kZerosMissing:
    case Anomaly::kOrder:
      return Saying::kAll;
    case Anomaly::kSurplus:
    case Anomaly::kExtraReply:
    case Anomaly::kLate:
    case Anomaly::kNotClosed:
    case Anomaly::kReset:
      return Saying::kUnlessCaused;
    default:
      return Saying::kNothing;
  }
}

bool owns(std::string_view requirement, const Observed& observed) {
  if (observed.scope == Scope::kControl) return false;
  const auto found = owned().find(requirement);
  return found != owned().end() && found->second(observed);
}

bool impedes(std::string_view requirement, const Observed& o) {
  static const std::set<std::string, std::less<>> about_digests = {
      "DIG-1", "DIG-2", "DIG-3", "DIG-4", "DIG-5", "DIG-6", "REP-3",
      "STR-1", "STR-2", "STR-3", "STR-4", "CNC-2", "RES-6"};
  static const std::set<std::string, std::less<>> about_looks = {"REP-1", "REP-2"};
  if (unserved(o) || is_one_of(o.anomaly, {Anomaly::kEarlyClose, Anomaly::kDied,
                                           Anomaly::kUnsecured, Anomaly::kUntrusted}))
    return true;
  if (o.scope == Scope::kLiveness && wrong_digest(o)) return true;
  const bool matters = about_digests.contains(requirement);
  if (o.anomaly == Anomaly::kOtherDigest || o.anomaly == Anomaly::kOrder) return matters;
  if (o.anomaly == Anomaly::kGarbage || o.anomaly == Anomaly::kTruncated)
    return matters || about_looks.contains(requirement);
  const bool about_time = requirement == "CNC-1" || requirement == "CNC-3";
  return o.anomaly == Anomaly::kLate && about_time;
}

}  // namespace md5spec
