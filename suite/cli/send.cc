#include <array>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>

#include "catalogue/planned_case.h"
#include "cli/commands.h"
#include "cli/data_folder.h"
#include "conduct/endpoint.h"
#include "conduct/reply_cursor.h"
#include "conduct/resolve_host.h"
#include "report/results.h"
#include "target/framing.h"
#include "text/bytes.h"
#include "wire/connection.h"

namespace md5spec {
namespace {

// What the first client of such servers sent.
constexpr std::array<const char*, 10> kDefaults = {"Hello, server!",
                                                   "How are you today?",
                                                   "It's a nice day for coding.",
                                                   "Python is fun.",
                                                   "I'm learning about networks.",
                                                   "What's your favorite protocol?",
                                                   "TCP is reliable.",
                                                   "UDP is faster.",
                                                   "Have a great day!",
                                                   "Goodbye, server!"};
constexpr std::uint64_t kMostReceived = 1U << 20U;

struct SendOptions {
  std::string target = "localhost:5555";
  std::string profile = "classic";
  std::vector<std::string> messages;
};

// Why there is no (further) digest, in words for people.
struct Failed {
  std::string why;
};

std::string with_number(const std::error_code& error) {
  if (error == std::errc::timed_out) return "timed out";
  return fmt::format("[Errno {}] {}", error.value(), error.message());
}

// Sends messages one after another and prints what comes back.
class Client {
 public:
  Client(const Profile& profile, HostPort target)
      : profile_(profile),
        target_(std::move(target)),
        tls_(tls_context(profile)),
        recorder_(transcript_) {}

  asio::awaitable<void> run(std::vector<std::string> messages) {
    std::string error;
    servers_ = co_await resolve_host(target_, &error);
    if (servers_.empty()) throw Failed{error.empty() ? "no such host" : error};
    for (const std::string& message : messages) due_ += profile_.reply.size_for(message.size());
    for (const std::string& message : messages) {
      if (const auto reason = why_unsendable(profile_, message))
        throw Failed{fmt::format("{} can't be sent: {}", in_quotes(message, 40), *reason)};
      if (!connection_) co_await connect();
      co_await exchange(message);
      if (!profile_.many()) co_await finish();
    }
    if (connection_) co_await finish();
  }

 private:
  asio::awaitable<void> connect() {
    const auto executor = co_await asio::this_coro::executor;
    for (const auto& server : servers_) {
      transcript_.connections.emplace_back();
      const int number = static_cast<int>(transcript_.connections.size()) - 1;
      Connection::Options options(0, kMostReceived + 2 * due_, tls_);
      connection_ = std::make_shared<Connection>(executor, recorder_, number, options);
      const auto opened =
          co_await connection_->open(server, Clock::now() + profile_.timeouts.connect);
      if (opened == Connection::Opened::kYes) break;
      if (opened == Connection::Opened::kNoHandshake)
        throw Failed{"no TLS handshake: " + connection_->handshake_error()};
      error_ = connection_->error();
      connection_.reset();
    }
    if (!connection_) throw Failed{with_number(error_)};
    connection_->start_reading();
    cursor_ = ReplyCursor();
    cursor_.settle(profile_.banner.size());
    if (!announced_)
      fmt::print("Successfully connected to: {} on PORT {}\n", displayable(target_.host),
                 target_.port);
    announced_ = true;
  }

  asio::awaitable<void> exchange(const std::string& text) {
    auto message = std::make_shared<PlannedMessage>();
    message->bytes = text;
    message->frame = frame_for(profile_, text.size());
    message->reply = profile_.reply.expect(due_digest(profile_, message->frame, text), text);
    fmt::print("Sending: {}\n", displayable(text));
    std::fflush(stdout);
    cursor_.expect(message);
    const std::size_t before = std::max(connection_->received().size(), profile_.banner.size());
    const std::string bytes = message->framed();
    co_await connection_->send(bytes, profile_.timeouts.reply, Clock::time_point::max());
    if (profile_.framing == Framing::kHalfClose) connection_->half_close();
    co_await receive();
    const std::string reply =
        connection_->received().substr(std::min(before, connection_->received().size()));
    cursor_.settle(connection_->received().size());
    if (reply.empty()) throw Failed{no_reply()};
    fmt::print("Original message: {}\nMD5 Hash received: {}\n\n", displayable(text),
               digest_in(reply, *message));
    std::fflush(stdout);
  }

