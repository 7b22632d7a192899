/* SPDX-License-Identifier: BSD-2-Clause */
/* What the link hands on, given to the part of the tunnel that it concerns. */
#include "base/span.h"
#include "base/text.h"
#include "tunnel/failure.h"
#include "tunnel/forward.h"
#include "tunnel/host_key_update.h"
#include "tunnel/passage.h"
#include "tunnel/tunnel.h"

enum { LINE_SIZE = 512 };

/* The peer's text may have several lines: each is one of the log. */
static void say_lines(struct adit_tunnel *t, const char *what, struct adit_span text)
{
    char line[LINE_SIZE];

    while (text.len > 0) {
        size_t len = 0;

        while (len < text.len && text.data[len] != '\n')
            len++;
        adit_user_say(
            &t->user, ADIT_SAY_INFO, "%s: %s", what,
            adit_text_printable(
                adit_span_of(text.data, len > 0 && text.data[len - 1] == '\r' ? len - 1 : len),
                line, sizeof line));
        if (len < text.len)
            len++;
        text.data += len;
        text.len -= len;
    }
}

/*
 * A server that asks for nothing (U16) is told of and used all the same, as ssh
 * does: which methods it wants is its own affair, and it is the one whose host
 * key is trusted. What made this dangerous elsewhere were prompts of the server
 * after such a login that look like the client's own; here it can ask nothing.
 */
static void authenticated(struct adit_tunnel *t)
{
    const struct adit_login *login = &t->attempt.auth.login;

    if (login->keys_tried == 0 && login->passwords_tried == 0 && login->interactive_tried == 0)
        adit_user_say(&t->user, ADIT_SAY_INFO,
                      "WARNING: the gateway let %s in without asking for a key or a password",
                      t->settings.user);
    adit_tunnel_set_stage(t, ADIT_STAGE_UP);
    adit_tunnel_set_timeout(t, UINT64_MAX);
    adit_session_no_more_sessions(adit_link_session(t->attempt.link));
    adit_user_say(&t->user, ADIT_SAY_DEBUG1, "logged in at %s:%u as %s", t->settings.host,
                  t->settings.port, t->settings.user);
    adit_step_tell(t, ADIT_STEP_LOGGED_IN, t->settings.user);
    adit_tunnel_came_up(t);
}

static void follow_host_keys(struct adit_tunnel *t, const struct adit_event *event)
{
    if (event->type == ADIT_EVENT_HOST_KEYS)
        adit_host_key_update_offered(t, &event->host_keys);
    else
        adit_host_key_update_proved(t, &event->host_keys);
}

static void handle(struct adit_tunnel *t, const struct adit_event *event)
{
    switch (event->type) {
    case ADIT_EVENT_IDENTIFIED:
        adit_attempt_identified(t, event->text);
        break;
    case ADIT_EVENT_HOST_KEY:
        adit_attempt_host_key(t, &event->host_key);
        break;
    case ADIT_EVENT_KEYS_CHANGED:
        adit_attempt_keys_changed(t);
        break;
    case ADIT_EVENT_BANNER:
        say_lines(t, "gateway says", event->text);
        break;
    case ADIT_EVENT_DEBUG:
        adit_gateway_said(t, event);
        break;
    case ADIT_EVENT_AUTH_NEEDED:
        adit_auth_needed(t, &event->auth_needed);
        break;
    case ADIT_EVENT_AUTH_KEY_ACCEPTED:
        adit_auth_key_accepted(t);
        break;
    case ADIT_EVENT_AUTH_PROMPTS:
        adit_interactive_prompts(t, &event->auth_prompts);
        break;
    case ADIT_EVENT_AUTHENTICATED:
        authenticated(t);
        break;
    case ADIT_EVENT_CHANNEL_OPEN:
        adit_arrival_start(t, event->channel, &event->open);
        break;
    case ADIT_EVENT_CHANNEL_CONFIRMED:
        adit_passage_confirmed(t, event->channel);
        break;
    case ADIT_EVENT_CHANNEL_REFUSED:
        adit_passage_refused(t, event->channel, &event->refused);
        break;
    case ADIT_EVENT_FORWARD_ANSWERED:
        adit_remote_forward_answered(&event->forward);
        break;
    case ADIT_EVENT_HOST_KEYS:
    case ADIT_EVENT_HOST_KEYS_PROVED:
        follow_host_keys(t, event);
        break;
    case ADIT_EVENT_CHANNEL_DATA: /* of a channel that has no relay */
    case ADIT_EVENT_CHANNEL_WRITABLE:
    case ADIT_EVENT_CHANNEL_EOF:
    case ADIT_EVENT_CHANNEL_CLOSED:
        adit_arrival_event(event);
        break;
    case ADIT_EVENT_CHANNEL_DENIED: /* the gateway knows why */
    case ADIT_EVENT_SENDING_RESUMED:
    case ADIT_EVENT_ENDED:        /* on_ended() comes with the reason */
    case ADIT_EVENT_AUTH_REQUEST: /* the rest comes to servers only */
    case ADIT_EVENT_FORWARD_REQUEST:
    case ADIT_EVENT_FORWARD_CANCEL:
        break;
    }
}

static void on_event(void *owner, struct adit_link *link, const struct adit_event *event)
{
    struct adit_tunnel *t = owner;

    (void)link;
    if (t->stage != ADIT_STAGE_WAITING && t->stage < ADIT_STAGE_ENDING)
        handle(t, event); /* or else it is being let go */
}

static void on_ended(void *owner, struct adit_link *link, enum adit_err err, const char *text)
{
    struct adit_tunnel *t = owner;
    struct adit_failure failure;

    (void)link;
    t->attempt.link = NULL;
    if (t->stage != ADIT_STAGE_WAITING && t->stage < ADIT_STAGE_ENDING) {
        adit_attempt_describe_end(t, err ? err : ADIT_ERR_DISCONNECTED, text, &failure);
        adit_tunnel_fail(t, &failure);
    }
    adit_attempt_cancel(t);
    adit_tunnel_settle(t);
}

const struct adit_link_owner adit_tunnel_link_owner = { .event = on_event, .ended = on_ended };
