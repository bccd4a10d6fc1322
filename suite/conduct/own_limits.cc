#include "conduct/own_limits.h"

#include <algorithm>

#include <fmt/format.h>

#include "conduct/process_table.h"
#include "wire/system_error.h"

namespace md5spec {
namespace {

// Beside connections: what the run's own files, pipes and look-ups may take.
constexpr std::uint64_t kSpare = 24;

rlimit current_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) limit = {1024, 1024};
  return limit;
}

rlimit& limit_at_start() {
  static rlimit limit = current_limit();
  return limit;
}

void add(const OwnNeed& inner, std::uint64_t times, OwnNeed* need, std::uint64_t* inside) {
  need->connections_in_all += inner.connections_in_all * times;
  *inside = std::max(*inside, inner.connections_at_once);
}

}  // namespace

void raise_descriptor_limit() {
  rlimit limit = limit_at_start();
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

rlimit descriptor_limit_at_start() { return limit_at_start(); }

OwnNeed need_of(const Steps& steps, const Profile& profile) {
  OwnNeed need;
  std::uint64_t inside = 0;  // the most that a block opens beside the connections outside it
  for (const Step& step : steps) {
    if (const auto* connect = std::get_if<ConnectStep>(&step.action)) {
      need.connections_at_once += connect->count.resolve(profile);
      need.connections_in_all += connect->count.resolve(profile);
    } else if (std::holds_alternative<LivenessStep>(step.action)) {
      add({1, 1}, 1, &need, &inside);
    } else if (const auto* control = std::get_if<ControlStep>(&step.action)) {
      add(need_of(*control->steps, profile), 1, &need, &inside);
    } else if (const auto* repeat = std::get_if<RepeatStep>(&step.action)) {
      add(need_of(*repeat->steps, profile), repeat->times, &need, &inside);
    } else if (const auto* measure = std::get_if<MeasureStep>(&step.action)) {
      if (measure->steps)
        add(need_of(*measure->steps, profile), measure->windows * measure->times, &need, &inside);
    }
  }
  need.connections_at_once += inside;
  return need;
}

OwnSupply own_supply(const asio::ip::tcp::endpoint& server) {
  OwnSupply supply;
  const rlimit limit = current_limit();
  const std::uint64_t used = open_descriptors().value_or(0);
  supply.limit = limit.rlim_cur;
  supply.descriptors = supply.limit > used + kSpare ? supply.limit - used - kSpare : 0;
  const auto load = port_load();
  if (load && load->last >= load->first) {
    supply.ports = static_cast<std::uint64_t>(load->last - load->first + 1);
    // On loopback a port is used again a second after its connection's end, elsewhere a minute.
    supply.ports_come_back = server.address().is_loopback();
    if (!supply.ports_come_back) *supply.ports -= std::min(*supply.ports, load->waiting);
  }
  return supply;
}

std::optional<std::string> shortage(const OwnNeed& need, const OwnSupply& supply) {
  if (need.connections_at_once > supply.descriptors) {
    const std::uint64_t wanted = supply.limit - supply.descriptors + need.connections_at_once;
    return fmt::format(
        "this case opens {} connections at once, and md5spec may open only {} more descriptors; "
        "`ulimit -n {}` in its shell allows that",
        need.connections_at_once, supply.descriptors, wanted);
  }
  const std::uint64_t ports =
      supply.ports_come_back ? need.connections_at_once : need.connections_in_all;
  if (supply.ports && ports > *supply.ports) {
    return fmt::format(
        "this case makes {} connections, and only {} ports are free for them; `sysctl -w "
        "net.ipv4.ip_local_port_range=\"1024 65535\"` gives more, and so does waiting a minute",
        ports, *supply.ports);
  }
  return std::nullopt;
}

std::string shortage_met(const std::error_code& error) {
  if (failed_for(error, std::errc::too_many_files_open)) {
    const rlimit limit = current_limit();
    return fmt::format(
        "md5spec has no descriptor left ({}; it may open {}); `ulimit -n {}` in its shell allows "
        "more",
        error.message(), limit.rlim_cur, 4 * limit.rlim_cur);
  }
  if (failed_for(error, std::errc::too_many_files_open_in_system)) {
    return fmt::format(
        "this machine has no descriptor left ({}); `sysctl -w fs.file-max=1000000` "
        "allows more",
        error.message());
  }
  if (failed_for(error, std::errc::address_not_available) ||
      failed_for(error, std::errc::address_in_use)) {
    return fmt::format(
        "no port is left for another connection ({}); `sysctl -w "
        "net.ipv4.ip_local_port_range=\"1024 65535\"` gives more, and so does waiting a minute",
        error.message());
  }
  return fmt::format("this machine is short of something: {}", error.message());
}

}  // namespace md5spec
