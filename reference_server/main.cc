// md5-reference-server: speaks whatever profiles it is told to.
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/signalfd.h>

#include <CLI/CLI.hpp>

#include "connection.h"
#include "listening.h"
#include "md5.h"
#include "target/profile.h"
#include "worker.h"

namespace md5spec::reference {
namespace {

namespace fs = std::filesystem;

struct Options {
  std::vector<std::string> listen = {"classic=127.0.0.1:5555"};
  std::size_t threads = 1;
  std::optional<unsigned> max_connections;
  std::optional<double> idle_timeout_ms;
  std::string tls_cert, tls_key;
  std::string profiles;  // the bundled profiles' folder; empty: where it ought to be
};

void add_options(CLI::App& app, Options& options) {
  const auto add = [&](const char* name, auto& value, const char* type, const char* meaning) {
    return app.add_option(name, value, meaning)->type_name(type);
  };
  app.set_version_flag("--version", "md5-reference-server " MD5SPEC_VERSION);
  add("--listen", options.listen, "PROFILE=[HOST:]PORT",
      "Profile to serve (a bundled one's name, or a file) and where, by default "
      "classic=127.0.0.1:5555. Port 0 is any free one. May be repeated")
      ->allow_extra_args(false);
  add("--threads", options.threads, "N", "Threads that share the connections (1)")
      ->check(CLI::Range(1, 256).description(""));
  add("--max-connections", options.max_connections, "N",
      "Connections open at once; further ones wait until one ends (no limit)")
      ->check(CLI::Range(1U, 0x7FFFFFFFU).description(""));
  const std::map<std::string, double> units = {{"ms", 1}, {"s", 1000}};
  add("--idle-timeout", options.idle_timeout_ms, "TIME",
      "Close connections on which nothing moves for so long, say 500ms or 30s (never)")
      ->check(CLI::Range(1.0, 1e9).description(""))
      ->transform(
          CLI::AsNumberWithUnit(units, CLI::AsNumberWithUnit::UNIT_REQUIRED).description(""));
  CLI::Option* const key =
      add("--tls-key", options.tls_key, "FILE", "That certificate's private key (PEM)");
  add("--tls-cert", options.tls_cert, "FILE",
      "The server's certificate (PEM), with those between it and its authority behind it: for "
      "profiles with TLS")
      ->needs(key);
  add("--profiles", options.profiles, "DIR", "Folder of the bundled profiles");
}

std::string bundled_folder() {
  const fs::path program = fs::read_symlink("/proc/self/exe");
  const fs::path installed = program.parent_path().parent_path() / "share/md5spec/profiles";
  return fs::is_directory(installed) ? installed.string() : MD5SPEC_SOURCE_PROFILES;
}

// A profile, and where it is to be had.
struct Offer {
  Offer(const Profile& profile, TlsContext tls, Address where)
      : service(profile, std::move(tls)), address(std::move(where)) {}
  Service service;
  Address address;
};

// Appends what "PROFILE=[HOST:]PORT" says; a file's name may have a '=' in it.
void add_offer(const std::string& text, const std::string& folder, const Options& options,
               std::list<Offer>* offers) {
  const auto refuse = [&](const char* why) { throw InputError({"--listen " + text, 0, 0}, why); };
  const std::size_t equals = text.rfind('=');
  Address address;
  if (equals == std::string::npos ||
      !parse_address(std::string_view(text).substr(equals + 1), &address)) {
    refuse("must be PROFILE=[HOST:]PORT");
  }
  const Profile profile = load_profile(text.substr(0, equals), folder);
  TlsContext tls;
  if (profile.tls) {
    if (options.tls_cert.empty()) refuse("its profile has TLS: give --tls-cert and --tls-key");
    tls = tls_context(*profile.tls, options.tls_cert, options.tls_key);
  }
  offers->emplace_back(profile, std::move(tls), address);
}

// SIGTERM and SIGINT become readable there; this thread and those that it starts don't see them.
Descriptor signal_descriptor() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return {signalfd(-1, &signals, SFD_CLOEXEC), "signalfd"};
}

Common common_for(const Options& options) {
  Common common{signal_descriptor(), std::nullopt, std::nullopt};
  if (options.max_connections) {
    const int flags = EFD_SEMAPHORE | EFD_NONBLOCK | EFD_CLOEXEC;
    common.free_places.emplace(eventfd(*options.max_connections, flags), "eventfd");
  }
  if (options.idle_timeout_ms) {
    common.idle_timeout = std::chrono::milliseconds(static_cast<long>(*options.idle_timeout_ms));
  }
  return common;
}

// Shells often allow a process only 1024 descriptors, but let it ask for more.
void raise_descriptor_limit() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

void serve(const Options& options) {
  std::list<Offer> offers;
  const std::string folder = options.profiles.empty() ? bundled_folder() : options.profiles;
  for (const std::string& text : options.listen) add_offer(text, folder, options, &offers);

  const Md5 works;  // if libcrypto refuses, then now rather than before the first client
  std::signal(SIGPIPE, SIG_IGN);
  raise_descriptor_limit();
  const Common common = common_for(options);
  std::list<Worker> workers;
  while (workers.size() < options.threads) workers.emplace_back(common);
  for (Offer& offer : offers) {
    std::vector<Descriptor> sockets = listen_on(&offer.address, workers.size());
    auto socket = sockets.begin();
    for (Worker& worker : workers) worker.add_door(std::move(*socket++), offer.service);
  }
  for (const Offer& offer : offers) {
    fmt::print("listening on {} ({})\n", offer.address.str(), offer.service.profile.name);
  }
  std::fflush(stdout);

  std::vector<std::jthread> threads;
  for (Worker& worker : workers) threads.emplace_back([&worker] { worker.run(); });
}

int report(const std::exception& error, int exit_status) {
  fmt::print(stderr, "md5-reference-server: {}\n", error.what());
  return exit_status;
}

}  // namespace
}  // namespace md5spec::reference

int main(int argc, char** argv) {
  using namespace md5spec::reference;
  CLI::App app("The reference server of md5spec: answers messages with their MD5 digests.");
  app.name("md5-reference-server");
  Options options;
  add_options(app, options);
  try {
    app.parse(argc, argv);
    serve(options);
    return 0;
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  } catch (const md5spec::InputError& error) {
    return report(error, 2);
  } catch (const std::exception& error) {
    return report(error, 1);
  }
}
