// Digests of what was sent, seen in what came back.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "digest/md5.h"
#include "target/reply_template.h"

namespace md5spec {

struct Sighting {
  std::size_t at = 0;  // in what came
  std::size_t size = 0;
  Digest digest;
  Encoding encoding = Encoding::kLowerHex;
};

// The digests of any stretch of bytes: of "ab" those of "", "a", "b" and "ab".
class Stretches {
 public:
  // Takes no more than the first 512 of `sent` into account.
  explicit Stretches(std::string_view sent);

  // Those that stand in `came`, in order; of a long one no more than the first 64 KiB are searched.
  std::vector<Sighting> seen_in(std::string_view came) const;

 private:
  bool has(const Digest& digest) const;
  std::vector<Digest> digests_;  // sorted
};

}  // namespace md5spec
