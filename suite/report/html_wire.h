// What went over the wire, on the HTML page.
#pragma once

#include <string>
#include <vector>

#include "report/markup.h"
#include "report/wire_log.h"

namespace md5spec {

// Writes a list with an item for each event. A segment's bytes stand in hex and as text side by
// side, each line with its place in what that side sent on that connection.
void write_wire(const std::vector<WireEvent>& log, Markup* page);

// "the server closes (FIN)": what people read for an event's name.
std::string event_in_words(const std::string& event);

}  // namespace md5spec
