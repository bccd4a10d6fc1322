#include "stream.h"

#include <algorithm>
#include <cerrno>
#include <new>
#include <utility>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

namespace md5spec::reference {
namespace {

constexpr std::size_t kMostAtOnce = 1U << 20U;  // OpenSSL counts in int

}  // namespace

Stream::Stream(Descriptor socket, ssl_ctx_st* tls)
    : socket_(std::move(socket)), tls_(nullptr, SSL_free) {
  if (tls == nullptr) return;
  tls_.reset(SSL_new(tls));
  if (!tls_ || SSL_set_fd(tls_.get(), socket_.get()) != 1) throw std::bad_alloc();
  SSL_set_accept_state(tls_.get());
  wants_ = Wants::kInput;  // the client begins
}

Stream::Wants Stream::wanted_after(int result) {
  switch (SSL_get_error(tls_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return Wants::kInput;
    case SSL_ERROR_WANT_WRITE:
      return Wants::kOutput;
    default:
      return Wants::kNothing;
  }
}

Stream::Read Stream::read(std::span<char> room, std::size_t* count) {
  *count = 0;
  if (!tls_) {
    const ssize_t got = recv(socket_.get(), room.data(), room.size(), 0);
    *count = got > 0 ? static_cast<std::size_t>(got) : 0;
    if (got >= 0) return got > 0 ? Read::kSome : Read::kEnd;
    return errno == EAGAIN || errno == EINTR ? Read::kBlocked : Read::kBroken;
  }
  ERR_clear_error();
  const int got =
      SSL_read(tls_.get(), room.data(), static_cast<int>(std::min(room.size(), kMostAtOnce)));
  wants_ = wanted_after(got);
  if (got > 0) {
    *count = static_cast<std::size_t>(got);
    return Read::kSome;
  }
  if (wants_ != Wants::kNothing) return Read::kBlocked;
  return SSL_get_error(tls_.get(), got) == SSL_ERROR_ZERO_RETURN ? Read::kEnd : Read::kBroken;
}

bool Stream::write(std::string_view* bytes) {
  while (!bytes->empty()) {
    if (!tls_) {
      const ssize_t sent = send(socket_.get(), bytes->data(), bytes->size(), MSG_NOSIGNAL);
      if (sent < 0) return errno == EAGAIN || errno == EINTR;
      bytes->remove_prefix(static_cast<std::size_t>(sent));
      continue;
    }
    ERR_clear_error();
    const int sent = SSL_write(tls_.get(), bytes->data(),
                               static_cast<int>(std::min(bytes->size(), kMostAtOnce)));
    wants_ = wanted_after(sent);
    if (sent <= 0) return wants_ != Wants::kNothing;
    bytes->remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

void Stream::end_sending() {
  if (tls_) {
    ERR_clear_error();
    SSL_shutdown(tls_.get());  // close_notify
  }
  shutdown(socket_.get(), SHUT_WR);
}

bool Stream::has_input() const {
  int waiting = 0;
  return has_buffered() || (ioctl(socket_.get(), FIONREAD, &waiting) == 0 && waiting > 0);
}

bool Stream::has_buffered() const { return tls_ && SSL_pending(tls_.get()) > 0; }

}  // namespace md5spec::reference
