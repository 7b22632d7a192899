/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Packets are opened one at a time, when the driver pulls: the events of one
 * are drained before the next is looked at. So nothing queues up, every span
 * in an event points into the packet that it came with, and a driver that does
 * not pull is back-pressure enough.
 */
#include "session/session.h"

#include "base/memory.h"
#include "base/span.h"
#include "base/text.h"
#include "crypto/algorithms.h"
#include "keys/certificate.h"
#include "keys/public_line.h"

#include <stdio.h>
#include <stdlib.h>

enum { LIST_TEXT_SIZE = 400 };

/* ---- the end ---- */

static uint32_t disconnect_reason(enum adit_err err)
{
    static const uint8_t reasons[] = {
        [ADIT_ERR_NO_AGREEMENT] = SSH_DISCONNECT_KEY_EXCHANGE_FAILED,
        [ADIT_ERR_SIGNATURE] = SSH_DISCONNECT_KEY_EXCHANGE_FAILED,
        [ADIT_ERR_INTEGRITY] = SSH_DISCONNECT_MAC_ERROR,
        [ADIT_ERR_HOST_KEY] = SSH_DISCONNECT_HOST_KEY_NOT_VERIFIABLE,
        [ADIT_ERR_AUTH] = SSH_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE,
        [ADIT_ERR_LIMIT] = SSH_DISCONNECT_BY_APPLICATION,
        [ADIT_ERR_TIMEOUT] = SSH_DISCONNECT_CONNECTION_LOST,
        [ADIT_ERR_NO_MEMORY] = SSH_DISCONNECT_BY_APPLICATION,
        [ADIT_ERR_CRYPTO] = SSH_DISCONNECT_BY_APPLICATION,
        [ADIT_ERR_USAGE] = SSH_DISCONNECT_BY_APPLICATION,
    };

    return (size_t)err < ADIT_ARRAY_LEN(reasons) && reasons[err] ? reasons[err]
                                                                 : SSH_DISCONNECT_PROTOCOL_ERROR;
}

static void send_disconnect(struct adit_session *s, uint32_t reason, const char *text)
{
    const struct adit_msg_disconnect msg = { reason, adit_span_text(text), ADIT_SPAN_EMPTY };
    struct adit_writer w = adit_transport_message(&s->transport);

    adit_write_disconnect(&w, &msg);
    /* If this fails too, the peer learns it from the end of the connection. */
    (void)!adit_transport_send(&s->transport, &w);
}

/* The option that would let the two agree, as the client or the gateway takes it. */
static void describe_remedy(const struct adit_session *s, const struct adit_remedy *remedy,
                            char *text, size_t size)
{
    char name[80];

    text[0] = '\0';
    if (remedy->keyword == NULL)
        return;
    if (remedy->name.len == 0)
        (void)snprintf(text, size, "; none of the peer's is known here");
    else
        (void)snprintf(text, size,
                       s->role == ADIT_CLIENT ? "; -o %s=+%s would allow it"
                                              : "; \"%s +%s\" would allow it",
                       remedy->keyword, adit_text_printable(remedy->name, name, sizeof name));
}

/* Of a KEXINIT's list what can be chosen: names that only tell of an extension cannot. */
static const char *list_text(struct adit_span list, char out[static LIST_TEXT_SIZE])
{
    static const char *const marks[] = { "ext-info-", "kex-strict-" };
    char names[2 * LIST_TEXT_SIZE];
    size_t len = 0;
    struct adit_span name;

    while (adit_text_list_next(&list, &name) && name.len < sizeof names - len - 1) {
        bool is_mark = false;

        for (size_t i = 0; i < ADIT_ARRAY_LEN(marks); i++)
            is_mark = is_mark || (name.len > strlen(marks[i]) &&
                                  memcmp(name.data, marks[i], strlen(marks[i])) == 0);
        if (is_mark)
            continue;
        if (len > 0)
            names[len++] = ',';
        memcpy(names + len, name.data, name.len);
        len += name.len;
    }
    return adit_text_printable(adit_span_of((const uint8_t *)names, len), out, LIST_TEXT_SIZE);
}

