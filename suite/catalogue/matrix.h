// Cases by the dozen: `for:` makes a case for each value of its variables.
#pragma once

#include <vector>

#include "target/yaml.h"

namespace md5spec {

// Returns the product of the variables' values, the last one varying fastest. A variable's values
// are a list or a single one, each a number, a word, or a range "1..130" (both ends included).
// Throws InputError.
std::vector<Variables> expand_matrix(const YamlNode& node);

}  // namespace md5spec
