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

// A message that stands in memory is at most this long.
constexpr std::uint64_t kLargest = std::uint64_t{1} << 30U;

// One step of splitmix64, a generator whose nth value can be had without those before it.
std::uint64_t scramble(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15U;
  x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9U;
  x = (x ^ (x >> 27U)) * 0x94D049BB133111EBU;
  return x ^ (x >> 31U);
}

std::string fill_pattern(Pattern pattern, std::uint64_t size, std::uint64_t seed) {
  std::string out(size, '\0');
  std::uint64_t word = 0;
  for (std::uint64_t i = 0; i < size; ++i) {
    const unsigned lane = i % 8;
    switch (pattern) {
      case Pattern::kZeros:
        return out;
      case Pattern::kCounter:
        out[i] = static_cast<char>(i & 0xFFU);
        break;
      case Pattern::kRandom:
      case Pattern::kLetters: {
        if (lane == 0) word = scramble(seed + i / 8);
        const auto byte = static_cast<unsigned>(word >> (8 * lane) & 0xFFU);
        out[i] = static_cast<char>(pattern == Pattern::kRandom ? byte : 'a' + byte * 26 / 256);
        break;
      }
    }
  }
  return out;
}

SizeExpression read_size(const YamlNode& node) {
  static const re2::RE2 form("limit(?:([+-])([0-9]{1,12}))?");
  SizeExpression size;
  std::string sign;
  std::string amount;
  if (re2::RE2::FullMatch(node.scalar_or_empty(), form, &sign, &amount)) {
    size.of_limit = true;
    size.bytes = amount.empty() ? 0 : std::stoll(amount);
    if (size.bytes > static_cast<std::int64_t>(kLargest)) node.fail("a message has at most 1GiB");
    if (sign == "-") size.bytes = -size.bytes;
    return size;
  }
  const std::uint64_t bytes = node.size();
  if (bytes > kLargest) node.fail("a message has at most 1GiB");
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
  if (size > kLargest) node.fail("a message has at most 1GiB");
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
  source.times = static_cast<std::uint64_t>(times.integer(0, std::int64_t{1} << 30));
  if (source.times > kLargest / source.bytes.size())
    times.fail("makes a message of more than 1GiB");
  return source;
}

MessageSource read_pattern(const YamlMap& map) {
  static const std::vector<std::string> names = {"counter", "zeros", "random", "letters"};
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

std::string MessageSource::make(const Profile& profile, std::uint64_t run_seed) const {
  switch (kind) {
    case Kind::kLiteral:
      return bytes;
    case Kind::kRepeat: {
      std::string out;
      out.reserve(bytes.size() * times);
      for (std::uint64_t i = 0; i < times; ++i) out += bytes;
      return out;
    }
    case Kind::kPattern:
      return fill_pattern(pattern, size.resolve(profile), seed ? mix(*seed, 0) : run_seed);
  }
  return {};
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
