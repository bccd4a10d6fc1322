#include "catalogue/case.h"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>
#include <re2/re2.h>

#include "catalogue/condition.h"
#include "catalogue/matrix.h"
#include "target/yaml.h"
#include "text/bytes.h"
#include "text/nearest.h"

namespace md5spec {
namespace {

constexpr std::size_t kMostCases = 100'000;

const std::vector<std::string> kFileKeys = {"group", "title", "requirement", "requirements",
                                            "why",   "tags",  "when",        "cases"};
const std::vector<std::string> kCaseKeys = {
    "name", "title", "requirement", "requirements", "why",     "tags",  "when",
    "for",  "alone", "message",     "md5",          "control", "script"};

std::string read_name(const YamlNode& node) {
  static const re2::RE2 form("[a-z0-9_]+");
  std::string name = node.text();
  if (!re2::RE2::FullMatch(name, form)) {
    node.fail(fmt::format("must be lower-case letters, digits and underscores, not {}",
                          in_quotes(name, 60)));
  }
  return name;
}

// What a group and a case have in common; the case's own add to or replace the group's.
struct Common {
  std::vector<std::string> requirements;
  std::string why;
  std::set<std::string> tags;
  std::vector<std::string> when;
};

class CaseReader {
 public:
  CaseReader(std::string folder, const std::vector<std::string>& requirement_ids)
      : folder_(std::move(folder)), requirement_ids_(requirement_ids) {}

  std::vector<Case> read(const YamlNode& root) {
    const YamlMap map = root.map("a case file", kFileKeys);
    group_ = read_name(map.at("group"));
    const auto title = map.find("title");
    group_title_ = title ? title->text() : group_;
    const Common group = read_common(map, Common());
    const YamlNode list = map.at("cases");
    if (list.items().empty()) list.fail("a case file needs at least one case");
    for (const YamlNode& item : list.items()) read_matrix(item, group);
    return std::move(cases_);
  }

 private:
  Common read_common(const YamlMap& map, Common common) const {
    const auto one = map.find("requirement");
    const auto several = map.find("requirements");
    if (one && several)
      map.fail_at_key("requirements", "either requirement or requirements, not both");
    if (one || several) common.requirements.clear();
    if (one) common.requirements.push_back(read_requirement(*one));
    if (several) {
      for (const YamlNode& item : several->items()) {
        std::string id = read_requirement(item);
        const auto& known = common.requirements;
        if (std::find(known.begin(), known.end(), id) != known.end())
          item.fail(id + " stands here twice");
        common.requirements.push_back(std::move(id));
      }
      if (common.requirements.empty()) several->fail("needs at least one requirement");
    }
    if (const auto why = map.find("why")) common.why = why->text();
    if (const auto tags = map.find("tags")) {
      for (const YamlNode& tag : tags->items()) common.tags.insert(read_name(tag));
    }
    if (const auto when = map.find("when")) {
      for (const YamlNode& condition : when->items())
        common.when.push_back(condition.one_of(condition_names()));
    }
    return common;
  }

  std::string read_requirement(const YamlNode& node) const {
    std::string id = node.text();
    if (std::find(requirement_ids_.begin(), requirement_ids_.end(), id) == requirement_ids_.end()) {
      const std::string near = nearest(id, requirement_ids_);
      node.fail(fmt::format("'{}' isn't a requirement{}", displayable(id),
                            near.empty() ? "; `md5spec list requirements` shows them"
                                         : fmt::format("; did you mean '{}'?", near)));
    }
    return id;
  }

  void read_matrix(const YamlNode& item, const Common& group) {
    const YamlMap map = item.map("a case", kCaseKeys);
    const auto matrix = map.find("for");
    if (!matrix) {
      add(read_case(map, group), map.at("name"));
      return;
    }
    for (const Variables& variables : expand_matrix(*matrix)) {
      const YamlNode instance = item.with(&variables);
      const YamlMap own = instance.map("a case", kCaseKeys);
      add(read_case(own, group), own.at("name"));
    }
  }

