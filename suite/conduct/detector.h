// Finds out by probing which wire format a server speaks.
#pragma once

#include <string>
#include <vector>

#include "conduct/endpoint.h"
#include "detect/conclusion.h"

namespace md5spec {

struct DetectionPace {
  Duration connect = std::chrono::seconds(5);
  Duration banner = std::chrono::milliseconds(400);  // for its first byte, on the first connection
  Duration reply = std::chrono::seconds(1);          // for a reply's first byte, where one may come
  Duration quiet = std::chrono::milliseconds(200);   // after which what came is whole
  Duration whole = std::chrono::seconds(45);         // for everything

  void scale(double factor);
};

struct Detection {
  enum class Outcome {
    kFound,
    kUnrecognised,  // it sends something, but nothing that a profile can say
    kSilent,        // connections come about, but not a byte ever came
    kUnreachable,
  };
  Outcome outcome = Outcome::kUnreachable;
  std::string why;                // where nothing was found; printable
  Conclusion conclusion;          // where something was
  std::vector<Observation> seen;  // all conversations, in order
  std::string server;             // the address that was probed
  std::size_t connections = 0;
  bool out_of_time = false;
  Duration duration{};
};

// Ends within the pace's `whole` time whatever the server does, and keeps no more than a bounded
// number of its bytes.
Detection detect(HostPort target, DetectionPace pace);

}  // namespace md5spec
