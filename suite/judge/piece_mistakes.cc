#include <algorithm>
#include <bit>
#include <cstddef>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "judge/mistake_hunt.h"

namespace md5spec {
namespace {

std::string so_many_bytes(std::size_t n) { return n == 1 ? "byte" : fmt::format("{} bytes", n); }

}  // namespace

// --- something cut off ---

constexpr auto is_blank = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
constexpr auto is_line_end = [](char c) { return c == '\n' || c == '\r'; };
constexpr auto is_zero = [](char c) { return c == '\0'; };
constexpr auto is_up_to_blank = [](char c) { return static_cast<unsigned char>(c) <= 0x20; };
constexpr auto is_beyond_ascii = [](char c) { return static_cast<unsigned char>(c) >= 0x80; };

template <typename Is>
std::string_view without_end(std::string_view text, Is is) {
  while (!text.empty() && is(text.back())) text.remove_suffix(1);
  return text;
}

template <typename Is>
std::string_view without_start(std::string_view text, Is is) {
  while (!text.empty() && is(text.front())) text.remove_prefix(1);
  return text;
}

template <typename Is>
std::string_view up_to(std::string_view text, Is is) {
  const auto* const found = std::find_if(text.begin(), text.end(), is);
  return text.substr(0, static_cast<std::size_t>(found - text.begin()));
}

using View = std::string_view;

struct Cut {
  std::string_view what;
  View (*of)(View message);
};
constexpr Cut kCuts[] = {
    {"the message without the newline at its end",
     [](View m) { return m.ends_with('\n') ? m.substr(0, m.size() - 1) : m; }},
    {"the message without the line ending at its end",
     [](View m) {
       if (m.ends_with("\r\n")) return m.substr(0, m.size() - 2);
       return m.ends_with('\r') ? m.substr(0, m.size() - 1) : m;
     }},
    {"the message without the line endings at its end",
     [](View m) { return without_end(m, is_line_end); }},
    {"the message without the zero bytes at its end",
     [](View m) { return without_end(m, is_zero); }},
    {"the message trimmed of blanks at its end", [](View m) { return without_end(m, is_blank); }},
    {"the message trimmed of blanks at its start",
     [](View m) { return without_start(m, is_blank); }},
    {"the message trimmed of blanks at both ends",
     [](View m) { return without_start(without_end(m, is_blank), is_blank); }},
    {"the message trimmed of all bytes up to 0x20 at both ends",
     [](View m) { return without_start(without_end(m, is_up_to_blank), is_up_to_blank); }},
    {"the message up to its first zero byte", [](View m) { return m.substr(0, m.find('\0')); }},
    {"the message up to its first newline", [](View m) { return m.substr(0, m.find('\n')); }},
    {"the message up to and with its first newline",
     [](View m) { return m.substr(0, m.find('\n') + 1); }},
    {"the message up to its first carriage return",
     [](View m) { return m.substr(0, m.find('\r')); }},
    {"the message up to its first blank", [](View m) { return up_to(m, is_blank); }},
    {"the message up to its first byte beyond ASCII",
     [](View m) { return up_to(m, is_beyond_ascii); }},
    {"the message behind its last newline", [](View m) { return m.substr(m.rfind('\n') + 1); }},
    {"the message behind its first blank", [](View m) { return m.substr(m.find(' ') + 1); }},
    {"the message without its first and last byte",
     [](View m) { return m.size() < 2 ? m : m.substr(1, m.size() - 2); }},
};

std::string cut_mistakes(Hunt& hunt) {
  const std::string_view message = hunt.context().message;
  for (const Cut& cut : kCuts) {
    const std::string_view rest = cut.of(message);
    if (rest.size() < message.size() && hunt.is_joined({rest})) return std::string(cut.what);
  }
  return {};
}

// --- a piece of the message ---

// Whether a server may well take just so many bytes of a message of `size` bytes. Of a message that
// isn't too large, any number up to 64 KiB; otherwise a buffer (or one less for its zero byte),
// some segments, nearly all.
bool is_likely_prefix(std::size_t length, std::size_t size) {
  constexpr std::size_t KiB = 1024;
  if (length <= 8 * KiB || (length <= 64 * KiB && size <= 128 * KiB)) return true;
  const std::size_t step = length <= 64 * KiB ? 16 : 512;
  return length % step == 0 || (length + 1) % step == 0 || length % 1448 == 0 ||
         length % 1460 == 0 || size - length <= 64;
}

std::string prefix_in_words(std::size_t length, std::size_t size) {
  const std::size_t lost = size - length;
  const bool is_a_buffer = length >= 64 && std::has_single_bit(length);
  if (lost <= 16 && !is_a_buffer) {
    return fmt::format("the message without its last {}", so_many_bytes(lost));
  }
  return fmt::format("the message's first {} only", so_many_bytes(length));
}

std::string prefix_mistakes(Hunt& hunt) {
  const std::string_view message = hunt.context().message;
  Md5 run;
  std::size_t taken = 0;
  for (std::size_t length = 1; length < message.size(); ++length) {
    if (!is_likely_prefix(length, message.size())) continue;
    if (!hunt.pay(length - taken)) break;
    run.update(message.substr(taken, length - taken));
    taken = length;
    if (hunt.is_run(run)) return prefix_in_words(length, message.size());
  }
  return {};
}

// Sizes of buffers, of TCP segments (1500-byte and loopback links, with and without timestamps) and
// of TLS records.
constexpr std::size_t kChunks[] = {64,    100,   128,   256,   512,   536,  1000, 1023,
                                   1024,  1440,  1448,  1460,  2048,  4095, 4096, 8192,
                                   10000, 16384, 32768, 65483, 65495, 65536};

std::string chunk_mistakes(Hunt& hunt) {
  const std::string_view message = hunt.context().message;
  for (const std::size_t chunk : kChunks) {
    if (chunk >= message.size()) break;
    const std::size_t rest = message.size() % chunk;
    const std::size_t last = rest == 0 ? chunk : rest;
    if (hunt.is_joined({message.substr(message.size() - last)})) {
      return fmt::format("the message's last {} only, what is left behind chunks of {} bytes",
                         so_many_bytes(last), chunk);
    }
  }
  return {};
}

std::string lost_start_mistakes(Hunt& hunt) {
  const std::string_view message = hunt.context().message;
  for (std::size_t lost = 1; lost < message.size(); ++lost) {
    if (!hunt.affords(message.size())) break;
    if (hunt.is_joined({message.substr(lost)})) {
      return fmt::format("the message without its first {}", so_many_bytes(lost));
    }
  }
  return {};
}

std::string ending_mistakes(Hunt& hunt) {
  const std::string_view message = hunt.context().message;
  for (std::size_t kept = 1; kept < message.size() && kept <= 1024; ++kept) {
    if (hunt.is_joined({message.substr(message.size() - kept)})) {
      return fmt::format("the message's last {} only", so_many_bytes(kept));
    }
  }
  return {};
}

}  // namespace md5spec
