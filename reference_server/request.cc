#include "request.h"

#include <algorithm>
#include <limits>

namespace md5spec::reference {
namespace {

constexpr std::string_view kPlaceholder = "{message}";
constexpr std::uint64_t kNoLimit = std::numeric_limits<std::uint64_t>::max();
constexpr std::uint64_t kMostKept = 64U << 20U;  // of a message, where the profile names no limit

std::uint64_t most_bytes(const Profile& profile, bool keeps_text) {
  const Limits& limits = profile.limits;
  const bool strict = limits.oversize == Oversize::kClose || !profile.framed() || keeps_text;
  if (limits.declared && strict) return limits.message_bytes;
  return keeps_text && !limits.unlimited ? kMostKept : kNoLimit;
}

}  // namespace

RequestFormat::RequestFormat(const Profile& profile)
    : prefix(profile.request.substr(0, profile.request.find(kPlaceholder))),
      suffix(profile.request.substr(prefix.size() + kPlaceholder.size())),
      optional_cr(profile.optional_cr),
      covers_frame(profile.digest_covers == Covers::kFrame),
      keeps_text(profile.reply.text().find(kPlaceholder) != std::string::npos ||
                 profile.accepts.kind == Accepts::Kind::kRegex),
      most_message_bytes(most_bytes(profile, keeps_text)),
      accepts(profile.accepts) {}

std::uint64_t RequestFormat::longest() const {
  const std::uint64_t fixed = prefix.size() + suffix.size();
  return std::min(most_message_bytes, kNoLimit - fixed) + fixed;
}

void Request::start() {
  utf8_ = {};
  prefix_seen_ = 0;
  tail_.clear();
  message_ = {};
}

bool Request::add(std::string_view bytes) {
  const std::string_view prefix = std::string_view(format_.prefix).substr(prefix_seen_);
  const std::size_t fixed = std::min(prefix.size(), bytes.size());
  if (bytes.substr(0, fixed) != prefix.substr(0, fixed)) return false;
  prefix_seen_ += fixed;
  bytes.remove_prefix(fixed);

  // The message gets what can't be suffix or CR any more; the rest waits in tail_.
  const std::size_t waiting = format_.suffix.size() + (format_.optional_cr ? 1 : 0);
  if (waiting == 0) return add_to_message(bytes);
  const std::size_t ready = std::max(tail_.size() + bytes.size(), waiting) - waiting;
  const std::size_t from_tail = std::min(ready, tail_.size());
  if (!add_to_message(std::string_view(tail_).substr(0, from_tail))) return false;
  if (!add_to_message(bytes.substr(0, ready - from_tail))) return false;
  tail_.erase(0, from_tail);
  tail_ += bytes.substr(ready - from_tail);
  return true;
}

void Request::add_wire_bytes(std::string_view bytes) {
  if (format_.covers_frame) md5_.update(bytes);
}

bool Request::finish(bool terminated) {
  if (terminated && format_.optional_cr && tail_.ends_with('\r')) tail_.pop_back();
  if (prefix_seen_ < format_.prefix.size() || !tail_.ends_with(format_.suffix)) return false;
  tail_.resize(tail_.size() - format_.suffix.size());
  if (!add_to_message(tail_) || !utf8_.complete()) return false;
  if (format_.keeps_text && !format_.accepts.takes(message_.text)) return false;
  message_.digest = md5_.finish();
  return true;
}

bool Request::add_to_message(std::string_view bytes) {
  if (bytes.empty()) return true;
  if (bytes.size() > format_.most_message_bytes - message_.length) return false;
  message_.length += bytes.size();
  if (!format_.covers_frame) md5_.update(bytes);
  if (format_.keeps_text) message_.text += bytes;
  return accepts(bytes);
}

bool Request::accepts(std::string_view bytes) {
  const auto all = [&](auto&& fits) { return std::all_of(bytes.begin(), bytes.end(), fits); };
  switch (format_.accepts.kind) {
    case Accepts::Kind::kAny:
    case Accepts::Kind::kRegex:
      return true;  // a regex waits for the whole message
    case Accepts::Kind::kUtf8:
      return all([&](char c) { return utf8_.add(static_cast<unsigned char>(c)); });
    case Accepts::Kind::kAscii:
      return all([](char c) { return static_cast<unsigned char>(c) < 0x80; });
    case Accepts::Kind::kPrintable:
      return all([](char c) { return ' ' <= c && c <= '~'; });
  }
  return false;
}

bool Utf8Check::add(unsigned char byte) {
  if (missing_ > 0) {
    const bool fits = low_ <= byte && byte <= high_;
    --missing_;
    low_ = 0x80;
    high_ = 0xBF;
    return fits;
  }
  if (byte < 0x80) return true;
  if (byte < 0xC2 || byte > 0xF4) return false;
  missing_ = byte < 0xE0 ? 1 : byte < 0xF0 ? 2 : 3;
  if (byte == 0xE0) low_ = 0xA0;   // less would be an overlong form
  if (byte == 0xED) high_ = 0x9F;  // more would be a surrogate
  if (byte == 0xF0) low_ = 0x90;   // less would be an overlong form
  if (byte == 0xF4) high_ = 0x8F;  // more would be past U+10FFFF
  return true;
}

}  // namespace md5spec::reference