  void add(Case one, const YamlNode& name) {
    if (!names_.insert(one.name).second)
      name.fail(fmt::format("the case '{}' stands here twice", one.name));
    if (cases_.size() >= kMostCases)
      name.fail(fmt::format("more than {} cases in a file", kMostCases));
    cases_.push_back(std::move(one));
  }

  Case read_case(const YamlMap& map, const Common& group) const {
    Case one;
    one.group = group_;
    one.group_title = group_title_;
    one.name = read_name(map.at("name"));
    one.where = map.node().location();
    if (const auto title = map.find("title")) one.title = title->text();
    const Common common = read_common(map, group);
    if (common.requirements.empty()) map.node().fail("needs a requirement, its own or the group's");
    if (common.why.empty())
      map.node().fail("needs a 'why', its own or the group's: the real mistake that it catches");
    one.requirements = common.requirements;
    one.why = common.why;
    one.tags = common.tags;
    one.when = common.when;
    if (const auto alone = map.find("alone")) one.alone = alone->boolean();
    read_action(map, &one);
    return one;
  }

  void read_action(const YamlMap& map, Case* one) const {
    const auto message = map.find("message");
    const auto script = map.find("script");
    if (message.has_value() == script.has_value()) {
      map.node().fail(message ? "has either a message or a script, not both"
                              : "needs a message or a script");
    }
    one->short_form = message.has_value();
    if (script) {
      for (const std::string key : {"md5", "control"}) {
        if (map.has(key))
          map.fail_at_key(key,
                          fmt::format("'{}' goes with 'message'; in a script it is a step", key));
      }
      one->script = md5spec::read_script(*script, folder_);
      if (process_use(one->script) != ProcessUse::kNone && !one->alone)
        script->fail("what looks at the server's process, or ends it, needs 'alone: true'");
      return;
    }
    const MessageSource source = read_message(*message, folder_);
    std::optional<MessageSource> control;
    if (const auto found = map.find("control")) control = read_message(*found, folder_);
    one->script = exchange_script(source, control, one->where);
    if (const auto md5 = map.find("md5")) {
      one->pin = read_pin(*md5, source);
      one->pin_where = md5->location();
    }
  }

  static Digest read_pin(const YamlNode& node, const MessageSource& source) {
    std::string bytes;
    const std::string text = node.text();
    if (text.size() != 32 || !unhex(text, &bytes) || bytes.size() != 16)
      node.fail("must be the digest's 32 hex digits");
    if (source.varies() && !source.seed)
      node.fail(
          "this message's bytes depend on the run's seed; give it a seed of its own to pin its "
          "digest");
    if (source.size.of_limit)
      node.fail("this message's size depends on the profile; its digest can't be pinned");
    std::array<unsigned char, 16> digits{};
    std::copy(bytes.begin(), bytes.end(), digits.begin());
    return Digest(digits);
  }

  std::string folder_;
  const std::vector<std::string>& requirement_ids_;
  std::string group_;
  std::string group_title_;
  std::set<std::string> names_;
  std::vector<Case> cases_;
};

}  // namespace

const MessageSource& Case::message() const {
  for (const Step& step : script) {
    if (const auto* exchange = std::get_if<ExchangeStep>(&step.action))
      return exchange->messages.front().source;
  }
  throw std::logic_error("a case in the short form has an exchange");
}

std::vector<Case> load_case_file(const std::string& path,
                                 const std::vector<std::string>& requirement_ids) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return CaseReader(folder, requirement_ids).read(YamlNode::load(path));
}

std::vector<Case> parse_case_file(const std::string& text, const std::string& file,
                                  const std::string& folder,
                                  const std::vector<std::string>& requirement_ids) {
  return CaseReader(folder, requirement_ids).read(YamlNode::parse(text, file));
}

}  // namespace md5spec
