/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A relay is over when its socket is closed and its channel is gone, whichever
 * comes last. The socket outlives the channel while there is a backlog, and
 * before a reset, which would throw it away, while our system has some: bytes
 * that came before a close are delivered (RFC 4254, 5.3), but not for ever.
 */
#include "net/relay.h"

#include "base/memory.h"
#include "net/relay_state.h"
#include "net/socket.h"

#include <stdlib.h>
#include <unistd.h>

enum {
    /* A socket that takes nothing for so long after its channel's end is given up. */
    LINGER_MS = 30 * 1000,
    /* So long a peer or a socket may take nothing of what came before a reset. */
    PATIENCE_MS = 5 * 1000,
    /* Nobody tells when our system has sent all: so often we look. */
    LOOK_MS = 50,
};

/* ---- the channel's user data ---- */

/* An odd address says that it is a relay's: structs stand at even ones. */
static void *mark(struct adit_relay *relay)
{
    return (char *)relay + 1;
}

struct adit_relay *adit_relay_of(const struct adit_channel *channel)
{
    char *data = adit_channel_user_data(channel);

    return (uintptr_t)data & 1 ? (struct adit_relay *)(void *)(data - 1) : NULL;
}

/* ---- the end ---- */

static void free_relay(struct adit_relay *relay)
{
    adit_window_memory_free(relay->memory);
    free(relay);
}

static void on_watch_closed(struct adit_watch *watch)
{
    struct adit_relay *relay = ADIT_LIST_ENTRY(watch, struct adit_relay, watch);

    relay->watch_gone = true;
    if (relay->over)
        free_relay(relay);
}

static void close_socket(struct adit_relay *relay, bool reset)
{
    if (relay->fd < 0)
        return;
    adit_timer_free(relay->patience);
    relay->patience = NULL;
    adit_ring_remove(&relay->turn);
    adit_relay_drop_backlog(relay);
    adit_watch_close(&relay->watch, on_watch_closed);
    if (reset)
        adit_socket_reset(relay->fd);
    else
        (void)close(relay->fd);
    relay->fd = -1;
}

static void tell_ended(struct adit_relay *relay)
{
    void (*ended)(void *arg, const struct adit_relay_counts *counts) = relay->ended;

    relay->ended = NULL;
    if (ended)
        ended(relay->arg, &relay->counts);
}

/* The socket is closed and the channel gone. */
static void end(struct adit_relay *relay)
{
    adit_list_remove(&relay->node);
    adit_list_remove(&relay->remnant.node);
    adit_timer_free(relay->linger);
    relay->linger = NULL;
    tell_ended(relay);
    relay->over = true;
    if (relay->watch_gone)
        free_relay(relay);
}

static void close_and_end(struct adit_relay *relay, bool reset)
{
    close_socket(relay, reset);
    end(relay);
}

/* ---- lingering: the channel is gone, the socket has not taken all ---- */

/* Behind a reset nobody waits for the rest, so the time for which a target hung before counts. */
static uint64_t patience_over_ms(const struct adit_relay *relay)
{
    return relay->reset_at_end ? relay->took_ms + PATIENCE_MS
                               : adit_loop_now_ms(relay->loop) + LINGER_MS;
}

void adit_relay_linger_on(struct adit_relay *relay)
{
    relay->give_up_ms = patience_over_ms(relay);
}

/* Whether a reset is to wait for our system. While that gets on, the patience begins anew. */
static bool is_sending(struct adit_relay *relay)
{
    const size_t before = relay->unsent;

    relay->unsent = relay->reset_at_end && !relay->broken ? adit_socket_unsent(relay->fd) : 0;
    if (relay->unsent && relay->unsent != before) {
        relay->took_ms = adit_loop_now_ms(relay->loop);
        adit_relay_linger_on(relay);
    }
    return relay->unsent > 0;
}

static void set_linger(struct adit_relay *relay)
{
    const uint64_t look_ms = adit_loop_now_ms(relay->loop) + LOOK_MS;
    const bool looks = relay->backlog.size == 0 && look_ms < relay->give_up_ms;

    adit_timer_set(relay->linger, looks ? look_ms : relay->give_up_ms);
}

static void on_linger_due(void *arg)
{
    struct adit_relay *relay = arg;

    if (adit_loop_now_ms(relay->loop) < relay->give_up_ms &&
        (relay->backlog.size || is_sending(relay)))
        set_linger(relay);
    else
        close_and_end(relay, true);
}

static void linger(struct adit_relay *relay)
{
    if (adit_timer_new(relay->loop, on_linger_due, relay, &relay->linger)) {
        close_and_end(relay, true);
        return;
    }
    adit_ring_remove(&relay->turn);
    adit_relay_linger_on(relay);
    set_linger(relay);
    adit_relay_watch(relay);
}

static void on_loop_free(struct adit_remnant *remnant)
{
    close_and_end(ADIT_LIST_ENTRY(remnant, struct adit_relay, remnant), true);
}

/* ---- what the link tells ---- */

void adit_relay_closed(struct adit_relay *relay, bool aborted)
{
    relay->channel = NULL;
    relay->reset_at_end = aborted;
    relay->counts.aborted = relay->counts.aborted || aborted;
    if (relay->fd >= 0 && (relay->backlog.size || is_sending(relay)))
        linger(relay);
    else
        close_and_end(relay, aborted);
}

