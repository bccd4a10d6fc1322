#include "catalogue/condition.h"

#include <algorithm>

namespace md5spec {
namespace {

constexpr std::uint64_t kLargeLimit = std::uint64_t{256} << 20U;

struct Condition {
  std::string_view name;
  bool (*holds)(const Profile&, const RunFacts&);
  std::string_view otherwise;
};

bool delimited(const Profile& p) { return p.framing == Framing::kDelimited; }
bool prefixed(const Profile& p) { return p.framing == Framing::kLengthPrefixed; }
bool half_close(const Profile& p) { return p.framing == Framing::kHalfClose; }

const std::vector<Condition>& conditions() {
  static const std::vector<Condition> all = {
      {"framed", [](const Profile& p, const RunFacts&) { return p.framed(); },
       "not for unframed messages"},
      {"unframed", [](const Profile& p, const RunFacts&) { return !p.framed(); },
       "for unframed messages only"},
      {"half_close", [](const Profile& p, const RunFacts&) { return half_close(p); },
       "for messages ended by half-close only"},
      {"not_half_close", [](const Profile& p, const RunFacts&) { return !half_close(p); },
       "not for messages ended by half-close"},
      {"delimited", [](const Profile& p, const RunFacts&) { return delimited(p); },
       "for delimited messages only"},
      {"length_prefixed", [](const Profile& p, const RunFacts&) { return prefixed(p); },
       "for length-prefixed messages only"},
      {"many", [](const Profile& p, const RunFacts&) { return p.many(); },
       "the profile has one exchange a connection"},
      {"one", [](const Profile& p, const RunFacts&) { return !p.many(); },
       "the profile has many exchanges a connection"},
      {"pipelining", [](const Profile& p, const RunFacts&) { return p.can_pipeline(); },
       "under the profile messages can't be pipelined"},
      {"several_connections",
       [](const Profile& p, const RunFacts&) { return p.limits.connections > 1; },
       "the profile claims one connection at a time"},
      {"hex_reply",
       [](const Profile& p, const RunFacts&) {
         return p.reply.encoding() != Encoding::kBase64 && p.reply.encoding() != Encoding::kRaw;
       },
       "the profile's replies aren't in hex"},
      {"split_boundary",
       [](const Profile& p, const RunFacts&) {
         return (delimited(p) && (p.delimiter.size() > 1 || p.optional_cr)) ||
                (prefixed(p) && p.length.bytes > 1);
       },
       "the profile has no delimiter or length of several bytes"},
      {"cut_message_is_incomplete",
       [](const Profile& p, const RunFacts&) {
         return (delimited(p) && p.at_eof == AtEof::kDiscard) || prefixed(p);
       },
       "under the profile a message that is cut off can't be told from a whole one"},
      {"eof_ends_message",
       [](const Profile& p, const RunFacts&) { return p.end_of_stream_completes(); },
       "under the profile end of stream doesn't complete a message"},
      {"declared_limit", [](const Profile& p, const RunFacts&) { return p.limits.declared; },
       "the profile declares no limits.message_bytes"},
      {"oversize_close",
       [](const Profile& p, const RunFacts&) { return p.limits.oversize == Oversize::kClose; },
       "the profile leaves open what becomes of oversized messages"},
      {"limit_of_256MiB",
       [](const Profile& p, const RunFacts&) {
         return !p.limits.declared || p.limits.message_bytes >= kLargeLimit;
       },
       "the profile's limit is below 256 MiB"},
      {"plain_tcp", [](const Profile& p, const RunFacts&) { return !p.tls.has_value(); },
       "the profile uses TLS"},
      {"tls", [](const Profile& p, const RunFacts&) { return p.tls.has_value(); },
       "the profile doesn't use TLS"},
      {"started", [](const Profile&, const RunFacts& f) { return f.started; },
       "md5spec didn't start the server itself (--start)"},
  };
  return all;
}

}  // namespace

const std::vector<std::string>& condition_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const Condition& condition : conditions()) all.emplace_back(condition.name);
    return all;
  }();
  return names;
}

std::optional<std::string> unmet(std::string_view condition, const Profile& profile,
                                 const RunFacts& facts) {
  const auto found = std::find_if(conditions().begin(), conditions().end(),
                                  [&](const Condition& c) { return c.name == condition; });
  if (found->holds(profile, facts)) return std::nullopt;
  return std::string(found->otherwise);
}

}  // namespace md5spec
