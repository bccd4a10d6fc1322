// SHA-256 (FIPS 180-4), by which reports name files and catalogues.
#pragma once

#include <memory>
#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace md5spec {

// A SHA-256 computation in progress.
class Sha256 {
 public:
  Sha256();

  void update(std::string_view bytes);
  // The digest of all bytes, in 64 lower-case hex digits; nothing may be added afterwards.
  std::string hex();

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

// The digest of `bytes` in 64 lower-case hex digits.
std::string sha256_hex(std::string_view bytes);

}  // namespace md5spec
