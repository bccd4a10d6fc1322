// A server's command line, as --start gives it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace md5spec {

// What stands in place of {port}, {host} and {profile} in a command's words.
struct StartValues {
  int port = 0;
  std::string host;
  std::string profile;
};

// Splits `text` into words as a shell does, at blanks outside '…', "…" and behind no backslash;
// nothing else has a meaning, since no shell is asked. Throws UsageError: a quote that doesn't end,
// no word, or no {port}, without which nobody knows where the server listens.
std::vector<std::string> split_start_command(std::string_view text);

// The words, with the values in place. Any other brace stands for itself.
std::vector<std::string> fill_in(const std::vector<std::string>& words, const StartValues& values);

}  // namespace md5spec
