/* What the reference server is measured against: one thread, one epoll loop, as little else as can be.

   usage: epoll_server md5|echo

   Listens on any free port of 127.0.0.1 and prints it. md5: answers each line with its MD5 digest in hex, by libcrypto
   (lines of up to 64 KiB that may come in pieces). echo: sends back what came: what the loop alone can do. */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { kBuffer = 65536, kEvents = 256 };

struct client {
  int socket;
  EVP_MD_CTX *md5; /* of the line so far; none before it has begun */
};

static char input[kBuffer], output[kBuffer / 2 * 33];

static void hash_lines(struct client *client, const EVP_MD *md5, size_t size) {
  size_t written = 0;
  for (char *at = input, *end = input + size; at < end;) {
    char *newline = memchr(at, '\n', (size_t)(end - at));
    if (!client->md5) {
      client->md5 = EVP_MD_CTX_new();
      EVP_DigestInit_ex(client->md5, md5, NULL);
    }
    EVP_DigestUpdate(client->md5, at, (size_t)((newline ? newline : end) - at));
    if (!newline) break;
    unsigned char digest[16];
    EVP_DigestFinal_ex(client->md5, digest, NULL);
    EVP_DigestInit_ex(client->md5, NULL, NULL);
    for (int i = 0; i < 16; ++i) {
      output[written++] = "0123456789abcdef"[digest[i] >> 4];
      output[written++] = "0123456789abcdef"[digest[i] & 15];
    }
    output[written++] = '\n';
    at = newline + 1;
  }
  if (written > 0) (void)!send(client->socket, output, written, MSG_NOSIGNAL);
}

static void end(struct client *client) {
  close(client->socket);
  EVP_MD_CTX_free(client->md5);
  free(client);
}

static void serve(struct client *client, const EVP_MD *md5) {
  const ssize_t got = recv(client->socket, input, sizeof input, 0);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (got <= 0) {
    end(client);
  } else if (md5) {
    hash_lines(client, md5, (size_t)got);
  } else {
    (void)!send(client->socket, input, (size_t)got, MSG_NOSIGNAL);
  }
}

int main(int argc, char **argv) {
  if (argc != 2 || (strcmp(argv[1], "md5") && strcmp(argv[1], "echo"))) {
    fprintf(stderr, "usage: %s md5|echo\n", argv[0]);
    return 2;
  }
  const EVP_MD *md5 = strcmp(argv[1], "md5") ? NULL : EVP_MD_fetch(NULL, "MD5", NULL);
  struct rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);

  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  const int listening = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), on = 1;
  const int epoll = epoll_create1(0);
  if (bind(listening, (struct sockaddr *)&address, sizeof address) || listen(listening, 4096) ||
      getsockname(listening, (struct sockaddr *)&address, &length)) {
    perror(argv[0]);
    return 1;
  }
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
  epoll_ctl(epoll, EPOLL_CTL_ADD, listening, &event);
  printf("listening on 127.0.0.1:%d\n", ntohs(address.sin_port));
  fflush(stdout);

  struct epoll_event events[kEvents];
  for (;;) {
    const int count = epoll_wait(epoll, events, kEvents, -1);
    for (int i = 0; i < count; ++i) {
      if (events[i].data.ptr) {
        serve(events[i].data.ptr, md5);
        continue;
      }
      for (int accepted; (accepted = accept4(listening, NULL, NULL, SOCK_NONBLOCK)) >= 0;) {
        struct client *client = calloc(1, sizeof *client);
        client->socket = accepted;
        setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        event.events = EPOLLIN;
        event.data.ptr = client;
        epoll_ctl(epoll, EPOLL_CTL_ADD, accepted, &event);
      }
    }
  }
}
