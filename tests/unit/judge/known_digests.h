// Digests that tests of the judging let servers answer with.
#pragma once

#include <string>

#include "judge/transcript_builder.h"

namespace md5spec {

inline const std::string kAbc = "900150983cd24fb0d6963f7d28e17f72";  // of "abc"
inline const std::string kAbcUpper = "900150983CD24FB0D6963F7D28E17F72";
inline const std::string kAbcBase64 = "kAFQmDzST7DWlj99KOF/cg==";
inline const std::string kA = "0cc175b9c0f1b6a831c399e269772661";  // of "a"
inline const std::string kAWithoutZero = "cc175b9c0f1b6a831c399e269772661";
inline const std::string kXyz = "d16fb36f0911f878998c136191af705e";  // of "xyz"

// One exchange on a connection of its own, answered so.
inline Happening answered(const std::string& judged, const std::string& received,
                          const std::string& message = "abc",
                          const std::string& profile = kLineProfile) {
  return Happening(judged, profile).connect().exchange(message, received).end();
}

}  // namespace md5spec
