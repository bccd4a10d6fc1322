#include "catalogue/pins.h"

#include <fmt/format.h>

namespace md5spec {

void check_pin(const Case& one) {
  if (!one.pin) return;
  const Digest digest = md5(one.message().make(Profile(), 0));
  if (digest == *one.pin) return;
  throw InputError(
      one.where, fmt::format("{}: the pinned digest {} isn't the message's, which is {}", one.id(),
                             one.pin->hex(), digest.hex()));
}

}  // namespace md5spec
