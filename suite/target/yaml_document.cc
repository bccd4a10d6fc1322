#include "target/yaml_document.h"

#include <algorithm>
#include <map>
#include <optional>
#include <sstream>
#include <string_view>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include "target/input_error.h"
#include "text/bytes.h"

namespace md5spec {
namespace {

constexpr int kDeepest = 64;

Location place(const std::string& file, const YAML::Mark& mark) {
  if (mark.is_null()) return {file, 0, 0};
  return {file, mark.line + 1, mark.column + 1};
}

// Puts together what yaml-cpp's parser finds. Its own loader would, too, but makes much of each
// value, and tells neither where documents begin nor that the nesting is too deep for it.
class Builder : public YAML::EventHandler {
 public:
  explicit Builder(YamlDocument* document) : document_(document) {}

  const std::vector<YAML::Mark>& documents() const { return documents_; }
  // Where the last value begins, if that is a scalar that isn't plain: a quoted one might lack its
  // end.
  std::optional<std::size_t> ends_quoted() const {
    if (document_->items.empty() || !document_->items.back().quoted) return std::nullopt;
    return last_scalar_;
  }

  void OnDocumentStart(const YAML::Mark& mark) override { documents_.push_back(mark); }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    add(YamlItem::Kind::kNull, mark, anchor);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const YamlItem* const item = anchors_[anchor];
    if (std::find(open_.begin(), open_.end(), item) != open_.end())
      throw InputError(place(document_->file, mark), "an alias within what it stands for");
    attach(item);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    YamlItem& item = add(YamlItem::Kind::kScalar, mark, anchor);
    item.quoted = tag == "!";
    item.text = value;
    last_scalar_ = static_cast<std::size_t>(mark.pos);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(YamlItem::Kind::kSequence, mark, anchor);
  }
  void OnSequenceEnd() override { open_.pop_back(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(YamlItem::Kind::kMap, mark, anchor);
  }
  void OnMapEnd() override { open_.pop_back(); }

 private:
  YamlItem& add(YamlItem::Kind kind, const YAML::Mark& mark, YAML::anchor_t anchor) {
    YamlItem& item = document_->items.emplace_back();
    item.kind = kind;
    const Location where = place("", mark);
    item.line = where.line;
    item.column = where.column;
    if (anchor != YAML::NullAnchor) anchors_[anchor] = &item;
    attach(&item);
    return item;
  }

  void attach(const YamlItem* item) {
    if (!open_.empty()) {
      open_.back()->children.push_back(item);
    } else if (document_->root == nullptr) {
      document_->root = item;
    }
  }

  void open(YamlItem::Kind kind, const YAML::Mark& mark, YAML::anchor_t anchor) {
    YamlItem& item = add(kind, mark, anchor);
    open_.push_back(&item);
    if (open_.size() > kDeepest)
      throw InputError(place(document_->file, mark), "nested too deeply");
  }

  YamlDocument* document_;
  std::vector<YamlItem*> open_;
  std::map<YAML::anchor_t, const YamlItem*> anchors_;
  std::vector<YAML::Mark> documents_;
  std::size_t last_scalar_ = 0;
};

// Whether the scalar at `begin`, which isn't plain, certainly has its end.
bool is_closed(std::string_view text, std::size_t begin) {
  if (begin >= text.size() || text.starts_with("\xEF\xBB\xBF")) return false;
  const char quote = text[begin];
  if (quote == '|' || quote == '>') return true;  // a block ends by its indentation
  if (quote != '"' && quote != '\'') return false;
  for (std::size_t i = begin + 1; i < text.size(); ++i) {
    const bool doubled = quote == '\'' && text.substr(i, 2) == "''";
    if (doubled || (quote == '"' && text[i] == '\\')) {
      ++i;
    } else if (text[i] == quote) {
      return true;
    }
  }
  return false;
}

// Builds the text's one document, and looks whether another follows. Returns whether it may lack
// its end.
bool build(const std::string& text, YamlDocument* document) {
  std::istringstream in(text);
  YAML::Parser parser(in);
  Builder builder(document);
  if (!parser.HandleNextDocument(builder)) return false;
  const auto quoted = builder.ends_quoted();
  if (!parser.HandleNextDocument(builder)) return quoted && !is_closed(text, *quoted);
  // It gets stuck before some characters (a comma in the first column) and finds empty documents
  // there for ever.
  const auto& found = builder.documents();
  if (found[1].pos == found[0].pos)
    throw InputError(place(document->file, found[0]), "not valid YAML: unexpected character");
  throw InputError(place(document->file, found[1]), "a second YAML document; a file holds one");
}

// The same without the blanks at the end, and for the errors only: yaml-cpp lets a quoted string
// that is never closed end with the file, unless the file ends right within it.
void build_trimmed(const std::string& text, const std::string& file) {
  YamlDocument unused;
  unused.file = file;
  const std::size_t last = text.find_last_not_of(" \t\r\n");
  build(text.substr(0, last == std::string::npos ? 0 : last + 1), &unused);
}

}  // namespace

std::shared_ptr<const YamlDocument> read_document(const std::string& text,
                                                  const std::string& file) {
  static const YamlItem nothing;
  auto document = std::make_shared<YamlDocument>();
  document->file = file;
  try {
    bool doubtful = true;
    try {
      doubtful = build(text, document.get());
    } catch (...) {
      build_trimmed(text, file);
      throw;
    }
    if (doubtful) build_trimmed(text, file);
  } catch (const YAML::Exception& error) {
    throw InputError(place(file, error.mark), "not valid YAML: " + displayable(error.msg));
  }
  if (document->root == nullptr) document->root = &nothing;
  return document;
}

}  // namespace md5spec
