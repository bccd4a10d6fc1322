#include "target/yaml.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "target/scratch_folder.h"

namespace md5spec {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

YamlNode root(const std::string& text) { return YamlNode::parse(text, "f.yaml"); }

// The value of the key `v` in a file that says just "v: TEXT".
YamlNode value(const std::string& text) {
  return root("v: " + text + "\n").map("a file", {"v"}).at("v");
}

// What is wrong, according to the error that `reading` ends in.
std::string fault(const std::function<void()>& reading) {
  try {
    reading();
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

std::string fault_in_file(const std::string& text) {
  return fault([&] { root(text); });
}

TEST(Location, IsWrittenWithAsMuchAsIsKnown) {
  EXPECT_EQ((Location{"a.yaml", 12, 5}).str(), "a.yaml:12:5");
  EXPECT_EQ((Location{"a.yaml", 12, 0}).str(), "a.yaml:12");
  EXPECT_EQ((Location{"a.yaml", 0, 0}).str(), "a.yaml");
}

TEST(InputError, PutsItsPlaceBeforeItsMessage) {
  const InputError error({"a.yaml", 2, 3}, "wrong");
  EXPECT_STREQ(error.what(), "a.yaml:2:3: wrong");
  EXPECT_EQ(error.where().line, 2);
}

TEST(YamlFile, KnowsWhatKindOfValueStandsWhere) {
  EXPECT_EQ(root("").kind(), YamlNode::Kind::kNull);
  EXPECT_EQ(root("# nothing but a comment\n").kind(), YamlNode::Kind::kNull);
  EXPECT_EQ(root("a").kind(), YamlNode::Kind::kScalar);
  EXPECT_EQ(root("[a]").kind(), YamlNode::Kind::kSequence);
  EXPECT_EQ(root("{a: b}").kind(), YamlNode::Kind::kMap);
  EXPECT_EQ(value("~").kind(), YamlNode::Kind::kNull);
  EXPECT_EQ(value("").kind(), YamlNode::Kind::kNull);
}

TEST(YamlFile, MayBeginWithAMarkADirectiveOrABlankLine) {
  for (const std::string begin : {"---\n", "%YAML 1.2\n---\n", "\n# words\n\n", "\xEF\xBB\xBF"}) {
    EXPECT_EQ(root(begin + "v: a\n").kind(), YamlNode::Kind::kMap) << begin;
  }
}

TEST(YamlFile, MayEndInAMarkOrInTheMiddleOfALine) {
  EXPECT_EQ(fault_in_file("v: a\n...\n"), "no error");
  EXPECT_EQ(fault_in_file("v: a"), "no error");
  EXPECT_EQ(fault_in_file("v:"), "no error");
  EXPECT_EQ(fault_in_file("- a\n-"), "no error");
  EXPECT_EQ(fault_in_file("v: |\n  a\n\n\n"), "no error");
}

TEST(YamlFile, MayHaveCarriageReturnsBeforeItsLineEnds) {
  EXPECT_EQ(root("v: a\r\nw: b\r\n").map("a file", {"v", "w"}).at("v").text(), "a");
}

TEST(YamlFile, TellsWhereItIsNotYaml) {
  EXPECT_EQ(fault_in_file("v: \"\\q\"\n"),
            "f.yaml:1:7: not valid YAML: unknown escape character: q");
  EXPECT_EQ(fault_in_file("v: [a\nw: b\n"),
            "f.yaml:2:2: not valid YAML: end of sequence flow not found");
  EXPECT_EQ(fault_in_file("v: a\n\tw: b\n"),
            "f.yaml:2:1: not valid YAML: illegal tab when looking for indentation");
  EXPECT_EQ(fault_in_file("v: *a\n"),
            "f.yaml:1:4: not valid YAML: the referenced anchor is not defined");
}

TEST(YamlFile, RefusesAQuoteThatIsNeverClosed) {
  EXPECT_EQ(fault_in_file("v: \"a"), "f.yaml:1:6: not valid YAML: illegal EOF in scalar");
  EXPECT_EQ(fault_in_file("v: \"a\n"), "f.yaml:1:6: not valid YAML: illegal EOF in scalar");
  EXPECT_EQ(fault_in_file("v: 'a\nw: b\n\n"), "f.yaml:2:5: not valid YAML: illegal EOF in scalar");
}

TEST(YamlFile, RefusesAFileThatYamlCppWouldReadForEver) {
  EXPECT_EQ(fault_in_file(", a: b\n"), "f.yaml:1:1: not valid YAML: unexpected character");
}

TEST(YamlFile, RefusesASecondDocument) {
  EXPECT_EQ(fault_in_file("v: a\n---\nv: b\n"),
            "f.yaml:2:1: a second YAML document; a file holds one");
  EXPECT_EQ(fault_in_file("v: a\n---\n"), "f.yaml:2:1: a second YAML document; a file holds one");
}

TEST(YamlFile, RefusesWhatIsNotUtf8) {
  EXPECT_EQ(fault_in_file("v: \xFF\n"), "f.yaml: not well-formed UTF-8");
}

TEST(YamlFile, RefusesNestingThatWouldOverflowTheStack) {
  EXPECT_EQ(fault_in_file(std::string(64, '[') + std::string(64, ']')), "no error");
  EXPECT_EQ(fault_in_file(std::string(65, '[') + std::string(65, ']')),
            "f.yaml:1:65: nested too deeply");
  std::string dashes;
  for (int i = 0; i < 100000; ++i) dashes += "- ";
  EXPECT_EQ(fault_in_file(dashes), "f.yaml:1:129: nested too deeply");
}

TEST(YamlFile, MayHaveAnyNumberOfListsAndMapsBesideEachOther) {
  std::string siblings;
  for (int i = 0; i < 100; ++i) siblings += "- [a]\n- {a: b}\n";
  EXPECT_EQ(fault_in_file(siblings), "no error");
}

TEST(YamlFile, CountsNoBracketsOfItsStringsAsNesting) {
  EXPECT_EQ(fault_in_file("v: \"" + std::string(1000, '[') + "\"\n"), "no error");
}

TEST(YamlFile, RefusesToBeHuge) {
  EXPECT_EQ(fault_in_file("v: \"" + std::string(16U << 20U, 'a') + "\"\n"),
            "f.yaml: larger than a YAML file may be, 16 MiB (16777216 bytes)");
}

TEST(YamlFile, IsLoadedFromADisk) {
  const ScratchFolder folder;
  folder.write("a.yaml", "v: a\n");
  EXPECT_EQ(YamlNode::load(folder.path("a.yaml")).map("a file", {"v"}).at("v").text(), "a");
}

TEST(YamlFile, IsNothingWhereTheDiskHoldsAnEmptyFile) {
  const ScratchFolder folder;
  folder.write("a.yaml", "");
  EXPECT_EQ(YamlNode::load(folder.path("a.yaml")).kind(), YamlNode::Kind::kNull);
}

TEST(YamlFile, CannotBeReadWhereThereIsNoneOrAFolder) {
  const ScratchFolder folder;
  EXPECT_EQ(fault([&] { YamlNode::load(folder.path("none.yaml")); }),
            folder.path("none.yaml") + ": can't be read");
  EXPECT_EQ(fault([&] { YamlNode::load(folder.path("")); }), folder.path("") + ": can't be read");
}

TEST(YamlFile, IsNotReadToTheEndWhereADeviceHasNone) {
  EXPECT_EQ(fault([] { YamlNode::load("/dev/zero"); }),
            "/dev/zero: larger than a YAML file may be, 16 MiB (16777216 bytes)");
}

TEST(YamlText, IsWhatAPlainOrQuotedScalarSays) {
  EXPECT_EQ(value("a b").text(), "a b");
  EXPECT_EQ(value("\"a\\n\\0\\x41é\"").text(), "a\n\0Aé"s);
  EXPECT_EQ(value("'a\\n'").text(), "a\\n");
  EXPECT_EQ(root("v: |\n  a\n  b\n").map("a file", {"v"}).at("v").text(), "a\nb\n");
  EXPECT_EQ(value("\"\"").text(), "");
}

TEST(YamlText, RefusesAPlainScalarThatSomeToolTakesForANumber) {
  for (const std::string plain :
       {"0",  "5555", "-1",  "+1",     "007",   "0o17", "0x1F",  "0b101", "1_000", "1.5",
        "1.", ".5",   "1e3", "-1.E+2", "12e03", ".inf", "-.INF", ".NaN",  "12:30", "1:2:3.4"}) {
    EXPECT_EQ(fault([&] { value(plain).text(); }),
              "f.yaml:1:4: v: must be a string, but without quotes this is a number; write \"" +
                  plain + "\"");
  }
}

TEST(YamlText, RefusesAPlainScalarThatSomeToolTakesForABoolean) {
  for (const std::string plain : {"true", "False", "yes", "No", "ON", "off", "y", "N"}) {
    EXPECT_EQ(fault([&] { value(plain).text(); }),
              "f.yaml:1:4: v: must be a string, but without quotes this is a boolean; write \"" +
                  plain + "\"");
  }
}

TEST(YamlText, RefusesAPlainScalarThatSomeToolTakesForADate) {
  for (const std::string plain :
       {"2027-01-31", "2001-1-2", "2027-01-31T10:00:00Z", "2027-01-31 10:00:00"}) {
    EXPECT_EQ(fault([&] { value(plain).text(); }),
              "f.yaml:1:4: v: must be a string, but without quotes this is a date; write \"" +
                  plain + "\"");
  }
}

TEST(YamlText, TakesAllOfThoseInQuotes) {
  for (const std::string plain : {"5555", "1e3", "true", "no", "~", "null", "2027-01-31"}) {
    EXPECT_EQ(value('"' + plain + '"').text(), plain);
    EXPECT_EQ(value("'" + plain + "'").text(), plain);
  }
}

TEST(YamlText, TakesPlainWordsThatOnlyResembleThose) {
  for (const std::string plain : {"1a", "v1", "1.2.3", "yesterday", "nope", "o", "0o9", "0xG", "_1",
                                  "12:99", "e3", ".", "2027-01", "nulls", "-a"}) {
    EXPECT_EQ(value(plain).text(), plain);
  }
}

TEST(YamlText, RefusesOtherKindsOfValue) {
  EXPECT_EQ(fault([] { value("").text(); }),
            "f.yaml:1:1: v: must be a string, but this is nothing");
  EXPECT_EQ(fault([] { value("null").text(); }),
            "f.yaml:1:1: v: must be a string, but this is nothing");
  EXPECT_EQ(fault([] { value("[a]").text(); }),
            "f.yaml:1:4: v: must be a string, but this is a list");
  EXPECT_EQ(fault([] { value("{a: b}").text(); }),
            "f.yaml:1:4: v: must be a string, but this is a map");
}

TEST(YamlName, IsOneOfThoseGiven) { EXPECT_EQ(value("big").one_of({"big", "little"}), "big"); }

TEST(YamlName, SuggestsTheNearest) {
  EXPECT_EQ(fault([] {
              value("litle").one_of({"big", "little"});
            }),
            "f.yaml:1:4: v: 'litle' isn't known here; did you mean 'little'?");
  EXPECT_EQ(fault([] {
              value("x").one_of({"big", "little"});
            }),
            "f.yaml:1:4: v: 'x' isn't known here; known: big, little");
  EXPECT_EQ(fault([] { value("[big]").one_of({"big"}); }),
            "f.yaml:1:4: v: must be a name, but this is a list");
}

TEST(YamlIs, ComparesAScalarWithAWord) {
  EXPECT_TRUE(value("unlimited").is("unlimited"));
  EXPECT_FALSE(value("Unlimited").is("unlimited"));
  EXPECT_FALSE(value("[unlimited]").is("unlimited"));
  EXPECT_FALSE(value("").is(""));
}

TEST(YamlBytes, AreTheUtf8OfAString) { EXPECT_EQ(value("\"é\\n\"").bytes(), "\xC3\xA9\n"); }

TEST(YamlBytes, TakeAnEscapeForACharacterAndNotForAByte) {
  EXPECT_EQ(value("\"\\xff\"").bytes(), "\xC3\xBF");
}

TEST(YamlBytes, AreWhatHexDigitsSay) {
  EXPECT_EQ(value("{hex: \"00ff 0D0a\"}").bytes(), "\0\xFF\r\n"s);
  EXPECT_EQ(value("{hex: \"\"}").bytes(), "");
  EXPECT_EQ(value("{hex: ff}").bytes(), "\xFF");
}

TEST(YamlBytes, RefuseWhatIsNotHex) {
  EXPECT_EQ(fault([] { value("{hex: \"0\"}").bytes(); }),
            "f.yaml:1:10: v.hex: must be pairs of hex digits");
  EXPECT_EQ(fault([] { value("{hex: 0x}").bytes(); }),
            "f.yaml:1:10: v.hex: must be pairs of hex digits");
  EXPECT_EQ(
      fault([] { value("{hex: 00}").bytes(); }),
      "f.yaml:1:10: v.hex: must be a string, but without quotes this is a number; write \"00\"");
  EXPECT_EQ(fault([] { value("{hxe: \"00\"}").bytes(); }),
            "f.yaml:1:5: bytes has no key 'hxe'; did you mean 'hex'?");
  EXPECT_EQ(fault([] { value("{}").bytes(); }), "f.yaml:1:4: v: bytes needs the key 'hex'");
  EXPECT_EQ(fault([] { value("[a]").bytes(); }),
            "f.yaml:1:4: v: must be a string, but this is a list");
}

TEST(YamlInteger, IsWithinItsRange) {
  EXPECT_EQ(value("1").integer(1, 8), 1);
  EXPECT_EQ(value("8").integer(1, 8), 8);
  EXPECT_EQ(value("-3").integer(-3, 0), -3);
  EXPECT_EQ(value("007").integer(0, 9), 7);
  EXPECT_EQ(fault([] { value("0").integer(1, 8); }),
            "f.yaml:1:4: v: must be between 1 and 8, not 0");
  EXPECT_EQ(fault([] { value("9").integer(1, 8); }),
            "f.yaml:1:4: v: must be between 1 and 8, not 9");
}

TEST(YamlInteger, ReachesAsFarAsSixtyFourBits) {
  constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(value("9223372036854775807").integer(0, kMost), kMost);
  EXPECT_EQ(fault([] { value("9223372036854775808").integer(0, kMost); }),
            "f.yaml:1:4: v: must be a whole number, not \"9223372036854775808\"");
}

TEST(YamlInteger, RefusesWhatIsNone) {
  for (const std::string text : {"a", "1.5", "1e3", "0x10", "+1", "1_000", "4KiB", "true"}) {
    EXPECT_EQ(fault([&] { value(text).integer(0, 99); }),
              "f.yaml:1:4: v: must be a whole number, not \"" + text + "\"");
  }
  EXPECT_EQ(fault([] { value("\"1\"").integer(0, 99); }),
            "f.yaml:1:4: v: must be a whole number, not \"1\"");
  EXPECT_EQ(fault([] { value("[1]").integer(0, 99); }),
            "f.yaml:1:4: v: must be a whole number, but this is a list");
}

TEST(YamlBoolean, IsTrueOrFalse) {
  EXPECT_TRUE(value("true").boolean());
  EXPECT_FALSE(value("false").boolean());
}

TEST(YamlBoolean, RefusesEveryOtherWordForIt) {
  for (const std::string text : {"yes", "no", "True", "FALSE", "on", "0", "1", "y"}) {
    EXPECT_EQ(fault([&] { value(text).boolean(); }),
              "f.yaml:1:4: v: must be true or false, not \"" + text + "\"");
  }
  EXPECT_EQ(fault([] { value("\"true\"").boolean(); }),
            "f.yaml:1:4: v: must be true or false, not \"true\"");
  EXPECT_EQ(fault([] { value("").boolean(); }),
            "f.yaml:1:1: v: must be true or false, but this is nothing");
}

TEST(YamlSize, CountsBytesWithOrWithoutAUnit) {
  EXPECT_EQ(value("0").size(), 0U);
  EXPECT_EQ(value("17").size(), 17U);
  EXPECT_EQ(value("4KiB").size(), 4096U);
  EXPECT_EQ(value("1MiB").size(), 1048576U);
  EXPECT_EQ(value("2GiB").size(), 2147483648U);
  EXPECT_EQ(value("\"4KiB\"").size(), 4096U);
}

TEST(YamlSize, GoesToATebibyte) {
  EXPECT_EQ(value("1024GiB").size(), 1ULL << 40);
  EXPECT_EQ(value("1099511627776").size(), 1ULL << 40);
  for (const std::string text : {"1025GiB", "1048577MiB", "1073741825KiB", "1099511627777"}) {
    EXPECT_EQ(fault([&] { value(text).size(); }), "f.yaml:1:4: v: is too large; at most 1024GiB")
        << text;
  }
}

TEST(YamlSize, RefusesWhatIsNone) {
  for (const std::string text : {"a", "-1", "1.5KiB", "4 KiB", "4kib", "4KB", "4K", "KiB", "0x10",
                                 "1_000", "1TiB", "99999999999999999999"}) {
    EXPECT_EQ(
        fault([&] { value(text).size(); }),
        "f.yaml:1:4: v: must be a size such as 1024, 4KiB, 1MiB or 2GiB, not \"" + text + "\"");
  }
  EXPECT_EQ(fault([] { value("{}").size(); }), "f.yaml:1:4: v: must be a size, but this is a map");
}

TEST(YamlTime, HasAUnit) {
  EXPECT_EQ(value("200ms").duration(), 200ms);
  EXPECT_EQ(value("2s").duration(), 2s);
  EXPECT_EQ(value("0s").duration(), 0s);
  EXPECT_EQ(value("1.5s").duration(), 1500ms);
  EXPECT_EQ(value("0.25ms").duration(), 250us);
  EXPECT_EQ(value("0.000001s").duration(), 1us);
}

TEST(YamlTime, GoesToAnHour) {
  EXPECT_EQ(value("3600s").duration(), 1h);
  EXPECT_EQ(value("3600000ms").duration(), 1h);
  EXPECT_EQ(fault([] { value("3600.001s").duration(); }),
            "f.yaml:1:4: v: is too long; at most an hour");
  EXPECT_EQ(fault([] { value("999999999s").duration(); }),
            "f.yaml:1:4: v: is too long; at most an hour");
}

TEST(YamlTime, RefusesWhatIsNone) {
  for (const std::string text : {"2", "2.0", "-2s", "2 s", ".5s", "1.s", "2m", "2h", "2us", "1e3s",
                                 "s", "2S", "2Ms", "1.0000000s"}) {
    EXPECT_EQ(fault([&] { value(text).duration(); }),
              "f.yaml:1:4: v: must be a time such as 200ms or 2s, not \"" + text + "\"");
  }
  EXPECT_EQ(fault([] { value("[2s]").duration(); }),
            "f.yaml:1:4: v: must be a time, but this is a list");
}

TEST(YamlList, GivesItsItemsInOrderEachWithItsPlace) {
  const std::vector<YamlNode> items = root("- a\n- [b]\n").items();
  ASSERT_THAT(items, SizeIs(2));
  EXPECT_EQ(items[0].text(), "a");
  EXPECT_EQ(items[0].path(), "[0]");
  EXPECT_EQ(items[1].items()[0].path(), "[1][0]");
  EXPECT_EQ(items[1].items()[0].location().str(), "f.yaml:2:4");
}

TEST(YamlList, MayBeEmpty) { EXPECT_THAT(value("[]").items(), SizeIs(0)); }

TEST(YamlList, RefusesOtherKindsOfValue) {
  EXPECT_EQ(fault([] { value("a").items(); }),
            "f.yaml:1:4: v: must be a list, but this is a single value");
  EXPECT_EQ(fault([] { value("").items(); }), "f.yaml:1:1: v: must be a list, but this is nothing");
}

TEST(YamlList, MayBeASingleValueWhereThatIsAllowed) {
  EXPECT_THAT(value("[a, b]").items_or_self(), SizeIs(2));
  ASSERT_THAT(value("a").items_or_self(), SizeIs(1));
  EXPECT_EQ(value("a").items_or_self()[0].path(), "v");
}

TEST(YamlMap, NamesWhereAValueStands) {
  const YamlNode inner =
      root("a:\n  b: c\n").map("a file", {"a"}).at("a").map("an a", {"b"}).at("b");
  EXPECT_EQ(inner.path(), "a.b");
  EXPECT_EQ(inner.location().str(), "f.yaml:2:6");
}

TEST(YamlMap, FindsNoKeyThatIsNotThere) {
  const YamlMap map = root("a: b\n").map("a file", {"a", "c"});
  EXPECT_TRUE(map.has("a"));
  EXPECT_FALSE(map.has("c"));
  EXPECT_EQ(fault([&] { map.at("c"); }), "f.yaml:1:1: a file needs the key 'c'");
}

TEST(YamlMap, RefusesAKeyThatIsNotKnown) {
  EXPECT_EQ(fault([] {
              root("a: b\nbaner: c\n").map("a file", {"a", "banner"});
            }),
            "f.yaml:2:1: a file has no key 'baner'; did you mean 'banner'?");
  EXPECT_EQ(fault([] {
              root("zzz: b\n").map("a file", {"a", "banner"});
            }),
            "f.yaml:1:1: a file has no key 'zzz'; known: a, banner");
}

TEST(YamlMap, EscapesAHostileKey) {
  EXPECT_EQ(fault([] { root("\"\\e[31m\": b\n").map("a file", {}); }),
            "f.yaml:1:1: a file has no key '\\x1b[31m'");
}

TEST(YamlMap, RefusesAKeyThatStandsTwice) {
  EXPECT_EQ(fault([] {
              root("a: b\nc: d\na: e\n").map("a file", {"a", "c"});
            }),
            "f.yaml:3:1: the key 'a' stands here twice");
}

TEST(YamlMap, RefusesAKeyThatIsNoName) {
  EXPECT_EQ(fault([] { root("[a]: b\n").map("a file", {"a"}); }),
            "f.yaml:1:1: a key must be a name");
  EXPECT_EQ(fault([] { root("a: b\n~: c\n").map("a file", {"a"}); }),
            "f.yaml:2:1: a key must be a name");
}

TEST(YamlMap, RefusesOtherKindsOfValue) {
  EXPECT_EQ(fault([] { root("").map("a file", {}); }),
            "f.yaml: a file must be a map, but this is nothing");
  EXPECT_EQ(fault([] { root("[a]").map("a file", {}); }),
            "f.yaml:1:1: a file must be a map, but this is a list");
  EXPECT_EQ(fault([] { value("a").keys(); }),
            "f.yaml:1:4: v: must be a map, but this is a single value");
}

TEST(YamlMap, ListsItsKeysInTheirOrder) {
  EXPECT_THAT(root("c: 1\na: 2\nb: 3\n").keys(), ElementsAre("c", "a", "b"));
}

TEST(YamlMap, PointsAtAKeyThatOughtNotBeThere) {
  const YamlMap map = root("a: b\nc: d\n").map("a file", {"a", "c"});
  EXPECT_EQ(fault([&] { map.fail_at_key("c", "not here"); }), "f.yaml:2:1: not here");
  EXPECT_EQ(fault([&] { map.fail_at_key("e", "not here"); }), "f.yaml:1:1: not here");
}

TEST(YamlMap, PointsAtTheKeyOfAValueThatIsMissing) {
  EXPECT_EQ(root("a: b\nc:\nd: e\n").map("a file", {"a", "c", "d"}).at("c").location().str(),
            "f.yaml:2:1");
}

TEST(YamlMap, FollowsAnAliasToItsValue) {
  EXPECT_EQ(root("a: &x b\nc: *x\n").map("a file", {"a", "c"}).at("c").text(), "b");
}

TEST(Substitute, PutsAVariableWhereItsNameStandsInBraces) {
  std::string no_fault;
  EXPECT_EQ(substitute("a {name} b{name}", {{"name", {"x", {}}}}, &no_fault), "a x bx");
  EXPECT_EQ(no_fault, "");
}

TEST(Substitute, LeavesEveryOtherBraceAlone) {
  std::string no_fault;
  const Variables variables = {{"n", {"x", {}}}};
  for (const std::string text :
       {"{other}", "{", "}", "{}", "{ n }", "n", "", "{other:02x}", "{:x}"}) {
    EXPECT_EQ(substitute(text, variables, &no_fault), text);
  }
  EXPECT_EQ(substitute("{{n}}", variables, &no_fault), "{x}");
  EXPECT_EQ(substitute("{n", variables, &no_fault), "{n");
  EXPECT_EQ(no_fault, "");
}

TEST(Substitute, LooksForNoVariablesInAVariable) {
  std::string no_fault;
  EXPECT_EQ(substitute("{a}{b}", {{"a", {"{b}", {}}}, {"b", {"x", {}}}}, &no_fault), "{b}x");
}

TEST(Substitute, FormatsNumbers) {
  std::string no_fault;
  const Variables variables = {{"n", {"10", 10}}};
  EXPECT_EQ(substitute("{n:d} {n:x} {n:X} {n:02x} {n:04X} {n:3d} {n:03d}", variables, &no_fault),
            "10 a A 0a 000A  10 010");
  EXPECT_EQ(no_fault, "");
}

TEST(Substitute, RefusesAFormatOfAnythingButANumber) {
  std::string fault;
  EXPECT_EQ(substitute("{n:x}", {{"n", {"word", {}}}}, &fault), "");
  EXPECT_EQ(fault,
            "'{n:x}' can't be formatted: the variable must be a whole number and the format d, x "
            "or X with a width");
}

TEST(Substitute, RefusesEveryFormatItDoesNotKnow) {
  for (const std::string format :
       {"", "s", "b", "02", "+d", "#x", "1000x", "<3d", "x2", "{}d", ".2d"}) {
    std::string fault;
    substitute("{n:" + format + "}", {{"n", {"10", 10}}}, &fault);
    EXPECT_THAT(fault, HasSubstr("can't be formatted")) << format;
  }
}

TEST(YamlVariables, ArePutIntoEveryKindOfScalar) {
  const Variables variables = {{"n", {"3", 3}}, {"word", {"big", {}}}};
  const auto with = [&](const std::string& text) { return value(text).with(&variables); };
  EXPECT_EQ(with("\"{word} {n}\"").text(), "big 3");
  EXPECT_EQ(with("\"{word}\"").one_of({"big"}), "big");
  EXPECT_EQ(with("\"{n}\"").integer(0, 9), 3);
  EXPECT_EQ(with("\"{n}KiB\"").size(), 3072U);
  EXPECT_EQ(with("\"{n}s\"").duration(), 3s);
  EXPECT_EQ(with("{hex: \"{n:02x}\"}").bytes(), "\3");
  EXPECT_EQ(with("[[\"{word}\"]]").items()[0].items()[0].text(), "big");
}

TEST(YamlVariables, MakeNoNumberOfAQuotedOneWithoutThem) {
  const Variables variables = {{"n", {"3", 3}}};
  EXPECT_EQ(fault([&] { value("\"3\"").with(&variables).integer(0, 9); }),
            "f.yaml:1:4: v: must be a whole number, not \"3\"");
}

TEST(YamlVariables, TellWhereTheyCannotBeFormatted) {
  const Variables variables = {{"n", {"word", {}}}};
  EXPECT_THAT(fault([&] { value("\"{n:x}\"").with(&variables).text(); }),
              HasSubstr("f.yaml:1:4: v: '{n:x}' can't be formatted"));
}

}  // namespace
}  // namespace md5spec
