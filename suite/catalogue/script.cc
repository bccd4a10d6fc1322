#include "catalogue/script.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <re2/re2.h>

#include "catalogue/until.h"
#include "target/yaml.h"
#include "text/bytes.h"
#include "text/nearest.h"

namespace md5spec {
namespace {

constexpr std::int64_t kMostConnections = 100'000;
constexpr std::int64_t kMostTimes = 10'000'000;
constexpr std::int64_t kMostWindows = 100;
// An alias can make a script endless, or of a thousand times its text.
constexpr std::size_t kMostSteps = 10'000;
constexpr int kDeepestBlock = 8;
constexpr std::int64_t kLargestPiece = std::int64_t{1} << 30;
constexpr std::string_view kMain = "main";

const std::vector<std::string> kVerbs = {
    "connect", "send",   "exchange", "reply",     "silence",    "half_close",
    "fin",     "close",  "reset",    "end",       "pause",      "liveness",
    "control", "repeat", "measure",  "terminate", "process_end"};

// Reads steps and follows the connections through them, so that a script that can't be carried out
// is refused.
class ScriptReader {
 public:
  explicit ScriptReader(std::string folder) : folder_(std::move(folder)) {}

  Steps read(const YamlNode& node) {
    Steps steps;
    const auto items = node.items();
    if (items.empty()) node.fail("a script needs at least one step");
    for (const YamlNode& item : items) {
      if (++step_count_ > kMostSteps)
        item.fail(fmt::format("more than {} steps in a script", kMostSteps));
      steps.push_back(read_step(item));
    }
    return steps;
  }

 private:
  enum class State { kOpen, kHalfClosed, kClosed };
  struct Named {
    State state = State::kOpen;
    bool has_unsent_rest = false;
    bool has_sent_message = false;  // or a part of one
    bool at_end = false;            // its end of stream has been waited for
  };

  Step read_step(const YamlNode& item) {
    // A bare verb stands for one without parameters.
    if (item.kind() == YamlNode::Kind::kScalar)
      return {item.location(), read_action(item.one_of(kVerbs), std::nullopt, item)};
    const YamlMap map = item.map("a step", kVerbs);
    const auto keys = item.keys();
    if (keys.size() != 1) item.fail("a step has exactly one verb");
    return {item.location(), read_action(keys.front(), map.at(keys.front()), item)};
  }

  decltype(Step::action) read_action(const std::string& verb, const std::optional<YamlNode>& value,
                                     const YamlNode& step) {
    if (verb == "connect") return read_connect(value, value ? *value : step);
    if (verb == "send") return read_send(parameters(verb, value, step));
    if (verb == "exchange") return read_exchange(parameters(verb, value, step));
    if (verb == "reply") return read_reply(value, step);
    if (verb == "silence") return read_silence(value, step);
    if (verb == "half_close") return HalfCloseStep{change(value, step, State::kHalfClosed)};
    if (verb == "fin") return FinStep{change(value, step, State::kHalfClosed)};
    if (verb == "close") return CloseStep{change(value, step, State::kClosed)};
    if (verb == "reset") return ResetStep{change(value, step, State::kClosed)};
    if (verb == "end") return read_end(value, step);
    if (verb == "pause") return PauseStep{read_time(parameters(verb, value, step))};
    if (verb == "liveness") {
      refuse_once_told_to_end(step);
      return LivenessStep{
          next_message(is_given(value) ? read_message(*value, folder_) : default_message())};
    }
    if (verb == "control") return ControlStep{block(parameters(verb, value, step))};
    if (verb == "measure") return read_measure(value);
    if (verb == "terminate") return read_terminate(value, step);
    if (verb == "process_end") return read_process_end(value, step);
    return read_repeat(parameters(verb, value, step));
  }

  MeasureStep read_measure(const std::optional<YamlNode>& value) {
    MeasureStep step;
    if (!is_given(value)) return step;
    const YamlMap map = value->map("'measure'", {"windows", "times", "steps"});
    step.windows = static_cast<std::uint64_t>(map.at("windows").integer(1, kMostWindows));
    step.times = static_cast<std::uint64_t>(map.at("times").integer(1, kMostTimes));
    step.steps = block(map.at("steps"));
    return step;
  }

