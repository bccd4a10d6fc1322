// What a server claims its replies look like.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "digest/md5.h"

namespace md5spec {

// How a digest is written.
enum class Encoding {
  kLowerHex,  // {hex}
  kUpperHex,  // {HEX}
  kAnyHex,    // {any_hex}: hex digits of either letter case
  kBase64,    // {base64}, padded
  kRaw,       // {raw}: the 16 bytes themselves
};

// Returns `digest` written so; as lower-case hex where either letter case may come.
std::string encode(const Digest& digest, Encoding encoding);

// The reply due for one message: fixed bytes, the digest, fixed bytes.
struct ExpectedReply {
  std::string before;
  Digest digest;
  Encoding encoding = Encoding::kLowerHex;
  std::string after;

  std::size_t size() const;
  std::string bytes() const;  // as encode() would write it
  // Whether `received` begins with exactly this reply.
  bool begins(std::string_view received) const;
  // Whether `received`, taken as cut off at its end, may still become this reply.
  bool may_become(std::string_view received) const;
};

// A reply's pattern: literal bytes around exactly one digest; {message} and {length} (decimal, of
// the message) may stand beside it. Any other brace stands for itself.
class ReplyTemplate {
 public:
  // Returns what is wrong with `text`, empty if nothing is; `*result` is set only then.
  static std::string parse(std::string_view text, ReplyTemplate* result);

  ReplyTemplate() = default;  // "{hex}"

  Encoding encoding() const { return encoding_; }
  bool repeats_message() const;
  const std::string& text() const { return text_; }
  // The fixed bytes behind the last placeholder: what a reply ends with; may be empty.
  std::string ending() const;

  ExpectedReply expect(const Digest& digest, std::string_view message) const {
    return expect(digest, message, message.size());
  }
  // Of a message of that many bytes, which aren't needed unless the reply repeats them.
  ExpectedReply expect(const Digest& digest, std::string_view message, std::uint64_t size) const;
  // The size of every reply to a message of that many bytes.
  std::size_t size_for(std::size_t message_size) const;

 private:
  enum class Part { kLiteral, kMessage, kLength };
  struct Piece {
    Part part = Part::kLiteral;
    std::string literal;
  };
  static std::string fill(const std::vector<Piece>& pieces, std::string_view message,
                          std::uint64_t size);

  std::string text_ = "{hex}";
  std::vector<Piece> before_;
  Encoding encoding_ = Encoding::kLowerHex;
  std::vector<Piece> after_;
};

}  // namespace md5spec
