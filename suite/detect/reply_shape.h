// From replies to the template that they follow.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "digest/md5.h"
#include "target/reply_template.h"

namespace md5spec {

// A reply, whole and alone, and what it answers.
struct ReplySample {
  std::string message;
  Digest digest;
  std::string reply;
};

// The simplest template of which all samples, and there must be some, are instances; nothing if no
// template says that.
std::optional<ReplyTemplate> template_of(const std::vector<ReplySample>& samples);

}  // namespace md5spec
