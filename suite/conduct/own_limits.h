// What this machine lets md5spec have: descriptors and ports.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <system_error>

#include <sys/resource.h>

#include <asio/ip/tcp.hpp>

#include "catalogue/script.h"

namespace md5spec {

// Lets this process have as many descriptors as the system allows without asking anybody.
void raise_descriptor_limit();

// The limit as it was before: what a server that is started is to have.
rlimit descriptor_limit_at_start();

// What a case needs on the client's side.
struct OwnNeed {
  std::uint64_t connections_at_once = 0;
  std::uint64_t connections_in_all = 0;
};

// What there is of it.
struct OwnSupply {
  std::uint64_t limit = 0;             // of descriptors, for this process
  std::uint64_t descriptors = 0;       // of these, those that it may still open
  std::optional<std::uint64_t> ports;  // that connections to one address can be made from
  bool ports_come_back = false;        // so soon that only connections at once count
};
OwnSupply own_supply(const asio::ip::tcp::endpoint& server);

// Why there isn't enough, with the number that is wanted and the command that gives it; nothing if
// there is.
std::optional<std::string> shortage(const OwnNeed& need, const OwnSupply& supply);

// The same for an error that a connection met with.
std::string shortage_met(const std::error_code& error);

// What carrying out a script takes at most.
OwnNeed need_of(const Steps& steps, const Profile& profile);

}  // namespace md5spec
