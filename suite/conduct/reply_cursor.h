// How far the replies due on a connection have come in: decides when to stop waiting, not whether
// they are right.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string_view>
#include <vector>

#include "catalogue/planned_case.h"

namespace md5spec {

class ReplyCursor {
 public:
  static constexpr std::uint64_t kAll = std::numeric_limits<std::uint64_t>::max();
  enum class State {
    kComplete,   // every reply that is due has come, to the byte; there may be more
    kMore,       // nothing speaks against the rest being under way
    kScant,      // what came can't become what is due, but is hardly a reply of any kind yet
    kDeviating,  // what came isn't, and can't become, what is due
  };

  // Its reply is due once so many bytes of the connection have been sent.
  void expect(std::shared_ptr<const PlannedMessage> message, std::uint64_t end = 0) {
    due_.push_back(std::move(message));
    ends_.push_back(end);
  }
  bool all_in() const { return next_ == due_.size(); }
  std::size_t all() const { return due_.size(); }
  std::size_t come() const { return next_; }  // of these, when last looked

  // Looks at all that was received on the connection, where so much of it has been sent.
  State look(std::string_view received, std::uint64_t sent = kAll);

  // Of a deviating reply: whether as many bytes have come as are due, so that no more need follow.
  bool has_as_many(std::string_view received) const {
    return next_ < due_.size() && received.size() >= position_ + due_[next_]->reply.size();
  }

  // Takes whatever came for the replies due so far: what comes from now on belongs to later ones.
  void settle(std::size_t received);

 private:
  std::vector<std::shared_ptr<const PlannedMessage>> due_;
  std::vector<std::uint64_t> ends_;
  std::size_t complete_ = 0;  // messages that have been sent whole
  std::size_t next_ = 0;
  std::size_t position_ = 0;
};

}  // namespace md5spec
