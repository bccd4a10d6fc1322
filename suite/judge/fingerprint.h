// What a server does where the specification leaves it open: facts, which nobody judges.
#pragma once

#include <cstdint>
#include <map>

#include "catalogue/planned_case.h"
#include "judge/facts.h"
#include "wire/transcript.h"

namespace md5spec {

// Of each situation how often (on how many connections, or for how many replies or messages) the
// server did what. Fingerprints of several cases, or of several runs, add up.
struct Fingerprint {
  std::map<Situation, std::map<Reaction, std::uint64_t>> tallies;
  // unframed: the longest message that was answered as one; 0: none, or framed
  std::uint64_t longest_whole_read = 0;
  // unframed: the fewest bytes after which a longer message was cut; 0: never seen
  std::uint64_t shortest_split = 0;

  bool empty() const { return *this == Fingerprint(); }
  void add(const Fingerprint& other);
  friend bool operator==(const Fingerprint&, const Fingerprint&) = default;
};

// What shows in what happened anyway while a case was carried out: never more than can be told
// apart from what the client itself did, and nothing where the case was hindered.
Fingerprint fingerprint(const PlannedCase& planned, const Transcript& transcript);

}  // namespace md5spec
