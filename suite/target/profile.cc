#include "target/profile.h"

#include <algorithm>
#include <filesystem>
#include <limits>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <re2/re2.h>

#include "target/yaml.h"
#include "text/bytes.h"
#include "text/nearest.h"

namespace md5spec {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kUnframedDefault = 1024;
constexpr std::uint64_t kTestedByDefault = 16U << 20U;
constexpr int kLongestExtendsChain = 8;
constexpr Duration kShortestTime = std::chrono::milliseconds(1);
constexpr Duration kLongestTime = std::chrono::hours(1);

template <typename Enum>
using Names = std::vector<std::pair<std::string, Enum>>;

const Names<Framing> kFramings = {{"unframed", Framing::kUnframed},
                                  {"half_close", Framing::kHalfClose},
                                  {"delimited", Framing::kDelimited},
                                  {"length_prefixed", Framing::kLengthPrefixed}};
const Names<AtEof> kAtEof = {{"discard", AtEof::kDiscard}, {"answer", AtEof::kAnswer}};
const Names<ByteOrder> kOrders = {{"big", ByteOrder::kBig}, {"little", ByteOrder::kLittle}};
const Names<Covers> kCovers = {{"message", Covers::kMessage}, {"frame", Covers::kFrame}};
const Names<Exchanges> kExchanges = {{"many", Exchanges::kMany}, {"one", Exchanges::kOne}};
const Names<Oversize> kOversize = {{"close", Oversize::kClose}, {"answer", Oversize::kAnswer}};
const Names<Accepts::Kind> kAccepts = {{"any", Accepts::Kind::kAny},
                                       {"utf8", Accepts::Kind::kUtf8},
                                       {"ascii", Accepts::Kind::kAscii},
                                       {"printable", Accepts::Kind::kPrintable}};

const std::vector<std::string> kProfileKeys = {
    "profile", "extends",   "title",         "framing",  "delimiter", "optional_cr",
    "at_eof",  "length",    "digest_covers", "request",  "accepts",   "banner",
    "reply",   "exchanges", "limits",        "timeouts", "tls"};

template <typename Enum>
Enum read_name(const YamlNode& node, const Names<Enum>& names) {
  std::vector<std::string> known;
  for (const auto& entry : names) known.push_back(entry.first);
  const std::string name = node.one_of(known);
  return std::find_if(names.begin(), names.end(), [&](const auto& e) { return e.first == name; })
      ->second;
}

template <typename Enum>
std::string_view name_in(Enum value, const Names<Enum>& names) {
  return std::find_if(names.begin(), names.end(), [&](const auto& e) { return e.second == value; })
      ->first;
}

void read_length(const YamlNode& node, LengthField* length) {
  const YamlMap map = node.map("a length", {"bytes", "order", "counts"});
  if (const auto bytes = map.find("bytes")) {
    length->bytes = static_cast<int>(bytes->integer(1, 8));
    if ((length->bytes & (length->bytes - 1)) != 0) bytes->fail("must be 1, 2, 4 or 8");
  }
  if (const auto order = map.find("order")) length->order = read_name(*order, kOrders);
  if (const auto counts = map.find("counts")) length->counts = read_name(*counts, kCovers);
}

Accepts read_accepts(const YamlNode& node) {
  Accepts accepts;
  if (node.kind() != YamlNode::Kind::kMap) {
    accepts.kind = read_name(node, kAccepts);
    return accepts;
  }
  const YamlNode regex = node.map("'accepts'", {"regex"}).at("regex");
  accepts.kind = Accepts::Kind::kRegex;
  accepts.regex = regex.text();
  auto compiled = std::make_shared<re2::RE2>(accepts.regex, re2::RE2::Quiet);
  if (!compiled->ok()) {
    regex.fail("not a regular expression that RE2 takes: " + displayable(compiled->error()));
  }
  accepts.compiled_regex = std::move(compiled);
  return accepts;
}

void read_limits(const YamlNode& node, Limits* limits) {
  const YamlMap map = node.map("'limits'", {"message_bytes", "connections", "oversize"});
  if (const auto bytes = map.find("message_bytes")) {
    limits->unlimited = bytes->is("unlimited");
    limits->declared = !limits->unlimited;
    limits->message_bytes = limits->unlimited ? kTestedByDefault : bytes->size();
    if (limits->message_bytes == 0) bytes->fail("must be at least 1 byte, or unlimited");
  }
  if (const auto connections = map.find("connections")) {
    limits->connections = static_cast<unsigned>(connections->integer(1, 65535));
  }
  if (const auto oversize = map.find("oversize"))
    limits->oversize = read_name(*oversize, kOversize);
}

void read_timeouts(const YamlNode& node, Timeouts* timeouts) {
  const std::vector<std::pair<std::string, Duration*>> keys = {{"connect", &timeouts->connect},
                                                               {"reply", &timeouts->reply},
                                                               {"close", &timeouts->close},
                                                               {"quiet", &timeouts->quiet},
                                                               {"pause", &timeouts->pause}};
  std::vector<std::string> known;
  for (const auto& entry : keys) known.push_back(entry.first);
  const YamlMap map = node.map("'timeouts'", known);
  for (const auto& [key, value] : keys) {
    if (const auto found = map.find(key)) {
      *value = found->duration();
      if (*value < kShortestTime) found->fail("must be at least 1ms");
    }
  }
}

void read_tls(const YamlNode& node, const std::string& folder, TlsOptions* tls) {
  const YamlMap map =
      node.map("'tls'", {"server_name", "ca", "verify", "client_cert", "client_key"});
  const auto path = [&](const YamlNode& file) {
    const fs::path named(file.text());
    return (named.is_absolute() ? named : fs::path(folder) / named).lexically_normal().string();
  };
  if (const auto name = map.find("server_name")) tls->server_name = name->text();
  if (const auto ca = map.find("ca")) tls->ca = path(*ca);
  if (const auto verify = map.find("verify")) tls->verify = verify->boolean();
  if (const auto cert = map.find("client_cert")) tls->client_cert = path(*cert);
  if (const auto key = map.find("client_key")) tls->client_key = path(*key);
  if (tls->client_cert.empty() != tls->client_key.empty()) {
    node.fail("client_cert and client_key go together");
  }
}

// Refuses keys that mean nothing under the profile's framing, so that nobody believes they do.
void refuse_strays(const YamlMap& map, const Profile& profile) {
  const auto refuse = [&](const std::string& key, bool fits, const std::string& wanted) {
    if (!fits && map.has(key)) {
      map.fail_at_key(
          key, fmt::format("the key '{}' goes with {} only; this profile's framing is {}", key,
                           wanted, name_of(profile.framing)));
    }
  };
  const bool delimited = profile.framing == Framing::kDelimited;
  refuse("delimiter", delimited, "framing: delimited");
  refuse("optional_cr", delimited, "framing: delimited");
  refuse("at_eof", delimited, "framing: delimited");
  refuse("length", profile.framing == Framing::kLengthPrefixed, "framing: length_prefixed");
}

void check_together(const YamlMap& map, const Profile& profile) {
  if (profile.optional_cr && profile.delimiter != "\n") {
    map.fail_at_key(map.has("optional_cr") ? "optional_cr" : "delimiter",
                    "optional_cr goes with the delimiter \"\\n\" only");
  }
  if (profile.framing == Framing::kHalfClose && map.has("exchanges") && profile.many()) {
    map.at("exchanges")
        .fail("a half_close connection has one exchange: its end of stream is the message's end");
  }
  if (profile.framing == Framing::kUnframed && profile.limits.unlimited) {
    map.at(map.has("limits") ? "limits" : "framing")
        .fail("message_bytes can't be unlimited when unframed: a message must arrive in one read");
  }
}

// Whether a file of that name is there; no, too, where the name is none that the system takes.
bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

Profile read_profile(const YamlNode& root, const std::string& folder,
                     const std::string& bundled_folder, int depth);

Profile load_base(const YamlNode& extends, const std::string& folder,
                  const std::string& bundled_folder, int depth) {
  if (depth == kLongestExtendsChain) extends.fail("extends too many others, or itself");
  const std::string name = extends.text();
  const bool is_file =
      name.find('/') != std::string::npos || name.ends_with(".yaml") || name.ends_with(".yml");
  const fs::path path =
      is_file ? fs::path(folder) / name : fs::path(bundled_folder) / (name + ".yaml");
  if (!is_there(path)) {
    extends.fail(fmt::format("no profile '{}'{}", displayable(name),
                             is_file ? "" : suggestion(name, bundled_profiles(bundled_folder))));
  }
  return read_profile(YamlNode::load(path.string()), path.parent_path().string(), bundled_folder,
                      depth + 1);
}

// What belongs to one framing doesn't pass on to a profile that extends it with another.
void forget_framing(Profile* profile) {
  const Profile fresh;
  profile->delimiter = fresh.delimiter;
  profile->optional_cr = fresh.optional_cr;
  profile->at_eof = fresh.at_eof;
  profile->length = fresh.length;
}

// What a profile says as written there and in those that it extends; see complete().
Profile read_profile(const YamlNode& root, const std::string& folder,
                     const std::string& bundled_folder, int depth) {
  const YamlMap map = root.map("a profile", kProfileKeys);
  Profile profile;
  const auto extends = map.find("extends");
  if (extends) profile = load_base(*extends, folder, bundled_folder, depth);

  const YamlNode name = map.at("profile");
  profile.name = name.text();
  static const re2::RE2 kName("[a-z0-9_]+");
  if (!re2::RE2::FullMatch(profile.name, kName))
    name.fail("must be lower-case letters, digits and underscores");
  const auto title = map.find("title");
  profile.title = title ? title->text() : profile.name;

  if (!extends) profile.framing = read_name(map.at("framing"), kFramings);
  if (const auto framing = map.find("framing"); extends && framing) {
    const Framing own = read_name(*framing, kFramings);
    if (own != profile.framing) forget_framing(&profile);
    profile.framing = own;
  }
  refuse_strays(map, profile);
  if (const auto delimiter = map.find("delimiter")) {
    profile.delimiter = delimiter->bytes();
    if (profile.delimiter.empty()) delimiter->fail("must be one or more bytes");
  }
  if (const auto cr = map.find("optional_cr")) profile.optional_cr = cr->boolean();
  if (const auto at_eof = map.find("at_eof")) profile.at_eof = read_name(*at_eof, kAtEof);
  if (const auto length = map.find("length")) read_length(*length, &profile.length);
  if (const auto covers = map.find("digest_covers"))
    profile.digest_covers = read_name(*covers, kCovers);
  if (const auto request = map.find("request")) {
    profile.request = request->bytes();
    const std::size_t first = profile.request.find("{message}");
    if (first == std::string::npos ||
        profile.request.find("{message}", first + 1) != std::string::npos) {
      request->fail("must have exactly one {message}");
    }
  }
  if (const auto accepts = map.find("accepts")) profile.accepts = read_accepts(*accepts);
  if (const auto banner = map.find("banner")) profile.banner = banner->bytes();
  if (const auto reply = map.find("reply")) {
    const std::string fault = ReplyTemplate::parse(reply->bytes(), &profile.reply);
    if (!fault.empty()) reply->fail(fault);
  }
  if (const auto exchanges = map.find("exchanges"))
    profile.exchanges = read_name(*exchanges, kExchanges);
  if (const auto limits = map.find("limits")) read_limits(*limits, &profile.limits);
  if (const auto timeouts = map.find("timeouts")) read_timeouts(*timeouts, &profile.timeouts);
  if (const auto tls = map.find("tls")) {
    if (!profile.tls) profile.tls.emplace();
    read_tls(*tls, folder, &*profile.tls);
  }
  check_together(map, profile);
  return profile;
}

// Puts in what follows from the framing. Not before the last of a chain of profiles is read: it may
// have another framing.
Profile complete(Profile profile) {
  if (profile.framing == Framing::kHalfClose) profile.exchanges = Exchanges::kOne;
  if (profile.limits.message_bytes == 0) {
    const bool unframed = profile.framing == Framing::kUnframed;
    profile.limits.message_bytes = unframed ? kUnframedDefault : kTestedByDefault;
    profile.limits.declared = unframed;
  }
  return profile;
}

// The escape of the character that `text` begins with, and its size there, where it is none that
// YAML takes as it is (control characters beyond ASCII, line and paragraph separator, byte order
// mark, noncharacters).
std::pair<std::string, std::size_t> escape_beyond_ascii(std::string_view text) {
  if (text.size() >= 2 && text[0] == '\xC2' && static_cast<unsigned char>(text[1]) < 0xA0) {
    return {fmt::format("\\x{:02x}", static_cast<unsigned char>(text[1])), 2};
  }
  for (const auto& [character, escape] :
       {std::pair("\u2028", "\\u2028"), std::pair("\u2029", "\\u2029"),
        std::pair("\uFEFF", "\\uFEFF"), std::pair("\uFFFE", "\\uFFFE"),
        std::pair("\uFFFF", "\\uFFFF")}) {
    if (text.starts_with(character)) return {escape, 3};
  }
  return {};
}

// A double-quoted YAML scalar, or {hex: …} for what isn't UTF-8.
std::string yaml_bytes(const std::string& bytes) {
  if (!is_utf8(bytes)) return fmt::format("{{hex: \"{}\"}}", hex(bytes));
  std::string out = "\"";
  for (std::string_view rest = bytes; !rest.empty();) {
    const char c = rest.front();
    const auto byte = static_cast<unsigned char>(c);
    const auto [escape, size] = escape_beyond_ascii(rest);
    if (size != 0) {
      out += escape;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '"' || c == '\\') {
      out += fmt::format("\\{}", c);
    } else if (byte < 0x20 || byte == 0x7F) {
      out += fmt::format("\\x{:02x}", byte);
    } else {
      out += c;
    }
    rest.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return out + "\"";
}

std::string yaml_time(Duration time) {
  if (time.count() % 1'000'000 == 0) return fmt::format("{}s", time.count() / 1'000'000);
  if (time.count() % 1'000 == 0) return fmt::format("{}ms", time.count() / 1'000);
  return fmt::format("{}.{:03}ms", time.count() / 1'000, time.count() % 1'000);
}

}  // namespace

std::string_view name_of(Framing framing) { return name_in(framing, kFramings); }

bool Accepts::takes(std::string_view message) const {
  const auto all = [&](auto&& test) { return std::all_of(message.begin(), message.end(), test); };
  switch (kind) {
    case Kind::kAny:
      return true;
    case Kind::kUtf8:
      return is_utf8(message);
    case Kind::kAscii:
      return all([](char c) { return static_cast<unsigned char>(c) < 0x80; });
    case Kind::kPrintable:
      return all([](char c) { return c >= 0x20 && c <= 0x7E; });
    case Kind::kRegex:
      return is_utf8(message) &&
             re2::RE2::FullMatch(re2::StringPiece(message.data(), message.size()), *compiled_regex);
  }
  return false;
}

std::string Accepts::in_words() const {
  switch (kind) {
    case Kind::kAny:
      return "messages of any bytes";
    case Kind::kUtf8:
      return "UTF-8 messages";
    case Kind::kAscii:
      return "ASCII messages";
    case Kind::kPrintable:
      return "messages of printable ASCII";
    case Kind::kRegex:
      return fmt::format("messages that match /{}/", displayable(regex));
  }
  return {};
}

std::string Accepts::key() const {
  return kind == Kind::kRegex ? regex : std::string(name_in(kind, kAccepts));
}

std::vector<std::string> Profile::restrictions() const {
  std::vector<std::string> words;
  if (accepts.kind != Accepts::Kind::kAny) words.push_back(accepts.in_words());
  if (limits.declared)
    words.push_back(fmt::format("messages of up to {}", size_in_words(limits.message_bytes)));
  if (framing != Framing::kHalfClose && !many()) words.emplace_back("one exchange a connection");
  if (limits.connections < Limits().connections) {
    words.push_back(limits.connections == 1
                        ? std::string("one connection at a time")
                        : fmt::format("{} connections at once", limits.connections));
  }
  if (limits.oversize == Oversize::kAnswer)
    words.emplace_back("any behaviour towards oversized messages");
  if (digest_covers == Covers::kFrame) words.emplace_back("digests that cover the frame");
  if (tls && !tls->verify) words.emplace_back("an unverified TLS certificate");
  return words;
}

Profile parse_profile(const std::string& text, const std::string& file, const std::string& folder) {
  return complete(read_profile(YamlNode::parse(text, file), folder, folder, 0));
}

Profile load_profile(const std::string& name_or_file, const std::string& bundled_folder) {
  const fs::path bundled = fs::path(bundled_folder) / (name_or_file + ".yaml");
  const bool looks_like_file = name_or_file.find('/') != std::string::npos ||
                               name_or_file.ends_with(".yaml") || name_or_file.ends_with(".yml");
  std::error_code ignored;
  fs::path path;
  if (!looks_like_file && is_there(bundled)) {
    path = bundled;
  } else if (looks_like_file || fs::is_regular_file(name_or_file, ignored)) {
    path = name_or_file;
  } else {
    throw InputError({"--profile " + displayable(name_or_file), 0, 0},
                     "no such profile, and no such file" +
                         suggestion(name_or_file, bundled_profiles(bundled_folder)));
  }
  return complete(
      read_profile(YamlNode::load(path.string()), path.parent_path().string(), bundled_folder, 0));
}

std::vector<std::string> bundled_profiles(const std::string& bundled_folder) {
  std::vector<std::string> names;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(bundled_folder, ignored)) {
    if (entry.path().extension() == ".yaml") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end(), [](const std::string& a, const std::string& b) {
    return std::pair(a != "classic", a) < std::pair(b != "classic", b);
  });
  return names;
}

