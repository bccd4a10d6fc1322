// One request: the message that a client asks the digest of, within the profile's request template.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "md5.h"
#include "target/profile.h"

namespace md5spec::reference {

struct Message {
  Digest digest{};
  std::uint64_t length = 0;
  std::string text;  // only where RequestFormat::keeps_text
};

// What a profile says about requests, worked out once.
struct RequestFormat {
  explicit RequestFormat(const Profile& profile);

  std::uint64_t longest() const;  // the longest request in bytes, saturated

  std::string prefix, suffix;  // what stands around the message
  bool optional_cr;            // a CR before the delimiter belongs to it
  bool covers_frame;           // the digest is of all bytes received, not of the message
  bool keeps_text;             // the reply repeats the message, or a regex must match it
  std::uint64_t most_message_bytes;
  Accepts accepts;
};

// Checks well-formed UTF-8 (Unicode, table 3-7) byte by byte.
class Utf8Check {
 public:
  bool add(unsigned char byte);  // false: no well-formed text goes on so
  bool complete() const { return missing_ == 0; }

 private:
  int missing_ = 0;                         // bytes that the current character still lacks
  unsigned char low_ = 0x80, high_ = 0xBF;  // the next of them must be in this range
};

// Takes a request's bytes in pieces of any size, and hashes them at once.
class Request {
 public:
  explicit Request(const RequestFormat& format) : format_(format) {}

  void start();  // forgets the last one
  // Takes the next bytes. False: what came won't become a message that the profile allows.
  bool add(std::string_view bytes);
  // The same bytes as they stand on the wire, delimiter or length included.
  void add_wire_bytes(std::string_view bytes);
  // Here the request ends: `terminated` by the wire format, or cut off by the end of the stream.
  // False: as above.
  bool finish(bool terminated);

  Message take_message() { return std::move(message_); }  // once finish() was true

 private:
  bool add_to_message(std::string_view bytes);
  bool accepts(std::string_view bytes);

  const RequestFormat& format_;
  Md5 md5_;
  Utf8Check utf8_;
  std::size_t prefix_seen_ = 0;
  std::string tail_;  // the last bytes so far, which may turn out to be suffix and CR
  Message message_;
};

}  // namespace md5spec::reference
