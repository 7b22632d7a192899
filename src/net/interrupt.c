/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/interrupt.h"

#include <sys/socket.h>

void adit_interrupt_init(struct adit_interrupt *interrupt)
{
    (void)pthread_mutex_init(&interrupt->lock, NULL);
    interrupt->fd = -1;
    interrupt->fired = false;
}

void adit_interrupt_clear(struct adit_interrupt *interrupt)
{
    (void)pthread_mutex_destroy(&interrupt->lock);
}

/* Under the lock: the number of the socket is nobody else's before its owner has left. */
void adit_interrupt_fire(struct adit_interrupt *interrupt)
{
    (void)pthread_mutex_lock(&interrupt->lock);
    interrupt->fired = true;
    if (interrupt->fd >= 0)
        (void)shutdown(interrupt->fd, SHUT_RDWR);
    (void)pthread_mutex_unlock(&interrupt->lock);
}

void adit_interrupt_arm(struct adit_interrupt *interrupt)
{
    (void)pthread_mutex_lock(&interrupt->lock);
    interrupt->fired = false;
    (void)pthread_mutex_unlock(&interrupt->lock);
}

bool adit_interrupt_is_fired(struct adit_interrupt *interrupt)
{
    bool fired;

    (void)pthread_mutex_lock(&interrupt->lock);
    fired = interrupt->fired;
    (void)pthread_mutex_unlock(&interrupt->lock);
    return fired;
}

bool adit_interrupt_enter(struct adit_interrupt *interrupt, int fd)
{
    bool entered;

    (void)pthread_mutex_lock(&interrupt->lock);
    entered = !interrupt->fired;
    if (entered)
        interrupt->fd = fd;
    (void)pthread_mutex_unlock(&interrupt->lock);
    return entered;
}

void adit_interrupt_leave(struct adit_interrupt *interrupt)
{
    (void)pthread_mutex_lock(&interrupt->lock);
    interrupt->fd = -1;
    (void)pthread_mutex_unlock(&interrupt->lock);
}
