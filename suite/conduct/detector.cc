#include "conduct/detector.h"

#include <algorithm>
#include <exception>
#include <memory>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>

#include "conduct/resolve_host.h"
#include "target/framing.h"
#include "text/bytes.h"
#include "wire/connection.h"
#include "wire/race.h"
#include "wire/tls.h"

namespace md5spec {
namespace {

constexpr std::uint64_t kMostReceived = 1U << 20U;
constexpr std::size_t kLongestWrite = 16U << 10U;  // arrives in one read, if that is large enough
constexpr int kMostContradictions = 3;
constexpr int kMorePatience = 3;
constexpr std::size_t kMostIdle = 3;  // connections that stand by while another is to be served

// A server that sends on and on isn't listened to for ever: past the patience for a first byte.
constexpr Duration kLongestReply = std::chrono::seconds(3);

using Answer = Trials::Answer;

std::string letters(std::size_t size) {
  std::string text;
  for (std::size_t i = 0; i < size; ++i) text += static_cast<char>('a' + (i * i / 7 + i) % 26);
  return text;
}

// No delimiter, and no message cut by one, whatever the profile's is.
std::string without_delimiter(std::string text, const Profile& profile) {
  if (profile.framing == Framing::kDelimited)
    std::erase_if(text, [&](char c) { return profile.delimiter.find(c) != std::string::npos; });
  return text;
}

class Detector {
 public:
  Detector(HostPort target, DetectionPace pace)
      : target_(std::move(target)),
        pace_(pace),
        recorder_(transcript_),
        deadline_(Clock::now() + pace.whole) {}

  asio::awaitable<void> run() {
    std::string error;
    servers_ = co_await resolve_host(target_, &error);
    result_.why = error.empty() ? "no address" : error;
    if (servers_.empty()) co_return;
    co_await recognise();
    if (may_speak_tls() && co_await shakes_hands()) co_await recognise();
    if (result_.outcome != Detection::Outcome::kFound) co_return;
    co_await try_messages();
    if (formats_.front().profile.framing == Framing::kUnframed) co_await find_split();
    co_await try_connections();
    conclude_from_all();
  }

  Detection take() {
    result_.connections = transcript_.connections.size();
    result_.out_of_time = out_of_time();
    result_.duration = recorder_.now();
    return std::move(result_);
  }

  // What was found so far, where there is no more time.
  void give_up() {
    if (result_.outcome == Detection::Outcome::kFound) {
      conclude_from_all();
    } else {
      name_failure();
    }
  }

 private:
  bool out_of_time() const { return Clock::now() >= deadline_; }
  Deadline within(Duration time) const { return std::min(Clock::now() + time, deadline_); }

  // --- which format it is ---

  asio::awaitable<void> recognise() {
    formats_ = known_formats();
    int contradictions = 0;
    for (;;) {
      const auto probe = next_probe(formats_, done_, talkative_);
      if (!probe || out_of_time() || contradictions == kMostContradictions) break;
      const Observation seen = co_await converse(*probe);
      if (!seen.connected || is_hopeless(seen)) break;
      std::vector<Format> left = explaining(formats_, seen);
      const bool contradicted = left.empty();
      const bool answered =
          std::any_of(result_.seen.begin(), result_.seen.end(), answers_with_digests);
      if (contradicted && !patient_ && answered) {
        begin_again();  // perhaps it's only slow
        continue;
      }
      if (contradicted) {
        ++contradictions;
      } else {
        formats_ = std::move(left);
      }
    }
    if (!is_recognised()) {
      name_failure();
      co_return;
    }
    result_.outcome = Detection::Outcome::kFound;
    const Format best = formats_.front();
    if (is_confirmed(best, result_.seen) && has_several_samples()) co_return;
    const Probe probe = confirming_probe(best);
    const Observation seen = co_await converse(probe);
    if (patient_ || !explaining({best}, seen).empty()) co_return;
    begin_again();
    co_await recognise();
  }

  // Whether replies to different messages stood alone: one by itself fits many templates.
  bool has_several_samples() const {
    const auto samples = samples_in(formats_.front(), result_.seen);
    return std::any_of(samples.begin(), samples.end(), [&](const ReplySample& sample) {
      return sample.message.size() != samples.front().message.size();
    });
  }

