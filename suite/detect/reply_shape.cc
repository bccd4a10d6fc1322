#include "detect/reply_shape.h"

#include <algorithm>
#include <cctype>
#include <string_view>

#include <fmt/format.h>

namespace md5spec {
namespace {

std::string in_lower_case(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}

void replace_all(std::string* text, const std::string& from, const std::string& to) {
  if (from.empty()) return;
  for (std::size_t at = 0; (at = text->find(from, at)) != std::string::npos; at += to.size())
    text->replace(at, from.size(), to);
}

// The number where it isn't part of a longer one, or of a word such as md5.
void replace_number(std::string* text, const std::string& number, const std::string& to) {
  const auto goes_on = [&](std::size_t at) {
    return at < text->size() && std::isalnum(static_cast<unsigned char>((*text)[at])) != 0;
  };
  for (std::size_t at = 0; (at = text->find(number, at)) != std::string::npos;) {
    const bool inside = (at > 0 && goes_on(at - 1)) || goes_on(at + number.size());
    if (inside) {
      at += number.size();
      continue;
    }
    text->replace(at, number.size(), to);
    at += to.size();
  }
}

bool is_instance(const ReplySample& sample, const ReplyTemplate& shape) {
  const ExpectedReply expected = shape.expect(sample.digest, sample.message);
  return expected.size() == sample.reply.size() && expected.begins(sample.reply);
}

struct Placeholder {
  Encoding encoding;
  std::string_view name;
};
constexpr Placeholder kPlaceholders[] = {{Encoding::kLowerHex, "{hex}"},
                                         {Encoding::kUpperHex, "{HEX}"},
                                         {Encoding::kAnyHex, "{any_hex}"},
                                         {Encoding::kBase64, "{base64}"},
                                         {Encoding::kRaw, "{raw}"}};

}  // namespace

std::optional<ReplyTemplate> template_of(const std::vector<ReplySample>& samples) {
  const ReplySample& first = samples.front();
  for (const Placeholder& placeholder : kPlaceholders) {
    const bool any = placeholder.encoding == Encoding::kAnyHex;
    const std::string written = encode(first.digest, placeholder.encoding);
    const std::size_t at =
        any ? in_lower_case(first.reply).find(written) : first.reply.find(written);
    if (at == std::string::npos) continue;
    for (const bool with_message : {false, true}) {
      for (const bool with_length : {false, true}) {
        std::string before = first.reply.substr(0, at);
        std::string after = first.reply.substr(at + written.size());
        for (std::string* part : {&before, &after}) {
          if (with_length)
            replace_number(part, fmt::format("{}", first.message.size()), "{length}");
          if (with_message) replace_all(part, first.message, "{message}");
        }
        ReplyTemplate shape;
        const bool good =
            ReplyTemplate::parse(fmt::format("{}{}{}", before, placeholder.name, after), &shape)
                .empty();
        if (good && std::all_of(samples.begin(), samples.end(), [&](const ReplySample& sample) {
              return is_instance(sample, shape);
            }))
          return shape;
      }
    }
  }
  return std::nullopt;
}

}  // namespace md5spec
