// Faults in files and words that people wrote.
#pragma once

#include <stdexcept>
#include <string>

namespace md5spec {

// A place in a file that somebody wrote; line and column count from 1, 0 means unknown.
struct Location {
  std::string file;
  int line = 0;
  int column = 0;

  std::string str() const;  // "cases/utf8.yaml:12:5"
};

// A profile, case file or list can't be used as it stands. what() is "file:line:column: message",
// one line.
class InputError : public std::runtime_error {
 public:
  InputError(const Location& where, const std::string& message)
      : std::runtime_error(where.str() + ": " + message), where_(where) {}

  const Location& where() const { return where_; }

 private:
  Location where_;
};

}  // namespace md5spec
