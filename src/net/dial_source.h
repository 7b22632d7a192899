/* SPDX-License-Identifier: BSD-2-Clause */
/* The address that a connection is made from (ssh's BindAddress and BindInterface). */
#ifndef ADIT_NET_DIAL_SOURCE_H
#define ADIT_NET_DIAL_SOURCE_H

/* Binds a socket of this family; either text may be NULL. Returns 0 or an errno. */
int adit_dial_source_bind(int fd, int family, const char *address, const char *interface);

#endif
