// The server's side of TLS, as a profile with `tls` describes it.
#pragma once

#include <memory>
#include <string>

#include "target/profile.h"

struct ssl_ctx_st;  // OpenSSL's SSL_CTX

namespace md5spec::reference {

using TlsContext = std::shared_ptr<ssl_ctx_st>;

// TLS 1.2 and 1.3 with the certificate (and what stands behind it) and the key in those PEM files.
// Where `claims` names a client's certificate, clients need one that its `ca` has issued. Throws
// std::runtime_error with the reason.
TlsContext tls_context(const TlsOptions& claims, const std::string& certificate,
                       const std::string& key);

}  // namespace md5spec::reference
