/*
 * UDP sockets of Linux for JavaScript, and Unix datagram sockets: many datagrams for each call, one call into JavaScript for each readiness.
 *
 * Everything goes through memory that JavaScript owns and passes to each call; nothing is kept of it when the call
 * returns. What the kernel refuses comes back as a negative errno; wrong arguments throw, and are looked at before
 * anything is read or written.
 *
 * sendmmsg(2), recvmmsg(2), udp(7) (UDP_SEGMENT, UDP_GRO), ip(7) (IP_RECVERR), socket(7), unix(7); Node-API 8.
 */
#define _GNU_SOURCE
#define NAPI_VERSION 8
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <node_api.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "uv-poll.h"

#ifndef SOL_UDP
#define SOL_UDP 17
#endif
#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif
#ifndef UDP_GRO
#define UDP_GRO 104
#endif

enum {
  MAX_MESSAGES = 1024,  /* in one sendmmsg: the kernel takes no more (UIO_MAXIOV) */
  MAX_SLOTS = 64,       /* in one recvmmsg */
  SLOT_BYTES = 65536,    /* a coalesced read never has more */
  NAME_BYTES = 28,       /* of a socket address: sizeof(struct sockaddr_in6) */
  PATH_NAME_BYTES = 112, /* of a Unix socket address: sizeof(struct sockaddr_un), and its length in two bytes */
  ROW_INTS = 6,          /* to send: offset, length, segment, name, status, source */
  SLOT_INTS = 3,         /* received: length, stride, flags */
  DETAIL_BYTES = 48,     /* of a datagram: sizeof(Details) */
  TIMESTAMP_NS = 35,     /* SCM_TIMESTAMPNS of x64 and arm64: a struct timespec */
  MAX_ERRORS = 64,      /* read off the error queue in one go */
  MAX_TRIES = 256,       /* of one send that meets errors of earlier datagrams */
  MAX_UNEXPLAINED = 3,   /* of these tries, those before which the network reported nothing, so that the send itself may be wrong */
};
enum { TRUNCATED = 1, SAME_SOURCE = 2 };
enum { ECN = 3, UNICAST = 4 };

/* What control messages report of a datagram; JavaScript reads the members at their offsets. */
typedef struct {
  uint8_t local[NAME_BYTES]; /* the address that it was sent to: a name with port 0, its scope that of a link-local address */
  int32_t interface;         /* the index of the interface; 0 when it is not known */
  int32_t flags;             /* the bits of ECN, and UNICAST when it can be the source of a reply */
  int32_t unused;
  double received_at; /* milliseconds since the epoch */
} Details;
_Static_assert(sizeof(Details) == DETAIL_BYTES && offsetof(Details, received_at) == 40, "JavaScript reads at these offsets");

/*
 * Room for the control messages: to send, UDP_SEGMENT and a source address; of a read, UDP_GRO and those of `Details`. A socket that is
 * taken over may be set to give others, too. A datagram for whose control messages there is no room would count as truncated.
 */
typedef union {
  struct cmsghdr align;
  char bytes[CMSG_SPACE(sizeof(uint16_t)) + CMSG_SPACE(sizeof(struct in6_pktinfo))];
} SendControl;
typedef union {
  struct cmsghdr align;
  char bytes[512];
} ReadControl;

/* What one call of send or receive needs; made once for each JavaScript environment. */
typedef struct {
  struct mmsghdr messages[MAX_MESSAGES];
  struct iovec parts[MAX_MESSAGES];
  SendControl sends[MAX_MESSAGES];
  ReadControl controls[MAX_SLOTS];
} Scratch;

/* What the network reported (ICMP) of earlier datagrams, since it was last asked for. */
typedef struct {
  int count;
  int error;                /* errno of the last report */
  uint8_t name[NAME_BYTES]; /* the destination it is about; zeros when the kernel does not name it */
} Refusals;

/* struct sock_extended_err of the kernel: include/uapi/linux/errqueue.h. */
typedef struct {
  uint32_t error;
  uint8_t origin, type, code, pad;
  uint32_t info, data;
} ExtendedError;
enum { ORIGIN_ICMP = 2, ORIGIN_ICMP6 = 3 };

typedef struct {
  napi_env env;
  int fd; /* -1 once closed */
  uv_poll_t *poll;
  int wanted; /* what JavaScript waits for: UV_READABLE, UV_WRITABLE */
  napi_ref notify;
  napi_async_context context;
  napi_async_cleanup_hook_handle hook;
  int owners; /* the JavaScript object and the poll handle: the last one frees it */
  size_t name_bytes; /* of its addresses: NAME_BYTES; PATH_NAME_BYTES of a Unix socket */
  Refusals refusals;
} Socket;

/* Any random number: an object that carries it was made by `open`. */
static const napi_type_tag SOCKET_TAG = {0x5bd1e9955e3f4d0aULL, 0x9c1f7a64d2b80c37ULL};

static napi_value refuse(napi_env env, const char *what) {
  bool pending = false;
  if (napi_is_exception_pending(env, &pending) == napi_ok && !pending) napi_throw_type_error(env, NULL, what);
  return NULL;
}

static napi_value number(napi_env env, double value) {
  napi_value result = NULL;
  if (napi_create_double(env, value, &result) != napi_ok) return refuse(env, "out of memory");
  return result;
}

static napi_value outcome(napi_env env, int result) { return number(env, result < 0 ? -errno : result); }

/* --- arguments ------------------------------------------------------------------------------------------------- */

static bool get_arguments(napi_env env, napi_callback_info info, size_t wanted, napi_value *values) {
  size_t count = wanted;
  if (napi_get_cb_info(env, info, &count, values, NULL, NULL) == napi_ok && count >= wanted) return true;
  refuse(env, "too few arguments");
  return false;
}

static bool get_int(napi_env env, napi_value value, int least, int most, int *result) {
  double number = 0;
  if (napi_get_value_double(env, value, &number) == napi_ok && number >= least && number <= most &&
      number == (double)(int)number) {
    *result = (int)number;
    return true;
  }
  refuse(env, "a whole number in range is expected");
  return false;
}

