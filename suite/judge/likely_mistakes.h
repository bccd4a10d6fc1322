// Guessing what a server took the digest of when it wasn't the message.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "catalogue/message_stream.h"
#include "digest/md5.h"
#include "target/framing.h"

namespace md5spec {

// What was near enough to be taken for the message, or mixed up with it.
struct MistakeContext {
  std::string_view message;
  Frame frame;                            // what stands around the message on the wire
  std::vector<std::string_view> earlier;  // the connection's earlier messages, oldest first
  std::vector<std::string_view> others;   // of the case: later ones, other connections'
};

// No search costs more, however large and many the messages: bytes hashed, three for each byte
// rewritten, and kDigestWork for each digest. A message of 1 MiB costs about a quarter of it, some
// tens of milliseconds; a short one next to nothing.
inline constexpr std::uint64_t kMostMistakeWork = std::uint64_t{96} << 20;
inline constexpr std::uint64_t kDigestWork = 200;

// Returns what `received`, a digest that isn't the one due, is the digest of, in words such as "the
// digest of the message with its newline"; empty if no likely mistake yields it. Mistakes that
// would be too costly to try on so large a message are left out. `*work`, if given, is set to what
// the search cost.
std::string likely_mistake(const Digest& received, const MistakeContext& context,
                           std::uint64_t* work = nullptr);

// The same of a message that isn't kept in memory: only whether it is the digest of its first
// bytes, at numbers where buffers end and lengths overflow.
std::string likely_mistake_of_large(const Digest& received, const MessageStream& message);

}  // namespace md5spec