/* Both lists, the peer's first, as ours can be looked up; and what would help. */
static void describe_no_agreement(const struct adit_session *s, char *text, size_t size)
{
    const struct adit_kex *kex = &s->transport.kex;
    struct adit_msg_kexinit own = { 0 };
    struct adit_msg_kexinit peer = { 0 };
    struct adit_remedy remedy;
    char ours[LIST_TEXT_SIZE];
    char theirs[LIST_TEXT_SIZE];
    char help[160];

    (void)!adit_parse_kexinit(adit_span_of(kex->own_kexinit, kex->own_kexinit_len), &own);
    (void)!adit_parse_kexinit(adit_span_of(kex->peer_kexinit, kex->peer_kexinit_len), &peer);
    remedy = adit_negotiate_remedy(&peer, kex->failed_list);
    describe_remedy(s, &remedy, help, sizeof help);
    (void)snprintf(text, size, "no common %s%s; the peer's: %s; ours: %s",
                   adit_kexinit_list_text(kex->failed_list), help,
                   list_text(peer.lists[kex->failed_list], theirs),
                   list_text(own.lists[kex->failed_list], ours));
}

static void describe_not_ssh(const struct adit_session *s, char *text, size_t size)
{
    const struct adit_transport *t = &s->transport;
    struct adit_span said = adit_span_of(t->bytes + t->at, t->len - t->at);
    const uint8_t *newline = memchr(said.data, '\n', said.len);
    char shown[80];

    if (newline)
        said.len = (size_t)(newline - said.data);
    if (said.len && said.data[said.len - 1] == '\r')
        said.len--;
    (void)snprintf(text, size, ADIT_WHY_NOT_SSH "; it said: %s",
                   adit_text_printable(said, shown, sizeof shown));
}

static void describe(const struct adit_session *s, enum adit_err err, char *text, size_t size)
{
    const char *why = s->transport.why;

    if (err == ADIT_ERR_NO_AGREEMENT && why == NULL)
        describe_no_agreement(s, text, size);
    else if (why && strcmp(why, ADIT_WHY_NOT_SSH) == 0)
        describe_not_ssh(s, text, size);
    else
        (void)snprintf(text, size, "%s", why ? why : adit_err_text(err));
}

void adit_session_fail(struct adit_session *s, enum adit_err err, const char *text)
{
    char sentence[ADIT_ERROR_TEXT_SIZE];

    if (s->err)
        return;
    if (text)
        (void)snprintf(sentence, sizeof sentence, "%s", text);
    else
        describe(s, err, sentence, sizeof sentence);
    s->err = err;
    s->err_text = adit_text_copy(adit_span_text(sentence));
    if (err != ADIT_ERR_DISCONNECTED)
        send_disconnect(s, disconnect_reason(err), sentence);
    adit_events_add(&s->events, ADIT_EVENT_ENDED);
}

void adit_session_disconnect(struct adit_session *s, const char *text)
{
    if (s->err)
        return;
    send_disconnect(s, SSH_DISCONNECT_BY_APPLICATION, text);
    adit_session_fail(s, ADIT_ERR_DISCONNECTED, text);
}

/* ---- the beginning ---- */

/* With the key itself, or with a certificate for it. */
static bool can_show(const struct adit_session_settings *settings, const struct adit_key *key,
                     const struct adit_signature_algorithm *algorithm)
{
    if (adit_span_is(adit_blob_type(adit_key_blob(key)), algorithm->key_name))
        return true;
    for (size_t i = 0; i < settings->host_certificate_count; i++)
        if (adit_span_is(adit_blob_type(settings->host_certificates[i]), algorithm->key_name) &&
            adit_certificate_is_for(settings->host_certificates[i], adit_key_blob(key)))
            return true;
    return false;
}

/* The server can offer what it has keys for, in the order of the wanted list. */
static enum adit_err list_host_keys(const struct adit_session_settings *settings,
                                    const char *wanted, char **out)
{
    struct adit_buffer names = adit_buffer_init(4096);
    struct adit_span list = adit_span_text(wanted);
    struct adit_span name;
    enum adit_err err = ADIT_OK;

    *out = NULL;
    while (!err && adit_text_list_next(&list, &name)) {
        const struct adit_signature_algorithm *algorithm = adit_signature_find(name);
        bool have = false;

        for (size_t i = 0; algorithm && i < settings->host_key_count; i++)
            have = have || can_show(settings, settings->host_keys[i], algorithm);
        if (!have)
            continue;
        if (names.len)
            err = adit_buffer_append(&names, adit_span_text(","));
        if (!err)
            err = adit_buffer_append(&names, name);
    }
    if (!err) {
        *out = adit_text_copy(adit_buffer_span(&names));
        err = *out == NULL ? ADIT_ERR_NO_MEMORY : names.len ? ADIT_OK : ADIT_ERR_NO_AGREEMENT;
    }
    adit_buffer_clear(&names);
    return err;
}

