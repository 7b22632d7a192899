/* SPDX-License-Identifier: BSD-2-Clause */
/* Control sockets: one for each process, named after its id, and those of masters. */
#ifndef ADIT_APP_CONTROL_SOCKET_H
#define ADIT_APP_CONTROL_SOCKET_H

#include <stdbool.h>
#include <stddef.h>

#define ADIT_CONTROL_PATH_SIZE 108 /* of struct sockaddr_un */

/*
 * A listening socket at `path`, mode 0600, which is there at once or not at
 * all. What is there already must be the socket of a dead process. -1: `why`.
 */
int adit_control_listen(const char *path, char *why, size_t why_size);

/*
 * A connection to the socket, whose process must be ours. -1: errno tells why;
 * ECONNREFUSED: the process is dead.
 */
int adit_control_connect(const char *path);

/* Whether the process at the other end is of the same user, or root. */
bool adit_control_peer_is_trusted(int fd);

/*
 * Calls `found` with a connection to each process that listens in the folder,
 * which is then its own to close, until it returns false: then so does this.
 * Sockets of dead processes are removed.
 */
bool adit_control_each(const char *folder, bool (*found)(void *arg, int fd), void *arg);

/* In time or not at all: reads up to `size` bytes, to `end` (or -1: to the end of the stream). */
bool adit_control_read(int fd, char *bytes, size_t size, size_t *len, int end, int timeout_ms);
bool adit_control_write(int fd, const char *bytes, size_t len, int timeout_ms);

#endif
