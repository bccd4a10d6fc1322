// MD5 (RFC 1321) of messages that come in pieces, computed by libcrypto.
#pragma once

#include <array>
#include <memory>
#include <stdexcept>
#include <string_view>

#include <openssl/evp.h>

namespace md5spec::reference {

using Digest = std::array<unsigned char, 16>;

// Throws std::runtime_error where libcrypto refuses MD5 (a FIPS-only configuration).
class Md5 {
 public:
  Md5() : context_(EVP_MD_CTX_new(), EVP_MD_CTX_free) {
    // Fetched once: looking an algorithm up costs more than hashing a short message.
    static const EVP_MD* const kMd5 = EVP_MD_fetch(nullptr, "MD5", nullptr);
    check(kMd5 != nullptr && EVP_DigestInit_ex(context_.get(), kMd5, nullptr) == 1);
  }

  void update(std::string_view bytes) {
    check(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()));
  }

  // Returns the digest of all bytes since the last finish().
  Digest finish() {
    Digest digest;
    check(EVP_DigestFinal_ex(context_.get(), digest.data(), nullptr));
    check(EVP_DigestInit_ex(context_.get(), nullptr, nullptr));  // the same algorithm, afresh
    return digest;
  }

 private:
  static void check(int good) {
    if (good != 1) throw std::runtime_error("libcrypto can't compute MD5 (FIPS mode?)");
  }

  std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context_;
};

}  // namespace md5spec::reference
