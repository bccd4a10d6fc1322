#include "connection.h"

#include <algorithm>
#include <cstdint>
#include <span>
#include <utility>

namespace md5spec::reference {
namespace {

constexpr std::size_t kReadSize = 64U << 10U;
constexpr std::size_t kBatch = 64U << 10U;  // so many bytes of replies are sent together
constexpr std::size_t kMostDrained = 64U << 20U;

}  // namespace

Service::Service(const Profile& served, TlsContext over_tls)
    : profile(served),
      tls(std::move(over_tls)),
      format(profile),
      replies(profile.reply.text()),
      read_size(profile.framed() ? kReadSize
                                 : std::min<std::uint64_t>(format.longest(), kReadSize)) {}

Buffers::Buffers() : input(kReadSize) {}

Connection::Connection(Descriptor socket, const Service& service)
    : service_(service),
      stream_(std::move(socket), service.tls.get()),
      reader_(service.profile, service.format) {}

Connection::Wait Connection::start() {
  std::string banner = service_.profile.banner;
  send(banner);
  return wait();
}

Connection::Wait Connection::advance(Buffers& buffers) {
  if (phase_ == Phase::kDraining) {
    drain(buffers);
  } else if (flush()) {
    if (!unread_.empty()) {
      answer(std::exchange(unread_, {}), buffers.output);
    } else if (phase_ == Phase::kServing) {
      // Of what TLS has decrypted already, the socket won't tell again.
      do {
        read(buffers);
      } while (phase_ == Phase::kServing && unsent_.empty() && stream_.has_buffered());
    }
    if (phase_ == Phase::kLast && unsent_.empty()) {
      phase_ = client_ended_ ? Phase::kOver : Phase::kDraining;
      stream_.end_sending();
    }
  }
  return wait();
}

Connection::Wait Connection::wait() const {
  if (phase_ == Phase::kOver) return Wait::kNothing;
  if (stream_.wants() == Stream::Wants::kOutput) return Wait::kOutput;
  if (stream_.wants() == Stream::Wants::kInput) return Wait::kInput;
  return unsent_.empty() ? Wait::kInput : Wait::kOutput;
}

bool Connection::idle() const {
  const bool pauses = phase_ == Phase::kServing && reader_.between_messages() && unsent_.empty();
  return (pauses || phase_ == Phase::kDraining) && !stream_.has_input();
}

void Connection::read(Buffers& buffers) {
  std::size_t count = 0;
  switch (stream_.read(std::span(buffers.input).first(service_.read_size), &count)) {
    case Stream::Read::kSome:
      answer({buffers.input.data(), count}, buffers.output);
      break;
    case Stream::Read::kBlocked:
      break;
    case Stream::Read::kBroken:
      phase_ = Phase::kOver;
      break;
    case Stream::Read::kEnd:
      client_ended_ = true;
      phase_ = Phase::kLast;
      buffers.output.clear();
      if (reader_.end() == MessageReader::Result::kMessage) {
        service_.replies.write(reader_.take_message(), &buffers.output);
      }
      send(buffers.output);
  }
}

// Answers the messages that end in `bytes`, as far as the client takes the replies.
void Connection::answer(std::string_view bytes, std::string& replies) {
  replies.clear();
  while (phase_ == Phase::kServing) {
    const MessageReader::Result result = reader_.read(&bytes);
    if (result == MessageReader::Result::kNeedsMore) break;
    if (result == MessageReader::Result::kMessage) {
      service_.replies.write(reader_.take_message(), &replies);
    }
    if (result == MessageReader::Result::kRefused || !service_.profile.many()) {
      phase_ = Phase::kLast;
    } else if (replies.size() >= kBatch && !send(replies)) {
      unread_ = bytes;
      return;
    }
  }
  send(replies);
}

// Sends `bytes` and empties it. False: some of it is unsent.
bool Connection::send(std::string& bytes) {
  std::string_view rest = bytes;
  if (!stream_.write(&rest)) phase_ = Phase::kOver;
  if (!rest.empty()) {
    sent_ = bytes.size() - rest.size();
    unsent_ = std::move(bytes);
  }
  bytes.clear();
  return unsent_.empty();
}

// Sends what is unsent. False: not all of it.
bool Connection::flush() {
  std::string_view rest = std::string_view(unsent_).substr(sent_);
  if (!stream_.write(&rest)) phase_ = Phase::kOver;
  sent_ = unsent_.size() - rest.size();
  if (!rest.empty()) return false;
  unsent_ = {};
  sent_ = 0;
  return true;
}

void Connection::drain(Buffers& buffers) {
  std::size_t count = 0;
  const Stream::Read result = stream_.read(buffers.input, &count);
  drained_ += count;
  const bool ended = result == Stream::Read::kEnd || result == Stream::Read::kBroken;
  if (ended || drained_ > kMostDrained) phase_ = Phase::kOver;
}

}  // namespace md5spec::reference
