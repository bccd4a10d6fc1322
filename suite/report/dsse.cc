#include "report/dsse.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "report/strict_json.h"
#include "text/bytes.h"

namespace md5spec {
namespace {

// Base64 in its one canonical form: another text for the same bytes would be a change unseen.
std::string bytes_of(const JsonNode& node) {
  std::string bytes;
  const std::string text = node.text();
  if (!unbase64(text, &bytes) || base64(bytes) != text) node.fail("must be padded base64");
  return bytes;
}

}  // namespace

std::string pre_authentication_encoding(std::string_view type, std::string_view payload) {
  return fmt::format("DSSEv1 {} {} {} {}", type.size(), type, payload.size(), payload);
}

std::string seal(std::string_view type, std::string_view payload, const PrivateKey& key) {
  const nlohmann::ordered_json json = {
      {"payload", base64(payload)},
      {"payloadType", type},
      {"signatures",
       {{{"keyid", key.id()},
         {"sig", base64(key.sign(pre_authentication_encoding(type, payload)))}}}}};
  return json.dump() + "\n";
}

Envelope read_envelope(const std::string& text, const std::string& file) {
  const JsonNode root = JsonNode::parse(text, file);
  root.only_has({"payload", "payloadType", "signatures"});
  const JsonNode signatures = root.at("signatures");
  if (signatures.size() != 1) signatures.fail("must hold one signature");
  const JsonNode signature = signatures.item(0);
  signature.only_has({"keyid", "sig"});
  return {root.at("payloadType").text(), bytes_of(root.at("payload")), signature.at("keyid").text(),
          bytes_of(signature.at("sig"))};
}

std::string why_not_signed_by(const Envelope& envelope, const PublicKey& key) {
  const std::string signed_bytes =
      pre_authentication_encoding(envelope.payload_type, envelope.payload);
  if (!key.verifies(signed_bytes, envelope.signature)) {
    return envelope.key_id == key.id()
               ? "the signature doesn't fit: what was signed has been changed"
               : fmt::format("it wasn't signed with this key ({}), but with {}", key.id(),
                             displayable(envelope.key_id));
  }
  if (envelope.key_id != key.id())
    return "the signature fits, but the envelope names another key: it has been changed";
  return {};
}

}  // namespace md5spec
