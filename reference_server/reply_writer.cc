#include "reply_writer.h"

#include <array>

#include <openssl/evp.h>

namespace md5spec::reference {
namespace {

void write_hex(const Digest& digest, std::string_view digits, std::string* out) {
  std::array<char, 32> hex;
  char* next = hex.data();
  for (const unsigned byte : digest) {
    *next++ = digits[byte >> 4U];
    *next++ = digits[byte & 0xFU];
  }
  out->append(hex.begin(), hex.end());
}

void write_base64(const Digest& digest, std::string* out) {
  std::array<unsigned char, 25> text{};  // 24 and a NUL
  EVP_EncodeBlock(text.data(), digest.data(), static_cast<int>(digest.size()));
  out->append(text.begin(), text.end() - 1);
}

}  // namespace

ReplyWriter::ReplyWriter(std::string_view reply) {
  for (const char byte : reply) {
    const bool cut = parts_.empty() || byte == '{' || parts_.back().ends_with('}');
    if (cut) parts_.emplace_back();
    parts_.back() += byte;
  }
}

void ReplyWriter::write(const Message& message, std::string* out) const {
  for (const std::string_view part : parts_) {
    if (part == "{hex}" || part == "{any_hex}") {
      write_hex(message.digest, "0123456789abcdef", out);
    } else if (part == "{HEX}") {
      write_hex(message.digest, "0123456789ABCDEF", out);
    } else if (part == "{base64}") {
      write_base64(message.digest, out);
    } else if (part == "{raw}") {
      out->append(message.digest.begin(), message.digest.end());
    } else if (part == "{message}") {
      *out += message.text;
    } else if (part == "{length}") {
      *out += std::to_string(message.length);
    } else {
      *out += part;
    }
  }
}

}  // namespace md5spec::reference
