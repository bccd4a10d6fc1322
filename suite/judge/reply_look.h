// What a reply that isn't the expected one looks like.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "digest/md5.h"
#include "target/profile.h"
#include "target/reply_template.h"

namespace md5spec {

enum class Look {
  kExact,          // the expected reply
  kOtherEncoding,  // the right digest in another letter case or encoding, whatever stands around it
  kSurplus,  // the right digest as declared, with bytes too many before, within or behind it, or
             // without the declared ones
  kZerosMissing,  // the right digest's hex digits but for some zeros, whatever stands around them
  kTruncated,     // at least half of the right digest, from its start, and no more of it
  kOtherDigest,   // a digest of something else; if not as declared, the only one that stands in the
                  // reply
  kGarbage,       // none of these: no digest, several wrong ones, another kind of digest
  kNothing,       // no bytes
};

struct ReplyLook {
  Look look = Look::kNothing;
  std::string explanation;       // a phrase for people: "the right digest in upper case"; printable
  std::optional<Digest> digest;  // the whole digest that stands in it, where one does
};

// Takes `received` as one reply, from its first byte to its last. It may be anything: no more than
// the size of the expected reply and 8 KiB of it is searched.
ReplyLook look_at(const Profile& profile, const ExpectedReply& expected, std::string_view received);

}  // namespace md5spec
