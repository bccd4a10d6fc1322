// Framing: cuts the byte stream of a connection into requests.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "request.h"
#include "target/profile.h"

namespace md5spec::reference {

// Takes what is read from a connection, in pieces as they come, and keeps none that it needn't.
class MessageReader {
 public:
  enum class Result {
    kNeedsMore,  // no message is complete
    kMessage,    // take_message() gives it
    kRefused,    // what came isn't a message that the profile allows: nothing more can be read
  };

  // Both must outlive it; `format` is the profile's.
  MessageReader(const Profile& profile, const RequestFormat& format)
      : profile_(profile), format_(format), request_(format) {}

  // Takes bytes off the front of `*bytes` until a message is complete or none are left. Unframed,
  // `*bytes` must be what one read gave.
  Result read(std::string_view* bytes);
  // The client has ended its stream.
  Result end();

  Message take_message() { return request_.take_message(); }
  bool between_messages() const { return !inside_; }  // nothing of a further message has come

 private:
  // These hand a request's bytes on, and say kMessage where it ends.
  Result cut(std::string_view* bytes);
  Result cut_at_delimiter(std::string_view* bytes);
  Result cut_by_length(std::string_view* bytes);
  bool read_length();
  Result finish(bool terminated);

  const Profile& profile_;
  const RequestFormat& format_;
  Request request_;
  bool inside_ = false;
  std::string held_;             // what came of a delimiter, or of the length
  std::uint64_t remaining_ = 0;  // bytes to come, once the length is known
};

}  // namespace md5spec::reference
