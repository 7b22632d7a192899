/* SPDX-License-Identifier: BSD-2-Clause */
/* The tunnel of ours that listens at a port, as the program that has it tells at its control socket. */
#ifndef ADIT_APP_CHECK_PORT_TUNNEL_H
#define ADIT_APP_CHECK_PORT_TUNNEL_H

#include "adit/tunnel.h"

/* Texts are printable, and cut where they are too long. */
struct adit_port_tunnel {
    char name[64];
    char state[16];    /* "up", "waiting", … */
    char gateway[320]; /* "user@host:port" */
    char target[320];  /* "host:port" or a path; "" of a SOCKS proxy */
    uint16_t target_port;
    char failure[512]; /* why it is not up, or "" */
    enum adit_leg leg; /* of the failure */
};

/*
 * What a line of `adit status --json` says of the tunnel that listens at this
 * port here, for the process `pid`. False: it is another's, or no such line.
 */
bool adit_port_tunnel_parse(const char *line, uint16_t port, long pid,
                            struct adit_port_tunnel *out);

/* Asks the programs of this user. False: none has it. */
bool adit_port_tunnel_find(uint16_t port, long pid, struct adit_port_tunnel *out);

#endif
