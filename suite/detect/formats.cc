#include "detect/formats.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "target/framing.h"

namespace md5spec {
namespace {

using namespace std::string_literals;

// Shorter ones first where they stand in longer ones: see polyglot(). LF isn't among them.
const std::vector<std::string>& rare_delimiters() {
  static const std::vector<std::string> delimiters = {
      "\0"s,  ";",    "|",     "\t",       ",",         ".",     "$",      "#",
      " ",    "\x03", "\x04",  "\x17",     "\x1e",      "\x1f",  "\xff",   "\r",
      "\r\n", "\n\n", "\0\0"s, "\r\n\r\n", "\r\n.\r\n", "<EOF>", "<|EOM|>"};
  return delimiters;
}

const std::vector<std::string> kVerbs = {"md5 ", "MD5 ", "hash ", "HASH ", "get ", "GET "};

const std::vector<std::string> kWords = {"hotel",   "lima",    "oscar",  "papa", "romeo", "tango",
                                         "uniform", "whiskey", "yankee", "zulu", "alpha", "bravo",
                                         "echo",    "delta",   "india",  "kilo", "mike",  "golf",
                                         "foxtrot", "charlie", "juliet", "xray", "quebec"};

Format of(Framing framing) {
  Format format;
  format.profile.framing = framing;
  if (framing == Framing::kHalfClose) format.profile.exchanges = Exchanges::kOne;
  return format;
}

template <typename Change>
void with(std::vector<Format>* formats, Change change) {
  const std::size_t count = formats->size();
  for (std::size_t i = 0; i < count; ++i) {
    Format changed = (*formats)[i];
    if (change(&changed)) formats->push_back(std::move(changed));
  }
}

bool with_one_exchange(Format* format) {
  if (!format->profile.many()) return false;
  format->profile.exchanges = Exchanges::kOne;
  return true;
}

bool with_frame_digest(Format* format) {
  if (format->profile.optional_cr) return false;  // nothing would show it
  format->profile.digest_covers = Covers::kFrame;
  return true;
}

std::vector<Format> delimited_by(const std::string& delimiter) {
  Format plain = of(Framing::kDelimited);
  plain.profile.delimiter = delimiter;
  std::vector<Format> formats = {plain};
  with(&formats, [](Format* f) { return f->profile.optional_cr = f->profile.delimiter == "\n"; });
  with(&formats, [](Format* f) {
    f->profile.at_eof = AtEof::kAnswer;
    return true;
  });
  with(&formats, with_one_exchange);
  return formats;
}

std::vector<Format> length_prefixed() {
  std::vector<Format> formats;
  for (const int bytes : {4, 2, 8, 1}) {
    for (const ByteOrder order : {ByteOrder::kBig, ByteOrder::kLittle}) {
      if (bytes == 1 && order == ByteOrder::kLittle) continue;
      for (const Covers counts : {Covers::kMessage, Covers::kFrame}) {
        Format format = of(Framing::kLengthPrefixed);
        format.profile.length = {bytes, order, counts};
        formats.push_back(format);
      }
    }
  }
  with(&formats, with_one_exchange);
  with(&formats, with_frame_digest);
  return formats;
}

void append(std::vector<Format>* all, const std::vector<Format>& more) {
  all->insert(all->end(), more.begin(), more.end());
}

// One message each for nearly all delimiters: a server cuts at the first that it knows.
Probe polyglot() {
  std::string bytes;
  for (std::size_t i = 0; i < rare_delimiters().size(); ++i)
    bytes += kWords[i] + rare_delimiters()[i];
  return {{{bytes}}};
}

// What came, to be compared with what would be due.
class Replies {
 public:
  explicit Replies(const Observation& seen) : seen_(seen), sightings_(sightings_in(seen)) {
    // What wasn't carried out brought nothing: the connection had ended by then.
    sightings_.resize(seen.probe.steps.size());
    const bool all_done = seen.came.size() == seen.probe.steps.size();
    const bool ended =
        seen.end == Observation::End::kOrderly || seen.end == Observation::End::kReset;
    hung_up_ = ended && !(all_done && seen.probe.steps.back().half_close);
  }