  void begin_again() {
    patient_ = true;
    pace_.reply *= kMorePatience;
    pace_.quiet *= kMorePatience;
    done_.clear();
    result_.seen.clear();
    formats_ = known_formats();
  }

  // Whether it is one that no further probe will make any wiser.
  bool is_hopeless(const Observation& seen) const {
    const bool nothing_sent = seen.came.empty();
    return seen.endless || seen.end == Observation::End::kFlood ||
           (nothing_sent && result_.seen.size() > 1);
  }

  bool is_recognised() const {
    return std::any_of(result_.seen.begin(), result_.seen.end(), [&](const Observation& seen) {
      return answers_with_digests(seen) && !explaining({formats_.front()}, seen).empty();
    });
  }

  template <typename Test>
  bool any_seen(Test test) const {
    return std::any_of(result_.seen.begin(), result_.seen.end(), test);
  }

  void name_failure() {
    const auto any = [&](auto&& test) { return any_seen(test); };
    const bool reached = any([](const Observation& o) { return o.connected; });
    if (!reached) {
      result_.outcome = Detection::Outcome::kUnreachable;
      if (!error_.empty()) result_.why = error_;
      return;
    }
    const bool spoke = any([](const Observation& o) { return !o.received().empty(); });
    result_.outcome = spoke ? Detection::Outcome::kUnrecognised : Detection::Outcome::kSilent;
    if (any([](const Observation& o) { return o.endless || o.end == Observation::End::kFlood; })) {
      result_.why = "it sends without end, whatever it is sent";
    } else if (any(answers_with_digests)) {
      result_.why = "it answers with MD5 digests, but in no format that a profile can say";
    } else if (any(answers_like_tls)) {
      result_.why = "it answers like a TLS server";
    } else if (spoke) {
      result_.why = "it answers, but with no digest of anything it was sent";
    } else if (any([](const Observation& o) { return o.came.empty(); })) {
      result_.why = "it closes connections at once";
    } else {
      result_.why = fmt::format("not a byte came, though up to {} ms were given for it",
                                pace_.reply / std::chrono::milliseconds(1));
    }
    if (tls_) result_.why = "it speaks TLS, and over that " + result_.why;
  }

  // --- whether it speaks TLS ---

  // An alert is a record of its own (RFC 8446, section 5.1).
  static bool answers_like_tls(const Observation& seen) {
    const std::string bytes = seen.received();
    return bytes.size() >= 7 && bytes.starts_with("\x15\x03") && bytes[3] == 0 && bytes[4] == 2;
  }

  // Some close without an alert, or wait for the rest of what they take for a handshake.
  bool may_speak_tls() const {
    if (result_.outcome == Detection::Outcome::kUnreachable || out_of_time()) return false;
    const bool nothing = result_.outcome == Detection::Outcome::kSilent;
    return nothing ||
           (result_.outcome == Detection::Outcome::kUnrecognised && any_seen(answers_like_tls));
  }

  // If a handshake can be had, verified or not, all else is tried over TLS.
  asio::awaitable<bool> shakes_hands() {
    Secured secured;
    secured.options.server_name = target_.host;
    secured.error = co_await handshake(secured.options);
    if (!secured.error.empty()) {
      secured.options = TlsOptions();
      secured.options.verify = false;
      const std::string error = co_await handshake(secured.options);
      if (!error.empty()) {
        if (any_seen(answers_like_tls)) result_.why += ", but no handshake came about: " + error;
        co_return false;
      }
    }
    secured_ = std::move(secured);
    tls_ = std::make_shared<const TlsContext>(secured_->options);
    done_.clear();
    result_.seen.clear();
    talkative_ = false;
    ignored_ends_ = 0;
    co_return true;
  }

  // Why there is none; empty where there is.
  asio::awaitable<std::string> handshake(const TlsOptions& options) {
    tls_ = std::make_shared<const TlsContext>(options);
    const auto connection = co_await connect();
    tls_.reset();
    if (!connection) co_return error_;
    co_await connection->finish();
    co_return "";
  }

