#include "report/html_case.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "report/html_wire.h"
#include "report/page.h"
#include "report/told_once.h"

namespace md5spec {
namespace {

// `words` with what lies between its first `before` and last `after` characters marked.
void write_marked(const std::string& words, std::size_t before, std::size_t after, Markup* page) {
  const auto code = page->in("code");
  const std::size_t marked = words.size() - before - after;
  page->element("span", {{"class", "same"}}, words.substr(0, before));
  if (marked > 0) page->element("mark", words.substr(before, marked));
  page->element("span", {{"class", "same"}}, words.substr(words.size() - after));
}

// Steps back to where a character begins, or an escape: \n, \x0a.
std::size_t character_start(const std::string& words, std::size_t at) {
  while (at > 0 && at < words.size() && (static_cast<unsigned char>(words[at]) & 0xC0U) == 0x80U)
    --at;
  for (std::size_t back = 1; back <= 3 && back <= at; ++back) {
    if (words[at - back] == '\\') return at - back;
  }
  return at;
}

// Both are quoted where they are bytes; what came may also be words ("nothing").
void write_comparison(const std::string& expected, const std::string& received, Markup* page) {
  const auto box = page->in("div", {{"class", "compare"}});
  const bool comparable = expected.starts_with('"') && received.starts_with('"');
  std::size_t before = 0;
  std::size_t after = 0;
  if (comparable) {
    const std::size_t shorter = std::min(expected.size(), received.size());
    while (before < shorter && expected[before] == received[before]) ++before;
    before = character_start(expected, before);
    while (after < shorter - before &&
           expected[expected.size() - 1 - after] == received[received.size() - 1 - after] &&
           (static_cast<unsigned char>(expected[expected.size() - 1 - after]) & 0x80U) == 0)
      ++after;
  }
  const auto write_side = [&](std::string_view label, const std::string& words) {
    if (words.empty()) return;
    page->element("span", {{"class", "label"}}, label);
    if (comparable && expected != received) {
      write_marked(words, before, after, page);
    } else {
      page->element("code", words);
    }
  };
  write_side("expected", expected);
  write_side("received", received);
}

void write_finding(const FindingDocument& finding, std::size_t times, Markup* page) {
  const auto box = page->in("div", {{"class", "finding"}});
  {
    const auto paragraph = page->in("p");
    page->element("b", {{"class", "mono"}}, finding.requirement);
    page->text(" ");
    page->text(finding.explanation);
    page->element("span", {{"class", "faint"}},
                  fmt::format(" (evidence: {}{})", name_of(finding.evidence), so_often(times)));
  }
  if (!finding.expected.empty() || !finding.received.empty())
    write_comparison(finding.expected, finding.received, page);
}

void write_list(std::string_view title, const std::vector<std::string>& lines, Markup* page) {
  if (lines.empty()) return;
  page->element("h4", title);
  const auto list = page->in("ul", {{"class", "plain"}});
  for (const std::string& line : lines) page->element("li", line);
}

void write_why(const RunDocument& run, const CaseDocument& one, Markup* page) {
  for (const RequirementDocument& requirement : run.requirements) {
    const bool is_broken = std::any_of(
        one.findings.begin(), one.findings.end(),
        [&](const FindingDocument& finding) { return finding.requirement == requirement.id; });
    if (!is_broken || requirement.sentence.empty()) continue;
    page->element("h4", fmt::format("What {} says", requirement.id));
    page->element("p", {{"class", "why"}}, requirement.sentence);
  }
  if (one.why.empty()) return;
  page->element("h4", "Why it matters");
  page->element("p", {{"class", "why"}}, one.why);
}

void write_wires(const CaseDocument& one, std::size_t wire_room, Markup* page) {
  const auto write_one = [&](std::string_view title, const std::vector<WireEvent>& log) {
    if (log.empty()) return;
    page->element("h4", title);
    if (page->size() < wire_room) {
      write_wire(log, page);
    } else {
      page->element("p", {{"class", "faint"}},
                    "Left out, for the page has grown long. The JSON report has it.");
    }
  };
  write_one("On the wire", one.wire);
  write_one("On the wire, the first time", one.first_wire);
}

void write_body(const RunDocument& run, const CaseDocument& one, std::size_t wire_room,
                Markup* page) {
  const auto body = page->in("div", {{"class", "body"}});
  for (const auto& [finding, times] : told_once(one.findings)) write_finding(*finding, times, page);
  if (one.known_failing) write_list("Listed as known to fail", {*one.known_failing}, page);
  write_why(run, one, page);
  write_list("Noted", one.notes, page);
  std::vector<std::string> seen;
  for (const auto& [finding, times] : told_beside_findings(one)) {
    seen.push_back(
        fmt::format("{}{}: {}", finding->requirement, so_often(times), finding->explanation));
  }
  write_list("Also seen", seen, page);
  write_wires(one, wire_room, page);
  if (!one.reproduce.empty()) {
    page->element("h4", "See it again");
    const auto box = page->in("div", {{"class", "command"}});
    page->element("code", one.reproduce);
  }
  if (one.where().empty()) return;
  page->element("h4", "Where it is written");
  page->element("p", {{"class", "faint mono"}}, one.where());
}

}  // namespace

std::string anchor_of(const RunDocument& run, const CaseDocument& one) {
  return run.profile + "/" + one.id;
}

void write_case(const RunDocument& run, const CaseDocument& one, Unfolded unfolded,
                std::size_t wire_room, Markup* page) {
  const auto article = page->in(
      "article", {{"class", fmt::format("case {}", css_class(one.outcome))},
                  {"id", anchor_of(run, one)},
                  {"data-id", one.id},
                  {"data-outcome", name_of(one.outcome)},
                  {"data-requirements", fmt::format("{}", fmt::join(one.requirements, " "))}});
  const auto details =
      unfolded == Unfolded::kYes ? page->in("details", {{"open", ""}}) : page->in("details");
  {
    const auto summary = page->in("summary");
    page->element("span", {{"class", "turn"}}, "");
    page->element("span", {{"class", "id"}}, one.id);
    write_chip(one.outcome, page);
    std::string about = fmt::format("{}", fmt::join(one.requirements, ", "));
    if (one.culprit != Culprit::kNone && one.culprit != Culprit::kServer)
      about += fmt::format(" · down to the {}", name_of(one.culprit));
    page->element("span", {{"class", "links"}},
                  fmt::format("{} · {} · {}", run.profile, about, time_in_words(one.duration)));
    const std::string gist = one.title.empty() ? one.reason : one.title + ": " + one.reason;
    // Unfolded, the findings say the same.
    page->element("span", {{"class", one.findings.empty() ? "gist" : "gist told"}}, gist);
  }
  write_body(run, one, wire_room, page);
}

}  // namespace md5spec
