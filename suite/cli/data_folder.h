// Where md5spec's own files are.
#pragma once

#include <string>

namespace md5spec {

// The folder of this program, without a slash at its end.
std::string program_folder();

// The bundled case files' folder and the bundled profiles': of the installation that this program
// is part of, or of the source tree that it was built from.
std::string cases_folder();
std::string profiles_folder();

// The bundled reference server. Throws std::runtime_error if it isn't beside this program.
std::string reference_server();

}  // namespace md5spec
