/* SPDX-License-Identifier: BSD-2-Clause */
/* Who listens on a TCP port of this machine, as /proc has it. */
#ifndef ADIT_APP_CHECK_OWNER_H
#define ADIT_APP_CHECK_OWNER_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

struct adit_listening {
    char address[INET6_ADDRSTRLEN];
    uint64_t inode;
};

/* One line of /proc/net/tcp or tcp6; false: it is no listener on this port. */
bool adit_listening_parse(const char *line, uint16_t port, struct adit_listening *out);

struct adit_port_owner {
    struct adit_listening listening;
    long pid;         /* 0: its process cannot be seen by us */
    char name[32];    /* "adit"; printable */
    char forward[96]; /* the word of its command line that names the port; printable; or "" */
};

/* False: nobody listens. */
bool adit_port_owner_find(uint16_t port, struct adit_port_owner *out);

#endif
