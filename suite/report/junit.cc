#include "report/junit.h"

#include <map>
#include <sstream>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <pugixml.hpp>

#include "report/explain_case.h"
#include "text/bytes.h"

namespace md5spec {
namespace {

std::string seconds(Duration time) {
  return fmt::format("{:.6f}", static_cast<double>(time.count()) / 1e6);
}

void set(pugi::xml_node node, const char* name, const std::string& value) {
  node.append_attribute(name).set_value(displayable(value).c_str());
}

void add_problem(pugi::xml_node testcase, const char* element, const CaseDocument& one,
                 const RunDocument& run) {
  pugi::xml_node problem = testcase.append_child(element);
  set(problem, "message", one.reason);
  set(problem, "type",
      one.findings.empty() ? std::string(name_of(one.outcome)) : one.findings.front().requirement);
  std::string lines;
  for (const std::string& line : explain_case(one, run.profile)) lines += line + "\n";
  problem.text().set(lines.c_str());
}

void add_case(pugi::xml_node suite, const std::string& name, const CaseDocument& one,
              const RunDocument& run) {
  pugi::xml_node testcase = suite.append_child("testcase");
  set(testcase, "classname", name);
  set(testcase, "name", one.name());
  set(testcase, "time", seconds(one.duration));
  switch (one.outcome) {
    case Outcome::kFail:
    case Outcome::kXpass:
      add_problem(testcase, "failure", one, run);
      break;
    case Outcome::kError:
    case Outcome::kNotRun:
      add_problem(testcase, "error", one, run);
      break;
    case Outcome::kSkip:
      set(testcase.append_child("skipped"), "message", one.reason);
      break;
    case Outcome::kWarn:
    case Outcome::kXfail: {
      const std::string lines = fmt::format("{}: {}\n", name_of(one.outcome), one.reason);
      testcase.append_child("system-out").text().set(lines.c_str());
      break;
    }
    case Outcome::kPass:
      break;
  }
}

struct Tally {
  int tests = 0;
  int failures = 0;
  int errors = 0;
  int skipped = 0;
  Duration time{};

  void count(const CaseDocument& one) {
    ++tests;
    time += one.duration;
    const Outcome outcome = one.outcome;
    if (outcome == Outcome::kFail || outcome == Outcome::kXpass) ++failures;
    if (outcome == Outcome::kError || outcome == Outcome::kNotRun) ++errors;
    if (outcome == Outcome::kSkip) ++skipped;
  }

  void write(pugi::xml_node node) const {
    node.append_attribute("tests").set_value(tests);
    node.append_attribute("failures").set_value(failures);
    node.append_attribute("errors").set_value(errors);
    // Jenkins' schema has none on <testsuites>.
    if (std::string_view(node.name()) == "testsuite")
      node.append_attribute("skipped").set_value(skipped);
    set(node, "time", seconds(time));
  }
};

}  // namespace

std::string to_junit(const Report& report) { return to_junit(document_of(report)); }

std::string to_junit(const ReportDocument& report) {
  pugi::xml_document document;
  pugi::xml_node declaration = document.append_child(pugi::node_declaration);
  declaration.append_attribute("version").set_value("1.0");
  declaration.append_attribute("encoding").set_value("UTF-8");
  pugi::xml_node root = document.append_child("testsuites");
  set(root, "name", "md5spec");
  Tally all;
  for (const RunDocument& run : report.runs) {
    std::map<std::string, std::pair<pugi::xml_node, Tally>> suites;
    for (const CaseDocument& one : run.cases) {
      const std::string name = run.profile + "/" + one.group();
      auto [entry, is_new] = suites.try_emplace(name);
      auto& [suite, tally] = entry->second;
      if (is_new) {
        suite = root.append_child("testsuite");
        set(suite, "name", name);
        // A group is a file. Jenkins' schema knows the attribute here, not on a testcase.
        if (!one.file.empty()) set(suite, "file", one.file);
        set(suite, "timestamp", fmt::format("{:%Y-%m-%dT%H:%M:%S}", fmt::gmtime(report.started)));
      }
      add_case(suite, name, one, run);
      tally.count(one);
      all.count(one);
    }
    for (auto& [name, entry] : suites) entry.second.write(entry.first);
  }
  all.write(root);
  std::ostringstream out;
  document.save(out, "  ", pugi::format_indent, pugi::encoding_utf8);
  return out.str();
}

}  // namespace md5spec
