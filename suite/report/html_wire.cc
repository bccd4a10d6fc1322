#include "report/html_wire.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "text/bytes.h"

namespace md5spec {
namespace {

constexpr std::size_t kEvents = 80;  // beyond, the JSON report has them
constexpr std::size_t kBytes = 128;  // of a segment
constexpr std::size_t kInLine = 16;

std::string hex_columns(std::string_view bytes) {
  std::string columns;
  for (std::size_t i = 0; i < kInLine; ++i) {
    if (i == kInLine / 2) columns += ' ';
    columns += i < bytes.size() ? fmt::format("{:02x} ", static_cast<unsigned char>(bytes[i]))
                                : std::string("   ");
  }
  return columns;
}

std::string text_column(std::string_view bytes) {
  std::string column;
  for (const char c : bytes) column += c >= 0x20 && c <= 0x7E ? std::string(1, c) : "·";
  return column;
}

void write_dump(std::string_view bytes, std::uint64_t offset, Markup* page) {
  const auto block = page->in("pre");
  for (std::size_t at = 0; at < bytes.size(); at += kInLine) {
    const std::string_view line = bytes.substr(at, kInLine);
    if (at > 0) page->line_end();
    page->element("i", fmt::format("{:06x}  ", offset + at));
    page->text(hex_columns(line));
    page->text(" ");
    page->text(text_column(line));
  }
}

bool has_bytes(const WireEvent& event) { return event.event == "send" || event.event == "receive"; }

// What a log of a case that was cut short has lost is told by the time of its last event.
void write_event(const WireEvent& event, bool names_connection, std::uint64_t* offset,
                 Markup* page) {
  const bool from_server =
      event.event == "receive" || event.event.starts_with("server_") || event.event == "flood";
  const auto item = page->in("li", {{"class", event.event == "send" ? "sent"
                                              : from_server         ? "came"
                                                                    : "other"}});
  page->element("time", fmt::format("{:.3f} ms", static_cast<double>(event.at.count()) / 1000.0));
  {
    const auto what = page->in("span", {{"class", "what"}});
    if (names_connection)
      page->element("span", {{"class", "connection"}}, fmt::format("#{} ", event.connection));
    page->element("b", event_in_words(event.event));
    if (has_bytes(event)) {
      page->text(" " + size_in_words(event.bytes));
    } else if (!event.data.empty()) {
      page->text(": " + event.data);
    }
  }
  if (!has_bytes(event)) return;
  const std::string_view shown = std::string_view(event.data).substr(0, kBytes);
  if (!shown.empty()) write_dump(shown, *offset, page);
  if (event.bytes > shown.size())
    page->element("span", {{"class", "more"}},
                  "… " + size_in_words(event.bytes - shown.size()) + " more");
  *offset += event.bytes;
}

}  // namespace

void write_wire(const std::vector<WireEvent>& log, Markup* page) {
  const auto list =
      page->in("ol", {{"class", "wire"}, {"tabindex", "0"}, {"aria-label", "wire log"}});
  const bool names_connection = std::any_of(log.begin(), log.end(), [&](const WireEvent& event) {
    return event.connection != log.front().connection;
  });
  std::map<std::pair<int, std::string>, std::uint64_t> offsets;
  for (std::size_t i = 0; i < std::min(log.size(), kEvents); ++i)
    write_event(log[i], names_connection, &offsets[{log[i].connection, log[i].event}], page);
  if (log.size() > kEvents) {
    const auto item = page->in("li");
    page->element("span", {{"class", "more"}},
                  fmt::format("… {} more events; the JSON report has them", log.size() - kEvents));
  }
}

std::string event_in_words(const std::string& event) {
  static const std::map<std::string, std::string, std::less<>> kWords = {
      {"connect", "client connects"},
      {"connected", "connected"},
      {"connect_failed", "no connection"},
      {"send", "→ client sends"},
      {"send_failed", "client can't send"},
      {"send_stalled", "client's send stalls"},
      {"receive", "← server sends"},
      {"half_close", "→ client half-closes (FIN)"},
      {"close", "→ client closes"},
      {"reset", "→ client resets (RST)"},
      {"server_closed", "← server closes (FIN)"},
      {"server_reset", "← server resets (RST)"},
      {"flood", "← server floods"},
      {"pause", "client pauses"},
      {"silence", "silence"},
      {"timeout", "timeout"},
  };
  const auto found = kWords.find(event);
  if (found != kWords.end()) return found->second;
  std::string words = event;
  std::replace(words.begin(), words.end(), '_', ' ');
  return words;
}

}  // namespace md5spec
