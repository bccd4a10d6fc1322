#include "catalogue/message.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>

#include <fmt/format.h>
#include <re2/re2.h>

#include "target/yaml.h"
#include "text/bytes.h"

namespace md5spec {
namespace {

// A message that stands in a file is at most this long; one that is made, this long.
constexpr std::uint64_t kLargestFile = std::uint64_t{1} << 30U;
constexpr std::uint64_t kLargest = std::uint64_t{16} << 30U;

// One step of splitmix64, a generator whose nth value can be had without those before it.
std::uint64_t scramble(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15U;
  x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9U;
  x = (x ^ (x >> 27U)) * 0x94D049BB133111EBU;
  return x ^ (x >> 31U);
}

// Random bytes begin again after so many: a prime number, so that no buffer's size hides a mistake.
constexpr std::uint64_t kPeriod = 65521;

// Eight random bytes, each made a letter: byte * 26 / 256 of the alphabet.
std::uint64_t to_letters(std::uint64_t word) {
  constexpr std::uint64_t kEven = 0x00FF00FF00FF00FFU;
  const std::uint64_t even = (word & kEven) * 26 >> 8U & kEven;
  const std::uint64_t odd = (word >> 8U & kEven) * 26 & ~kEven;
  return (even | odd) + 0x6161616161616161U;
}

std::string random_bytes(Pattern pattern, std::uint64_t size, std::uint64_t seed) {
  std::string out(size, '\0');
  for (std::uint64_t at = 0; at < size; at += 8) {
    std::uint64_t word = scramble(seed + at / 8);
    if (pattern == Pattern::kLetters) word = to_letters(word);
    for (std::uint64_t i = at; i < std::min(at + 8, size); ++i, word >>= 8U)
      out[i] = static_cast<char>(word & 0xFFU);
  }
  return out;
}

std::string counted_bytes() {
  std::string out;
  for (int byte = 0; byte < 256; ++byte) out += static_cast<char>(byte);
  return out;
}

// A letter that isn't in `text`; z if all are.
char letter_outside(std::string_view text) {
  for (char letter = 'a'; letter < 'z'; ++letter) {
    if (text.find(letter) == std::string_view::npos) return letter;
  }
  return 'z';
}

// What a message of `wanted` bytes is a repetition of, so that its last one is the delimiter's
// first.
std::string delimiter_starts(const std::string& delimiter, std::uint64_t wanted) {
  const char letter = letter_outside(delimiter);
  std::string starts;
  for (std::size_t size = 1; size < delimiter.size(); ++size)
    starts += delimiter.substr(0, size) + letter;
  if (starts.empty() || wanted == 0) return std::string(1, letter);
  const std::size_t last = (wanted - 1) % starts.size();
  std::rotate(starts.begin(), starts.end() - static_cast<std::ptrdiff_t>(last), starts.end());
  return starts;
}

SizeExpression read_size(const YamlNode& node) {
  static const re2::RE2 form("limit(?:([+-])([0-9]{1,12}))?");
  SizeExpression size;
  std::string sign;
  std::string amount;
  if (re2::RE2::FullMatch(node.scalar_or_empty(), form, &sign, &amount)) {
    size.of_limit = true;
    size.bytes = amount.empty() ? 0 : std::stoll(amount);
    if (size.bytes > static_cast<std::int64_t>(kLargest)) node.fail("a message has at most 16GiB");
    if (sign == "-") size.bytes = -size.bytes;
    return size;
  }
  const std::uint64_t bytes = node.size();
  if (bytes > kLargest) node.fail("a message has at most 16GiB");
  size.bytes = static_cast<std::int64_t>(bytes);
  return size;
}

std::string read_file(const YamlNode& node, const std::string& folder) {
  const std::filesystem::path path = std::filesystem::path(folder) / node.text();
  std::ifstream in(path, std::ios::binary | std::ios::ate);
  if (!std::filesystem::is_regular_file(path) || !in) {
    node.fail("can't read the file " + displayable(path.string()));
  }
  const auto size = static_cast<std::uint64_t>(in.tellg());
  if (size > kLargestFile) node.fail("a message in a file has at most 1GiB");
  std::string bytes(size, '\0');
  in.seekg(0);
  in.read(bytes.data(), static_cast<std::streamsize>(size));
  return bytes;
}

MessageSource literal(std::string bytes) {
  MessageSource source;
  source.bytes = std::move(bytes);
  return source;
}

MessageSource read_repeat(const YamlMap& map) {
  MessageSource source;
  source.kind = MessageSource::Kind::kRepeat;
  const YamlNode unit = map.at("repeat");
  source.bytes = unit.bytes();
  if (source.bytes.empty()) unit.fail("must be one or more bytes");
  const YamlNode times = map.at("times");
  source.times = static_cast<std::uint64_t>(times.integer(0, std::int64_t{1} << 34));
  if (source.times > kLargest / source.bytes.size())
    times.fail("makes a message of more than 16GiB");
  return source;
}

MessageSource read_pattern(const YamlMap& map) {
  static const std::vector<std::string> names = {"counter", "zeros", "random", "letters",
                                                 "delimiter_starts"};
  MessageSource source;
  source.kind = MessageSource::Kind::kPattern;
  const std::string name = map.at("pattern").one_of(names);
  source.pattern =
      static_cast<Pattern>(std::find(names.begin(), names.end(), name) - names.begin());
  source.size = read_size(map.at("size"));
  if (const auto seed = map.find("seed")) {
    if (!source.varies()) map.fail_at_key("seed", fmt::format("the pattern {} has no seed", name));
    source.seed =
        static_cast<std::uint64_t>(seed->integer(0, std::numeric_limits<std::int64_t>::max()));
  }
  return source;
}

}  // namespace

std::uint64_t SizeExpression::resolve(const Profile& profile) const {
  const auto limit = of_limit ? static_cast<std::int64_t>(profile.limits.message_bytes) : 0;
  return static_cast<std::uint64_t>(std::max<std::int64_t>(0, limit + bytes));
}

std::uint64_t MessageSource::size_for(const Profile& profile) const {
  switch (kind) {
    case Kind::kLiteral:
      return bytes.size();
    case Kind::kRepeat:
      return bytes.size() * times;
    case Kind::kPattern:
      return size.resolve(profile);
  }
  return 0;
}

std::string MessageSource::unit(const Profile& profile, std::uint64_t wanted,
                                std::uint64_t run_seed) const {
  if (kind != Kind::kPattern) return bytes;
  switch (pattern) {
    case Pattern::kZeros:
      return std::string(1, '\0');
    case Pattern::kCounter:
      return counted_bytes();
    case Pattern::kRandom:
    case Pattern::kLetters:
      return random_bytes(pattern, std::min(wanted, kPeriod), seed ? mix(*seed, 0) : run_seed);
    case Pattern::kDelimiterStarts:
      return delimiter_starts(profile.framing == Framing::kDelimited ? profile.delimiter : "",
                              wanted);
  }
  return {};
}

std::string MessageSource::make(const Profile& profile, std::uint64_t run_seed) const {
  const std::uint64_t wanted = size_for(profile);
  std::string out = unit(profile, wanted, run_seed);
  if (out.size() >= wanted) {
    out.resize(wanted);
    return out;
  }
  out.reserve(wanted);
  while (out.size() < wanted) out.append(out, 0, std::min(out.size(), wanted - out.size()));
  return out;
}

std::shared_ptr<const MessageStream> MessageSource::stream(const Profile& profile,
                                                           std::uint64_t run_seed) const {
  const std::uint64_t wanted = size_for(profile);
  return std::make_shared<MessageStream>(unit(profile, wanted, run_seed), wanted);
}

MessageSource read_message(const YamlNode& node, const std::string& folder) {
  if (node.kind() != YamlNode::Kind::kMap) return literal(node.text());
  static const std::vector<std::string> forms = {"text",   "hex",     "base64",
                                                 "repeat", "pattern", "file"};
  const YamlMap any = node.map(
      "a message", {"text", "hex", "base64", "repeat", "times", "pattern", "size", "seed", "file"});
  std::string form;
  for (const std::string& candidate : forms) {
    if (!any.has(candidate)) continue;
    if (!form.empty())
      any.fail_at_key(
          candidate,
          fmt::format(
              "a message is one of text, hex, base64, repeat, pattern, file; this one is {} and {}",
              form, candidate));
    form = candidate;
  }
  if (form.empty())
    node.fail("a message needs one of the keys text, hex, base64, repeat, pattern, file");
  std::vector<std::string> known = {form};
  if (form == "repeat") known = {"repeat", "times"};
  if (form == "pattern") known = {"pattern", "size", "seed"};
  const YamlMap map = node.map(fmt::format("a message by '{}'", form), known);

  const YamlNode value = map.at(form);
  if (form == "text") return literal(value.text());
  if (form == "file") return literal(read_file(value, folder));
  if (form == "repeat") return read_repeat(map);
  if (form == "pattern") return read_pattern(map);
  std::string bytes;
  const bool ok = form == "hex" ? unhex(value.text(), &bytes) : unbase64(value.text(), &bytes);
  if (!ok) value.fail(form == "hex" ? "must be pairs of hex digits" : "must be padded base64");
  return literal(std::move(bytes));
}

std::uint64_t mix(std::uint64_t a, std::uint64_t b) { return scramble(scramble(a) ^ b); }

std::uint64_t mix(std::uint64_t a, std::string_view text) {
  for (const char c : text) a = mix(a, static_cast<unsigned char>(c));
  return mix(a, text.size());
}

}  // namespace md5spec
