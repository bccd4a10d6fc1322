// The files page.css and page.js, as the build embedded them.
#pragma once

#include <string_view>

namespace md5spec {

extern const std::string_view kPageStyle;
extern const std::string_view kPageScript;

}  // namespace md5spec
