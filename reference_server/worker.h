// One thread's loop: it accepts connections, serves them, and shares next to nothing with others.
#pragma once

#include <chrono>
#include <functional>
#include <list>
#include <optional>
#include <vector>

#include "connection.h"
#include "descriptor.h"

namespace md5spec::reference {

// What the workers have in common.
struct Common {
  Descriptor signals;  // readable once the server is to stop
  // Holds as many as further connections may be opened (a semaphore eventfd); nothing: any number.
  std::optional<Descriptor> free_places;
  // Connections on which nothing moves for so long are closed.
  std::optional<std::chrono::milliseconds> idle_timeout;
};

class Worker {
 public:
  explicit Worker(const Common& common);  // `common` must outlive it

  // Accepts from `listening`; `service` must outlive the worker.
  void add_door(Descriptor listening, const Service& service);

  // Serves until it is told to stop, and then until the exchanges under way are finished, a few
  // seconds at most.
  void run();

 private:
  using Clock = std::chrono::steady_clock;
  using Watcher = std::function<void()>;  // is called when its descriptor is ready

  struct Door {
    Descriptor listening;
    const Service& service;
    Watcher watcher;
  };
  struct Client {
    Connection connection;
    Watcher watcher;
    Connection::Wait waits_for = Connection::Wait::kInput;
    std::list<Client>* list = nullptr;  // where it is, and in it
    std::list<Client>::iterator position{};
    Clock::time_point since{};  // when something last moved, or when it began to drain
  };

  bool watch(int descriptor, unsigned events, Watcher* watcher, bool again = false);
  void wait();

  void accept_from(Door& door);
  bool accept_one(Door& door);
  void pause_accepting(bool until_place_is_free);
  void resume_accepting();

  void serve(Descriptor socket, const Service& service);
  void settle(Client& client, Connection::Wait wait);
  void end(Client& client);
  void end_overdue(std::list<Client>& clients, std::chrono::milliseconds most);
  void begin_to_stop();

  const Common& common_;
  Descriptor epoll_;
  Buffers buffers_;
  std::list<Door> doors_;
  std::list<Client> serving_, draining_;  // both in the order of `since`
  std::list<Client> ended_;
  Clock::time_point now_ = Clock::now();
  bool told_to_stop_ = false;
  std::optional<Clock::time_point> stop_by_, accept_again_at_;
  Watcher on_signal_, on_free_place_;
};

}  // namespace md5spec::reference
