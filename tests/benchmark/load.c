/* Makes exchanges with a server that speaks the profile line (or echoes), on many connections from one thread.

   usage: load PORT CONNECTIONS SECONDS MESSAGE_BYTES REPLY_BYTES
          load PORT CONNECTIONS idle

   Each connection sends its next message when the reply to the one before is whole. Prints one line: exchanges, seconds,
   and the latency's median, 99th percentile and maximum in microseconds. idle: opens the connections, makes one exchange
   on each, prints "ready", and keeps them until its standard input ends. */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { kEvents = 256, kMostSamples = 4000000 };

struct link {
  int socket;
  size_t left; /* bytes of the reply */
  double sent_at;
};

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static int by_value(const void *a, const void *b) {
  const float x = *(const float *)a, y = *(const float *)b;
  return x < y ? -1 : x > y;
}

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static int connected(int port) {
  const int on = 1;
  struct sockaddr_in address = {
      .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons((unsigned short)port)};
  const int link = socket(AF_INET, SOCK_STREAM, 0);
  if (link < 0) fail("socket");
  setsockopt(link, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (connect(link, (struct sockaddr *)&address, sizeof address)) fail("connect");
  return link;
}

static void say(int link, const char *message, size_t size) {
  if (send(link, message, size, MSG_NOSIGNAL) != (ssize_t)size) fail("send");
}

int main(int argc, char **argv) {
  const int idle = argc == 4 && !strcmp(argv[3], "idle");
  if (!idle && argc != 6) {
    fprintf(stderr, "usage: %s PORT CONNECTIONS SECONDS MESSAGE_BYTES REPLY_BYTES\n       %s PORT CONNECTIONS idle\n",
            argv[0], argv[0]);
    return 2;
  }
  struct rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);

  const int port = atoi(argv[1]), count = atoi(argv[2]);
  const double seconds = idle ? 0 : atof(argv[3]);
  const size_t size = idle ? 16 : (size_t)atol(argv[4]), reply = idle ? 33 : (size_t)atol(argv[5]);
  char *message = malloc(size + 1), buffer[65536];
  memset(message, 'a', size);
  message[size] = '\n';

  struct link *links = calloc((size_t)count, sizeof *links);
  const int epoll = epoll_create1(0);
  for (int i = 0; i < count; ++i) {
    links[i].socket = connected(port);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = &links[i]};
    epoll_ctl(epoll, EPOLL_CTL_ADD, links[i].socket, &event);
  }
  if (idle) {
    for (int i = 0; i < count; ++i) {
      say(links[i].socket, message, size + 1);
      if (recv(links[i].socket, buffer, reply, MSG_WAITALL) != (ssize_t)reply) fail("recv");
    }
    puts("ready");
    fflush(stdout);
    while (read(0, buffer, sizeof buffer) > 0) {
    }
    return 0;
  }

  float *latency = malloc(sizeof(float) * kMostSamples);
  long done = 0;
  const double began = now(), until = began + seconds;
  double at = began;
  for (int i = 0; i < count; ++i) {
    links[i].left = reply;
    links[i].sent_at = now();
    say(links[i].socket, message, size + 1);
  }
  struct epoll_event events[kEvents];
  while (at < until) {
    const int ready = epoll_wait(epoll, events, kEvents, 1000);
    at = now();
    for (int i = 0; i < ready; ++i) {
      struct link *link = events[i].data.ptr;
      const ssize_t got = recv(link->socket, buffer, sizeof buffer, 0);
      if (got <= 0 || (size_t)got > link->left) fail("recv");
      link->left -= (size_t)got;
      if (link->left > 0) continue;
      at = now();
      latency[done % kMostSamples] = (float)((at - link->sent_at) * 1e6);
      ++done;
      link->left = reply;
      link->sent_at = at;
      say(link->socket, message, size + 1);
    }
  }
  const long samples = done < kMostSamples ? done : kMostSamples;
  if (samples == 0) fail("no exchange");
  qsort(latency, (size_t)samples, sizeof *latency, by_value);
  printf("%ld %.6f %.0f %.0f %.0f\n", done, at - began, latency[samples / 2], latency[samples * 99 / 100],
         latency[samples - 1]);
  return 0;
}
