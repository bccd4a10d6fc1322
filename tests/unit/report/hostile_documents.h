// A report in which everything that could come from a server or a user's file is hostile, in the
// form that it has after it was made displayable, and as it was.
#pragma once

#include <string>

#include "report/made_results.h"
#include "report/report_document.h"

namespace md5spec {

// Beside kHostile what Markdown, GitHub and workflow commands take for more than text.
inline const std::string kHostileWords =
    kHostile +
    "\n::error::x\n##[error]x\n```\n</details></summary><script>alert(1)</script> | a | "
    "[b](javascript:x) "
    "![i](http://evil.example/x) @everyone #1 www.evil.example *bold* _it_ ~s~ <!-- ";

inline ReportDocument hostile_report(const std::string& words = kHostileWords) {
  MadeRun made;
  for (const Outcome outcome :
       {Outcome::kFail, Outcome::kError, Outcome::kWarn, Outcome::kXfail, Outcome::kSkip,
        Outcome::kXpass, Outcome::kNotRun, Outcome::kPass}) {
    made.add("g.one", outcome, words);
    CaseResult& one = made.last();
    for (Finding& finding : one.outcome.findings) {
      finding.expected = words;
      finding.received = words;
      finding.explanation = words;
    }
    one.observations = {made_finding("CON-7", words)};
    one.notes = {words};
    one.reproduce = words;
    const Happening seen = Happening("DIG-1").connect().get(words).connect_in_vain(words);
    one.transcript = std::make_shared<const Transcript>(seen.transcript());
    one.first_transcript = one.transcript;
  }
  made.raw().target = words;
  Report report = made.report();
  report.stale = {words};
  report.selection.only = {words};
  ReportDocument document = document_of(report);
  // As if a file had said so: a reader of reports may take any text for these.
  for (RunDocument& run : document.runs) {
    run.server = words;
    run.restrictions = {words};
    run.profile_text = words;
    for (RequirementDocument& one : run.requirements) one.sentence = one.title = one.reason = words;
    for (CaseDocument& one : run.cases) {
      one.title = one.why = one.reason = one.file = words;
      one.reproduce = words;
    }
  }
  document.system = words;
  return document;
}

// What is left of Markdown without the characters that a backslash makes plain text.
inline std::string without_escapes(const std::string& markdown) {
  std::string rest;
  for (std::size_t i = 0; i < markdown.size(); ++i) {
    if (markdown[i] == '\\') {
      ++i;
    } else {
      rest += markdown[i];
    }
  }
  return rest;
}

// Whether text does no more than show itself: it has no control characters, nor any that reorder
// a line.
inline bool is_tame(const std::string& text) {
  for (const char c : text) {
    if (c != '\n' && (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)) return false;
  }
  return text.find("\xe2\x80\xae") == std::string::npos &&
         text.find("\xc2\x9b") == std::string::npos;
}

}  // namespace md5spec
