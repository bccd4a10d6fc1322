#include "judge/mistake_hunt.h"

namespace md5spec {

bool Hunt::is_joined(std::initializer_list<std::string_view> pieces) {
  std::uint64_t size = 0;
  for (const std::string_view piece : pieces) size += piece.size();
  if (!pay(size)) return false;
  Md5 run;
  for (const std::string_view piece : pieces) run.update(piece);
  return is_run(run);
}

bool Hunt::is_message_and(std::string_view more) {
  return whole() != nullptr && pay(more.size()) && is_run(Md5(*whole()).update(more));
}

const Md5* Hunt::whole() {
  if (!whole_ && pay(context_.message.size())) whole_ = Md5().update(context_.message);
  return whole_ ? &*whole_ : nullptr;
}

}  // namespace md5spec
