// Loads shared out evenly.
#pragma once

#include <cstddef>
#include <vector>

namespace md5spec {

// Which of `bins`, of which there is at least one, each of the loads is to go to so that none has
// much more than another: the heaviest first, each to where there is least.
std::vector<std::size_t> spread(const std::vector<double>& loads, std::size_t bins);

}  // namespace md5spec
