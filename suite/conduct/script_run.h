// A script being carried out: what its steps share. Its parts stand in script_run.cc (blocks,
// connections, time), script_run_sending.cc, script_run_waiting.cc and script_run_process.cc.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>

#include "catalogue/planned_case.h"
#include "conduct/background_digest.h"
#include "conduct/occupancy.h"
#include "conduct/reply_cursor.h"
#include "conduct/script_runner.h"
#include "wire/connection.h"
#include "wire/transcript.h"

namespace md5spec {

// What a step sends: bytes, or a part of one large message's frame.
struct Outgoing {
  std::string bytes;
  std::shared_ptr<const PlannedMessage> large;
  std::uint64_t begin = 0;  // of `large`, as far as it isn't sent
  std::uint64_t end = 0;

  std::uint64_t size() const { return large ? end - begin : bytes.size(); }
  // What is left from `at` on goes from this one to the one that is returned.
  Outgoing cut(std::uint64_t at);
};

// One connection of a script.
struct Link {
  std::shared_ptr<Connection> connection;
  ReplyCursor cursor;
  unsigned member = 0;
  Outgoing unsent;                                         // what an `until` left for later
  std::vector<std::unique_ptr<BackgroundDigest>> digests;  // of its large messages
  Duration hashing{};  // what the server may need for those, beyond the usual time
  bool message_begun = false;
  std::size_t had_received = 0;  // when the last message was begun
  bool took_all = true;          // nothing that was to be sent had to stay behind
  std::optional<Clock::time_point> pipeline_began;  // of messages that a send repeats
  int timeouts = 0;                                 // replies in a row that didn't come in time
  bool stuck = false;                               // no use in asking for more
  bool let_down = false;                            // for want of what the server owed it
};

// A script's names; a block inside it has its own.
struct Block {
  Scope scope = Scope::kCase;
  std::uint64_t round = 0;
  std::map<std::string, std::vector<std::unique_ptr<Link>>> names;
};

class ScriptRun {
 public:
  // All of these must outlive it.
  ScriptRun(const PlannedCase& planned, const CarryOutOptions& options,
            asio::any_io_executor executor, Transcript& transcript);

  asio::awaitable<void> run();

 private:
  using Came = Event::Came;
  using Awaited = Event::Awaited;

  bool stopped();
  asio::awaitable<void> run_steps(const Steps& steps, Block& block);
  asio::awaitable<void> run_step(const Step& step, Block& block);
  asio::awaitable<void> run_other_step(const Step& step, Block& block);
  // Does `act` on all connections of that name at once.
  template <typename StepType>
  asio::awaitable<void> on_all(Block& block, const std::string& name, const StepType& step,
                               asio::awaitable<void> (ScriptRun::*act)(Block&, Link&,
                                                                       const StepType&));
  asio::awaitable<void> run_liveness(const LivenessStep& step);
  asio::awaitable<void> run_repeat(const RepeatStep& step, Scope scope);
  asio::awaitable<void> run_pause(const PauseStep& step);
  // Whether what repeats has had its time, `done` rounds after it began.
  bool out_of_budget(Clock::time_point began, std::uint64_t done) const;
  // Nothing is judged by a message whose digest isn't known; an interrupted case isn't judged.
  asio::awaitable<void> finish_digests(Link& link);

  // --- connections ---

  asio::awaitable<void> run_connect(const ConnectStep& step, Block& block);
  asio::awaitable<void> open_one_after_another(Block& block, const ConnectStep& step);
  Deadline time_to_connect() const;
  asio::awaitable<void> open(Block& block, Link& link, const ConnectStep& step);
  // The two halves of that. `waited_in_vain` is set where the server let the time for it pass.
  asio::awaitable<void> connect(Link& link, Deadline deadline);
  asio::awaitable<void> secure(Link& link, const ConnectStep& step, Deadline deadline,
                               bool& waited_in_vain);
  asio::awaitable<void> await_banner_of(Block& block, Link& link, const ConnectStep& step);
  // More than all that could be due on one connection.
  std::uint64_t most_received() const;
  // Whether it is without the TLS that the profile has.
  bool is_bare(const Link& link) const;

  // --- sending ---

  // Begins a message: from now on its reply is due.
  std::shared_ptr<const PlannedMessage> begin(Link& link, const Block& block,
                                              const ScriptMessage& source, std::uint64_t time,
                                              std::uint64_t offset, TailCr cr = TailCr::kNo);
  // What ends at the client's half-close needs one that leaves the server its own direction.
  bool can_half_close(const Link& link);
  // Whether an unframed message may arrive in one read.
  bool fits_segment(const Link& link, std::uint64_t size);
  static bool can_send(const Link& link);
  asio::awaitable<void> run_send(Block& block, Link& link, const SendStep& step);
  asio::awaitable<void> send_in_segments(Link& link, const Outgoing& outgoing,
                                         const std::vector<std::size_t>& borders,
                                         const SendStep& step);
  asio::awaitable<bool> send_part(Link& link, const Outgoing& outgoing, std::uint64_t from,
                                  std::uint64_t to, Connection::OnStall on_stall, Deadline latest);
  // Whether a server that answers, but slowly, has had its time for a pipeline.
  bool pipeline_is_over(Link& link) const;
  // Nothing is expected of the server for messages whose replies nobody waits for any more.
  void leave_pipeline(Link& link);
  asio::awaitable<void> run_exchange(Block& block, Link& link, const ExchangeStep& step);
  asio::awaitable<void> exchange(Block& block, Link& link, const ScriptMessage& source,
                                 std::uint64_t time);
  asio::awaitable<void> run_half_close(Block& block, Link& link, const HalfCloseStep& step);

  // --- waiting ---

  asio::awaitable<void> await_banner(Link& link, Reading reading);
  asio::awaitable<void> await_replies(Link& link);
  // What the server didn't take its reply is waited for all the same: it may tell why.
  ReplyCursor::State look(Link& link) const;
  asio::awaitable<void> run_reply(Block& block, Link& link, const ReplyStep& step);
  asio::awaitable<void> run_silence(Block& block, Link& link, const SilenceStep& step);
  asio::awaitable<void> run_end(Block& block, Link& link, const EndStep& step);
  Duration patience_for_the_rest(const Link& link) const;
  // Records a wait that ends now.
  void awaited(Link& link, Awaited what, Came came, Duration since);

  // --- the server's process ---

  asio::awaitable<void> run_process_step(const Step& step, Block& block);
  asio::awaitable<void> run_measure(const MeasureStep& step, Scope scope);
  asio::awaitable<void> wait_for_room();
  asio::awaitable<void> measure();
  asio::awaitable<void> run_process_end();

  const PlannedCase& planned_;
  const Profile& profile_;
  const CarryOutOptions& options_;
  Disappointments own_disappointments_;  // where none of a run are kept
  Disappointments& disappointments_;
  const Patience patience_;
  asio::any_io_executor executor_;
  Transcript& transcript_;
  Recorder recorder_;
  Deadline deadline_;
  Clock::time_point terminated_at_;
  int in_vain_ = 0;         // times that a reply was waited for in vain
  bool connected_ = false;  // the script has connected before
  Occupancy occupancy_;
  unsigned crowd_ = 1;     // the most connections that bear one name
  bool unclosed_ = false;  // an end of stream was waited for in vain
};

}  // namespace md5spec
