// A run's cases, shared out to the servers that carry it out side by side.
#pragma once

#include <cstddef>
#include <vector>

#include "conduct/conductor.h"

namespace md5spec {

// What one server gets of a run.
struct Share {
  RunRequest request;
  std::size_t run = 0;              // whose it is: its place among all requests
  std::vector<std::size_t> places;  // of its cases among all of that run's
};

// Of a server of which several may run at once, further ones get the cases that must have a server
// to themselves or come first, each about as much: they are under way beside the others then. Every
// other run has one share. Those of a run stand together, the one whose cases may be beside one
// another first.
std::vector<Share> shares_of(const std::vector<RunRequest>& requests);

// Puts the outputs of `shares` together again, one for each of `runs` runs.
std::vector<RunOutput> gather(std::size_t runs, const std::vector<Share>& shares,
                              std::vector<RunOutput> outputs);

}  // namespace md5spec
