#include "catalogue/pins.h"

#include <fmt/format.h>

namespace md5spec {

void check_pin(const Case& one) {
  if (!one.pin) return;
  const auto message = one.message().stream(Profile(), 0);
  Md5 md5;
  for (std::uint64_t at = 0; at < message->size();) {
    const std::string_view piece = message->view(at);
    md5.update(piece);
    at += piece.size();
  }
  const Digest digest = md5.digest();
  if (digest == *one.pin) return;
  throw InputError(one.pin_where,
                   fmt::format("{}: the pinned digest {} isn't the message's, which is {}",
                               one.id(), one.pin->hex(), digest.hex()));
}

}  // namespace md5spec