  std::string no_reply() const {
    if (!connection_->ended()) return "timed out";
    if (!connection_->handshake_error().empty())
      return "no TLS handshake: " + connection_->handshake_error();
    if (connection_->error()) return with_number(connection_->error());
    return "the server closed the connection without a reply";
  }

  // Reads until the reply is whole, or deviates and nothing more comes.
  asio::awaitable<void> receive() {
    const Clock::time_point began = Clock::now();
    for (;;) {
      const ReplyCursor::State state = cursor_.look(connection_->received());
      if (state == ReplyCursor::State::kComplete || connection_->ended()) co_return;
      const Duration patience = state == ReplyCursor::State::kDeviating ? profile_.timeouts.quiet
                                                                        : profile_.timeouts.reply;
      const Deadline deadline = std::max(began, connection_->idle_since()) + patience;
      if (Clock::now() >= deadline) co_return;
      co_await connection_->activity(deadline);
    }
  }

  // What came in the digest's place: the reply less the fixed bytes that the profile puts around
  // it.
  std::string digest_in(std::string reply, const PlannedMessage& message) const {
    if (reply.starts_with(message.reply.before)) reply.erase(0, message.reply.before.size());
    if (reply.ends_with(message.reply.after))
      reply.resize(reply.size() - message.reply.after.size());
    return profile_.reply.encoding() == Encoding::kRaw ? hex(reply) : displayable(reply);
  }

  asio::awaitable<void> finish() {
    co_await connection_->finish();
    connection_.reset();
  }

  const Profile& profile_;
  HostPort target_;
  std::shared_ptr<const TlsContext> tls_;
  Transcript transcript_;
  Recorder recorder_;
  std::vector<asio::ip::tcp::endpoint> servers_;
  std::shared_ptr<Connection> connection_;
  ReplyCursor cursor_;
  std::uint64_t due_ = 0;  // bytes of all replies
  std::error_code error_;
  bool announced_ = false;
};

std::string whose(const std::string& host) {
  const bool same = host == "localhost" || host.starts_with("127.") || host == "::1";
  return same ? "the same host" : "the host " + displayable(host);
}

int send(const SendOptions& options) {
  const HostPort target = parse_host_port(options.target);
  const Profile profile = load_profile(options.profile, profiles_folder());
  fmt::print(
      "Client Application\nEstablishing a connection to the server\nAvailable on {} using PORT "
      "{}\n\n",
      whose(target.host), target.port);
  std::fflush(stdout);
  const std::vector<std::string> messages =
      options.messages.empty() ? std::vector<std::string>(kDefaults.begin(), kDefaults.end())
                               : options.messages;
  asio::io_context context(1);
  Client client(profile, target);
  std::exception_ptr thrown;
  asio::co_spawn(context, client.run(messages), [&](const std::exception_ptr& e) {
    thrown = e;
    context.stop();  // a failure leaves a connection behind on which nobody waits any more
  });
  context.run();
  try {
    if (thrown) std::rethrow_exception(thrown);
  } catch (const Failed& failed) {
    fmt::print("An error occurred: {}\n", displayable(failed.why));
    return kExitFailed;
  }
  return kExitGood;
}

}  // namespace

void add_send(CLI::App& app, Command* chosen) {
  auto options = std::make_shared<SendOptions>();
  CLI::App* command = app.add_subcommand(
      "send", "A client: sends messages one after another and prints the digests that come back.");
  command->add_option("--target", options->target, "HOST:PORT of the server")
      ->capture_default_str()
      ->envname("MD5SPEC_TARGET");
  command
      ->add_option("--profile", options->profile,
                   "What the server speaks: a bundled profile's name or a file")
      ->capture_default_str()
      ->envname("MD5SPEC_PROFILE");
  command->add_option("MESSAGE", options->messages,
                      "What to send; without any, the ten default messages");
  command->callback([options, chosen] { *chosen = [options] { return send(*options); }; });
}

}  // namespace md5spec
