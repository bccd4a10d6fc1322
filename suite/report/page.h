// What the HTML pages have in common: their frame, and the small parts that they are made of.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "report/markup.h"
#include "report/report_document.h"

namespace md5spec {

// A page that is one file and needs nothing else: style and script stand in it, and its content
// security policy lets nothing else run or load. What is written between the two is its body.
void begin_page(std::string_view title, Markup* page);
std::string end_page(Markup* page);

// An outcome as a word in its colour; linked, where `href` isn't empty.
void write_chip(Outcome outcome, std::string_view href, Markup* page);
void write_chip(Outcome outcome, Markup* page);

// What a class of this outcome is called in page.css, and what people read.
std::string_view css_class(Outcome outcome);
std::string_view css_class(Verdict verdict);
std::string_view in_words(Outcome outcome);
std::string_view in_words(Verdict verdict);  // "Not conformant"

// The outcomes in the order in which reports count them: what is worst comes first.
const std::vector<Outcome>& outcomes_worst_first();

// How a run's cases came out, as a bar.
void write_outcome_bar(const RunDocument& run, Markup* page);

// `lines` in a <pre> of a class of its own.
void write_lines(std::string_view css_class, std::string_view lines, Markup* page);

// What the page's keys do, as its footer.
void write_keys(Markup* page);

// "3 fail, 12 pass"
std::string counts_in_words(const RunDocument& run);

// "1,131"; "1 case", "1,131 cases"
std::string grouped(std::uint64_t number);
std::string counted(std::uint64_t number, std::string_view thing);

// "214 µs", "3.8 ms", "12.4 s"
std::string time_in_words(Duration time);

// "2026-01-02 03:04:05 UTC"
std::string moment_in_words(std::chrono::sys_seconds moment);

// The worst of the runs' verdicts.
Verdict worst_verdict(const std::vector<RunDocument>& runs);

}  // namespace md5spec