/* An open socket. */
static Socket *get_socket(napi_env env, napi_value value) {
  bool ours = false;
  Socket *socket = NULL;
  if (napi_check_object_type_tag(env, value, &SOCKET_TAG, &ours) == napi_ok && ours &&
      napi_unwrap(env, value, (void **)&socket) == napi_ok && socket->fd >= 0)
    return socket;
  refuse(env, "an open socket is expected");
  return NULL;
}

static bool get_array(napi_env env, napi_value value, napi_typedarray_type type, void **data, size_t *length) {
  static int32_t nothing[1];
  napi_typedarray_type actual;
  bool is_typedarray = false;
  if (napi_is_typedarray(env, value, &is_typedarray) == napi_ok && is_typedarray &&
      napi_get_typedarray_info(env, value, &actual, length, data, NULL, NULL) == napi_ok && actual == type) {
    /* An empty or detached one has no address. */
    if (*data == NULL || *length == 0) {
      *data = nothing;
      *length = 0;
    }
    return true;
  }
  refuse(env, "a typed array is expected");
  return false;
}

static bool get_bytes(napi_env env, napi_value value, uint8_t **data, size_t *length) {
  return get_array(env, value, napi_uint8_array, (void **)data, length);
}

static bool get_ints(napi_env env, napi_value value, int32_t **data, size_t *length) {
  return get_array(env, value, napi_int32_array, (void **)data, length);
}

/* The address of a Unix socket with its length, which an abstract one does not show: it may have zeros. */
typedef struct {
  struct sockaddr_un address;
  uint16_t length;
} PathName;
_Static_assert(sizeof(PathName) == PATH_NAME_BYTES && offsetof(PathName, length) == 110, "JavaScript has memory for this");

/* A socket address in the first NAME_BYTES, and how long it is for its family. */
static sa_family_t name_family(const uint8_t *name) {
  sa_family_t family;
  memcpy(&family, name, sizeof family);
  return family;
}

static socklen_t name_length(const uint8_t *name) {
  if (name_family(name) == AF_UNIX) {
    uint16_t length;
    memcpy(&length, name + offsetof(PathName, length), sizeof length);
    return length <= sizeof(struct sockaddr_un) ? length : sizeof(struct sockaddr_un);
  }
  return name_family(name) == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
}

/* --- life of a socket ------------------------------------------------------------------------------------------ */

static void disown(Socket *socket) {
  if (--socket->owners == 0) free(socket);
}

static void on_closed(uv_handle_t *handle) {
  Socket *socket = uv_handle_get_data(handle);
  free(handle);
  if (socket->hook) napi_remove_async_cleanup_hook(socket->hook);
  disown(socket);
}

/* libuv has to release the descriptor before it is closed, for its number may be given away at once. */
static void shut(Socket *socket) {
  if (socket->fd < 0) return;
  uv_close((uv_handle_t *)socket->poll, on_closed);
  close(socket->fd);
  socket->fd = -1;
  napi_delete_reference(socket->env, socket->notify);
  napi_async_destroy(socket->env, socket->context);
}

/* The environment ends (a worker is terminated, say): it waits until `hook` is removed. */
static void on_environment_end(napi_async_cleanup_hook_handle hook, void *data) {
  (void)hook;
  shut(data);
}

static void on_collected(napi_env env, void *data, void *hint) {
  (void)env;
  (void)hint;
  shut(data);
  disown(data);
}

/*
 * Whether an ICMP message can be the reason of this error, on IPv4 or IPv6: icmp_err_convert (net/ipv4/icmp.c) and
 * icmpv6_err_convert (net/ipv6/icmp.c), unchanged from Linux 2.6 to 6.18.
 */
static bool is_of_network(int error) {
  switch (error) {
    case ECONNREFUSED:
    case ENOPROTOOPT:
    case EPROTO:
    case EOPNOTSUPP:
    case EHOSTDOWN:
    case ENONET:
    case ENETUNREACH:
    case EHOSTUNREACH:
    case EMSGSIZE:
    case EACCES: return true;
    default: return false;
  }
}

/* Whether a send can be refused with this error of the network for a reason of its own: no route, too long, not permitted. */
static bool is_of_send(int error) {
  return error == ENETUNREACH || error == EHOSTUNREACH || error == EMSGSIZE || error == EACCES;
}

/* The errno of an ICMP message that the error queue gave; 0 for what is none: a local refusal, which `send` returned, or a timestamp. */
static int error_in(struct msghdr *message) {
  for (struct cmsghdr *control = CMSG_FIRSTHDR(message); control; control = CMSG_NXTHDR(message, control)) {
    bool is_error = (control->cmsg_level == IPPROTO_IP && control->cmsg_type == IP_RECVERR) ||
                    (control->cmsg_level == IPPROTO_IPV6 && control->cmsg_type == IPV6_RECVERR);
    ExtendedError extended;
    if (!is_error || control->cmsg_len < CMSG_LEN(sizeof extended)) continue;
    memcpy(&extended, CMSG_DATA(control), sizeof extended);
    if (extended.origin == ORIGIN_ICMP || extended.origin == ORIGIN_ICMP6) return (int)extended.error;
  }
  return 0;
}

static bool is_unix(const Socket *socket) { return socket->name_bytes == PATH_NAME_BYTES; }

static void note_refusal(Socket *socket, int error, const uint8_t *name) {
  if (socket->refusals.count < INT32_MAX) socket->refusals.count++;
  socket->refusals.error = error;
  memcpy(socket->refusals.name, name, NAME_BYTES);
}

/*
 * Takes what is in the error queue, which is apart from the data, so that it neither fills up nor wakes without end, and clears the
 * pending error of the socket. Returns how many reports of the network it noted.
 */
