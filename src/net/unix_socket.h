/* SPDX-License-Identifier: BSD-2-Clause */
/* Sockets in the file system. */
#ifndef ADIT_NET_UNIX_SOCKET_H
#define ADIT_NET_UNIX_SOCKET_H

#include "net/sockaddr.h"

#include <sys/types.h>

/* False: the path is empty, or longer than a socket's may be. */
bool adit_unix_address(const char *path, struct adit_sockaddr *out);

/* A socket that we made, to be known again. */
struct adit_unix_file {
    dev_t device;
    ino_t number;
};

/*
 * Makes a non-blocking socket that listens at the path, with these permission
 * bits from its first moment on. `unlink_first`: a socket that is there already
 * gives way, but nothing else does. Returns -1 with errno.
 */
int adit_unix_listen(const char *path, mode_t mode, bool unlink_first, struct adit_unix_file *file);
/* Takes the socket out of the file system, if it still is the one that we made. */
void adit_unix_remove(const char *path, const struct adit_unix_file *file);

#endif