void adit_relay_lost(struct adit_relay *relay)
{
    const bool lingers = relay->linger != NULL;

    relay->channel = NULL;
    if (!lingers) {
        relay->counts.aborted = true;
        close_and_end(relay, true);
        return;
    }
    adit_list_remove(&relay->node);
    relay->link = NULL;
    adit_loop_keep(relay->loop, &relay->remnant);
    tell_ended(relay);
}

/* ---- what the directions tell ---- */

void adit_relay_hold(struct adit_relay *relay, int64_t more)
{
    (void)adit_window_memory_hold(relay->memory, more);
    if (relay->link)
        relay->link->held += (uint64_t)more;
}

void adit_relay_drop_backlog(struct adit_relay *relay)
{
    adit_relay_hold(relay, -(int64_t)relay->backlog.size);
    adit_backlog_clear(&relay->backlog);
}

void adit_relay_fail(struct adit_relay *relay)
{
    relay->counts.aborted = true;
    close_socket(relay, true);
    if (relay->channel) {
        adit_channel_close(relay->channel); /* its CHANNEL_CLOSED ends the relay */
        adit_link_wake(relay->link);
    } else {
        end(relay);
    }
}

/*
 * Nobody is there any more who could be held up: without this a target that
 * hangs would keep every connection that was given up.
 */
static void on_patience_over(void *arg)
{
    struct adit_relay *relay = arg;
    const bool runs = relay->patience_runs;

    relay->patience_runs = false;
    if (runs && relay->channel && adit_channel_window(relay->channel) == 0)
        adit_relay_fail(relay);
}

void adit_relay_check_patience(struct adit_relay *relay)
{
    if (!relay->broken || relay->patience_runs || adit_channel_window(relay->channel) > 0)
        return;
    if (relay->patience == NULL &&
        adit_timer_new(relay->loop, on_patience_over, relay, &relay->patience))
        return; /* for want of memory it waits for as long as it takes */
    adit_timer_set(relay->patience, adit_loop_now_ms(relay->loop) + PATIENCE_MS);
    relay->patience_runs = true;
}

void adit_relay_check_done(struct adit_relay *relay)
{
    if (relay->channel == NULL) {
        if (relay->backlog.size == 0 && is_sending(relay))
            set_linger(relay);
        else if (relay->backlog.size == 0)
            close_and_end(relay, relay->reset_at_end);
        return;
    }
    if (relay->to_channel != ADIT_HALF_DONE || relay->to_socket != ADIT_HALF_DONE)
        return;
    /* At once, not when the peer's CLOSE comes: some peers wait for ours. */
    close_socket(relay, false);
    adit_channel_close(relay->channel);
    adit_link_wake(relay->link);
}

void adit_relay_watch(struct adit_relay *relay)
{
    const bool may_read = relay->channel && relay->to_channel == ADIT_HALF_OPEN && !relay->readable;

    adit_watch_want(&relay->watch, (may_read ? ADIT_WATCH_READ : 0U) |
                                       (relay->backlog.size ? ADIT_WATCH_WRITE : 0U));
}

/* ---- the beginning ---- */

static void on_ready(struct adit_watch *watch, unsigned events)
{
    struct adit_relay *relay = ADIT_LIST_ENTRY(watch, struct adit_relay, watch);
    const bool reads = relay->channel && relay->to_channel == ADIT_HALF_OPEN;

    /* What came before a reset is still to be read; the read after it tells of the reset. */
    if ((events & ADIT_WATCH_BROKEN) && !reads) {
        adit_relay_fail(relay);
        return;
    }
    if (events & ADIT_WATCH_BROKEN) {
        relay->broken = true;
        adit_relay_check_patience(relay);
    }
    if (events & (ADIT_WATCH_READ | ADIT_WATCH_BROKEN))
        adit_relay_readable(relay);
    if (events & ADIT_WATCH_WRITE)
        adit_relay_flush(relay);
}

enum adit_err adit_relay_start(struct adit_link *link, struct adit_channel *channel, int fd,
                               void (*ended)(void *arg, const struct adit_relay_counts *counts),
                               void *arg, struct adit_relay **out)
{
    struct adit_relay *relay = adit_new(sizeof *relay);
    enum adit_err err = ADIT_ERR_NO_MEMORY;

    *out = NULL;
    if (relay == NULL)
        goto failed;
    err = adit_watch_open(&relay->watch, adit_link_loop(link), fd, ADIT_WATCH_READ, on_ready);
    if (err)
        goto failed;
    relay->link = link;
    relay->loop = adit_link_loop(link);
    relay->memory = adit_window_memory_share(link->memory);
    relay->channel = channel;
    relay->fd = fd;
    relay->ended = ended;
    relay->arg = arg;
    relay->remnant.end = on_loop_free;
    adit_list_init(&relay->remnant.node);
    adit_list_init(&relay->node);
    adit_list_append(&link->relays, &relay->node);
    adit_ring_entry_init(&relay->turn);
    adit_channel_set_user_data(channel, mark(relay));
    *out = relay;
    return ADIT_OK;

failed:
    (void)close(fd);
    free(relay);
    return err;
}

/* ---- what the owner may do ---- */

struct adit_relay_counts adit_relay_carried(const struct adit_relay *relay)
{
    return relay->counts;
}

void adit_relay_abort(struct adit_relay *relay)
{
    if (relay->fd < 0)
        return; /* it is ending already */
    if (relay->channel) {
        adit_relay_fail(relay);
    } else if (relay->linger) {
        relay->give_up_ms = 0; /* at the next turn: ended() does not come from inside here */
        adit_timer_set(relay->linger, 0);
    }
}