  TerminateStep read_terminate(const std::optional<YamlNode>& value, const YamlNode& step) {
    if (is_given(value)) value->fail("'terminate' has no parameters");
    if (depth_ > 0) step.fail("'terminate' can't stand in a block");
    if (told_to_end_) step.fail("the server has been told to end already");
    told_to_end_ = true;
    return {};
  }

  ProcessEndStep read_process_end(const std::optional<YamlNode>& value,
                                  const YamlNode& step) const {
    if (is_given(value)) value->fail("'process_end' has no parameters");
    if (!told_to_end_) step.fail("'process_end' needs 'terminate' before it");
    return {};
  }

  // What begins a connection can't come behind `terminate`: a server may refuse it by then.
  void refuse_once_told_to_end(const YamlNode& where) const {
    if (told_to_end_) where.fail("the server has been told to end, and needn't take connections");
  }

  static const YamlNode& parameters(const std::string& verb, const std::optional<YamlNode>& value,
                                    const YamlNode& step) {
    if (!value) step.fail(fmt::format("'{}' needs parameters", verb));
    return *value;
  }

  // `- end:` says no more than `- end`.
  static bool is_given(const std::optional<YamlNode>& value) {
    return value && value->kind() != YamlNode::Kind::kNull;
  }

  static MessageSource default_message() {
    MessageSource source;
    source.kind = MessageSource::Kind::kPattern;
    source.pattern = Pattern::kLetters;
    source.size.bytes = 20;
    return source;
  }

  ScriptMessage next_message(MessageSource source) { return {slots_++, std::move(source)}; }

  static CountExpression read_count(const YamlNode& node) {
    static const re2::RE2 form("connections(?:-([0-9]{1,5}))?");
    CountExpression count;
    std::string less;
    if (re2::RE2::FullMatch(node.scalar_or_empty(), form, &less)) {
      count.of_limit = true;
      count.number = less.empty() ? 0 : -std::stoll(less);
    } else {
      count.number = node.integer(1, kMostConnections);
    }
    return count;
  }

  ConnectStep read_connect(const std::optional<YamlNode>& value, const YamlNode& where) {
    refuse_once_told_to_end(where);
    ConnectStep step;
    step.as = kMain;
    if (value && value->kind() == YamlNode::Kind::kMap) {
      const YamlMap map =
          value->map("'connect'", {"as", "count", "at_once", "reading", "receive_buffer", "tls"});
      if (const auto as = map.find("as")) step.as = as->text();
      if (const auto count = map.find("count")) step.count = read_count(*count);
      if (const auto at_once = map.find("at_once")) step.at_once = at_once->boolean();
      if (const auto reading = map.find("reading")) {
        static const std::vector<std::string> names = {"always", "slowly", "after_stall", "never"};
        const std::string name = reading->one_of(names);
        step.reading =
            static_cast<Reading>(std::find(names.begin(), names.end(), name) - names.begin());
      }
      if (const auto buffer = map.find("receive_buffer")) {
        step.receive_buffer = buffer->size();
        if (step.receive_buffer > std::uint64_t{kLargestPiece})
          buffer->fail("must be at most 1GiB");
      }
      if (const auto tls = map.find("tls"))
        step.bare = tls->one_of({"by_profile", "none"}) == "none";
    } else if (is_given(value)) {
      step.as = value->text();
    }
    const auto known = connections_.find(step.as);
    if (known != connections_.end() && known->second.state != State::kClosed) {
      where.fail(fmt::format("the connection '{}' is already open", displayable(step.as)));
    }
    connections_[step.as] = Named();
    return step;
  }

  // The connection a step acts on: `on` in a map, the value itself, or the one called main.
  std::string name_of(const std::optional<YamlNode>& value) {
    return is_given(value) ? value->text() : std::string(kMain);
  }

  Named& open(const std::string& name, const YamlNode& where) {
    const auto found = connections_.find(name);
    if (found == connections_.end()) {
      std::vector<std::string> names;
      for (const auto& entry : connections_) names.push_back(entry.first);
      where.fail(fmt::format("no connection '{}' is open here{}", displayable(name),
                             suggestion(name, names)));
    }
    if (found->second.state == State::kClosed) {
      where.fail(fmt::format("the connection '{}' is closed by now", displayable(name)));
    }
    return found->second;
  }

  std::string open_name(const std::optional<YamlNode>& value, const YamlNode& step) {
    std::string name = name_of(value);
    open(name, value ? *value : step);
    return name;
  }