static int drain_errors(Socket *socket) {
  int noted = 0, taken = 0;
  if (is_unix(socket)) return 0; /* it has no such queue, and a read of it would take data */
  while (taken < MAX_ERRORS) {
    char data[1], control[512];
    uint8_t name[NAME_BYTES] = {0};
    struct iovec part = {data, sizeof data};
    struct msghdr message = {.msg_name = name,
                             .msg_namelen = sizeof name,
                             .msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = control,
                             .msg_controllen = sizeof control};
    if (recvmsg(socket->fd, &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0) {
      if (errno == EINTR) continue;
      break;
    }
    taken++;
    int error = error_in(&message);
    if (error == 0) continue;
    note_refusal(socket, error, name);
    noted++;
  }
  /*
   * The socket itself has the next one, too, for the next read or send (sock_dequeue_err_skb, net/core/skbuff.c). It has that alone
   * for which there was no room in the queue, as data fills it.
   */
  static const uint8_t unnamed[NAME_BYTES];
  int error = 0;
  socklen_t size = sizeof error;
  if (getsockopt(socket->fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && is_of_network(error) && taken == 0) {
    note_refusal(socket, error, unnamed);
    noted++;
  }
  return noted;
}

static void on_poll(uv_poll_t *handle, int status, int events);

/*
 * UV_DISCONNECT never comes: with it the handle is active whatever else is wanted, so that an open socket keeps
 * the process alive, as those of node:dgram do.
 */
static int poll_for(Socket *socket, int wanted) {
  socket->wanted = wanted;
  return uv_poll_start(socket->poll, wanted | UV_DISCONNECT, on_poll);
}

static void on_poll(uv_poll_t *handle, int status, int events) {
  Socket *socket = uv_handle_get_data((uv_handle_t *)handle);
  napi_env env = socket->env;
  int errors = 0;
  /* libuv calls an error queue that is not empty EBADF, and stops: go on, with whatever was wanted. */
  if (status < 0) {
    errors = drain_errors(socket);
    events = socket->wanted;
    poll_for(socket, socket->wanted);
  }
  /* A notice that fails is lost, and comes again: its condition still holds. */
  napi_handle_scope scope;
  if (napi_open_handle_scope(env, &scope) != napi_ok) return;
  napi_value notify, global, arguments[2], result;
  if (napi_get_reference_value(env, socket->notify, &notify) == napi_ok && napi_get_global(env, &global) == napi_ok &&
      napi_create_int32(env, events & (UV_READABLE | UV_WRITABLE), &arguments[0]) == napi_ok &&
      napi_create_int32(env, errors, &arguments[1]) == napi_ok &&
      napi_make_callback(env, socket->context, global, notify, 2, arguments, &result) == napi_pending_exception) {
    napi_value exception;
    if (napi_get_and_clear_last_exception(env, &exception) == napi_ok) napi_fatal_exception(env, exception);
  }
  napi_close_handle_scope(env, scope);
}

static bool get_family(napi_env env, napi_value value, int *family) {
  if (!get_int(env, value, 4, 6, family)) return false;
  if (*family == 5) refuse(env, "a family, 4 or 6, is expected");
  return *family != 5;
}

static bool is_function(napi_env env, napi_value value) {
  napi_valuetype type;
  if (napi_typeof(env, value, &type) == napi_ok && type == napi_function) return true;
  refuse(env, "a function is expected");
  return false;
}

/* A socket for an open descriptor, or a negative errno. It closes a descriptor that it `owns`, when it fails, too. */
static napi_value socket_for(napi_env env, int fd, bool owns, napi_value notify, size_t name_bytes) {
  napi_value label, object;
  struct uv_loop_s *loop;
  if (napi_get_uv_event_loop(env, &loop) != napi_ok) {
    if (owns) close(fd);
    return refuse(env, "there is no event loop");
  }
  Socket *socket = calloc(1, sizeof *socket);
  uv_poll_t *poll = calloc(1, uv_handle_size(UDPNG_UV_POLL));
  int trouble = socket && poll ? uv_poll_init(loop, poll, fd) : -ENOMEM;
  if (trouble) {
    free(socket);
    free(poll);
    if (owns) close(fd);
    return number(env, trouble);
  }
  uv_handle_set_data((uv_handle_t *)poll, socket);
  *socket = (Socket){.env = env, .fd = fd, .poll = poll, .owners = 1, .name_bytes = name_bytes};
  if (napi_create_reference(env, notify, 1, &socket->notify) != napi_ok ||
      napi_create_string_utf8(env, "udpng", NAPI_AUTO_LENGTH, &label) != napi_ok ||
      napi_async_init(env, NULL, label, &socket->context) != napi_ok ||
      napi_add_async_cleanup_hook(env, on_environment_end, socket, &socket->hook) != napi_ok ||
      napi_create_object(env, &object) != napi_ok ||
      napi_wrap(env, object, socket, on_collected, NULL, NULL) != napi_ok) {
    shut(socket);
    return refuse(env, "out of memory");
  }
  socket->owners++;
  if (napi_type_tag_object(env, object, &SOCKET_TAG) != napi_ok || poll_for(socket, 0) != 0) {
    shut(socket);
    return refuse(env, "out of memory");
  }
  return object;
}

/*
 * open(family: 4 | 6, notify: (events, refusals) => void): a socket, or a negative errno. `refusals` is how many reports of the
 * network were taken off the error queue before this notice; `refusals` (below) gives them.
 */
static napi_value Open(napi_env env, napi_callback_info info) {
  napi_value values[2];
  int family;
  if (!get_arguments(env, info, 2, values) || !get_family(env, values[0], &family) || !is_function(env, values[1]))
    return NULL;
  int fd = socket(family == 6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  return fd < 0 ? outcome(env, -1) : socket_for(env, fd, true, values[1], NAME_BYTES);
}

/* openUnix(notify): the same for a Unix datagram socket. Its names have 112 bytes: those of `packPath`. */
static napi_value OpenUnix(napi_env env, napi_callback_info info) {
  napi_value value;
  if (!get_arguments(env, info, 1, &value) || !is_function(env, value)) return NULL;
  int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  return fd < 0 ? outcome(env, -1) : socket_for(env, fd, true, value, PATH_NAME_BYTES);
}

static bool has_option(int fd, int option, int wanted) {
  int value = 0;
  socklen_t size = sizeof value;
  return getsockopt(fd, SOL_SOCKET, option, &value, &size) == 0 && value == wanted;
}

/* The arguments (fd, family, notify): an open descriptor of a UDP socket of this family; otherwise false, and a result to return. */
static bool get_descriptor(napi_env env, napi_callback_info info, int *fd, napi_value *values, napi_value *result) {
  int family, type;
  socklen_t size = sizeof type;
  *result = NULL;
  if (!get_arguments(env, info, 3, values) || !get_int(env, values[0], 0, INT32_MAX, fd) ||
      !get_family(env, values[1], &family) || !is_function(env, values[2]))
    return false;
  if (getsockopt(*fd, SOL_SOCKET, SO_TYPE, &type, &size) < 0) *result = outcome(env, -1);
  else if (type != SOCK_DGRAM || !has_option(*fd, SO_PROTOCOL, IPPROTO_UDP)) *result = number(env, -EPROTOTYPE);
  else if (!has_option(*fd, SO_DOMAIN, family == 6 ? AF_INET6 : AF_INET)) *result = number(env, -EAFNOSUPPORT);
  else return true;
  return false;
}

/*
 * adopt(fd, family, notify): the same for an open descriptor, which is closed with the socket; not when this returns an errno. EPROTOTYPE when
 * it is not a UDP socket, EAFNOSUPPORT when it is of another family.
 */
static napi_value Adopt(napi_env env, napi_callback_info info) {
  napi_value values[3], result;
  int fd;
  if (!get_descriptor(env, info, &fd, values, &result)) return result;
  if (fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) < 0 || fcntl(fd, F_SETFD, FD_CLOEXEC) < 0)
    return outcome(env, -1);
  return socket_for(env, fd, false, values[2], NAME_BYTES);
}

/* attach(fd, family, notify): the same for a copy of the descriptor, which the caller keeps (dup(2)); one that libuv has set up. */
static napi_value Attach(napi_env env, napi_callback_info info) {
  napi_value values[3], result;
  int fd;
  if (!get_descriptor(env, info, &fd, values, &result)) return result;
  int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
  return copy < 0 ? outcome(env, -1) : socket_for(env, copy, true, values[2], NAME_BYTES);
}

/* close(socket): at once, and for good. */
static napi_value Close(napi_env env, napi_callback_info info) {
  napi_value value;
  Socket *socket;
  if (get_arguments(env, info, 1, &value) && (socket = get_socket(env, value))) shut(socket);
  return NULL;
}

/* watch(socket, events): from now on `notify` is called whenever any of these is so; 0 for none. */
static napi_value Watch(napi_env env, napi_callback_info info) {
  napi_value values[2];
  Socket *socket;
  int events;
  if (!get_arguments(env, info, 2, values) || !(socket = get_socket(env, values[0])) ||
      !get_int(env, values[1], 0, UV_READABLE | UV_WRITABLE, &events))
    return NULL;
  return number(env, poll_for(socket, events));
}

/* keepAlive(socket, keeps: 0 | 1): whether the event loop goes on for its sake. At first, it does. */
static napi_value KeepAlive(napi_env env, napi_callback_info info) {
  napi_value values[2];
  Socket *socket;
  int keeps;
  if (!get_arguments(env, info, 2, values) || !(socket = get_socket(env, values[0])) || !get_int(env, values[1], 0, 1, &keeps))
    return NULL;
  if (keeps) uv_ref((uv_handle_t *)socket->poll);
  else uv_unref((uv_handle_t *)socket->poll);
  return NULL;
}

/* --- addresses and options ------------------------------------------------------------------------------------- */

/* Keeps the length of a Unix address that the kernel wrote. For the longest path, it counts a final zero that does not fit. */
static void note_length(uint8_t *name, socklen_t length) {
  uint16_t kept = length < sizeof(struct sockaddr_un) ? (uint16_t)length : sizeof(struct sockaddr_un);
  memcpy(name + offsetof(PathName, length), &kept, sizeof kept);
}

static bool get_name(napi_env env, napi_callback_info info, Socket **socket, uint8_t **name) {
  napi_value values[2];
  size_t length;
  if (!get_arguments(env, info, 2, values) || !(*socket = get_socket(env, values[0])) ||
      !get_bytes(env, values[1], name, &length))
    return false;
  if (length >= (*socket)->name_bytes) return true;
  refuse(env, "a name of 28 bytes is expected; of 112 for a Unix socket");
  return false;
}

/* bind(socket, name) */
static napi_value Bind(napi_env env, napi_callback_info info) {
  Socket *socket;
  uint8_t *name;
  if (!get_name(env, info, &socket, &name)) return NULL;
  return outcome(env, bind(socket->fd, (struct sockaddr *)name, name_length(name)));
}

/* connect(socket, name): from now on it receives from there only, and `send` takes a name of no family for it. */
static napi_value Connect(napi_env env, napi_callback_info info) {
  Socket *socket;
  uint8_t *name;
  if (!get_name(env, info, &socket, &name)) return NULL;
  return outcome(env, connect(socket->fd, (struct sockaddr *)name, name_length(name)));
}

/* nameOf(socket, name): writes the name that it is bound to. */
static napi_value NameOf(napi_env env, napi_callback_info info) {
  Socket *socket;
  uint8_t *name;
  if (!get_name(env, info, &socket, &name)) return NULL;
  socklen_t size = is_unix(socket) ? sizeof(struct sockaddr_un) : NAME_BYTES;
  int result = getsockname(socket->fd, (struct sockaddr *)name, &size);
  if (result == 0 && is_unix(socket)) note_length(name, size);
  return outcome(env, result);
}

typedef struct {
  Socket *socket;
  int level, option;
  uint8_t *bytes;
  size_t length;
} Option;

static bool get_option(napi_env env, napi_callback_info info, Option *option) {
  napi_value values[4];
  if (!get_arguments(env, info, 4, values) || !(option->socket = get_socket(env, values[0])) ||
      !get_int(env, values[1], 0, INT32_MAX, &option->level) || !get_int(env, values[2], 0, INT32_MAX, &option->option) ||
      !get_bytes(env, values[3], &option->bytes, &option->length))
    return false;
  if (option->length <= 4096) return true;
  refuse(env, "at most 4096 bytes are expected");
  return false;
}

/* setOption(socket, level, option, bytes) */
static napi_value SetOption(napi_env env, napi_callback_info info) {
  Option o;
  if (!get_option(env, info, &o)) return NULL;
  return outcome(env, setsockopt(o.socket->fd, o.level, o.option, o.bytes, (socklen_t)o.length));
}

/* getOption(socket, level, option, bytes): writes into `bytes`, and returns how many. */
static napi_value GetOption(napi_env env, napi_callback_info info) {
  Option o;
  if (!get_option(env, info, &o)) return NULL;
  socklen_t size = (socklen_t)o.length;
  int result = getsockopt(o.socket->fd, o.level, o.option, o.bytes, &size);
  return outcome(env, result < 0 ? result : (int)size);
}

/* The number that a scope is, or 0. (strtoul would need glibc 2.38 when it is built with that.) */
static uint32_t scope_number(const char *scope) {
  uint64_t number = 0;
  for (; *scope >= '0' && *scope <= '9' && number <= UINT32_MAX; scope++) number = number * 10 + (uint64_t)(*scope - '0');
  return *scope || number > UINT32_MAX ? 0 : (uint32_t)number;
}

/* pack(host, port, name, at): writes the name of an IP literal; false when it is none, or its scope is unknown. */
static napi_value Pack(napi_env env, napi_callback_info info) {
  napi_value values[4], result;
  char host[INET6_ADDRSTRLEN + 1 + IF_NAMESIZE + 1];
  size_t host_length, length;
  uint8_t *names;
  int port, at;
  if (!get_arguments(env, info, 4, values)) return NULL;
  if (napi_get_value_string_utf8(env, values[0], host, sizeof host, &host_length) != napi_ok)
    return refuse(env, "a host is expected");
  if (!get_int(env, values[1], 0, 65535, &port) || !get_bytes(env, values[2], &names, &length) ||
      !get_int(env, values[3], 0, INT32_MAX / NAME_BYTES, &at))
    return NULL;
  if ((size_t)(at + 1) * NAME_BYTES > length) return refuse(env, "the name does not fit");
  uint8_t *name = names + (size_t)at * NAME_BYTES;
  struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)};
  /* No literal fills all the room, so that one which does was cut off. */
  bool ok = host_length == strlen(host) && host_length + 1 < sizeof host;
  memset(name, 0, NAME_BYTES);
  if (ok && inet_pton(AF_INET, host, &four.sin_addr) == 1) memcpy(name, &four, sizeof four);
  else {
    char *scope = strchr(host, '%');
    if (ok && scope) {
      *scope++ = 0;
      six.sin6_scope_id = scope_number(scope);
      if (six.sin6_scope_id == 0) six.sin6_scope_id = if_nametoindex(scope);
      ok = six.sin6_scope_id != 0;
    }
    ok = ok && inet_pton(AF_INET6, host, &six.sin6_addr) == 1;
    if (ok) memcpy(name, &six, sizeof six);
  }
  if (napi_get_boolean(env, ok, &result) != napi_ok) return refuse(env, "out of memory");
  return result;
}

