#include "judge/process.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "judge/judge.h"
#include "judge/process_end.h"
#include "judge/transcript_builder.h"

namespace md5spec {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::uint64_t kKiB = 1024;
constexpr std::uint64_t kOneMiB = 1024 * kKiB;

// What happens to a server's process, and beside it.
class Process {
 public:
  Process& measured(std::uint64_t descriptors, std::uint64_t bytes) {
    Event& event = add(Event::Kind::kMeasured);
    event.descriptors = descriptors;
    event.bytes = bytes;
    return *this;
  }
  Process& connections(int count) {
    for (int i = 0; i < count; ++i) {
      transcript_.connections.emplace_back();
      Event event;
      event.kind = Event::Kind::kConnected;
      event.connection = static_cast<int>(transcript_.connections.size()) - 1;
      transcript_.events.push_back(event);
    }
    return *this;
  }
  Process& sends(std::uint64_t bytes) {
    connections(1);
    Event event;
    event.kind = Event::Kind::kSend;
    event.connection = static_cast<int>(transcript_.connections.size()) - 1;
    event.bytes = bytes;
    transcript_.events.push_back(event);
    return *this;
  }
  Process& told_to_end() {
    add(Event::Kind::kTerminated);
    return *this;
  }
  Process& ends(int status, int signal = 0, bool counts = true) {
    ProcessEnd end;
    end.status = status;
    end.signal = signal;
    end.status_counts = counts;
    add(Event::Kind::kProcessEnded).process_end = std::make_shared<ProcessEnd>(end);
    return *this;
  }
  Process& awaits_in_vain(Event::Awaited what) {
    Event& event = add(Event::Kind::kAwait);
    event.awaited = what;
    event.came = Event::Came::kTimeout;
    event.since = std::chrono::seconds(1);
    event.at = std::chrono::seconds(6);
    return *this;
  }
  Process& runs_on() { return awaits_in_vain(Event::Awaited::kProcessEnd); }
  std::vector<std::string> seen() const {
    std::vector<std::string> names;
    for (const Observed& one : observe_process(transcript_))
      names.emplace_back(words_of(one.anomaly));
    return names;
  }
  const Transcript& transcript() const { return transcript_; }

