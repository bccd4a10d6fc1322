#include "tls.h"

#include <stdexcept>

#include <openssl/err.h>
#include <openssl/ssl.h>

namespace md5spec::reference {
namespace {

void require_success(int good, const std::string& what) {
  if (good == 1) return;
  const char* const why = ERR_reason_error_string(ERR_peek_last_error());
  throw std::runtime_error("can't use " + what + ": " + (why == nullptr ? "no reason given" : why));
}

}  // namespace

TlsContext tls_context(const TlsOptions& claims, const std::string& certificate,
                       const std::string& key) {
  TlsContext context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  SSL_CTX* const tls = context.get();
  require_success(tls != nullptr, "libssl");
  SSL_CTX_set_min_proto_version(tls, TLS1_2_VERSION);
  SSL_CTX_set_options(tls, SSL_OP_NO_RENEGOTIATION);
  // A reply that doesn't go at once is kept by the connection, in whatever place it likes.
  SSL_CTX_set_mode(tls, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                            SSL_MODE_RELEASE_BUFFERS);
  // No sessions to come back to: then there are none to keep, and no tickets that a client which
  // only ever writes would leave unread.
  SSL_CTX_set_session_cache_mode(tls, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(tls, 0);
  require_success(SSL_CTX_use_certificate_chain_file(tls, certificate.c_str()),
                  "--tls-cert " + certificate);
  require_success(SSL_CTX_use_PrivateKey_file(tls, key.c_str(), SSL_FILETYPE_PEM),
                  "--tls-key " + key);
  require_success(SSL_CTX_check_private_key(tls), "--tls-key " + key);
  if (!claims.client_cert.empty()) {
    SSL_CTX_set_verify(tls, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    require_success(claims.ca.empty() ? SSL_CTX_set_default_verify_paths(tls)
                                      : SSL_CTX_load_verify_file(tls, claims.ca.c_str()),
                    "the profile's tls.ca " + claims.ca);
  }
  return context;
}

}  // namespace md5spec::reference
