// What a person sees on the terminal.
#pragma once

#include <string>

#include "report/results.h"

namespace md5spec {

enum class Colour { kOff, kOn };

// kOn where standard output is a terminal that shows colour and NO_COLOR isn't set.
Colour colour_of_stdout();

// Everything about a run: the server, the cases that didn't pass, the requirements, the skips and
// their reasons, the verdict. Ends in a newline.
std::string to_text(const RunResult& run, Colour colour);

// One line on all runs together, and what the exit status says.
std::string closing_lines(const Report& report, Colour colour);

}  // namespace md5spec
