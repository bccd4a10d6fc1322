#include "report/rejudge.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "conduct/plan.h"
#include "conduct/probe.h"
#include "judge/completeness.h"
#include "judge/judge.h"
#include "report/transcript_json.h"
#include "text/bytes.h"

namespace md5spec {
namespace {

// One profile's cases, planned anew.
struct PlannedRun {
  Plan plan;
  std::map<std::string, std::size_t> places;  // of a case, by its id, in the plan
  std::vector<JudgedCase> judged;
  std::map<std::size_t, Judgement> first;  // of a case that was carried out twice, by its place
  std::map<std::size_t, std::string>
      lacking;  // what a transcript doesn't show, by its case's place
};

// Whether an outcome says that nothing, or nothing worse, went wrong in all that the case does; or
// that it couldn't be carried out.
bool rests_on_the_whole(Outcome outcome) {
  return outcome == Outcome::kPass || outcome == Outcome::kWarn || outcome == Outcome::kSkip;
}

class Rejudging {
 public:
  Rejudging(const Catalogue& catalogue, TranscriptsHead head) : catalogue_(catalogue) {
    result_.head = std::move(head);
    if (result_.head.catalogue_sha256 != catalogue.sha256())
      throw RejudgeError("the transcripts are of another catalogue of cases than this one");
    for (const auto& run : result_.head.runs) plan(run);
  }

  void read(TranscriptsReader& reader, const std::string& file) {
    while (const auto stored = reader.next()) take(*stored, file);
  }

  Rejudged finish(const std::map<std::string, std::string>& untried) {
    for (std::size_t i = 0; i < planned_.size(); ++i) finish_run(i, untried);
    return std::move(result_);
  }

 private:
  void plan(const TranscriptsHead::Run& run) {
    if (runs_.contains(run.profile))
      throw RejudgeError(fmt::format("two runs are under the profile {}", run.profile));
    const std::string file = "the profile of the transcripts";
    auto profile = std::make_unique<const Profile>(parse_profile(run.profile_text, file, ""));
    if (profile->name != run.profile)
      throw RejudgeError(fmt::format("the profile {} calls itself {}", run.profile, profile->name));
    Selection selection;
    selection.tags = result_.head.tags;
    PlannedRun planned;
    planned.plan = make_plan(catalogue_, select(catalogue_, Selection()), *profile, selection,
                             facts_of(run), result_.head.seed);
    for (std::size_t i = 0; i < planned.plan.entries.size(); ++i) {
      const PlannedEntry& entry = planned.plan.entries[i];
      planned.places[entry.planned.id()] = i;
      JudgedCase one;
      one.spec = &entry.planned.spec();
      one.skipped = entry.skipped;
      planned.judged.push_back(std::move(one));
    }
    runs_[run.profile] = planned_.size();
    planned_.push_back(std::move(planned));
    result_.profiles.push_back(std::move(profile));
  }

  static RunFacts facts_of(const TranscriptsHead::Run& run) {
    RunFacts facts;
    facts.started = run.started;
    return facts;
  }

  void take(const StoredTranscript& stored, const std::string& file) {
    const std::string test = stored.profile + "/" + stored.id;
    const auto run = runs_.find(stored.profile);
    if (run == runs_.end())
      throw RejudgeError(fmt::format("{}: {} is under none of the profiles", file, test));
    PlannedRun& planned = planned_[run->second];
    const auto place = planned.places.find(stored.id);
    if (place == planned.places.end())
      throw RejudgeError(fmt::format("{}: {} is no case of the catalogue", file, test));
    JudgedCase& judged = planned.judged[place->second];
    if (judged.skipped) {
      throw RejudgeError(fmt::format("{}: {} has a transcript, though it doesn't apply: {}", file,
                                     test, *judged.skipped));
    }
    std::string lacking;
    Judgement judgement = judge_one(stored, planned.plan.entries[place->second].planned,
                                    *result_.profiles[run->second], &lacking);
    if (stored.first) {
      if (!planned.first.emplace(place->second, std::move(judgement)).second)
        throw RejudgeError(fmt::format("{}: {} has two first attempts", file, test));
      return;
    }
    if (judged.judgement)
      throw RejudgeError(fmt::format("{}: {} has been carried out twice", file, test));
    judged.judgement = std::move(judgement);
    if (!lacking.empty()) planned.lacking[place->second] = std::move(lacking);
  }

