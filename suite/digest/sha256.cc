#include "digest/sha256.h"

#include <array>
#include <stdexcept>

#include <openssl/evp.h>

#include "text/bytes.h"

namespace md5spec {

std::string sha256_hex(std::string_view bytes) {
  std::array<char, 32> digest{};
  auto* const out = reinterpret_cast<unsigned char*>(digest.data());
  if (EVP_Digest(bytes.data(), bytes.size(), out, nullptr, EVP_sha256(), nullptr) != 1) {
    throw std::runtime_error("libcrypto failed to compute a SHA-256 digest");
  }
  return hex({digest.data(), digest.size()});
}

}  // namespace md5spec
