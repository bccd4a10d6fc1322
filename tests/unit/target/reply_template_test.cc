#include "target/reply_template.h"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace md5spec {
namespace {

using namespace std::string_literals;

constexpr std::string_view kHexOfAbc = "900150983cd24fb0d6963f7d28e17f72";

ReplyTemplate template_of(std::string_view text) {
  ReplyTemplate reply;
  EXPECT_EQ(ReplyTemplate::parse(text, &reply), "") << text;
  return reply;
}

std::string fault_of(std::string_view text) {
  ReplyTemplate reply;
  return ReplyTemplate::parse(text, &reply);
}

// What a server with that template has to answer to "abc".
ExpectedReply due(std::string_view text) { return template_of(text).expect(md5("abc"), "abc"); }

TEST(Encode, WritesADigestInEveryForm) {
  const Digest digest = md5("abc");
  EXPECT_EQ(encode(digest, Encoding::kLowerHex), kHexOfAbc);
  EXPECT_EQ(encode(digest, Encoding::kUpperHex), "900150983CD24FB0D6963F7D28E17F72");
  EXPECT_EQ(encode(digest, Encoding::kAnyHex), kHexOfAbc);
  EXPECT_EQ(encode(digest, Encoding::kBase64), "kAFQmDzST7DWlj99KOF/cg==");
  EXPECT_EQ(encode(digest, Encoding::kRaw), digest.bytes());
}

TEST(ReplyTemplate, IsLowerCaseHexUnlessToldOtherwise) {
  EXPECT_EQ(ReplyTemplate().text(), "{hex}");
  EXPECT_EQ(ReplyTemplate().expect(md5("abc"), "abc").bytes(), kHexOfAbc);
}

TEST(ReplyTemplate, KnowsEveryPlaceholderOfADigest) {
  EXPECT_EQ(template_of("{hex}").encoding(), Encoding::kLowerHex);
  EXPECT_EQ(template_of("{HEX}").encoding(), Encoding::kUpperHex);
  EXPECT_EQ(template_of("{any_hex}").encoding(), Encoding::kAnyHex);
  EXPECT_EQ(template_of("{base64}").encoding(), Encoding::kBase64);
  EXPECT_EQ(template_of("{raw}").encoding(), Encoding::kRaw);
}

TEST(ReplyTemplate, KeepsItsText) { EXPECT_EQ(template_of("a{hex}\n").text(), "a{hex}\n"); }

TEST(ReplyTemplate, FillsInTheMessageAndItsLengthOnBothSides) {
  EXPECT_EQ(due("{message} ({length}): {HEX} = {message}{length}\n").bytes(),
            "abc (3): 900150983CD24FB0D6963F7D28E17F72 = abc3\n");
}

TEST(ReplyTemplate, CountsBytesInALength) {
  EXPECT_EQ(template_of("{length}:{hex}").expect(md5("é"), "é").before, "2:");
}

TEST(ReplyTemplate, DoesNotLookForPlaceholdersInAMessage) {
  EXPECT_EQ(template_of("{message}{hex}").expect(Digest(), "{hex}").before, "{hex}");
}

TEST(ReplyTemplate, TakesAnyOtherBraceAsItself) {
  EXPECT_EQ(due("{{md5: {Hex} }{hex}}").before, "{{md5: {Hex} }");
  EXPECT_EQ(due("{hex}}").after, "}");
  EXPECT_EQ(due("{{hex}").before, "{");
  EXPECT_EQ(due("{mess{hex}age}").bytes(), "{mess" + std::string(kHexOfAbc) + "age}");
}

TEST(ReplyTemplate, TakesBytesThatAreNoText) {
  EXPECT_EQ(due("\0\xFF{hex}\xFE"s).bytes(), "\0\xFF"s + std::string(kHexOfAbc) + "\xFE");
}

TEST(ReplyTemplate, NeedsADigest) {
  const std::string fault =
      "must have exactly one of {hex}, {HEX}, {any_hex}, {base64}, {raw}; it has none";
  EXPECT_EQ(fault_of(""), fault);
  EXPECT_EQ(fault_of("{message} {length}"), fault);
  EXPECT_EQ(fault_of("{Hex} { hex } {hex"), fault);
}

TEST(ReplyTemplate, RefusesASecondDigest) {
  const std::string fault = "must have exactly one digest placeholder, not two";
  EXPECT_EQ(fault_of("{hex}{hex}"), fault);
  EXPECT_EQ(fault_of("{hex} or {base64}"), fault);
}

TEST(ReplyTemplate, LeavesTheResultAloneWhereItRefuses) {
  ReplyTemplate reply = template_of("{raw}!");
  ReplyTemplate::parse("{hex}{hex}", &reply);
  EXPECT_EQ(reply.text(), "{raw}!");
  EXPECT_EQ(reply.encoding(), Encoding::kRaw);
  EXPECT_EQ(reply.ending(), "!");
}

TEST(ReplyTemplate, KnowsWhetherItRepeatsTheMessage) {
  EXPECT_TRUE(template_of("{message} {hex}").repeats_message());
  EXPECT_TRUE(template_of("{hex} {message}").repeats_message());
  EXPECT_FALSE(template_of("{length} {hex} {length}").repeats_message());
}

TEST(ReplyTemplate, EndsInTheBytesBehindItsLastPlaceholder) {
  EXPECT_EQ(template_of("a{hex}").ending(), "");
  EXPECT_EQ(template_of("a{hex}\r\n").ending(), "\r\n");
  EXPECT_EQ(template_of("{hex} {length} bytes").ending(), " bytes");
  EXPECT_EQ(template_of("{hex} {message}").ending(), "");
}

TEST(ReplyTemplate, KnowsTheSizeOfAReplyWithoutTheMessage) {
  for (const std::string_view text : {"{hex}", "{HEX}\n", "{any_hex}", "{base64}", "{raw}",
                                      "<{message}{hex}>", "{length} {hex} {message}{length}"}) {
    for (const std::size_t size : {0U, 1U, 9U, 10U, 1234U}) {
      const std::string message(size, 'm');
      EXPECT_EQ(template_of(text).size_for(size),
                template_of(text).expect(md5(message), message).bytes().size())
          << text << " " << size;
    }
  }
}

TEST(ExpectedReply, HasTheSizeOfItsBytes) {
  EXPECT_EQ(due("a{hex}b").size(), 34U);
  EXPECT_EQ(due("{raw}").size(), 16U);
  EXPECT_EQ(due("{base64}\n").size(), 25U);
}

TEST(ExpectedReply, BeginsWhatIsJustIt) {
  EXPECT_TRUE(due("{hex}\n").begins(due("{hex}\n").bytes()));
}

TEST(ExpectedReply, BeginsWhatGoesOnBehindIt) {
  EXPECT_TRUE(due("{hex}\n").begins(due("{hex}\n").bytes() + "more"));
}

TEST(ExpectedReply, DoesNotBeginWhatStopsShortOfIt) {
  const std::string bytes = due("a{hex}\n").bytes();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(due("a{hex}\n").begins(bytes.substr(0, size))) << size;
  }
}

