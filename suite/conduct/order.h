// In which order a run's cases are carried out.
#pragma once

#include <cstddef>
#include <vector>

#include "catalogue/planned_case.h"

namespace md5spec {

// Places in the list of cases, each in one of the three.
struct Order {
  // One after another, before all others: cases of very many connections. A server that serves only
  // so many clients shows it there, where nothing but their number can have ended its service. And
  // one that gives what a client has left to the next: afterwards it may serve nobody.
  std::vector<std::size_t> first;
  // Beside one another; those whose clients wait longest by themselves come first.
  std::vector<std::size_t> together;
  // One after another, with nothing beside them. Those that leave the server as it was come first,
  // those that end it last. What a server must survive comes before what only happens to be in
  // other cases, too: if it doesn't survive, these are never tried.
  std::vector<std::size_t> alone;
};

Order order_of(const std::vector<const PlannedCase*>& cases);

}  // namespace md5spec