  static Judgement judge_one(const StoredTranscript& stored, const PlannedCase& planned,
                             const Profile& profile, std::string* lacking) {
    const std::string preflight = stored.node.text_or_empty("preflight");
    if (preflight.empty()) {
      const Transcript transcript = read_transcript(stored.node, planned);
      *lacking = what_is_missing(planned, transcript);
      return judge(planned, transcript);
    }
    *lacking = "it is of the exchange before all cases, not of the case";
    const Case exchange = preflight == "silence"     ? silent_probe()
                          : preflight == "handshake" ? handshake_probe(profile)
                                                     : probe(profile);
    const PlannedCase before(exchange, profile, 1);
    const Judgement judgement = judge(before, read_transcript(stored.node, before));
    if (judgement.findings.empty())
      stored.node.fail("is of an exchange before all cases, but nothing was wrong with it");
    return judgement_of_silence(planned.spec(), judgement);
  }

  // A case may be carried out again only where the first attempt left something open.
  static void take_repeated(PlannedRun& planned, std::size_t place, const Judgement& first) {
    const PlannedCase& one = planned.plan.entries[place].planned;
    JudgedCase& judged = planned.judged[place];
    if (!judged.judgement) return;  // missing; that is said elsewhere
    const bool flawless =
        first.findings.empty() && first.impediments.empty() && first.oddities.empty();
    if (flawless && !needs_another_attempt(one, first)) {
      throw RejudgeError(fmt::format(
          "{}/{} has been carried out again, though the first attempt had shown that it passes",
          one.profile().name, one.id()));
    }
    judged.judgement = judge_again(one.spec(), first, std::move(*judged.judgement));
  }

  void finish_run(std::size_t index, const std::map<std::string, std::string>& untried) {
    PlannedRun& planned = planned_[index];
    const Profile& profile = *result_.profiles[index];
    for (auto& [place, first] : planned.first) take_repeated(planned, place, first);
    for (JudgedCase& one : planned.judged) {
      const std::string test = profile.name + "/" + one.spec->id();
      if (const auto why = untried.find(test); why != untried.end()) one.untried = why->second;
      if (!one.skipped && !one.untried && !one.judgement) result_.missing.push_back(test);
    }
    std::vector<CaseOutcome> outcomes = resolve(catalogue_, profile, planned.judged);
    for (const auto& [place, lacking] : planned.lacking) {
      if (!rests_on_the_whole(outcomes[place].outcome)) continue;
      result_.incomplete.push_back(
          fmt::format("{}/{}: the transcript doesn't bear out that it was carried out: {}",
                      profile.name, planned.judged[place].spec->id(), lacking));
    }
    RunResult run;
    run.profile = &profile;
    run.started = result_.head.runs[index].started;
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
      CaseResult one;
      one.spec = planned.judged[i].spec;
      one.outcome = std::move(outcomes[i]);
      one.judged = std::move(planned.judged[i]);
      const auto first = planned.first.find(i);
      if (one.judged.judgement) {
        one.observations = observations_of(*one.judged.judgement,
                                           first == planned.first.end() ? nullptr : &first->second);
      }
      run.cases.push_back(std::move(one));
    }
    recount(catalogue_, &run);
    result_.runs.push_back(std::move(run));
  }

  const Catalogue& catalogue_;
  Rejudged result_;
  std::map<std::string, std::size_t> runs_;
  std::vector<PlannedRun> planned_;
};

// The head of all files together; they must be of one run, or of its shards.
TranscriptsHead united(const std::vector<TranscriptsReader>& readers) {
  TranscriptsHead all = readers.front().head();
  for (const TranscriptsReader& reader : readers) {
    const TranscriptsHead& head = reader.head();
    if (head.catalogue_sha256 != all.catalogue_sha256 || head.suite_version != all.suite_version)
      throw RejudgeError("the files of transcripts are of different catalogues or versions");
    if (head.seed != all.seed)
      throw RejudgeError("the files of transcripts are of runs with different seeds");
    for (const std::string& tag : head.tags) {
      if (std::find(all.tags.begin(), all.tags.end(), tag) == all.tags.end())
        all.tags.push_back(tag);
    }
    for (const TranscriptsHead::Run& run : head.runs) {
      const auto same = std::find_if(all.runs.begin(), all.runs.end(), [&](const auto& other) {
        return other.profile == run.profile;
      });
      if (same == all.runs.end()) {
        all.runs.push_back(run);
      } else if (*same != run) {
        throw RejudgeError(
            fmt::format("the files of transcripts have different profiles named {}", run.profile));
      }
    }
  }
  return all;
}

}  // namespace

Rejudged rejudge(const Catalogue& catalogue, const std::vector<TranscriptsText>& files,
                 const std::map<std::string, std::string>& untried) {
  std::vector<TranscriptsReader> readers;
  readers.reserve(files.size());
  for (const TranscriptsText& one : files) readers.emplace_back(one.text, one.file);
  Rejudging rejudging(catalogue, united(readers));
  for (std::size_t i = 0; i < files.size(); ++i)
    rejudging.read(readers[i], displayable(files[i].file));
  return rejudging.finish(untried);
}

}  // namespace md5spec
