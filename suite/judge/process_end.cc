#include "judge/process_end.h"

#include <cstring>

#include <fmt/format.h>

namespace md5spec {

std::string in_words(const ProcessEnd& end) {
  if (end.signal == 0) return fmt::format("ended with exit status {}", end.status);
  const char* const name = sigabbrev_np(end.signal);
  const char* const meaning = sigdescr_np(end.signal);
  if (name == nullptr || meaning == nullptr)
    return fmt::format("was killed by signal {}", end.signal);
  return fmt::format("was killed by SIG{} ({})", name, meaning);
}

}  // namespace md5spec
