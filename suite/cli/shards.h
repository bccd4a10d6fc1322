// Which part of the cases GoogleTest's sharding leaves to this process.
#pragma once

#include <string>

namespace md5spec {

struct Shards {
  int index = 0;  // from 0
  int total = 1;

  std::string str() const;  // "2/4": the second of four
};

// What GTEST_TOTAL_SHARDS and GTEST_SHARD_INDEX say. GoogleTest itself ends the process where they
// make no sense, so this must be called before it looks. Throws UsageError.
Shards shards_from_environment();

}  // namespace md5spec
