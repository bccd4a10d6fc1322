// MD5 (RFC 1321), computed by libcrypto.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace md5spec {

// The 16 bytes of an MD5 digest, as a string of that length would hold them.
class Digest {
 public:
  Digest() = default;
  explicit Digest(const std::array<unsigned char, 16>& bytes) : bytes_(bytes) {}

  std::string_view bytes() const {
    return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()};
  }
  std::string hex() const;  // 32 lower-case hex digits

  friend bool operator==(const Digest&, const Digest&) = default;
  friend auto operator<=>(const Digest&, const Digest&) = default;

 private:
  std::array<unsigned char, 16> bytes_{};
};

// An MD5 computation in progress. Copies go on independently of each other. Throws
// std::runtime_error where libcrypto refuses MD5 (a FIPS-only configuration).
class Md5 {
 public:
  Md5();
  Md5(const Md5& other);
  Md5(Md5&&) noexcept = default;
  Md5& operator=(const Md5& other);
  Md5& operator=(Md5&&) noexcept = default;
  ~Md5() = default;

  Md5& update(std::string_view bytes);

  // Returns the digest of all bytes so far; more may be added afterwards.
  Digest digest() const;

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

// The digest of `bytes`.
Digest md5(std::string_view bytes);

}  // namespace md5spec
