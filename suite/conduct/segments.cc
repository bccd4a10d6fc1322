#include "conduct/segments.h"

#include <algorithm>

#include "catalogue/until.h"
#include "target/framing.h"
#include "wire/client_hello.h"

namespace md5spec {

std::vector<std::size_t> segment_borders(std::size_t size, const Segmentation& segmentation) {
  std::vector<std::size_t> borders;
  if (segmentation.every > 0) {
    for (std::size_t at = segmentation.every; at < size; at += segmentation.every)
      borders.push_back(at);
  }
  std::size_t at = 0;
  for (const std::uint64_t segment : segmentation.sizes) {
    at += segment;
    if (at < size) borders.push_back(at);
  }
  for (const std::int64_t position : segmentation.split_at) {
    const std::size_t point = cut_point(position, size);
    if (point > 0 && point < size) borders.push_back(point);
  }
  std::sort(borders.begin(), borders.end());
  borders.erase(std::unique(borders.begin(), borders.end()), borders.end());
  if (size > 0) borders.push_back(size);
  return borders;
}

void add_boundary_borders(const Profile& profile, const Frame& frame, std::size_t begin,
                          std::size_t message_size, std::vector<std::size_t>* borders) {
  const std::size_t end = begin + frame.size(message_size);
  if (profile.framing == Framing::kLengthPrefixed) {
    for (int i = 1; i <= profile.length.bytes; ++i)
      borders->push_back(begin + static_cast<std::size_t>(i));
  } else if (profile.framing == Framing::kDelimited) {
    const bool cr = profile.optional_cr && frame.tail.ends_with("\r" + profile.delimiter);
    const std::size_t size = profile.delimiter.size() + (cr ? 1 : 0);
    for (std::size_t left = size; left > 0; --left) {
      if (end - left > begin) borders->push_back(end - left);
    }
  }
  if (borders->empty() || borders->back() < end) borders->push_back(end);
}

Duration longest_gaps(const SendStep& step, const Profile& profile) {
  std::size_t bytes = step.raw ? step.raw->size() : 0;
  if (step.client_hello)
    bytes = client_hello(*step.client_hello, profile.tls ? profile.tls->server_name : "").size();
  for (const ScriptMessage& message : step.messages) {
    const std::uint64_t size = message.source.size_for(profile);
    bytes += frame_for(profile, size).size(size) * step.times;
  }
  const auto segments =
      static_cast<Duration::rep>(segment_borders(bytes, step.segmentation).size());
  return step.segmentation.gap.resolve(profile.timeouts) * segments;
}

}  // namespace md5spec
