// DSSE envelopes (github.com/secure-systems-lab/dsse, version 1): a payload with its type and a
// signature over both.
#pragma once

#include <string>
#include <string_view>

#include "report/signing.h"

namespace md5spec {

struct Envelope {
  std::string payload_type;
  std::string payload;
  std::string key_id;
  std::string signature;
};

// What is signed: type and payload, each with its length (the "pre-authentication encoding").
std::string pre_authentication_encoding(std::string_view type, std::string_view payload);

// The envelope as one line of JSON.
std::string seal(std::string_view type, std::string_view payload, const PrivateKey& key);

// Reads an envelope with one signature, which isn't checked here. Throws InputError.
Envelope read_envelope(const std::string& text, const std::string& file);

// What is wrong with the signature; empty if it is the key's.
std::string why_not_signed_by(const Envelope& envelope, const PublicKey& key);

}  // namespace md5spec
