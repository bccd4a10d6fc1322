// Pinned digests.
#pragma once

#include "catalogue/case.h"

namespace md5spec {

// Throws InputError if the digest that the case pins isn't its message's.
void check_pin(const Case& one);

}  // namespace md5spec
