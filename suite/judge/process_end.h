// How a process ended, in words.
#pragma once

#include <string>

#include "wire/transcript.h"

namespace md5spec {

// "ended with exit status 1", "was killed by SIGSEGV (Segmentation fault)"
std::string in_words(const ProcessEnd& end);

}  // namespace md5spec
