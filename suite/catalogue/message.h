// Messages as case files describe them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "catalogue/message_stream.h"
#include "target/profile.h"

namespace md5spec {

class YamlNode;

// A message's size: a number of bytes, or relative to the largest message that the profile lets be
// tested.
struct SizeExpression {
  bool of_limit = false;
  std::int64_t bytes = 0;  // absolute, or what is added to the limit

  std::uint64_t resolve(const Profile& profile) const;  // never below 0
  bool exceeds_limit() const { return of_limit && bytes > 0; }
};

enum class Pattern {
  kCounter,  // 0x00, 0x01 … 0xFF, 0x00 …
  kZeros,
  kRandom,   // pseudo-random bytes; from the 65,521st on, a prime number, the same once more
  kLetters,  // so too, a-z: what every server should accept
  // What a delimiter begins with, ever more of it, a letter behind each, the whole never; in the
  // end its first byte. Of other framings, and of a delimiter of one byte: that letter.
  kDelimiterStarts,
};

// A larger message isn't kept in memory; it is made while it is sent.
inline constexpr std::uint64_t kMostInMemory = std::uint64_t{16} << 20U;

// What a case file says of a message; the bytes follow from it, the profile (for sizes) and a seed.
struct MessageSource {
  enum class Kind { kLiteral, kRepeat, kPattern };

  Kind kind = Kind::kLiteral;
  std::string bytes;  // of a literal; the unit of a repetition
  std::uint64_t times = 1;
  Pattern pattern = Pattern::kLetters;
  SizeExpression size;
  std::optional<std::uint64_t> seed;  // of a pattern; without one it comes from the run

  std::uint64_t size_for(const Profile& profile) const;
  // Returns the message's bytes; `run_seed` counts only where `seed` isn't given and the pattern is
  // random.
  std::string make(const Profile& profile, std::uint64_t run_seed) const;
  // The same bytes, however many.
  std::shared_ptr<const MessageStream> stream(const Profile& profile, std::uint64_t run_seed) const;
  bool varies() const {
    return kind == Kind::kPattern && (pattern == Pattern::kRandom || pattern == Pattern::kLetters);
  }

 private:
  // What the message's first `wanted` bytes are a repetition of, or the first ones of.
  std::string unit(const Profile& profile, std::uint64_t wanted, std::uint64_t run_seed) const;
};

// Reads a message source; `folder` is what {file: …} is relative to. Throws InputError.
MessageSource read_message(const YamlNode& node, const std::string& folder);

// Returns a 64-bit number that depends on both in every bit (for deriving seeds).
std::uint64_t mix(std::uint64_t a, std::uint64_t b);
std::uint64_t mix(std::uint64_t a, std::string_view text);

}  // namespace md5spec
