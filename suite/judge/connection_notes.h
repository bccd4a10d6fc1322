// Notes on one connection of a case: each anomaly, with what blame depends on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "judge/anomalies.h"

namespace md5spec {

// Refers to what it is given, which must outlive it.
class ConnectionNotes {
 public:
  using Message = Story::Message;

  ConnectionNotes(const PlannedCase& planned, const Story& story, const std::vector<Story>& all);

  const Profile& profile() const { return profile_; }
  const Story& story() const { return story_; }
  const std::vector<Story>& all() const { return all_; }

  // Further notes are about the connection's exchange of that number, from 0.
  void begin_exchange(std::size_t number) { exchange_ = number; }

  // The references are good until the next note.
  Observed& add(Anomaly anomaly, Evidence evidence, std::string explanation);
  Observed& add_for(const Message& message, Anomaly anomaly, Evidence evidence,
                    std::string explanation);

  std::size_t size() const { return observed_.size(); }
  Observed& at(std::size_t place) { return observed_.at(place); }
  std::vector<Observed> take() { return std::move(observed_); }

  Evidence evidence_of_end() const;
  // Whether the message behind it was sent without waiting for its reply.
  bool is_pipelined(const Message& message) const;
  bool is_oversize(const Message& message) const;
  bool any_is_oversize(const Story& story) const;
  // Bytes that belong to no message: what they deserve is left open.
  static bool sent_only_raw(const Story& story);
  bool says_too_long_a_length(const Story& story) const;
  bool came_before_end(const std::optional<Moment>& moment) const;
  // Whether the connection ended before the client had sent anything, or left.
  bool ended_unasked() const;

 private:
  static Observed::Content content_of(const PlannedMessage& message);
  // Whether the case had another connection open beside this one.
  bool has_company() const;
  // Of the connection's messages up to `last`; of all if there's none such.
  std::uint64_t largest_until(const Message* last) const;

  const Profile& profile_;
  const bool sends_too_long_a_length_;  // where the case sends raw bytes
  const Story& story_;
  const std::vector<Story>& all_;
  std::vector<Observed> observed_;
  std::size_t exchange_ = 0;
};

}  // namespace md5spec
