// Holds what md5spec is delivered with together: cases, requirements, specification and schema.
#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <variant>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <re2/re2.h>
#include <yaml-cpp/yaml.h>

#include "catalogue/case_reading.h"
#include "catalogue/catalogue.h"
#include "catalogue/condition.h"
#include "catalogue/pins.h"
#include "catalogue/planned_case.h"
#include "target/profile.h"

namespace md5spec {
namespace {

using ::testing::Contains;

const Catalogue& catalogue() {
  static const Catalogue loaded = Catalogue::load(MD5SPEC_BUNDLED_CASES, {});
  return loaded;
}

Profile bundled_profile(const std::string& name) {
  return load_profile(name, MD5SPEC_BUNDLED_PROFILES);
}

bool all_hold(const std::vector<std::string>& conditions, const Profile& profile) {
  return std::none_of(conditions.begin(), conditions.end(), [&](const std::string& c) {
    return unmet(c, profile, RunFacts()).has_value();
  });
}

// Whether md5spec carries the case out under a profile, on a server that it didn't start.
bool applies(const Case& one, const Profile& profile) {
  const bool requirements_apply =
      std::all_of(one.requirements.begin(), one.requirements.end(), [&](const std::string& id) {
        return all_hold(catalogue().find_requirement(id)->applies, profile);
      });
  return requirements_apply && all_hold(one.when, profile) &&
         !one.tags.contains(std::string(kHugeTag)) &&
         !PlannedCase(one, profile, 1).why_unsendable();
}

long count_under(const std::string& name) {
  const Profile profile = bundled_profile(name);
  return std::count_if(catalogue().cases().begin(), catalogue().cases().end(),
                       [&](const Case& one) { return applies(one, profile); });
}

// The requirements that apply under a bundled profile to a server that md5spec didn't start.
std::set<std::string> requirements_under(const std::string& name) {
  const Profile profile = bundled_profile(name);
  std::set<std::string> ids;
  for (const Requirement& requirement : catalogue().requirements()) {
    if (all_hold(requirement.applies, profile)) ids.insert(requirement.id);
  }
  return ids;
}

std::string contents(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// With every run of white space as one blank.
std::string in_one_line(const std::string& text) {
  std::istringstream in(text);
  std::string out;
  for (std::string word; in >> word;) out += (out.empty() ? "" : " ") + word;
  return out;
}

struct Section {
  std::string heading;  // "DIG-1 (MUST)"
  std::string text;
};

// The specification's sections on requirements, in order.
std::vector<Section> sections() {
  static const re2::RE2 heading("### ([A-Z]{3}-[0-9]+ .*)");
  std::vector<Section> all;
  std::istringstream in(contents(MD5SPEC_DOCS "/specification.md"));
  bool inside = false;
  for (std::string line; std::getline(in, line);) {
    std::string name;
    if (re2::RE2::FullMatch(line, heading, &name)) {
      all.push_back({name, ""});
      inside = true;
    } else if (line.starts_with("#")) {
      inside = false;
    } else if (inside) {
      all.back().text += line + "\n";
    }
  }
  return all;
}

std::vector<std::string> enumerated(const std::string& definition) {
  const YAML::Node schema = YAML::LoadFile(MD5SPEC_BUNDLED_CASES "/case-file.schema.json");
  return schema["definitions"][definition]["enum"].as<std::vector<std::string>>();
}

// Whether steps, those of blocks too, may leave a server or this machine in another state than a
// plain exchange does: resets, all connections at once, a client that doesn't read.
bool disrupts(const Steps& steps) {
  return std::any_of(steps.begin(), steps.end(), [](const Step& step) {
    if (const auto* repeat = std::get_if<RepeatStep>(&step.action)) return disrupts(*repeat->steps);
    const auto* connect = std::get_if<ConnectStep>(&step.action);
    return std::holds_alternative<ResetStep>(step.action) ||
           (connect != nullptr &&
            (connect->count.of_limit || connect->count.number > 1 ||
             connect->reading == Reading::kNever || connect->reading == Reading::kSlowly ||
             connect->receive_buffer > 0));
  });
}

TEST(BundledCases, ThatDisruptAreAloneAndEndWithALivenessExchange) {
  int disruptive = 0;
  for (const Case& one : catalogue().cases()) {
    const auto& applies = catalogue().find_requirement(one.requirements.front())->applies;
    // A process that was told to end doesn't go on serving.
    const bool of_process = std::find(applies.begin(), applies.end(), "started") != applies.end();
    const bool resilience = one.alone && one.requirements.front().starts_with("RES-");
    if (of_process || !(resilience || disrupts(one.script))) continue;
    ++disruptive;
    EXPECT_TRUE(one.alone) << one.id();
    const auto* repeat = std::get_if<RepeatStep>(&one.script.back().action);
    const Step& last = repeat != nullptr ? repeat->steps->back() : one.script.back();
    EXPECT_TRUE(std::holds_alternative<LivenessStep>(last.action)) << one.id();
  }
  EXPECT_GT(disruptive, 20);
}

// What must not come proves nothing where nothing ever comes.
TEST(BundledCases, ThatWantNoDigestHaveAnExchangeThatGetsOne) {
  for (const Case& one : catalogue().cases()) {
    const std::string& about = one.requirements.front();
    if (about != "RES-4" && about != "RES-10") continue;
    const bool exchanges = std::any_of(one.script.begin(), one.script.end(), [](const Step& step) {
      return std::holds_alternative<ControlStep>(step.action) ||
             std::holds_alternative<ExchangeStep>(step.action);
    });
    EXPECT_TRUE(exchanges) << one.id();
  }
}

TEST(BundledCases, HaveRightPins) {
  int pins = 0;
  for (const Case& one : catalogue().cases()) {
    if (!one.pin) continue;
    ++pins;
    EXPECT_NO_THROW(check_pin(one)) << one.id();
  }
  EXPECT_GT(pins, 40);
}

TEST(BundledCases, AllSayWhy) {
  for (const Case& one : catalogue().cases())
    EXPECT_FALSE(in_one_line(one.why).empty()) << one.id();
}

TEST(BundledCases, AllHaveGroupsThatSayWhatTheyAreAndWhy) {
  for (const std::string& file : case_files(MD5SPEC_BUNDLED_CASES)) {
    if (file.ends_with("/requirements.yaml")) continue;
    const YAML::Node root = YAML::LoadFile(file);
    EXPECT_FALSE(in_one_line(root["why"].as<std::string>("")).empty()) << file;
    EXPECT_FALSE(in_one_line(root["title"].as<std::string>("")).empty()) << file;
  }
}

TEST(BundledCases, AllTellEditorsTheirSchema) {
  for (const std::string& file : case_files(MD5SPEC_BUNDLED_CASES)) {
    if (file.ends_with("/requirements.yaml")) continue;
    EXPECT_TRUE(
        contents(file).starts_with("# yaml-language-server: $schema=case-file.schema.json\n"))
        << file;
  }
}

TEST(BundledCases, CanBeSentUnderSomeProfile) {
  std::vector<Profile> profiles;
  for (const std::string& name : bundled_profiles(MD5SPEC_BUNDLED_PROFILES)) {
    profiles.push_back(bundled_profile(name));
  }
  profiles.push_back(profile_of("framing: delimited\noptional_cr: true"));
  profiles.push_back(profile_of("framing: length_prefixed\nlength: {bytes: 8}"));
  for (const Case& one : catalogue().cases()) {
    const bool sendable = std::any_of(
        profiles.begin(), profiles.end(),
        [&](const Profile& profile) { return !PlannedCase(one, profile, 1).why_unsendable(); });
    EXPECT_TRUE(sendable || one.tags.contains(std::string(kHugeTag))) << one.id();
  }
}

TEST(BundledCases, AreMany) {
  EXPECT_GT(count_under("line"), 500);
  EXPECT_GT(count_under("classic"), 400);
}

TEST(BundledCases, StartWithTheTenDefaults) {
  std::vector<std::string> texts;
  for (const Case& one : catalogue().cases()) {
    if (one.group == "defaults") texts.push_back(one.message().bytes);
  }
  EXPECT_THAT(
      texts, ::testing::ElementsAre(
                 "Hello, server!", "How are you today?", "It's a nice day for coding.",
                 "Python is fun.", "I'm learning about networks.", "What's your favorite protocol?",
                 "TCP is reliable.", "UDP is faster.", "Have a great day!", "Goodbye, server!"));
}

TEST(BundledCases, DontDependOnTheRunsSeedToBeSendable) {
  for (const std::string& name : bundled_profiles(MD5SPEC_BUNDLED_PROFILES)) {
    const Profile profile = bundled_profile(name);
    for (const Case& one : catalogue().cases()) {
      EXPECT_EQ(PlannedCase(one, profile, 1).why_unsendable(),
                PlannedCase(one, profile, 2).why_unsendable())
          << one.id() << " under " << name;
    }
  }
}

TEST(Specification, HasASectionForEachRequirementInOrder) {
  std::vector<std::string> expected;
  for (const Requirement& requirement : catalogue().requirements()) {
    expected.push_back(requirement.id +
                       (requirement.level == Level::kMust ? " (MUST)" : " (SHOULD)"));
  }
  std::vector<std::string> headings;
  for (const Section& section : sections()) headings.push_back(section.heading);
  EXPECT_EQ(headings, expected);
}

TEST(Specification, HasEachRequirementsSentenceWordForWord) {
  std::map<std::string, std::string> texts;
  for (const Section& section : sections()) {
    texts[section.heading.substr(0, section.heading.find(' '))] = in_one_line(section.text);
  }
  for (const Requirement& requirement : catalogue().requirements()) {
    EXPECT_TRUE(texts[requirement.id].starts_with(in_one_line(requirement.sentence) + " "))
        << requirement.id << ": " << texts[requirement.id];
  }
}

TEST(Requirements, SayTheirLevelInTheirSentence) {
  for (const Requirement& requirement : catalogue().requirements()) {
    const bool must = requirement.level == Level::kMust;
    EXPECT_NE(requirement.sentence.find(must ? " MUST " : " SHOULD "), std::string::npos)
        << requirement.id;
    EXPECT_EQ(requirement.sentence.find(must ? " SHOULD " : " MUST "), std::string::npos)
        << requirement.id;
  }
}

TEST(Requirements, DontPresupposeThemselves) {
  for (const std::string& name : bundled_profiles(MD5SPEC_BUNDLED_PROFILES)) {
    for (const Requirement& requirement : catalogue().requirements()) {
      EXPECT_THAT(catalogue().presupposed(requirement.id, bundled_profile(name)),
                  ::testing::Not(Contains(requirement.id)));
    }
  }
}

TEST(Requirements, PresupposeOnlyWhatAppliesWhereTheyDo) {
  for (const std::string& name : bundled_profiles(MD5SPEC_BUNDLED_PROFILES)) {
    const std::set<std::string> applicable = requirements_under(name);
    for (const std::string& id : applicable) {
      for (const std::string& needed : catalogue().presupposed(id, bundled_profile(name))) {
        EXPECT_TRUE(applicable.contains(needed)) << id << " <- " << needed << " under " << name;
      }
    }
  }
}

// What stands in docs/cases.md between ```yaml and ```.
std::vector<std::string> documented_examples() {
  std::vector<std::string> all;
  std::istringstream in(contents(MD5SPEC_DOCS "/cases.md"));
  bool inside = false;
  for (std::string line; std::getline(in, line);) {
    if (line == "```yaml") all.emplace_back();
    if (inside && line != "```") all.back() += line + "\n";
    inside = line == "```yaml" || (inside && line != "```");
  }
  return all;
}

TEST(DocumentedCases, AreTakenAsTheyStand) {
  std::vector<std::string> ids;
  for (const Requirement& requirement : catalogue().requirements()) ids.push_back(requirement.id);
  int files = 0;
  for (std::string example : documented_examples()) {
    const bool is_file = example.find("group: ") != std::string::npos;
    if (!is_file)
      example.insert(0, "group: part\nrequirement: DIG-1\nwhy: Part of a file.\ncases:\n");
    files += is_file ? 1 : 0;
    try {
      for (const Case& one : parse_case_file(example, "cases.md", "", ids)) check_pin(one);
    } catch (const InputError& error) {
      ADD_FAILURE() << error.what() << "\nin:\n" << example;
    }
  }
  EXPECT_GE(files, 3);
}

TEST(DocumentedCases, NameEveryConditionAndEveryKey) {
  const std::string docs = contents(MD5SPEC_DOCS "/cases.md");
  for (const std::string& condition : condition_names()) {
    EXPECT_NE(docs.find("`" + condition + "`"), std::string::npos) << condition;
  }
  const YAML::Node schema = YAML::LoadFile(MD5SPEC_BUNDLED_CASES "/case-file.schema.json");
  const auto named = [&](const YAML::Node& properties) {
    for (const auto& entry : properties) {
      const auto key = entry.first.as<std::string>();
      EXPECT_NE(docs.find("`" + key + "`"), std::string::npos) << key;
    }
  };
  named(schema["properties"]);
  for (const char* part : {"case", "send", "repeat"})
    named(schema["definitions"][part]["properties"]);
  for (const char* part : {"connect", "exchange", "silence"}) {
    named(schema["definitions"][part]["anyOf"][1]["properties"]);
  }
  named(schema["definitions"]["step"]["anyOf"][2]["properties"]);
}

TEST(CaseFileSchema, KnowsTheRequirements) {
  std::vector<std::string> ids;
  for (const Requirement& requirement : catalogue().requirements()) ids.push_back(requirement.id);
  EXPECT_EQ(enumerated("requirement_id"), ids);
}

TEST(CaseFileSchema, KnowsTheConditions) { EXPECT_EQ(enumerated("condition"), condition_names()); }

}  // namespace
}  // namespace md5spec
