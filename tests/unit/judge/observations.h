// What is observed in a transcript, for tests of it.
#pragma once

#include <cstddef>
#include <vector>

#include <gtest/gtest.h>

#include "judge/anomalies.h"
#include "judge/transcript_builder.h"

namespace md5spec {

// What is observed on one connection.
inline std::vector<Observed> observed(const Happening& happening, std::size_t connection = 0) {
  const Transcript transcript = happening.transcript();
  const PlannedCase planned = happening.planned();
  const std::vector<Story> stories = tell(planned, transcript);
  return observe(planned, stories.at(connection), stories);
}

inline Observed only(const Happening& happening, std::size_t connection = 0) {
  const auto all = observed(happening, connection);
  EXPECT_EQ(all.size(), 1U);
  return all.empty() ? Observed() : all.front();
}

inline std::vector<Anomaly> kinds(const Happening& happening) {
  std::vector<Anomaly> all;
  for (const Observed& one : observed(happening)) all.push_back(one.anomaly);
  return all;
}

inline Happening on_line() { return Happening("DIG-1"); }

}  // namespace md5spec
