// What wire format and limits a server claims to have.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "target/input_error.h"
#include "target/reply_template.h"

namespace re2 {
class RE2;
}

namespace md5spec {

using Duration = std::chrono::microseconds;

// How a message's end is told on the wire.
enum class Framing {
  kUnframed,        // not at all: one message a write, one read a message
  kHalfClose,       // by the client's end of stream
  kDelimited,       // by a delimiter
  kLengthPrefixed,  // by an integer before it
};

std::string_view name_of(Framing framing);

enum class AtEof { kDiscard, kAnswer };  // what becomes of an unterminated last message
enum class ByteOrder { kBig, kLittle };
enum class Covers { kMessage, kFrame };  // what a digest, or a length, is of
enum class Exchanges { kMany, kOne };    // on one connection
enum class Oversize { kClose, kAnswer };

struct LengthField {
  int bytes = 4;  // 1, 2, 4 or 8
  ByteOrder order = ByteOrder::kBig;
  Covers counts = Covers::kMessage;  // kFrame: the length counts itself too
};

// The messages a server claims to take.
struct Accepts {
  enum class Kind { kAny, kUtf8, kAscii, kPrintable, kRegex };
  Kind kind = Kind::kAny;
  std::string regex;  // for kRegex: RE2 syntax, full match, on well-formed UTF-8
  std::shared_ptr<const re2::RE2> compiled_regex;

  bool takes(std::string_view message) const;
  std::string in_words() const;  // "UTF-8 messages"
  std::string key() const;       // "utf8", or the regex
};

struct Limits {
  // The largest message that is tested; no limit the server claims unless `declared`.
  std::uint64_t message_bytes = 0;
  bool declared = false;
  bool unlimited =
      false;  // written as such; message_bytes is then merely how far is tested by default
  unsigned connections = 64;
  Oversize oversize = Oversize::kClose;
};

struct Timeouts {
  Duration connect = std::chrono::seconds(5);
  Duration reply = std::chrono::seconds(2);  // the longest silence while a reply is due
  Duration close =
      std::chrono::seconds(2);  // from the end of all work to the server's end of stream
  Duration quiet = std::chrono::milliseconds(200);
  Duration pause =
      std::chrono::milliseconds(1100);  // how long a client pauses where a case is about pauses
};

struct TlsOptions {
  std::string server_name = "localhost";
  std::string ca;  // file names, already resolved against the profile's folder; empty: none
  bool verify = true;
  std::string client_cert;
  std::string client_key;
};

// A server's claim. Loaded from YAML; every value is in range and goes with the framing.
struct Profile {
  std::string name;
  std::string title;
  Framing framing = Framing::kUnframed;
  std::string delimiter = "\n";
  bool optional_cr = false;
  AtEof at_eof = AtEof::kDiscard;
  LengthField length;
  Covers digest_covers = Covers::kMessage;
  std::string request = "{message}";
  Accepts accepts;
  std::string banner;
  ReplyTemplate reply;
  Exchanges exchanges = Exchanges::kMany;
  Limits limits;
  Timeouts timeouts;
  std::optional<TlsOptions> tls;

  bool framed() const { return framing != Framing::kUnframed; }
  bool many() const { return exchanges == Exchanges::kMany; }
  // Whether the client's half-close ends a message that it is in.
  bool end_of_stream_completes() const {
    return framing == Framing::kHalfClose ||
           (framing == Framing::kDelimited && at_eof == AtEof::kAnswer);
  }
  bool can_pipeline() const {
    return many() && (framing == Framing::kDelimited || framing == Framing::kLengthPrefixed);
  }

  // Whatever is less than the full specification, each in words that fit "conformant for …".
  std::vector<std::string> restrictions() const;
};

// Reads a profile from YAML text; `file` names it in errors, `folder` is what file names in it are
// relative to. Throws InputError.
Profile parse_profile(const std::string& text, const std::string& file, const std::string& folder);

// Loads a profile by its name (a bundled one, from `bundled_folder`) or by its file: whatever
// contains a slash, ends in .yaml or .yml, or names a file and no bundled profile. Throws
// InputError.
Profile load_profile(const std::string& name_or_file, const std::string& bundled_folder);

// The bundled profiles' names, classic first, then sorted.
std::vector<std::string> bundled_profiles(const std::string& bundled_folder);

// A complete profile file that says just what `profile` says; parse_profile() reads it back.
std::string to_yaml(const Profile& profile);

// Multiplies the timeouts that bound waiting for a server, none beyond 1 ms to 1 h; the pauses that
// a case makes on purpose stay.
void scale_timeouts(double factor, Timeouts* timeouts);

}  // namespace md5spec
