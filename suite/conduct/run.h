// One profile's cases against one server.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <asio/awaitable.hpp>
#include <asio/ip/tcp.hpp>

#include "conduct/conductor.h"
#include "conduct/lag_meter.h"
#include "conduct/order.h"
#include "conduct/own_limits.h"
#include "conduct/script_runner.h"
#include "conduct/started_server.h"
#include "conduct/target_lock.h"

namespace md5spec {

// What all runs' cases may have open at once.
struct Descriptors {
  std::uint64_t all = 0;
  std::atomic<std::uint64_t> taken = 0;
};

// What runs have in common; any of their threads may use it.
struct CommonGround {
  std::atomic<bool> interrupted = false;
  Descriptors descriptors;
  std::function<void()> on_case;
  TransferProgress transfer;
};

// Its parts come in the order of their declaration, all on one thread, whose event loop `lag`
// measures; between two of them other runs may have theirs. What it is given must outlive it.
class Run {
 public:
  Run(const RunRequest& request, RunOutput& output, LagMeter& lag, CommonGround& ground);

  // Everything that may go on beside other cases and other runs.
  asio::awaitable<void> run_together();

  // What went wrong beside others, or for want of time, once more.
  asio::awaitable<void> look_again();

  // Whether that has anything to do.
  bool has_doubts() { return !doubtful().empty(); }

  // What must have the server to itself. `beside_other_runs`: what rests on time is left for
  // conclude(), when none of them makes this machine busy.
  asio::awaitable<void> run_alone(bool beside_other_runs);

  // What other requirements accounted for until now may count after all.
  asio::awaitable<void> conclude();

  bool has_own_server() const { return started_ != nullptr; }
  asio::awaitable<void> stop_server();

 private:
  // run.cc
  void note_time();
  CarryOutOptions options();
  const PlannedCase& planned(std::size_t index) const { return *request_.cases[index]; }
  bool ends_server(std::size_t index) const;
  const std::string& primary(std::size_t index) const;
  bool is_down() const { return started_ && !started_->running(); }

  // Before the first case: is there a server, and does it answer?
  asio::awaitable<void> reach();
  void give_up(const std::string& why);

  // A server of md5spec's own is nobody else's target.
  asio::awaitable<void> take_lock(HostPort target);

  // The server never answers: what hasn't been tried needn't be.
  void blame_silence(const Attempt& attempt);

  asio::awaitable<void> run_several(const std::vector<std::size_t>& cases, unsigned jobs);
  asio::awaitable<void> run_case(std::size_t index);

  asio::awaitable<void> run_one_alone(std::size_t index, bool beside_other_runs);

  // Where a case is known to go wrong for its company, what clients before may have left is
  // company, too: a server of md5spec's own is a new one then.
  asio::awaitable<void> repeat_alone(std::size_t index, bool at_leisure);

  // Behind a case that was alone.
  asio::awaitable<void> settle(std::size_t index);

  // The server runs, and other processes let it be as `mode` says.
  asio::awaitable<void> make_ready(TargetLock::Mode mode);

  // With all of the profile's patience where it's `at_leisure`.
  asio::awaitable<Attempt> attempt_at(std::size_t index, const Profile& profile,
                                      bool at_leisure = false);

  static Attempt hindered(const std::string& why);
  void hinder_the_rest(const std::string& why);

  // run_recovery.cc: the server has gone, or seems to have

  // Cases got no service. Is it only those, or is the server gone for all? Asked while nothing else
  // is under way, since a server that serves one connection at a time isn't gone.
  asio::awaitable<void> check_server();

  // The same while other cases are under way: an answer clears those that got no service before it.
  asio::awaitable<void> ask_beside_others();

  // Beside the cases that got no service others may have been cut off in the middle by the same.
  void suspect_cut_off();
  bool is_suspect(std::size_t index) const;

  // The server has ended, or serves nobody any more, and no case is under way. Which one was it,
  // and on with a new server.
  asio::awaitable<void> recover();

