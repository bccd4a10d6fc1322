#include "report/page.h"

#include <algorithm>
#include <array>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "digest/sha256.h"
#include "report/page_assets.h"
#include "text/bytes.h"

namespace md5spec {
namespace {

// As a content security policy names what it lets stand in the page.
std::string policy_hash(std::string_view content) {
  std::string digest;
  unhex(sha256_hex(content), &digest);
  return fmt::format("'sha256-{}'", base64(digest));
}

}  // namespace

void begin_page(std::string_view title, Markup* page) {
  page->doctype();
  page->open("html", {{"lang", "en"}});
  page->open("head");
  page->single("meta", {{"charset", "utf-8"}});
  page->single("meta",
               {{"http-equiv", "Content-Security-Policy"},
                {"content", fmt::format("default-src 'none'; style-src {}; script-src {}; "
                                        "base-uri 'none'; form-action 'none'",
                                        policy_hash(kPageStyle), policy_hash(kPageScript))}});
  page->single("meta", {{"name", "viewport"}, {"content", "width=device-width, initial-scale=1"}});
  page->single("meta", {{"name", "referrer"}, {"content", "no-referrer"}});
  page->element("title", title);
  page->asset("style", kPageStyle);
  page->close();
  page->open("body");
}

std::string end_page(Markup* page) {
  page->asset("script", kPageScript);
  page->close();
  page->close();
  return page->take();
}

void write_chip(Outcome outcome, Markup* page) {
  page->element("span", {{"class", fmt::format("chip {}", css_class(outcome))}}, in_words(outcome));
}

void write_chip(Outcome outcome, std::string_view href, Markup* page) {
  if (href.empty()) {
    write_chip(outcome, page);
    return;
  }
  page->element("a", {{"class", fmt::format("chip {}", css_class(outcome))}, {"href", href}},
                in_words(outcome));
}

std::string_view css_class(Outcome outcome) { return name_of(outcome); }

std::string_view css_class(Verdict verdict) {
  switch (verdict) {
    case Verdict::kConformant:
      return "pass";
    case Verdict::kConformantWithWarnings:
      return "warn";
    case Verdict::kNonConformant:
      return "fail";
    case Verdict::kInconclusive:
      return "error";
  }
  return "error";
}

std::string_view in_words(Outcome outcome) {
  return outcome == Outcome::kNotRun ? "not run" : name_of(outcome);
}

std::string_view in_words(Verdict verdict) {
  switch (verdict) {
    case Verdict::kConformant:
      return "Conformant";
    case Verdict::kConformantWithWarnings:
      return "Conformant, with warnings";
    case Verdict::kNonConformant:
      return "Not conformant";
    case Verdict::kInconclusive:
      return "Inconclusive";
  }
  return "Inconclusive";
}

const std::vector<Outcome>& outcomes_worst_first() {
  static const std::vector<Outcome> order = {Outcome::kFail,  Outcome::kXfail, Outcome::kXpass,
                                             Outcome::kError, Outcome::kWarn,  Outcome::kNotRun,
                                             Outcome::kPass,  Outcome::kSkip};
  return order;
}

void write_outcome_bar(const RunDocument& run, Markup* page) {
  std::size_t all = 0;
  for (const auto& [outcome, count] : run.counts) all += count;
  constexpr double kWidth = 1000;
  constexpr double kLeast = 4;  // what happened once still shows
  const auto svg = page->in("svg", {{"class", "bar"},
                                    {"viewBox", "0 0 1000 8"},
                                    {"preserveAspectRatio", "none"},
                                    {"role", "img"},
                                    {"aria-label", counts_in_words(run)}});
  double x = 0;
  for (const Outcome outcome : outcomes_worst_first()) {
    if (run.count(outcome) == 0) continue;
    const double share =
        kWidth * static_cast<double>(run.count(outcome)) / static_cast<double>(all);
    const double width = std::min(std::max(share, kLeast), kWidth - x);
    page->single("rect", {{"class", css_class(outcome)},
                          {"x", fmt::format("{:.1f}", x)},
                          {"width", fmt::format("{:.1f}", width)},
                          {"height", "8"}});
    x += width;
  }
}

void write_lines(std::string_view css_class, std::string_view lines, Markup* page) {
  const auto block = page->in("pre", {{"class", css_class}});
  while (!lines.empty()) {
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    page->text(lines.substr(0, end)).line_end();
    lines.remove_prefix(std::min(end + 1, lines.size()));
  }
}

void write_keys(Markup* page) {
  const auto footer = page->in("footer", {{"class", "page"}});
  const auto line = page->in("p", {{"class", "keys"}, {"hidden", ""}});
  const auto write_key = [&](std::string_view key, std::string_view does) {
    page->element("kbd", key);
    page->text(" ");
    page->text(does);
  };
  write_key("/", "filters, ");
  write_key("j", "and ");
  write_key("k", "go through the cases that have something to tell, ");
  write_key("Enter", "opens and closes one, ");
  write_key("x", "all of them");
}

std::string counts_in_words(const RunDocument& run) {
  std::vector<std::string> parts;
  for (const Outcome outcome : outcomes_worst_first()) {
    if (run.count(outcome) > 0)
      parts.push_back(fmt::format("{} {}", grouped(run.count(outcome)), in_words(outcome)));
  }
  return parts.empty() ? "no cases" : fmt::format("{}", fmt::join(parts, ", "));
}

std::string grouped(std::uint64_t number) {
  std::string digits = fmt::to_string(number);
  for (std::size_t at = digits.size(); at > 3;) {
    at -= 3;
    digits.insert(at, ",");
  }
  return digits;
}

std::string counted(std::uint64_t number, std::string_view thing) {
  return fmt::format("{} {}{}", grouped(number), thing, number == 1 ? "" : "s");
}

std::string time_in_words(Duration time) {
  const auto us = static_cast<double>(time.count());
  if (us < 1000) return fmt::format("{} µs", time.count());
  if (us < 99'950) return fmt::format("{:.1f} ms", us / 1e3);
  if (us < 999'500) return fmt::format("{:.0f} ms", us / 1e3);
  return fmt::format("{:.2f} s", us / 1e6);
}

std::string moment_in_words(std::chrono::sys_seconds moment) {
  return fmt::format("{:%Y-%m-%d %H:%M:%S} UTC",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(moment)));
}

Verdict worst_verdict(const std::vector<RunDocument>& runs) {
  constexpr std::array<Verdict, 4> kWorstFirst = {Verdict::kNonConformant, Verdict::kInconclusive,
                                                  Verdict::kConformantWithWarnings,
                                                  Verdict::kConformant};
  for (const Verdict verdict : kWorstFirst) {
    const bool is_there = std::any_of(
        runs.begin(), runs.end(), [&](const RunDocument& run) { return run.verdict == verdict; });
    if (is_there) return verdict;
  }
  return Verdict::kInconclusive;
}

}  // namespace md5spec