  void conclude_tls() {
    Conclusion& all = result_.conclusion;
    all.profile.tls = secured_->options;
    if (secured_->options.verify) {
      all.keys.push_back({"tls", fmt::format("{{server_name: {}}}", in_quotes(target_.host)),
                          Certainty::kSure, "its certificate is valid for that name"});
      return;
    }
    all.keys.push_back({"tls", "{verify: false}", Certainty::kSure, "a handshake came about"});
    all.doubts.push_back(
        fmt::format("its certificate wasn't verified ({}): with tls: {{server_name: NAME, ca: "
                    "FILE}} it would be",
                    secured_->error));
  }

  // --- one conversation ---

  // Adds to what was seen, also where no connection could be had.
  asio::awaitable<Observation> converse(const Probe& probe) {
    done_.push_back(probe);
    Observation seen;
    seen.probe = probe;
    auto connection = co_await connect();
    if (connection) {
      seen.connected = true;
      co_await hear_banner(connection.get(), &seen);
      const bool opening = done_.size() == 1;
      for (std::size_t step = 0; step < seen.probe.steps.size(); ++step) {
        if (connection->ended() || seen.endless || out_of_time()) break;
        co_await take_step(connection.get(), step, &seen);
        // Once there is something to go by the rest of the first conversation says little more.
        if (opening && answers_with_digests(seen)) seen.probe.steps.resize(seen.came.size());
      }
      note_end(*connection, &seen);
      co_await connection->finish();
    }
    result_.seen.push_back(seen);
    co_return seen;
  }

  asio::awaitable<std::shared_ptr<Connection>> connect() {
    const auto executor = co_await asio::this_coro::executor;
    while (!servers_.empty()) {
      transcript_.connections.emplace_back();
      const int number = static_cast<int>(transcript_.connections.size()) - 1;
      const Connection::Options options(0, kMostReceived, tls_);
      auto connection = std::make_shared<Connection>(executor, recorder_, number, options);
      const auto opened = co_await connection->open(servers_.front(), within(pace_.connect));
      if (opened == Connection::Opened::kYes) {
        result_.server = fmt::format(
            "{}", HostPort{servers_.front().address().to_string(), servers_.front().port()}.str());
        connection->start_reading();
        segment_ = connection->segment_size();
        co_return connection;
      }
      const bool handshake = opened == Connection::Opened::kNoHandshake;
      error_ = handshake ? connection->handshake_error() : connection->error().message();
      if (handshake) co_await connection->finish();
      if (!result_.server.empty()) break;  // another address would be another server
      servers_.erase(servers_.begin());
    }
    co_return nullptr;
  }

  // What comes unasked for. On the first connection it is waited for; on others as long as it
  // has to be if it comes again.
  asio::awaitable<void> hear_banner(Connection* connection, Observation* seen) {
    const bool first = result_.seen.empty();
    const std::size_t known = first ? 0 : result_.seen.front().banner.size();
    const Deadline last = within(kLongestReply);
    Deadline until = within(first ? pace_.banner : pace_.reply);
    while (first || connection->received().size() < known) {
      if (!co_await connection->activity(std::min(until, last))) break;
      if (connection->ended()) break;
      if (first) until = within(pace_.quiet);
    }
    seen->banner = connection->received();
    seen->endless = first && Clock::now() >= last;
  }

  asio::awaitable<void> take_step(Connection* connection, std::size_t step, Observation* seen) {
    const Probe::Step& what = seen->probe.steps[step];
    const std::size_t before = connection->received().size();
    const Clock::time_point began = Clock::now();
    co_await connection->send(what.bytes, pace_.reply, deadline_);
    if (what.half_close) connection->half_close();
    const Duration first = patience(seen->probe, step);
    const Deadline last = within(first + kLongestReply);
    while (!connection->ended()) {
      const bool something = connection->received().size() > before;
      const Deadline until = something ? connection->idle_since() + pace_.quiet : began + first;
      if (Clock::now() >= std::min(until, last)) break;
      const bool news = co_await connection->activity(std::min(until, last));
      if (news && !something && connection->received().size() > before)
        seen->slowest =
            std::max(seen->slowest, std::chrono::duration_cast<Duration>(Clock::now() - began));
    }
    if (what.half_close && !connection->ended()) ++ignored_ends_;
    if (!connection->ended() && Clock::now() >= last) seen->endless = true;
    if (!what.half_close && connection->ended()) talkative_ = true;  // it minds what it was sent
    // A copy keeps a flood from being held for every conversation.
    seen->came.push_back(connection->received().substr(before, kLongestWrite * 8));
    if (connection->received().size() > before) talkative_ = true;
  }