  // The cases that were under way when the server ended, or had ended so short a time before that
  // its end may just not have been told yet.
  std::vector<std::size_t> affected_by_end() const;

  asio::awaitable<void> repeat_one_by_one(const std::vector<std::size_t>& affected,
                                          const std::optional<ProcessEnd>& end);

  // If the server has ended, the transcript gets its end and is judged again.
  void name_killer(std::size_t index, const std::optional<ProcessEnd>& end);

  void list_suspects(const std::vector<std::size_t>& suspects, const std::string& what);

  // It runs, and serves nobody any more.
  asio::awaitable<void> stop_hung();

  // Behind one that hung the new one is asked whether it serves anybody: if not, no case is to
  // blame that the one before it didn't, and its only having served before was luck.
  asio::awaitable<void> restart();
  void finish();

  // run_confirmation.cc: what isn't certain is carried out once more

  bool is_doubtful_for_time(std::size_t index) const;
  bool is_doubtful_for_company(std::size_t index) const;

  // Its requirement has been seen to be broken by cases that were alone.
  bool is_confirmed(std::size_t index) const;

  // Whether the case would be held against the server, or be undecided, as things stand; where it
  // would pass, or something else that is broken accounts for what it saw, it needn't be certain.
  bool counts(std::size_t index);

  // Findings that rest on time alone, and whatever went wrong beside other cases: the case is
  // carried out once more, with nothing beside it. A requirement of which some cases have failed
  // again has been seen to be broken; of its others, those that rest on time are repeated side by
  // side. Not so where a case has gone wrong for its company alone: then none but what fails alone
  // counts. Each repetition may show that others were no fault of the server's, or leave some to
  // count that were accounted for before.
  asio::awaitable<void> confirm();

  asio::awaitable<void> confirm_all(const std::vector<std::size_t>& all);

  // What is to be repeated and hasn't been. Those that rest on time last: the others are soon
  // repeated, and tell whether company matters.
  std::vector<std::size_t> doubtful();
  asio::awaitable<void> confirm_one(std::size_t index, bool at_leisure);

  // What was carried out once more by a server that had others' traces proves nothing: it counts as
  // not carried out again.
  void forget_repetitions_behind_others();

  // A process's end is told a little later than its connections' ends.
  static constexpr std::chrono::seconds kEndIsAwaited{1};

  struct Finished {
    std::size_t index;
    Clock::time_point at;
  };

  // An end of the server's that none of the cases that were under way brings about alone.
  struct Unexplained {
    std::vector<std::size_t> cases;
    std::string what;
  };

  const RunRequest& request_;
  RunOutput& output_;
  LagMeter& lag_;
  CommonGround& ground_;
  const Order order_;
  std::unique_ptr<StartedServer> started_;  // null: the target is somebody else's
  std::unique_ptr<TargetLock> lock_;
  std::optional<OwnSupply> supply_;
  std::shared_ptr<const TlsContext> tls_;
  asio::ip::tcp::endpoint server_;
  Clock::time_point began_;
  std::vector<std::size_t> suspects_;  // got no service since the server was last seen to serve
  std::vector<Finished> finished_;     // since the server was last started
  std::vector<Unexplained> unexplained_;
  int deaths_ = 0;
  int hangs_ = 0;
  std::string last_killer_;
  Duration restarting_{};
  Duration clean_slates_{};
  bool hung_ = false;                        // the last one, and none has been started since
  bool over_ = false;                        // no further case is carried out
  Disappointments disappointments_;          // of the cases so far
  bool backlog_full_ = false;                // a connect had to wait for room in it
  std::map<std::string, int> failed_alone_;  // the second time: cases of each requirement
  std::vector<bool> counting_;  // see counts(); empty where something has been tried since
  std::set<std::size_t> under_way_;
  std::set<std::size_t> beside_others_;     // cases that weren't alone when first carried out
  bool company_matters_ = false;            // a case went wrong that goes right alone
  std::vector<std::size_t> behind_others_;  // failed again before that was known
};

}  // namespace md5spec
