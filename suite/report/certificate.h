// What a certificate says, with the transcripts from which its verdicts can be worked out again.
// docs/certification.md says what it proves.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "report/rejudge.h"
#include "report/report_document.h"

namespace md5spec {

// What was tested: a file, an image.
struct Subject {
  std::string name;
  std::string sha256;  // 64 hex digits
};

struct Certificate {
  struct Run {
    std::string profile;
    std::string profile_text;
    std::string target;
    bool started = false;
    Verdict verdict = Verdict::kInconclusive;
    std::vector<std::string> restrictions;
    std::map<Outcome, std::size_t> counts;
    std::vector<RequirementDocument> requirements;  // id, level, outcome, cases
    // How often what breaks a requirement was seen in a case that isn't about it.
    std::map<std::pair<std::string, std::string>, std::size_t> observations;
  };
  std::vector<Subject> subjects;
  std::string suite_version;
  std::string catalogue_sha256;
  std::uint64_t seed = 1;
  std::string started;  // 2026-01-02T03:04:05Z
  bool huge = false;    // whether the huge messages were among the cases
  std::vector<Run> runs;
  std::vector<std::string> transcripts;  // files as --transcripts wrote them
};

// Why nothing can be certified by this report; empty if it can. `catalogue` is that of the report.
std::string why_not_certifiable(const ReportDocument& report, const Catalogue& catalogue);

// Where what the transcripts say differs from what the report says; empty where they agree.
std::string difference(const ReportDocument& report, const Rejudged& rejudged);
std::string difference(const Certificate& certificate, const Rejudged& rejudged);

// A certificate of a report that is certifiable and that `rejudged` bears out.
Certificate certify(const ReportDocument& report, const Rejudged& rejudged,
                    std::vector<Subject> subjects, std::vector<std::string> transcripts);

}  // namespace md5spec