/*
 * packPath(path, names, at): writes the name of a Unix socket: of a file, "/run/x"; abstract, "@x"; or the one that the kernel is to choose
 * (autobind), "". False when it is too long, or has a zero.
 */
static napi_value PackPath(napi_env env, napi_callback_info info) {
  napi_value values[3], result;
  PathName name = {.address = {.sun_family = AF_UNIX}};
  char path[sizeof name.address.sun_path + 2];
  size_t path_length, length;
  uint8_t *names;
  int at;
  if (!get_arguments(env, info, 3, values)) return NULL;
  if (napi_get_value_string_utf8(env, values[0], path, sizeof path, &path_length) != napi_ok)
    return refuse(env, "a path is expected");
  if (!get_bytes(env, values[1], &names, &length) || !get_int(env, values[2], 0, INT32_MAX / PATH_NAME_BYTES, &at)) return NULL;
  if ((size_t)(at + 1) * PATH_NAME_BYTES > length) return refuse(env, "the name does not fit");
  bool is_abstract = path[0] == '@';
  bool ok = path_length == strlen(path) && path_length < sizeof name.address.sun_path + is_abstract;
  if (ok) {
    memcpy(name.address.sun_path, path, path_length);
    if (is_abstract) name.address.sun_path[0] = 0;
    /* A file has the zero at its end; an abstract name is all that the length spans. */
    name.length = (uint16_t)(offsetof(struct sockaddr_un, sun_path) + path_length + (path_length > 0 && !is_abstract));
    memcpy(names + (size_t)at * PATH_NAME_BYTES, &name, sizeof name);
  }
  if (napi_get_boolean(env, ok, &result) != napi_ok) return refuse(env, "out of memory");
  return result;
}

