#include "report/mending.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <sstream>
#include <system_error>

#include <fmt/format.h>

#include "report/known_failing.h"
#include "report/known_failing_line.h"
#include "text/bytes.h"

namespace md5spec {
namespace {

namespace fs = std::filesystem;

bool same(const KnownFailing& a, const KnownFailing& b) {
  return a.pattern == b.pattern && a.profile == b.profile && a.reason == b.reason &&
         a.until == b.until;
}

bool same(const std::vector<KnownFailing>& a, const std::vector<KnownFailing>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const auto& x, const auto& y) { return same(x, y); });
}

bool is_for(const KnownFailing& entry, const std::string& profile, const Case& one) {
  return (entry.profile.empty() || entry.profile == profile) && picks(entry.pattern, one);
}

bool contradicts(const RunResult& run, const KnownFailing& entry) {
  return std::any_of(run.cases.begin(), run.cases.end(), [&](const CaseResult& one) {
    return one.outcome.outcome == Outcome::kXpass && is_for(entry, run.profile->name, *one.spec);
  });
}

bool is_in(const std::vector<std::string>& all, const std::string& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

// Whether the profile rules the case out, however the suite is called.
bool is_ruled_out(const Catalogue& catalogue, const CaseResult& one) {
  const auto needs_start = [&](const std::string& id) {
    return is_in(catalogue.find_requirement(id)->applies, "started");
  };
  const Case& spec = *one.spec;
  const bool depends_on_flags =
      spec.tags.contains(std::string(kHugeTag)) || is_in(spec.when, "started") ||
      process_use(spec.script) != ProcessUse::kNone ||
      std::any_of(spec.requirements.begin(), spec.requirements.end(), needs_start);
  return one.judged.skipped.has_value() && !depends_on_flags;
}

// Makes the list anew, entry by entry.
class Mending {
 public:
  Mending(const ListEvidence& evidence, const KnownFailingList& list) : evidence_(evidence) {
    for (const KnownFailing& entry : list.entries) {
      removed_.push_back(is_outdated(evidence.catalogue, entry, evidence.today) ||
                         std::any_of(evidence.runs.begin(), evidence.runs.end(),
                                     [&](const auto& run) { return contradicts(run, entry); }));
      if (!removed_.back()) kept_.push_back(entry);
    }
    for (const std::string& profile : evidence.profiles) note_profile(profile);
    for (const KnownFailing& entry : list.entries) note_profile(entry.profile);
    for (std::size_t i = 0; i < removed_.size(); ++i) {
      if (removed_[i] && !is_outdated(evidence.catalogue, list.entries[i], evidence.today))
        replace(list.entries[i]);
    }
  }

  const std::vector<bool>& removed() const { return removed_; }
  const std::vector<KnownFailing>& additions() const { return additions_; }
  std::vector<KnownFailing> list() const {
    std::vector<KnownFailing> all = kept_;
    all.insert(all.end(), additions_.begin(), additions_.end());
    return all;
  }

 private:
  // Of profiles without a run.
  void note_profile(const std::string& profile) {
    const bool has_run =
        std::any_of(evidence_.runs.begin(), evidence_.runs.end(),
                    [&](const RunResult& run) { return run.profile->name == profile; });
    if (!profile.empty() && !has_run && !is_in(other_profiles_, profile))
      other_profiles_.push_back(profile);
  }

  void replace(const KnownFailing& entry) {
    for (const RunResult& run : evidence_.runs) {
      if (!entry.profile.empty() && entry.profile != run.profile->name) continue;
      if (contradicts(run, entry)) {
        add_what_is_left(entry, run);
      } else {
        add(entry, entry.pattern, run.profile->name);
      }
    }
    if (!entry.profile.empty()) return;
    for (const std::string& profile : other_profiles_) add(entry, entry.pattern, profile);
  }

  void add_what_is_left(const KnownFailing& entry, const RunResult& run) {
    for (const Case& one : evidence_.catalogue.cases()) {
      if (!picks(entry.pattern, one)) continue;
      const auto result =
          std::find_if(run.cases.begin(), run.cases.end(),
                       [&](const CaseResult& candidate) { return candidate.spec == &one; });
      const bool needless =
          result != run.cases.end() && (result->outcome.outcome == Outcome::kXpass ||
                                        is_ruled_out(evidence_.catalogue, *result));
      const bool kept = std::any_of(kept_.begin(), kept_.end(), [&](const KnownFailing& other) {
        return is_for(other, run.profile->name, one);
      });
      if (!needless && !kept) add(entry, one.id(), run.profile->name);
    }
  }

  void add(const KnownFailing& entry, const std::string& pattern, const std::string& profile) {
    const auto says_it = [&](const KnownFailing& other) {
      return other.pattern == pattern && (other.profile.empty() || other.profile == profile);
    };
    if (std::any_of(kept_.begin(), kept_.end(), says_it) ||
        std::any_of(additions_.begin(), additions_.end(), says_it))
      return;
    KnownFailing one = entry;
    one.pattern = pattern;
    one.profile = profile;
    additions_.push_back(std::move(one));
  }

  const ListEvidence& evidence_;
  std::vector<std::string> other_profiles_;
  std::vector<bool> removed_;
  std::vector<KnownFailing> kept_;
  std::vector<KnownFailing> additions_;
};

std::string without_lines(const std::string& text, const std::vector<KnownFailing>& entries) {
  std::istringstream in(text);
  std::string left;
  int number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    const bool ends = !in.eof();  // with a newline
    const bool goes = std::any_of(entries.begin(), entries.end(), [&](const KnownFailing& entry) {
      return entry.first_line <= number && number <= entry.last_line;
    });
    if (!goes) left += line + (ends ? "\n" : "");
  }
  return left;
}

