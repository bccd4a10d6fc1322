#include "catalogue/planned_case.h"

#include <algorithm>
#include <set>
#include <string>

#include <fmt/format.h>

#include "catalogue/until.h"
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

// Whether a connection is half-closed on which nothing was sent: where that ends a message, the
// empty one. Without the TLS that a profile has, there are no messages.
bool says_nothing(const Steps& steps, bool over_tls) {
  std::set<std::string> silent;
  for (const Step& step : steps) {
    if (const auto* connect = std::get_if<ConnectStep>(&step.action)) {
      if (!connect->bare || !over_tls) silent.insert(connect->as);
    } else if (const auto* send = std::get_if<SendStep>(&step.action)) {
      silent.erase(send->on);
    } else if (const auto* exchange = std::get_if<ExchangeStep>(&step.action)) {
      silent.erase(exchange->on);
    } else if (const auto* half_close = std::get_if<HalfCloseStep>(&step.action)) {
      if (silent.contains(half_close->on)) return true;
    } else if (const auto* control = std::get_if<ControlStep>(&step.action)) {
      if (says_nothing(*control->steps, over_tls)) return true;
    } else if (const auto* repeat = std::get_if<RepeatStep>(&step.action)) {
      if (says_nothing(*repeat->steps, over_tls)) return true;
    }
  }
  return false;
}

}  // namespace

std::string_view PlannedMessage::view(std::uint64_t offset) const {
  if (offset < frame.head.size()) return std::string_view(frame.head).substr(offset);
  offset -= frame.head.size();
  if (offset < size())
    return stream ? stream->view(offset) : std::string_view(bytes).substr(offset);
  return std::string_view(frame.tail).substr(std::min(offset - size(), frame.tail.size()));
}

std::string PlannedMessage::framed(std::uint64_t from, std::uint64_t count) const {
  std::string out;
  while (count > out.size()) {
    const std::string_view piece = view(from + out.size()).substr(0, count - out.size());
    if (piece.empty()) break;
    out += piece;
  }
  return out;
}

std::optional<Digest> due_digest(const Profile& profile, const PlannedMessage& message,
                                 const std::atomic<bool>* stop) {
  const bool whole = profile.digest_covers == Covers::kFrame;
  std::uint64_t at = whole ? 0 : message.frame.head.size();
  const std::uint64_t end = at + (whole ? message.frame_size() : message.size());
  Md5 md5;
  while (at < end) {
    if (stop != nullptr && *stop) return std::nullopt;
    const std::string_view piece = message.view(at).substr(0, end - at);
    md5.update(piece);
    at += piece.size();
  }
  return md5.digest();
}

PlannedCase::PlannedCase(const Case& one, const Profile& profile, std::uint64_t run_seed)
    : case_(&one), profile_(&profile), run_seed_(run_seed), case_seed_(mix(run_seed, one.id())) {}

std::uint64_t PlannedCase::seed_for(const ScriptMessage& source, std::uint64_t round,
                                    unsigned member) const {
  return mix(mix(mix(case_seed_, static_cast<std::uint64_t>(source.slot)), round), member);
}

std::shared_ptr<PlannedMessage> PlannedCase::undigested(const ScriptMessage& source,
                                                        std::uint64_t round, unsigned member,
                                                        TailCr cr) const {
  auto planned = std::make_shared<PlannedMessage>();
  planned->ref = {source.slot, round, member};
  const std::uint64_t size = source.source.size_for(*profile_);
  const std::uint64_t seed = seed_for(source, round, member);
  const bool streamed = size > kMostInMemory;
  if (streamed) {
    planned->stream = source.source.stream(*profile_, seed);
  } else {
    planned->bytes = source.source.make(*profile_, seed);
  }
  planned->frame = frame_for(*profile_, size);
  if (cr == TailCr::kYes)
    planned->frame.tail.insert(planned->frame.tail.size() - profile_->delimiter.size(), 1, '\r');
  const Digest digest =
      streamed ? Digest() : md5spec::due_digest(*profile_, planned->frame, planned->bytes);
  planned->reply = profile_->reply.expect(digest, planned->bytes, size);
  return planned;
}

std::shared_ptr<const PlannedMessage> PlannedCase::message(const ScriptMessage& source,
                                                           std::uint64_t round, unsigned member,
                                                           TailCr cr) const {
  auto planned = undigested(source, round, member, cr);
  if (planned->stream) planned->reply.digest = *due_digest(*profile_, *planned);
  return planned;
}

