// Replies as a profile's reply template wants them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "request.h"

namespace md5spec::reference {

class ReplyWriter {
 public:
  // `reply` is a template that reading the profile found valid, such as "{hex}\n".
  explicit ReplyWriter(std::string_view reply);

  // Appends the reply to `message`.
  void write(const Message& message, std::string* out) const;

 private:
  std::vector<std::string>
      parts_;  // cut before every { and after every }, so a placeholder stands alone
};

}  // namespace md5spec::reference