/* pathOf(names, at): the path of a Unix socket, as `packPath` takes it; empty when it has none. */
static napi_value PathOf(napi_env env, napi_callback_info info) {
  napi_value values[2], result;
  uint8_t *names;
  size_t length;
  int at;
  if (!get_arguments(env, info, 2, values) || !get_bytes(env, values[0], &names, &length) ||
      !get_int(env, values[1], 0, INT32_MAX / PATH_NAME_BYTES, &at))
    return NULL;
  if ((size_t)(at + 1) * PATH_NAME_BYTES > length) return refuse(env, "there is no such name");
  PathName name;
  memcpy(&name, names + (size_t)at * PATH_NAME_BYTES, sizeof name);
  char *path = name.address.sun_path;
  size_t start = offsetof(struct sockaddr_un, sun_path), size = 0;
  if (name.address.sun_family == AF_UNIX && name.length > start && name.length <= sizeof name.address) {
    size = name.length - start;
    if (path[0]) size = strnlen(path, size);
    else path[0] = '@';
  }
  if (napi_create_string_utf8(env, path, size, &result) != napi_ok) return refuse(env, "out of memory");
  return result;
}

/* hostOf(names, at): the host as an IP literal, with its scope where it is link-local. */
static napi_value HostOf(napi_env env, napi_callback_info info) {
  napi_value values[2], result;
  uint8_t *names;
  size_t length;
  int at;
  if (!get_arguments(env, info, 2, values) || !get_bytes(env, values[0], &names, &length) ||
      !get_int(env, values[1], 0, INT32_MAX / NAME_BYTES, &at))
    return NULL;
  if ((size_t)(at + 1) * NAME_BYTES > length) return refuse(env, "there is no such name");
  char host[INET6_ADDRSTRLEN + 1 + IF_NAMESIZE] = "";
  const uint8_t *name = names + (size_t)at * NAME_BYTES;
  if (name_length(name) == sizeof(struct sockaddr_in6)) {
    struct sockaddr_in6 six;
    memcpy(&six, name, sizeof six);
    inet_ntop(AF_INET6, &six.sin6_addr, host, INET6_ADDRSTRLEN);
    char scope[IF_NAMESIZE];
    if (IN6_IS_ADDR_LINKLOCAL(&six.sin6_addr) && if_indextoname(six.sin6_scope_id, scope))
      strcat(strcat(host, "%"), scope);
  } else {
    struct sockaddr_in four;
    memcpy(&four, name, sizeof four);
    inet_ntop(AF_INET, &four.sin_addr, host, INET6_ADDRSTRLEN);
  }
  if (napi_create_string_latin1(env, host, NAPI_AUTO_LENGTH, &result) != napi_ok) return refuse(env, "out of memory");
  return result;
}

