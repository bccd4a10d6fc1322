// A whole run against a server whose every byte comes from the fuzzer: it ends within its
// deadlines, and every case has an outcome.
#include <algorithm>
#include <array>
#include <cstring>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "catalogue/catalogue.h"
#include "conduct/conductor.h"
#include "conduct/plan.h"
#include "fuzz/target.h"
#include "judge/resolve.h"
#include "target/profile.h"

namespace {

using namespace md5spec;

constexpr int kMostConnections = 40;

// Serves one connection after another, each as the next bytes of the input have it, until it is
// told to stop.
class Server {
 public:
  explicit Server(std::string script) : script_(std::move(script)) {
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    auto* const general = reinterpret_cast<sockaddr*>(&address);
    fuzz::require(bind(listener_, general, length) == 0 &&
                      listen(listener_, kMostConnections) == 0 &&
                      getsockname(listener_, general, &length) == 0 && pipe(stop_.data()) == 0,
                  "the server listens");
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server() {
    close(stop_[1]);
    thread_.join();
    close(stop_[0]);
    close(listener_);
  }

  int port() const { return port_; }

 private:
  // Whether there's something on `descriptor` before `milliseconds` are over; false once the server
  // is to stop.
  bool readable(int descriptor, int milliseconds) {
    std::array<pollfd, 2> polled = {{{descriptor, POLLIN, 0}, {stop_[0], POLLIN, 0}}};
    poll(polled.data(), polled.size(), milliseconds);
    return polled[0].revents != 0 && polled[1].revents == 0;
  }

  void serve() {
    while (readable(listener_, -1)) {
      const int connection = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (connection >= 0) behave(connection);
    }
  }

  unsigned next() {
    if (script_.empty()) return 0;
    at_ = (at_ + 1) % script_.size();  // over and over: there may be many connections
    return static_cast<unsigned char>(script_[at_]);
  }

  void behave(int connection) {
    for (int steps = 0; steps < 12; ++steps) {
      const unsigned what = next();
      std::array<char, 4096> room{};
      switch (what % 6) {
        case 0:
        case 1:
          if (!readable(connection, 15) ||
              recv(connection, room.data(), room.size(), MSG_DONTWAIT) <= 0) {
            close(connection);
            return;
          }
          break;
        case 2:
        case 3: {
          const std::size_t count =
              std::min<std::size_t>(what / 6, script_.size() - std::min(at_, script_.size()));
          send(connection, script_.data() + at_, count, MSG_NOSIGNAL | MSG_DONTWAIT);
          break;
        }
        case 4: {
          const linger at_once = {1, 0};
          setsockopt(connection, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
          close(connection);
          return;
        }
        default:
          shutdown(connection, SHUT_WR);
          break;
      }
    }
    close(connection);
  }

  std::string script_;
  std::size_t at_ = 0;
  int listener_ = -1;
  int port_ = 0;
  std::array<int, 2> stop_{};
  std::thread thread_;
};

const Catalogue& catalogue() {
  static const Catalogue loaded = Catalogue::load(MD5SPEC_BUNDLED_CASES, {});
  return loaded;
}

Profile impatient(const std::string& keys) {
  return parse_profile(
      "profile: p\n" + keys +
          "\ntimeouts: {connect: 40ms, reply: 20ms, close: 20ms, quiet: 5ms, pause: 5ms}\n",
      "p.yaml", "");
}

const std::vector<Profile>& profiles() {
  static const std::vector<Profile> all = {
      impatient("framing: delimited\nreply: \"{hex}\\n\""), impatient("framing: unframed"),
      impatient("framing: half_close"), impatient("framing: length_prefixed\nbanner: 'hi'")};
  return all;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const Profile& profile = profiles()[input.byte() % profiles().size()];
  Server server(input.all());

  Selection selection;
  selection.only = {"defaults.hello_server", "replies.nothing_behind_the_reply",
                    "connection.says_nothing_first", "REP-4"};
  const auto cases = select(catalogue(), selection);
  const Plan plan = make_plan(catalogue(), cases, profile, selection, RunFacts(), 1);
  RunRequest request;
  request.catalogue = &catalogue();
  request.profile = &profile;
  request.target = {"127.0.0.1", server.port()};
  request.jobs = 2;
  request.budget = std::chrono::milliseconds(50);
  for (const PlannedEntry& entry : plan.entries) {
    if (!entry.skipped) request.cases.push_back(&entry.planned);
  }
  const std::vector<RunOutput> outputs = conduct({request}, nullptr);
  fuzz::require(outputs.size() == 1 && outputs[0].cases.size() == request.cases.size(),
                "every case has a result");
  std::vector<JudgedCase> judged;
  for (std::size_t i = 0; i < request.cases.size(); ++i) {
    JudgedCase one;
    one.spec = &request.cases[i]->spec();
    one.untried = outputs[0].cases[i].untried;
    if (outputs[0].cases[i].attempt) one.judgement = outputs[0].cases[i].attempt->judgement;
    judged.push_back(std::move(one));
  }
  for (const CaseOutcome& outcome : resolve(catalogue(), profile, judged))
    fuzz::require(outcome.outcome != Outcome::kNotRun, "nothing that was planned is left out");
  return 0;
}
