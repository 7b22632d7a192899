/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ends a conversation that blocks a thread, from another one: its socket is shut
 * down, so that whoever waits for it sees its end at once.
 */
#ifndef ADIT_NET_INTERRUPT_H
#define ADIT_NET_INTERRUPT_H

#include <pthread.h>
#include <stdbool.h>

struct adit_interrupt {
    pthread_mutex_t lock;
    int fd;     /* of the conversation that goes on; -1: none does */
    bool fired; /* none may go on, until it is armed again */
};

void adit_interrupt_init(struct adit_interrupt *interrupt);
void adit_interrupt_clear(struct adit_interrupt *interrupt);

void adit_interrupt_fire(struct adit_interrupt *interrupt);
/* While no conversation goes on. */
void adit_interrupt_arm(struct adit_interrupt *interrupt);
bool adit_interrupt_is_fired(struct adit_interrupt *interrupt);

/* For the thread that talks, one conversation at a time. False: it may not begin. */
bool adit_interrupt_enter(struct adit_interrupt *interrupt, int fd);
/* Before the socket is closed. */
void adit_interrupt_leave(struct adit_interrupt *interrupt);

#endif
