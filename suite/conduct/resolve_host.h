// From names to addresses.
#pragma once

#include <string>
#include <vector>

#include <asio/awaitable.hpp>
#include <asio/ip/tcp.hpp>

#include "conduct/endpoint.h"

namespace md5spec {

// The addresses behind `target`, in the resolver's order; none, and `*error` set, if there are
// none.
asio::awaitable<std::vector<asio::ip::tcp::endpoint>> resolve_host(HostPort target,
                                                                   std::string* error);

}  // namespace md5spec