  ReplyStep read_reply(const std::optional<YamlNode>& value, const YamlNode& step) {
    std::string name = open_name(value, step);
    const Named& named = connections_[name];
    const YamlNode& where = value ? *value : step;
    // With framing half_close the half-close alone is a message.
    if (!named.has_sent_message && named.state != State::kHalfClosed) {
      where.fail(
          fmt::format("no reply can come on '{}': no message was sent on it", displayable(name)));
    }
    refuse_ended(name, where);
    return ReplyStep{std::move(name)};
  }

  EndStep read_end(const std::optional<YamlNode>& value, const YamlNode& step) {
    std::string name = open_name(value, step);
    refuse_ended(name, value ? *value : step);
    connections_[name].at_end = true;
    return EndStep{std::move(name)};
  }

  void refuse_ended(const std::string& name, const YamlNode& where) {
    if (connections_[name].at_end) {
      where.fail(
          fmt::format("nothing can come on '{}' after its end of stream", displayable(name)));
    }
  }

  std::string change(const std::optional<YamlNode>& value, const YamlNode& step, State to) {
    std::string name = name_of(value);
    Named& named = open(name, value ? *value : step);
    if (named.state == to)
      (value ? *value : step)
          .fail(fmt::format("the connection '{}' is half-closed already", displayable(name)));
    named.state = to;
    return name;
  }

  std::string sending_name(const YamlMap& map) {
    const auto on = map.find("on");
    std::string name = on ? on->text() : std::string(kMain);
    sending(name, on ? *on : map.node());
    return name;
  }

  Named& sending(const std::string& name, const YamlNode& where) {
    Named& named = open(name, where);
    if (named.state == State::kHalfClosed) {
      where.fail(
          fmt::format("nothing can be sent on '{}' after its half-close", displayable(name)));
    }
    if (named.at_end) {
      where.fail(fmt::format("nobody reads what is sent on '{}' after its end of stream",
                             displayable(name)));
    }
    return named;
  }

  std::vector<ScriptMessage> read_messages(const YamlMap& map) {
    const auto one = map.find("message");
    const auto several = map.find("messages");
    if (one && several) map.fail_at_key("messages", "either message or messages, not both");
    std::vector<ScriptMessage> messages;
    if (one) messages.push_back(next_message(read_message(*one, folder_)));
    if (several) {
      for (const YamlNode& item : several->items())
        messages.push_back(next_message(read_message(item, folder_)));
      if (messages.empty()) several->fail("needs at least one message");
    }
    return messages;
  }

  static std::uint64_t read_times(const YamlMap& map) {
    const auto times = map.find("times");
    return times ? static_cast<std::uint64_t>(times->integer(1, kMostTimes)) : 1;
  }

  SendStep read_send(const YamlNode& node) {
    const YamlMap map =
        node.map("'send'", {"on", "message", "messages", "times", "segments", "split_at", "gap",
                            "until", "rest", "raw", "client_hello", "fill", "with_cr"});
    SendStep step;
    step.on = sending_name(map);
    step.messages = read_messages(map);
    step.times = read_times(map);
    if (step.messages.empty() && map.has("times"))
      map.fail_at_key("times", "'times' goes with message or messages");
    if (const auto raw = map.find("raw")) step.raw = raw->bytes();
    if (const auto hello = map.find("client_hello"))
      step.client_hello = hello->one_of({"tls1.0", "tls1.1", "tls1.2"}).substr(3);
    if (const auto rest = map.find("rest")) step.rest = rest->boolean();
    const int kinds = static_cast<int>(!step.messages.empty()) +
                      static_cast<int>(step.raw.has_value()) + static_cast<int>(step.rest) +
                      static_cast<int>(step.client_hello.has_value());
    if (kinds != 1) node.fail("sends one of message, messages, raw, client_hello, rest: true");
    read_segmentation(map, &step.segmentation);
    if (step.segmentation.boundary && (step.messages.empty() || map.has("until"))) {
      map.fail_at_key("segments", "'segments: boundary' goes with whole messages");
    }
    if (const auto fill = map.find("fill")) step.fill = fill->boolean();
    if (const auto with_cr = map.find("with_cr")) step.with_cr = with_cr->boolean();
    if (step.with_cr && step.messages.empty()) {
      map.fail_at_key("with_cr", "'with_cr' goes with message or messages");
    }
    Named& named = connections_[step.on];
    named.has_sent_message = named.has_sent_message || !step.messages.empty();
    if (const auto until = map.find("until")) {
      if (step.messages.empty()) map.fail_at_key("until", "'until' goes with message or messages");
      step.until = until->scalar_or_empty() == "delimiter"
                       ? kUntilDelimiter
                       : until->integer(-kMostTimes, kMostTimes);
    }
    if (step.rest && !named.has_unsent_rest)
      map.fail_at_key("rest", "no 'until' has left a rest on this connection");
    if (!step.messages.empty()) refuse_unsent_rest(named, node);
    if (step.until) named.has_unsent_rest = true;
    if (step.rest) named.has_unsent_rest = false;
    return step;
  }

