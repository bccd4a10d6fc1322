#include "message_reader.h"

#include <algorithm>
#include <cstddef>

namespace md5spec::reference {

MessageReader::Result MessageReader::read(std::string_view* bytes) {
  if (bytes->empty()) return Result::kNeedsMore;
  if (!inside_) request_.start();
  inside_ = true;
  const std::string_view arrived = *bytes;
  const Result result = cut(bytes);
  request_.add_wire_bytes(arrived.substr(0, arrived.size() - bytes->size()));
  return result == Result::kMessage ? finish(true) : result;
}

MessageReader::Result MessageReader::end() {
  if (profile_.framing == Framing::kHalfClose) {
    if (!inside_) request_.start();
    return finish(true);
  }
  const bool answers =
      profile_.framing == Framing::kDelimited && profile_.at_eof == AtEof::kAnswer && inside_;
  if (!answers) return Result::kNeedsMore;
  return request_.add(held_) ? finish(false) : Result::kRefused;
}

MessageReader::Result MessageReader::finish(bool terminated) {
  inside_ = false;
  held_.clear();
  return request_.finish(terminated) ? Result::kMessage : Result::kRefused;
}

MessageReader::Result MessageReader::cut(std::string_view* bytes) {
  if (profile_.framing == Framing::kDelimited) return cut_at_delimiter(bytes);
  if (profile_.framing == Framing::kLengthPrefixed) return cut_by_length(bytes);
  if (!request_.add(*bytes)) return Result::kRefused;
  bytes->remove_prefix(bytes->size());
  return profile_.framing == Framing::kUnframed ? Result::kMessage : Result::kNeedsMore;
}

MessageReader::Result MessageReader::cut_at_delimiter(std::string_view* bytes) {
  const std::string& delimiter = profile_.delimiter;
  while (!bytes->empty()) {
    if (held_.empty()) {
      const std::size_t before = std::min(bytes->find(delimiter.front()), bytes->size());
      if (!request_.add(bytes->substr(0, before))) return Result::kRefused;
      bytes->remove_prefix(before);
      if (bytes->empty()) break;
    }
    held_ += bytes->front();
    bytes->remove_prefix(1);
    if (held_ == delimiter) return Result::kMessage;
    // Whatever can't be the beginning of a delimiter after all belongs to the request.
    std::size_t freed = 0;
    while (!delimiter.starts_with(std::string_view(held_).substr(freed))) ++freed;
    if (freed > 0 && !request_.add(std::string_view(held_).substr(0, freed)))
      return Result::kRefused;
    held_.erase(0, freed);
  }
  return Result::kNeedsMore;
}

MessageReader::Result MessageReader::cut_by_length(std::string_view* bytes) {
  const auto length_bytes = static_cast<std::size_t>(profile_.length.bytes);
  if (held_.size() < length_bytes) {
    const std::size_t count = std::min(length_bytes - held_.size(), bytes->size());
    held_ += bytes->substr(0, count);
    bytes->remove_prefix(count);
    if (held_.size() < length_bytes) return Result::kNeedsMore;
    if (!read_length()) return Result::kRefused;
  }
  const std::size_t count = std::min<std::uint64_t>(remaining_, bytes->size());
  if (!request_.add(bytes->substr(0, count))) return Result::kRefused;
  bytes->remove_prefix(count);
  remaining_ -= count;
  return remaining_ == 0 ? Result::kMessage : Result::kNeedsMore;
}

// Sets remaining_. False: the length is one that can't be, or is over the limit.
bool MessageReader::read_length() {
  if (profile_.length.order == ByteOrder::kLittle) std::reverse(held_.begin(), held_.end());
  std::uint64_t value = 0;
  for (const char byte : held_) value = value << 8U | static_cast<unsigned char>(byte);
  const std::uint64_t own = profile_.length.counts == Covers::kFrame ? held_.size() : 0;
  remaining_ = value - own;
  return value >= own && remaining_ <= format_.longest();
}

}  // namespace md5spec::reference
