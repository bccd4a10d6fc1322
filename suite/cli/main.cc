#include <csignal>
#include <cstdio>
#include <exception>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <CLI/CLI.hpp>

#include "cli/commands.h"
#include "conduct/endpoint.h"
#include "report/results.h"
#include "report/version.h"
#include "target/input_error.h"
#include "text/bytes.h"
#include "wire/tls.h"

namespace md5spec {
namespace {

// GoogleTest gets its own flags only: of others it would take --help for itself.
std::vector<std::string> give_googletest_its_flags(int argc, char** argv) {
  std::vector<char*> own = {argv[0]};
  std::vector<std::string> others;
  for (int i = 1; i < argc; ++i) {
    if (std::string_view(argv[i]).starts_with("--gtest_")) {
      own.push_back(argv[i]);
    } else {
      others.emplace_back(argv[i]);
    }
  }
  int count = static_cast<int>(own.size());
  own.push_back(nullptr);
  testing::InitGoogleTest(&count, own.data());
  for (int i = 1; i < count; ++i)
    throw UsageError(fmt::format("{}: GoogleTest has no such flag",
                                 in_quotes(own[static_cast<std::size_t>(i)])));
  return others;
}

bool is_for_all(const std::string& word) {
  return word == "--help" || word == "-h" || word == "--version";
}

int run(int argc, char** argv) {
  CLI::App app(
      "A conformance test suite for MD5 hash servers: certifies that a server answers messages "
      "over TCP with their MD5 digests.",
      "md5spec");
  app.set_version_flag("--version", std::string("md5spec ") + kVersion);
  app.require_subcommand(0, 1);
  app.footer(
      "Without a command: run. `md5spec COMMAND --help` says more of each.\n\n"
      "Exit status of run: 0 good, 1 a requirement is broken, 2 bad usage or file, 3 "
      "inconclusive,\n"
      "4 a fault of md5spec itself, 5 the known-failing list is stale, 6 everything was skipped.");
  Command chosen;
  add_run(app, &chosen);
  add_list(app, &chosen);
  add_explain(app, &chosen);
  add_lint(app, &chosen);
  add_compare(app, &chosen);
  add_send(app, &chosen);
  add_detect(app, &chosen);
  add_merge(app, &chosen);
  add_attest(app, &chosen);
  add_verify(app, &chosen);

  std::vector<std::string> words = give_googletest_its_flags(argc, argv);
  // Flags alone are those of `run`.
  const bool only_flags =
      words.empty() || (words.front().starts_with("-") && !is_for_all(words.front()));
  if (only_flags) words.insert(words.begin(), "run");
  std::vector<std::string> reversed(words.rbegin(), words.rend());
  try {
    app.parse(reversed);
  } catch (const CLI::Success& success) {
    return app.exit(success);
  } catch (const CLI::ParseError& error) {
    fmt::print(stderr, "md5spec: {}\n", displayable(error.what()));
    return kExitUsage;
  }
  return chosen();
}

}  // namespace
}  // namespace md5spec

int main(int argc, char** argv) {
  // A peer that is gone must be an error to a write, not the end of the process.
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return md5spec::run(argc, argv);
  } catch (const md5spec::InputError& error) {
    fmt::print(stderr, "md5spec: {}\n", md5spec::displayable(error.what()));
    return md5spec::kExitUsage;
  } catch (const md5spec::TlsSetupError& error) {
    fmt::print(stderr, "md5spec: {}\n", md5spec::displayable(error.what()));
    return md5spec::kExitUsage;
  } catch (const md5spec::UsageError& error) {
    fmt::print(stderr, "md5spec: {}\n", md5spec::displayable(error.what()));
    return md5spec::kExitUsage;
  } catch (const std::system_error& error) {
    // Whoever read the list has seen enough of it (`md5spec list | head`).
    if (error.code() == std::errc::broken_pipe) return md5spec::kExitGood;
    fmt::print(stderr, "md5spec: a fault of md5spec itself: {}\n", error.what());
    return md5spec::kExitSuiteFault;
  } catch (const std::exception& error) {
    fmt::print(stderr, "md5spec: a fault of md5spec itself: {}\n", error.what());
    return md5spec::kExitSuiteFault;
  }
}