std::optional<std::string> PlannedCase::why_uncuttable(const SendStep& step) const {
  if (step.with_cr && !profile_->optional_cr)
    return "the profile's delimiter has no optional carriage return";
  if (step.until == kUntilDelimiter) {
    if (profile_->framing != Framing::kDelimited) return "the profile has no delimiter";
    if (profile_->at_eof == AtEof::kAnswer && profile_->digest_covers == Covers::kFrame)
      return "whether a frame without its delimiter counts as one is left open";
  }
  std::uint64_t bytes = 0;
  for (const ScriptMessage& message : step.messages) {
    const std::uint64_t size = message.source.size_for(*profile_);
    if (size > kMostInMemory && (step.messages.size() > 1 || step.times > 1))
      return fmt::format("a message of {} isn't joined to others", size_in_words(size));
    bytes += (frame_for(*profile_, size).size(size) + (step.with_cr ? 1 : 0)) * step.times;
  }
  if (step.until && *step.until != kUntilDelimiter) {
    // What stops behind the last byte, or before the first, doesn't cut anything off.
    const std::int64_t until = *step.until;
    const bool is_there = until < 0 ? static_cast<std::uint64_t>(-until) <= bytes
                                    : static_cast<std::uint64_t>(until) < bytes;
    if (!is_there)
      return fmt::format("there is no such place to stop at in {}", size_in_words(bytes));
  }
  std::vector<std::int64_t> places = step.segmentation.split_at;
  for (std::int64_t at = 0; const std::uint64_t size : step.segmentation.sizes)
    places.push_back(at += static_cast<std::int64_t>(size));
  for (const std::int64_t position : places) {
    const auto place = static_cast<std::uint64_t>(position < 0 ? -position : position);
    if (place >= bytes)
      return fmt::format("there is no such place to split in {}", size_in_words(bytes));
  }
  return std::nullopt;
}

std::optional<std::string> PlannedCase::why_unsendable(const ScriptMessage& message) const {
  const MessageSource& source = message.source;
  const std::uint64_t size = source.size_for(*profile_);
  const Limits& limits = profile_->limits;
  const bool beyond = source.kind == MessageSource::Kind::kPattern && source.size.exceeds_limit();
  // How far is tested by default is no limit for what isn't tested by default.
  const bool huge = !limits.declared && case_->tags.contains(std::string(kHugeTag));
  const auto& when = case_->when;
  const bool far =
      !limits.declared && std::find(when.begin(), when.end(), "limit_of_256MiB") != when.end();
  if (!beyond && !huge && !far && size > limits.message_bytes)
    return md5spec::why_unsendable(*profile_, size);
  if (auto reason = unsayable_length(*profile_, size)) return reason;
  if (size > kMostInMemory) {
    if (profile_->reply.repeats_message())
      return fmt::format("the reply would repeat a message of {}", size_in_words(size));
    if (profile_->accepts.kind == Accepts::Kind::kRegex)
      return fmt::format("the profile only accepts {}, which isn't tried on {}",
                         profile_->accepts.in_words(), size_in_words(size));
  }
  const bool one_of_many = source.varies() && (!source.seed || size > kSample);
  if (one_of_many && size > 0) {
    if (auto reason = why_chancy(source, *profile_)) return reason;
  }
  MessageSource sample = source;
  if (source.kind == MessageSource::Kind::kPattern && size > kSample)
    sample.size = {false, static_cast<std::int64_t>(kSample)};
  if (source.kind == MessageSource::Kind::kRepeat && size > kSample)
    sample.times = std::min<std::uint64_t>(source.times, 2 + kSample / source.bytes.size());
  return md5spec::why_unsendable(*profile_, sample.make(*profile_, seed_for(message, 0, 0)),
                                 beyond ? LimitRule::kExceed : LimitRule::kKeep);
}

std::optional<std::string> PlannedCase::why_unsendable() const {
  std::optional<std::string> reason;
  if (profile_->framing == Framing::kHalfClose &&
      says_nothing(case_->script, profile_->tls.has_value()))
    reason = md5spec::why_unsendable(*profile_, "");
  for_each_message(case_->script, [&](const ScriptMessage& message, const Step& step) {
    if (const auto* send = std::get_if<SendStep>(&step.action); send != nullptr && !reason) {
      reason = why_uncuttable(*send);
    }
    if (!reason) reason = why_unsendable(message);
  });
  return reason;
}

}  // namespace md5spec
