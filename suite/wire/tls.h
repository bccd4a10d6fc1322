// TLS without a socket: bytes in, bytes out. The connection carries them.
#pragma once

#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include "target/profile.h"

namespace md5spec {

// A file named under `tls` can't be used, or libssl can't do what it says. what() is one line for
// people.
class TlsSetupError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// As much as one TLS record carries.
inline constexpr std::size_t kMostInRecord = 16384;

// What a profile says about TLS, with its files read. Any number of sessions may share it.
class TlsContext {
 public:
  explicit TlsContext(const TlsOptions& options);  // throws TlsSetupError
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

 private:
  friend class TlsSession;
  struct Inner;
  std::unique_ptr<const Inner> inner_;
};

// Of a profile with `tls`; nothing for one without. Throws TlsSetupError.
std::shared_ptr<const TlsContext> tls_context(const Profile& profile);

// The client's side of one connection: TLS 1.2 or 1.3.
class TlsSession {
 public:
  explicit TlsSession(std::shared_ptr<const TlsContext> context);
  ~TlsSession();
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;

  // Takes what came from the server.
  void feed(std::string_view records);

  // What is to be sent to the server next, and how many bytes of it have been. Any call below may
  // add to it.
  std::string_view output() const;
  void sent(std::size_t bytes);

  enum class Handshake {
    kUnderWay,
    kDone,
    kFailed,
    kUntrusted,  // failed, since the server's certificate isn't valid
  };
  Handshake handshake();

  // Encrypts up to kMostInRecord bytes into one record. False: the session has failed.
  bool encrypt(std::string_view bytes);

  enum class Read {
    kSome,      // bytes, put into `*bytes`
    kNeedMore,  // of the server's records
    kClosed,    // the server's close_notify
    kFailed,    // a fatal alert, or what is no TLS: see error()
    // The same, in a handshake that the client's side takes for done: in TLS 1.3 a server refuses
    // the client's certificate, or its lack, only then.
    kRefused,
  };
  Read read(std::string* bytes);

  void close_notify();

  bool has_half_close() const;                         // TLS 1.3: it is as good as TCP's
  std::string version() const;                         // "TLSv1.3", once the handshake is done
  const std::string& error() const { return error_; }  // why it failed, for people

 private:
  void note_error();
  struct Inner;
  std::unique_ptr<Inner> inner_;
  std::string error_;
  bool refused_ = false;
  bool untrusted_ = false;
  bool has_read_ = false;
};

}  // namespace md5spec
