/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What happens at the end of a turn, and only there: events that are left are
 * handed on, relays fill the output, one write, the deadline is set, and a link
 * that is over ends. So ended() never comes while somebody works on the link.
 */
#include "net/link.h"

#include "base/memory.h"
#include "net/attention.h"
#include "net/link_state.h"
#include "net/network_change.h"
#include "net/poller.h"
#include "net/relay_state.h"
#include "net/socket.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    FLUSH_MS = 2000,
    /* What may wait in the socket's buffer beyond what is on its way. */
    UNSENT_MAX = 128 * 1024,
    /* Nobody tells when other links hold less: a link that reads nothing for that looks itself. */
    PAUSE_MS = 100,
    /* A turn that moves more is a part of a transfer. */
    TRANSFER_MIN = 8 * 1024,
    /* What is due so far away may come so much later. */
    FAR_MS = 4000,
    FAR_GRID_MS = 250,
};

static void schedule(struct adit_link *link)
{
    if (link->state != ADIT_LINK_ENDED)
        adit_task_schedule(link->loop, &link->task);
}

/* ---- events ---- */

enum route { TO_OWNER, TO_RELAY, TO_BOTH };

/* What is not named goes to the owner. */
static const uint8_t routes[ADIT_EVENT_ENDED + 1] = {
    [ADIT_EVENT_CHANNEL_CONFIRMED] = TO_BOTH, [ADIT_EVENT_CHANNEL_REFUSED] = TO_BOTH,
    [ADIT_EVENT_CHANNEL_DATA] = TO_RELAY,     [ADIT_EVENT_CHANNEL_WRITABLE] = TO_RELAY,
    [ADIT_EVENT_CHANNEL_EOF] = TO_RELAY,      [ADIT_EVENT_CHANNEL_CLOSED] = TO_RELAY,
};

static void tell_relay(struct adit_relay *relay, const struct adit_event *event)
{
    if (event->type == ADIT_EVENT_CHANNEL_EOF)
        adit_relay_eof(relay);
    else if (event->type == ADIT_EVENT_CHANNEL_CLOSED)
        adit_relay_closed(relay, event->aborted);
    else if (event->type == ADIT_EVENT_CHANNEL_REFUSED)
        adit_relay_lost(relay);
    else
        adit_relay_resume(relay);
}

static void hand_on(struct adit_link *link, const struct adit_event *event)
{
    const unsigned route = routes[event->type];
    struct adit_relay *relay = event->channel ? adit_relay_of(event->channel) : NULL;

    /* Nobody may use a refused channel, not even by aborting its relay. */
    if (relay && event->type == ADIT_EVENT_CHANNEL_REFUSED)
        relay->channel = NULL;
    if (relay == NULL || route != TO_RELAY) {
        link->owner->event(link->owner_data, link, event);
        /* Only then: a channel that asked to be opened may be gone, refused by the owner. */
        relay = route == TO_BOTH && event->channel ? adit_relay_of(event->channel) : NULL;
    }
    if (relay && route != TO_OWNER)
        tell_relay(relay, event);
}

/* Whether the event is data that was gathered; everything else must wait for it. */
static bool gather_data(struct adit_gather *gather, const struct adit_event *event)
{
    struct adit_relay *relay =
        event->type == ADIT_EVENT_CHANNEL_DATA ? adit_relay_of(event->channel) : NULL;

    if (gather->relay != relay || gather->count == ADIT_GATHER_MAX ||
        gather->len + event->data.len > ADIT_TOLD_MAX)
        adit_relay_data(gather);
    if (relay == NULL)
        return false;
    if (gather->relay == NULL) {
        gather->relay = relay;
        gather->count = 0;
        gather->len = 0;
    }
    gather->pieces[gather->count++] = event->data;
    gather->len += event->data.len;
    return true;
}

void adit_link_drain(struct adit_link *link)
{
    struct adit_gather gather = { .relay = NULL };
    struct adit_event event;

    while (adit_session_next_event(link->session, &event)) {
        if (gather_data(&gather, &event))
            continue;
        if (event.type == ADIT_EVENT_SENDING_RESUMED) {
            adit_link_release(link, &link->held_up);
            /* Window that came during the rekey may not have been told of. */
            adit_link_release(link, &link->starved);
        }
        if (event.type == ADIT_EVENT_ENDED && link->state == ADIT_LINK_LIVE)
            link->state = ADIT_LINK_OVER;
        hand_on(link, &event);
    }
    adit_relay_data(&gather);
}

void adit_link_release(struct adit_link *link, struct adit_list *waiting)
{
    struct adit_list *node;

    while ((node = adit_list_take_first(waiting)) != NULL)
        adit_ring_add_again(&link->ring, ADIT_LIST_ENTRY(node, struct adit_ring_entry, node));
}

/* ---- short messages beside long ones ---- */

