#include "wire/client_hello.h"

#include <array>
#include <cstddef>

namespace md5spec {
namespace {

constexpr char kHandshakeRecord = 22;

char minor_of(std::string_view version) {
  return version == "1.0" ? '\x01' : version == "1.1" ? '\x02' : '\x03';
}

std::string two_bytes(std::size_t number) {
  return {static_cast<char>(number >> 8U & 0xFFU), static_cast<char>(number & 0xFFU)};
}

std::string extension(std::size_t type, const std::string& body) {
  return two_bytes(type) + two_bytes(body.size()) + body;
}

// Lists of 16-bit numbers carry their length before them.
template <std::size_t N>
std::string list(const std::array<std::size_t, N>& numbers) {
  std::string bytes = two_bytes(2 * N);
  for (const std::size_t number : numbers) bytes += two_bytes(number);
  return bytes;
}

std::string extensions(std::string_view version, const std::string& server_name) {
  constexpr std::array<std::size_t, 3> kGroups = {0x001D, 0x0017, 0x0018};  // x25519, P-256, P-384
  constexpr std::array<std::size_t, 5> kSignatures = {0x0403, 0x0804, 0x0401, 0x0201, 0x0203};
  std::string all;
  if (!server_name.empty()) {
    const std::string entry = '\0' + two_bytes(server_name.size()) + server_name;
    all += extension(0x0000, two_bytes(entry.size()) + entry);
  }
  all += extension(0x000A, list(kGroups));
  all += extension(0x000B, std::string("\x01\x00", 2));  // uncompressed points
  if (version == "1.2") all += extension(0x000D, list(kSignatures));
  return two_bytes(all.size()) + all;
}

}  // namespace

std::string client_hello(std::string_view version, const std::string& server_name) {
  // What clients of that time offered: forward secrecy with either kind of certificate first. The
  // last one says that they know secure renegotiation (RFC 5746).
  constexpr std::array<std::size_t, 11> kSuites = {0xC02B, 0xC02F, 0xC009, 0xC013, 0xC00A, 0xC014,
                                                   0x0033, 0x0039, 0x002F, 0x0035, 0x00FF};
  const std::string number = {'\x03', minor_of(version)};
  std::string body = number;
  body.append(32, '\x5A');  // its random bytes needn't be
  body += '\0';             // no session
  body += list(kSuites);
  body += std::string("\x01\x00", 2);  // no compression
  body += extensions(version, server_name);
  const std::string message = std::string("\x01\x00", 2) + two_bytes(body.size()) + body;
  const std::string record_version("\x03\x01", 2);  // in the first record, whatever is offered
  return kHandshakeRecord + record_version + two_bytes(message.size()) + message;
}

}  // namespace md5spec
