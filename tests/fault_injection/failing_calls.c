/* Preloaded into md5spec: makes the Nth of its socket calls fail as it would where this machine is short of something.
 *
 * FAILING_CALL: which one, from 1; 0 or nothing: none. FAILING_CALL_REPORT: a file that gets a line of the number of calls
 * and, if one failed, its name. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>

static atomic_long calls;
static const char *failed = "";

/* Whether this call is the one. */
static int fails(const char *name, int error) {
    static long chosen = -1;
    if (chosen < 0) {
        const char *word = getenv("FAILING_CALL");
        chosen = word ? atol(word) : 0;
    }
    if (atomic_fetch_add(&calls, 1) + 1 != chosen) return 0;
    failed = name;
    errno = error;
    return 1;
}

__attribute__((destructor)) static void report(void) {
    const char *path = getenv("FAILING_CALL_REPORT");
    FILE *file = path ? fopen(path, "w") : NULL;
    if (!file) return;
    fprintf(file, "%ld %s\n", atomic_load(&calls), failed);
    fclose(file);
}

#define INSTEAD_OF(result, name, error, parameters, ...)                                   \
    result name parameters {                                                               \
        static result(*real) parameters;                                                   \
        if (!real) *(void **)&real = dlsym(RTLD_NEXT, #name);                              \
        return fails(#name, error) ? -1 : real(__VA_ARGS__);                               \
    }

INSTEAD_OF(int, socket, EMFILE, (int domain, int type, int protocol), domain, type, protocol)
INSTEAD_OF(int, connect, EADDRNOTAVAIL, (int fd, const struct sockaddr *to, socklen_t size), fd, to, size)
INSTEAD_OF(ssize_t, send, ENOBUFS, (int fd, const void *data, size_t size, int flags), fd, data, size, flags)
INSTEAD_OF(ssize_t, sendmsg, ENOBUFS, (int fd, const struct msghdr *message, int flags), fd, message, flags)
INSTEAD_OF(ssize_t, recv, ENOMEM, (int fd, void *data, size_t size, int flags), fd, data, size, flags)
INSTEAD_OF(ssize_t, recvmsg, ENOMEM, (int fd, struct msghdr *message, int flags), fd, message, flags)
INSTEAD_OF(int, shutdown, ENOBUFS, (int fd, int how), fd, how)
INSTEAD_OF(int, setsockopt, ENOBUFS, (int fd, int level, int name, const void *value, socklen_t size), fd, level, name, value,
           size)
INSTEAD_OF(int, getsockopt, ENOBUFS, (int fd, int level, int name, void *value, socklen_t *size), fd, level, name, value, size)
INSTEAD_OF(int, getsockname, ENOBUFS, (int fd, struct sockaddr *address, socklen_t *size), fd, address, size)

/* Only of sockets: without its own timer and wake-up call the event loop can't even say that it is broken. */
int epoll_ctl(int fd, int operation, int other, struct epoll_event *event) {
    static int (*real)(int, int, int, struct epoll_event *);
    static int (*option)(int, int, int, void *, socklen_t *);
    int type;
    socklen_t size = sizeof type;
    if (!real) *(void **)&real = dlsym(RTLD_NEXT, "epoll_ctl");
    if (!option) *(void **)&option = dlsym(RTLD_NEXT, "getsockopt");
    int error = errno, is_socket = option(other, SOL_SOCKET, SO_TYPE, &type, &size) == 0;
    errno = error;
    return is_socket && fails("epoll_ctl", ENOMEM) ? -1 : real(fd, operation, other, event);
}