static const char *list_or_default(const char *list, enum adit_algorithm_kind kind)
{
    return list ? list : adit_algorithms_default(kind, adit_processor_has_aes());
}

static enum adit_err set_algorithms(struct adit_session *s,
                                    const struct adit_session_settings *settings)
{
    const struct adit_algorithms *a = &settings->algorithms;
    const char *ciphers = list_or_default(a->ciphers, ADIT_ALGORITHM_CIPHER);
    const char *macs = list_or_default(a->macs, ADIT_ALGORITHM_MAC);
    const char *host_keys = list_or_default(a->host_keys, ADIT_ALGORITHM_HOST_KEY);
    const char *accepted = a->pubkey_accepted;
    const char **lists = s->transport.kexinit_lists;
    enum adit_err err;

    if (accepted == NULL)
        accepted = s->role == ADIT_CLIENT ? adit_algorithms_default(ADIT_ALGORITHM_USER_KEY, true)
                                          : adit_algorithms_supported(ADIT_ALGORITHM_HOST_KEY);
    if (a->host_keys == NULL && settings->host_certificate_count > 0)
        host_keys = adit_algorithms_supported(ADIT_ALGORITHM_HOST_KEY);
    if (s->role == ADIT_SERVER) {
        err = list_host_keys(settings, host_keys, &s->host_key_names);
        if (err)
            return err;
        host_keys = s->host_key_names;
    }
    lists[ADIT_KEXINIT_KEX] = list_or_default(
        a->kex, s->role == ADIT_SERVER ? ADIT_ALGORITHM_SERVER_KEX : ADIT_ALGORITHM_KEX);
    lists[ADIT_KEXINIT_HOST_KEY] = host_keys;
    lists[ADIT_KEXINIT_CIPHER_C2S] = lists[ADIT_KEXINIT_CIPHER_S2C] = ciphers;
    lists[ADIT_KEXINIT_MAC_C2S] = lists[ADIT_KEXINIT_MAC_S2C] = macs;
    lists[ADIT_KEXINIT_COMPRESSION_C2S] = lists[ADIT_KEXINIT_COMPRESSION_S2C] =
        list_or_default(a->compression, ADIT_ALGORITHM_COMPRESSION);
    lists[ADIT_KEXINIT_LANGUAGES_C2S] = lists[ADIT_KEXINIT_LANGUAGES_S2C] = "";
    s->transport.server_sig_algs = accepted;
    s->auth_client.accepted = accepted;
    s->auth_server.accepted = accepted;
    return ADIT_OK;
}

static uint64_t or_default(uint64_t value, uint64_t otherwise)
{
    return value ? value : otherwise;
}

static void set_limits(struct adit_session *s, const struct adit_session_settings *settings)
{
    struct adit_transport *t = &s->transport;
    struct adit_connection *c = &s->connection;

    t->rekey_bytes = or_default(settings->rekey_bytes, UINT64_C(1) << 30);
    if (t->rekey_bytes > ADIT_REKEY_BYTES_MAX)
        t->rekey_bytes = ADIT_REKEY_BYTES_MAX;
    t->rekey_ms = or_default(settings->rekey_ms, UINT64_C(3600) * 1000);
    t->kex_timeout_ms = or_default(settings->kex_timeout_ms, UINT64_C(60) * 1000);
    t->require_strict_kex = settings->require_strict_kex;
    t->host_keys = settings->host_keys;
    t->host_key_count = settings->host_key_count;
    t->host_certificates = settings->host_certificates;
    t->host_certificate_count = settings->host_certificate_count;
    c->channels_max = (uint32_t)or_default(settings->channels_max, 16384);
    c->window_initial = (uint32_t)or_default(settings->window_initial, UINT64_C(256) << 10);
    c->window_memory = settings->window_memory;
    c->window_max = (uint32_t)or_default(settings->window_max, UINT64_C(64) << 20);
    c->host_keys_told = settings->host_keys_told;
    s->login_grace_ms = or_default(settings->login_grace_ms, UINT64_C(120) * 1000);
    s->alive_interval_ms = settings->alive_interval_ms;
    s->alive_count_max = (unsigned)or_default(settings->alive_count_max, 3);
    s->auth_client.user = settings->user;
    s->auth_client.unbound = settings->publickey_unbound;
    s->auth_server.banner = settings->banner;
    s->auth_server.tries_max = (unsigned)or_default(settings->auth_tries_max, 6);
    s->auth_server.methods = (struct adit_methods){
        .offered = { [ADIT_METHOD_PUBLICKEY] = !settings->publickey_not_offered,
                     [ADIT_METHOD_INTERACTIVE] = settings->interactive_offered,
                     [ADIT_METHOD_PASSWORD] = settings->password_offered },
        .lists = settings->auth_methods,
        .list_count = settings->auth_methods_count,
    };
}

