// How far the replies due on a connection have come in: decides when to stop waiting, not whether
// they are right.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include "catalogue/planned_case.h"

namespace md5spec {

class ReplyCursor {
 public:
  enum class State {
    kComplete,   // every reply that is due has come, to the byte; there may be more
    kMore,       // nothing speaks against the rest being under way
    kDeviating,  // what came isn't, and can't become, what is due
  };

  void expect(std::shared_ptr<const PlannedMessage> message) { due_.push_back(std::move(message)); }
  bool all_in() const { return next_ == due_.size(); }

  // Looks at all that was received on the connection.
  State look(std::string_view received);

  // Takes whatever came for the replies due so far: what comes from now on belongs to later ones.
  void settle(std::size_t received);

 private:
  std::vector<std::shared_ptr<const PlannedMessage>> due_;
  std::size_t next_ = 0;
  std::size_t position_ = 0;
};

}  // namespace md5spec
