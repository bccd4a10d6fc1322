// Certificates for a server that md5spec starts itself and ends again.
#pragma once

#include <string>

namespace md5spec {

struct CertificateFiles {  // PEM
  std::string authority;
  std::string certificate;
  std::string key;
};

// A certificate for `server_name` and for this machine's own names and addresses, issued by an
// authority whose key is forgotten at once. The files are made once for each name, where only this
// user can read them, and removed when the program ends. Throws std::runtime_error if that can't be
// had.
const CertificateFiles& throwaway_certificates(const std::string& server_name);

}  // namespace md5spec
