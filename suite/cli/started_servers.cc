#include "cli/started_servers.h"

#include <chrono>

#include <fmt/format.h>

#include "cli/data_folder.h"
#include "conduct/endpoint.h"

namespace md5spec {
namespace {

constexpr std::chrono::seconds kStartPatience(10);

}  // namespace

void start_reference_servers(const std::vector<std::string>& profiles,
                             std::vector<HarnessRun>* runs, StartedServers* servers) {
  for (std::size_t i = 0; i < runs->size(); ++i) {
    HarnessRun& run = (*runs)[i];
    if (run.plan.to_carry_out() == 0) continue;
    const std::string listen = fmt::format("{}=127.0.0.1:0", profiles[i]);
    auto server = std::make_unique<ServerProcess>(
        std::vector<std::string>{reference_server(), "--listen", listen});
    const std::string address = server->wait_for_line("listening on ", kStartPatience);
    run.target = parse_host_port(address.substr(0, address.find(' ')));
    servers->push_back(std::move(server));
  }
}

}  // namespace md5spec
