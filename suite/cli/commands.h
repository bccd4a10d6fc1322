// The subcommands of md5spec. Each adds itself to the command line and is called when it was given.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace md5spec {

// What a subcommand does once its words have been read; returns the exit status.
using Command = std::function<int()>;

// Adds a subcommand to `app`; `*chosen` is set when it was given.
void add_run(CLI::App& app, Command* chosen);
void add_list(CLI::App& app, Command* chosen);
void add_explain(CLI::App& app, Command* chosen);
void add_lint(CLI::App& app, Command* chosen);
void add_compare(CLI::App& app, Command* chosen);
void add_send(CLI::App& app, Command* chosen);
void add_detect(CLI::App& app, Command* chosen);
void add_merge(CLI::App& app, Command* chosen);
void add_attest(CLI::App& app, Command* chosen);
void add_verify(CLI::App& app, Command* chosen);

}  // namespace md5spec