void adit_link_talk(struct adit_link *link)
{
    if (adit_talk_hear(&link->talk, adit_loop_now_ms(link->loop)))
        adit_session_set_low_delay(link->session, true);
}

/* Those that are held up for low delay's sake look again now and then. */
static void review_talk(struct adit_link *link)
{
    const uint64_t now_ms = adit_loop_now_ms(link->loop);

    if (!link->talk.on || now_ms < link->review_ms)
        return;
    link->review_ms = now_ms + ADIT_TALK_MS / 2;
    if (adit_talk_ends(&link->talk, now_ms))
        adit_session_set_low_delay(link->session, false);
    adit_link_release(link, &link->starved);
}

/* Where questions and answers go by, be it beside much else, the next thing may come at once. */
static void attend(struct adit_link *link)
{
    struct adit_attention *attention = adit_poller_attention(adit_loop_poller(link->loop));

    if (link->moved && link->talk.on)
        adit_attention_pay(attention, adit_loop_now_ms(link->loop));
    else if (link->moved > TRANSFER_MIN)
        adit_attention_yield(attention, adit_loop_now_ms(link->loop));
    link->moved = 0;
}

/* ---- the end of a link ---- */

void adit_link_fail(struct adit_link *link, const char *call, int error)
{
    char words[64];

    link->write_broken = true;
    if (link->state != ADIT_LINK_LIVE)
        return;
    link->state = ADIT_LINK_OVER;
    link->err = ADIT_ERR_DISCONNECTED;
    (void)snprintf(link->text, sizeof link->text, "%s: %s", call,
                   adit_errno_text(error, words, sizeof words));
    schedule(link);
}

static void on_watch_closed(struct adit_link *link)
{
    if (--link->open_watches == 0)
        free(link);
}

static void on_in_closed(struct adit_watch *watch)
{
    on_watch_closed(ADIT_LIST_ENTRY(watch, struct adit_link, watch_in));
}

static void on_out_closed(struct adit_watch *watch)
{
    on_watch_closed(ADIT_LIST_ENTRY(watch, struct adit_link, watch_out));
}

static void close_descriptors(int in, int out)
{
    (void)close(in);
    if (out != in)
        (void)close(out);
}

/* The memory goes back in the last close callback. */
static void release(struct adit_link *link)
{
    adit_task_cancel(&link->task);
    adit_timer_free(link->timer);
    adit_session_free(link->session);
    link->session = NULL;
    adit_watch_close(&link->watch_in, on_in_closed);
    if (link->out != link->in)
        adit_watch_close(&link->watch_out, on_out_closed);
    close_descriptors(link->in, link->out);
}

static void end(struct adit_link *link)
{
    const bool asked = link->state == ADIT_LINK_CLOSING;
    enum adit_err err = ADIT_OK;
    const char *text = "";
    struct adit_list *node;

    link->state = ADIT_LINK_ENDED;
    while ((node = adit_list_take_first(&link->relays)) != NULL)
        adit_relay_lost(ADIT_LIST_ENTRY(node, struct adit_relay, node));
    if (!asked) {
        err = link->err ? link->err : adit_session_error(link->session);
        text = link->err ? link->text : adit_session_error_text(link->session);
    }
    link->owner->ended(link->owner_data, link, err, text);
    release(link);
}

static bool is_finished(const struct adit_link *link)
{
    if (link->state == ADIT_LINK_LIVE)
        return false;
    return link->write_broken || adit_session_output_size(link->session) == 0 ||
           adit_loop_now_ms(link->loop) >= link->flush_due_ms;
}

/* ---- the end of a turn ---- */

/* Thousands of sessions that ask for signs of life are served by a few wake-ups a second. */
static uint64_t session_deadline(const struct adit_link *link)
{
    const uint64_t due_ms = adit_session_deadline(link->session);

    if (due_ms == UINT64_MAX || due_ms < adit_loop_now_ms(link->loop) + FAR_MS)
        return due_ms;
    return (due_ms / FAR_GRID_MS + 1) * FAR_GRID_MS;
}

static void set_deadline(struct adit_link *link)
{
    uint64_t due_ms = session_deadline(link);

    if (link->state != ADIT_LINK_LIVE && link->flush_due_ms == UINT64_MAX)
        link->flush_due_ms = adit_loop_now_ms(link->loop) + FLUSH_MS;
    /* Nothing else may ever tell those that are held up for low delay's sake. */
    if (link->talk.on && !adit_list_is_empty(&link->starved) && link->review_ms < due_ms)
        due_ms = link->review_ms;
    if (link->paused && adit_loop_now_ms(link->loop) + PAUSE_MS < due_ms)
        due_ms = adit_loop_now_ms(link->loop) + PAUSE_MS;
    adit_timer_set(link->timer, due_ms < link->flush_due_ms ? due_ms : link->flush_due_ms);
}

