/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A client lives as long as its link: the relays of a link end before it does
 * and have told by then what they carried, for the one line about the end.
 */
#include "client.h"

#include "asked.h"
#include "base/memory.h"
#include "base/span.h"
#include "forward.h"
#include "login.h"
#include "net/listen.h"
#include "net/socket.h"
#include "opening.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { REFUSALS_PER_SECOND = 20 };

/* ---- words for the log ------------------------------------------------------- */

const char *adit_holder_name(const struct adit_holder *holder, char *out, size_t size)
{
    char user[2 * ADIT_USER_SIZE];

    (void)snprintf(out, size, "user=%s%s%s from=%s",
                   adit_log_word(adit_span_text(holder->user), user, sizeof user),
                   holder->fingerprint[0] ? " key=" : "", holder->fingerprint, holder->peer);
    return out;
}

const char *adit_client_name(const struct adit_client *client, char *out, size_t size)
{
    if (client->logged_in)
        return adit_holder_name(&client->who, out, size);
    (void)snprintf(out, size, "from=%s", client->who.peer);
    return out;
}

/* What was refused without a line of its own. */
static void log_unlogged(struct adit_client *client)
{
    char name[320];

    if (client->refusals > REFUSALS_PER_SECOND)
        adit_log_line(&client->worker->log, ADIT_LOG_INFO, "refused %s: %u more",
                      adit_client_name(client, name, sizeof name),
                      client->refusals - REFUSALS_PER_SECOND);
    client->refusals = 0;
}

void adit_client_log_refusal(struct adit_client *client, const char *text)
{
    const uint64_t now = adit_loop_now_ms(client->worker->loop);
    char name[320];

    if (now - client->refusals_since_ms >= 1000) {
        log_unlogged(client);
        client->refusals_since_ms = now;
    }
    if (client->refusals++ < REFUSALS_PER_SECOND)
        adit_log_line(&client->worker->log, ADIT_LOG_INFO, "refused %s: %s",
                      adit_client_name(client, name, sizeof name), text);
}

static void log_login(const struct adit_client *client)
{
    const struct adit_holder *who = &client->who;
    const struct adit_key_options *options = client->key_options;
    const char *comment = options && options->comment ? options->comment : "";
    char user[2 * ADIT_USER_SIZE];
    char shown[160];

    (void)adit_log_word(adit_span_text(who->user), user, sizeof user);
    if (who->fingerprint[0])
        adit_log_line(&client->worker->log, ADIT_LOG_INFO,
                      "login user=%s key=%s comment=%s from=%s", user, who->fingerprint,
                      adit_log_quoted(adit_span_text(comment), shown, sizeof shown),
                      client->who.peer);
    else
        adit_log_line(&client->worker->log, ADIT_LOG_INFO, "login user=%s method=password from=%s",
                      user, client->who.peer);
}

static void log_agreement(const struct adit_client *client)
{
    const struct adit_agreement *a = adit_session_agreement(adit_link_session(client->link));

    if (a == NULL)
        return;
    adit_log_line(&client->worker->log, ADIT_LOG_VERBOSE,
                  "keys from=%s kex=%s host_key=%s cipher=%s,%s mac=%s,%s compression=%s,%s "
                  "strict=%s",
                  client->who.peer, a->kex, a->host_key, a->cipher_c2s, a->cipher_s2c, a->mac_c2s,
                  a->mac_s2c, a->compression_c2s, a->compression_s2c, a->strict_kex ? "yes" : "no");
}

static void log_end(const struct adit_client *client, const char *why)
{
    const uint64_t seconds = (adit_loop_now_ms(client->worker->loop) - client->started_ms) / 1000;
    char name[320];

    (void)adit_client_name(client, name, sizeof name);
    if (client->logged_in)
        adit_log_line(&client->worker->log, ADIT_LOG_INFO,
                      "end %s sent=%llu received=%llu seconds=%llu: %s", name,
                      (unsigned long long)client->sent, (unsigned long long)client->received,
                      (unsigned long long)seconds, why);
    else if (client->tries)
        adit_log_line(&client->worker->log, ADIT_LOG_INFO, "refused login %s tries=%u: %s", name,
                      client->tries, client->refusal);
    else
        adit_log_line(&client->worker->log, ADIT_LOG_INFO, "end %s seconds=%llu, no login: %s",
                      name, (unsigned long long)seconds, why);
}

/* ---- life ---------------------------------------------------------------------- */

static void release_slot(struct adit_client *client)
{
    if (client->has_startup_slot)
        adit_startups_release(&client->worker->shared->startups);
    client->has_startup_slot = false;
}

static void client_free(struct adit_client *client)
{
    struct adit_worker *worker = client->worker;

    if (client->key_options)
        adit_key_options_clear(client->key_options);
    free(client->key_options);
    adit_settings_unref(client->settings);
    adit_list_remove(&client->node);
    free(client);
    adit_worker_session_ended(worker);
}

/* Nothing of it may be found any more by others, or answered. */
static void let_go(struct adit_client *client)
{
    client->ending = true;
    release_slot(client);
    adit_user_session_leave(&client->worker->shared->user_sessions, &client->place);
    client->has_place = false;
    adit_login_cancel(client);
    adit_openings_cancel(client);
    adit_asked_forget(client);
    adit_forwards_close(client);
}

void adit_client_end(struct adit_client *client, const char *text)
{
    if (client->ending)
        return;
    client->end_text = text;
    let_go(client);
    adit_link_close(client->link, text);
}

static void ended(void *owner, struct adit_link *link, enum adit_err err, const char *text)
{
    struct adit_client *client = owner;

    (void)link;
    let_go(client);
    if (client->end_text)
        text = client->end_text;
    else if (text == NULL || *text == '\0')
        text = adit_err_text(err ? err : ADIT_ERR_DISCONNECTED);
    log_unlogged(client);
    log_end(client, text);
    client_free(client);
}

