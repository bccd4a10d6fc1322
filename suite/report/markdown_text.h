// Text of unknown origin in GitHub's and GitLab's Markdown: shown as it is, never taken for markup,
// a mention, a reference to an issue or a link.
#pragma once

#include <string>
#include <string_view>

namespace md5spec {

// In running text and in a table's cell.
std::string markdown_text(std::string_view words);

// As a code span, also in a table's cell.
std::string markdown_code(std::string_view words);

// As a fenced block. `lines` may have several lines; other control characters are shown as \xNN.
std::string markdown_block(std::string_view lines, std::string_view language = "");

// Inside an HTML element, such as <summary>.
std::string markdown_html(std::string_view words);

// At most about `most` bytes of `words`, whole characters only; what is left out is told by "…".
std::string shortened(std::string_view words, std::size_t most);

}  // namespace md5spec
