#include "detect/imagined_server.h"

#include <optional>
#include <string_view>

namespace md5spec {
namespace {

constexpr std::string_view kPlaceholder = "{message}";
constexpr std::string_view kBlanks = " \t\r\n\v\f";

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) + 1 - begin);
}

class ImaginedServer {
 public:
  explicit ImaginedServer(const Format& format)
      : format_(format),
        profile_(format.profile),
        placeholder_(profile_.request.find(kPlaceholder)) {}

  std::vector<DueReply> take(std::string_view bytes) {
    pending_ += bytes;
    replies_.clear();
    switch (profile_.framing) {
      case Framing::kUnframed:
        if (!pending_.empty()) finish(pending_.size(), 0, 0);
        break;
      case Framing::kHalfClose:
        break;
      case Framing::kDelimited:
        cut_at_delimiters();
        break;
      case Framing::kLengthPrefixed:
        while (cut_by_length()) {
        }
        break;
    }
    return std::move(replies_);
  }

  std::vector<DueReply> end() {
    replies_.clear();
    const bool answers = profile_.framing == Framing::kDelimited &&
                         profile_.at_eof == AtEof::kAnswer && !pending_.empty();
    if (answers || profile_.framing == Framing::kHalfClose) finish(pending_.size(), 0, 0);
    return std::move(replies_);
  }

 private:
  void cut_at_delimiters() {
    const std::string& delimiter = profile_.delimiter;
    for (std::size_t at = 0; (at = pending_.find(delimiter)) != std::string::npos;) {
      const bool cr = profile_.optional_cr && at > 0 && pending_[at - 1] == '\r';
      finish(at + delimiter.size(), 0, delimiter.size() + (cr ? 1 : 0));
    }
  }

  bool cut_by_length() {
    const auto own = static_cast<std::size_t>(profile_.length.bytes);
    if (pending_.size() < own || broken_) return false;
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < own; ++i) {
      const std::size_t at = profile_.length.order == ByteOrder::kBig ? i : own - 1 - i;
      value = value << 8U | static_cast<unsigned char>(pending_[at]);
    }
    if (profile_.length.counts == Covers::kFrame) {
      broken_ = value < own;
      value -= own;
    }
    if (broken_ || pending_.size() - own < value) return false;
    finish(own + static_cast<std::size_t>(value), own, 0);
    return true;
  }

  // The frame at the front is complete: head and tail bytes of it stand around the request.
  void finish(std::size_t size, std::size_t head, std::size_t tail) {
    const std::string frame = pending_.substr(0, size);
    pending_.erase(0, size);
    auto message = within_request(std::string_view(frame).substr(head, size - head - tail));
    const bool over = !profile_.many() && answered_;
    if (!message || over) return;
    answered_ = true;
    if (format_.trims) message = trimmed(*message);
    const bool whole = profile_.digest_covers == Covers::kFrame;
    replies_.push_back({std::string(*message), whole ? md5(frame) : md5(*message)});
  }

  std::optional<std::string_view> within_request(std::string_view text) const {
    const std::string_view before = std::string_view(profile_.request).substr(0, placeholder_);
    const std::string_view after =
        std::string_view(profile_.request).substr(placeholder_ + kPlaceholder.size());
    const bool fits = text.size() >= before.size() + after.size() && text.starts_with(before) &&
                      text.ends_with(after);
    if (!fits) return std::nullopt;
    return text.substr(before.size(), text.size() - before.size() - after.size());
  }

  const Format& format_;
  const Profile& profile_;
  std::size_t placeholder_;
  std::string pending_;
  bool broken_ = false;  // behind a length that can't be nothing can be told any more
  bool answered_ = false;
  std::vector<DueReply> replies_;
};

}  // namespace

std::vector<std::vector<DueReply>> imagine(const Format& format, const Probe& probe) {
  ImaginedServer server(format);
  std::vector<std::vector<DueReply>> all;
  for (const Probe::Step& step : probe.steps) {
    std::vector<DueReply> replies;
    if (!step.bytes.empty()) replies = server.take(step.bytes);
    if (step.half_close) {
      for (DueReply& reply : server.end()) replies.push_back(std::move(reply));
    }
    all.push_back(std::move(replies));
  }
  return all;
}

}  // namespace md5spec
