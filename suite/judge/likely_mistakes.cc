#include "judge/likely_mistakes.h"

#include <optional>
#include <set>

#include <fmt/format.h>

#include "judge/mistake_hunt.h"
#include "judge/rewriting.h"
#include "text/bytes.h"

namespace md5spec {
namespace {

constexpr std::uint64_t operator""_MiB(unsigned long long n) { return n << 20; }

// Rewriting a byte takes about as long as hashing three.
constexpr std::uint64_t kRewritingWork = 3;

std::string rewriting_mistakes(Hunt& hunt) {
  if (!hunt.pay(hunt.context().message.size())) return {};
  const Text text(hunt.context().message);
  const std::uint64_t size = text.bytes.size();
  for (const auto rewritings : {newline_rewritings(), charset_rewritings(), escape_rewritings()}) {
    for (const Rewriting& rewriting : rewritings) {
      if (!hunt.affords((kRewritingWork + rewriting.growth) * size + kDigestWork)) continue;
      const std::optional<std::string> rewritten = rewriting.of(text);
      if (!rewritten) continue;
      hunt.pay(kRewritingWork * size);
      if (*rewritten != text.bytes && hunt.is_joined({*rewritten})) {
        return std::string(rewriting.what);
      }
    }
  }
  return {};
}

struct Family {
  std::string (*mistake)(Hunt& hunt);
  std::uint64_t work;  // that is allowed
};
// Roughly from the cheap and likely to the costly; where several make the same of a message, the
// one that says more is first.
constexpr Family kFamilies[] = {
    {frame_mistakes, 16_MiB},    {frame_part_mistakes, 2_MiB}, {cut_mistakes, 15_MiB},
    {addition_mistakes, 15_MiB}, {neighbour_mistakes, 7_MiB},  {history_mistakes, 4_MiB},
    {mix_up_mistakes, 4_MiB},    {rewriting_mistakes, 10_MiB}, {prefix_mistakes, 14_MiB},
    {chunk_mistakes, 1_MiB},     {lost_start_mistakes, 3_MiB}, {ending_mistakes, 1_MiB},
    {filling_mistakes, 2_MiB},
};

constexpr std::uint64_t all_work() {
  std::uint64_t sum = 0;
  for (const Family& family : kFamilies) sum += family.work;
  return sum;
}
static_assert(all_work() <= kMostMistakeWork);

}  // namespace

std::string likely_mistake(const Digest& received, const MistakeContext& context,
                           std::uint64_t* work) {
  Hunt hunt(received, context);
  std::string found;
  for (const Family& family : kFamilies) {
    hunt.allow(family.work);
    found = family.mistake(hunt);
    if (!found.empty()) break;
  }
  if (work != nullptr) *work = hunt.spent();
  return found.empty() ? "" : "the digest of " + found;
}

std::string likely_mistake_of_large(const Digest& received, const MessageStream& message) {
  constexpr unsigned kMostBits = 26;  // of a number of bytes worth hashing for this
  std::set<std::uint64_t> numbers = {0};
  for (unsigned bits = 9; bits <= kMostBits; ++bits) numbers.insert(std::uint64_t{1} << bits);
  // A number of bytes in an integer of 16 bits, or of bits in one of 32. What 31 or 32 bits keep of
  // a number of bytes is the same as what 29 do, or too much to hash.
  for (const unsigned bits : {16U, 29U})
    numbers.insert(message.size() & ((std::uint64_t{1} << bits) - 1));
  Md5 md5;
  std::uint64_t at = 0;
  for (const std::uint64_t number : numbers) {
    if (number >= message.size() || number > std::uint64_t{1} << kMostBits) break;
    while (at < number) {
      const std::string_view piece = message.view(at).substr(0, number - at);
      md5.update(piece);
      at += piece.size();
    }
    if (md5.digest() == received)
      return number == 0
                 ? "the digest of no bytes"
                 : fmt::format("the digest of the message's first {} only", size_in_words(number));
  }
  return "";
}

}  // namespace md5spec