static void on_turn_end(struct adit_task *task)
{
    struct adit_link *link = ADIT_LIST_ENTRY(task, struct adit_link, task);
    bool took_input;

    if (link->paused)
        adit_link_note_silence(link); /* before it is judged, perhaps later than it should be */
    adit_session_advance(link->session, adit_loop_now_ms(link->loop));
    adit_link_drain(link);
    review_talk(link);
    adit_task_cancel(task); /* what was woken for so far is served here */
    took_input = adit_session_takes_input(link->session);
    if (adit_link_write(link))
        adit_link_release(link, &link->held_up);
    if (is_finished(link)) {
        end(link);
        return;
    }
    adit_link_watch(link);
    set_deadline(link);
    attend(link);
    if (!link->write_blocked && !adit_ring_is_empty(&link->ring))
        schedule(link);
    /* Packets that came before the output was full wait in the session, where nobody tells of them. */
    if (!took_input && adit_session_takes_input(link->session))
        schedule(link);
}

static void on_deadline(void *arg)
{
    schedule(arg);
}

/* ---- the poller ---- */

static void on_ready(struct adit_link *link, unsigned events)
{
    if (link->state == ADIT_LINK_ENDED)
        return;
    if (events & (ADIT_WATCH_WRITE | ADIT_WATCH_BROKEN))
        link->write_blocked = false;
    if (events & (ADIT_WATCH_READ | ADIT_WATCH_BROKEN))
        adit_link_read(link);
    schedule(link);
}

static void on_in_ready(struct adit_watch *watch, unsigned events)
{
    on_ready(ADIT_LIST_ENTRY(watch, struct adit_link, watch_in), events);
}

static void on_out_ready(struct adit_watch *watch, unsigned events)
{
    /* A pipe whose reader has gone: the write will say so. */
    on_ready(ADIT_LIST_ENTRY(watch, struct adit_link, watch_out),
             events & ADIT_WATCH_BROKEN ? ADIT_WATCH_WRITE : events);
}

/* ---- the beginning ---- */

static enum adit_err open_watches(struct adit_link *link)
{
    enum adit_err err;

    adit_socket_no_block(link->in);
    err = adit_watch_open(&link->watch_in, link->loop, link->in, ADIT_WATCH_READ, on_in_ready);
    if (err)
        return err;
    link->open_watches = 1;
    if (link->out == link->in)
        return ADIT_OK;
    adit_socket_no_block(link->out);
    err = adit_watch_open(&link->watch_out, link->loop, link->out, 0, on_out_ready);
    if (err) {
        adit_watch_close(&link->watch_in, on_in_closed);
        return err;
    }
    link->open_watches = 2;
    return ADIT_OK;
}

/* NOLINTNEXTLINE(readability-function-size): seven parameters are its contract */
enum adit_err adit_link_new(struct adit_loop *loop, int in, int out,
                            const struct adit_session_settings *settings,
                            const struct adit_link_owner *owner, void *owner_data,
                            struct adit_link **out_link)
{
    struct adit_link *link = adit_new(sizeof *link);
    enum adit_err err = ADIT_ERR_NO_MEMORY;

    *out_link = NULL;
    if (link == NULL)
        goto failed;
    link->loop = loop;
    link->owner = owner;
    link->owner_data = owner_data;
    link->memory = settings->window_memory;
    link->in = in;
    link->out = out;
    link->out_is_socket = true;
    link->flush_due_ms = UINT64_MAX;
    adit_task_init(&link->task, on_turn_end);
    adit_list_init(&link->relays);
    adit_list_init(&link->held_up);
    adit_list_init(&link->starved);
    adit_ring_init(&link->ring);

    err =
        adit_session_new(settings, adit_loop_buffers(loop), adit_loop_now_ms(loop), &link->session);
    if (err)
        goto failed;
    err = adit_timer_new(loop, on_deadline, link, &link->timer);
    if (err)
        goto failed;
    err = open_watches(link);
    if (err)
        goto failed;

    adit_socket_no_delay(out);
    adit_socket_limit_unsent(out, UNSENT_MAX);
    schedule(link);
    *out_link = link;
    return ADIT_OK;

failed:
    close_descriptors(in, out);
    if (link == NULL)
        return err;
    adit_timer_free(link->timer);
    adit_session_free(link->session);
    if (link->open_watches == 0)
        free(link);
    return err;
}

/* ---- what the owner may do ---- */

struct adit_session *adit_link_session(struct adit_link *link)
{
    return link->session;
}

struct adit_loop *adit_link_loop(struct adit_link *link)
{
    return link->loop;
}

bool adit_link_has_address(const struct adit_link *link)
{
    return adit_socket_has_address(link->out);
}

void adit_link_wake(struct adit_link *link)
{
    schedule(link);
}

void adit_link_close(struct adit_link *link, const char *text)
{
    if (link->state != ADIT_LINK_LIVE)
        return;
    link->state = ADIT_LINK_CLOSING;
    adit_session_disconnect(link->session, text);
    schedule(link);
}
