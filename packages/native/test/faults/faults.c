/*
 * Stands between the addon and what it asks of others, and does what UDPNG_FAULTS says: a list, divided by ";", of
 * call,which,from,to,effect. `call` is a system call, or "help", which is all that the addon asks of Node.js, of libuv and
 * of calloc and that may fail, numbered together; `which` is "any", or "gso" for a send whose first message is to be cut;
 * `from` and `to` are the numbers, from 1, of those that are struck; `effect` is an errno, or, if negative, how many messages
 * the call takes at most; of "meminfo", it is added to the drops that the kernel reports. The numbers begin anew with a new list.
 * Three functions more, for tests: interrupt, held, failed.
 */
#define _GNU_SOURCE
#define NAPI_VERSION 8
#include <errno.h>
#include <node_api.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "../../addon/uv-poll.h"

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

static int fault_getsockopt(int fd, int level, int option, void *value, socklen_t *length) {
  enum { SO_MEMINFO_ = 55, DROPS = 8 };
  int result = getsockopt(fd, level, option, value, length);
  if (result == 0 && level == SOL_SOCKET && option == SO_MEMINFO_ && *length == 9 * sizeof(uint32_t))
    ((uint32_t *)value)[DROPS] += (uint32_t)strike("meminfo", 0);
  return result;
}

static int fault_socket(int domain, int type, int protocol) {
  int effect = strike("socket", 0);
  return effect > 0 ? fail_with(effect) : socket(domain, type, protocol);
}

/* --- what is asked of Node.js, of libuv and of calloc --------------------------------------------------------------- */

static const char *failed = "";
static atomic_int held;

static int fails(const char *call) {
  if (strike("help", 0) == 0) return 0;
  failed = call;
  return 1;
}

/* Counts what has to be given back. */
static napi_status hold(napi_status status) {
  if (status == napi_ok) held++;
  return status;
}

static napi_status release(napi_status status) {
  if (status == napi_ok) held--;
  return status;
}

static void *fault_calloc(size_t count, size_t size) {
  void *memory = fails("calloc") ? NULL : calloc(count, size);
  if (memory) held++;
  return memory;
}

static void fault_free(void *memory) {
  if (memory) held--;
  free(memory);
}

/* --- three functions more ---------------------------------------------------------------------------------------- */

static atomic_int signals;

static void on_signal(int number) {
  (void)number;
  signals++;
}

/* interrupt(microseconds): a signal so often, 0 for none, and no system call that it breaks off is begun again. Returns how
 * many have come. */
static napi_value Interrupt(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value value, result;
  int32_t every = 0;
  napi_get_cb_info(env, info, &count, &value, NULL, NULL);
  napi_get_value_int32(env, value, &every);
  struct sigaction action = {.sa_handler = on_signal};
  struct itimerval timer = {{0, every}, {0, every}};
  sigaction(SIGALRM, &action, NULL);
  setitimer(ITIMER_REAL, &timer, NULL);
  napi_create_int32(env, signals, &result);
  return result;
}

/* held(): how much the addon has taken and not given back: memory, references, contexts, hooks. */
static napi_value Held(napi_env env, napi_callback_info info) {
  (void)info;
  napi_value result;
  napi_create_int32(env, held, &result);
  return result;
}

/* failed(): the name of the last help that failed since this was asked, or nothing. */
static napi_value Failed(napi_env env, napi_callback_info info) {
  (void)info;
  napi_value result;
  napi_create_string_utf8(env, failed, NAPI_AUTO_LENGTH, &result);
  failed = "";
  return result;
}

static napi_value with_three_more(napi_env env, napi_value exports) {
  static const napi_property_descriptor functions[] = {
      {.utf8name = "interrupt", .method = Interrupt, .attributes = napi_default},
      {.utf8name = "held", .method = Held, .attributes = napi_default},
      {.utf8name = "failed", .method = Failed, .attributes = napi_default}};
  if (exports) napi_define_properties(env, exports, sizeof functions / sizeof *functions, functions);
  return exports;
}

