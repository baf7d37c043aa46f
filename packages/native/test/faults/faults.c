/*
 * Stands between the addon and the kernel, and does what UDPNG_FAULTS says: a list, divided by ";", of
 * call,which,from,to,effect. `call` is a system call; `which` is "any", or "gso" for a send whose first message is to be cut;
 * `from` and `to` are the numbers, from 1, of those that are struck; `effect` is an errno, or, if negative, how many messages
 * the call takes at most. The numbers begin anew with a new list.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static int strike(const char *call, int gso) {
  static char known[512];
  static int counts[16];
  const char *plan = getenv("UDPNG_FAULTS");
  if (!plan) plan = "";
  if (strncmp(known, plan, sizeof known - 1) != 0) {
    strncpy(known, plan, sizeof known - 1);
    memset(counts, 0, sizeof counts);
  }
  int effect = 0, entry = 0;
  for (const char *at = plan; at && *at && entry < 16; entry++) {
    char name[16], which[8];
    int from, to, what;
    if (sscanf(at, "%15[^,],%7[^,],%d,%d,%d", name, which, &from, &to, &what) == 5 && strcmp(name, call) == 0 &&
        (gso || strcmp(which, "any") == 0)) {
      counts[entry]++;
      if (!effect && counts[entry] >= from && counts[entry] <= to) effect = what;
    }
    at = strchr(at, ';');
    if (at) at++;
  }
  return effect;
}

static int fail_with(int effect) {
  errno = effect;
  return -1;
}

static int fault_sendmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags) {
  int effect = strike("sendmmsg", messages[0].msg_hdr.msg_controllen > 0);
  if (effect > 0) return fail_with(effect);
  if (effect < 0 && (unsigned)-effect < count) count = (unsigned)-effect;
  return sendmmsg(fd, messages, count, flags);
}

static int fault_recvmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags, struct timespec *timeout) {
  int effect = strike("recvmmsg", 0);
  if (effect > 0) return fail_with(effect);
  return recvmmsg(fd, messages, count, flags, timeout);
}

static int fault_setsockopt(int fd, int level, int option, const void *value, socklen_t length) {
  char call[16];
  snprintf(call, sizeof call, "setsockopt%d", option);
  int effect = strike(call, 0);
  return effect > 0 ? fail_with(effect) : setsockopt(fd, level, option, value, length);
}

static int fault_socket(int domain, int type, int protocol) {
  int effect = strike("socket", 0);
  return effect > 0 ? fail_with(effect) : socket(domain, type, protocol);
}

#define sendmmsg fault_sendmmsg
#define recvmmsg fault_recvmmsg
#define setsockopt fault_setsockopt
#define socket(domain, type, protocol) fault_socket(domain, type, protocol)
#include "../../addon/udpng.c"
