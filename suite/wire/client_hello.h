// The part of TLS that libraries won't do any more: offering its old versions.
#pragma once

#include <string>
#include <string_view>

namespace md5spec {

// A ClientHello, in a record of its own, as a client sends it that knows no later version than
// `version`: "1.0", "1.1" or "1.2". It names the server unless `server_name` is empty.
std::string client_hello(std::string_view version, const std::string& server_name);

}  // namespace md5spec
