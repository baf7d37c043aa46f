/*
 * The part of libuv that the addon uses. Every Node.js exports these functions, with this binary interface, since
 * libuv 1.0; <uv.h> itself comes only with some of the ways to install Node.js, so it is not needed to build.
 */
#ifndef UDPNG_UV_POLL_H
#define UDPNG_UV_POLL_H

#include <stddef.h>

struct uv_loop_s;
typedef struct uv_handle_s uv_handle_t;
/* Its memory is as large as uv_handle_size says, whatever the version of libuv. */
typedef struct uv_poll_s uv_poll_t;
typedef void (*uv_poll_cb)(uv_poll_t *handle, int status, int events);
typedef void (*uv_close_cb)(uv_handle_t *handle);

enum { UDPNG_UV_POLL = 8 }; /* UV_POLL, the eighth of enum uv_handle_type */
enum { UV_READABLE = 1, UV_WRITABLE = 2, UV_DISCONNECT = 4 };

size_t uv_handle_size(int type);
void *uv_handle_get_data(const uv_handle_t *handle);
void uv_handle_set_data(uv_handle_t *handle, void *data);
int uv_poll_init(struct uv_loop_s *loop, uv_poll_t *handle, int fd);
int uv_poll_start(uv_poll_t *handle, int events, uv_poll_cb callback);
int uv_poll_stop(uv_poll_t *handle);
void uv_ref(uv_handle_t *handle);
void uv_unref(uv_handle_t *handle);
void uv_close(uv_handle_t *handle, uv_close_cb callback);

#endif
