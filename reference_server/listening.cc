#include "listening.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <stdexcept>

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace md5spec::reference {
namespace {

void set_option(const Descriptor& socket, int level, int option) {
  const int on = 1;
  setsockopt(socket.get(), level, option, &on, sizeof on);
}

void check(int result, const char* what) {
  if (result != 0) throw std::system_error(errno, std::generic_category(), what);
}

std::vector<Descriptor> listen_at(const addrinfo& wanted, std::size_t count) {
  std::vector<Descriptor> sockets;
  sockaddr_storage bound{};
  socklen_t size = wanted.ai_addrlen;
  std::memcpy(&bound, wanted.ai_addr, size);
  auto* const address = reinterpret_cast<sockaddr*>(&bound);
  while (sockets.size() < count) {
    const int type = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC;
    Descriptor socket(::socket(wanted.ai_family, type, 0), "socket");
    set_option(socket, SOL_SOCKET, SO_REUSEADDR);
    set_option(socket, IPPROTO_TCP, TCP_NODELAY);  // what is accepted inherits it
    // The first is bound without SO_REUSEPORT: another server's port must stay its own.
    if (!sockets.empty()) set_option(socket, SOL_SOCKET, SO_REUSEPORT);
    check(bind(socket.get(), address, size), "bind");
    if (count > 1) set_option(socket, SOL_SOCKET, SO_REUSEPORT);
    check(getsockname(socket.get(), address, &size), "getsockname");
    sockets.push_back(std::move(socket));
  }
  for (const Descriptor& socket : sockets) check(listen(socket.get(), SOMAXCONN), "listen");
  return sockets;
}

Address bound_address(const Descriptor& socket) {
  sockaddr_storage bound{};
  socklen_t size = sizeof bound;
  auto* const address = reinterpret_cast<sockaddr*>(&bound);
  char host[NI_MAXHOST] = "";
  char port[NI_MAXSERV] = "";
  getsockname(socket.get(), address, &size);
  getnameinfo(address, size, host, sizeof host, port, sizeof port, NI_NUMERICHOST | NI_NUMERICSERV);
  return {host, port};
}

}  // namespace

std::string Address::str() const {
  return (host.find(':') == std::string::npos ? host : "[" + host + "]") + ":" + port;
}

bool parse_address(std::string_view text, Address* address) {
  const std::size_t colon = text.rfind(':');
  if (colon != std::string_view::npos) {
    std::string_view host = text.substr(0, colon);
    const bool bracketed = host.starts_with('[') && host.ends_with(']');
    if (bracketed) host = host.substr(1, host.size() - 2);
    if (host.empty() || (host.find(':') != std::string_view::npos) != bracketed) return false;
    address->host = host;
  }
  address->port = text.substr(colon + 1);  // npos + 1 is 0
  const std::string& port = address->port;
  return !port.empty() && port.size() <= 5 && std::stoul("0" + port) <= 65535 &&
         std::all_of(port.begin(), port.end(), [](char c) { return '0' <= c && c <= '9'; });
}

std::vector<Descriptor> listen_on(Address* address, std::size_t count) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int error = getaddrinfo(address->host.c_str(), address->port.c_str(), &hints, &found);
  const std::string fault = "can't listen on " + address->str() + ": ";
  if (error != 0) throw std::runtime_error(fault + gai_strerror(error));
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> freed_at_the_end(found, freeaddrinfo);
  for (;; found = found->ai_next) {
    try {
      std::vector<Descriptor> sockets = listen_at(*found, count);
      *address = bound_address(sockets.front());
      return sockets;
    } catch (const std::system_error& reason) {
      if (found->ai_next == nullptr) throw std::runtime_error(fault + reason.code().message());
    }
  }
}

}  // namespace md5spec::reference
