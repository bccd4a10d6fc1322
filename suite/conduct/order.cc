#include "conduct/order.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "conduct/case_time.h"
#include "conduct/own_limits.h"
#include "judge/blame.h"

namespace md5spec {
namespace {

constexpr std::uint64_t kVeryMany = 500;  // connections, one after another

bool has_close(const Steps& steps) {
  bool found = false;
  for_each_step(steps, [&](const Step& step) {
    found = found || std::holds_alternative<CloseStep>(step.action);
  });
  return found;
}

// Whether it shows what a client that has closed leaves for the next; not where its end is a
// message's, too, and a reply that nobody takes may be what the server doesn't survive.
bool looks_for_leftovers(const Case& one, const Profile& profile) {
  return one.requirements.front() == "CNC-2" && has_close(one.script) &&
         !profile.end_of_stream_completes();
}

bool comes_first(const PlannedCase& one) {
  const OwnNeed need = need_of(one.spec().script, one.profile());
  const bool one_by_one = need.connections_at_once == 1;
  return (!one.spec().alone && one_by_one && need.connections_in_all >= kVeryMany) ||
         looks_for_leftovers(one.spec(), one.profile());
}

}  // namespace

Order order_of(const std::vector<const PlannedCase*>& cases) {
  Order order;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const bool alone = cases[i]->spec().alone;
    (comes_first(*cases[i]) ? order.first : alone ? order.alone : order.together).push_back(i);
  }
  // A server that takes no further client shows that where nothing else is looked for.
  std::stable_partition(order.first.begin(), order.first.end(), [&](std::size_t i) {
    return !looks_for_leftovers(cases[i]->spec(), cases[i]->profile());
  });
  // Those whose clients wait longest come first, so that nobody waits for them alone at the end.
  std::vector<Duration> waits(cases.size());
  for (const std::size_t i : order.together) waits[i] = own_waits(*cases[i]);
  std::stable_sort(order.together.begin(), order.together.end(),
                   [&](std::size_t a, std::size_t b) { return waits[a] > waits[b]; });
  const auto rank = [&](std::size_t i) {
    const Case& one = cases[i]->spec();
    return std::pair(process_use(one.script), !is_about_survival(one.requirements.front()));
  };
  std::stable_sort(order.alone.begin(), order.alone.end(),
                   [&](std::size_t a, std::size_t b) { return rank(a) < rank(b); });
  return order;
}

}  // namespace md5spec