/* interfaceOf(index): the name of a network interface; empty when there is none. */
static napi_value InterfaceOf(napi_env env, napi_callback_info info) {
  napi_value value, result;
  int index;
  if (!get_arguments(env, info, 1, &value) || !get_int(env, value, 0, INT32_MAX, &index)) return NULL;
  char name[IF_NAMESIZE] = "";
  if (!if_indextoname((unsigned)index, name)) name[0] = 0;
  if (napi_create_string_latin1(env, name, NAPI_AUTO_LENGTH, &result) != napi_ok) return refuse(env, "out of memory");
  return result;
}

/*
 * refusals(socket, name, numbers): takes the reports of the network (ICMP) that wait, 64 at most. Returns how many were taken since
 * this was last called, by `send` and before a notice too. numbers[0] is an errno that a read failed with, or 0: when nothing was
 * taken and the network can be its reason, that is a report, for which the queue had no room. Of the last report it writes the
 * destination, zeros when that is not known, and into numbers[0] its errno.
 */
static napi_value TakeRefusals(napi_env env, napi_callback_info info) {
  napi_value values[3];
  Socket *socket;
  uint8_t *name;
  int32_t *numbers;
  size_t length, ints;
  if (!get_arguments(env, info, 3, values) || !(socket = get_socket(env, values[0])) ||
      !get_bytes(env, values[1], &name, &length) || !get_ints(env, values[2], &numbers, &ints))
    return NULL;
  if (length < NAME_BYTES || ints < 1) return refuse(env, "a name of 28 bytes and one number are expected");
  static const uint8_t unnamed[NAME_BYTES];
  drain_errors(socket);
  if (socket->refusals.count == 0 && is_of_network(numbers[0])) note_refusal(socket, numbers[0], unnamed);
  napi_value result = number(env, socket->refusals.count);
  if (!result) return NULL;
  memcpy(name, socket->refusals.name, NAME_BYTES);
  numbers[0] = socket->refusals.error;
  socket->refusals.count = 0;
  return result;
}

/* --- datagrams ------------------------------------------------------------------------------------------------- */

static Scratch *scratch_of(napi_env env) {
  Scratch *scratch = NULL;
  if (napi_get_instance_data(env, (void **)&scratch) != napi_ok || !scratch) refuse(env, "out of memory");
  return scratch;
}

/* Whether the bytes and the name of a message are in their memory. */
static bool fits(const int32_t *row, size_t bytes, size_t names, size_t name_bytes) {
  return row[0] >= 0 && row[1] >= 0 && (size_t)row[0] + (size_t)row[1] <= bytes && row[2] >= 0 && row[2] <= UINT16_MAX &&
         row[3] >= 0 && ((size_t)row[3] + 1) * name_bytes <= names && row[5] >= 0 && (size_t)row[5] * name_bytes <= names;
}

/* Appends a control message; `room` is that of the whole message. */
static void add_control(struct msghdr *header, SendControl *room, int level, int type, const void *data, size_t length) {
  struct cmsghdr *control = (struct cmsghdr *)(room->bytes + header->msg_controllen);
  header->msg_control = room->bytes;
  header->msg_controllen += CMSG_SPACE(length);
  control->cmsg_level = level;
  control->cmsg_type = type;
  control->cmsg_len = CMSG_LEN(length);
  memcpy(CMSG_DATA(control), data, length);
}

/*
 * Sends from this address: ip(7), IP_PKTINFO; RFC 3542, section 6.2. On an IPv6 socket an IPv4-mapped one serves, too: ip_cmsg_send
 * (net/ipv4/ip_sockglue.c).
 */
static void send_from(struct msghdr *header, SendControl *room, const uint8_t *name) {
  if (name_family(name) == AF_INET6) {
    struct sockaddr_in6 six;
    memcpy(&six, name, sizeof six);
    struct in6_pktinfo source = {.ipi6_addr = six.sin6_addr, .ipi6_ifindex = six.sin6_scope_id};
    add_control(header, room, IPPROTO_IPV6, IPV6_PKTINFO, &source, sizeof source);
  } else {
    struct sockaddr_in four;
    memcpy(&four, name, sizeof four);
    struct in_pktinfo source = {.ipi_spec_dst = four.sin_addr};
    add_control(header, room, IPPROTO_IP, IP_PKTINFO, &source, sizeof source);
  }
}

/*
 * send(socket, bytes, names, rows, first, count): sends the rows from `first` to `count`, each a message
 * [offset, length, segment, name, status, source]. A name of no family is the address that the socket is connected to. With a segment, the
 * message is cut into datagrams of that size, the last as short as it is. The source is the number of the name to send from, plus 1, or 0
 * for that of the socket. Returns how many rows are done, each with status 0 or the errno for which it was refused; of that number the
 * complement (~), which is negative, when `refusals` has something to give. Stops at one that would block (status EAGAIN), and
 * at one with segments that the kernel does not cut (EIO, EINVAL, EMSGSIZE).
 *
 * An ICMP message about an earlier datagram is an error of the next send, whatever its destination (sk_err, IP_RECVERR): such a send
 * is tried again, the error queue drained in between, until it fails without any report of the network.
 */
static napi_value sent_rows(napi_env env, Socket *socket, int rows) {
  return number(env, socket->refusals.count > 0 ? ~rows : rows);
}

