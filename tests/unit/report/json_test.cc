#include "report/json.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "report/made_results.h"
#include "report/version.h"
#include "text/bytes.h"

namespace md5spec {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using Json = nlohmann::ordered_json;

Json parsed(const Report& report) { return Json::parse(to_json(report)); }

std::vector<std::string> keys(const Json& object) {
  std::vector<std::string> names;
  for (const auto& item : object.items()) names.push_back(item.key());
  return names;
}

MadeRun failed_run() {
  MadeRun made;
  made.add("g.one", Outcome::kFail, "what it looks like");
  const Happening wrong = Happening("DIG-1").connect().exchange_in_vain("abc").end();
  made.last().transcript = std::make_shared<const Transcript>(wrong.transcript());
  made.last().reproduce = "printf 'abc\\n' | nc -q1 127.0.0.1 5555";
  return made;
}

TEST(JsonTest, AReportHasThePromisedKeys) {
  MadeRun made = failed_run();
  Report report = made.report();
  report.seed = 7;
  report.exit_status = 1;
  report.duration = std::chrono::milliseconds(812);
  report.started = std::chrono::system_clock::time_point(std::chrono::seconds(1767323045));
  const Json json = parsed(report);
  EXPECT_THAT(keys(json), ElementsAre("format", "suite", "environment", "selection", "started",
                                      "duration_ms", "seed", "exit_status", "runs"));
  EXPECT_EQ(json["format"], "md5spec-report/1");
  EXPECT_THAT(keys(json["suite"]), ElementsAre("version", "catalogue_sha256"));
  EXPECT_EQ(json["suite"]["version"], kVersion);
  EXPECT_EQ(json["suite"]["catalogue_sha256"], some_catalogue().sha256());
  EXPECT_THAT(keys(json["environment"]), ElementsAre("system", "cpus"));
  EXPECT_GE(json["environment"]["cpus"], 1);
  EXPECT_EQ(json["started"], "2026-01-02T03:04:05Z");
  EXPECT_EQ(json["duration_ms"], 812);
  EXPECT_EQ(json["seed"], 7);
  EXPECT_EQ(json["exit_status"], 1);
}

TEST(JsonTest, TheSelectionIsRecorded) {
  Report report;
  report.selection.only = {"DIG-1"};
  report.selection.skip = {"g.*"};
  report.selection.tags = {"huge"};
  const Json plain = parsed(report)["selection"];
  EXPECT_EQ(plain["only"], Json({"DIG-1"}));
  EXPECT_EQ(plain["skip"], Json({"g.*"}));
  EXPECT_EQ(plain["tags"], Json({"huge"}));
  EXPECT_EQ(plain["gtest_filter"], "*");
  EXPECT_EQ(plain["shard"], "1/1");
  EXPECT_TRUE(plain["known_failing"].is_null());
  EXPECT_EQ(plain["interrupted"], false);
  report.selection.known_failing = "known.yaml";
  report.selection.interrupted = true;
  EXPECT_EQ(parsed(report)["selection"]["known_failing"], "known.yaml");
  EXPECT_EQ(parsed(report)["selection"]["interrupted"], true);
  EXPECT_EQ(parsed(report)["selection"].size(), 7U);
}

TEST(JsonTest, ARunHasThePromisedKeys) {
  MadeRun made = failed_run();
  const Json run = parsed(made.report())["runs"][0];
  for (const char* key : {"profile", "profile_text", "target", "verdict", "declared", "counts",
                          "requirements", "cases"})
    EXPECT_TRUE(run.contains(key)) << key;
  EXPECT_EQ(run["profile"], "p");
  EXPECT_EQ(run["target"], "127.0.0.1:5555");
  EXPECT_EQ(run["verdict"], "non_conformant");
  EXPECT_THAT(keys(run["counts"]),
              ElementsAre("pass", "fail", "warn", "skip", "error", "xfail", "xpass", "not_run"));
  EXPECT_EQ(run["counts"]["fail"], 1);
  EXPECT_EQ(run["counts"]["pass"], 0);
}

TEST(JsonTest, TheProfilesTextReadsBack) {
  MadeRun made = failed_run();
  const std::string text = parsed(made.report())["runs"][0]["profile_text"];
  const Profile again = parse_profile(text, "p.yaml", "");
  EXPECT_EQ(again.framing, Framing::kDelimited);
  EXPECT_EQ(again.reply.text(), "{hex}\n");
}

TEST(JsonTest, WhatAProfileDeclaresStandsInTheReport) {
  MadeRun limited(std::string(kLineProfile) + "accepts: utf8\nlimits: {message_bytes: 1024}\n");
  const Json declared = parsed(limited.report())["runs"][0]["declared"];
  EXPECT_EQ(declared["message_bytes"], 1024);
  EXPECT_EQ(declared["accepts"], "utf8");
  MadeRun plain;
  EXPECT_FALSE(parsed(plain.report())["runs"][0]["declared"].contains("message_bytes"));
  EXPECT_EQ(parsed(plain.report())["runs"][0]["declared"]["accepts"], "any");
}

TEST(JsonTest, RequirementsHaveTheirOutcomes) {
  MadeRun made = failed_run();
  made.add("g.fin", Outcome::kWarn);
  const Json requirements = parsed(made.report())["runs"][0]["requirements"];
  ASSERT_EQ(requirements.size(), 2U);
  EXPECT_THAT(keys(requirements[0]),
              ElementsAre("id", "level", "outcome", "cases", "title", "sentence"));
  EXPECT_EQ(requirements[0]["id"], "CON-7");
  EXPECT_EQ(requirements[0]["level"], "SHOULD");
  EXPECT_EQ(requirements[0]["outcome"], "warn");
  EXPECT_EQ(requirements[0]["cases"], 1);
  EXPECT_EQ(requirements[1]["id"], "DIG-1");
  EXPECT_EQ(requirements[1]["level"], "MUST");
  EXPECT_EQ(requirements[1]["outcome"], "fail");
}

TEST(JsonTest, ACaseHasThePromisedKeys) {
  MadeRun made = failed_run();
  const Json one = parsed(made.report())["runs"][0]["cases"][0];
  EXPECT_THAT(keys(one), ElementsAre("id", "requirements", "outcome", "duration_us", "culprit",
                                     "reason", "findings", "observations", "wire", "reproduce",
                                     "basis", "judged", "where", "why"));
  EXPECT_EQ(one["id"], "g.one");
  EXPECT_EQ(one["requirements"], Json({"DIG-1"}));
  EXPECT_EQ(one["outcome"], "fail");
  EXPECT_EQ(one["duration_us"], 1500);
  EXPECT_EQ(one["culprit"], "server");
  EXPECT_EQ(one["reason"], "what it looks like");
  EXPECT_THAT(keys(one["findings"][0]),
              ElementsAre("requirement", "expected", "received", "evidence", "explanation"));
  EXPECT_EQ(one["findings"][0]["evidence"], "bytes");
  EXPECT_EQ(one["reproduce"], "printf 'abc\\n' | nc -q1 127.0.0.1 5555");
}

TEST(JsonTest, TheWireLogHasBytesInHex) {
  MadeRun made = failed_run();
  const Json wire = parsed(made.report())["runs"][0]["cases"][0]["wire"];
  ASSERT_GE(wire.size(), 3U);
  EXPECT_EQ(wire[0]["event"], "connect");
  EXPECT_EQ(wire[2]["event"], "send");
  EXPECT_EQ(wire[2]["connection"], 1);
  EXPECT_EQ(wire[2]["bytes"], 4);
  EXPECT_EQ(wire[2]["data"], "6162630a");
  EXPECT_THAT(keys(wire[2]), ElementsAre("at_us", "connection", "event", "bytes", "data"));
}

TEST(JsonTest, WireAndCommandStandOnEveryCaseThatDidntPass) {
  for (const Outcome outcome : {Outcome::kFail, Outcome::kWarn, Outcome::kError, Outcome::kXfail,
                                Outcome::kXpass, Outcome::kNotRun}) {
    MadeRun made;
    const Json one = parsed(made.add("g.one", outcome).report())["runs"][0]["cases"][0];
    EXPECT_TRUE(one.contains("wire") && one["wire"].is_array()) << name_of(outcome);
    EXPECT_TRUE(one.contains("reproduce")) << name_of(outcome);
    EXPECT_EQ(one["outcome"], name_of(outcome));
  }
  for (const Outcome outcome : {Outcome::kPass, Outcome::kSkip}) {
    MadeRun made;
    const Json one = parsed(made.add("g.one", outcome).report())["runs"][0]["cases"][0];
    EXPECT_FALSE(one.contains("wire"));
    EXPECT_FALSE(one.contains("reproduce"));
  }
}

TEST(JsonTest, BothAttemptsStandInTheReportAlsoWhereTheSecondPassed) {
  MadeRun made = failed_run();
  made.last().outcome = {Outcome::kPass, Culprit::kNone, "", {}};
  made.last().first_transcript = made.last().transcript;
  const Json one = parsed(made.report())["runs"][0]["cases"][0];
  EXPECT_FALSE(one["wire"].empty());
  EXPECT_FALSE(one["first_wire"].empty());
  EXPECT_FALSE(one.contains("reproduce"));
}

TEST(JsonTest, NotesAndImpedimentsStandWhereThereAreAny) {
  MadeRun made = failed_run();
  EXPECT_FALSE(parsed(made.report())["runs"][0]["cases"][0].contains("notes"));
  made.last().notes = {"did 412 of 1000 rounds"};
  made.last().impediments = {made_finding("DIG-1")};
  made.last().impediments.front().in_control = true;
  const Json one = parsed(made.report())["runs"][0]["cases"][0];
  EXPECT_EQ(one["notes"][0], "did 412 of 1000 rounds");
  EXPECT_EQ(one["impediments"][0]["in_control"], true);
}

TEST(JsonTest, AFingerprintHasCountsInTheOrderOfItsVocabulary) {
  MadeRun made;
  EXPECT_FALSE(parsed(made.report())["runs"][0].contains("fingerprint"));
  Fingerprint& print = made.raw().fingerprint;
  print.tallies[Situation::kReply][Reaction::kOnePiece] = 1;
  print.tallies[Situation::kCutMessage][Reaction::kStaysOpen] = 2;
  print.tallies[Situation::kCutMessage][Reaction::kFin] = 3;
  print.longest_whole_read = 1024;
  EXPECT_EQ(parsed(made.report())["runs"][0]["fingerprint"].dump(),
            R"({"cut_message":{"fin":3,"stays_open":2},"reply_arrives_in":{"one_piece":1},)"
            R"("longest_whole_read":1024})");
}

TEST(JsonTest, AStaleListIsNamed) {
  Report report;
  EXPECT_FALSE(parsed(report).contains("stale"));
  report.stale = {"known.yaml:3: expired"};
  EXPECT_EQ(parsed(report)["stale"], Json({"known.yaml:3: expired"}));
}

TEST(JsonTest, HostileBytesAreEscapedEverywhere) {
  MadeRun made = failed_run();
  CaseResult& one = made.last();
  one.outcome.reason = kHostile;
  one.outcome.findings.front().expected = kHostile;
  one.outcome.findings.front().received = kHostile;
  one.outcome.findings.front().explanation = kHostile;
  one.observations = one.outcome.findings;
  one.impediments = one.outcome.findings;
  one.notes = {kHostile};
  one.reproduce = kHostile;
  const Happening hostile = Happening("DIG-1").connect().send("abc").get(kHostile).server_resets();
  one.transcript = std::make_shared<const Transcript>(hostile.transcript());
  made.raw().target = kHostile;
  Report report = made.report();
  report.stale = {kHostile};
  report.selection.only = {kHostile};
  const std::string text = to_json(report);
  EXPECT_TRUE(is_utf8(text));
  for (const char c : text)
    EXPECT_TRUE(c == '\n' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F));
  EXPECT_THAT(text, Not(HasSubstr("\xe2\x80\xae")));
  EXPECT_THAT(text, Not(HasSubstr("\xc2\x9b")));
  const Json again = Json::parse(text);
  EXPECT_THAT(std::string(again["runs"][0]["cases"][0]["reason"]), HasSubstr("\\x1b[2J"));
  const Json wire = again["runs"][0]["cases"][0]["wire"];
  EXPECT_EQ(wire[3]["data"], hex(kHostile));
}

TEST(JsonTest, AReportWithoutRunsIsOneToo) { EXPECT_THAT(parsed(Report())["runs"], IsEmpty()); }

}  // namespace
}  // namespace md5spec
