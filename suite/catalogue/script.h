// What a case does: a list of steps on named connections. docs/cases.md describes the same for
// those who write cases.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "catalogue/message.h"
#include "target/input_error.h"

namespace md5spec {

struct Step;
using Steps = std::vector<Step>;

// A time that a script names: one of the profile's, or its own.
struct TimeExpression {
  enum class Kind { kGiven, kQuiet, kPause } kind = Kind::kGiven;
  Duration given{};

  Duration resolve(const Timeouts& timeouts) const;
};

// A message in a script; `slot` numbers the messages of a script from 0, so that each has its own
// seed.
struct ScriptMessage {
  int slot = 0;
  MessageSource source;
};

// How what is sent is cut into segments, each its own write; the sockets don't delay or join them
// (TCP_NODELAY), but the network and the receiver may.
struct Segmentation {
  std::uint64_t every = 0;             // > 0: segments of so many bytes
  std::vector<std::uint64_t> sizes;    // else: these sizes, the rest in one more
  std::vector<std::int64_t> split_at;  // else: borders; negative ones count from the end
  bool boundary = false;  // else: each byte of the delimiter, or of the length, by itself
  TimeExpression gap;     // between segments

  bool whole() const { return every == 0 && sizes.empty() && split_at.empty() && !boundary; }
};

enum class Reading {
  kAlways,      // whatever comes is read at once
  kSlowly,      // a little at a time, with a gap behind it (wire/connection.h)
  kAfterStall,  // nothing is read until a send can't go on
  kNever,       // nothing is read until a step waits for something
};

// How many connections: a number, though no more than the profile's limits.connections, or that
// less some.
struct CountExpression {
  bool of_limit = false;
  std::int64_t number = 1;  // absolute, or what is added to the limit

  unsigned resolve(const Profile& profile) const;  // at least 1
};

struct ConnectStep {
  std::string as;
  CountExpression
      count{};  // how many connections bear the name; steps on it act on all of them at once
  bool at_once = false;  // they are opened at the same moment, not one after another
  Reading reading = Reading::kAlways;
  std::uint64_t receive_buffer = 0;  // bytes; 0: the system's default
  bool bare = false;                 // without TLS, also where the profile has it
};

// Sends messages, or a part of one, or bytes below the framing.
struct SendStep {
  std::string on;
  std::vector<ScriptMessage>
      messages;  // `times` times over, joined before they are cut into segments
  std::uint64_t times = 1;
  Segmentation segmentation;
  std::optional<std::int64_t>
      until;             // only the first so many bytes of the frames; negative: all but so many
  bool rest = false;     // what an `until` left unsent
  bool fill = false;     // until nothing more has fitted for timeouts.pause
  bool with_cr = false;  // with the carriage return that the profile's delimiter may have before it
  std::optional<std::string> raw;
  // A ClientHello made by hand that offers no later version of TLS: "1.0", "1.1" or "1.2".
  std::optional<std::string> client_hello;
};

// Messages one after another, each sent once the reply to the one before has come.
struct ExchangeStep {
  std::string on;
  std::vector<ScriptMessage> messages;
  std::uint64_t times = 1;
};

struct ReplyStep {  // waits for the replies to every complete message sent so far
  std::string on;
};

struct SilenceStep {  // nothing may come for that long; sooner over where something does
  std::string on;
  TimeExpression time;
};

struct HalfCloseStep {
  std::string on;
};
struct FinStep {  // over TLS: without close_notify
  std::string on;
};
struct CloseStep {
  std::string on;
};
struct ResetStep {
  std::string on;
};
struct EndStep {
  std::string on;
};  // waits for the server's end of stream

struct PauseStep {  // does nothing for that long
  TimeExpression time;
};

// A plain exchange on a new connection; the server must still be serving.
struct LivenessStep {
  ScriptMessage message;
};

// Steps that a server without the defect in question passes; when they fail, the case can't tell.
struct ControlStep {
  std::shared_ptr<const Steps> steps;
};

// Steps over and over, as often as fits in the time budget; connections opened inside end with each
// round.
struct RepeatStep {
  std::uint64_t times = 1;
  std::shared_ptr<const Steps> steps;
};

// Looks at what the server's process takes up. With `windows`: looks, carries the steps out `times`
// over and looks again, for so many windows; as long as every one of them has grown, further ones
// follow, as many as fit in the time budget.
struct MeasureStep {
  std::uint64_t windows = 0;  // 0: looks once
  std::uint64_t times = 1;
  std::shared_ptr<const Steps> steps;
};

struct TerminateStep {};   // asks the server's process to end (SIGTERM)
struct ProcessEndStep {};  // waits until it has ended

struct Step {
  Location where;
  std::variant<ConnectStep, SendStep, ExchangeStep, ReplyStep, SilenceStep, HalfCloseStep, FinStep,
               CloseStep, ResetStep, EndStep, PauseStep, LivenessStep, ControlStep, RepeatStep,
               MeasureStep, TerminateStep, ProcessEndStep>
      action;
};

// What a script does with the server's process, which only md5spec's own may be done to.
enum class ProcessUse { kNone, kMeasures, kEnds };
ProcessUse process_use(const Steps& steps);

// Calls `visit` for each step, a block's own behind the block.
void for_each_step(const Steps& steps, const std::function<void(const Step&)>& visit);

// Calls `visit` for each message in `steps`, those inside blocks too, with the step it stands in.
void for_each_message(const Steps& steps,
                      const std::function<void(const ScriptMessage&, const Step&)>& visit);

// The steps of a case in the short form: one exchange, then half-close and end of stream.
Steps exchange_script(MessageSource message, std::optional<MessageSource> control,
                      const Location& where);

// Reads the steps of a `script:`; checks that connections exist and that nothing follows their end.
// Throws InputError.
Steps read_script(const YamlNode& node, const std::string& folder);

}  // namespace md5spec
