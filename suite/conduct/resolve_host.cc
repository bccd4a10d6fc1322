#include "conduct/resolve_host.h"

#include <fmt/format.h>

#include <asio/redirect_error.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>

namespace md5spec {

asio::awaitable<std::vector<asio::ip::tcp::endpoint>> resolve_host(HostPort target,
                                                                   std::string* error) {
  asio::ip::tcp::resolver resolver(co_await asio::this_coro::executor);
  std::error_code failed;
  const std::string service = fmt::format("{}", target.port);
  const auto found = co_await resolver.async_resolve(
      target.host, service, asio::redirect_error(asio::use_awaitable, failed));
  std::vector<asio::ip::tcp::endpoint> servers;
  if (failed) *error = failed.message();
  for (const auto& entry : found) servers.push_back(entry.endpoint());
  co_return servers;
}

}  // namespace md5spec
