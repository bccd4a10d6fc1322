#include "report/time_text.h"

#include <cstdio>

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace md5spec {

std::string time_text(std::chrono::sys_seconds time) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(time));
}

std::chrono::sys_seconds read_time(const JsonNode& node) {
  const std::string text = node.text();
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  int end = 0;
  const bool has_form =
      text.size() == 20 && std::sscanf(text.c_str(), "%4d-%2u-%2uT%2d:%2d:%2dZ%n", &year, &month,
                                       &day, &hour, &minute, &second, &end) == 6;
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month),
                                         std::chrono::day(day)};
  const bool in_range = hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 &&
                        second <= 60 && year >= 1970;
  if (!has_form || end != 20 || !date.ok() || !in_range)
    node.fail("must be a time such as 2026-01-02T03:04:05Z");
  return std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
         std::chrono::seconds(second);
}

}  // namespace md5spec
