// The search behind likely_mistake(): one digest is looked for among those of many guesses.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "digest/md5.h"
#include "judge/likely_mistakes.h"

namespace md5spec {

// Compares digests with the one looked for, and does no more work for it than is allowed.
class Hunt {
 public:
  Hunt(const Digest& wanted, const MistakeContext& context) : wanted_(wanted), context_(context) {}

  const MistakeContext& context() const { return context_; }

  void allow(std::uint64_t work) { allowed_ = spent_ + work; }  // from here on
  std::uint64_t spent() const { return spent_; }
  bool affords(std::uint64_t work) const { return spent_ + work <= allowed_; }
  // Whether so much more work may be done, which then counts as done.
  bool pay(std::uint64_t work) {
    if (!affords(work)) return false;
    spent_ += work;
    return true;
  }

  // Each of these: whether that has the digest looked for; no, if finding out is too much work.
  bool is_run(const Md5& run) { return pay(kDigestWork) && run.digest() == wanted_; }
  bool is_joined(std::initializer_list<std::string_view> pieces);
  bool is_message_and(std::string_view more);

  // An MD5 computation that has taken in the message; null if that is too much work.
  const Md5* whole();

 private:
  Digest wanted_;
  const MistakeContext& context_;
  std::optional<Md5> whole_;
  std::uint64_t allowed_ = 0;
  std::uint64_t spent_ = 0;
};

// Families of mistakes. Each returns what has the digest, as it completes "the digest of …"; empty
// if none of the family's has it, or none that isn't too much work.
std::string frame_mistakes(Hunt& hunt);       // what frames the message counted in
std::string frame_part_mistakes(Hunt& hunt);  // a part of that counted in
std::string addition_mistakes(Hunt& hunt);    // more behind the message; its digest digested
std::string filling_mistakes(Hunt& hunt);     // filled up to the size of a buffer
std::string neighbour_mistakes(Hunt& hunt);   // the message before taken for it, or joined to it
std::string history_mistakes(Hunt& hunt);     // all messages so far
std::string mix_up_mistakes(Hunt& hunt);      // any other message
std::string cut_mistakes(Hunt& hunt);         // trimmed, or up to some byte
std::string prefix_mistakes(Hunt& hunt);
std::string chunk_mistakes(Hunt& hunt);  // the last of the chunks that it came in
std::string lost_start_mistakes(Hunt& hunt);
std::string ending_mistakes(Hunt& hunt);  // a few bytes at its end

}  // namespace md5spec