 private:
  Event& add(Event::Kind kind) {
    Event event;
    event.kind = kind;
    event.connection = Event::kNoConnection;
    transcript_.events.push_back(event);
    return transcript_.events.back();
  }
  Transcript transcript_;
};

// Windows of so many connections, in each of which it grows by so much.
Process windows(const std::vector<std::uint64_t>& descriptors,
                const std::vector<std::uint64_t>& bytes, int connections = 300) {
  Process process;
  std::uint64_t held = 10;
  std::uint64_t memory = 8 * kOneMiB;
  process.measured(held, memory);
  for (std::size_t i = 0; i < descriptors.size(); ++i) {
    held += descriptors[i];
    memory += bytes[i];
    process.connections(connections).measured(held, memory);
  }
  return process;
}

TEST(ProcessTest, ADescriptorInAHundredConnectionsIsALeak) {
  EXPECT_THAT(windows({3, 3, 3}, {0, 0, 0}).seen(), ElementsAre("leaks"));
  EXPECT_THAT(windows({3, 2, 3}, {0, 0, 0}).seen(), IsEmpty());
}

TEST(ProcessTest, AKibibyteOfEachConnectionIsALeak) {
  const std::uint64_t much = 1000 * kKiB;
  EXPECT_THAT(windows({0, 0, 0}, {much, much, much}, 1000).seen(), ElementsAre("leaks"));
  EXPECT_THAT(windows({0, 0, 0}, {much, much, much - kKiB}, 1000).seen(), IsEmpty());
}

TEST(ProcessTest, MemoryTakesThreeThousandConnectionsToTell) {
  const std::uint64_t much = kOneMiB;
  const Process few = windows({0, 0, 0}, {much, much, much}, 999);
  EXPECT_THAT(few.seen(), IsEmpty());
  EXPECT_THAT(unjudged_growth(few.transcript()), HasSubstr("each of 3 windows"));
  EXPECT_EQ(unjudged_growth(windows({0, 0, 0}, {much, much, much}, 1000).transcript()), "");
  EXPECT_EQ(unjudged_growth(windows({0, 0, 0}, {much, 0, much}, 999).transcript()), "");
}

TEST(ProcessTest, OneConnectionTooFewForMemoryIsTooFew) {
  Process process;
  std::uint64_t memory = kOneMiB;
  process.measured(9, memory);
  for (const int connections : {1000, 1000, 999})
    process.connections(connections).measured(9, memory += kOneMiB);
  EXPECT_THAT(process.seen(), IsEmpty());
  EXPECT_THAT(unjudged_growth(process.transcript()), HasSubstr("it takes 3000 connections"));
}

TEST(ProcessTest, AConnectionInEachWindowIsEnoughToSeeItGrow) {
  EXPECT_THAT(windows({1, 1, 1}, {0, 0, 0}, 1).seen(), ElementsAre("leaks"));
  EXPECT_TRUE(every_window_grew(windows({0}, {kKiB}, 1).transcript()));
  EXPECT_FALSE(every_window_grew(windows({0}, {kKiB - 1}, 1).transcript()));
}

TEST(ProcessTest, WithoutAWindowNothingHasGrown) {
  EXPECT_FALSE(every_window_grew(Process().transcript()));
  EXPECT_FALSE(every_window_grew(Process().connections(9).measured(9, kOneMiB).transcript()));
}

TEST(ProcessTest, ALeakSaysWhatItIsOf) {
  const auto only = [](const Process& process) {
    const std::vector<Observed> all = observe_process(process.transcript());
    return all.size() == 1 ? all.front() : Observed();
  };
  const Observed descriptors = only(windows({3, 4, 5}, {0, 0, 0}));
  EXPECT_EQ(descriptors.explanation, "in each of 3 windows it holds more open descriptors");
  EXPECT_EQ(descriptors.expected, "fewer than 1 more in 100 connections, at least once");
  EXPECT_EQ(descriptors.received, "3, 4, 5 more, in 300, 300, 300 connections");
  const Observed memory = only(windows({0, 0, 0}, {1000 * kKiB, 2000 * kKiB, 1001 * kKiB}, 1000));
  EXPECT_EQ(memory.explanation, "in each of 3 windows it holds more memory");
  EXPECT_EQ(memory.expected, "less than 1 KiB more for each connection, at least once");
  EXPECT_EQ(memory.received, "1000, 2000, 1001 KiB more, in 1000, 1000, 1000 connections");
}

TEST(ProcessTest, GrowthOfDifferentKindsIsNoLeak) {
  EXPECT_THAT(windows({3, 0, 3}, {0, kOneMiB, 0}).seen(), IsEmpty());
}

TEST(ProcessTest, FewerThanThreeWindowsTellNothing) {
  EXPECT_THAT(windows({9, 9}, {kOneMiB, kOneMiB}).seen(), IsEmpty());
}

TEST(ProcessTest, AWindowWithoutConnectionsTellsNothing) {
  Process process = windows({3, 3, 3}, {0, 0, 0});
  EXPECT_TRUE(every_window_grew(process.transcript()));
  process.measured(30, 8 * kOneMiB);
  EXPECT_FALSE(every_window_grew(process.transcript()));
  EXPECT_THAT(process.seen(), IsEmpty());
}

TEST(ProcessTest, MemoryThatStaysTheSameWithoutConnectionsIsNoLeak) {
  Process process = windows({0, 0, 0}, {kOneMiB, kOneMiB, kOneMiB}, 1000);
  EXPECT_THAT(process.seen(), ElementsAre("leaks"));
  process.measured(10, 11 * kOneMiB);
  EXPECT_THAT(process.seen(), IsEmpty());
}

TEST(ProcessTest, AMessageOf32MiBIsLargeEnoughToTellHoarding) {
  const auto grown = [](std::uint64_t message) {
    return Process().measured(9, kOneMiB).sends(message).measured(9, 30 * kOneMiB).seen();
  };
  EXPECT_THAT(grown(32 * kOneMiB), ElementsAre("hoards"));
  EXPECT_THAT(grown(32 * kOneMiB - 1), IsEmpty());
}

TEST(ProcessTest, GrowthByOverHalfOfALargeMessageIsHoarding) {
  const auto grown = [](std::uint64_t message, std::uint64_t growth) {
    return Process().measured(9, kOneMiB).sends(message).measured(10, kOneMiB + growth).seen();
  };
  EXPECT_THAT(grown(128 * kOneMiB, 65 * kOneMiB), ElementsAre("hoards"));
  EXPECT_THAT(grown(128 * kOneMiB, 64 * kOneMiB), IsEmpty());
  EXPECT_THAT(grown(kOneMiB, 2 * kOneMiB), IsEmpty());
}

TEST(ProcessTest, EndsAsToldWithTheRightStatus) {
  EXPECT_THAT(Process().told_to_end().ends(0).seen(), IsEmpty());
  EXPECT_THAT(Process().told_to_end().ends(143).seen(), IsEmpty());
  EXPECT_THAT(Process().told_to_end().ends(0, 15).seen(), IsEmpty());
  EXPECT_THAT(Process().told_to_end().ends(1).seen(), ElementsAre("bad exit"));
  EXPECT_THAT(Process().told_to_end().ends(0, 11).seen(), ElementsAre("bad exit"));
  EXPECT_THAT(Process().told_to_end().ends(1, 0, false).seen(), IsEmpty());
}

TEST(ProcessTest, StaysUpWhereItsEndIsAwaitedInVain) {
  EXPECT_THAT(Process().told_to_end().runs_on().seen(), ElementsAre("stays up"));
}

TEST(ProcessTest, StayingUpSaysForHowLong) {
  const std::vector<Observed> all = observe_process(Process().told_to_end().runs_on().transcript());
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all.front().explanation, "the server ran on for 5.0 s behind SIGTERM");
  EXPECT_EQ(all.front().expected, "it ends within 5 s");
}

TEST(ProcessTest, WhatAConnectionAwaitsInVainDoesntSayThatItsProcessStaysUp) {
  EXPECT_THAT(Process().told_to_end().awaits_in_vain(Event::Awaited::kEnd).ends(0).seen(),
              IsEmpty());
}

TEST(ProcessTest, AnEndCountsAsUnaskedUnlessItWasTold) {
  EXPECT_EQ(unasked_end(Process().told_to_end().ends(1).transcript()), nullptr);
  EXPECT_EQ(unasked_end(Process().connections(1).transcript()), nullptr);
  const Process died = Process().connections(1).ends(1);
  ASSERT_NE(unasked_end(died.transcript()), nullptr);
  EXPECT_EQ(in_words(*unasked_end(died.transcript())), "ended with exit status 1");
}

TEST(ProcessTest, ASignalHasItsName) {
  ProcessEnd end;
  end.signal = 11;
  EXPECT_EQ(in_words(end), "was killed by SIGSEGV (Segmentation fault)");
  end.signal = 60;
  EXPECT_EQ(in_words(end), "was killed by signal 60");
}

}  // namespace
}  // namespace md5spec
