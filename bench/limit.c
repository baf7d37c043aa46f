/*
 * What the kernel can do, without JavaScript: sends or receives datagrams on 127.0.0.1 as fast as it can.
 *
 *   limit receive MODE               prints its port; on SIGTERM, how many datagrams came, how long that took, and its CPU time
 *   limit send MODE PORT BYTES MS    sends for MS milliseconds, then prints how many datagrams, and its CPU time; all in seconds
 *
 * MODE is "single" (send, recv), "batch" (sendmmsg, recvmmsg) or "offload" (the same with UDP GSO and GRO).
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>

enum { BATCH = 64, SLOT = 65536, SEGMENTS = 64, SOL_UDP_ = 17, UDP_SEGMENT_ = 103, UDP_GRO_ = 104 };

static char bytes[BATCH][SLOT], controls[BATCH][64];
static struct mmsghdr messages[BATCH];
static struct iovec parts[BATCH];
static volatile sig_atomic_t stopped;

static void stop(int signal) {
  (void)signal;
  stopped = 1;
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

static double cpu(void) {
  struct rusage u;
  getrusage(RUSAGE_SELF, &u);
  return u.ru_utime.tv_sec + u.ru_stime.tv_sec + (u.ru_utime.tv_usec + u.ru_stime.tv_usec) * 1e-6;
}

static long count_of(const struct mmsghdr *message) {
  int stride = 0;
  struct msghdr *header = (struct msghdr *)&message->msg_hdr;
  for (struct cmsghdr *c = CMSG_FIRSTHDR(header); c; c = CMSG_NXTHDR(header, c))
    if (c->cmsg_level == SOL_UDP_ && c->cmsg_type == UDP_GRO_) memcpy(&stride, CMSG_DATA(c), sizeof stride);
  return stride > 0 ? (message->msg_len + stride - 1) / stride : 1;
}

static void receive(int fd, int batch, int offload) {
  int size = 4 << 20, on = 1;
  struct sockaddr_in me = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof me;
  setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
  if (offload) setsockopt(fd, SOL_UDP_, UDP_GRO_, &on, sizeof on);
  bind(fd, (struct sockaddr *)&me, sizeof me);
  getsockname(fd, (struct sockaddr *)&me, &length);
  printf("%d\n", ntohs(me.sin_port));
  fflush(stdout);
  struct sigaction action = {.sa_handler = stop};
  sigaction(SIGTERM, &action, NULL);
  long count = 0;
  double first = 0, last = 0;
  struct pollfd ready = {fd, POLLIN, 0};
  while (!stopped) {
    if (poll(&ready, 1, 100) <= 0) continue;
    for (;;) {
      for (int i = 0; i < batch; i++) {
        parts[i] = (struct iovec){bytes[i], SLOT};
        messages[i].msg_hdr = (struct msghdr){.msg_iov = &parts[i], .msg_iovlen = 1};
        if (offload) messages[i].msg_hdr.msg_control = controls[i];
        if (offload) messages[i].msg_hdr.msg_controllen = sizeof controls[i];
      }
      int read = recvmmsg(fd, messages, batch, MSG_DONTWAIT, NULL);
      if (read <= 0) break;
      if (!first) first = now();
      for (int i = 0; i < read; i++) count += count_of(&messages[i]);
      last = now();
    }
  }
  printf("%ld %.6f %.6f\n", count, last - first, cpu());
}

static void send_all(int fd, int batch, int offload, int port, int size, double seconds) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (connect(fd, (struct sockaddr *)&to, sizeof to) != 0) exit(1);
  int segments = offload ? 65000 / size < SEGMENTS ? 65000 / size : SEGMENTS : 1;
  if (offload) setsockopt(fd, SOL_UDP_, UDP_SEGMENT_, &size, sizeof size);
  for (int i = 0; i < batch; i++) {
    parts[i] = (struct iovec){bytes[i], (size_t)size * segments};
    messages[i].msg_hdr = (struct msghdr){.msg_iov = &parts[i], .msg_iovlen = 1};
  }
  long count = 0;
  for (double end = now() + seconds; now() < end;) {
    int sent = sendmmsg(fd, messages, offload ? 4 : batch, 0);
    if (sent > 0) count += (long)sent * segments;
  }
  printf("%ld %.6f\n", count, cpu());
}

int main(int count, char **words) {
  if (count < 3) return 2;
  int offload = strcmp(words[2], "offload") == 0;
  int batch = strcmp(words[2], "single") == 0 ? 1 : BATCH;
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  if (strcmp(words[1], "receive") == 0) receive(fd, batch, offload);
  else if (count == 6) send_all(fd, batch, offload, atoi(words[3]), atoi(words[4]), atoi(words[5]) / 1e3);
  else return 2;
  return 0;
}
