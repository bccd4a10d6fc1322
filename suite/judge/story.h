// A transcript, told connection by connection.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wire/transcript.h"

namespace md5spec {

// Moments are places in the transcript's list of events: what stands before came before. That order
// is certain, where clock readings of two machines, or of one busy machine, are not.
using Moment = std::size_t;

struct Story {
  struct Message {
    const SentMessage* sent = nullptr;
    Moment begun = 0;
    std::optional<Moment> complete;   // when its last byte had been handed to the system
    bool after_pause = false;         // the client paused between the reply before and this message
    unsigned pieces = 0;              // in which it was sent
    bool boundary_in_pieces = false;  // one of them ended inside its length or delimiter
    bool pipelined = false;           // sent without waiting for the reply to the one before
    // The wait for its reply, or for the connection's end. A message that isn't complete has one
    // only where its reply was waited for nevertheless: the server didn't take all of it.
    const Event* awaited = nullptr;
    Moment awaited_at = 0;
  };
  enum class End { kOpen, kOrderly, kReset, kFlood };

  int connection = 0;
  const ConnectionRecord* record = nullptr;
  bool connected = false;
  std::string connect_error;
  const Event* no_handshake = nullptr;  // the event that says why TLS didn't come about
  std::string hello;                    // the version that a ClientHello made by hand offered
  std::string received;
  std::vector<Message> messages;
  std::optional<Moment> first_send;
  std::optional<Moment> half_closed;
  std::optional<Moment> fin;   // TCP's end without close_notify
  std::optional<Moment> left;  // closed or reset by the client itself
  // How the client left without a word: by a reset that no reply was due to, or with one due.
  enum class Vanished { kNo, kReset, kWithReplyDue } vanished = Vanished::kNo;
  std::optional<Moment> told_to_end;  // the server, by a signal: it may close what is idle
  End end = End::kOpen;
  Moment ended = 0;
  bool paused = false;
  bool dawdled = false;  // time passed on the client's side, by the script or for a busy machine
  bool send_failed = false;
  std::vector<const Event*> waits;

  // How many bytes had been received before `moment`.
  std::size_t received_before(Moment moment) const;
  // When the byte at `offset` came.
  Moment arrival(std::size_t offset) const;

  struct Arrival {
    Moment at;
    std::size_t end;  // bytes received by then
  };
  std::vector<Arrival> arrivals;
};

std::vector<Story> tell(const PlannedCase& planned, const Transcript& transcript);

}  // namespace md5spec
