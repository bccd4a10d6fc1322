#include "target/framing.h"

#include <limits>

#include <fmt/format.h>

#include "text/bytes.h"

namespace md5spec {
namespace {

constexpr std::string_view kPlaceholder = "{message}";

Frame request_around(const std::string& request) {
  const std::size_t at = request.find(kPlaceholder);
  return {request.substr(0, at), request.substr(at + kPlaceholder.size())};
}

std::uint64_t largest_length(int bytes) {
  return bytes == 8 ? std::numeric_limits<std::uint64_t>::max()
                    : (std::uint64_t{1} << (8 * bytes)) - 1;
}

std::string encode_length(const LengthField& field, std::uint64_t value) {
  std::string bytes;
  for (int i = 0; i < field.bytes; ++i) {
    const int shift = 8 * (field.order == ByteOrder::kBig ? field.bytes - 1 - i : i);
    bytes += static_cast<char>(value >> shift & 0xFF);
  }
  return bytes;
}

std::uint64_t counted(const LengthField& field, std::uint64_t payload) {
  return payload + (field.counts == Covers::kFrame ? static_cast<std::uint64_t>(field.bytes) : 0U);
}

}  // namespace

Frame frame_for(const Profile& profile, std::uint64_t message_size) {
  Frame frame = request_around(profile.request);
  if (profile.framing == Framing::kDelimited) frame.tail += profile.delimiter;
  if (profile.framing == Framing::kLengthPrefixed) {
    const std::uint64_t payload = frame.size(message_size);
    frame.head = encode_length(profile.length, counted(profile.length, payload)) + frame.head;
  }
  return frame;
}

Digest due_digest(const Profile& profile, const Frame& frame, std::string_view message) {
  if (profile.digest_covers == Covers::kMessage) return md5(message);
  return Md5().update(frame.head).update(message).update(frame.tail).digest();
}

std::optional<std::string> unsayable_length(const Profile& profile, std::uint64_t message_size) {
  if (profile.framing != Framing::kLengthPrefixed) return std::nullopt;
  const std::uint64_t payload = request_around(profile.request).size(message_size);
  if (counted(profile.length, payload) <= largest_length(profile.length.bytes)) return std::nullopt;
  return fmt::format("longer than a length of {} can say",
                     size_in_words(static_cast<unsigned>(profile.length.bytes)));
}

std::optional<std::string> why_unsendable(const Profile& profile, std::uint64_t message_size) {
  if (message_size > profile.limits.message_bytes) {
    return fmt::format(
        "longer than {} {}",
        profile.limits.declared ? "the profile's limit of" : "what is tested by default,",
        size_in_words(profile.limits.message_bytes));
  }
  return unsayable_length(profile, message_size);
}

std::optional<std::string> why_unsendable(const Profile& profile, std::string_view message,
                                          LimitRule limit) {
  if (limit == LimitRule::kKeep) {
    if (auto reason = why_unsendable(profile, message.size())) return reason;
  }
  if (!profile.accepts.takes(message)) {
    return fmt::format("the profile only accepts {}", profile.accepts.in_words());
  }
  switch (profile.framing) {
    case Framing::kUnframed:
      if (message.empty() && frame_for(profile, 0).size(0) == 0)
        return "an empty message can't be sent unframed";
      break;
    case Framing::kHalfClose:
      break;
    case Framing::kDelimited: {
      const Frame frame = request_around(profile.request);
      const std::string payload = frame.head + std::string(message) + frame.tail;
      if ((payload + profile.delimiter).find(profile.delimiter) != payload.size()) {
        return fmt::format("contains the delimiter {}", in_quotes(profile.delimiter));
      }
      if (profile.optional_cr && payload.ends_with('\r')) {
        return "ends in a carriage return, which the profile counts to the delimiter";
      }
      break;
    }
    case Framing::kLengthPrefixed:
      return unsayable_length(profile, message.size());
  }
  return std::nullopt;
}

}  // namespace md5spec
