#include "conduct/started_server.h"

#include <algorithm>
#include <csignal>
#include <random>
#include <stdexcept>
#include <utility>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <asio/ip/tcp.hpp>
#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>

#include "conduct/case_time.h"
#include "judge/process_end.h"
#include "text/bytes.h"
#include "wire/race.h"

namespace md5spec {
namespace {

constexpr const char* kHost = "127.0.0.1";
// How often somebody else may take the port before the server does.
constexpr int kTries = 3;
constexpr std::chrono::milliseconds kFirstLook(2);
constexpr std::chrono::milliseconds kSlowestLook(50);
// How long a server may take to clear up behind its clients, and how long nothing has to become
// less to show that it has.
constexpr std::chrono::milliseconds kTimeToRest(200);
constexpr std::chrono::milliseconds kStill(20);
// How long one has to end when it is stopped.
constexpr std::chrono::seconds kGrace(5);
// A listening socket that none of the server's processes is seen to have may be another's, or be
// hidden: it counts if the server lives on for so long.
constexpr std::chrono::seconds kForeign(1);
// Below the ports that systems give to clients, so that none of the run's own connections takes it.
constexpr int kLowestPort = 15'000;
constexpr int kHighestPort = 32'000;

// Whether a server could listen on the port, on every address.
bool is_free(int port) {
  const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return false;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  const bool bound = bind(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  close(descriptor);
  return bound;
}

int free_port() {
  std::random_device random;
  std::uniform_int_distribution<int> any(kLowestPort, kHighestPort);
  for (int i = 0; i < 1000; ++i) {
    const int port = any(random);
    if (is_free(port)) return port;
  }
  throw std::runtime_error("no port is free");
}

bool lives(pid_t pid) {
  const auto living = living_processes();
  return std::any_of(living.begin(), living.end(),
                     [&](const ProcessEntry& one) { return one.pid == pid; });
}

// Where a client finds a socket that listens on that address.
std::string host_for(const std::string& address) {
  static const std::string mapped = "::ffff:";
  const std::string plain = address.starts_with(mapped) ? address.substr(mapped.size()) : address;
  if (plain == "0.0.0.0" || plain == kHost) return kHost;
  return plain == "::" ? "localhost" : plain;
}

// The best of several: the address that was asked for, if it is among them.
std::string host_for(const std::vector<ListeningSocket>& sockets) {
  std::string best;
  for (const ListeningSocket& socket : sockets) {
    const std::string host = host_for(socket.address);
    if (best.empty() || host == kHost) best = host;
  }
  return best;
}

std::string output_in_words(const std::string& printed) {
  return printed.empty() ? "it printed nothing"
                         : "the end of its output: " + in_quotes(printed, 1000);
}

}  // namespace

std::string in_words_with_output(const ProcessEnd& end) {
  return in_words(end) + "; " + output_in_words(end.printed);
}

asio::awaitable<std::optional<std::string>> StartedServer::start() {
  co_await stop();
  std::optional<std::string> why;
  for (int i = 0; i < kTries; ++i) {
    port_ = free_port();
    target_ = {kHost, port_};
    terminated_ = 0;
    told_to_end_.reset();
    least_usage_.reset();
    const auto words = fill_in(request_.words, {port_, kHost, request_.profile});
    try {
      process_ = std::make_unique<ServerProcess>(executor_, words);
    } catch (const std::runtime_error& error) {
      co_return fmt::format("{} can't be started: {}", in_quotes(words.front()), error.what());
    }
    why = co_await wait_until_listening(Clock::now() + request_.patience);
    if (!why) co_return std::nullopt;
    co_await stop();
    // Somebody else has it by now: not the server's fault.
    if (is_free(port_)) break;
  }
  co_return why;
}

asio::awaitable<std::optional<std::string>> StartedServer::wait_until_listening(Deadline deadline) {
  Deadline foreign_since = Deadline::max();
  Duration pause = kFirstLook;
  for (;;) {
    if (process_->end())
      co_return fmt::format("the server {} before it listened", in_words_with_output(*end()));
    const bool shown = sockets_listening_on(port_).has_value();
    if (shown && look(&foreign_since) == Readiness::kReady) co_return std::nullopt;
    if (!shown) {
      const bool connected = co_await can_connect();
      if (connected) co_return std::nullopt;
    }
    if (Clock::now() >= deadline)
      co_return fmt::format(
          "the server didn't listen on port {} within {} s; {}", port_,
          std::chrono::duration_cast<std::chrono::seconds>(request_.patience).count(),
          output_in_words(process_->printed()));
    co_await process_->ended_by(Clock::now() + pause);
    pause = std::min<Duration>(pause * 5 / 4, kSlowestLook);
  }
}

StartedServer::Readiness StartedServer::look(Deadline* foreign_since) {
  const auto sockets = sockets_listening_on(port_);
  if (!sockets || sockets->empty()) {
    *foreign_since = Deadline::max();
    return Readiness::kNotYet;
  }
  target_ = {host_for(*sockets), port_};
  if (listener() != 0) return Readiness::kReady;
  *foreign_since = std::min(*foreign_since, Clock::now());
  return Clock::now() - *foreign_since >= kForeign ? Readiness::kReady : Readiness::kNotYet;
}

// The started server's process that has the listening socket, the oldest of several; 0 where none
// is seen to.
pid_t StartedServer::listener() const {
  const auto sockets = sockets_listening_on(port_);
  if (!sockets) return 0;
  std::vector<ProcessEntry> owners;
  for (const ProcessEntry& one : process_->family()) {
    const bool owns = std::any_of(sockets->begin(), sockets->end(), [&](const auto& socket) {
      return has_socket(one.pid, socket.inode);
    });
    if (owns) owners.push_back(one);
  }
  for (const ProcessEntry& one : owners) {
    const bool inherited = std::any_of(owners.begin(), owners.end(),
                                       [&](const auto& other) { return other.pid == one.parent; });
    if (!inherited) return one.pid;
  }
  return 0;
}

asio::awaitable<bool> StartedServer::can_connect() const {
  asio::ip::tcp::socket socket(executor_);
  const asio::ip::tcp::endpoint server(asio::ip::make_address(kHost),
                                       static_cast<std::uint16_t>(port_));
  std::error_code error;
  auto connecting = socket.async_connect(server, asio::redirect_error(asio::use_awaitable, error));
  const bool in_time =
      co_await ends_by(Clock::now() + std::chrono::seconds(1), std::move(connecting));
  co_return in_time && !error;
}

asio::awaitable<void> StartedServer::stop() {
  if (!process_) co_return;
  // One that was told to end, and had its time, needn't be told again.
  const bool told_in_vain = told_to_end_ && Clock::now() - *told_to_end_ >= kTimeToEnd;
  co_await process_->stop(told_in_vain ? Duration() : kGrace);
}

// A wrapper that outlives the process that was told to end, and its exit status, are its own
// affair.
std::optional<ProcessEnd> StartedServer::end() const {
  if (!process_) return std::nullopt;
  const bool wrapped = terminated_ != 0;
  if (!process_->end() && !(wrapped && !lives(terminated_))) return std::nullopt;
  ProcessEnd end = process_->end().value_or(ProcessEnd());
  end.printed = process_->printed();
  end.status_counts = !wrapped;
  return end;
}

Clock::time_point StartedServer::ended_at() const { return process_->ended_at(); }

asio::awaitable<bool> StartedServer::ended_by(Deadline deadline) {
  while (terminated_ != 0 && !end() && Clock::now() < deadline)
    co_await process_->ended_by(std::min<Deadline>(deadline, Clock::now() + kSlowestLook));
  if (!end()) co_await process_->ended_by(deadline);
  co_return end().has_value();
}

asio::awaitable<ProcessUsage> StartedServer::usage_at_rest() {
  if (!process_) co_return ProcessUsage();
  const auto is_less = [](const ProcessUsage& one, const ProcessUsage& other) {
    return std::pair(one.processes, one.descriptors) <
           std::pair(other.processes, other.descriptors);
  };
  ProcessUsage usage = usage_of(process_->family());
  asio::steady_timer timer(executor_);
  const Deadline deadline = Clock::now() + kTimeToRest;
  for (Deadline still = Clock::now() + kStill; Clock::now() < deadline;) {
    const bool at_rest = least_usage_ ? !is_less(*least_usage_, usage) : Clock::now() >= still;
    if (at_rest) break;
    timer.expires_after(kFirstLook);
    co_await timer.async_wait(asio::use_awaitable);
    const ProcessUsage later = usage_of(process_->family());
    if (!is_less(later, usage)) continue;
    usage = later;
    still = Clock::now() + kStill;
  }
  if (!least_usage_ || is_less(usage, *least_usage_)) least_usage_ = usage;
  co_return usage;
}

void StartedServer::terminate() {
  if (!running()) return;
  told_to_end_ = Clock::now();
  const pid_t listening = listener();
  terminated_ = listening != 0 && listening != process_->pid() ? listening : 0;
  kill(terminated_ != 0 ? terminated_ : process_->pid(), SIGTERM);
}

}  // namespace md5spec
