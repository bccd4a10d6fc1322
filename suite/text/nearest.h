// Suggestions for names that aren't known.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace md5spec {

// Returns the one of `names` that `name` most likely was meant to be (Levenshtein distance, letter
// case ignored); empty if none is close: more than a third of its letters, at least two, would have
// to change.
std::string nearest(std::string_view name, const std::vector<std::string>& names);

// Returns "; did you mean 'x'?" for a near name, otherwise "; known: a, b, c" (nothing if there are
// none).
std::string suggestion(std::string_view name, const std::vector<std::string>& names);

// Whether `text` matches the glob `pattern`: * any run of characters, ? any one, [abc] [a-z] [!x] a
// set; no escapes.
bool glob_match(std::string_view pattern, std::string_view text);

}  // namespace md5spec
