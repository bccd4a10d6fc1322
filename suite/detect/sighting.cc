#include "detect/sighting.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

#include "text/bytes.h"

namespace md5spec {
namespace {

constexpr std::size_t kMostSent = 512;
constexpr std::size_t kMostSearched = 64U << 10U;

Digest from_raw(std::string_view bytes) {
  std::array<unsigned char, 16> raw{};
  std::memcpy(raw.data(), bytes.data(), raw.size());
  return Digest(raw);
}

std::optional<Digest> decoded(std::string_view text, bool in_hex) {
  std::string bytes;
  const bool good = in_hex ? unhex(text, &bytes) : unbase64(text, &bytes);
  if (!good || bytes.size() != 16) return std::nullopt;
  return from_raw(bytes);
}

Encoding letter_case(std::string_view digits) {
  const auto any_within = [&](char low, char high) {
    return std::any_of(digits.begin(), digits.end(), [&](char c) { return c >= low && c <= high; });
  };
  const bool lower = any_within('a', 'f');
  const bool upper = any_within('A', 'F');
  if (lower && upper) return Encoding::kAnyHex;
  return upper ? Encoding::kUpperHex : Encoding::kLowerHex;
}

}  // namespace

Stretches::Stretches(std::string_view sent) {
  sent = sent.substr(0, kMostSent);
  digests_.push_back(md5(""));
  for (std::size_t begin = 0; begin < sent.size(); ++begin) {
    Md5 growing;
    for (std::size_t end = begin; end < sent.size(); ++end)
      digests_.push_back(growing.update(sent.substr(end, 1)).digest());
  }
  std::sort(digests_.begin(), digests_.end());
}

bool Stretches::has(const Digest& digest) const {
  return std::binary_search(digests_.begin(), digests_.end(), digest);
}

std::vector<Sighting> Stretches::seen_in(std::string_view came) const {
  std::vector<Sighting> seen;
  came = came.substr(0, kMostSearched);
  const auto is_it = [&](std::size_t at, std::size_t size, const std::optional<Digest>& digest,
                         Encoding encoding) {
    if (!digest || !has(*digest)) return false;
    seen.push_back({at, size, *digest, encoding});
    return true;
  };
  for (std::size_t at = 0; at < came.size();) {
    const std::string_view rest = came.substr(at);
    const std::string_view digits = rest.substr(0, 32);
    const std::string_view base64 = rest.substr(0, 24);
    const bool found =
        (digits.size() == 32 && is_it(at, 32, decoded(digits, true), letter_case(digits))) ||
        (base64.ends_with("==") && base64.size() == 24 &&
         is_it(at, 24, decoded(base64, false), Encoding::kBase64)) ||
        (rest.size() >= 16 && is_it(at, 16, from_raw(rest), Encoding::kRaw));
    at += found ? seen.back().size : 1;
  }
  return seen;
}

}  // namespace md5spec
