#include "conduct/conductor.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

#include <asio/signal_set.hpp>
#include <asio/this_coro.hpp>

#include "conduct/case_time.h"
#include "conduct/event_loops.h"
#include "conduct/own_limits.h"
#include "conduct/run.h"
#include "conduct/shares.h"
#include "conduct/spread.h"
#include "conduct/task_group.h"

namespace md5spec {
namespace {

// What a case takes of a thread's time besides its connections, more or less.
constexpr std::chrono::milliseconds kExchanges(1);

// A run and the event loop that it is on.
struct Seat {
  std::unique_ptr<Run> run;
  EventLoop* loop;
  bool been_alone = false;

  asio::awaitable<void> carry_out(asio::awaitable<void> part) const {
    return loop->carry_out(std::move(part));
  }
};

// A case that must be alone with its server may be under way beside another one's; what is to be
// carried out once more is, when no other run makes this machine busy.
asio::awaitable<void> begin(Seat& seat, bool beside_other_runs) {
  co_await seat.run->run_together();
  if (!seat.run->has_own_server() || seat.run->has_doubts()) co_return;
  seat.been_alone = true;
  co_await seat.run->run_alone(beside_other_runs);
}

asio::awaitable<void> conduct_all(std::vector<Seat>& seats) {
  TaskGroup group(co_await asio::this_coro::executor);
  const bool several = seats.size() > 1;
  for (Seat& seat : seats) group.spawn(seat.carry_out(begin(seat, several)));
  co_await group.join();
  for (Seat& seat : seats) co_await seat.carry_out(seat.run->look_again());
  for (Seat& seat : seats) {
    if (seat.run->has_own_server() && !seat.been_alone)
      group.spawn(seat.carry_out(seat.run->run_alone(several)));
  }
  co_await group.join();
  for (Seat& seat : seats) {
    if (!seat.run->has_own_server()) co_await seat.carry_out(seat.run->run_alone(false));
  }
  for (Seat& seat : seats) co_await seat.carry_out(seat.run->conclude());
  for (Seat& seat : seats) group.spawn(seat.carry_out(seat.run->stop_server()));
  co_await group.join();
}

asio::awaitable<void> conduct_until_signal(std::vector<Seat>& seats, std::atomic<bool>& signalled) {
  asio::signal_set signals(co_await asio::this_coro::executor, SIGINT, SIGTERM);
  signals.async_wait([&](const std::error_code& error, int) {
    if (!error) signalled = true;
  });
  co_await conduct_all(seats);
}

// For how long a share makes a thread busy, in seconds, more or less.
double load_of(const RunRequest& request) {
  Duration load{};
  for (const PlannedCase* one : request.cases) load += kExchanges + connecting_time(*one);
  return std::chrono::duration<double>(load).count();
}

std::size_t count_of_loops(std::size_t runs) {
  const std::size_t processors = std::max(1U, std::thread::hardware_concurrency());
  return std::clamp<std::size_t>(runs, 1, processors);
}

}  // namespace

unsigned default_jobs(unsigned connections) { return std::clamp(connections / 4, 1U, 16U); }

std::vector<RunOutput> conduct(const std::vector<RunRequest>& requests, const Progress& progress,
                               const TransferProgress& transfer) {
  const std::vector<Share> shares = shares_of(requests);
  EventLoops loops(count_of_loops(shares.size()));
  CommonGround ground;
  ground.descriptors.all = own_supply({}).descriptors;

  std::size_t planned = 0;
  std::size_t done = 0;
  for (const RunRequest& request : requests) planned += request.cases.size();
  std::mutex telling;
  ground.on_case = [&] {
    const std::lock_guard lock(telling);
    if (progress) progress(++done, planned);
  };
  ground.transfer = [&](const std::string& case_id, std::uint64_t sent, std::uint64_t size) {
    const std::lock_guard lock(telling);
    if (transfer) transfer(case_id, sent, size);
  };

  std::vector<double> loads(shares.size());
  std::transform(shares.begin(), shares.end(), loads.begin(),
                 [](const Share& share) { return load_of(share.request); });
  const std::vector<std::size_t> places = spread(loads, loops.size());
  std::vector<RunOutput> outputs(shares.size());
  std::vector<Seat> seats;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    EventLoop& loop = loops.at(places[i]);
    seats.push_back(
        {std::make_unique<Run>(shares[i].request, outputs[i], loop.lag(), ground), &loop});
  }
  loops.run(conduct_until_signal(seats, ground.interrupted));
  return gather(requests.size(), shares, std::move(outputs));
}

}  // namespace md5spec
