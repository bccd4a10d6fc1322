#include "judge/judge.h"

#include <algorithm>
#include <csignal>
#include <iterator>

#include <fmt/format.h>

#include "judge/anomalies.h"
#include "judge/blame.h"
#include "judge/process.h"
#include "judge/process_end.h"
#include "text/bytes.h"

namespace md5spec {
namespace {

// A loop that comes this much of a deadline too late may itself have missed what it waited for.
constexpr int kToleratedLag = 10;
// So many of a kind tell all; a case with thousands of exchanges may see thousands.
constexpr std::size_t kMostFindings = 8;
// Fewer rounds than this, and than half of them, show nothing of what is about many.
constexpr std::uint64_t kFewestRounds = 100;

Finding make_finding(const Observed& observed, std::string requirement, std::string usually) {
  Finding finding;
  finding.requirement = std::move(requirement);
  finding.usually = std::move(usually);
  finding.causes = other_causes(observed);
  finding.size = observed.size;
  finding.largest = observed.largest;
  finding.anomaly = observed.anomaly;
  finding.evidence = observed.evidence;
  finding.expected = observed.expected;
  finding.received = observed.received;
  finding.explanation = observed.explanation;
  finding.connection = observed.connection;
  finding.in_control = observed.scope == Scope::kControl;
  finding.half_closed = observed.half_closed;
  finding.turned_away = is_turned_away(observed);
  return finding;
}

void keep(std::vector<Finding>* list, Finding finding) {
  const bool known = std::any_of(list->begin(), list->end(), [&](const Finding& f) {
    return f.anomaly == finding.anomaly && f.requirement == finding.requirement &&
           f.connection == finding.connection;
  });
  if (!known && list->size() < kMostFindings) list->push_back(std::move(finding));
}

void place(const Observed& observed, const PlannedCase& planned, Judgement* judgement) {
  const std::vector<std::string>& judged = planned.spec().requirements;
  const std::string usually = usual_requirement(observed, planned.profile());
  for (const std::string& requirement : judged) {
    if (!owns(requirement, observed)) continue;
    keep(&judgement->findings, make_finding(observed, requirement, usually));
    return;
  }
  const bool control = observed.scope == Scope::kControl;
  if (!control && std::find(judged.begin(), judged.end(), usually) != judged.end()) {
    keep(&judgement->findings, make_finding(observed, usually, usually));
    return;
  }
  Finding finding = make_finding(observed, usually, usually);
  if (impedes(judged.front(), observed)) {
    keep(&judgement->impediments, finding);
  } else if (is_odd(observed)) {
    keep(&judgement->oddities, finding);
  }
  keep(&judgement->observations, std::move(finding));
}

std::vector<Observed> observe_all(const PlannedCase& planned, const std::vector<Story>& stories) {
  std::vector<Observed> all;
  for (const Story& story : stories) {
    std::vector<Observed> some = observe(planned, story, stories);
    std::move(some.begin(), some.end(), std::back_inserter(all));
  }
  const bool mixed =
      std::any_of(all.begin(), all.end(), [](const Observed& one) { return one.of_another; });
  for (Observed& one : all) one.among_mixed = mixed;
  return all;
}

// Where a control failed, the same may be all that is wrong with the rest of the script.
void heed_controls(Judgement* judgement) {
  const auto& impediments = judgement->impediments;
  if (std::none_of(impediments.begin(), impediments.end(),
                   [](const Finding& f) { return f.in_control; }))
    return;
  for (Finding& finding : judgement->findings) {
    finding.requirement = finding.usually;
    keep(&judgement->observations, finding);
    keep(&judgement->impediments, std::move(finding));
  }
  judgement->findings.clear();
}

// A case that its deadline ended has left steps out: it can't have passed.
void heed_deadline(const Transcript& transcript, const Profile& profile, Judgement* judgement) {
  if (!transcript.out_of_time || !judgement->findings.empty()) return;
  Observed late;
  late.anomaly = Anomaly::kNoReply;
  late.evidence = Evidence::kDeadline;
  late.explanation = "the server kept the case waiting until all of its time was up";
  const std::string usually = usual_requirement(late, profile);
  keep(&judgement->impediments, make_finding(late, usually, usually));
  keep(&judgement->observations, make_finding(late, usually, usually));
}

// What is about many rounds isn't shown by a few in which nothing went wrong.
void heed_rounds(const Transcript& transcript, Judgement* judgement) {
  const std::uint64_t done = transcript.rounds_done;
  const std::uint64_t wanted = transcript.rounds_wanted;
  if (done >= wanted) return;
  judgement->notes.push_back(
      fmt::format("did {} of {} rounds, as many as fitted in the time budget", done, wanted));
  const bool nothing =
      judgement->findings.empty() && judgement->impediments.empty() && judgement->oddities.empty();
  if (are_enough_rounds(done, wanted) || !nothing ||
      judgement->hindrance.kind != Hindrance::Kind::kNone)
    return;
  // Waiting for what never came took the time.
  std::copy_if(judgement->observations.begin(), judgement->observations.end(),
               std::back_inserter(judgement->impediments),
               [](const Finding& one) { return one.evidence == Evidence::kDeadline; });
  if (judgement->impediments.empty()) {
    judgement->hindrance = {
        Hindrance::Kind::kEnvironment,
        fmt::format("only {} of {} rounds fitted in its time, which tells nothing", done, wanted)};
  }
}

// The server ended though the script hadn't asked for it: whatever else came, that is part of it.
void heed_death(const PlannedCase& planned, const Transcript& transcript,
                const std::vector<Story>& stories, Judgement* judgement) {
  const ProcessEnd* const end = unasked_end(transcript);
  if (end == nullptr) return;
  const std::string words = "the server " + in_words(*end);
  judgement->notes.push_back(fmt::format(
      "{}; {}", words,
      end->printed.empty() ? "it had printed nothing"
                           : "the end of its output: " + in_quotes(end->printed, 1000)));
  const auto any_message = [&](const auto& is_such) {
    return std::any_of(stories.begin(), stories.end(), [&](const Story& story) {
      return std::any_of(story.messages.begin(), story.messages.end(), is_such);
    });
  };
  const bool boundary_in_pieces =
      any_message([](const Story::Message& m) { return m.boundary_in_pieces; });
  const Limits& limits = planned.profile().limits;
  const bool oversize = any_message([&](const Story::Message& m) {
    return limits.declared && m.sent->message->size() > limits.message_bytes;
  });
  if (judgement->findings.empty() && judgement->impediments.empty()) {
    Observed died;
    died.boundary_in_pieces = boundary_in_pieces;
    died.oversize = oversize;
    died.anomaly = Anomaly::kDied;
    died.evidence = Evidence::kProcess;
    died.explanation = "the server ended once it had served this case's connections: " + words;
    died.expected = "the server goes on serving";
    died.received = in_words(*end);
    died.vanished = vanished_before(transcript.events.size(), stories);
    died.unsecured_before = unsecured_one(stories);
    died.by_sigpipe = end->signal == SIGPIPE;
    place(died, planned, judgement);
    return;
  }
  // A reset as such doesn't bring that signal about: only writing behind it does.
  if (end->signal == SIGPIPE) {
    const auto others = std::stable_partition(
        judgement->findings.begin(), judgement->findings.end(),
        [](const Finding& finding) { return finding.requirement != "RES-1"; });
    for (auto one = others; one != judgement->findings.end(); ++one) {
      one->requirement = one->usually = "RES-2";
      judgement->impediments.push_back(std::move(*one));
    }
    judgement->findings.erase(others, judgement->findings.end());
  }
  for (auto* list : {&judgement->findings, &judgement->impediments, &judgement->observations}) {
    for (Finding& finding : *list) {
      finding.explanation += "; " + words;
      finding.died = true;
      if (boundary_in_pieces) finding.causes.emplace_back("STR-4");
      if (oversize) finding.causes.emplace_back("RES-5");
      if (unsecured_one(stories)) finding.causes.emplace_back("SEC-5");
      if (end->signal == SIGPIPE) finding.causes.emplace_back("RES-2");
    }
  }
}

// A case about memory sends more than is tested by default. Where the profile claims no limit, the
// server may have a smaller one.
void heed_unclaimed_size(const PlannedCase& planned, Judgement* judgement) {
  const Limits& limits = planned.profile().limits;
  if (limits.declared || limits.unlimited || planned.spec().requirements.front() != "RES-9") return;
  const bool untaken = !judgement->impediments.empty() &&
                       std::all_of(judgement->impediments.begin(), judgement->impediments.end(),
                                   [](const Finding& f) {
                                     return !f.in_control && (f.anomaly == Anomaly::kNoReply ||
                                                              f.anomaly == Anomaly::kClosedInstead);
                                   });
  if (!judgement->findings.empty() || !untaken) return;
  judgement->hindrance = {Hindrance::Kind::kNotClaimed,
                          "the server didn't take a message that large, and its profile declares "
                          "no limits.message_bytes: " +
                              judgement->impediments.front().explanation};
}

Hindrance lagged(const Transcript& transcript, const Timeouts& timeouts) {
  const Duration shortest = std::min(timeouts.reply, timeouts.close);
  if (transcript.worst_lag * kToleratedLag <= shortest) return {};
  return {Hindrance::Kind::kEnvironment,
          fmt::format("this machine was too busy to tell: md5spec's own loop came {} ms late",
                      transcript.worst_lag.count() / 1000)};
}

}  // namespace

bool Judgement::rests_on_time() const {
  const auto on_time = [](const Finding& f) { return f.rests_on_time(); };
  if (!findings.empty()) return std::any_of(findings.begin(), findings.end(), on_time);
  const auto& rest = impediments.empty() ? oddities : impediments;
  return std::any_of(rest.begin(), rest.end(), on_time);
}

bool are_enough_rounds(std::uint64_t done, std::uint64_t wanted) {
  return done >= std::min(wanted / 2, kFewestRounds);
}

Judgement judge(const PlannedCase& planned, const Transcript& transcript) {
  Judgement judgement;
  judgement.hindrance = transcript.hindrance;
  if (judgement.hindrance.kind != Hindrance::Kind::kNone) return judgement;
  const std::vector<Story> stories = tell(planned, transcript);
  for (const Observed& observed : observe_all(planned, stories))
    place(observed, planned, &judgement);
  for (const Observed& observed : observe_process(transcript)) place(observed, planned, &judgement);
  if (std::string note = unjudged_growth(transcript); !note.empty())
    judgement.notes.push_back(std::move(note));
  heed_controls(&judgement);
  heed_deadline(transcript, planned.profile(), &judgement);
  heed_death(planned, transcript, stories, &judgement);
  heed_rounds(transcript, &judgement);
  heed_unclaimed_size(planned, &judgement);
  if (judgement.hindrance.kind == Hindrance::Kind::kNone && judgement.rests_on_time())
    judgement.hindrance = lagged(transcript, planned.profile().timeouts);
  return judgement;
}

bool needs_another_attempt(const PlannedCase& planned, const Judgement& judgement) {
  // Whether a server had seen a message when it was told to end is a matter of luck on a busy
  // machine.
  const bool chancy = process_use(planned.spec().script) == ProcessUse::kEnds;
  return judgement.rests_on_time() || judgement.hindrance.kind == Hindrance::Kind::kEnvironment ||
         (chancy && !judgement.findings.empty());
}

Judgement judge_again(const Case& spec, const Judgement& first, Judgement alone) {
  if (spec.alone) return alone;  // the first time, too
  const auto is_there = [](const std::vector<Finding>& list, const Finding& one) {
    return std::any_of(list.begin(), list.end(),
                       [&](const Finding& f) { return f.anomaly == one.anomaly; });
  };
  for (const auto* list : {&first.findings, &first.impediments, &first.oddities}) {
    for (const Finding& finding : *list) {
      if (finding.rests_on_time() || finding.in_control) continue;
      if (is_there(alone.findings, finding) || is_there(alone.impediments, finding) ||
          is_there(alone.oddities, finding))
        continue;
      Finding odd = finding;
      const std::vector<std::string> company = causes_beside_others();
      odd.causes.insert(odd.causes.end(), company.begin(), company.end());
      if (is_wrong_digest(finding.anomaly)) odd.usually = kKeptApart;
      keep(&alone.oddities, std::move(odd));
    }
  }
  return alone;
}

}  // namespace md5spec
