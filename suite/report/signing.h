// Ed25519 keys (RFC 8032) in PEM files, used by libcrypto.
#pragma once

#include <memory>
#include <string>
#include <string_view>

struct evp_pkey_st;

namespace md5spec {

struct FreeKey {
  void operator()(evp_pkey_st* key) const;
};

class PrivateKey {
 public:
  // Throws InputError for anything but an unencrypted Ed25519 private key, and says what it is.
  static PrivateKey load(const std::string& path);

  std::string sign(std::string_view bytes) const;  // 64 bytes
  std::string id() const;                          // that of its public key

 private:
  explicit PrivateKey(std::unique_ptr<evp_pkey_st, FreeKey> key) : key_(std::move(key)) {}
  std::unique_ptr<evp_pkey_st, FreeKey> key_;
};

class PublicKey {
 public:
  // Throws InputError for anything but an Ed25519 public key.
  static PublicKey load(const std::string& path);

  bool verifies(std::string_view bytes, std::string_view signature) const;
  // The SHA-256 of the key (as SubjectPublicKeyInfo, DER), 64 hex digits.
  std::string id() const;

 private:
  explicit PublicKey(std::unique_ptr<evp_pkey_st, FreeKey> key) : key_(std::move(key)) {}
  std::unique_ptr<evp_pkey_st, FreeKey> key_;
};

}  // namespace md5spec
