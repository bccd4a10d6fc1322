#include "conduct/endpoint.h"

#include <algorithm>
#include <cctype>
#include <charconv>

#include <fmt/format.h>

#include "text/bytes.h"

namespace md5spec {
namespace {

std::optional<int> to_port(std::string_view text) {
  int port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  if (!whole || port < 1 || port > 65535) return std::nullopt;
  return port;
}

[[noreturn]] void refuse(std::string_view text, const std::string& why) {
  throw UsageError(fmt::format("{} is no HOST:PORT: {}", in_quotes(text), why));
}

}  // namespace

std::string HostPort::str() const {
  return host.find(':') == std::string::npos ? fmt::format("{}:{}", host, port)
                                             : fmt::format("[{}]:{}", host, port);
}

HostPort parse_host_port(std::string_view text) {
  if (text.empty()) refuse(text, "it is empty (give localhost:5555)");
  const bool clean =
      std::all_of(text.begin(), text.end(), [](unsigned char c) { return c > 0x20 && c < 0x7F; });
  if (!clean || text.find('/') != std::string_view::npos)
    refuse(text, "it has characters that no address has (give localhost:5555, not a URL)");
  std::string_view host;
  std::string_view port;
  if (text.starts_with('[')) {
    const std::size_t close = text.find("]:");
    if (close == std::string_view::npos)
      refuse(text, "an IPv6 address with a port looks like [::1]:5555");
    host = text.substr(1, close - 1);
    port = text.substr(close + 2);
  } else {
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos) {
      if (to_port(text))
        refuse(text, fmt::format("the host is missing; did you mean localhost:{}?", text));
      refuse(text, fmt::format("the port is missing; did you mean {}:5555?", text));
    }
    host = text.substr(0, colon);
    port = text.substr(colon + 1);
    if (host.find(':') != std::string_view::npos)
      refuse(text, "an IPv6 address with a port looks like [::1]:5555");
  }
  if (host.empty()) refuse(text, "the host is missing");
  const auto number = to_port(port);
  if (!number && to_port(host) && !port.empty())
    refuse(text, fmt::format("host and port are reversed; did you mean {}:{}?", port, host));
  if (!number) refuse(text, "the port must be between 1 and 65535");
  return {std::string(host), *number};
}

}  // namespace md5spec