  // For the first byte behind a step: long only where one may come.
  Duration patience(const Probe& probe, std::size_t step) const {
    const bool may_answer = any_answers(formats_, probe, step);
    if (!probe.steps[step].half_close) return may_answer ? pace_.reply : pace_.quiet;
    // The end of stream tells as much as a reply. Some never send it.
    if (ignored_ends_ > 1) return may_answer ? pace_.reply : pace_.quiet;
    return pace_.reply * 2;
  }

  void note_end(const Connection& connection, Observation* seen) {
    if (!seen->banner.empty()) talkative_ = true;
    if (!connection.ended()) return;
    if (connection.received().size() > kMostReceived) {
      seen->end = Observation::End::kFlood;
    } else {
      seen->end = connection.error() ? Observation::End::kReset : Observation::End::kOrderly;
    }
  }

  // --- what it takes, once its format is known ---

  const Profile& speaks() const { return formats_.front().profile; }

  std::string framed(const std::string& message) const {
    const Frame frame = frame_for(speaks(), message.size());
    return frame.head + message + frame.tail;
  }

  ReplyTemplate shape() const {
    const auto samples = samples_in(formats_.front(), result_.seen);
    std::optional<ReplyTemplate> found;
    if (!samples.empty()) found = template_of(samples);
    return found.value_or(ReplyTemplate());
  }

  ExpectedReply expected(const std::string& message) const {
    return shape().expect(due_digest(speaks(), message), message);
  }

  // Makes an exchange on a connection of its own; it doesn't count for what format it is.
  asio::awaitable<std::string> ask(std::string message) {
    Probe probe;
    Probe::Step step;
    step.bytes = framed(message);
    step.half_close = speaks().framing == Framing::kHalfClose;
    probe.steps.push_back(step);
    const Observation seen = co_await converse(probe);
    asked_.push_back(result_.seen.back());
    result_.seen.pop_back();
    co_return seen.came.empty() ? std::string() : seen.came.front();
  }

  asio::awaitable<Answer> answer_to(std::string message) {
    const std::string came = co_await ask(message);
    const ExpectedReply due = expected(message);
    if (due.begins(came) && came.size() == due.size()) co_return Answer::kRight;
    const bool like_one =
        came.size() == due.size() && came.starts_with(due.before) && came.ends_with(due.after);
    co_return like_one ? Answer::kWrong : Answer::kRefused;
  }

  asio::awaitable<void> try_messages() {
    const std::string binary = without_delimiter("x\x80\xff\xfe\x01\x7f y\xc3z", speaks());
    trials_.binary = co_await answer_to(binary);
    if (trials_.binary == Answer::kRefused) co_await find_accepted();
    if (speaks().framing != Framing::kUnframed) trials_.empty = co_await answer_to(std::string());
  }

  // From the widest to the narrowest.
  asio::awaitable<void> find_accepted() {
    struct Step {
      const char* message;
      const char* profile;
    };
    const std::vector<Step> ladder = {{"gr\xc3\xbc\xc3\x9f\x01z", "utf8"},
                                      {"a\x01\x7fz", "ascii"},
                                      {"A z(09)~", "printable"},
                                      {"Az09", "{regex: \"[A-Za-z0-9]*\"}"},
                                      {"letters", "{regex: \"[a-z]*\"}"}};
    for (const Step& step : ladder) {
      const std::string message = without_delimiter(step.message, speaks());
      const Answer answer = co_await answer_to(message);
      if (answer != Answer::kRight) continue;
      const std::string text =
          fmt::format("profile: p\nframing: half_close\naccepts: {}\n", step.profile);
      trials_.accepts = parse_profile(text, "", "").accepts;
      break;
    }
  }

