#include "report/report_reader.h"

#include <functional>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "report/json.h"
#include "report/made_results.h"

namespace md5spec {
namespace {

using ::testing::HasSubstr;
using Json = nlohmann::ordered_json;

// A report with everything in it that a report can have.
std::string full_report() {
  MadeRun made;
  made.add("g.one", Outcome::kFail, "what it looks like").add("g.two", Outcome::kPass);
  CaseResult& failed = made.raw().cases.front();
  const Happening wrong = Happening("DIG-1").connect().exchange_in_vain("abc").end();
  failed.transcript = std::make_shared<const Transcript>(wrong.transcript());
  failed.first_transcript = failed.transcript;
  failed.reproduce = "printf 'abc\\n' | nc -q1 127.0.0.1 5555";
  failed.notes = {"a note"};
  failed.observations = {made_finding("REP-1")};
  failed.impediments = {made_finding("CON-1")};
  failed.impediments.front().in_control = true;
  failed.impediments.front().usually = "CON-2";
  failed.impediments.front().anomaly = Anomaly::kDied;
  failed.impediments.front().causes = {"CON-3"};
  failed.impediments.front().size = 3;
  failed.impediments.front().largest = 7;
  failed.impediments.front().half_closed = true;
  failed.impediments.front().turned_away = true;
  failed.impediments.front().died = true;
  failed.oddities = {made_finding("REP-1")};
  failed.oddities.front().anomaly = Anomaly::kEncoding;
  failed.known_failing = "we know";
  failed.judged.judgement = Judgement();
  failed.judged.judgement->findings = {made_finding("DIG-1"), made_finding("DIG-2")};
  failed.judged.judgement->hindrance = {Hindrance::Kind::kEnvironment, "busy"};
  made.raw().unreachable = "nobody there";
  made.raw().started = true;
  made.raw().start_command = "./server --port {port}";
  made.raw().fingerprint.tallies[Situation::kCutMessage][Reaction::kFin] = 3;
  made.raw().fingerprint.longest_whole_read = 1024;
  made.raw().fingerprint.shortest_split = 2048;
  Report report = made.report();
  report.selection.only = {"DIG-*"};
  report.selection.tags = {"huge"};
  report.selection.known_failing = "known.yaml";
  report.selection.baseline = {"old.json", {{"p/g.one", "pass", "fail"}}, {}, {"a note"}};
  report.started = std::chrono::system_clock::time_point(std::chrono::seconds(1767323045));
  report.duration = std::chrono::milliseconds(812);
  report.stale = {"known.yaml:3: expired"};
  ReportDocument document = document_of(report);
  document.selection.merged = 2;
  document.selection.missing = {"p/h.one"};
  return to_json(document);
}

std::string fault_of(const std::string& text) {
  try {
    read_report(text, "r.json");
  } catch (const InputError& error) {
    return error.what();
  }
  return "none";
}

// What reading says once something about the full report was changed.
std::string fault_after(const std::function<void(Json&)>& change) {
  Json json = Json::parse(full_report());
  change(json);
  return fault_of(json.dump());
}

TEST(ReportReaderTest, WhatWasReadIsWrittenAgainToTheLetter) {
  const std::string text = full_report();
  EXPECT_EQ(to_json(read_report(text, "r.json")), text);
}

TEST(ReportReaderTest, AReportOfNothingIsOneToo) {
  const std::string text = to_json(Report());
  EXPECT_EQ(fault_of(text),
            "r.json: suite.catalogue_sha256: must be a SHA-256 in 64 lower-case hex "
            "digits");
}

TEST(ReportReaderTest, KeysOfLaterVersionsArePassedOver) {
  EXPECT_EQ(fault_after([](Json& json) { json["runs"][0]["cases"][0]["news"] = 1; }), "none");
}

TEST(ReportReaderTest, AFingerprintMayBeMissingAndHasCountsOnly) {
  const auto with = [](const Json& print) {
    return fault_after([&](Json& json) { json["runs"][0]["fingerprint"] = print; });
  };
  EXPECT_EQ(fault_after([](Json& json) { json["runs"][0].erase("fingerprint"); }), "none");
  EXPECT_EQ(with({{"news", {{"fin", 1}}}, {"cut_message", {{"news", 1}}}}), "none");
  EXPECT_EQ(with(1), "r.json: runs[0].fingerprint: must be an object");
  EXPECT_EQ(with({{"cut_message", 1}}),
            "r.json: runs[0].fingerprint.cut_message: must be an object");
  EXPECT_THAT(with({{"cut_message", {{"fin", -1}}}}),
              HasSubstr("runs[0].fingerprint.cut_message.fin: must be a whole number"));
  EXPECT_THAT(with({{"shortest_split", "4"}}),
              HasSubstr("runs[0].fingerprint.shortest_split: must be a whole number"));
}

TEST(ReportReaderTest, WhatIsntAReportIsRefusedWithItsPlace) {
  EXPECT_EQ(fault_of(""), "r.json:1:1: isn't well-formed JSON");
  EXPECT_EQ(fault_of("{\"format\":\n nonsense}"), "r.json:2:3: isn't well-formed JSON");
  EXPECT_EQ(fault_of("[]"), "r.json: must be an object");
  EXPECT_EQ(fault_of("{}"), "r.json: must have the key 'format'");
  EXPECT_THAT(fault_of("{\"format\": \"md5spec-report/2\"}"),
              HasSubstr("can read (md5spec-report/1)"));
  EXPECT_EQ(fault_of("{\"format\": 1}"), "r.json: format: must be a text");
}

TEST(ReportReaderTest, AKeyGivenTwiceIsRefused) {
  EXPECT_EQ(fault_of("{\"a\": 1, \"a\": 2}"), "r.json: gives the key \"a\" twice");
  EXPECT_EQ(fault_of("{\"x\": {\"a\": 1}, \"y\": {\"a\": 2}}"),
            "r.json: must have the key 'format'");
  EXPECT_EQ(fault_of("[{\"a\": {\"b\": 1}, \"c\": 2, \"a\": 3}]"),
            "r.json: gives the key \"a\" twice");
}

TEST(ReportReaderTest, NestingWithoutEndIsRefused) {
  EXPECT_EQ(fault_of(std::string(100000, '[')), "r.json: nests too deeply");
  std::string objects;
  for (int i = 0; i < 1000; ++i) objects += "{\"a\":";
  EXPECT_EQ(fault_of(objects), "r.json: nests too deeply");
}

TEST(ReportReaderTest, EveryValueHasItsTypeAndRange) {
  const auto in_case = [](const char* key, const Json& value) {
    return fault_after([&](Json& json) { json["runs"][0]["cases"][0][key] = value; });
  };
  EXPECT_EQ(
      in_case("outcome", "pas"),
      "r.json: runs[0].cases[0].outcome: \"pas\" is none of the names that may stand here; did "
      "you mean 'pass'?");
  EXPECT_EQ(in_case("id", "g"), "r.json: runs[0].cases[0].id: must be a case's id, group.name");
  EXPECT_EQ(in_case("id", ".g"), "r.json: runs[0].cases[0].id: must be a case's id, group.name");
  EXPECT_EQ(in_case("id", "g.a b"),
            "r.json: runs[0].cases[0].id: must be a word of printable characters");
  EXPECT_EQ(in_case("requirements", Json::array()),
            "r.json: runs[0].cases[0].requirements: must name at least one");
  EXPECT_THAT(in_case("duration_us", -1), HasSubstr("must be a whole number from 0"));
  EXPECT_THAT(in_case("duration_us", 1.5), HasSubstr("must be a whole number from 0"));
  EXPECT_THAT(in_case("duration_us", UINT64_MAX), HasSubstr("must be a whole number from 0"));
  EXPECT_EQ(in_case("notes", "x"), "r.json: runs[0].cases[0].notes: must be an array");
  EXPECT_EQ(fault_after([](Json& json) { json["runs"][0]["cases"][0]["wire"][2]["data"] = "6z"; }),
            "r.json: runs[0].cases[0].wire[2].data: must be hex digits");
  EXPECT_EQ(fault_after([](Json& json) { json["selection"]["interrupted"] = "no"; }),
            "r.json: selection.interrupted: must be true or false");
  EXPECT_EQ(fault_after([](Json& json) { json["seed"] = -1; }),
            "r.json: seed: must be a whole number, not negative");
}

TEST(ReportReaderTest, ATimeIsOneOfTheCalendar) {
  for (const char* text :
       {"2026-02-30T03:04:05Z", "2026-01-02T24:04:05Z", "2026-01-02 03:04:05Z",
        "2026-01-02T03:04:05", "yesterday", "2026-01-02T03:04:05Z ", "2026-01-02T-3:04:05Z"}) {
    EXPECT_EQ(fault_after([&](Json& json) { json["started"] = text; }),
              "r.json: started: must be a time such as 2026-01-02T03:04:05Z")
        << text;
  }
}

TEST(ReportReaderTest, CountsAgreeWithTheCases) {
  EXPECT_EQ(fault_after([](Json& json) { json["runs"][0]["counts"]["pass"] = 2; }),
            "r.json: runs[0].counts: says 2 pass, but there are 1");
  EXPECT_EQ(fault_after([](Json& json) {
              json["runs"][0]["cases"].push_back(json["runs"][0]["cases"][0]);
            }),
            "r.json: runs[0].cases: has g.one twice");
  EXPECT_EQ(fault_after([](Json& json) { json["runs"].push_back(json["runs"][0]); }),
            "r.json: runs[1]: is a second run under the profile p");
}

TEST(ReportReaderTest, HostileTextComesOutEscaped) {
  const std::string text = full_report();
  Json json = Json::parse(text);
  json["runs"][0]["cases"][0]["reason"] = "\x1b[2J\xe2\x80\xae";
  json["runs"][0]["target"] = "\x1b]0;x\x07";
  const ReportDocument report = read_report(json.dump(), "r.json");
  EXPECT_EQ(report.runs[0].cases[0].reason, "\\x1b[2J\\xe2\\x80\\xae");
  EXPECT_EQ(report.runs[0].target, "\\x1b]0;x\\x07");
}

TEST(ReportReaderTest, AFileThatCantBeReadIsNamed) {
  try {
    load_report("/no/such/report.json");
    FAIL();
  } catch (const InputError& error) {
    EXPECT_STREQ(error.what(), "/no/such/report.json: No such file or directory");
  }
}

}  // namespace
}  // namespace md5spec
