/* SPDX-License-Identifier: BSD-2-Clause */
/* A server on 127.0.0.1 that sends back what it gets, and ends when its client has. */
#ifndef ADIT_TESTS_ECHO_PEER_H
#define ADIT_TESTS_ECHO_PEER_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct echo_peer {
    pthread_t thread;
    int listener;
    int stop[2];
    uint16_t port;
    /* NULL: echo. Else it is sent to each client, who is then hung up on; "": left in silence. */
    const char *greeting;
};

void echo_peer_start(struct echo_peer *peer, const char *greeting);
void echo_peer_stop(struct echo_peer *peer);

#endif
