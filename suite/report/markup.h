// HTML text, built element by element. Whatever is put in as text or as an attribute's value is
// escaped, so that no byte of unknown origin can become markup; there is no way around that.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace md5spec {

class Markup {
 public:
  using Attribute = std::pair<std::string_view, std::string_view>;
  using Attributes = std::initializer_list<Attribute>;

  // An element that ends where this does.
  class Scope {
   public:
    explicit Scope(Markup* markup) : markup_(markup) {}
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;
    ~Scope() { markup_->close(); }

   private:
    Markup* markup_;
  };

  // Begins an element. Tags and attributes' names are this program's own words. An attribute
  // without a value ("open") is one whose value is empty.
  Markup& open(std::string_view tag, Attributes attributes = {});
  Markup& close();  // the innermost element
  [[nodiscard]] Scope in(std::string_view tag, Attributes attributes = {});
  // A whole element.
  Markup& element(std::string_view tag, Attributes attributes, std::string_view text);
  Markup& element(std::string_view tag, std::string_view text) { return element(tag, {}, text); }
  // An element that has no end tag (input, meta, and shapes in SVG).
  Markup& single(std::string_view tag, Attributes attributes = {});
  // Text: shown as it is, control and deceptive characters as \xNN.
  Markup& text(std::string_view words);
  // A line's end: text itself never holds one.
  Markup& line_end();
  Markup& doctype();
  // The content of a <style> or <script>, from this program's own files.
  Markup& asset(std::string_view tag, std::string_view content);

  // Everything so far. All elements must be closed.
  std::string take();

  std::size_t size() const { return out_.size(); }

 private:
  void begin(std::string_view tag, Attributes attributes);

  std::string out_;
  std::vector<std::string> open_;
};

// `words` as text and as a quoted attribute's value: & < > " ' are escaped, and what a reader
// couldn't see or would be misled by is shown as \xNN.
std::string html_escaped(std::string_view words);

}  // namespace md5spec
