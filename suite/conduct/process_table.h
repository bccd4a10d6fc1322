// What the system tells of processes and listening sockets (Linux: /proc). Where it tells nothing,
// everything here is empty.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace md5spec {

struct ProcessEntry {
  pid_t pid = 0;
  pid_t parent = 0;
  pid_t session = 0;
  char state = ' ';  // Z: ended, and its parent hasn't asked yet
};

// All living processes.
std::vector<ProcessEntry> living_processes();

// Of those, the one with the id `leader`, its descendants, and whoever is in its session.
std::vector<ProcessEntry> family_of(pid_t leader);

// Those that bear "name=value" in the environment that they were started with; whoever made itself
// independent of its parent and its session still does.
std::vector<pid_t> processes_with(const std::string& name, const std::string& value);

// What some processes take up together.
struct ProcessUsage {
  std::uint64_t descriptors = 0;
  std::uint64_t resident_bytes = 0;
  unsigned processes = 0;
};
ProcessUsage usage_of(const std::vector<ProcessEntry>& processes);

// How many descriptors this process has open.
std::optional<std::uint64_t> open_descriptors();

struct ListeningSocket {
  std::string address;  // "127.0.0.1", "::"
  std::uint64_t inode = 0;
};

// The sockets that listen on a TCP port; nothing where the system doesn't show them.
std::optional<std::vector<ListeningSocket>> sockets_listening_on(int port);

// Whether one of the process's descriptors is that socket.
bool has_socket(pid_t pid, std::uint64_t inode);

// The range that the system takes clients' ports from, and how many client and server sockets wait
// for their ports to become free again (TIME_WAIT).
struct PortLoad {
  int first = 0;
  int last = 0;
  std::uint64_t waiting = 0;
};
std::optional<PortLoad> port_load();

}  // namespace md5spec
