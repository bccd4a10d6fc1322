// The server that a run starts itself.
#pragma once

#include <string>

#include "conduct/started_server.h"
#include "target/profile.h"

namespace md5spec {

// How to start the server that `command` (--start) names, or without one the bundled reference
// server. `word`: what --profile was given for `profile`, a name or a file. Throws UsageError.
StartRequest start_request(const std::string& command, const std::string& word,
                           const Profile& profile, double timeout_scale);

// Over TLS the reference server shows a certificate that is made for the occasion: has the profile
// trust its authority instead of the one that it names.
void trust_reference_server(Profile* profile);

}  // namespace md5spec
