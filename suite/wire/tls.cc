#include "wire/tls.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <set>
#include <utility>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "text/bytes.h"
#include "wire/freed_by.h"

namespace md5spec {
namespace {

using SslContext = std::unique_ptr<SSL_CTX, FreedBy<SSL_CTX_free>>;
using Ssl = std::unique_ptr<SSL, FreedBy<SSL_free>>;

std::string last_error() {
  const unsigned long code = ERR_peek_last_error();
  ERR_clear_error();
  if (code == 0) return "unknown error";
  if (ERR_GET_LIB(code) == ERR_LIB_SYS)
    return std::strerror(static_cast<int>(ERR_GET_REASON(code)));
  const char* const reason = ERR_reason_error_string(code);
  return reason == nullptr ? fmt::format("error {:x}", code) : reason;
}

void check(int good, const char* what, const std::string& file) {
  if (good != 1) throw TlsSetupError(fmt::format("{} {}: {}", what, in_quotes(file), last_error()));
}

bool is_address(const std::string& name) {
  std::array<unsigned char, sizeof(in6_addr)> room{};
  return inet_pton(AF_INET, name.c_str(), room.data()) == 1 ||
         inet_pton(AF_INET6, name.c_str(), room.data()) == 1;
}

// Alerts by which a server turns a client down, rather than breaks off what was agreed on.
bool turns_down(int alert) {
  static const std::set<int> all = {
      SSL_AD_HANDSHAKE_FAILURE,   SSL_AD_BAD_CERTIFICATE,     SSL_AD_UNSUPPORTED_CERTIFICATE,
      SSL_AD_CERTIFICATE_REVOKED, SSL_AD_CERTIFICATE_EXPIRED, SSL_AD_CERTIFICATE_UNKNOWN,
      SSL_AD_UNKNOWN_CA,          SSL_AD_ACCESS_DENIED,       SSL_AD_DECRYPT_ERROR,
      SSL_AD_CERTIFICATE_REQUIRED};
  return all.contains(alert);
}

// What the server has shown for certificates, byte by byte.
std::string shown_certificates(X509_STORE_CTX* verification) {
  std::string all;
  const STACK_OF(X509)* const certificates = X509_STORE_CTX_get0_untrusted(verification);
  for (int i = 0; i < sk_X509_num(certificates); ++i) {
    const X509* const certificate = sk_X509_value(certificates, i);
    const int size = i2d_X509(certificate, nullptr);
    if (size <= 0) return {};
    const std::size_t before = all.size();
    all.resize(before + static_cast<std::size_t>(size));
    auto* place = reinterpret_cast<unsigned char*>(all.data() + before);
    i2d_X509(certificate, &place);
  }
  return all;
}

// A server shows the same certificates on all connections. Once they are known to be valid for its
// name, which takes a fifth of a handshake's time, they are. `valid` points to a string.
int verify(X509_STORE_CTX* verification, void* valid) {
  auto& known = *static_cast<std::string*>(valid);
  std::string shown = shown_certificates(verification);
  if (!shown.empty() && shown == known) {
    X509_STORE_CTX_set_error(verification, X509_V_OK);
    return 1;
  }
  const int good = X509_verify_cert(verification);
  if (good == 1) known = std::move(shown);
  return good;
}

}  // namespace

struct TlsContext::Inner {
  SslContext context;
  TlsOptions options;
  std::string valid_certificates;
};

TlsContext::TlsContext(const TlsOptions& options) {
  auto inner = std::make_unique<Inner>();
  inner->options = options;
  inner->context.reset(SSL_CTX_new(TLS_client_method()));
  SSL_CTX* const context = inner->context.get();
  if (context == nullptr) throw TlsSetupError("libssl: " + last_error());
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  // Every connection is to show the whole handshake.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  if (options.ca.empty()) {
    SSL_CTX_set_default_verify_paths(context);
  } else {
    check(SSL_CTX_load_verify_file(context, options.ca.c_str()),
          "can't take the authorities (tls.ca) from", options.ca);
  }
  SSL_CTX_set_verify(context, options.verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
  SSL_CTX_set_cert_verify_callback(context, verify, &inner->valid_certificates);
  if (!options.client_cert.empty()) {
    check(SSL_CTX_use_certificate_chain_file(context, options.client_cert.c_str()),
          "can't take the client's certificate from", options.client_cert);
    check(SSL_CTX_use_PrivateKey_file(context, options.client_key.c_str(), SSL_FILETYPE_PEM),
          "can't take the client's key from", options.client_key);
    check(SSL_CTX_check_private_key(context), "the client's certificate doesn't go with the key",
          options.client_key);
  }
  inner_ = std::move(inner);
}

TlsContext::~TlsContext() = default;

std::shared_ptr<const TlsContext> tls_context(const Profile& profile) {
  if (!profile.tls) return nullptr;
  return std::make_shared<const TlsContext>(*profile.tls);
}

struct TlsSession::Inner {
  std::shared_ptr<const TlsContext> context;
  Ssl ssl;
  BIO* in = nullptr;   // owned by ssl
  BIO* out = nullptr;  // so is this
};

TlsSession::TlsSession(std::shared_ptr<const TlsContext> context)
    : inner_(std::make_unique<Inner>()) {
  const TlsContext::Inner& settings = *context->inner_;
  inner_->context = std::move(context);
  inner_->ssl.reset(SSL_new(settings.context.get()));
  inner_->in = BIO_new(BIO_s_mem());
  inner_->out = BIO_new(BIO_s_mem());
  SSL* const ssl = inner_->ssl.get();
  if (ssl == nullptr || inner_->in == nullptr || inner_->out == nullptr) throw std::bad_alloc();
  SSL_set_bio(ssl, inner_->in, inner_->out);
  SSL_set_connect_state(ssl);
  const std::string& name = settings.options.server_name;
  if (is_address(name)) {
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name.c_str());
  } else {
    // What the macro SSL_set_tlsext_host_name stands for, without its cast.
    SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
             const_cast<char*>(name.c_str()));
    SSL_set1_host(ssl, name.c_str());
    // RFC 9525, section 2: the subject's common name doesn't count.
    SSL_set_hostflags(ssl, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
  }
}

