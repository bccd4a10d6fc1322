// What a transcript has recorded of one connection, followed step by step of its script: does each
// step stand there? Whether the server did right is no matter here (judge/judge).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "catalogue/planned_case.h"
#include "wire/transcript.h"

namespace md5spec {

// Of something that repeats: how often it was done, and why it may be less than wanted.
struct Repetition {
  std::uint64_t done = 0;
  std::uint64_t wanted = 0;
  bool cut_short = false;  // by the server: more of the same would have told nothing
};

// Places in the list of events. The steps of a script come one after another, so what belongs to a
// step stands behind all that belongs to those before it.
struct EventOrder {
  std::size_t begin = 0;  // where the current step may begin
  std::size_t end = 0;    // behind what the steps have taken so far

  void next_step() { begin = end; }
};

class ConnectionTrace {
 public:
  // All of these must outlive it.
  ConnectionTrace(const PlannedCase& planned, const Transcript& transcript, int connection,
                  EventOrder& order);

  // For events and messages of the connection, in the transcript's order.
  void add_event(std::size_t place) { places_.push_back(place); }
  void add_message(const SentMessage& message) { messages_.push_back(&message); }

  // Each takes what stands there for a step. Where the step could still have been carried out, but
  // isn't there as it should be, lack() says so from then on.
  void connect();
  void send(const SendStep& step);
  void exchange(const ExchangeStep& step);
  void reply();
  void silence(Duration time);
  void half_close();
  void fin();
  void end();
  void close();
  void reset();
  // The case is over: nothing more may stand there.
  void finish();

  // What is missing or too much; empty so far as nothing is.
  const std::string& lack() const { return lack_; }
  // Whether the server owed something for want of which its client gave up.
  bool let_down() const { return let_down_; }
  unsigned timeouts() const { return all_timeouts_; }  // of waits for replies
  // What repeated in the last step; nothing where it didn't.
  std::vector<Repetition> take_repetitions();

 private:
  using Kind = Event::Kind;

  // The next thing that the client did, or waited for; what came meanwhile has been taken note of.
  const Event* next();
  // Returns whether that was the server's doing.
  bool note(const Event& event);
  bool is_next(Kind kind);
  bool is_wait_next(Event::Awaited what);
  const Event& take();
  bool take_if(Kind kind);
  // Takes it or says that it's missing; a closed connection needs no more steps.
  bool need(Kind kind, std::string_view words);
  const Event* need_wait(Event::Awaited what, std::string_view words);
  void miss(std::string_view words);

  bool over_tls() const;
  bool can_send() const { return open_ && !half_closed_ && !stuck_; }
  // Whether the server's end of the connection may have kept the client from the step.
  bool was_ended();
  bool begins_next(const ScriptMessage& source, std::uint64_t time) const;
  // Takes a message that begins `offset` bytes behind what has been sent; returns its size.
  std::uint64_t begin(const ScriptMessage& source, std::uint64_t time, std::uint64_t offset,
                      TailCr cr);
  std::uint64_t begin_all(const SendStep& step);
  void take_bytes(std::uint64_t size, bool fills);
  void await_replies();
  bool exchange_one(const ScriptMessage& source, std::uint64_t time);
  void leave_pipeline();
  std::uint64_t replies_come() const;

  const Profile& profile_;
  const Transcript& transcript_;
  const ConnectionRecord& record_;
  EventOrder& order_;
  std::vector<std::size_t> places_;
  std::vector<const SentMessage*> messages_;
  std::size_t at_ = 0;               // in places_
  std::uint64_t taken_of_send_ = 0;  // bytes of the event at at_ that earlier steps have sent
  std::size_t begun_ = 0;            // of messages_
  std::uint64_t sent_ = 0;
  std::uint64_t unsent_ = 0;  // what an `until` left for later
  bool open_ = false;
  bool secured_ = false;
  bool half_closed_ = false;
  bool ended_ = false;
  bool received_ = false;
  bool stalled_ = false;
  bool send_failed_ = false;
  bool pipelines_ = false;
  bool stuck_ = false;
  bool let_down_ = false;
  unsigned timeouts_ = 0;  // in a row
  unsigned all_timeouts_ = 0;
  std::vector<Repetition> repetitions_;
  std::string lack_;
};

}  // namespace md5spec
