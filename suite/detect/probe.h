// Conversations with a server whose wire format isn't known.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "target/profile.h"

namespace md5spec {

// What is sent on one connection, one write after another, each once the replies to those before
// have come or haven't.
struct Probe {
  struct Step {
    std::string bytes;
    bool half_close = false;  // behind the bytes
  };
  std::vector<Step> steps;
  // Worth a connection only with a server that says something, if not yet a digest.
  bool for_talkers = false;

  friend bool operator==(const Probe& a, const Probe& b) {
    return a.steps.size() == b.steps.size() &&
           std::equal(a.steps.begin(), a.steps.end(), b.steps.begin(),
                      [](const Step& x, const Step& y) {
                        return x.bytes == y.bytes && x.half_close == y.half_close;
                      });
  }
};

// What came of it.
struct Observation {
  enum class End { kOpen, kOrderly, kReset, kFlood };

  Probe probe;
  bool connected = false;
  std::string banner;             // what came before anything was sent
  bool endless = false;           // what came didn't stop
  std::vector<std::string> came;  // after each step that was carried out; fewer than steps: the
                                  // connection had ended by then, or there was no time left
  Duration slowest{};             // the longest from a write to the first byte behind it
  End end = End::kOpen;

  std::string received() const {
    std::string all = banner;
    for (const std::string& bytes : came) all += bytes;
    return all;
  }
};

}  // namespace md5spec
