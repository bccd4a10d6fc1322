// Time for which nothing is done, so that what went before is over for a server.
#pragma once

#include <asio/awaitable.hpp>

#include "wire/deadline.h"

namespace md5spec {

asio::awaitable<void> rest_until(Deadline time);

}  // namespace md5spec
