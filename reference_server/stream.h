// The bytes to and from one client, whatever carries them. It is all that a connection knows of its
// transport: TLS goes in here, beneath the same functions. None of them blocks.
#pragma once

#include <cerrno>
#include <cstddef>
#include <span>
#include <string_view>
#include <utility>

#include <sys/ioctl.h>
#include <sys/socket.h>

#include "descriptor.h"

namespace md5spec::reference {

class Stream {
 public:
  explicit Stream(Descriptor socket) : socket_(std::move(socket)) {}

  int descriptor() const { return socket_.get(); }

  enum class Read { kSome, kBlocked, kEnd, kBroken };
  // Reads once; `*count` becomes the number of bytes.
  Read read(std::span<char> room, std::size_t* count) {
    const ssize_t got = recv(socket_.get(), room.data(), room.size(), 0);
    *count = got > 0 ? static_cast<std::size_t>(got) : 0;
    if (got >= 0) return got > 0 ? Read::kSome : Read::kEnd;
    return errno == EAGAIN || errno == EINTR ? Read::kBlocked : Read::kBroken;
  }

  // Writes as much as goes, and takes it off the front of `*bytes`. False: the stream is broken.
  bool write(std::string_view* bytes) {
    while (!bytes->empty()) {
      const ssize_t sent = send(socket_.get(), bytes->data(), bytes->size(), MSG_NOSIGNAL);
      if (sent < 0) return errno == EAGAIN || errno == EINTR;
      bytes->remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  void end_sending() { shutdown(socket_.get(), SHUT_WR); }

  // Whether bytes have come that weren't read yet.
  bool has_input() const {
    int waiting = 0;
    return ioctl(socket_.get(), FIONREAD, &waiting) == 0 && waiting > 0;
  }

 private:
  Descriptor socket_;
};

}  // namespace md5spec::reference
