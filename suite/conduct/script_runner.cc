#include "conduct/script_runner.h"

#include <asio/this_coro.hpp>

#include "conduct/lag_meter.h"
#include "conduct/script_run.h"

namespace md5spec {

asio::awaitable<Transcript> carry_out(const PlannedCase& planned, CarryOutOptions options) {
  Transcript transcript;
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  {
    const LagMeter::Watch watch(options.lag, &transcript.worst_lag);
    ScriptRun run(planned, options, executor, transcript);
    co_await run.run();
  }
  co_return transcript;
}

}  // namespace md5spec
