#include "conduct/process_table.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string_view>

#include <arpa/inet.h>
#include <unistd.h>

namespace md5spec {
namespace {

namespace fs = std::filesystem;

// Calls `visit` with the id of every process.
template <typename Visit>
void for_each_pid(Visit visit) {
  std::error_code error;
  for (fs::directory_iterator entry("/proc", error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    pid_t pid = 0;
    const auto [last, wrong] = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (wrong == std::errc() && last == name.data() + name.size()) visit(pid);
  }
}

std::optional<ProcessEntry> read_entry(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string line;
  if (!std::getline(file, line)) return std::nullopt;
  // The program's name stands in brackets, and may hold anything.
  const std::size_t close = line.rfind(')');
  if (close == std::string::npos) return std::nullopt;
  std::istringstream fields(line.substr(close + 1));
  ProcessEntry entry;
  pid_t group = 0;
  entry.pid = pid;
  if (!(fields >> entry.state >> entry.parent >> group >> entry.session)) return std::nullopt;
  return entry;
}

bool is_living(const ProcessEntry& entry) { return entry.state != 'Z' && entry.state != 'X'; }

// The address in /proc/net/tcp or tcp6: groups of four bytes, each in the machine's order.
std::string address_of(const std::string& digits) {
  std::array<std::uint32_t, 4> words{};
  const std::size_t count = digits.size() / 8;
  if (count != 1 && count != 4) return {};
  for (std::size_t i = 0; i < count; ++i)
    std::from_chars(digits.data() + 8 * i, digits.data() + 8 * (i + 1), words[i], 16);
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(count == 1 ? AF_INET : AF_INET6, words.data(), text.data(), text.size());
  return text.data();
}

// Those that listen come first in these files; thousands of others may stand behind them.
bool read_listening(const char* path, int port, std::vector<ListeningSocket>* sockets) {
  std::ifstream file(path);
  std::string line;
  if (!std::getline(file, line)) return false;
  while (std::getline(file, line)) {
    std::istringstream fields(line);
    std::string number;
    std::string local;
    std::string remote;
    std::string state;
    if (!(fields >> number >> local >> remote >> state)) continue;
    if (state != "0A") break;
    const std::size_t colon = local.find(':');
    if (colon == std::string::npos || std::stoi(local.substr(colon + 1), nullptr, 16) != port)
      continue;
    std::string skipped;
    ListeningSocket socket;
    socket.address = address_of(local.substr(0, colon));
    // tx_queue:rx_queue, tr:tm->when, retrnsmt, uid, timeout, inode
    if (fields >> skipped >> skipped >> skipped >> skipped >> skipped >> socket.inode)
      sockets->push_back(std::move(socket));
  }
  return true;
}

std::uint64_t resident_bytes(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/statm");
  std::uint64_t size = 0;
  std::uint64_t resident = 0;
  file >> size >> resident;
  return resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

fs::path descriptors_folder(pid_t pid) { return "/proc/" + std::to_string(pid) + "/fd"; }

std::uint64_t descriptors(pid_t pid) {
  std::uint64_t count = 0;
  std::error_code error;
  for (fs::directory_iterator entry(descriptors_folder(pid), error), end; !error && entry != end;
       entry.increment(error))
    ++count;
  return count;
}

}  // namespace

std::vector<ProcessEntry> living_processes() {
  std::vector<ProcessEntry> all;
  for_each_pid([&](pid_t pid) {
    const auto entry = read_entry(pid);
    if (entry && is_living(*entry)) all.push_back(*entry);
  });
  return all;
}

std::vector<ProcessEntry> family_of(pid_t leader) {
  const std::vector<ProcessEntry> all = living_processes();
  std::set<pid_t> ids = {leader};
  // A child may stand before its parent: numbers begin again at some time.
  for (std::size_t before = 0; before != ids.size();) {
    before = ids.size();
    for (const ProcessEntry& one : all) {
      if (one.session == leader || ids.contains(one.parent)) ids.insert(one.pid);
    }
  }
  std::vector<ProcessEntry> family;
  std::copy_if(all.begin(), all.end(), std::back_inserter(family),
               [&](const ProcessEntry& one) { return ids.contains(one.pid); });
  return family;
}

std::vector<pid_t> processes_with(const std::string& name, const std::string& value) {
  std::vector<pid_t> found;
  const std::string wanted = name + "=" + value;
  for_each_pid([&](pid_t pid) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/environ", std::ios::binary);
    std::string one;
    while (std::getline(file, one, '\0')) {
      if (one != wanted) continue;
      found.push_back(pid);
      break;
    }
  });
  return found;
}

ProcessUsage usage_of(const std::vector<ProcessEntry>& processes) {
  ProcessUsage usage;
  for (const ProcessEntry& one : processes) {
    usage.descriptors += descriptors(one.pid);
    usage.resident_bytes += resident_bytes(one.pid);
    ++usage.processes;
  }
  return usage;
}

std::optional<std::uint64_t> open_descriptors() {
  const std::uint64_t count = descriptors(getpid());
  if (count == 0) return std::nullopt;
  return count;
}

std::optional<std::vector<ListeningSocket>> sockets_listening_on(int port) {
  std::vector<ListeningSocket> sockets;
  const bool v4 = read_listening("/proc/net/tcp", port, &sockets);
  const bool v6 = read_listening("/proc/net/tcp6", port, &sockets);
  if (!v4 && !v6) return std::nullopt;
  return sockets;
}

bool has_socket(pid_t pid, std::uint64_t inode) {
  const std::string wanted = "socket:[" + std::to_string(inode) + "]";
  std::error_code error;
  for (fs::directory_iterator entry(descriptors_folder(pid), error), end; !error && entry != end;
       entry.increment(error)) {
    std::error_code unreadable;
    if (fs::read_symlink(entry->path(), unreadable).string() == wanted) return true;
  }
  return false;
}

std::optional<PortLoad> port_load() {
  PortLoad load;
  std::ifstream range("/proc/sys/net/ipv4/ip_local_port_range");
  if (!(range >> load.first >> load.last)) return std::nullopt;
  std::ifstream sockets("/proc/net/sockstat");
  std::string word;
  // "TCP: inuse 5 orphan 0 tw 12 alloc 7 mem 1"
  while (sockets >> word) {
    if (word == "tw") sockets >> load.waiting;
  }
  return load;
}

}  // namespace md5spec
