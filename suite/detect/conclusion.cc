#include "detect/conclusion.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "text/bytes.h"

namespace md5spec {
namespace {

constexpr Duration kSlow = std::chrono::milliseconds(400);
constexpr int kMargin = 5;  // how much slower than ever seen a reply may be

// A profile's keys with their values, as its file has them.
std::vector<std::pair<std::string, std::string>> lines_of(const Profile& profile) {
  std::vector<std::pair<std::string, std::string>> lines;
  const std::string text = to_yaml(profile);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    const std::string line = text.substr(at, end - at);
    const std::size_t colon = line.find(": ");
    lines.emplace_back(line.substr(0, colon), line.substr(colon + 2));
    at = end + 1;
  }
  return lines;
}

std::string value_of(const Profile& profile, const std::string& key) {
  for (const auto& [name, value] : lines_of(profile)) {
    if (name == key) return value;
  }
  return {};
}

std::size_t unexplained(const Format& format, const std::vector<Observation>& seen) {
  return static_cast<std::size_t>(std::count_if(
      seen.begin(), seen.end(),
      [&](const Observation& observation) { return explaining({format}, observation).empty(); }));
}

class Verdict {
 public:
  Verdict(const std::vector<Format>& formats, const std::vector<Observation>& seen,
          const std::optional<ReplyTemplate>& reply, const Trials& trials)
      : formats_(formats),
        best_(formats.front()),
        seen_(seen),
        reply_(reply),
        trials_(trials),
        unexplained_(unexplained(best_, seen)),
        confirmed_(is_confirmed(best_, seen)) {}

  Conclusion reach() {
    fill_profile();
    conclusion_.doubts = doubts();
    for (const auto& [key, value] : lines_of(conclusion_.profile)) {
      if (key == "profile" || key == "title") continue;
      KeyFinding finding = found(key);
      finding.key = key;
      finding.value = value;
      conclusion_.keys.push_back(std::move(finding));
    }
    return std::move(conclusion_);
  }

 private:
  void fill_profile() {
    Profile& profile = conclusion_.profile;
    profile = best_.profile;
    profile.name = "detected";
    profile.title = "Found by probing";
    if (reply_) profile.reply = *reply_;
    profile.banner = seen_.empty() ? "" : seen_.front().banner;
    profile.accepts = trials_.accepts;
    if (profile.framing == Framing::kUnframed) {
      profile.limits.declared = true;
      profile.limits.message_bytes = trials_.split.value_or(1024);
    }
    const bool fewer = trials_.more_refused && trials_.connections > 0;
    if (fewer) profile.limits.connections = trials_.connections;
    for (const Observation& one : seen_) slowest_ = std::max(slowest_, one.slowest);
    if (slowest_ > kSlow) {
      const auto seconds = slowest_ * kMargin / std::chrono::seconds(1) + 1;
      profile.timeouts.reply =
          std::max(profile.timeouts.reply, Duration(std::chrono::seconds(seconds)));
    }
  }

  std::vector<std::string> doubts() const {
    std::vector<std::string> list;
    if (best_.trims)
      list.emplace_back("it takes white space off a message's ends: DIG-2 will fail");
    if (unexplained_ > 0)
      list.push_back(fmt::format("{} of {} conversations went otherwise than this format explains",
                                 unexplained_, seen_.size()));
    if (!reply_) list.emplace_back("no template fits all of its replies: REP-2 will fail");
    if (trials_.empty == Trials::Answer::kWrong)
      list.emplace_back("its reply to the empty message isn't that one's: DIG-3 will fail");
    if (trials_.empty == Trials::Answer::kRefused)
      list.emplace_back("the empty message got no reply: DIG-3 will fail");
    if (trials_.binary == Trials::Answer::kWrong)
      list.emplace_back(
          "its reply to bytes that aren't UTF-8 is another message's: DIG-2 will fail");
    const bool same_banner = std::all_of(seen_.begin(), seen_.end(), [&](const Observation& o) {
      return o.banner == seen_.front().banner;
    });
    if (!same_banner)
      list.emplace_back("its banner isn't always the same, which no profile can say");
    return list;
  }

  // How sure a key is that tells the framing.
  KeyFinding framing_key(const std::string& key, const std::string& because) const {
    std::set<std::string> values;
    for (const Format& format : formats_) values.insert(value_of(format.profile, key));
    if (values.size() > 1) {
      return {"", "", Certainty::kLikely, "others explain all that was seen as well"};
    }
    if (unexplained_ > 0)
      return {"", "", Certainty::kLikely, "explains the most, but not all that was seen"};
    if (!confirmed_) return {"", "", Certainty::kLikely, "seen once only"};
    return {"", "", Certainty::kSure, because};
  }

  KeyFinding found(const std::string& key) const {
    const Profile& profile = conclusion_.profile;
    if (key == "framing")
      return framing_key(key, "no other explains which bytes its digests are of");
    if (key == "delimiter")
      return framing_key(key, "digests came just when it had, and were of what stands before");
    if (key == "optional_cr")
      return framing_key(key, profile.optional_cr ? "\"\\r\\n\" ended a message without its \"\\r\""
                                                  : "a \"\\r\" was part of the message");
    if (key == "at_eof")
      return framing_key(key, profile.at_eof == AtEof::kAnswer
                                  ? "a message cut off by end of stream was answered"
                                  : "a message cut off by end of stream got no digest");
    if (key == "length") return framing_key(key, "digests were of just as many bytes as it said");
    if (key == "digest_covers")
      return framing_key(key, profile.digest_covers == Covers::kFrame
                                  ? "the digests were of all bytes that were sent for a message"
                                  : "the digests were of messages alone");
    if (key == "request")
      return framing_key(key, profile.request == "{message}"
                                  ? "messages were answered as they are"
                                  : "messages were answered with these words around them");
    if (key == "exchanges") {
      if (profile.framing == Framing::kHalfClose)
        return framing_key(key, "half-close ends its one message");
      return framing_key(key, profile.many() ? "several messages on a connection were answered"
                                             : "only the first message on a connection was");
    }
    if (key == "banner") return banner();
    if (key == "reply") return reply();
    if (key == "accepts") return accepts();
    if (key == "limits") return limits();
    if (key == "timeouts" && profile.timeouts.reply != Timeouts().reply)
      return {"", "", Certainty::kLikely,
              fmt::format("a reply took {} ms", slowest_ / std::chrono::milliseconds(1))};
    return {"", "", Certainty::kAssumed, "the default"};
  }

