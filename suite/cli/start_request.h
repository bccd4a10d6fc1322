// The server that a run starts itself.
#pragma once

#include <string>

#include "conduct/started_server.h"

namespace md5spec {

// How to start the server that `command` (--start) names, or without one the bundled reference
// server. `profile`: what --profile was given for it, a name or a file. Throws UsageError.
StartRequest start_request(const std::string& command, const std::string& profile,
                           double timeout_scale);

}  // namespace md5spec
