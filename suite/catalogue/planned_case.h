// A case under a profile: its messages as bytes, its expected replies.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "catalogue/case.h"
#include "target/framing.h"
#include "target/profile.h"

namespace md5spec {

// Which message of a script, in which round of a repetition, on which of several like connections.
struct MessageRef {
  int slot = 0;
  std::uint64_t round = 0;
  unsigned member = 0;

  friend auto operator<=>(const MessageRef&, const MessageRef&) = default;
};

// A message ready to be sent, with the reply that is due for it.
struct PlannedMessage {
  MessageRef ref;
  std::string bytes;
  Frame frame;
  ExpectedReply reply;

  std::uint64_t frame_size() const { return frame.size(bytes.size()); }
  std::string framed() const { return frame.head + bytes + frame.tail; }
};

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

  // Why the case doesn't apply to the profile, by its messages and how it sends them; nothing if it
  // does.
  std::optional<std::string> why_unsendable() const;

 private:
  std::optional<std::string> why_uncuttable(const SendStep& step) const;
  std::uint64_t seed_for(const ScriptMessage& source, std::uint64_t round, unsigned member) const;
  const Case* case_;
  const Profile* profile_;
  std::uint64_t run_seed_;
  std::uint64_t case_seed_;
};

}  // namespace md5spec
