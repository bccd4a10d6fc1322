#include "report/html_plots.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include <fmt/format.h>

#include "report/html_case.h"
#include "report/page.h"

namespace md5spec {
namespace {

constexpr double kWidth = 1000;
constexpr std::size_t kSlowest = 8;

using Cases = std::vector<const CaseDocument*>;

bool took_time(const CaseDocument& one) { return one.duration.count() > 0; }

// A scale of powers of ten, in microseconds, that holds all of a run's cases.
class Scale {
 public:
  explicit Scale(const RunDocument& run) {
    double least = 1e12;
    double most = 1;
    for (const CaseDocument& one : run.cases) {
      if (!took_time(one)) continue;
      least = std::min(least, static_cast<double>(one.duration.count()));
      most = std::max(most, static_cast<double>(one.duration.count()));
    }
    first_ = std::floor(std::log10(std::min(least, most)));
    last_ = std::max(std::ceil(std::log10(most)), first_ + 1);
  }

  double place(Duration time) const {
    const double power = std::log10(static_cast<double>(std::max<std::int64_t>(time.count(), 1)));
    return kWidth * (power - first_) / (last_ - first_);
  }
  std::vector<Duration> ticks() const {
    std::vector<Duration> all;
    for (double power = first_; power <= last_; ++power)
      all.emplace_back(static_cast<std::int64_t>(std::llround(std::pow(10, power))));
    return all;
  }

 private:
  double first_ = 0;
  double last_ = 1;
};

std::string tick_in_words(Duration time) {
  if (time.count() < 1000) return fmt::format("{} µs", time.count());
  if (time.count() < 1'000'000) return fmt::format("{} ms", time.count() / 1000);
  return fmt::format("{} s", time.count() / 1'000'000);
}

// What passed is drawn first, so that what didn't lies on top.
void write_strip(const Cases& cases, const Scale& scale, std::string_view label, Markup* page) {
  std::map<Outcome, std::string> strokes;
  for (const CaseDocument* one : cases)
    strokes[one->outcome] += fmt::format("M{:.0f} 3v12", scale.place(one->duration));
  const auto svg = page->in("svg", {{"class", "strip plotted"},
                                    {"viewBox", "0 0 1000 18"},
                                    {"preserveAspectRatio", "none"},
                                    {"role", "img"},
                                    {"aria-label", label}});
  page->single("path", {{"class", "base"}, {"d", "M0 16.5h1000"}});
  const auto& order = outcomes_worst_first();
  for (auto outcome = order.rbegin(); outcome != order.rend(); ++outcome) {
    const auto found = strokes.find(*outcome);
    if (found != strokes.end())
      page->single("path", {{"class", css_class(*outcome)}, {"d", found->second}});
  }
}

void write_strips(const RunDocument& run, Markup* page) {
  const Scale scale(run);
  std::vector<std::pair<std::string, Cases>> groups;
  for (const CaseDocument& one : run.cases) {
    if (!took_time(one)) continue;
    if (groups.empty() || groups.back().first != one.group())
      groups.emplace_back(one.group(), Cases());
    groups.back().second.push_back(&one);
  }
  const auto grid = page->in("div", {{"class", "strips"}});
  page->element("span", {{"class", "head"}}, "group");
  {
    const auto axis = page->in("span", {{"class", "axis-labels plotted"}, {"aria-hidden", "true"}});
    for (const Duration tick : scale.ticks()) page->element("span", tick_in_words(tick));
  }
  page->element("span", {{"class", "head number"}}, "median");
  page->element("span", {{"class", "head number longest"}}, "longest");
  for (auto& [group, cases] : groups) {
    std::sort(cases.begin(), cases.end(), [](const CaseDocument* a, const CaseDocument* b) {
      return a->duration < b->duration;
    });
    const Duration median = cases[cases.size() / 2]->duration;
    const Duration longest = cases.back()->duration;
    page->element("span", {{"class", "mono"}}, group);
    write_strip(cases, scale,
                fmt::format("{}: {}, from {} to {}", group, counted(cases.size(), "case"),
                            time_in_words(cases.front()->duration), time_in_words(longest)),
                page);
    page->element("span", {{"class", "number"}}, time_in_words(median));
    page->element("span", {{"class", "number soft longest"}}, time_in_words(longest));
  }
}

void write_slowest(const RunDocument& run, Markup* page) {
  Cases slowest;
  for (const CaseDocument& one : run.cases) {
    if (took_time(one)) slowest.push_back(&one);
  }
  const std::size_t count = std::min(kSlowest, slowest.size());
  std::partial_sort(
      slowest.begin(), slowest.begin() + static_cast<std::ptrdiff_t>(count), slowest.end(),
      [](const CaseDocument* a, const CaseDocument* b) { return a->duration > b->duration; });
  slowest.resize(count);
  page->element("h4", "What took longest");
  const auto list = page->in("div", {{"class", "slowest"}});
  for (const CaseDocument* one : slowest) {
    page->element("span", {{"class", "mono"}}, one->id);
    const double width = kWidth * static_cast<double>(one->duration.count()) /
                         static_cast<double>(slowest.front()->duration.count());
    {
      const auto svg = page->in("svg", {{"class", "bar plain"},
                                        {"viewBox", "0 0 1000 8"},
                                        {"preserveAspectRatio", "none"},
                                        {"aria-hidden", "true"}});
      page->single("rect", {{"class", css_class(one->outcome)},
                            {"width", fmt::format("{:.1f}", width)},
                            {"height", "8"}});
    }
    page->element("span", {{"class", "number"}}, time_in_words(one->duration));
  }
}

}  // namespace

void write_timings(const RunDocument& run, Markup* page) {
  if (std::none_of(run.cases.begin(), run.cases.end(), took_time)) return;
  write_strips(run, page);
  write_slowest(run, page);
}

}  // namespace md5spec
