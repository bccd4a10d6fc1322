// Is there a server, and does it answer at all? Asked before anything else, and again when a case
// got no service.
#pragma once

#include <optional>
#include <string>

#include <asio/awaitable.hpp>
#include <asio/ip/tcp.hpp>

#include "conduct/attempt.h"
#include "conduct/endpoint.h"
#include "conduct/script_runner.h"

namespace md5spec {

struct PreflightResult {
  asio::ip::tcp::endpoint server;          // the address that accepted
  std::optional<std::string> unreachable;  // or why none did
  std::optional<Attempt> silent;  // a handshake that failed, or an exchange to which no byte came
                                  // back, with its finding
};

asio::awaitable<PreflightResult> preflight(HostPort target, const Profile& profile,
                                           CarryOutOptions options);

// Whether the server answers a plain exchange with anything at all. One that doesn't may still be
// busy with other clients.
asio::awaitable<bool> answers_now(asio::ip::tcp::endpoint server, const Profile& profile,
                                  CarryOutOptions options);

// The same, asked twice. To be trusted while nothing else is under way.
asio::awaitable<bool> still_serving(asio::ip::tcp::endpoint server, const Profile& profile,
                                    CarryOutOptions options);

}  // namespace md5spec