static napi_value Send(napi_env env, napi_callback_info info) {
  napi_value values[6];
  Socket *socket;
  Scratch *scratch;
  uint8_t *bytes, *names;
  int32_t *rows;
  size_t size, names_size, ints;
  int first, count;
  if (!get_arguments(env, info, 6, values) || !(socket = get_socket(env, values[0])) ||
      !get_bytes(env, values[1], &bytes, &size) || !get_bytes(env, values[2], &names, &names_size) ||
      !get_ints(env, values[3], &rows, &ints) || !get_int(env, values[5], 0, INT32_MAX, &count) ||
      !get_int(env, values[4], 0, count, &first) || !(scratch = scratch_of(env)))
    return NULL;
  if ((size_t)count * ROW_INTS > ints) return refuse(env, "more rows than there are");
  for (int i = first; i < count; i++)
    if (!fits(rows + (size_t)i * ROW_INTS, size, names_size, socket->name_bytes)) return refuse(env, "a row that is outside of its memory");
  while (first < count) {
    int window = count - first < MAX_MESSAGES ? count - first : MAX_MESSAGES;
    for (int i = 0; i < window; i++) {
      const int32_t *row = rows + (size_t)(first + i) * ROW_INTS;
      uint8_t *name = names + (size_t)row[3] * socket->name_bytes;
      scratch->parts[i] = (struct iovec){bytes + row[0], (size_t)row[1]};
      scratch->messages[i] = (struct mmsghdr){.msg_hdr = {.msg_iov = &scratch->parts[i], .msg_iovlen = 1}};
      if (name_family(name) != AF_UNSPEC) {
        scratch->messages[i].msg_hdr.msg_name = name;
        scratch->messages[i].msg_hdr.msg_namelen = name_length(name);
      }
      struct msghdr *header = &scratch->messages[i].msg_hdr;
      uint16_t segment = (uint16_t)row[2];
      if (segment) add_control(header, &scratch->sends[i], SOL_UDP, UDP_SEGMENT, &segment, sizeof segment);
      if (row[5]) send_from(header, &scratch->sends[i], names + (size_t)(row[5] - 1) * socket->name_bytes);
    }
    int tries = 0, unexplained = 0;
    for (int done = 0; done < window;) {
      int32_t *row = rows + (size_t)first * ROW_INTS;
      int sent = sendmmsg(socket->fd, scratch->messages + done, (unsigned)(window - done), MSG_DONTWAIT);
      for (int i = 0; i < sent; i++) row[i * ROW_INTS + 4] = 0;
      if (sent > 0) {
        done += sent;
        first += sent;
        tries = unexplained = 0;
        continue;
      }
      if (errno == EINTR) continue;
      int error = errno;
      row[4] = error;
      if (error == EAGAIN || error == EWOULDBLOCK) return sent_rows(env, socket, first);
      if (!is_unix(socket) && is_of_network(error) && tries < MAX_TRIES && (unexplained < MAX_UNEXPLAINED || !is_of_send(error))) {
        tries++;
        if (drain_errors(socket) == 0) unexplained++;
        continue;
      }
      tries = unexplained = 0;
      if (row[2] != 0 && (error == EIO || error == EINVAL || error == EMSGSIZE)) return sent_rows(env, socket, first);
      done++;
      first++;
    }
  }
  return sent_rows(env, socket, first);
}

/* Whether a control message is whole. The kernel's are; CMSG_NXTHDR looks at the next one only. */
static bool is_whole(const struct msghdr *message, const struct cmsghdr *control) {
  return control->cmsg_len <= (size_t)((const char *)message->msg_control + message->msg_controllen - (const char *)control);
}

/* The size of the pieces that a read was put together from; 0 when it is one piece. */
static int stride_of(struct msghdr *message) {
  for (struct cmsghdr *control = CMSG_FIRSTHDR(message); control; control = CMSG_NXTHDR(message, control)) {
    int stride;
    if (!is_whole(message, control)) break;
    if (control->cmsg_level != SOL_UDP || control->cmsg_type != UDP_GRO || control->cmsg_len < CMSG_LEN(sizeof stride))
      continue;
    memcpy(&stride, CMSG_DATA(control), sizeof stride);
    return stride > 0 && stride <= UINT16_MAX ? stride : 0;
  }
  return 0;
}

/* The data of a control message, if it is of this kind and has this length at least. */
static bool copy_control(void *data, struct cmsghdr *control, int level, int type, size_t length) {
  if (control->cmsg_level != level || control->cmsg_type != type || control->cmsg_len < CMSG_LEN(length)) return false;
  memcpy(data, CMSG_DATA(control), length);
  return true;
}

/*
 * IP_PKTINFO. The kernel's proposal for the source of a reply (ipi_spec_dst) is the address that the datagram was sent to, unless that is a
 * group or broadcast address: fib_compute_spec_dst (net/ipv4/fib_frontend.c). An IPv6 socket gets this of an IPv4 datagram after
 * IPV6_PKTINFO, which has its address.
 */
static void note_pktinfo(Details *details, const struct in_pktinfo *found) {
  struct sockaddr_in four = {.sin_family = AF_INET, .sin_addr = found->ipi_addr};
  if (name_family(details->local) == AF_UNSPEC) memcpy(details->local, &four, sizeof four);
  details->interface = found->ipi_ifindex;
  if (found->ipi_spec_dst.s_addr == found->ipi_addr.s_addr) details->flags |= UNICAST;
}

static void note_pktinfo6(Details *details, const struct in6_pktinfo *found) {
  struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_addr = found->ipi6_addr};
  if (IN6_IS_ADDR_LINKLOCAL(&found->ipi6_addr)) six.sin6_scope_id = found->ipi6_ifindex;
  memcpy(details->local, &six, sizeof six);
  details->interface = (int32_t)found->ipi6_ifindex;
  if (!IN6_IS_ADDR_MULTICAST(&found->ipi6_addr) && !IN6_IS_ADDR_V4MAPPED(&found->ipi6_addr)) details->flags |= UNICAST;
}

