// Addresses as people write them.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace md5spec {

// Words on the command line, or in the environment, that can't be followed. what() is one line for
// people.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct HostPort {
  std::string host;  // a name, an IPv4 or an IPv6 address (without brackets)
  int port = 0;

  std::string str() const;  // with brackets around an IPv6 address
};

// Reads HOST:PORT, [IPv6]:PORT; throws UsageError, with what was probably meant.
HostPort parse_host_port(std::string_view text);

}  // namespace md5spec
