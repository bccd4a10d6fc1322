// The reference server's framing: whatever the client sends, and however TCP cuts it, the messages
// are the same.
#include <algorithm>
#include <vector>

#include "fuzz/target.h"
#include "message_reader.h"
#include "request.h"
#include "target/profile.h"

namespace {

using namespace md5spec;
using Result = reference::MessageReader::Result;

const std::vector<Profile>& profiles() {
  static const std::vector<Profile> all = [] {
    std::vector<Profile> made;
    for (const char* keys :
         {"framing: delimited", "framing: delimited\noptional_cr: true\nat_eof: answer",
          "framing: delimited\ndelimiter: {hex: 0d0a0d0a}\nlimits: {message_bytes: 20}",
          "framing: delimited\nrequest: 'get {message} now'\naccepts: utf8",
          "framing: length_prefixed",
          "framing: length_prefixed\nlength: {bytes: 1, counts: frame}\ndigest_covers: frame",
          "framing: length_prefixed\nlength: {bytes: 8}\nlimits: {message_bytes: 64}",
          "framing: length_prefixed\nlength: {bytes: 8, order: little}",
          "framing: half_close\naccepts: printable",
          "framing: half_close\nreply: '{message} {hex}'"}) {
      made.push_back(parse_profile(std::string("profile: p\n") + keys + "\n", "p.yaml", ""));
    }
    return made;
  }();
  return all;
}

// What became of the stream: each message's digest and length, and how it ended.
std::string outcome(const Profile& profile, std::string_view stream, std::size_t piece) {
  const reference::RequestFormat format(profile);
  reference::MessageReader reader(profile, format);
  std::string told;
  const auto tell = [&](Result result) {
    if (result == Result::kMessage) {
      const reference::Message message = reader.take_message();
      told.append(reinterpret_cast<const char*>(message.digest.data()), message.digest.size());
      told += ' ' + std::to_string(message.length) + ' ' + message.text + '\n';
    }
    if (result == Result::kRefused) told += "refused\n";
    return result != Result::kRefused;
  };
  while (!stream.empty()) {
    std::string_view bytes = stream.substr(0, piece);
    stream.remove_prefix(bytes.size());
    while (!bytes.empty()) {
      const std::size_t before = bytes.size();
      const Result result = reader.read(&bytes);
      if (!tell(result)) return told;
      fuzz::require(result != Result::kNeedsMore || bytes.empty(), "who needs more has taken all");
      fuzz::require(result != Result::kMessage || bytes.size() <= before, "reading goes forward");
    }
  }
  tell(reader.end());
  return told;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const Profile& profile = profiles()[input.byte() % profiles().size()];
  const std::size_t piece = 1 + input.byte() % 40;
  const std::string stream = input.all();
  const std::string whole = outcome(profile, stream, std::max<std::size_t>(1, stream.size()));
  fuzz::require(outcome(profile, stream, piece) == whole, "segments don't matter");
  fuzz::require(outcome(profile, stream, 1) == whole, "byte by byte is the same");
  return 0;
}