void adit_client_relay_ended(void *arg, const struct adit_relay_counts *counts)
{
    struct adit_client *client = arg;

    client->sent += counts->to_channel;
    client->received += counts->to_socket;
}

struct adit_policy adit_client_policy(const struct adit_client *client)
{
    struct adit_policy policy = adit_policy_of(&client->worker->settings->config);

    policy.is_try = client->worker->shared->options->is_try;
    policy.key = client->key_options;
    return policy;
}

/* ---- events ---------------------------------------------------------------------- */

static void authenticated(struct adit_client *client)
{
    release_slot(client);
    client->logged_in = true;
    log_login(client);
}

/* The client could not reach what its -R leads to, or does not know the listener any more. */
static void forwarded_refused(struct adit_client *client, const struct adit_refused_event *refused)
{
    char shown[200];
    char text[240];

    (void)snprintf(text, sizeof text, "client side: %s",
                   adit_log_quoted(refused->text, shown, sizeof shown));
    adit_client_log_refusal(client, text);
}

/* A session, which is a shell, above all. */
static void turned_away(struct adit_client *client, const struct adit_event *event)
{
    char shown[80];
    char text[240];

    (void)snprintf(text, sizeof text, "a channel of type %s: %.*s",
                   adit_log_quoted(event->data, shown, sizeof shown), (int)event->text.len,
                   (const char *)event->text.data);
    adit_client_log_refusal(client, text);
}

static void event(void *owner, struct adit_link *link, const struct adit_event *event)
{
    struct adit_client *client = owner;
    char text[256];

    (void)link;
    if (client->ending)
        return;
    /* Not a switch: most events are the client's side's, the relay's or the link's. */
    if (event->type == ADIT_EVENT_AUTH_REQUEST)
        adit_login_request(client, &event->auth_request);
    else if (event->type == ADIT_EVENT_AUTHENTICATED)
        authenticated(client);
    else if (event->type == ADIT_EVENT_CHANNEL_OPEN)
        adit_opening_start(client, event->channel, &event->open);
    else if (event->type == ADIT_EVENT_FORWARD_REQUEST)
        adit_asked(client, &event->forward, false);
    else if (event->type == ADIT_EVENT_FORWARD_CANCEL)
        adit_asked(client, &event->forward, true);
    else if (event->type == ADIT_EVENT_CHANNEL_REFUSED)
        forwarded_refused(client, &event->refused);
    else if (event->type == ADIT_EVENT_CHANNEL_DENIED)
        turned_away(client, event);
    else if (event->type == ADIT_EVENT_KEYS_CHANGED)
        log_agreement(client);
    else if (event->type == ADIT_EVENT_IDENTIFIED)
        adit_log_line(&client->worker->log, ADIT_LOG_VERBOSE, "identified from=%s software=%s",
                      client->who.peer, adit_log_quoted(event->text, text, sizeof text));
}

static void name_peer(struct adit_client *client, const struct sockaddr *peer)
{
    uint16_t port = 0;

    if (peer == NULL) {
        (void)snprintf(client->host, sizeof client->host, "UNKNOWN");
        (void)snprintf(client->who.peer, sizeof client->who.peer, "UNKNOWN");
        return;
    }
    adit_address_text(peer, client->host, sizeof client->host, &port);
    (void)adit_policy_target(client->host, port, client->who.peer, sizeof client->who.peer);
}

static void close_sockets(const struct adit_client_socket *socket)
{
    (void)close(socket->in);
    if (socket->out != socket->in)
        (void)close(socket->out);
}

static struct adit_client *client_new(struct adit_worker *worker,
                                      const struct adit_client_socket *socket)
{
    struct adit_client *client = adit_new(sizeof *client);

    if (client == NULL)
        return NULL;
    client->worker = worker;
    client->settings = adit_settings_ref(worker->settings);
    client->started_ms = adit_loop_now_ms(worker->loop);
    client->has_startup_slot = true;
    client->who.worker = worker;
    client->who.session = socket->session;
    adit_list_init(&client->forwards);
    adit_list_init(&client->asked);
    adit_list_init(&client->openings);
    adit_user_session_init(&client->place);
    name_peer(client, socket->peer);
    adit_list_init(&client->node);
    adit_list_append(&worker->clients, &client->node);
    return client;
}

void adit_client_start(struct adit_worker *worker, const struct adit_client_socket *socket)
{
    static const struct adit_link_owner callbacks = { .event = event, .ended = ended };
    struct adit_session_settings session = adit_settings_session(worker->settings);
    struct adit_client *client = client_new(worker, socket);
    enum adit_err err;

    session.window_memory = worker->shared->window_memory;
    if (client == NULL) {
        close_sockets(socket);
        adit_startups_release(&worker->shared->startups);
        adit_worker_session_ended(worker);
        return;
    }
    if (worker->settings->config.tcp_keep_alive)
        adit_socket_keep_alive(socket->in);
    err = adit_link_new(worker->loop, socket->in, socket->out, &session, &callbacks, client,
                        &client->link);
    if (!err)
        return;
    adit_log_line(&worker->log, ADIT_LOG_ERROR, "refused from=%s: %s", client->who.peer,
                  adit_err_text(err));
    release_slot(client);
    client_free(client);
}

struct adit_client *adit_client_find(const struct adit_worker *worker, uint64_t session)
{
    for (struct adit_list *node = worker->clients.next; node != &worker->clients;
         node = node->next) {
        struct adit_client *client = ADIT_LIST_ENTRY(node, struct adit_client, node);

        if (client->who.session == session)
            return client->ending ? NULL : client;
    }
    return NULL;
}
