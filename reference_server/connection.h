// One client's connection, from its banner to its orderly end.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "message_reader.h"
#include "reply_writer.h"
#include "stream.h"
#include "target/profile.h"
#include "tls.h"

namespace md5spec::reference {

// A profile to be served, and what follows from it.
struct Service {
  Service(const Profile& served, TlsContext over_tls);

  Profile profile;
  TlsContext tls;  // nothing: plain TCP
  RequestFormat format;
  ReplyWriter replies;
  std::size_t read_size;  // how much is read at once; unframed, no more than the longest request
};

// Room that the connections of a thread use by turns, so that an idle one needs none of its own.
struct Buffers {
  std::vector<char> input;
  std::string output;
  Buffers();
};

// Answers messages in their order. From a client that doesn't take its replies nothing is read:
// what is kept for it is one batch of replies and the rest of one read.
class Connection {
 public:
  enum class Wait { kInput, kOutput, kNothing };  // kNothing: it's over

  Connection(Descriptor socket, const Service& service);  // `service` must outlive it

  int descriptor() const { return stream_.descriptor(); }
  Wait start();  // sends the banner
  // Does what can be done now, but reads only once, so that the others get their turn.
  Wait advance(Buffers& buffers);

  // Whether it only waits for the client to close: closing first, with bytes unread, would send a
  // reset, and that might overtake the last reply.
  bool draining() const { return phase_ == Phase::kDraining; }
  // Whether it could be closed without breaking an exchange off.
  bool idle() const;

 private:
  enum class Phase {
    kServing,
    kLast,      // what is unsent is the last
    kDraining,  // has ended sending, and throws away what still comes
    kOver,
  };

  Wait wait() const;
  void read(Buffers& buffers);
  void answer(std::string_view bytes, std::string& replies);
  bool send(std::string& bytes);
  bool flush();
  void drain(Buffers& buffers);

  const Service& service_;
  Stream stream_;
  MessageReader reader_;
  Phase phase_ = Phase::kServing;
  bool client_ended_ = false;
  std::string unread_;    // was read, but must wait until unsent_ is gone
  std::string unsent_;    // replies that the client hasn't taken yet …
  std::size_t sent_ = 0;  // … but for so many bytes
  std::size_t drained_ = 0;
};

}  // namespace md5spec::reference