  static void refuse_unsent_rest(const Named& named, const YamlNode& node) {
    if (named.has_unsent_rest) node.fail("the rest of the message before must be sent first");
  }

  static void begin_exchange(Named& named, const YamlNode& node) {
    refuse_unsent_rest(named, node);
    named.has_sent_message = true;
  }

  void read_segmentation(const YamlMap& map, Segmentation* segmentation) {
    const auto segments = map.find("segments");
    const auto split = map.find("split_at");
    if (segments && split) map.fail_at_key("split_at", "either segments or split_at, not both");
    if (segments && segments->kind() == YamlNode::Kind::kMap) {
      segmentation->every = static_cast<std::uint64_t>(
          segments->map("'segments'", {"every"}).at("every").integer(1, kLargestPiece));
    } else if (segments && segments->scalar_or_empty() == "boundary") {
      segmentation->boundary = true;
    } else if (segments) {
      for (const YamlNode& size : segments->items()) {
        segmentation->sizes.push_back(static_cast<std::uint64_t>(size.integer(1, kLargestPiece)));
      }
      if (segmentation->sizes.empty()) segments->fail("needs at least one size");
    }
    if (split) {
      for (const YamlNode& at : split->items_or_self()) {
        segmentation->split_at.push_back(at.integer(-kMostTimes, kMostTimes));
        if (segmentation->split_at.back() == 0) at.fail("must not be 0: that splits nothing off");
      }
      if (segmentation->split_at.empty()) split->fail("needs at least one place");
    }
    if (const auto gap = map.find("gap")) {
      if (segmentation->whole()) map.fail_at_key("gap", "'gap' goes with segments or split_at");
      segmentation->gap = read_time(*gap);
    }
  }

  ExchangeStep read_exchange(const YamlNode& node) {
    // Without keys of its own it is the message itself.
    static const std::vector<std::string> own = {"on", "message", "messages", "times"};
    ExchangeStep step;
    if (node.kind() == YamlNode::Kind::kMap) {
      const YamlMap map = node.map("'exchange'", own);
      step.on = sending_name(map);
      step.messages = read_messages(map);
      step.times = read_times(map);
      if (step.messages.empty()) node.fail("needs message or messages");
      begin_exchange(connections_[step.on], node);
      return step;
    }
    step.on = kMain;
    begin_exchange(sending(step.on, node), node);
    step.messages.push_back(next_message(read_message(node, folder_)));
    return step;
  }

  SilenceStep read_silence(const std::optional<YamlNode>& value, const YamlNode& step_node) {
    SilenceStep step;
    step.on = kMain;
    step.time.kind = TimeExpression::Kind::kQuiet;
    if (value && value->kind() == YamlNode::Kind::kMap) {
      const YamlMap map = value->map("'silence'", {"on", "for"});
      if (const auto on = map.find("on")) step.on = on->text();
      if (const auto time = map.find("for")) {
        step.time = read_time(*time);
        const bool none =
            step.time.kind == TimeExpression::Kind::kGiven && step.time.given == Duration::zero();
        if (none) time->fail("must be longer than no time at all: that hears nothing");
      }
    } else if (value) {
      step.on = name_of(value);
    }
    open(step.on, value ? *value : step_node);
    refuse_ended(step.on, value ? *value : step_node);
    return step;
  }

  static TimeExpression read_time(const YamlNode& node) {
    TimeExpression time;
    const std::string word = node.scalar_or_empty();
    if (word == "quiet") {
      time.kind = TimeExpression::Kind::kQuiet;
    } else if (word == "pause") {
      time.kind = TimeExpression::Kind::kPause;
    } else {
      time.given = node.duration();
    }
    return time;
  }

