#include "conduct/shares.h"

#include <algorithm>
#include <chrono>
#include <numeric>
#include <utility>

#include "conduct/case_time.h"
#include "conduct/order.h"
#include "conduct/spread.h"

namespace md5spec {
namespace {

// Fewer aren't worth further servers' starts.
constexpr std::size_t kWorthMoreServers = 20;
// With them, no server takes longer for its cases than one whose client pauses three times.
constexpr std::size_t kFurtherServers = 4;

// How long one that is told to end may wait for a message's end, more or less.
constexpr std::chrono::seconds kPatienceOfAServer(2);

bool is_shared(const RunRequest& request) {
  // One at a time means one, on whatever server.
  return request.start && request.start->independent && request.jobs > 1 &&
         request.cases.size() >= kWorthMoreServers;
}

Share share_of(const RunRequest& request, std::size_t run, std::vector<std::size_t> places) {
  Share share{request, run, std::move(places)};
  share.request.cases.clear();
  for (const std::size_t place : share.places) share.request.cases.push_back(request.cases[place]);
  return share;
}

// Whether the server is told to end while a client owes it the rest of a message.
bool ends_inside_a_message(const Case& one) {
  bool begun = false;
  for_each_step(one.script, [&](const Step& step) {
    const auto* send = std::get_if<SendStep>(&step.action);
    if (send != nullptr) begun = send->until.has_value() && !send->rest;
  });
  return begun && process_use(one.script) == ProcessUse::kEnds;
}

// About how long it takes, in seconds.
double time_of(const PlannedCase& one) {
  const Duration for_the_rest = ends_inside_a_message(one.spec()) ? kPatienceOfAServer : Duration();
  return std::chrono::duration<double>(own_waits(one) + connecting_time(one) + for_the_rest)
      .count();
}

// The places of `all` in parts that take about as long, one for each further server.
std::vector<std::vector<std::size_t>> parts_of(const RunRequest& request,
                                               const std::vector<std::size_t>& all) {
  std::vector<double> times;
  for (const std::size_t place : all) times.push_back(time_of(*request.cases[place]));
  const std::vector<std::size_t> bins = spread(times, kFurtherServers);
  std::vector<std::vector<std::size_t>> parts(kFurtherServers);
  for (std::size_t i = 0; i < all.size(); ++i) parts[bins[i]].push_back(all[i]);
  return parts;
}

}  // namespace

std::vector<Share> shares_of(const std::vector<RunRequest>& requests) {
  std::vector<Share> shares;
  for (std::size_t run = 0; run < requests.size(); ++run) {
    const RunRequest& request = requests[run];
    std::vector<std::size_t> beside(request.cases.size());
    std::iota(beside.begin(), beside.end(), std::size_t{0});
    std::vector<std::size_t> alone;
    if (is_shared(request)) {
      const Order order = order_of(request.cases);
      alone = order.alone;
      alone.insert(alone.end(), order.first.begin(), order.first.end());
      std::sort(alone.begin(), alone.end());
      std::erase_if(beside, [&](std::size_t place) {
        return std::binary_search(alone.begin(), alone.end(), place);
      });
    }
    if (!beside.empty() || alone.empty())
      shares.push_back(share_of(request, run, std::move(beside)));
    for (std::vector<std::size_t>& part : parts_of(request, alone)) {
      if (!part.empty()) shares.push_back(share_of(request, run, std::move(part)));
    }
  }
  return shares;
}

std::vector<RunOutput> gather(std::size_t runs, const std::vector<Share>& shares,
                              std::vector<RunOutput> outputs) {
  std::vector<RunOutput> gathered(runs);
  for (std::size_t i = 0; i < shares.size(); ++i) {
    const Share& share = shares[i];
    RunOutput& part = outputs[i];
    RunOutput& whole = gathered[share.run];
    whole.cases.resize(std::max(whole.cases.size(),
                                share.places.empty() ? std::size_t{0} : share.places.back() + 1));
    for (std::size_t k = 0; k < share.places.size(); ++k)
      whole.cases[share.places[k]] = std::move(part.cases[k]);
    if (!whole.unreachable) whole.unreachable = std::move(part.unreachable);
    if (whole.server.empty()) whole.server = std::move(part.server);
    whole.duration = std::max(whole.duration, part.duration);
    whole.waited += part.waited;
    whole.interrupted = whole.interrupted || part.interrupted;
  }
  return gathered;
}

}  // namespace md5spec
