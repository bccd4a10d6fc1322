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
  Process& runs_on() {
    Event& event = add(Event::Kind::kAwait);
    event.awaited = Event::Awaited::kProcessEnd;
    event.came = Event::Came::kTimeout;
    return *this;
  }
  std::vector<std::string> seen() const {
    std::vector<std::string> names;
    for (const Observed& one : observe_process(transcript_))
      names.emplace_back(name_of(one.anomaly));
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
}

}  // namespace
}  // namespace md5spec
