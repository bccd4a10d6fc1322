// One named check.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "catalogue/script.h"
#include "digest/md5.h"
#include "target/input_error.h"

namespace md5spec {

struct Case {
  std::string group;
  std::string name;
  std::string group_title;
  std::string title;                      // may be empty
  std::string why;                        // the real mistake that it catches
  std::vector<std::string> requirements;  // what it judges; the first one is what it is about
  std::set<std::string> tags;
  std::vector<std::string> when;  // conditions under which it applies, beside its requirements'
  Location where;
  Steps script;
  bool short_form = true;     // one message, one exchange
  std::optional<Digest> pin;  // of the short form's message
  Location pin_where;
  bool alone = false;  // measures or disrupts: runs with nothing beside it, after everything else

  std::string id() const { return group + "." + name; }
  // The short form's message.
  const MessageSource& message() const;
};

// Tags that have a meaning of their own.
inline constexpr std::string_view kHugeTag = "huge";  // off unless asked for

// Reads a case file, expanding matrices. `requirement_ids` are those that cases may name. Throws
// InputError.
std::vector<Case> load_case_file(const std::string& path,
                                 const std::vector<std::string>& requirement_ids);
std::vector<Case> parse_case_file(const std::string& text, const std::string& file,
                                  const std::string& folder,
                                  const std::vector<std::string>& requirement_ids);

}  // namespace md5spec
