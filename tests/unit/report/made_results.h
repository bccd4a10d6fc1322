// A small language for what a run found, for tests of what is made of it.
#pragma once

#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "catalogue/catalogue.h"
#include "judge/transcript_builder.h"
#include "report/results.h"
#include "target/scratch_folder.h"

namespace md5spec {

// Everything that a server could think of against a terminal, a parser or a shell.
inline const std::string kHostile = std::string("\x1b[2J\r\n\t\b\x07\x7f\xff\xc2\x9b", 13) +
                                    std::string(1, '\0') +
                                    "\xe2\x80\xae<a href='x'>&amp;]]>\"`$(id)'";

// The specification's requirements with a few cases.
inline const Catalogue& some_catalogue() {
  static const Catalogue loaded = [] {
    const ScratchFolder folder;
    std::ifstream in(std::string(MD5SPEC_BUNDLED_CASES) + "/requirements.yaml");
    folder.write("requirements.yaml", {std::istreambuf_iterator<char>(in), {}});
    folder.write("cases.yaml", R"(
group: g
why: What everybody gets wrong.
cases:
  - {name: one, requirement: DIG-1, message: abc}
  - {name: two, requirement: DIG-1, message: xyz, tags: [text]}
  - {name: three, requirement: DIG-2, message: {hex: "27ff"}}
  - {name: fin, requirement: CON-7, message: abc}
  - {name: both, requirements: [CON-3, CON-7], message: abc}
  - {name: steps, requirement: CON-4, script: [connect, {exchange: abc}, {exchange: xyz}]}
)");
    folder.write("others.yaml",
                 "group: h\nwhy: w\ncases: [{name: one, requirement: REP-1, message: abc}]\n");
    return Catalogue::load(folder.path(""), {});
  }();
  return loaded;
}

inline Finding made_finding(const std::string& requirement,
                            const std::string& explanation = "what it looks like") {
  Finding finding;
  finding.requirement = requirement;
  finding.usually = requirement;
  finding.expected = "\"abc\"";
  finding.received = "\"abd\"";
  finding.explanation = explanation;
  return finding;
}

class MadeRun {
 public:
  explicit MadeRun(const std::string& profile_keys = kLineProfile)
      : profile_(std::make_shared<Profile>(profile_with(profile_keys))) {
    run_.profile = profile_.get();
    run_.target = "127.0.0.1:5555";
    run_.server = "the server";
  }

  // A case of some_catalogue(), with the finding that its outcome needs.
  MadeRun& add(const std::string& id, Outcome outcome, const std::string& reason = "") {
    CaseResult result;
    result.spec = some_catalogue().find_case(id);
    result.outcome.outcome = outcome;
    result.outcome.reason = reason;
    if (outcome == Outcome::kFail || outcome == Outcome::kWarn || outcome == Outcome::kXfail) {
      result.outcome.findings = {made_finding(result.spec->requirements.front())};
      result.outcome.culprit = Culprit::kServer;
    }
    result.duration = std::chrono::microseconds(1500);
    run_.cases.push_back(std::move(result));
    return *this;
  }
  CaseResult& last() { return run_.cases.back(); }
  RunResult& raw() { return run_; }

  // Counted and summed up. Lives as long as this.
  const RunResult& run() {
    recount(some_catalogue(), &run_);
    return run_;
  }

  Report report() {
    Report report;
    report.catalogue_sha256 = some_catalogue().sha256();
    report.runs = {run()};
    return report;
  }

 private:
  std::shared_ptr<Profile> profile_;
  RunResult run_;
};

}  // namespace md5spec