// A file's name that no command takes for a flag.
std::string file_word(const std::string& file) {
  return shell_word(file.starts_with("-") ? "./" + file : file);
}

// Nothing where the lines can't be taken out singly, or what is left wouldn't be the list that it
// has to be: the proof is to read it.
std::optional<std::vector<std::string>> by_lines(const KnownFailingList& list,
                                                 const Mending& mending) {
  std::vector<KnownFailing> gone;
  std::string expressions;
  for (std::size_t i = 0; i < list.entries.size(); ++i) {
    if (!mending.removed()[i]) continue;
    const KnownFailing& entry = list.entries[i];
    if (entry.first_line == 0) return std::nullopt;
    gone.push_back(entry);
    expressions += entry.last_line > entry.first_line
                       ? fmt::format(" -e {},{}d", entry.first_line, entry.last_line)
                       : fmt::format(" -e {}d", entry.first_line);
  }
  std::vector<std::string> additions;
  for (const KnownFailing& one : mending.additions())
    additions.push_back(std::string(list.indent, ' ') + line_for(one));
  if (mending.list().empty()) additions.emplace_back("[]");
  std::string text = without_lines(list.text, gone);
  if (!additions.empty() && !text.empty() && !text.ends_with("\n")) {
    expressions += " -e '$a\\'";  // the newline that the last line lacks
    text += "\n";
  }
  for (const std::string& line : additions) text += line + "\n";
  try {
    if (!same(parse_known_failing(text, list.file).entries, mending.list())) return std::nullopt;
  } catch (const InputError&) {
    return std::nullopt;
  }
  std::error_code ignored;
  const char* const links = fs::is_symlink(list.file, ignored) ? " --follow-symlinks" : "";
  std::vector<std::string> lines = {
      fmt::format("to mend the list: sed -i{}{} {}", links, expressions, file_word(list.file))};
  for (const std::string& line : additions) lines.push_back("then add: " + line);
  return lines;
}

std::vector<std::string> as_a_whole(const KnownFailingList& list, const Mending& mending) {
  std::error_code ignored;
  const fs::file_status status = fs::status(list.file, ignored);
  const bool is_file = !fs::exists(status) || fs::is_regular_file(status);
  const std::string file = is_file ? file_word(list.file) : "known_failing.yaml";
  std::vector<std::string> lines = {fmt::format("to mend the list: cat > {} <<'END'", file)};
  for (const KnownFailing& one : mending.list()) lines.push_back(line_for(one));
  if (mending.list().empty()) lines.emplace_back("[]");
  lines.emplace_back("END");
  return lines;
}

}  // namespace

std::vector<KnownFailing> mended(const ListEvidence& evidence, const KnownFailingList& list) {
  return Mending(evidence, list).list();
}

std::vector<std::string> mending(const ListEvidence& evidence, const KnownFailingList& list) {
  const Mending mending(evidence, list);
  const auto& removed = mending.removed();
  if (std::find(removed.begin(), removed.end(), true) == removed.end()) return {};
  std::error_code ignored;
  const fs::file_status status = fs::status(list.file, ignored);
  // A pipe's lines can't be taken out.
  const bool is_stream = fs::exists(status) && !fs::is_regular_file(status);
  if (const auto lines = is_stream ? std::nullopt : by_lines(list, mending)) return *lines;
  return as_a_whole(list, mending);
}

}  // namespace md5spec
