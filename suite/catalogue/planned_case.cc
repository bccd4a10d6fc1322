#include "catalogue/planned_case.h"

#include <algorithm>

#include <fmt/format.h>

#include "text/bytes.h"

namespace md5spec {
namespace {

// A pattern's first bytes tell as much about what it is made of as all of them.
constexpr std::uint64_t kSample = 64U << 10U;

bool is_made_of_letters(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

// Why some messages of a pattern that varies can't be sent, though others, by chance, could: a case
// must not apply in one round or with one seed and not in the next.
std::optional<std::string> why_chancy(const MessageSource& source, const Profile& profile) {
  const bool random = source.pattern == Pattern::kRandom;
  if (random && profile.accepts.kind != Accepts::Kind::kAny) {
    return fmt::format("the profile only accepts {}, and random bytes may be anything",
                       profile.accepts.in_words());
  }
  if (profile.framing == Framing::kDelimited && (random || is_made_of_letters(profile.delimiter))) {
    return fmt::format("random {} may contain the delimiter {}", random ? "bytes" : "letters",
                       in_quotes(profile.delimiter));
  }
  return std::nullopt;
}

}  // namespace

PlannedCase::PlannedCase(const Case& one, const Profile& profile, std::uint64_t run_seed)
    : case_(&one), profile_(&profile), run_seed_(run_seed), case_seed_(mix(run_seed, one.id())) {}

std::uint64_t PlannedCase::seed_for(const ScriptMessage& source, std::uint64_t round,
                                    unsigned member) const {
  return mix(mix(mix(case_seed_, static_cast<std::uint64_t>(source.slot)), round), member);
}

std::shared_ptr<const PlannedMessage> PlannedCase::message(const ScriptMessage& source,
                                                           std::uint64_t round, unsigned member,
                                                           TailCr cr) const {
  auto planned = std::make_shared<PlannedMessage>();
  planned->ref = {source.slot, round, member};
  planned->bytes = source.source.make(*profile_, seed_for(source, round, member));
  planned->frame = frame_for(*profile_, planned->bytes.size());
  if (cr == TailCr::kYes)
    planned->frame.tail.insert(planned->frame.tail.size() - profile_->delimiter.size(), 1, '\r');
  planned->reply =
      profile_->reply.expect(due_digest(*profile_, planned->frame, planned->bytes), planned->bytes);
  return planned;
}

std::optional<std::string> PlannedCase::why_uncuttable(const SendStep& step) const {
  if (step.with_cr && !profile_->optional_cr)
    return "the profile's delimiter has no optional carriage return";
  std::uint64_t bytes = 0;
  for (const ScriptMessage& message : step.messages) {
    const std::uint64_t size = message.source.size_for(*profile_);
    bytes += frame_for(*profile_, size).size(size) * step.times;
  }
  for (const std::int64_t position : step.segmentation.split_at) {
    const auto place = static_cast<std::uint64_t>(position < 0 ? -position : position);
    if (place >= bytes)
      return fmt::format("there is no place {} to split in {}", position, size_in_words(bytes));
  }
  return std::nullopt;
}

std::optional<std::string> PlannedCase::why_unsendable() const {
  std::optional<std::string> reason;
  for_each_message(case_->script, [&](const ScriptMessage& message, const Step& step) {
    if (const auto* send = std::get_if<SendStep>(&step.action); send != nullptr && !reason) {
      reason = why_uncuttable(*send);
    }
    if (reason) return;
    const MessageSource& source = message.source;
    const std::uint64_t size = source.size_for(*profile_);
    const bool beyond = source.kind == MessageSource::Kind::kPattern && source.size.exceeds_limit();
    if (!beyond && size > profile_->limits.message_bytes) {
      reason = md5spec::why_unsendable(*profile_, size);
      return;
    }
    const bool one_of_many = source.varies() && (!source.seed || size > kSample);
    if (one_of_many && size > 0 && (reason = why_chancy(source, *profile_))) return;
    MessageSource sample = source;
    if (source.kind == MessageSource::Kind::kPattern && size > kSample) {
      sample.size = {false, static_cast<std::int64_t>(kSample)};
    }
    reason = md5spec::why_unsendable(*profile_, sample.make(*profile_, seed_for(message, 0, 0)),
                                     beyond ? LimitRule::kExceed : LimitRule::kKeep);
  });
  return reason;
}

}  // namespace md5spec
