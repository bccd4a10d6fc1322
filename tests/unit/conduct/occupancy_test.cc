#include "conduct/occupancy.h"

#include <gtest/gtest.h>

namespace md5spec {
namespace {

using std::chrono::milliseconds;

// What has happened: each at its millisecond.
class Happened {
 public:
  Happened& then(int at, int connection, Event::Kind kind) {
    Event event;
    event.at = milliseconds(at);
    event.connection = connection;
    event.kind = kind;
    events_.push_back(std::move(event));
    return *this;
  }
  Happened& opens(int at, int connection) { return then(at, connection, Event::Kind::kConnected); }
  Happened& closes(int at, int connection) { return then(at, connection, Event::Kind::kClose); }

  Duration room_at(int now, unsigned most) {
    return held_.room_at(events_, milliseconds(now), most);
  }

 private:
  std::vector<Event> events_;
  Occupancy held_;
};

TEST(Occupancy, LeavesRoomForAsManyAsAreServed) {
  Happened one;
  one.opens(1, 0);
  EXPECT_EQ(one.room_at(5, 2), milliseconds(5));
}

TEST(Occupancy, CountsThoseThatHaveJustLeft) {
  Happened one;
  one.opens(1, 0).opens(2, 1).closes(3, 1).closes(9, 0);
  EXPECT_EQ(one.room_at(10, 3), milliseconds(10));
  EXPECT_EQ(one.room_at(10, 2), milliseconds(3) + kToNotice);
  EXPECT_EQ(one.room_at(53, 2), milliseconds(53));
  EXPECT_EQ(one.room_at(53, 1), milliseconds(9) + kToNotice);
}

TEST(Occupancy, KnowsThatAServerHasNoticedWhatItEndedItself) {
  for (const auto end : {Event::Kind::kPeerEnd, Event::Kind::kPeerReset}) {
    Happened one;
    one.opens(1, 0).then(3, 0, end).closes(4, 0);
    EXPECT_EQ(one.room_at(5, 1), milliseconds(5));
  }
}

TEST(Occupancy, TakesAResetForAClose) {
  Happened one;
  one.opens(1, 0).then(3, 0, Event::Kind::kReset).closes(20, 0);
  EXPECT_EQ(one.room_at(30, 1), milliseconds(3) + kToNotice);
}

TEST(Occupancy, DoesNotWaitForThoseThatAreOpen) {
  Happened one;
  one.opens(1, 0).opens(2, 1);
  EXPECT_EQ(one.room_at(5, 2), milliseconds(5));
}

TEST(Occupancy, GoesOnWhereItStopped) {
  Happened one;
  one.opens(1, 0);
  EXPECT_EQ(one.room_at(2, 2), milliseconds(2));
  one.opens(3, 1).closes(4, 1);
  EXPECT_EQ(one.room_at(5, 2), milliseconds(4) + kToNotice);
}

}  // namespace
}  // namespace md5spec