  KeyFinding banner() const {
    const std::string& banner = conclusion_.profile.banner;
    const bool same = std::all_of(seen_.begin(), seen_.end(),
                                  [&](const Observation& o) { return o.banner == banner; });
    if (!same) return {"", "", Certainty::kLikely, "it isn't always the same"};
    return {"", "", seen_.size() > 1 ? Certainty::kSure : Certainty::kLikely,
            banner.empty() ? "nothing came before something was sent"
                           : fmt::format("came first on {} connections", seen_.size())};
  }

  KeyFinding reply() const {
    const auto samples = samples_in(best_, seen_);
    std::set<std::string> messages;
    for (const ReplySample& sample : samples) messages.insert(sample.message);
    if (!reply_) return {"", "", Certainty::kLikely, "no template fits all replies"};
    if (messages.size() < 2)
      return {"", "", Certainty::kLikely, "fits the only reply that was seen alone"};
    return {"", "", Certainty::kSure,
            fmt::format("fits the replies to {} different messages", messages.size())};
  }

  KeyFinding accepts() const {
    switch (trials_.binary) {
      case Trials::Answer::kUntried:
        return {"", "", Certainty::kAssumed, "not tried"};
      case Trials::Answer::kRight:
        return {"", "", Certainty::kSure, "bytes that aren't UTF-8 were answered"};
      case Trials::Answer::kWrong:
        return {"", "", Certainty::kLikely, "bytes that aren't UTF-8 got a reply, but a wrong one"};
      case Trials::Answer::kRefused:
        break;
    }
    return {"", "", Certainty::kLikely, "messages of other bytes got no reply"};
  }

  KeyFinding limits() const {
    std::vector<std::string> words;
    bool certain = true;
    if (best_.profile.framing == Framing::kUnframed) {
      certain = trials_.split_seen;
      if (!trials_.split) {
        words.emplace_back("message_bytes wasn't to be found out");
      } else if (trials_.split_seen) {
        words.push_back(
            fmt::format("a longer write was cut after {}", size_in_words(*trials_.split)));
      } else {
        words.push_back(fmt::format("a write of {} was one message, and no longer one was tried",
                                    size_in_words(*trials_.split)));
      }
    }
    if (trials_.more_refused) {
      words.push_back(fmt::format("{} at once got no reply", trials_.connections + 1));
    } else {
      certain = false;
      words.push_back(trials_.connections > 0
                          ? fmt::format("{} connections at once were served; more weren't tried",
                                        trials_.connections)
                          : std::string("connections at once weren't tried"));
    }
    std::string because;
    for (const std::string& word : words) because += (because.empty() ? "" : "; ") + word;
    const bool anything = trials_.split || trials_.connections > 0;
    return {"", "",
            certain    ? Certainty::kSure
            : anything ? Certainty::kLikely
                       : Certainty::kAssumed,
            because};
  }

  const std::vector<Format>& formats_;
  const Format& best_;
  const std::vector<Observation>& seen_;
  const std::optional<ReplyTemplate>& reply_;
  const Trials& trials_;
  std::size_t unexplained_;
  bool confirmed_;
  Duration slowest_{};
  Conclusion conclusion_;
};

}  // namespace

std::string_view name_of(Certainty certainty) {
  switch (certainty) {
    case Certainty::kSure:
      return "sure";
    case Certainty::kLikely:
      return "likely";
    case Certainty::kAssumed:
      return "assumed";
  }
  return "assumed";
}

std::vector<ReplySample> samples_in(const Format& format, const std::vector<Observation>& seen) {
  std::vector<ReplySample> samples;
  for (const Observation& one : seen) {
    const auto due = imagine(format, one.probe);
    const auto sightings = sightings_in(one);
    for (std::size_t step = 0; step < sightings.size(); ++step) {
      const bool alone = due[step].size() == 1 && sightings[step].size() == 1 &&
                         due[step].front().digest == sightings[step].front().digest;
      if (alone)
        samples.push_back({due[step].front().message, due[step].front().digest, one.came[step]});
    }
  }
  return samples;
}

bool is_confirmed(const Format& format, const std::vector<Observation>& seen) {
  std::size_t connections = 0;
  for (const Observation& one : seen) {
    if (explaining({format}, one).empty()) continue;
    std::size_t replies = 0;
    for (const auto& step : imagine(format, one.probe)) replies += step.size();
    if (replies > 0) ++connections;
    if (replies > 1) return true;
  }
  return connections > 1;
}

Conclusion conclude(const std::vector<Format>& formats, const std::vector<Observation>& seen,
                    const std::optional<ReplyTemplate>& reply, const Trials& trials) {
  return Verdict(formats, seen, reply, trials).reach();
}

}  // namespace md5spec