std::string to_yaml(const Profile& p) {
  std::string out = fmt::format("profile: {}\ntitle: {}\nframing: {}\n", p.name,
                                yaml_bytes(p.title), name_of(p.framing));
  if (p.framing == Framing::kDelimited) {
    out += fmt::format("delimiter: {}\noptional_cr: {}\nat_eof: {}\n", yaml_bytes(p.delimiter),
                       p.optional_cr, name_in(p.at_eof, kAtEof));
  }
  if (p.framing == Framing::kLengthPrefixed) {
    out += fmt::format("length: {{bytes: {}, order: {}, counts: {}}}\n", p.length.bytes,
                       name_in(p.length.order, kOrders), name_in(p.length.counts, kCovers));
  }
  out += fmt::format("digest_covers: {}\nrequest: {}\n", name_in(p.digest_covers, kCovers),
                     yaml_bytes(p.request));
  out += p.accepts.kind == Accepts::Kind::kRegex
             ? fmt::format("accepts: {{regex: {}}}\n", yaml_bytes(p.accepts.regex))
             : fmt::format("accepts: {}\n", p.accepts.key());
  out += fmt::format("banner: {}\nreply: {}\nexchanges: {}\n", yaml_bytes(p.banner),
                     yaml_bytes(p.reply.text()), name_in(p.exchanges, kExchanges));
  std::vector<std::string> limits;
  if (p.limits.unlimited) limits.emplace_back("message_bytes: unlimited");
  if (p.limits.declared) limits.push_back(fmt::format("message_bytes: {}", p.limits.message_bytes));
  limits.push_back(fmt::format("connections: {}", p.limits.connections));
  limits.push_back(fmt::format("oversize: {}", name_in(p.limits.oversize, kOversize)));
  out += fmt::format("limits: {{{}}}\n", fmt::join(limits, ", "));
  out += fmt::format("timeouts: {{connect: {}, reply: {}, close: {}, quiet: {}, pause: {}}}\n",
                     yaml_time(p.timeouts.connect), yaml_time(p.timeouts.reply),
                     yaml_time(p.timeouts.close), yaml_time(p.timeouts.quiet),
                     yaml_time(p.timeouts.pause));
  if (p.tls) {
    out += fmt::format("tls: {{server_name: {}, verify: {}", yaml_bytes(p.tls->server_name),
                       p.tls->verify);
    if (!p.tls->ca.empty()) out += fmt::format(", ca: {}", yaml_bytes(p.tls->ca));
    if (!p.tls->client_cert.empty()) {
      out += fmt::format(", client_cert: {}, client_key: {}", yaml_bytes(p.tls->client_cert),
                         yaml_bytes(p.tls->client_key));
    }
    out += "}\n";
  }
  return out;
}

void scale_timeouts(double factor, Timeouts* timeouts) {
  for (Duration* time :
       {&timeouts->connect, &timeouts->reply, &timeouts->close, &timeouts->quiet}) {
    const double scaled = static_cast<double>(time->count()) * factor;
    *time = Duration(
        static_cast<Duration::rep>(std::clamp(scaled, static_cast<double>(kShortestTime.count()),
                                              static_cast<double>(kLongestTime.count()))));
  }
}

}  // namespace md5spec
