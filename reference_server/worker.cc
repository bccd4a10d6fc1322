#include "worker.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <iterator>
#include <system_error>
#include <utility>

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

namespace md5spec::reference {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kDrainTime{2000};
constexpr milliseconds kStopTime{2000};
constexpr milliseconds kAcceptAgainAfter{100};
constexpr int kAcceptedAtOnce = 64;  // then others get their turn

}  // namespace

Worker::Worker(const Common& common)
    : common_(common),
      epoll_(epoll_create1(EPOLL_CLOEXEC), "epoll_create1"),
      on_signal_([this] { told_to_stop_ = true; }),
      on_free_place_([this] { resume_accepting(); }) {
  watch(common_.signals.get(), EPOLLIN, &on_signal_);
  if (common_.free_places) watch(common_.free_places->get(), 0, &on_free_place_);
}

void Worker::add_door(Descriptor listening, const Service& service) {
  Door& door = doors_.emplace_back(Door{std::move(listening), service, {}});
  door.watcher = [this, &door] { accept_from(door); };
  watch(door.listening.get(), EPOLLIN, &door.watcher);
}

void Worker::run() {
  while (!stop_by_ || (now_ < *stop_by_ && serving_.size() + draining_.size() > 0)) {
    wait();
    end_overdue(draining_, kDrainTime);
    if (common_.idle_timeout) end_overdue(serving_, *common_.idle_timeout);
    if (told_to_stop_ && !stop_by_) begin_to_stop();
    ended_.clear();
    if (accept_again_at_ && now_ >= *accept_again_at_) resume_accepting();
  }
}

// Level-triggered: what is left undone is told again. `again`: it is watched for other events now.
bool Worker::watch(int descriptor, unsigned events, Watcher* watcher, bool again) {
  epoll_event event{};
  event.events = events;
  event.data.ptr = watcher;
  return epoll_ctl(epoll_.get(), again ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, descriptor, &event) == 0;
}

// Waits until a descriptor is ready, and calls its watcher, or until the next deadline.
void Worker::wait() {
  auto next = std::min(stop_by_.value_or(Clock::time_point::max()),
                       accept_again_at_.value_or(Clock::time_point::max()));
  if (!draining_.empty()) next = std::min(next, draining_.front().since + kDrainTime);
  if (!serving_.empty() && common_.idle_timeout) {
    next = std::min(next, serving_.front().since + *common_.idle_timeout);
  }
  int timeout = -1;
  if (next != Clock::time_point::max()) {
    const auto left = std::chrono::ceil<milliseconds>(next - Clock::now());
    timeout = static_cast<int>(std::clamp(left, milliseconds(0), milliseconds(60'000)).count());
  }
  std::array<epoll_event, 256> events;
  const int count = epoll_wait(epoll_.get(), events.data(), events.size(), timeout);
  now_ = Clock::now();
  for (int i = 0; i < count; ++i)
    (*static_cast<Watcher*>(events[static_cast<unsigned>(i)].data.ptr))();
}

void Worker::accept_from(Door& door) {
  for (int i = 0; i < kAcceptedAtOnce && accept_one(door); ++i) {
  }
}

// Returns whether there may be another.
bool Worker::accept_one(Door& door) {
  eventfd_t place = 0;
  if (common_.free_places && eventfd_read(common_.free_places->get(), &place) != 0) {
    pause_accepting(true);
    return false;
  }
  const int accepted =
      accept4(door.listening.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (accepted >= 0) {
    serve(Descriptor(accepted, "accept4"), door.service);
    return true;
  }
  const int error = errno;
  if (common_.free_places) eventfd_write(common_.free_places->get(), 1);
  if (error == EAGAIN) return false;
  if (error == EINTR || error == ECONNABORTED || error == EPROTO || error == EPERM) return true;
  pause_accepting(false);  // the system has no descriptor or memory to spare
  return false;
}

void Worker::pause_accepting(bool until_place_is_free) {
  for (Door& door : doors_) watch(door.listening.get(), 0, &door.watcher, true);
  if (until_place_is_free) {
    watch(common_.free_places->get(), EPOLLIN, &on_free_place_, true);
  } else {
    accept_again_at_ = now_ + kAcceptAgainAfter;  // or when a connection ends
  }
}

void Worker::resume_accepting() {
  accept_again_at_.reset();
  if (common_.free_places) watch(common_.free_places->get(), 0, &on_free_place_, true);
  for (Door& door : doors_) watch(door.listening.get(), EPOLLIN, &door.watcher, true);
}

void Worker::serve(Descriptor socket, const Service& service) {
  const int descriptor = socket.get();
  Client& client = serving_.emplace_back(Client{Connection(std::move(socket), service), {}});
  client.watcher = [this, &client] {
    const Connection::Wait wait = client.connection.advance(buffers_);
    settle(client, stop_by_ && client.connection.idle() ? Connection::Wait::kNothing : wait);
  };
  client.list = &serving_;
  client.position = std::prev(serving_.end());
  const bool watched = watch(descriptor, EPOLLIN, &client.watcher);
  settle(client, watched ? client.connection.start() : Connection::Wait::kNothing);
}

// Files a client under what it waits for now.
void Worker::settle(Client& client, Connection::Wait wait) {
  if (wait == Connection::Wait::kNothing) return end(client);
  if (wait != std::exchange(client.waits_for, wait)) {
    const unsigned events = wait == Connection::Wait::kInput ? EPOLLIN : EPOLLOUT;
    watch(client.connection.descriptor(), events, &client.watcher, true);
  }
  if (client.list == &draining_) return;  // there the time is for all of it
  std::list<Client>& list = client.connection.draining() ? draining_ : serving_;
  list.splice(list.end(), *client.list, client.position);
  client.list = &list;
  client.since = now_;
}

// It is destroyed, and closed, when no watcher runs.
void Worker::end(Client& client) {
  ended_.splice(ended_.end(), *client.list, client.position);
  if (common_.free_places) eventfd_write(common_.free_places->get(), 1);
  if (accept_again_at_) accept_again_at_ = now_;
}

void Worker::end_overdue(std::list<Client>& clients, milliseconds most) {
  while (!clients.empty() && clients.front().since + most <= now_) end(clients.front());
}

void Worker::begin_to_stop() {
  stop_by_ = now_ + kStopTime;
  for (Door& door : doors_) accept_from(door);  // their messages may be under way
  doors_.clear();
  // The signal is left pending, for the other workers.
  watch(common_.signals.get(), 0, &on_signal_, true);
  for (std::list<Client>* list : {&serving_, &draining_}) {
    for (auto next = list->begin(); next != list->end();) {
      Client& client = *next++;
      if (client.connection.idle()) end(client);
    }
  }
}

}  // namespace md5spec::reference
