#include "judge/reply_look.h"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "judge/digest_forms.h"
#include "text/bytes.h"

namespace md5spec {
namespace {

constexpr std::size_t kMostSearched = 8192;  // of what comes beyond the expected size
constexpr std::size_t kMostShown = 40;

// A reply to be looked at.
struct Sight {
  const Profile& profile;
  const ExpectedReply& expected;
  std::string_view received;
  std::string_view text;    // as much of it as is searched
  std::string_view middle;  // the text without those of the declared surroundings that are there
  bool surrounded;          // both are
  std::string due;          // the right digest as declared
};

Sight sight_of(const Profile& profile, const ExpectedReply& expected, std::string_view received) {
  const std::string_view text = received.substr(0, expected.size() + kMostSearched);
  std::string_view middle = text;
  const bool before = middle.starts_with(expected.before);
  if (before) middle.remove_prefix(expected.before.size());
  const bool after = text.size() == received.size() && middle.ends_with(expected.after);
  if (after) middle.remove_suffix(expected.after.size());
  return {profile,
          expected,
          received,
          text,
          middle,
          before && after,
          encode(expected.digest, expected.encoding)};
}

bool is_hex(Encoding encoding) {
  return encoding != Encoding::kBase64 && encoding != Encoding::kRaw;
}

std::string bytes_in_words(std::size_t n) { return fmt::format("{} byte{}", n, n == 1 ? "" : "s"); }

// --- what stands around a digest ---

std::string named(std::string_view bytes) {
  if (bytes == "\n") return "a newline";
  if (bytes == "\r") return "a carriage return";
  if (bytes == "\r\n") return "a carriage return and a newline";
  if (bytes == " ") return "a blank";
  if (bytes == std::string_view("\0", 1)) return "a zero byte";
  return in_quotes(bytes, kMostShown);
}

std::string replaced(std::string_view got, std::string_view due, std::string_view verb) {
  if (std::max(got.size(), due.size()) <= kMostShown) {
    return fmt::format("{} {} instead of {}", verb, named(got), named(due));
  }
  const auto differ = std::mismatch(got.begin(), got.end(), due.begin(), due.end());
  const auto at = static_cast<std::size_t>(differ.first - got.begin());
  return fmt::format("{} other bytes than declared, from byte {} on: {} instead of {}", verb,
                     at + 1, in_quotes(got.substr(at), kMostShown),
                     in_quotes(due.substr(at), kMostShown));
}

std::string too_many(std::string_view extra, std::string_view where) {
  return fmt::format("{} too many {}: {}", bytes_in_words(extra.size()), where,
                     in_quotes(extra, kMostShown));
}

std::string before_in_words(std::string_view got, std::string_view due) {
  if (got == due) return {};
  if (got.ends_with(due)) return too_many(got.substr(0, got.size() - due.size()), "before it");
  if (got.starts_with(due)) return too_many(got.substr(due.size()), "before it");
  if (got.empty()) return fmt::format("without {} before it", named(due));
  return replaced(got, due, "preceded by");
}

std::string behind_in_words(std::string_view got, std::string_view due) {
  if (got == due) return {};
  if (got.starts_with(due)) return too_many(got.substr(due.size()), "behind it");
  if (got.empty()) return fmt::format("without {} behind it", named(due));
  return replaced(got, due, "followed by");
}

// Surroundings that have a name.
struct Wrapping {
  std::string_view before;
  std::string_view behind;
  std::string_view words;
};
constexpr Wrapping kWrappings[] = {
    {"b'", "'", "in Python's b'…'"},    {"b\"", "\"", "in Python's b\"…\""},
    {"\"", "\"", "in double quotes"},   {"'", "'", "in single quotes"},
    {"0x", "", "with 0x before it"},    {"\xEF\xBB\xBF", "", "with a byte order mark before it"},
    {"", "  -", "as md5sum prints it"},
};

std::string wrapping_in_words(const Sight& sight, std::string_view before,
                              std::string_view behind) {
  const ExpectedReply& expected = sight.expected;
  for (const Wrapping& wrapping : kWrappings) {
    if (before == expected.before + std::string(wrapping.before) &&
        behind == std::string(wrapping.behind) + expected.after) {
      return std::string(wrapping.words);
    }
  }
  if (before.starts_with("HTTP/")) return "inside an HTTP response";
  return {};
}

// What is wrong with what stands before received[begin] and from received[end] on, as it goes on
// behind "the digest"; empty if nothing is.
std::string surroundings_in_words(const Sight& sight, std::size_t begin, std::size_t end) {
  const ExpectedReply& expected = sight.expected;
  const std::string_view before = sight.received.substr(0, begin);
  const std::string_view behind = sight.received.substr(end);
  if (before == expected.before && behind == expected.after) return {};
  if (std::string words = wrapping_in_words(sight, before, behind); !words.empty())
    return ", " + words;
  if (before == expected.before && behind == expected.after + expected.bytes()) {
    return ", but the whole reply came twice";
  }
  const std::string& banner = sight.profile.banner;
  std::string first = !banner.empty() && before == banner + expected.before
                          ? "with the banner once more before it"
                          : before_in_words(before, expected.before);
  const std::string second = behind_in_words(behind, expected.after);
  if (!first.empty() && !second.empty()) first += "; and ";
  return ", but " + first + second;
}

// --- the looks, one function each; nothing if it's another ---

using Found = std::optional<ReplyLook>;

Found exact(const Sight& sight) {
  if (sight.received.size() != sight.expected.size() || !sight.expected.begins(sight.received))
    return {};
  return ReplyLook{Look::kExact, "the expected reply", sight.expected.digest};
}

Found right_digest_as_declared(const Sight& sight) {
  std::size_t begin = sight.text.find(sight.due);
  if (sight.expected.encoding == Encoding::kAnyHex) {
    const auto digits = find_hex(sight.text, sight.expected.digest);
    begin = digits && !digits->apart ? digits->begin : std::string_view::npos;
  }
  if (begin == std::string_view::npos) return {};
  return ReplyLook{
      Look::kSurplus,
      "the right digest" + surroundings_in_words(sight, begin, begin + sight.due.size()),
      sight.expected.digest};
}

// What the reply before has had too many stands before this one, and pushes as much of it out.
Found right_reply_pushed_back(const Sight& sight) {
  constexpr std::size_t kMostPushed = 8;
  if (sight.received.size() != sight.expected.size()) return {};
  for (std::size_t extra = 1; extra <= std::min(kMostPushed, sight.received.size() / 2); ++extra) {
    if (!sight.expected.may_become(sight.received.substr(extra))) continue;
    return ReplyLook{
        Look::kSurplus,
        "the right reply, but " + too_many(sight.received.substr(0, extra), "before it"),
        std::nullopt};
  }
  return {};
}

Found one_of(const std::vector<DigestForm>& forms, const Sight& sight, Look look) {
  for (const DigestForm& form : forms) {
    const std::size_t begin = sight.text.find(form.text);
    if (begin == std::string_view::npos) continue;
    return ReplyLook{look,
                     fmt::format("the right digest {}{}", form.words,
                                 surroundings_in_words(sight, begin, begin + form.text.size())),
                     sight.expected.digest};
  }
  return {};
}

Found right_digest_sign_extended(const Sight& sight) {
  const Look look = is_hex(sight.expected.encoding) ? Look::kSurplus : Look::kOtherEncoding;
  return one_of(sign_extended_forms(sight.expected.digest), sight, look);
}

Found right_digest_as_text(const Sight& sight) {
  if (sight.expected.encoding != Encoding::kRaw) return {};
  return one_of(text_mode_forms(sight.expected.digest), sight, Look::kSurplus);
}

Found right_digest_otherwise(const Sight& sight) {
  return one_of(unusual_forms(sight.expected.digest), sight, Look::kOtherEncoding);
}

// Calls take(begin, end) for what may be hex digits: what the declared surroundings leave, then
// each run of digits.
template <typename Take>
void for_each_hex_run(const Sight& sight, Take take) {
  const auto is_digit = [](char c) {
    return std::string_view("0123456789abcdefABCDEF").find(c) != std::string_view::npos;
  };
  if (sight.surrounded && std::all_of(sight.middle.begin(), sight.middle.end(), is_digit)) {
    const std::size_t begin = sight.expected.before.size();
    take(begin, begin + sight.middle.size());
  }
  for (auto at = sight.text.begin(); at != sight.text.end();) {
    const auto begin = std::find_if(at, sight.text.end(), is_digit);
    at = std::find_if_not(begin, sight.text.end(), is_digit);
    if (begin == at) break;
    take(static_cast<std::size_t>(begin - sight.text.begin()),
         static_cast<std::size_t>(at - sight.text.begin()));
  }
}

// The words for hex digits that are the right digest's but for zeros; empty if they aren't.
std::string missing_zeros(std::string_view digits, const std::vector<DigestForm>& forms,
                          const Digest& digest) {
  const auto same = [](char a, char b) { return a == b || (b >= 'a' && a == b - ('a' - 'A')); };
  for (const DigestForm& form : forms) {
    if (std::equal(digits.begin(), digits.end(), form.text.begin(), form.text.end(), same)) {
      return form.words;
    }
  }
  if (!lacks_only_zeros(digits, digest)) return {};
  return fmt::format("without {} of its zeros", 32 - digits.size());
}

bool is_cut_off(std::string_view digits, std::string_view due) {
  return digits.size() < due.size() && due.starts_with(digits) && digits.size() * 2 >= due.size();
}

// The same, unless only zeros are missing, of a reply that may be over: that these weren't printed
// is more likely then.
bool is_cut_off_by_more_than_zeros(std::string_view digits, const Sight& sight) {
  if (!is_cut_off(digits, sight.due)) return false;
  const bool stops = !sight.expected.after.empty() && sight.expected.may_become(sight.received);
  return stops || sight.due.find_first_not_of('0', digits.size()) != std::string_view::npos;
}

Found right_digest_without_zeros(const Sight& sight) {
  const auto forms = zeros_missing_forms(sight.expected.digest);
  Found found;
  for_each_hex_run(sight, [&](std::size_t begin, std::size_t end) {
    const std::string_view digits = sight.text.substr(begin, end - begin);
    if (found || digits.size() < 16 || is_cut_off_by_more_than_zeros(digits, sight)) return;
    std::string words = missing_zeros(digits, forms, sight.expected.digest);
    if (words.empty()) return;
    const bool hex_due = is_hex(sight.expected.encoding);
    const LetterCase letters = letter_case_of(digits);
    const bool other_case = hex_due && sight.expected.encoding != Encoding::kAnyHex &&
                            letters != LetterCase::kNone && letters != letter_case_of(sight.due);
    if (other_case) words += fmt::format(" and {}", in_words(letters));
    words = fmt::format("the right digest {}{}{}", hex_due ? "" : "in hex, ", words,
                        surroundings_in_words(sight, begin, end));
    found = ReplyLook{hex_due ? Look::kZerosMissing : Look::kOtherEncoding, words,
                      sight.expected.digest};
  });
  return found;
}

Found right_hex_digits(const Sight& sight) {
  const auto digits = find_hex(sight.text, sight.expected.digest);
  if (!digits) return {};
  // What seems to stand apart may be the digits of something else and those left of the digest.
  if (digits->apart) {
    if (Found found = right_digest_without_zeros(sight)) return found;
  }
  const bool any_case = digits->letter_case == LetterCase::kNone;
  const bool as_declared = sight.expected.encoding == Encoding::kAnyHex ||
                           (sight.expected.encoding == Encoding::kLowerHex &&
                            (any_case || digits->letter_case == LetterCase::kLower)) ||
                           (sight.expected.encoding == Encoding::kUpperHex &&
                            (any_case || digits->letter_case == LetterCase::kUpper));
  std::string words = "the right digest";
  if (!as_declared) {
    const std::string_view letters =
        is_hex(sight.expected.encoding) ? in_words(digits->letter_case) : "in hex";
    words += fmt::format(" {}", letters);
  }
  if (digits->apart) {
    const std::string_view shown = sight.text.substr(digits->begin, digits->end - digits->begin);
    words +=
        fmt::format(", but with other bytes between its digits: {}", in_quotes(shown, kMostShown));
  }
  return ReplyLook{as_declared ? Look::kSurplus : Look::kOtherEncoding,
                   words + surroundings_in_words(sight, digits->begin, digits->end),
                   sight.expected.digest};
}

Found right_digest_cut_off(const Sight& sight) {
  const ExpectedReply& expected = sight.expected;
  std::string_view digits = sight.middle;
  const bool stops =
      expected.may_become(sight.received) && sight.received.size() > expected.before.size();
  if (stops) digits = sight.received.substr(expected.before.size());
  if (!stops && !sight.surrounded) return {};
  std::string folded(digits);
  if (expected.encoding == Encoding::kAnyHex) {
    std::transform(folded.begin(), folded.end(), folded.begin(), [](char c) {
      return c >= 'A' && c <= 'F' ? static_cast<char>(c + ('a' - 'A')) : c;
    });
  }
  if (!is_cut_off(folded, sight.due)) return {};
  return ReplyLook{
      Look::kTruncated,
      fmt::format("the right digest, but only the first {} of its {} {}", digits.size(),
                  sight.due.size(), expected.encoding == Encoding::kRaw ? "bytes" : "characters"),
      std::nullopt};
}

std::string relation_in_words(const Digest& digest, const Sight& sight) {
  const std::string words = kinship(digest, sight.expected.digest);
  return words.empty() ? "the digest of something else" : words;
}

Found other_digest_as_declared(const Sight& sight) {
  if (!sight.surrounded) return {};
  const auto digest = read_digest(sight.middle, sight.expected.encoding);
  if (!digest) return {};
  return ReplyLook{Look::kOtherDigest, relation_in_words(*digest, sight), digest};
}

Found other_digest_otherwise(const Sight& sight) {
  if (sight.surrounded && sight.middle.size() == 16 && !is_utf8(sight.middle)) {
    const auto digest = read_digest(sight.middle, Encoding::kRaw);
    return ReplyLook{Look::kOtherDigest, relation_in_words(*digest, sight) + ", as 16 raw bytes",
                     digest};
  }
  const auto offset = static_cast<std::size_t>(sight.middle.data() - sight.text.data());
  std::vector<DigestToken> tokens = find_digests(sight.middle);
  if (tokens.size() != 1) return {};
  const DigestToken& token = tokens.front();
  std::string words = relation_in_words(token.digest, sight);
  const std::string_view written = sight.middle.substr(token.begin, token.end - token.begin);
  if (!read_digest(written, sight.expected.encoding)) words += ", " + token.words;
  words += surroundings_in_words(sight, offset + token.begin, offset + token.end);
  return ReplyLook{Look::kOtherDigest, words, token.digest};
}

// --- what is left ---

// Which kind of digest has so many bytes; empty if none that is well known, or MD5.
std::string_view kind_of_digest(std::size_t bytes) {
  if (bytes == 4) return "a CRC-32";
  if (bytes == 20) return "a SHA-1";
  if (bytes == 28) return "a SHA-224";
  if (bytes == 32) return "a SHA-256";
  if (bytes == 48) return "a SHA-384";
  if (bytes == 64) return "a SHA-512";
  return {};
}

std::string form_in_words(const Sight& sight) {
  const std::string_view text = sight.middle;
  std::string bytes;
  const bool blank = text.find_first_of(" \t\r\n") != std::string_view::npos;
  if (!text.empty() && !blank &&
      text.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos) {
    const std::string_view kind = text.size() % 2 == 0 ? kind_of_digest(text.size() / 2) : "";
    if (kind.empty())
      return fmt::format("{} hex digit{} instead of 32", text.size(), text.size() == 1 ? "" : "s");
    return fmt::format("{} hex digits, the form of {} digest", text.size(), kind);
  }
  if (!blank && text.size() >= 28 && unbase64(text, &bytes) &&
      !kind_of_digest(bytes.size()).empty()) {
    return fmt::format("{} bytes in base64, the form of {} digest", bytes.size(),
                       kind_of_digest(bytes.size()));
  }
  if (!kind_of_digest(text.size()).empty() && !is_utf8(text)) {
    return fmt::format("{} raw bytes, the form of {} digest", text.size(),
                       kind_of_digest(text.size()));
  }
  return {};
}

ReplyLook garbage(const Sight& sight) {
  const std::string whole = sight.expected.digest.hex();
  const auto is_middle = [&](std::string_view digits) {
    return std::equal(digits.begin(), digits.end(), whole.begin() + 8, whole.begin() + 24,
                      [](char a, char b) { return a == b || (b >= 'a' && a == b - ('a' - 'A')); });
  };
  std::string words = form_in_words(sight);
  if (is_middle(sight.middle)) {
    words = "only the middle 16 of the right digest's 32 digits";
  } else if (sight.expected.may_become(sight.received)) {
    words = fmt::format("only the first {} of the reply's {}",
                        bytes_in_words(sight.received.size()), sight.expected.size());
  } else if (find_digests(sight.middle).size() > 1) {
    words = "several digests, none of them the right one: " + in_quotes(sight.received, kMostShown);
  } else if (words.empty()) {
    words = "no digest: " + in_quotes(sight.received, kMostShown);
  }
  return {Look::kGarbage, words, std::nullopt};
}

}  // namespace

ReplyLook look_at(const Profile& profile, const ExpectedReply& expected,
                  std::string_view received) {
  if (received.empty()) return {Look::kNothing, "nothing", std::nullopt};
  const Sight sight = sight_of(profile, expected, received);
  // Other encodings before hex digits: in UTF-16 those would only seem to stand apart.
  for (const auto look : {exact, right_digest_as_declared, right_reply_pushed_back,
                          right_digest_as_text, right_digest_sign_extended, right_digest_otherwise,
                          right_hex_digits, right_digest_without_zeros, right_digest_cut_off,
                          other_digest_as_declared, other_digest_otherwise}) {
    if (Found found = look(sight)) return *std::move(found);
  }
  return garbage(sight);
}

}  // namespace md5spec
