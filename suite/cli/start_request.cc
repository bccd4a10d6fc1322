#include "cli/start_request.h"

#include <algorithm>

#include "cli/data_folder.h"

namespace md5spec {
namespace {

// So that a shell gives it back as it is.
std::string shell_word(const std::string& text) {
  std::string word = "'";
  for (const char c : text) {
    if (c == '\'') {
      word += "'\\''";
    } else {
      word += c;
    }
  }
  return word + "'";
}

}  // namespace

StartRequest start_request(const std::string& command, const std::string& profile,
                           double timeout_scale) {
  StartRequest request;
  request.profile = profile;
  const auto patience =
      std::chrono::duration<double>(request.patience) * std::max(1.0, timeout_scale);
  request.patience = std::chrono::duration_cast<Duration>(patience);
  if (command.empty()) {
    request.words = {reference_server(), "--listen", "{profile}={host}:{port}"};
  } else {
    request.words = split_start_command(command);
    request.flags = "--start " + shell_word(command);
  }
  return request;
}

}  // namespace md5spec
