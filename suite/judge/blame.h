// Which requirement an anomaly breaks, and what a case may say of it: the one place where blame is
// decided.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "judge/anomalies.h"
#include "target/profile.h"

namespace md5spec {

// The requirement that such a thing breaks whichever case sees it, by its looks alone: the right
// digest in upper case is REP-1's, a connection closed between exchanges CON-4's. Where looks don't
// tell, DIG-1, or DIG-6 and SEQ-1 for later exchanges of a connection.
std::string usual_requirement(const Observed& observed, const Profile& profile);

// Other requirements that would account for such a thing, were they broken: a wrong digest of a
// message in pieces may be for the pieces, for its length, or for what was sent before it.
std::vector<std::string> other_causes(const Observed& observed);

// What accounts for things that go wrong only beside other cases.
std::vector<std::string> causes_beside_others();

// Whether a breach of `cause` may account for what a case takes for a breach of `requirement`: a
// strict order of all requirements, in which those that are presupposed come first.
bool is_more_basic(std::string_view cause, std::string_view requirement);

// Whether it says what a server must survive in general: clients that reset, vanish or stay silent.
bool is_about_survival(std::string_view requirement);

// Whether a reply had another digest, or none.
bool is_wrong_digest(Anomaly anomaly);

// Whether the client got the connection's end instead of any service.
bool is_turned_away(const Observed& observed);

// Whether it shows in a reply by its mere looks, so that it keeps no case from telling what it set
// out to.
bool is_mere_look(Anomaly anomaly);

// Whether it is something that keeps no case from telling what it set out to, and yet mustn't pass
// unnoticed: a mere look, a reply that comes late, a connection's end that doesn't come or isn't
// orderly.
bool is_odd(const Observed& observed);

// What a thing says of the requirement that it breaks, seen by a case that is about another one.
enum class Saying {
  kNothing,       // the case's own, where nothing accounts for it
  kUnlessCaused,  // its usual one, unless the case's own would account for it
  kAll            // its usual one: it says so itself
};
Saying sayings_of(Anomaly anomaly);

// What goes wrong beside others and is right alone breaks this where nothing else that is broken
// accounts for it: connections aren't kept apart.
inline constexpr std::string_view kKeptApart = "CNC-2";

// Whether a case that judges `requirement` takes such a thing for a breach of it: what the
// requirement is about came out wrong, and its looks don't say otherwise.
bool owns(std::string_view requirement, const Observed& observed);

// Whether a case that judges `requirement`, and doesn't own such a thing, can't tell any more on
// account of it.
bool impedes(std::string_view requirement, const Observed& observed);

}  // namespace md5spec
