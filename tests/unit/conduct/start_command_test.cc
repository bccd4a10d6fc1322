#include "conduct/start_command.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "conduct/endpoint.h"

namespace md5spec {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string refused(const std::string& text) {
  try {
    split_start_command(text);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "taken";
}

TEST(StartCommandTest, SplitsAtBlanks) {
  EXPECT_THAT(split_start_command("  server\t-p {port} \n"), ElementsAre("server", "-p", "{port}"));
}

TEST(StartCommandTest, QuotesKeepBlanksTogether) {
  EXPECT_THAT(split_start_command("'a b'c \"d e\" \"\" {port}"),
              ElementsAre("a bc", "d e", "", "{port}"));
}

TEST(StartCommandTest, ABackslashTakesTheNextCharacterAsItIs) {
  EXPECT_THAT(split_start_command(R"(a\ b \' "\"\x" '\' {port})"),
              ElementsAre("a b", "'", "\"\\x", "\\", "{port}"));
}

TEST(StartCommandTest, NothingElseHasAMeaning) {
  EXPECT_THAT(split_start_command("$HOME *;>|& {port}"), ElementsAre("$HOME", "*;>|&", "{port}"));
}

TEST(StartCommandTest, RefusesWhatNoShellCouldSplit) {
  EXPECT_THAT(refused("server '{port}"), HasSubstr("a quote ' doesn't end"));
  EXPECT_THAT(refused("server \"{port}"), HasSubstr("a quote \" doesn't end"));
  EXPECT_THAT(refused("server {port} \\"), HasSubstr("backslash"));
  EXPECT_THAT(refused(" "), HasSubstr("names no command"));
  EXPECT_THAT(refused("'' {port}"), HasSubstr("names no command"));
}

TEST(StartCommandTest, RefusesACommandThatIsToldNoPort) {
  EXPECT_THAT(refused("server 5555"), HasSubstr("{port} must stand"));
}

TEST(StartCommandTest, FillsInWhatIsKnownAndLeavesOtherBraces) {
  EXPECT_THAT(fill_in({"{host}:{port}", "{profile}{port}", "{x}{", "{{port}}"},
                      {.port = 80, .host = "h", .profile = "line"}),
              ElementsAre("h:80", "line80", "{x}{", "{80}"));
}

}  // namespace
}  // namespace md5spec
