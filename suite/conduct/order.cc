#include "conduct/order.h"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <variant>

#include "conduct/own_limits.h"
#include "judge/blame.h"

namespace md5spec {
namespace {

constexpr std::uint64_t kVeryMany = 500;  // connections, one after another

bool comes_first(const PlannedCase& one) {
  const OwnNeed need = need_of(one.spec().script, one.profile());
  return need.connections_in_all >= kVeryMany && need.connections_at_once == 1;
}

bool stalls(const PlannedCase& one) {
  bool stalls = false;
  for_each_step(one.spec().script, [&](const Step& step) {
    const auto* connect = std::get_if<ConnectStep>(&step.action);
    stalls = stalls || (connect != nullptr && connect->receive_buffer > 0 &&
                        connect->reading != Reading::kAlways);
  });
  return stalls;
}

std::vector<std::size_t>& place_of(const PlannedCase& one, Order& order) {
  const bool survival = is_about_survival(one.spec().requirements.front());
  if (one.spec().alone) return survival ? order.survival : order.alone;
  if (comes_first(one)) return order.first;
  return stalls(one) ? order.stalling : order.together;
}

}  // namespace

Order order_of(const std::vector<const PlannedCase*>& cases) {
  Order order;
  for (std::size_t i = 0; i < cases.size(); ++i) place_of(*cases[i], order).push_back(i);
  const auto use = [&](std::size_t i) { return process_use(cases[i]->spec().script); };
  std::stable_sort(order.alone.begin(), order.alone.end(),
                   [&](std::size_t a, std::size_t b) { return use(a) < use(b); });
  return order;
}

}  // namespace md5spec