TEST(ExpectedReply, DoesNotBeginWhatDiffersAnywhere) {
  const std::string bytes = due("a{hex}\n").bytes();
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string changed = bytes;
    changed[i] = '#';
    EXPECT_FALSE(due("a{hex}\n").begins(changed)) << i;
  }
}

TEST(ExpectedReply, MayBecomeFromEachOfItsBeginnings) {
  const ExpectedReply reply = due("a {length} {hex} {message}\n");
  const std::string bytes = reply.bytes();
  for (std::size_t size = 0; size <= bytes.size(); ++size) {
    EXPECT_TRUE(reply.may_become(bytes.substr(0, size))) << size;
  }
}

TEST(ExpectedReply, MayNotBecomeFromMoreThanItself) {
  EXPECT_FALSE(due("{hex}").may_become(due("{hex}").bytes() + "\n"));
}

TEST(ExpectedReply, MayNotBecomeFromABeginningThatDiffersAnywhere) {
  const std::string bytes = due("ab{hex}cd").bytes();
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string changed = bytes.substr(0, i + 1);
    changed[i] = '#';
    EXPECT_FALSE(due("ab{hex}cd").may_become(changed)) << i;
  }
}

TEST(ExpectedReply, TakesTheLetterCaseThatItDeclares) {
  const std::string lower(kHexOfAbc);
  const std::string upper = due("{HEX}").bytes();
  EXPECT_TRUE(due("{hex}").begins(lower));
  EXPECT_FALSE(due("{hex}").begins(upper));
  EXPECT_FALSE(due("{HEX}").begins(lower));
  EXPECT_TRUE(due("{HEX}").begins(upper));
}

TEST(ExpectedReply, TakesEitherLetterCaseWhereAnyWillDo) {
  EXPECT_TRUE(due("{any_hex}").begins(kHexOfAbc));
  EXPECT_TRUE(due("{any_hex}").begins("900150983CD24FB0d6963f7d28E17F72"));
  EXPECT_TRUE(due("{any_hex}").may_become("900150983C"));
  EXPECT_FALSE(due("{any_hex}").begins("900150983cd24fb0d6963f7d28e17f73"));
}

TEST(ExpectedReply, TakesNoOtherLetterCaseAroundADigestOfAnyCase) {
  EXPECT_FALSE(due("md5 {any_hex}").begins("MD5 " + std::string(kHexOfAbc)));
}

}  // namespace
}  // namespace md5spec
