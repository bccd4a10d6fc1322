#include "report/signing.h"

#include <stdexcept>

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "digest/sha256.h"
#include "report/files.h"
#include "target/input_error.h"
#include "text/bytes.h"

namespace md5spec {
namespace {

using Key = std::unique_ptr<evp_pkey_st, FreeKey>;

struct FreeBio {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_MD_CTX, FreeContext>;

constexpr std::uint64_t kLargestKeyFile = 1U << 20U;
constexpr const char* kHowToMake = "`openssl genpkey -algorithm ed25519 -out key.pem` makes one";

// libcrypto would ask for a password on the terminal.
int no_password(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*context*/) { return -1; }

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

[[noreturn]] void refuse(const std::string& path, const std::string& why) {
  ERR_clear_error();
  throw InputError({displayable(path), 0, 0}, why);
}

bool has(const std::string& pem, std::string_view label) {
  return pem.find(fmt::format("-----BEGIN {}-----", label)) != std::string::npos;
}

bool has_private_key(const std::string& pem) {
  return pem.find("PRIVATE KEY-----") != std::string::npos;
}

void check_type(const std::string& path, const Key& key, const char* kind) {
  const int type = EVP_PKEY_get_base_id(key.get());
  if (type == EVP_PKEY_ED25519) return;
  const char* const name = EVP_PKEY_get0_type_name(key.get());
  refuse(path, fmt::format("is of the type {}; it must be an Ed25519 {} key ({})",
                           name != nullptr ? name : "unknown", kind, kHowToMake));
}

std::string id_of(const evp_pkey_st* key) {
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key, &der);
  if (size <= 0) throw std::runtime_error("libcrypto failed to write a public key");
  const std::string bytes(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return sha256_hex(bytes);
}

}  // namespace

void FreeKey::operator()(evp_pkey_st* key) const { EVP_PKEY_free(key); }

PrivateKey PrivateKey::load(const std::string& path) {
  const std::string pem = read_file(path, kLargestKeyFile);
  if (has(pem, "ENCRYPTED PRIVATE KEY") || pem.find("Proc-Type: 4,ENCRYPTED") != std::string::npos)
    refuse(path, "is encrypted; `openssl pkey -in FILE -out key.pem` takes the password off");
  const std::unique_ptr<BIO, FreeBio> bio(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  Key key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_password, nullptr));
  if (!key) {
    refuse(path, has(pem, "PUBLIC KEY")
                     ? "is a public key; signing takes the private one"
                     : fmt::format("holds no private key in PEM form ({})", kHowToMake));
  }
  check_type(path, key, "private");
  return PrivateKey(std::move(key));
}

std::string PrivateKey::sign(std::string_view bytes) const {
  const Context context(EVP_MD_CTX_new());
  std::string signature(64, '\0');
  std::size_t size = signature.size();
  if (!context || EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) != 1 ||
      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                     bytes_of(bytes), bytes.size()) != 1 ||
      size != signature.size())
    throw std::runtime_error("libcrypto failed to sign");
  return signature;
}

std::string PrivateKey::id() const { return id_of(key_.get()); }

PublicKey PublicKey::load(const std::string& path) {
  const std::string pem = read_file(path, kLargestKeyFile);
  if (has_private_key(pem)) {
    refuse(path,
           "is a private key; verifying takes the public one: `openssl pkey -in key.pem -pubout "
           "-out public.pem`");
  }
  const std::unique_ptr<BIO, FreeBio> bio(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  Key key(PEM_read_bio_PUBKEY(bio.get(), nullptr, no_password, nullptr));
  if (!key) refuse(path, "holds no public key in PEM form");
  check_type(path, key, "public");
  return PublicKey(std::move(key));
}

bool PublicKey::verifies(std::string_view bytes, std::string_view signature) const {
  const Context context(EVP_MD_CTX_new());
  if (!context || EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key_.get()) != 1)
    throw std::runtime_error("libcrypto failed to verify");
  const bool good = EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(),
                                     bytes_of(bytes), bytes.size()) == 1;
  ERR_clear_error();
  return good;
}

std::string PublicKey::id() const { return id_of(key_.get()); }

}  // namespace md5spec
