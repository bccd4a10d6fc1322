// What came of carrying a case out once.
#pragma once

#include <memory>

#include "judge/finding.h"
#include "wire/transcript.h"

namespace md5spec {

struct Attempt {
  std::shared_ptr<const Transcript> transcript;
  Judgement judgement;
};

}  // namespace md5spec