  // The most that the server reads at once, from where it cuts a longer write.
  asio::awaitable<void> find_split() {
    const std::size_t most = segment_ > 0 ? static_cast<std::size_t>(segment_) : 1024;
    for (std::size_t size = std::min(kLongestWrite, most); size >= 64; size /= 4) {
      const std::string message = letters(size);
      const std::string came = co_await ask(message);
      const auto cut = longest_answered(message, came);
      if (!cut) continue;
      trials_.split = cut;
      trials_.split_seen = *cut < size;
      break;
    }
  }

  // Of which of its beginnings `came` is the reply.
  std::optional<std::uint64_t> longest_answered(const std::string& message,
                                                const std::string& came) const {
    const ReplyTemplate reply = shape();
    Md5 growing;
    for (std::size_t size = 1; size <= message.size() && !came.empty(); ++size) {
      growing.update(std::string_view(message).substr(size - 1, 1));
      if (reply.expect(growing.digest(), message.substr(0, size)).begins(came)) return size;
    }
    return std::nullopt;
  }

  // Whether it serves one client while others stand idle.
  asio::awaitable<void> try_connections() {
    const std::string message = "sierra";
    for (std::size_t idle = kMostIdle;; --idle) {
      std::vector<std::shared_ptr<Connection>> held;
      for (std::size_t i = 0; i < idle; ++i) {
        auto connection = co_await connect();
        if (connection) held.push_back(connection);
      }
      const Answer answer = co_await answer_to(message);
      for (const auto& connection : held) co_await connection->finish();
      if (answer == Answer::kRight) {
        trials_.connections = static_cast<unsigned>(held.size()) + 1;
        trials_.more_refused = idle < kMostIdle;
        co_return;
      }
      if (idle == 0 || out_of_time()) co_return;
    }
  }

  void conclude_from_all() {
    std::optional<ReplyTemplate> reply;
    const auto samples = samples_in(formats_.front(), result_.seen);
    if (!samples.empty()) reply = template_of(samples);
    result_.conclusion = conclude(formats_, result_.seen, reply, trials_);
    result_.conclusion.profile.title = fmt::format("Found by probing {}", target_.str());
    if (secured_) conclude_tls();
    result_.seen.insert(result_.seen.end(), asked_.begin(), asked_.end());
    asked_.clear();
  }

  // A handshake that came about.
  struct Secured {
    TlsOptions options;
    std::string error;  // why its certificate couldn't be verified
  };

  HostPort target_;
  DetectionPace pace_;
  std::shared_ptr<const TlsContext> tls_;  // nothing: plain TCP
  std::optional<Secured> secured_;
  Transcript transcript_;
  Recorder recorder_;
  Deadline deadline_;
  std::vector<asio::ip::tcp::endpoint> servers_;
  std::vector<Format> formats_;
  std::vector<Probe> done_;
  std::vector<Observation> asked_;
  Trials trials_;
  std::string error_;
  bool patient_ = false;
  bool talkative_ = false;
  int ignored_ends_ = 0;
  int segment_ = 0;
  Detection result_;
};

}  // namespace

void DetectionPace::scale(double factor) {
  for (Duration* time : {&connect, &banner, &reply, &quiet, &whole})
    *time = Duration(static_cast<Duration::rep>(static_cast<double>(time->count()) * factor));
}

Detection detect(HostPort target, DetectionPace pace) {
  asio::io_context context(1);
  Detector detector(std::move(target), pace);
  std::exception_ptr thrown;
  // Waits end by themselves at the deadline; resolving a name is all that needs to be cut short.
  auto work = ends_by(Clock::now() + pace.whole + kLongestReply, detector.run());
  bool in_time = false;
  asio::co_spawn(context, std::move(work), [&](const std::exception_ptr& e, bool ended) {
    thrown = e;
    in_time = ended;
    context.stop();
  });
  context.run();
  if (thrown) std::rethrow_exception(thrown);
  if (!in_time) detector.give_up();
  return detector.take();
}

}  // namespace md5spec