static enum adit_err set_identification(struct adit_session *s, const char *software_version)
{
    char line[128];
    const int len = snprintf(line, sizeof line, "SSH-2.0-%s",
                             software_version ? software_version : "adit_" ADIT_VERSION);

    if (len < 0 || (size_t)len >= sizeof line)
        return ADIT_ERR_USAGE;
    s->transport.own_identification = adit_text_copy(adit_span_text(line));
    return s->transport.own_identification ? ADIT_OK : ADIT_ERR_NO_MEMORY;
}

enum adit_err adit_session_new(const struct adit_session_settings *settings,
                               struct adit_buffers *buffers, uint64_t now_ms,
                               struct adit_session **out)
{
    struct adit_session *s;
    enum adit_err err;

    *out = NULL;
    if ((settings->role == ADIT_SERVER && settings->host_key_count == 0) ||
        (settings->role == ADIT_CLIENT && settings->user == NULL))
        return ADIT_ERR_USAGE;
    s = adit_new(sizeof *s);
    if (s == NULL)
        return ADIT_ERR_NO_MEMORY;
    s->role = settings->role;
    s->started_ms = s->heard_ms = s->asked_ms = now_ms;
    s->alive_due_ms = UINT64_MAX;
    s->transport.role = settings->role;
    s->transport.buffers = buffers;
    s->transport.events = &s->events;
    s->transport.now_ms = now_ms;
    s->auth_client.transport = &s->transport;
    s->auth_server.transport = &s->transport;
    adit_connection_init(&s->connection, &s->transport);
    set_limits(s, settings);
    err = set_algorithms(s, settings);
    if (!err)
        err = set_identification(s, settings->software_version);
    if (!err)
        err = adit_transport_start(&s->transport);
    if (err) {
        adit_session_free(s);
        return err;
    }
    *out = s;
    return ADIT_OK;
}

void adit_session_free(struct adit_session *s)
{
    if (s == NULL)
        return;
    adit_connection_clear(&s->connection);
    adit_auth_client_clear(&s->auth_client);
    adit_auth_server_clear(&s->auth_server);
    adit_transport_clear(&s->transport);
    free(s->host_key_names);
    free(s->err_text);
    free(s);
}

/* ---- bytes ---- */

/* Nobody is being asked, and there is room for what a packet causes. */
bool adit_session_takes_input(const struct adit_session *s)
{
    return s->err == ADIT_OK && !s->host_key_unjudged && !s->auth_server.pending &&
           s->transport.output.size < ADIT_OUTPUT_FULL;
}

void adit_session_input_buffer(struct adit_session *s, uint8_t **buf, size_t *cap)
{
    *buf = NULL;
    *cap = 0;
    if (adit_session_takes_input(s))
        adit_transport_input_buffer(&s->transport, buf, cap);
}

void adit_session_input_filled(struct adit_session *s, size_t len)
{
    adit_transport_input_filled(&s->transport, len);
}

bool adit_session_has_prelude(const struct adit_session *s)
{
    return s->transport.prelude != NULL && s->transport.peer_identification == NULL;
}

