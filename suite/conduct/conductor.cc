#include "conduct/conductor.h"

#include <algorithm>
#include <csignal>
#include <exception>
#include <map>
#include <memory>
#include <utility>

#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <asio/signal_set.hpp>
#include <asio/this_coro.hpp>

#include "conduct/lag_meter.h"
#include "conduct/own_limits.h"
#include "conduct/run.h"
#include "conduct/shares.h"
#include "conduct/task_group.h"
#include "conduct/turn.h"

namespace md5spec {
namespace {

// A case that must be alone with its server may be under way beside another one's; what is to be
// carried out once more is, when no other run makes this machine busy.
asio::awaitable<void> begin(Run& run, bool beside_other_runs, bool& has_been_alone) {
  co_await run.run_together();
  if (!run.has_own_server() || run.has_doubts()) co_return;
  has_been_alone = true;
  co_await run.run_alone(beside_other_runs);
}

asio::awaitable<void> conduct_all(std::vector<std::unique_ptr<Run>>& runs) {
  TaskGroup group(co_await asio::this_coro::executor);
  std::map<Run*, bool> been_alone;
  const bool several = runs.size() > 1;
  for (auto& run : runs) group.spawn(begin(*run, several, been_alone[run.get()]));
  co_await group.join();
  for (auto& run : runs) co_await run->look_again();
  for (auto& run : runs) {
    if (run->has_own_server() && !been_alone[run.get()]) group.spawn(run->run_alone(several));
  }
  co_await group.join();
  for (auto& run : runs) {
    if (!run->has_own_server()) co_await run->run_alone(false);
  }
  for (auto& run : runs) co_await run->conclude();
  TaskGroup stopping(co_await asio::this_coro::executor);
  for (auto& run : runs) stopping.spawn(run->stop_server());
  co_await stopping.join();
}

}  // namespace

unsigned default_jobs(unsigned connections) { return std::clamp(connections / 4, 1U, 16U); }

std::vector<RunOutput> conduct(const std::vector<RunRequest>& requests, const Progress& progress,
                               const TransferProgress& transfer) {
  asio::io_context context(1);
  LagMeter lag;
  bool interrupted = false;
  asio::signal_set signals(context, SIGINT, SIGTERM);
  signals.async_wait(
      [&](const std::error_code& error, int) { interrupted = interrupted || !error; });

  std::size_t planned = 0;
  std::size_t done = 0;
  for (const RunRequest& request : requests) planned += request.cases.size();
  Descriptors descriptors;
  descriptors.all = own_supply({}).descriptors;
  Turn crowds(context.get_executor());
  const std::vector<Share> shares = shares_of(requests);
  std::vector<RunOutput> outputs(shares.size());
  std::vector<std::unique_ptr<Run>> runs;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    const auto on_case = [&] {
      if (progress) progress(++done, planned);
    };
    runs.push_back(std::make_unique<Run>(shares[i].request, outputs[i], lag, interrupted,
                                         descriptors, crowds, on_case, transfer));
  }
  std::exception_ptr thrown;
  const auto rethrow = [&thrown](const std::exception_ptr& e) {
    if (e && !thrown) thrown = e;
  };
  asio::co_spawn(context, lag.run(), rethrow);
  asio::co_spawn(context, conduct_all(runs), [&](const std::exception_ptr& e) {
    rethrow(e);
    lag.stop();
    std::error_code ignored;
    signals.cancel(ignored);
    // What servers that still run have to say is waited for no longer.
    if (e) context.stop();
  });
  context.run();
  if (thrown) std::rethrow_exception(thrown);
  return gather(requests.size(), shares, std::move(outputs));
}

}  // namespace md5spec
