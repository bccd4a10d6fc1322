#include "digest/md5.h"

#include <stdexcept>

#include <openssl/evp.h>

#include "text/bytes.h"

namespace md5spec {
namespace {

// Fetched once: looking an algorithm up costs more than hashing a short message.
const EVP_MD* algorithm() {
  static const EVP_MD* const md5 = EVP_MD_fetch(nullptr, "MD5", nullptr);
  if (md5 == nullptr)
    throw std::runtime_error("libcrypto offers no MD5 here (a FIPS-only set-up?)");
  return md5;
}

void check(int status) {
  if (status != 1) throw std::runtime_error("libcrypto failed to compute an MD5 digest");
}

}  // namespace

std::string Digest::hex() const { return md5spec::hex(bytes()); }

void Md5::Free::operator()(evp_md_ctx_st* context) const { EVP_MD_CTX_free(context); }

Md5::Md5() : context_(EVP_MD_CTX_new()) {
  check(EVP_DigestInit_ex(context_.get(), algorithm(), nullptr));
}

Md5::Md5(const Md5& other) : context_(EVP_MD_CTX_new()) {
  check(EVP_MD_CTX_copy_ex(context_.get(), other.context_.get()));
}

Md5& Md5::operator=(const Md5& other) {
  if (this != &other) *this = Md5(other);
  return *this;
}

Md5& Md5::update(std::string_view bytes) {
  check(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()));
  return *this;
}

Digest Md5::digest() const {
  const Md5 copy(*this);
  std::array<unsigned char, 16> bytes{};
  unsigned length = 0;
  check(EVP_DigestFinal_ex(copy.context_.get(), bytes.data(), &length));
  return Digest(bytes);
}

Digest md5(std::string_view bytes) { return Md5().update(bytes).digest(); }

}  // namespace md5spec