/* What the control messages of a read say: ip(7), ipv6(7), SO_TIMESTAMPNS of socket(7). Zeros for what they do not. */
static Details details_of(struct msghdr *message) {
  Details details = {.received_at = 0};
  for (struct cmsghdr *control = CMSG_FIRSTHDR(message); control; control = CMSG_NXTHDR(message, control)) {
    struct in_pktinfo four;
    struct in6_pktinfo six;
    struct timespec time;
    uint8_t tos;
    int traffic_class;
    if (!is_whole(message, control)) break;
    if (copy_control(&four, control, IPPROTO_IP, IP_PKTINFO, sizeof four)) note_pktinfo(&details, &four);
    else if (copy_control(&six, control, IPPROTO_IPV6, IPV6_PKTINFO, sizeof six)) note_pktinfo6(&details, &six);
    else if (copy_control(&tos, control, IPPROTO_IP, IP_TOS, sizeof tos)) details.flags |= tos & ECN;
    else if (copy_control(&traffic_class, control, IPPROTO_IPV6, IPV6_TCLASS, sizeof traffic_class))
      details.flags |= traffic_class & ECN;
    else if (copy_control(&time, control, SOL_SOCKET, TIMESTAMP_NS, sizeof time))
      details.received_at = (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
  }
  return details;
}

/*
 * receive(socket, bytes, names, slots, count, details): reads into `count` pieces of 64 KiB, without blocking. For each slot
 * it writes [length, stride, flags], the name of the sender and, unless `details` is empty, `Details`. Returns how many were read.
 */
static napi_value Receive(napi_env env, napi_callback_info info) {
  napi_value values[6];
  Socket *socket;
  Scratch *scratch;
  uint8_t *bytes, *names, *details;
  int32_t *slots;
  size_t size, names_size, ints, details_size;
  int count;
  if (!get_arguments(env, info, 6, values) || !(socket = get_socket(env, values[0])) ||
      !get_bytes(env, values[1], &bytes, &size) || !get_bytes(env, values[2], &names, &names_size) ||
      !get_ints(env, values[3], &slots, &ints) || !get_int(env, values[4], 1, MAX_SLOTS, &count) ||
      !get_bytes(env, values[5], &details, &details_size) || !(scratch = scratch_of(env)))
    return NULL;
  size_t name_bytes = socket->name_bytes;
  if ((size_t)count * SLOT_BYTES > size || (size_t)count * name_bytes > names_size || (size_t)count * SLOT_INTS > ints ||
      (details_size > 0 && (size_t)count * DETAIL_BYTES > details_size))
    return refuse(env, "more slots than there is memory for");
  memset(names, 0, (size_t)count * name_bytes);
  for (int i = 0; i < count; i++) {
    scratch->parts[i] = (struct iovec){bytes + (size_t)i * SLOT_BYTES, SLOT_BYTES};
    scratch->messages[i] = (struct mmsghdr){.msg_hdr = {.msg_name = names + (size_t)i * name_bytes,
                                                        .msg_namelen = is_unix(socket) ? sizeof(struct sockaddr_un) : NAME_BYTES,
                                                        .msg_iov = &scratch->parts[i],
                                                        .msg_iovlen = 1,
                                                        .msg_control = scratch->controls[i].bytes,
                                                        .msg_controllen = sizeof scratch->controls[i].bytes}};
  }
  int read;
  do read = recvmmsg(socket->fd, scratch->messages, (unsigned)count, MSG_DONTWAIT, NULL);
  while (read < 0 && errno == EINTR);
  for (int i = 0; i < read; i++) {
    struct mmsghdr *message = &scratch->messages[i];
    uint8_t *name = names + (size_t)i * name_bytes;
    if (is_unix(socket)) note_length(name, message->msg_hdr.msg_namelen);
    int32_t *slot = slots + (size_t)i * SLOT_INTS;
    slot[0] = (int32_t)message->msg_len;
    slot[1] = stride_of(&message->msg_hdr);
    slot[2] = (message->msg_hdr.msg_flags & (MSG_TRUNC | MSG_CTRUNC) ? TRUNCATED : 0) |
              (i > 0 && memcmp(name, name - name_bytes, name_bytes) == 0 ? SAME_SOURCE : 0);
    if (details_size == 0) continue;
    Details found = details_of(&message->msg_hdr);
    memcpy(details + (size_t)i * DETAIL_BYTES, &found, sizeof found);
  }
  return outcome(env, read);
}

/* strideOf(control, details): what `receive` makes of the control data of a message, for tests. */
static napi_value StrideOf(napi_env env, napi_callback_info info) {
  napi_value values[2];
  uint8_t *bytes, *details;
  size_t length, details_size;
  if (!get_arguments(env, info, 2, values) || !get_bytes(env, values[0], &bytes, &length) ||
      !get_bytes(env, values[1], &details, &details_size))
    return NULL;
  ReadControl control = {0};
  if (length > sizeof control.bytes || details_size < DETAIL_BYTES)
    return refuse(env, "at most 512 bytes of control data, and room for 48 bytes are expected");
  memcpy(control.bytes, bytes, length);
  struct msghdr message = {.msg_control = control.bytes, .msg_controllen = length};
  Details found = details_of(&message);
  memcpy(details, &found, sizeof found);
  return number(env, stride_of(&message));
}

static void on_unload(napi_env env, void *data, void *hint) {
  (void)env;
  (void)hint;
  free(data);
}

NAPI_MODULE_INIT() {
  static const struct {
    const char *name;
    napi_callback function;
  } functions[] = {{"open", Open},           {"adopt", Adopt},         {"attach", Attach},       {"close", Close},
                   {"watch", Watch},         {"keepAlive", KeepAlive}, {"bind", Bind},           {"connect", Connect},
                   {"nameOf", NameOf},       {"setOption", SetOption}, {"getOption", GetOption}, {"pack", Pack},
                   {"hostOf", HostOf},       {"send", Send},           {"receive", Receive},     {"strideOf", StrideOf},
                   {"refusals", TakeRefusals}, {"interfaceOf", InterfaceOf}, {"openUnix", OpenUnix}, {"packPath", PackPath},
                   {"pathOf", PathOf}};
  Scratch *scratch = calloc(1, sizeof *scratch);
  if (!scratch || napi_set_instance_data(env, scratch, on_unload, NULL) != napi_ok) {
    free(scratch);
    return refuse(env, "out of memory");
  }
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
    napi_value function;
    if (napi_create_function(env, functions[i].name, NAPI_AUTO_LENGTH, functions[i].function, NULL, &function) != napi_ok ||
        napi_set_named_property(env, exports, functions[i].name, function) != napi_ok)
      return refuse(env, "out of memory");
  }
  return exports;
}
