// The bytes to and from one client, plain or over TLS. It is all that a connection knows of its
// transport. None of its functions blocks.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "descriptor.h"

struct ssl_st;  // OpenSSL's SSL and SSL_CTX
struct ssl_ctx_st;

namespace md5spec::reference {

class Stream {
 public:
  // Over TLS, with the server's part of a handshake first, unless `tls` is null.
  Stream(Descriptor socket, ssl_ctx_st* tls);

  int descriptor() const { return socket_.get(); }

  // kEnd: over TLS, the client's close_notify. A FIN without one may be anybody's: kBroken.
  enum class Read { kSome, kBlocked, kEnd, kBroken };
  // Reads once; `*count` becomes the number of bytes.
  Read read(std::span<char> room, std::size_t* count);

  // Writes as much as goes, and takes it off the front of `*bytes`; what is left has to come first
  // the next time. False: the stream is broken.
  bool write(std::string_view* bytes);

  void end_sending();

  // Whether bytes have come that weren't read yet.
  bool has_input() const;
  // Whether some of them are here already, where the socket doesn't show them any more.
  bool has_buffered() const;

  // What TLS itself waits for, whatever the connection is about: a handshake needs both directions.
  enum class Wants { kNothing, kInput, kOutput };
  Wants wants() const { return wants_; }

 private:
  Wants wanted_after(int result);

  Descriptor socket_;
  std::unique_ptr<ssl_st, void (*)(ssl_st*)> tls_;  // null: plain
  Wants wants_ = Wants::kNothing;
};

}  // namespace md5spec::reference
