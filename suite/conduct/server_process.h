// A process that md5spec started itself, in a session of its own.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>

#include "conduct/process_table.h"
#include "wire/deadline.h"
#include "wire/transcript.h"

namespace md5spec {

// Used from one thread, that of its executor. stop() ends the process and all that came of it; the
// destructor does so at once, without asking. The process is killed when md5spec dies, too.
class ServerProcess {
 public:
  // Starts `words` (the first one found by PATH if it has no slash), with nothing on its standard
  // input. Throws std::runtime_error, whose text says why, if that can't be done.
  ServerProcess(const asio::any_io_executor& executor, const std::vector<std::string>& words);
  ~ServerProcess();
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  pid_t pid() const;
  // How it ended; nothing while it runs. Its end is an event to the executor: nobody has to ask.
  const std::optional<ProcessEnd>& end() const;
  Clock::time_point ended_at() const;  // when that was noticed
  // Waits for its end; returns whether it came before `deadline`.
  asio::awaitable<bool> ended_by(Deadline deadline);
  // The last of what it wrote to its standard output and error: bytes of unknown origin.
  const std::string& printed() const;
  // It and what it has started, as far as that lives.
  std::vector<ProcessEntry> family() const { return family_of(pid()); }

  // Asks it and its group to end (SIGTERM), and makes them (SIGKILL) when that takes longer than
  // `grace`.
  asio::awaitable<void> stop(Duration grace);

 private:
  class State;
  void kill_leftovers() const;

  std::shared_ptr<State> state_;
};

}  // namespace md5spec
