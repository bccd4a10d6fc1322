// Listening sockets.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "descriptor.h"

namespace md5spec::reference {

struct Address {
  std::string host = "127.0.0.1";  // a name, an IPv4 or an IPv6 address
  std::string port;                // decimal; 0 is any free one

  std::string str() const;  // "127.0.0.1:5555", "[::1]:5555"
};

// Reads "[HOST:]PORT", an IPv6 HOST in brackets. False if `text` isn't of that form.
bool parse_address(std::string_view text, Address* address);

// Opens `count` sockets that listen on the same port, among which the system spreads the
// connections, on the first of the host's addresses that can be had. `*address` becomes what that
// is. Throws std::runtime_error with the reason.
std::vector<Descriptor> listen_on(Address* address, std::size_t count);

}  // namespace md5spec::reference
