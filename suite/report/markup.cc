#include "report/markup.h"

#include <algorithm>
#include <array>

#include "text/bytes.h"

namespace md5spec {
namespace {

// Where a line's end doesn't show.
bool ends_a_line(std::string_view tag) {
  constexpr std::array<std::string_view, 17> kBlocks = {
      "article", "details", "div", "dl",      "footer",  "h1", "h2",    "h3", "header",
      "li",      "main",    "p",   "section", "summary", "tr", "table", "ul"};
  return std::find(kBlocks.begin(), kBlocks.end(), tag) != kBlocks.end();
}

}  // namespace

std::string html_escaped(std::string_view words) {
  std::string out;
  for (const char c : displayable(words)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

void Markup::begin(std::string_view tag, Attributes attributes) {
  out_ += '<';
  out_ += tag;
  for (const auto& [name, value] : attributes) {
    out_ += ' ';
    out_ += name;
    if (value.empty()) continue;
    out_ += "=\"";
    out_ += html_escaped(value);
    out_ += '"';
  }
  out_ += '>';
}

Markup& Markup::open(std::string_view tag, Attributes attributes) {
  begin(tag, attributes);
  open_.emplace_back(tag);
  return *this;
}

Markup& Markup::close() {
  out_ += "</" + open_.back() + ">";
  if (ends_a_line(open_.back())) out_ += '\n';
  open_.pop_back();
  return *this;
}

Markup::Scope Markup::in(std::string_view tag, Attributes attributes) {
  open(tag, attributes);
  return Scope(this);
}

Markup& Markup::element(std::string_view tag, Attributes attributes, std::string_view text) {
  open(tag, attributes);
  this->text(text);
  return close();
}

Markup& Markup::single(std::string_view tag, Attributes attributes) {
  begin(tag, attributes);
  out_.insert(out_.size() - 1, 1, '/');  // in SVG nothing else ends it
  return *this;
}

Markup& Markup::text(std::string_view words) {
  out_ += html_escaped(words);
  return *this;
}

Markup& Markup::line_end() {
  out_ += '\n';
  return *this;
}

Markup& Markup::doctype() {
  out_ += "<!doctype html>\n";
  return *this;
}

Markup& Markup::asset(std::string_view tag, std::string_view content) {
  out_ += '<';
  out_ += tag;
  out_ += '>';
  out_ += content;
  out_ += "</";
  out_ += tag;
  out_ += ">\n";
  return *this;
}

std::string Markup::take() { return std::move(out_); }

}  // namespace md5spec
