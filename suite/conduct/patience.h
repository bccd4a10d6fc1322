// How long a client waits for what a server owes it: as long as the profile's timeouts say, and
// less where the run has seen often enough that nothing comes. What comes of a shortened wait is
// looked into again, with all of it.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "target/profile.h"

namespace md5spec {

// What the cases of a run have been disappointed by so far.
struct Disappointments {
  int unclosed = 0;   // cases that waited in vain for an end of stream
  int unlike = 0;     // replies that weren't as declared, and what else there might be of them
  int missing = 0;    // replies, and banners, that didn't come
  int unsecured = 0;  // TLS handshakes that the server didn't go on with
};

class Patience {
 public:
  // `judged`: the requirements that the case is about. All of these must outlive it.
  Patience(const Timeouts& timeouts, const std::vector<std::string>& judged,
           const Disappointments& so_far)
      : timeouts_(timeouts), judged_(judged), so_far_(so_far) {}

  // To connect, and to have TLS.
  Duration for_connection() const;
  // `crowd`: how many connections there are at once; each further one takes the server its time.
  Duration for_reply(unsigned crowd) const;
  Duration for_banner() const;
  // `in_vain`: the case has waited for another connection's end in vain.
  Duration for_end(unsigned crowd, bool in_vain) const;
  // Of a reply that isn't what is due; a hundred of them mustn't take a hundred times as long.
  // `has_as_many`: as many bytes as are due have come; `is_ended`: they end as a reply does.
  Duration for_the_rest(bool has_as_many, bool is_ended) const;

  // Whether so many replies weren't as declared that this server's are taken to be others.
  bool replies_are_known_to_differ() const;

 private:
  bool judges(std::initializer_list<std::string_view> some) const;  // any of these requirements

  const Timeouts& timeouts_;
  const std::vector<std::string>& judged_;
  const Disappointments& so_far_;
};

}  // namespace md5spec
