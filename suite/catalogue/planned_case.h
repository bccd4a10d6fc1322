// A case under a profile: its messages as bytes, its expected replies.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "catalogue/case.h"
#include "target/framing.h"
#include "target/profile.h"

namespace md5spec {

// Which message of a script, in which round of a repetition, on which of several like connections.
struct MessageRef {
  // None of the script's: the empty message that end of stream alone is, where it ends messages.
  static constexpr int kEndOfStream = -1;

  int slot = 0;
  std::uint64_t round = 0;
  unsigned member = 0;

  friend auto operator<=>(const MessageRef&, const MessageRef&) = default;
};

// A message ready to be sent, with the reply that is due for it.
struct PlannedMessage {
  MessageRef ref;
  std::string bytes;                            // none where there is a stream
  std::shared_ptr<const MessageStream> stream;  // of a message of more than kMostInMemory
  Frame frame;
  ExpectedReply reply;

  std::uint64_t size() const { return stream ? stream->size() : bytes.size(); }
  std::uint64_t frame_size() const { return frame.size(size()); }
  // Some of the frame's bytes from `offset` on: at least one, unless that is its end.
  std::string_view view(std::uint64_t offset) const;
  // The frame's bytes [from, from + count), as far as there are any.
  std::string framed(std::uint64_t from, std::uint64_t count) const;
  std::string framed() const { return framed(0, frame_size()); }
};

// The digest that is due for a message, computed piece by piece; nothing once `*stop` is set.
std::optional<Digest> due_digest(const Profile& profile, const PlannedMessage& message,
                                 const std::atomic<bool>* stop = nullptr);

// Whether a delimiter that may have a carriage return before it gets one.
enum class TailCr { kNo, kYes };

// Refers to its case and profile, which must outlive it.
class PlannedCase {
 public:
  PlannedCase(const Case& one, const Profile& profile, std::uint64_t run_seed);

  const Case& spec() const { return *case_; }
  const Profile& profile() const { return *profile_; }
  std::string id() const { return case_->id(); }
  std::uint64_t run_seed() const { return run_seed_; }

  // The message's bytes depend on the run's seed, the case's id and `ref` alone, so neither order
  // nor selection of cases changes them.
  std::shared_ptr<const PlannedMessage> message(const ScriptMessage& source, std::uint64_t round,
                                                unsigned member, TailCr cr = TailCr::kNo) const;
  // The same, but a streamed one has yet to get its digest (due_digest): that takes a while.
  std::shared_ptr<PlannedMessage> undigested(const ScriptMessage& source, std::uint64_t round,
                                             unsigned member, TailCr cr = TailCr::kNo) const;

  // Why the case doesn't apply to the profile, by its messages and how it sends them; nothing if it
  // does.
  std::optional<std::string> why_unsendable() const;

 private:
  std::optional<std::string> why_uncuttable(const SendStep& step) const;
  std::optional<std::string> why_unsendable(const ScriptMessage& message) const;
  std::uint64_t seed_for(const ScriptMessage& source, std::uint64_t round, unsigned member) const;
  const Case* case_;
  const Profile* profile_;
  std::uint64_t run_seed_;
  std::uint64_t case_seed_;
};

}  // namespace md5spec
