// What a server that speaks some format would answer: how formats are told apart.
#pragma once

#include <string>
#include <vector>

#include "detect/probe.h"
#include "digest/md5.h"
#include "target/profile.h"

namespace md5spec {

// A way in which a server may speak. Of the profile only what concerns framing counts.
struct Format {
  Profile profile;
  bool trims = false;  // it takes white space off a message's ends: a mistake, but a common one
};

struct DueReply {
  std::string message;
  Digest digest;
};

// The replies due behind each step of a probe.
std::vector<std::vector<DueReply>> imagine(const Format& format, const Probe& probe);

}  // namespace md5spec
