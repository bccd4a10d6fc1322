// Carries one case out: its script's steps, on real connections, into a transcript.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include <asio/awaitable.hpp>
#include <asio/ip/tcp.hpp>

#include "catalogue/planned_case.h"
#include "conduct/patience.h"
#include "wire/deadline.h"
#include "wire/tls.h"
#include "wire/transcript.h"

namespace md5spec {

// Measures by how much the event loop comes late while cases are under way.
class LagMeter;
class StartedServer;

// Told how much of a large message has been sent.
using TransferProgress =
    std::function<void(const std::string& case_id, std::uint64_t sent, std::uint64_t size)>;

struct CarryOutOptions {
  asio::ip::tcp::endpoint server;
  Duration budget = std::chrono::seconds(10);  // for what a case repeats
  LagMeter* lag = nullptr;
  const TransferProgress* transfer = nullptr;
  StartedServer* process = nullptr;                // the server, where md5spec started it
  std::shared_ptr<const TlsContext> tls;           // of the profile, if it has TLS
  const std::atomic<bool>* interrupted = nullptr;  // set while running: no further step begins
  // Of the run so far; what this case adds is counted. Null: as if it were the first.
  Disappointments* disappointments = nullptr;
  // Whether a connect had to wait for room in the server's backlog. Once that is known, a case that
  // connects again and again leaves the server some time in between.
  bool* backlog_full = nullptr;
};

// Never throws for what a server does: that is in the transcript. `planned` must outlive the
// result.
asio::awaitable<Transcript> carry_out(const PlannedCase& planned, CarryOutOptions options);

}  // namespace md5spec