/* --- the addon --------------------------------------------------------------------------------------------------- */

#define sendmmsg fault_sendmmsg
#define recvmmsg fault_recvmmsg
#define setsockopt fault_setsockopt
#define getsockopt fault_getsockopt
#define socket(domain, type, protocol) fault_socket(domain, type, protocol)

#define calloc fault_calloc
#define free fault_free
#define uv_poll_init(...) (fails("uv_poll_init") ? -ENOMEM : uv_poll_init(__VA_ARGS__))
#define uv_poll_start(...) (fails("uv_poll_start") ? -ENOMEM : uv_poll_start(__VA_ARGS__))

#define HELP(call, ...) (fails(#call) ? napi_generic_failure : call(__VA_ARGS__))
#define napi_add_async_cleanup_hook(...) hold(HELP(napi_add_async_cleanup_hook, __VA_ARGS__))
#define napi_async_init(...) hold(HELP(napi_async_init, __VA_ARGS__))
#define napi_check_object_type_tag(...) HELP(napi_check_object_type_tag, __VA_ARGS__)
#define napi_create_double(...) HELP(napi_create_double, __VA_ARGS__)
#define napi_create_function(...) HELP(napi_create_function, __VA_ARGS__)
#define napi_create_int32(...) HELP(napi_create_int32, __VA_ARGS__)
#define napi_create_object(...) HELP(napi_create_object, __VA_ARGS__)
#define napi_create_reference(...) hold(HELP(napi_create_reference, __VA_ARGS__))
#define napi_create_string_latin1(...) HELP(napi_create_string_latin1, __VA_ARGS__)
#define napi_create_string_utf8(...) HELP(napi_create_string_utf8, __VA_ARGS__)
#define napi_get_boolean(...) HELP(napi_get_boolean, __VA_ARGS__)
#define napi_get_cb_info(...) HELP(napi_get_cb_info, __VA_ARGS__)
#define napi_get_global(...) HELP(napi_get_global, __VA_ARGS__)
#define napi_get_instance_data(...) HELP(napi_get_instance_data, __VA_ARGS__)
#define napi_get_reference_value(...) HELP(napi_get_reference_value, __VA_ARGS__)
#define napi_get_typedarray_info(...) HELP(napi_get_typedarray_info, __VA_ARGS__)
#define napi_get_uv_event_loop(...) HELP(napi_get_uv_event_loop, __VA_ARGS__)
#define napi_get_value_double(...) HELP(napi_get_value_double, __VA_ARGS__)
#define napi_get_value_string_utf8(...) HELP(napi_get_value_string_utf8, __VA_ARGS__)
#define napi_is_typedarray(...) HELP(napi_is_typedarray, __VA_ARGS__)
#define napi_make_callback(...) HELP(napi_make_callback, __VA_ARGS__)
#define napi_open_handle_scope(...) HELP(napi_open_handle_scope, __VA_ARGS__)
#define napi_set_instance_data(...) HELP(napi_set_instance_data, __VA_ARGS__)
#define napi_set_named_property(...) HELP(napi_set_named_property, __VA_ARGS__)
#define napi_type_tag_object(...) HELP(napi_type_tag_object, __VA_ARGS__)
#define napi_typeof(...) HELP(napi_typeof, __VA_ARGS__)
#define napi_unwrap(...) HELP(napi_unwrap, __VA_ARGS__)
#define napi_wrap(...) HELP(napi_wrap, __VA_ARGS__)

#define napi_async_destroy(...) release(napi_async_destroy(__VA_ARGS__))
#define napi_delete_reference(...) release(napi_delete_reference(__VA_ARGS__))
#define napi_remove_async_cleanup_hook(...) release(napi_remove_async_cleanup_hook(__VA_ARGS__))

#undef NAPI_MODULE_INIT
#define NAPI_MODULE_INIT() static napi_value load(napi_env env, napi_value exports)
#include "../../addon/udpng.c"

NAPI_MODULE_EXPORT napi_value napi_register_module_v1(napi_env env, napi_value exports) {
  return with_three_more(env, load(env, exports));
}
