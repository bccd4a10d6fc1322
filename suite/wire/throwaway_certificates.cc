#include "wire/throwaway_certificates.h"

#include <array>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <stdexcept>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

#include "wire/freed_by.h"

namespace md5spec {
namespace {

namespace fs = std::filesystem;

constexpr long kBefore = 24L * 3600;     // clocks differ
constexpr long kAfter = 7L * 24 * 3600;  // longer than any run

using Key = std::unique_ptr<EVP_PKEY, FreedBy<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, FreedBy<X509_free>>;
using File = std::unique_ptr<std::FILE, FreedBy<std::fclose>>;

void check(bool good, const char* what) {
  if (!good) throw std::runtime_error(fmt::format("can't make certificates: {}", what));
}

Key new_key() {
  Key key(EVP_EC_gen("P-256"));
  check(key != nullptr, "no key");
  return key;
}

void add_extension(X509* certificate, X509* issuer, int what, const std::string& value) {
  X509V3_CTX context{};
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  std::unique_ptr<X509_EXTENSION, FreedBy<X509_EXTENSION_free>> extension(
      X509V3_EXT_conf_nid(nullptr, &context, what, value.c_str()));
  check(extension && X509_add_ext(certificate, extension.get(), -1) == 1, value.c_str());
}

// A certificate of `subject` for `key`, not signed yet.
Certificate begin(const std::string& subject, const Key& key) {
  Certificate certificate(X509_new());
  check(certificate != nullptr, "no memory");
  X509* const one = certificate.get();
  std::array<unsigned char, 8> serial{};
  RAND_bytes(serial.data(), static_cast<int>(serial.size()));
  serial[0] &= 0x7F;  // a positive number
  std::unique_ptr<BIGNUM, FreedBy<BN_free>> number(
      BN_bin2bn(serial.data(), static_cast<int>(serial.size()), nullptr));
  BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(one));
  X509_set_version(one, 2);  // which stands for 3
  X509_gmtime_adj(X509_getm_notBefore(one), -kBefore);
  X509_gmtime_adj(X509_getm_notAfter(one), kAfter);
  const auto* const text = reinterpret_cast<const unsigned char*>(subject.c_str());
  X509_NAME_add_entry_by_txt(X509_get_subject_name(one), "CN", MBSTRING_UTF8, text, -1, -1, 0);
  X509_set_pubkey(one, key.get());
  return certificate;
}

void sign(const Certificate& certificate, const Certificate& issuer, const Key& key) {
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(issuer.get()));
  check(X509_sign(certificate.get(), key.get(), EVP_sha256()) > 0, "no signature");
}

std::string alternative_names(const std::string& server_name) {
  std::string names = "DNS:localhost,IP:127.0.0.1,IP:::1";
  std::array<unsigned char, sizeof(in6_addr)> room{};
  const bool is_address = inet_pton(AF_INET, server_name.c_str(), room.data()) == 1 ||
                          inet_pton(AF_INET6, server_name.c_str(), room.data()) == 1;
  // A comma would begin another entry.
  const bool plain = server_name.find(',') == std::string::npos;
  if (plain && server_name != "localhost")
    names += fmt::format(",{}:{}", is_address ? "IP" : "DNS", server_name);
  return names;
}

template <typename Write>
void write(const std::string& path, Write&& what) {
  const File file(std::fopen(path.c_str(), "w"));
  check(file && what(file.get()) == 1, path.c_str());
}

// A folder of this user's own, for as long as the program runs.
class Folder {
 public:
  Folder() : path_((fs::temp_directory_path() / "md5spec-tls-XXXXXX").string()) {
    check(mkdtemp(path_.data()) != nullptr, path_.c_str());
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string file(const char* name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

class Throwaway {
 public:
  explicit Throwaway(const std::string& server_name)
      : files_{folder_.file("ca.pem"), folder_.file("server.pem"), folder_.file("server.key")} {
    const Key authority_key = new_key();
    const Certificate authority = begin("md5spec throwaway authority", authority_key);
    add_extension(authority.get(), authority.get(), NID_basic_constraints, "critical,CA:TRUE");
    add_extension(authority.get(), authority.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
    sign(authority, authority, authority_key);
    const Key key = new_key();
    const Certificate server = begin("md5spec throwaway server", key);
    add_extension(server.get(), authority.get(), NID_basic_constraints, "CA:FALSE");
    add_extension(server.get(), authority.get(), NID_ext_key_usage, "serverAuth");
    add_extension(server.get(), authority.get(), NID_subject_alt_name,
                  alternative_names(server_name));
    sign(server, authority, authority_key);
    write(files_.authority, [&](std::FILE* file) { return PEM_write_X509(file, authority.get()); });
    write(files_.certificate, [&](std::FILE* file) { return PEM_write_X509(file, server.get()); });
    write(files_.key, [&](std::FILE* file) {
      return PEM_write_PrivateKey(file, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    });
  }

  const CertificateFiles& files() const { return files_; }

 private:
  Folder folder_;
  CertificateFiles files_;
};

}  // namespace

const CertificateFiles& throwaway_certificates(const std::string& server_name) {
  static std::map<std::string, Throwaway> all;
  return all.try_emplace(server_name, server_name).first->second.files();
}

}  // namespace md5spec
