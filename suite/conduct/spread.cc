#include "conduct/spread.h"

#include <algorithm>
#include <numeric>

namespace md5spec {

std::vector<std::size_t> spread(const std::vector<double>& loads, std::size_t bins) {
  std::vector<std::size_t> order(loads.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return loads[a] > loads[b]; });
  std::vector<double> sums(bins, 0);
  std::vector<std::size_t> places(loads.size());
  for (const std::size_t one : order) {
    const auto least = std::min_element(sums.begin(), sums.end());
    *least += loads[one];
    places[one] = static_cast<std::size_t>(least - sums.begin());
  }
  return places;
}

}  // namespace md5spec
