// Where a script wants what it sends to be cut.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "catalogue/script.h"
#include "target/framing.h"

namespace md5spec {

// Returns the ends of the segments of `size` bytes, rising, the last one `size` itself (none for no
// bytes). Places outside are passed over.
std::vector<std::size_t> segment_borders(std::size_t size, const Segmentation& segmentation);

// Adds the ends of the segments of one frame, which begins at `begin` of what is sent: each byte of
// its delimiter or length by itself, everything else whole.
void add_boundary_borders(const Profile& profile, const Frame& frame, std::size_t begin,
                          std::size_t message_size, std::vector<std::size_t>* borders);

// The sum of all gaps between the segments that a step can have under `profile`.
Duration longest_gaps(const SendStep& step, const Profile& profile);

}  // namespace md5spec