TlsSession::~TlsSession() = default;

void TlsSession::feed(std::string_view records) {
  if (!records.empty()) BIO_write(inner_->in, records.data(), static_cast<int>(records.size()));
}

std::string_view TlsSession::output() const {
  char* data = nullptr;
  const long size = BIO_get_mem_data(inner_->out, &data);
  return size > 0 ? std::string_view(data, static_cast<std::size_t>(size)) : std::string_view();
}

void TlsSession::sent(std::size_t bytes) {
  // Reading is the only way to take bytes off a memory BIO.
  std::array<char, 4096> room;  // NOLINT(cppcoreguidelines-pro-type-member-init): never looked at
  while (bytes > 0) {
    const int count =
        BIO_read(inner_->out, room.data(), static_cast<int>(std::min(bytes, room.size())));
    if (count <= 0) return;
    bytes -= static_cast<std::size_t>(count);
  }
}

void TlsSession::note_error() {
  const long verdict = SSL_get_verify_result(inner_->ssl.get());
  const unsigned long code = ERR_peek_error();
  const int reason = ERR_GET_REASON(code);
  constexpr int kFirstAlert = SSL_AD_REASON_OFFSET;
  constexpr int kCertificateRequired = 116;  // RFC 8446, section 6.2
  if (reason == SSL_R_CERTIFICATE_VERIFY_FAILED) {
    untrusted_ = true;
    error_ = fmt::format("the server's certificate isn't valid: {}",
                         X509_verify_cert_error_string(verdict));
  } else if (reason >= kFirstAlert && reason < kFirstAlert + 256) {
    const int alert = reason - kFirstAlert;
    // OpenSSL 3.0 has no words for this one.
    const char* const words =
        alert == kCertificateRequired ? "certificate required" : SSL_alert_desc_string_long(alert);
    error_ = fmt::format("the server ended it with the alert '{}'", words);
    refused_ = turns_down(alert);
  } else {
    const char* const words = ERR_reason_error_string(code);
    error_ = words == nullptr ? "what the server sent is no TLS" : words;
  }
  ERR_clear_error();
}

TlsSession::Handshake TlsSession::handshake() {
  ERR_clear_error();
  const int result = SSL_do_handshake(inner_->ssl.get());
  if (result == 1) return Handshake::kDone;
  const int error = SSL_get_error(inner_->ssl.get(), result);
  if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) return Handshake::kUnderWay;
  note_error();
  return untrusted_ ? Handshake::kUntrusted : Handshake::kFailed;
}

bool TlsSession::encrypt(std::string_view bytes) {
  ERR_clear_error();
  const int count = SSL_write(inner_->ssl.get(), bytes.data(), static_cast<int>(bytes.size()));
  if (count == static_cast<int>(bytes.size())) return true;
  note_error();
  return false;
}

TlsSession::Read TlsSession::read(std::string* bytes) {
  ERR_clear_error();
  bytes->resize(kMostInRecord);
  const int count = SSL_read(inner_->ssl.get(), bytes->data(), static_cast<int>(bytes->size()));
  bytes->resize(count > 0 ? static_cast<std::size_t>(count) : 0);
  if (count > 0) {
    has_read_ = true;
    return Read::kSome;
  }
  switch (SSL_get_error(inner_->ssl.get(), count)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
      return Read::kNeedMore;
    case SSL_ERROR_ZERO_RETURN:
      return Read::kClosed;
    default:
      note_error();
      return refused_ && !has_read_ ? Read::kRefused : Read::kFailed;
  }
}

void TlsSession::close_notify() {
  ERR_clear_error();
  SSL_shutdown(inner_->ssl.get());
  ERR_clear_error();
}

bool TlsSession::has_half_close() const { return SSL_version(inner_->ssl.get()) >= TLS1_3_VERSION; }

std::string TlsSession::version() const { return SSL_get_version(inner_->ssl.get()); }

}  // namespace md5spec
