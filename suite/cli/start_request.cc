#include "cli/start_request.h"

#include <algorithm>

#include "cli/data_folder.h"
#include "text/bytes.h"
#include "wire/throwaway_certificates.h"

namespace md5spec {
StartRequest start_request(const std::string& command, const std::string& word,
                           const Profile& profile, double timeout_scale) {
  StartRequest request;
  request.command = command;
  request.profile = word;
  const auto patience =
      std::chrono::duration<double>(request.patience) * std::max(1.0, timeout_scale);
  request.patience = std::chrono::duration_cast<Duration>(patience);
  if (command.empty()) {
    request.independent = true;
    request.words = {reference_server(), "--listen", "{profile}={host}:{port}"};
    if (profile.tls) {
      const CertificateFiles& files = throwaway_certificates(profile.tls->server_name);
      request.words.insert(request.words.end(),
                           {"--tls-cert", files.certificate, "--tls-key", files.key});
    }
  } else {
    request.words = split_start_command(command);
    request.flags = "--start " + shell_word(command);
  }
  return request;
}

void trust_reference_server(Profile* profile) {
  if (profile->tls) profile->tls->ca = throwaway_certificates(profile->tls->server_name).authority;
}

}  // namespace md5spec
