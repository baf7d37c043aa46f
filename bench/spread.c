/* What the section `sockets` of the benchmark needs beside Node.js.
 *
 *   spread send RATE MILLISECONDS BYTES < ports   sends RATE datagrams a second to the ports of 127.0.0.1 in turn, prints how many
 *   spread burn SECONDS                           does nothing, as fast as it can
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MAX_PORTS 4096
#define BATCH 64

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec + now.tv_nsec * 1e-9;
}

static int burn(unsigned int limit) {
  alarm(limit);
  for (;;) {
  }
}

static int send_all(double rate, double duration, size_t size) {
  static struct sockaddr_in to[MAX_PORTS];
  static char bytes[65507];
  struct mmsghdr messages[BATCH];
  struct iovec payload = {bytes, size};
  int count = 0, port;
  while (count < MAX_PORTS && scanf("%d", &port) == 1) {
    to[count].sin_family = AF_INET;
    to[count].sin_port = htons(port);
    to[count++].sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  }
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  if (fd < 0 || count == 0 || size > sizeof bytes) return 1;
  memset(messages, 0, sizeof messages);
  long sent = 0;
  for (double begin = seconds(), now = begin; now - begin < duration; now = seconds()) {
    long due = (long)((now - begin) * rate) - sent;
    if (due < 1) {
      nanosleep(&(struct timespec){0, 50000}, NULL);
      continue;
    }
    int length = due < BATCH ? (int)due : BATCH;
    for (int i = 0; i < length; i++) {
      messages[i].msg_hdr.msg_name = &to[(sent + i) % count];
      messages[i].msg_hdr.msg_namelen = sizeof to[0];
      messages[i].msg_hdr.msg_iov = &payload;
      messages[i].msg_hdr.msg_iovlen = 1;
    }
    int taken = sendmmsg(fd, messages, length, 0);
    if (taken > 0) sent += taken;
  }
  printf("%ld\n", sent);
  return 0;
}

int main(int argc, char **argv) {
  if (argc == 3 && strcmp(argv[1], "burn") == 0) return burn(atoi(argv[2]));
  if (argc == 5 && strcmp(argv[1], "send") == 0)
    return send_all(atof(argv[2]), atof(argv[3]) / 1000, (size_t)atol(argv[4]));
  fprintf(stderr, "use spread send RATE MILLISECONDS BYTES < ports, or spread burn SECONDS\n");
  return 2;
}