  // Steps inside a block see no connection from outside, and leave none behind.
  std::shared_ptr<const Steps> block(const YamlNode& node) {
    if (depth_ >= kDeepestBlock) node.fail("blocks nested too deeply");
    ++depth_;
    std::map<std::string, Named> outside;
    std::swap(outside, connections_);
    auto steps = std::make_shared<const Steps>(read(node));
    std::swap(outside, connections_);
    --depth_;
    return steps;
  }

  RepeatStep read_repeat(const YamlNode& node) {
    const YamlMap map = node.map("'repeat'", {"times", "steps"});
    RepeatStep step;
    step.times = static_cast<std::uint64_t>(map.at("times").integer(1, kMostTimes));
    step.steps = block(map.at("steps"));
    return step;
  }

  std::string folder_;
  std::map<std::string, Named> connections_;
  int slots_ = 0;
  std::size_t step_count_ = 0;
  int depth_ = 0;
  bool told_to_end_ = false;
};

}  // namespace

Duration TimeExpression::resolve(const Timeouts& timeouts) const {
  switch (kind) {
    case Kind::kQuiet:
      return timeouts.quiet;
    case Kind::kPause:
      return timeouts.pause;
    case Kind::kGiven:
      break;
  }
  return given;
}

unsigned CountExpression::resolve(const Profile& profile) const {
  const auto limit = static_cast<std::int64_t>(profile.limits.connections);
  return static_cast<unsigned>(
      std::max<std::int64_t>(1, of_limit ? limit + number : std::min(number, limit)));
}

void for_each_step(const Steps& steps, const std::function<void(const Step&)>& visit) {
  for (const Step& step : steps) {
    visit(step);
    if (const auto* control = std::get_if<ControlStep>(&step.action)) {
      for_each_step(*control->steps, visit);
    } else if (const auto* repeat = std::get_if<RepeatStep>(&step.action)) {
      for_each_step(*repeat->steps, visit);
    } else if (const auto* measure = std::get_if<MeasureStep>(&step.action)) {
      if (measure->steps) for_each_step(*measure->steps, visit);
    }
  }
}

void for_each_message(const Steps& steps,
                      const std::function<void(const ScriptMessage&, const Step&)>& visit) {
  for_each_step(steps, [&](const Step& step) {
    if (const auto* send = std::get_if<SendStep>(&step.action)) {
      for (const ScriptMessage& message : send->messages) visit(message, step);
    } else if (const auto* exchange = std::get_if<ExchangeStep>(&step.action)) {
      for (const ScriptMessage& message : exchange->messages) visit(message, step);
    } else if (const auto* liveness = std::get_if<LivenessStep>(&step.action)) {
      visit(liveness->message, step);
    }
  });
}

ProcessUse process_use(const Steps& steps) {
  ProcessUse use = ProcessUse::kNone;
  for (const Step& step : steps) {
    ProcessUse own = ProcessUse::kNone;
    if (std::holds_alternative<TerminateStep>(step.action)) own = ProcessUse::kEnds;
    if (std::holds_alternative<MeasureStep>(step.action)) own = ProcessUse::kMeasures;
    if (const auto* repeat = std::get_if<RepeatStep>(&step.action))
      own = process_use(*repeat->steps);
    if (const auto* control = std::get_if<ControlStep>(&step.action))
      own = process_use(*control->steps);
    use = std::max(use, own);
  }
  return use;
}

Steps exchange_script(MessageSource message, std::optional<MessageSource> control,
                      const Location& where) {
  const std::string main(kMain);
  const auto exchange = [&](MessageSource source, int slot) {
    Steps steps;
    steps.push_back({where, ConnectStep{main}});
    steps.push_back({where, ExchangeStep{main, {{slot, std::move(source)}}, 1}});
    steps.push_back({where, HalfCloseStep{main}});
    steps.push_back({where, EndStep{main}});
    return steps;
  };
  Steps script;
  if (control) {
    script.push_back(
        {where, ControlStep{std::make_shared<const Steps>(exchange(std::move(*control), 1))}});
  }
  for (Step& step : exchange(std::move(message), 0)) script.push_back(std::move(step));
  return script;
}

Steps read_script(const YamlNode& node, const std::string& folder) {
  return ScriptReader(folder).read(node);
}

}  // namespace md5spec
