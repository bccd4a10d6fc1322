// From stored transcripts to verdicts, without a server.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "catalogue/catalogue.h"
#include "report/results.h"
#include "report/transcript_file.h"

namespace md5spec {

// Transcripts that can't be of the run they are said to be of: of another catalogue, twice of a
// case, of one that doesn't apply.
class RejudgeError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct TranscriptsText {
  std::string_view text;
  std::string file;  // its name in errors
};

// Verdicts of a run, worked out anew. Refers to the catalogue.
struct Rejudged {
  TranscriptsHead head;
  std::vector<std::unique_ptr<const Profile>> profiles;
  std::vector<RunResult> runs;       // with outcomes, counts, requirements and verdict
  std::vector<std::string> missing;  // tests that apply but have no transcript: profile/group.name
  // Of the cases that passed, warned or were skipped: those whose transcripts don't show that they
  // were carried out, each with what is missing, in a sentence.
  std::vector<std::string> incomplete;
};

// Judges all transcripts of one run, which may lie in several files (shards). `untried` says of
// which tests it is known, and why, that they couldn't be tried. Throws RejudgeError, and
// InputError where a file isn't well-formed.
Rejudged rejudge(const Catalogue& catalogue, const std::vector<TranscriptsText>& files,
                 const std::map<std::string, std::string>& untried = {});

}  // namespace md5spec