void adit_session_input_closed(struct adit_session *s)
{
    const struct adit_transport *t = &s->transport;
    char shown[120];
    char text[200];

    if (t->peer_identification != NULL)
        (void)snprintf(text, sizeof text, "the peer closed the connection");
    else if (t->prelude == NULL)
        (void)snprintf(text, sizeof text, "the peer closed the connection without a word");
    else
        (void)snprintf(text, sizeof text,
                       "the peer closed the connection before it spoke SSH; it said: %s",
                       adit_text_printable(adit_span_text(t->prelude), shown, sizeof shown));
    adit_session_fail(s, ADIT_ERR_DISCONNECTED, text);
}

size_t adit_session_output(const struct adit_session *s, struct adit_span *spans, size_t max)
{
    return adit_output_spans(&s->transport.output, spans, max);
}

size_t adit_session_output_size(const struct adit_session *s)
{
    return s->transport.output.size;
}

void adit_session_output_sent(struct adit_session *s, size_t len)
{
    adit_output_sent(&s->transport.output, s->transport.buffers, len);
}

/* ---- events ---- */

static void rekey_if_due(struct adit_session *s)
{
    enum adit_err err;

    if (s->err || !s->authenticated || !adit_transport_rekey_due(&s->transport))
        return;
    err = adit_kex_offer(&s->transport);
    if (err)
        adit_session_fail(s, err, NULL);
}

static void take_packet(struct adit_session *s, bool *more)
{
    struct adit_span payload;
    char text[64];
    enum adit_err err;

    s->transport.why = NULL;
    err = adit_transport_next_payload(&s->transport, &payload);
    if (!err && payload.len) {
        s->heard_ms = s->transport.now_ms;
        adit_session_found_alive(s);
        err = adit_dispatch(s, payload);
        if (err == ADIT_ERR_PROTOCOL && s->transport.why == NULL) {
            (void)snprintf(text, sizeof text, "message %u is not legal now", payload.data[0]);
            adit_session_fail(s, err, text);
        }
    }
    if (err)
        adit_session_fail(s, err, NULL);
    *more = payload.len || !adit_events_is_empty(&s->events);
    rekey_if_due(s);
}

/* What a pulled event obliges the session to. */
static void note_event(struct adit_session *s, const struct adit_event *event)
{
    const struct adit_auth_request_event *request = &event->auth_request;
    const struct adit_span *password =
        request->method == ADIT_AUTH_ANSWERS ? &request->answers : &request->password;

    if (event->type == ADIT_EVENT_HOST_KEY)
        s->host_key_unjudged = true;
    if (event->type != ADIT_EVENT_AUTH_REQUEST || password->len == 0)
        return;
    /* It stands in our own input. */
    s->secret = s->transport.bytes + (password->data - s->transport.bytes);
    s->secret_len = password->len;
}

bool adit_session_next_event(struct adit_session *s, struct adit_event *event)
{
    bool more = true;
    enum adit_err err;

    if (s->secret_len)
        adit_wipe(s->secret, s->secret_len);
    s->secret_len = 0;
    adit_connection_forget_told(&s->connection);
    adit_transport_forget_spent(&s->transport);
    while (more) {
        if (adit_events_take(&s->events, event)) {
            note_event(s, event);
            return true;
        }
        if (adit_connection_next_event(&s->connection, event))
            return true;
        if (!adit_session_takes_input(s))
            break;
        take_packet(s, &more);
    }
    err = adit_transport_keep_rest(&s->transport);
    if (err) {
        adit_session_fail(s, err, NULL);
        return adit_events_take(&s->events, event);
    }
    return false;
}

/* ---- questions ---- */

enum adit_err adit_session_error(const struct adit_session *s)
{
    return s->err;
}

const char *adit_session_error_text(const struct adit_session *s)
{
    if (s->err == ADIT_OK)
        return "";
    return s->err_text ? s->err_text : adit_err_text(s->err);
}

bool adit_session_is_authenticated(const struct adit_session *s)
{
    return s->authenticated;
}

void adit_session_set_user_data(struct adit_session *s, void *user_data)
{
    s->user_data = user_data;
}

void *adit_session_user_data(const struct adit_session *s)
{
    return s->user_data;
}

struct adit_span adit_session_peer_identification(const struct adit_session *s)
{
    return adit_span_text(s->transport.peer_identification);
}

const struct adit_agreement *adit_session_agreement(const struct adit_session *s)
{
    return &s->agreement;
}
