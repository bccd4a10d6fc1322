// A small language for what each case of a run found, before the others are taken into account.
#pragma once

#include <deque>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "catalogue/catalogue.h"
#include "judge/resolve.h"
#include "judge/transcript_builder.h"
#include "target/scratch_folder.h"

namespace md5spec {

// The specification's own requirements, with presuppositions and levels as they are.
inline const Catalogue& specification() {
  static const Catalogue loaded = [] {
    const ScratchFolder folder;
    std::ifstream in(std::string(MD5SPEC_BUNDLED_CASES) + "/requirements.yaml");
    folder.write("requirements.yaml", {std::istreambuf_iterator<char>(in), {}});
    folder.write("cases.yaml",
                 "group: g\nrequirement: DIG-1\nwhy: w\ncases: [{name: a, message: a}]\n");
    return Catalogue::load(folder.path(""), {});
  }();
  return loaded;
}

// A run's cases and what was found in each, in a few words.
class ResolveTest : public testing::Test {
 public:
  // A case that judges these requirements and found nothing wrong.
  ResolveTest& passes(const std::string& judged) {
    add(judged).judgement = Judgement();
    return *this;
  }
  // A case that found its requirements (or some of them) broken.
  ResolveTest& finds(const std::string& judged, const std::string& broken = "") {
    Judgement judgement;
    judgement.findings = {finding(broken.empty() ? judged : broken)};
    add(judged).judgement = judgement;
    return *this;
  }
  // A case that couldn't tell for a thing that usually breaks `usually`.
  ResolveTest& is_impeded(const std::string& judged, const std::string& usually,
                          bool in_control = false) {
    Judgement judgement;
    judgement.impediments = {finding(usually)};
    judgement.impediments.front().in_control = in_control;
    judgement.observations = judgement.impediments;
    add(judged).judgement = judgement;
    return *this;
  }
  // A case that found `broken`, which others might account for.
  ResolveTest& finds_for(const std::string& broken, std::vector<std::string> causes,
                         std::uint64_t size = 0) {
    finds(broken);
    Finding& one = judged_.back().judgement->findings.front();
    one.causes = std::move(causes);
    one.size = size;
    one.largest = size;
    return *this;
  }
  // A case that saw a reply which isn't as declared, and isn't about that.
  ResolveTest& sees(const std::string& judged, Anomaly look, const std::string& usually) {
    passes(judged);
    judged_.back().judgement->oddities = {finding(usually)};
    judged_.back().judgement->oddities.front().anomaly = look;
    return *this;
  }
  // The same, where others might account for it.
  ResolveTest& sees_for(const std::string& judged, std::vector<std::string> causes) {
    sees(judged, Anomaly::kSurplus, "REP-2");
    judged_.back().judgement->oddities.front().causes = std::move(causes);
    return *this;
  }
  // A case that went wrong only while others were under way.
  ResolveTest& went_wrong_beside_others(const std::string& judged) {
    passes(judged);
    judged_.back().judgement->oddities = {finding(judged)};
    judged_.back().judgement->oddities.front().causes = {"CNC-1", "CNC-2"};
    return *this;
  }
  // A case whose finding, impediment or oddity may be put down to any of `causes`.
  ResolveTest& blames(const std::string& judged, const std::string& usually,
                      std::vector<std::string> causes, int kind) {
    if (kind == 0) return finds_for(judged, std::move(causes));
    if (kind < 3) {
      is_impeded(judged, usually, kind == 2);
      judged_.back().judgement->impediments.front().causes = std::move(causes);
    } else {
      sees(judged, Anomaly::kSurplus, usually);
      judged_.back().judgement->oddities.front().causes = std::move(causes);
    }
    return *this;
  }
  // What the case found, or saw, last was of this kind.
  ResolveTest& of_kind(Anomaly anomaly) {
    Judgement& judgement = *judged_.back().judgement;
    for (auto* list : {&judgement.findings, &judgement.impediments, &judgement.oddities}) {
      for (Finding& one : *list) one.anomaly = anomaly;
    }
    return *this;
  }
  ResolveTest& control_fails(const std::string& judged, const std::string& usually) {
    return is_impeded(judged, usually, true);
  }
  // What impeded the last case was the end of the server's process.
  ResolveTest& server_died() {
    for (Finding& one : judged_.back().judgement->impediments) one.died = true;
    return *this;
  }
  ResolveTest& is_hindered(const std::string& judged, Hindrance::Kind kind) {
    Judgement judgement;
    judgement.findings = {finding(judged)};
    judgement.hindrance = {kind, "why not"};
    add(judged).judgement = judgement;
    return *this;
  }
  ResolveTest& is_skipped(const std::string& judged) {
    add(judged).skipped = "not here";
    return *this;
  }
  ResolveTest& is_untried(const std::string& judged) {
    add(judged).untried = "server down since case g.a";
    return *this;
  }
  ResolveTest& begin_anew() {
    judged_.clear();
    specs_.clear();
    return *this;
  }
  ResolveTest& never_began(const std::string& judged) {
    add(judged);
    return *this;
  }

  // "pass", "fail", "skip: blocked by DIG-1" …, one for each case.
  std::vector<std::string> outcomes(const char* profile = kLineProfile) {
    std::vector<std::string> words;
    for (const CaseOutcome& one : resolved(profile)) {
      std::string word(name_of(one.outcome));
      if (one.outcome != Outcome::kPass && one.outcome != Outcome::kFail &&
          one.outcome != Outcome::kWarn)
        word += ": " + one.reason;
      words.push_back(word);
    }
    return words;
  }
  std::vector<CaseOutcome> resolved(const char* profile = kLineProfile) {
    return resolve(specification(), profile_with(profile), judged_);
  }

 protected:
  static Finding finding(const std::string& requirement) {
    Finding one;
    one.requirement = requirement;
    one.usually = requirement;
    one.explanation = "breach of " + requirement;
    return one;
  }

  JudgedCase& add(const std::string& judged) {
    Case spec;
    spec.group = "g";
    spec.name = "case_" + std::to_string(specs_.size());
    std::istringstream words(judged);
    for (std::string word; words >> word;) spec.requirements.push_back(word);
    specs_.push_back(std::move(spec));
    JudgedCase one;
    one.spec = &specs_.back();
    judged_.push_back(std::move(one));
    return judged_.back();
  }

  std::deque<Case> specs_;
  std::vector<JudgedCase> judged_;
};

}  // namespace md5spec