  bool fit(const std::vector<std::vector<DueReply>>& due) const {
    bool gone = false;
    for (std::size_t step = 0; step < due.size(); ++step) {
      if (!fits(step, due[step], &gone)) return false;
    }
    return true;
  }

 private:
  bool fits(std::size_t step, const std::vector<DueReply>& due, bool* gone) const {
    const std::vector<Sighting>& came = sightings_[step];
    const bool said_something = step < seen_.came.size() && !seen_.came[step].empty();
    std::size_t next = 0;
    for (const DueReply& reply : due) {
      if (next < came.size() && came[next].digest == reply.digest) {
        ++next;
      } else if ((hung_up_ || said_something) && !is_plain(reply.message)) {
        *gone = hung_up_;  // refused, and with it perhaps all that follows
      } else if (!*gone) {
        return false;
      }
    }
    return next == came.size();
  }

  static bool is_plain(std::string_view message) {
    return std::all_of(message.begin(), message.end(),
                       [](char c) { return c >= 0x20 && c <= 0x7E; });
  }

  const Observation& seen_;
  std::vector<std::vector<Sighting>> sightings_;
  bool hung_up_ = false;  // the server, before it was told that nothing more would come
};

Probe frames(const std::string& first, const std::string& cut, const std::string& rest) {
  return {{{first + cut}, {rest}, {"", true}}};
}

}  // namespace

std::vector<Format> known_formats() {
  std::vector<Format> unframed = {of(Framing::kUnframed)};
  with(&unframed, with_one_exchange);
  std::vector<Format> all = unframed;
  all.push_back(of(Framing::kHalfClose));
  std::vector<Format> delimited = delimited_by("\n");
  for (const std::string& delimiter : rare_delimiters())
    append(&delimited, delimited_by(delimiter));
  with(&delimited, with_frame_digest);
  append(&all, delimited);
  append(&all, length_prefixed());
  std::vector<Format> requests = unframed;
  append(&requests, delimited_by("\n"));
  append(&requests, delimited_by("\r\n"));
  for (const std::string& verb : kVerbs) {
    for (Format format : requests) {
      format.profile.request = verb + "{message}";
      all.push_back(std::move(format));
    }
  }
  with(&all, [](Format* f) {
    // With an optional CR or without, what is trimmed away looks the same.
    if (f->profile.framing == Framing::kLengthPrefixed || f->profile.optional_cr ||
        f->profile.digest_covers == Covers::kFrame)
      return false;
    return f->trims = true;
  });
  return all;
}

std::vector<Probe> repertoire() {
  const std::string letters = "abcdefghijklmn";
  const std::string zeros(7, '\0');
  std::vector<Probe> probes = {
      {{{"hello"}, {"\n"}, {"", true}}},
      {{{zeros.substr(0, 3) + '\x0e' + letters}}},
      {{{'\x0e' + zeros + letters}}},  // every little-endian length finds an end of its own here
      polyglot(),
      {{{"\0\x0e"s + letters}}},
      {{{zeros + '\x0e' + letters}}},
      {{{"sierra"}, {"victoria"}}},
      {{{"alpha\nbr"}, {"avo\n"}, {"charlie\r\n"}, {"delta", true}}},
      {{{"papa", true}}},
      {{{"charlie\r\n"}}},
  };
  for (const std::string& verb : kVerbs) probes.push_back({{{verb + "oscar\r\n"}}, true});
  std::vector<std::string> delimiters = rare_delimiters();
  delimiters.emplace_back("\n");
  for (const std::string& delimiter : delimiters) {
    probes.push_back(frames("quebec" + delimiter, "nov", "ember" + delimiter));
    probes.push_back({{{"uniform" + delimiter}, {"papa", true}}});
  }
  for (const Format& format : known_formats()) {
    const bool has_verb = format.profile.request != "{message}";
    if (!has_verb && format.profile.framing != Framing::kLengthPrefixed) continue;
    probes.push_back(confirming_probe(format));
    probes.back().for_talkers = has_verb;
    if (!has_verb) continue;
    // A delimiter's end of stream, where one exchange is all that there is.
    probes.push_back({{{frame_for(format.profile, 5).head + "tango", true}}, true});
  }
  // White space at both ends, within every framing that it doesn't end.
  probes.push_back({{{" xray "}}});
  for (const std::string& delimiter : delimiters) {
    const char* const blank = delimiter == "\t" ? " " : "\t";
    probes.push_back({{{fmt::format("{}zulu \v{}", blank, delimiter)}}});
  }
  for (const std::string& verb : kVerbs) probes.push_back({{{verb + " zulu \v\r\n"}}, true});
  return probes;
}

Probe confirming_probe(const Format& format) {
  const Profile& profile = format.profile;
  const auto framed = [&](const std::string& message) {
    const Frame frame = frame_for(profile, message.size());
    return frame.head + message + frame.tail;
  };
  const std::string second = framed("november");
  switch (profile.framing) {
    case Framing::kUnframed:
      return {{{framed("quebec")}, {second}, {"", true}}};
    case Framing::kHalfClose:
      return frames("quebec", "", "november");
    case Framing::kDelimited: {
      // Inside the delimiter where it has several bytes, otherwise inside the message.
      const std::size_t cut = second.size() - (profile.delimiter.size() > 1 ? 1 : 4);
      return frames(framed("quebec"), second.substr(0, cut), second.substr(cut));
    }
    case Framing::kLengthPrefixed:
      return frames(framed("quebec"), second.substr(0, second.size() - 4),
                    second.substr(second.size() - 4));
  }
  return {};
}

std::vector<std::vector<Sighting>> sightings_in(const Observation& seen) {
  std::vector<std::vector<Sighting>> all;
  std::string sent;
  for (std::size_t step = 0; step < seen.came.size(); ++step) {
    sent += seen.probe.steps[step].bytes;
    all.push_back(Stretches(sent).seen_in(seen.came[step]));
  }
  return all;
}

bool answers_with_digests(const Observation& seen) {
  const auto sightings = sightings_in(seen);
  return std::any_of(sightings.begin(), sightings.end(),
                     [](const auto& step) { return !step.empty(); });
}

std::vector<Format> explaining(const std::vector<Format>& formats, const Observation& seen) {
  const Replies replies(seen);
  std::vector<Format> left;
  std::copy_if(formats.begin(), formats.end(), std::back_inserter(left),
               [&](const Format& format) { return replies.fit(imagine(format, seen.probe)); });
  return left;
}

std::optional<Probe> next_probe(const std::vector<Format>& formats, const std::vector<Probe>& done,
                                bool talkative) {
  if (formats.size() < 2) return std::nullopt;
  static const std::vector<Probe> all = repertoire();
  const auto digests = [](const Format& format, const Probe& probe) {
    std::vector<std::vector<Digest>> per_step;
    for (const auto& replies : imagine(format, probe)) {
      per_step.emplace_back();
      for (const DueReply& reply : replies) per_step.back().push_back(reply.digest);
    }
    return per_step;
  };
  for (const Probe& probe : all) {
    if (probe.for_talkers && !talkative) continue;
    if (std::find(done.begin(), done.end(), probe) != done.end()) continue;
    const auto first = digests(formats.front(), probe);
    const bool tells = std::any_of(formats.begin() + 1, formats.end(), [&](const Format& format) {
      return digests(format, probe) != first;
    });
    if (tells) return probe;
  }
  return std::nullopt;
}

bool any_answers(const std::vector<Format>& formats, const Probe& probe, std::size_t step) {
  return std::any_of(formats.begin(), formats.end(),
                     [&](const Format& format) { return !imagine(format, probe)[step].empty(); });
}

}  // namespace md5spec
