// The file of --transcripts: everything that a run's verdicts rest on. JSON lines: a head, an
// object for each time that a case was carried out, an end; see docs/certification.md.
#pragma once

#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "report/results.h"
#include "report/strict_json.h"

namespace md5spec {

inline constexpr const char* kTranscriptsFormat = "md5spec-transcripts/1";

struct TranscriptsHead {
  struct Run {
    std::string profile;
    std::string profile_text;
    bool started = false;  // md5spec started the server itself

    friend bool operator==(const Run&, const Run&) = default;
  };
  std::string suite_version;
  std::string catalogue_sha256;
  std::uint64_t seed = 1;
  std::vector<std::string> tags;  // that had been turned on
  std::vector<Run> runs;
};

// Writes the transcripts of all of the report's cases, one after another; no more than one is held
// as text.
void write_transcripts(const Report& report, std::ostream& out);

// One line of such a file: a case, carried out under a profile.
struct StoredTranscript {
  std::string profile;
  std::string id;      // the case's
  bool first = false;  // the attempt before the one that counts
  JsonNode node;       // for read_transcript()
};

// Reads such files line by line. Everything throws InputError where the text isn't what
// write_transcripts() writes, also where it ends too soon.
class TranscriptsReader {
 public:
  // `text` must outlive the reader; `file` is its name in errors.
  TranscriptsReader(std::string_view text, std::string file);

  const TranscriptsHead& head() const { return head_; }
  // The next one; nothing at the end.
  std::optional<StoredTranscript> next();

 private:
  JsonNode next_line();
  std::string_view rest_;
  std::string file_;
  int line_ = 0;
  std::uint64_t read_ = 0;
  TranscriptsHead head_;
};

}  // namespace md5spec
