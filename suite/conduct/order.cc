#include "conduct/order.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "conduct/own_limits.h"
#include "judge/blame.h"

namespace md5spec {
namespace {

constexpr std::uint64_t kVeryMany = 500;  // connections, one after another

bool comes_first(const PlannedCase& one) {
  const OwnNeed need = need_of(one.spec().script, one.profile());
  return need.connections_in_all >= kVeryMany && need.connections_at_once == 1;
}

}  // namespace

Order order_of(const std::vector<const PlannedCase*>& cases) {
  Order order;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    if (cases[i]->spec().alone) {
      order.alone.push_back(i);
    } else {
      (comes_first(*cases[i]) ? order.first : order.together).push_back(i);
    }
  }
  const auto rank = [&](std::size_t i) {
    const Case& one = cases[i]->spec();
    return std::pair(process_use(one.script), !is_about_survival(one.requirements.front()));
  };
  std::stable_sort(order.alone.begin(), order.alone.end(),
                   [&](std::size_t a, std::size_t b) { return rank(a) < rank(b); });
  return order;
}

}  // namespace md5spec
