/* SPDX-License-Identifier: BSD-2-Clause */
#include "auth/auth_client.h"

#include "base/memory.h"
#include "base/span.h"
#include "base/text.h"
#include "keys/key.h"
#include "keys/public_line.h"
#include "wire/auth_messages.h"

#include <stdlib.h>

enum {
    FAILURES_MAX = 64, /* a server that never stops saying no (U18) */
    BANNERS_MAX = 32,
    BANNER_SIZE_MAX = 64 * 1024,
    SIGNED_MAX = 32 * 1024,
    ROUNDS_MAX = 64, /* of prompts, in one session */
    PROMPTS_MAX = 32,
    PROMPTS_SIZE_MAX = 32 * 1024,
};

static const char connection_service[] = "ssh-connection";
static const char userauth_service[] = "ssh-userauth";

static enum adit_err send_request(struct adit_auth_client *a, const char *method,
                                  struct adit_span method_data)
{
    struct adit_writer w = adit_transport_message(a->transport);
    const struct adit_msg_userauth_request msg = {
        adit_span_text(a->user),
        adit_span_text(connection_service),
        adit_span_text(method),
        method_data,
    };

    adit_write_userauth_request(&w, &msg);
    return adit_transport_send(a->transport, &w);
}

enum adit_err adit_auth_client_start(struct adit_auth_client *a)
{
    struct adit_writer w = adit_transport_message(a->transport);
    enum adit_err err;

    adit_write_service_request(&w, userauth_service);
    err = adit_transport_send(a->transport, &w);
    if (err)
        return err;
    a->outstanding = ADIT_TRY_NONE;
    return send_request(a, "none", ADIT_SPAN_EMPTY);
}

void adit_auth_client_clear(struct adit_auth_client *a)
{
    free(a->server_sig_algs);
    free(a->can_continue);
    adit_buffer_clear(&a->offered_blob);
    adit_buffer_clear(&a->challenge);
    a->server_sig_algs = NULL;
    a->can_continue = NULL;
}

enum adit_err adit_auth_client_sig_algs(struct adit_auth_client *a, struct adit_span names)
{
    char *copy = adit_text_copy(names);

    if (copy == NULL)
        return ADIT_ERR_NO_MEMORY;
    free(a->server_sig_algs);
    a->server_sig_algs = copy;
    return ADIT_OK;
}

/* The server's list names plain algorithms only, as those inside of signatures are. */
static bool server_takes(const struct adit_auth_client *a,
                         const struct adit_signature_algorithm *algorithm)
{
    const struct adit_span names = adit_span_text(a->server_sig_algs);

    return a->server_sig_algs == NULL ||
           adit_text_list_has(names, adit_span_text(algorithm->signature_name)) ||
           adit_text_list_has(names, adit_span_text(algorithm->name));
}

/*
 * The first algorithm of ours that fits the key and that the server named. A
 * server that named none gets our first that fits.
 */
static const struct adit_signature_algorithm *choose_algorithm(const struct adit_auth_client *a,
                                                               struct adit_span blob)
{
    const struct adit_span type = adit_blob_type(blob);
    struct adit_span names = adit_span_text(a->accepted);
    struct adit_span name;

    while (adit_text_list_next(&names, &name)) {
        const struct adit_signature_algorithm *algorithm = adit_signature_find(name);

        if (algorithm && adit_span_is(type, algorithm->key_name) && server_takes(a, algorithm))
            return algorithm;
    }
    return NULL;
}

/*
 * A try may be made when the server waits for one, and no other is under way.
 * A round of prompts may be left for another try (RFC 4256, 3.1).
 */
static enum adit_err begin_try(struct adit_auth_client *a)
{
    adit_buffer_empty(&a->challenge);
    if (a->prompted)
        return ADIT_OK;
    return a->asked && a->outstanding == ADIT_TRY_NOTHING ? ADIT_OK : ADIT_ERR_USAGE;
}

static void begun(struct adit_auth_client *a, enum adit_auth_try try)
{
    adit_buffer_empty(&a->challenge);
    a->prompted = false;
    a->outstanding = try;
    a->asked = false;
}

/* Appends the request for the blob, without a signature. */
static enum adit_err write_offer(struct adit_auth_client *a, struct adit_span blob, bool signs,
                                 struct adit_writer *w)
{
    struct adit_buffer method_data = adit_buffer_init(SIGNED_MAX);
    struct adit_writer m = adit_writer_init(&method_data);
    const struct adit_kex *kex = &a->transport->kex;
    const bool binds = signs && a->takes_host_bound && !a->unbound;
    const struct adit_userauth_publickey fields = {
        .has_signature = signs,
        .algorithm = adit_span_text(a->offered->name),
        .key_blob = blob,
        .host_key = binds ? adit_span_of(kex->host_key, kex->host_key_len) : ADIT_SPAN_EMPTY,
    };
    enum adit_err err;

    adit_write_userauth_publickey(&m, &fields);
    err = adit_writer_finish(&m);
    if (!err) {
        const struct adit_msg_userauth_request msg = {
            adit_span_text(a->user),
            adit_span_text(connection_service),
            adit_span_text(binds ? ADIT_METHOD_HOST_BOUND : "publickey"),
            adit_buffer_span(&method_data),
        };

        adit_write_userauth_request(w, &msg);
        err = adit_writer_finish(w);
    }
    adit_buffer_clear(&method_data);
    return err;
}

static enum adit_err begin_offer(struct adit_auth_client *a, struct adit_span blob)
{
    const enum adit_err err = begin_try(a);

    if (err)
        return err;
    a->offered = choose_algorithm(a, blob);
    if (a->offered == NULL)
        return ADIT_ERR_UNSUPPORTED;
    a->offered_blob.limit = a->challenge.limit = SIGNED_MAX;
    adit_buffer_empty(&a->offered_blob);
    return adit_buffer_append(&a->offered_blob, blob);
}

enum adit_err adit_auth_client_probe(struct adit_auth_client *a, struct adit_span blob)
{
    struct adit_writer w;
    enum adit_err err = begin_offer(a, blob);

    if (err)
        return err;
    w = adit_transport_message(a->transport);
    err = write_offer(a, blob, false, &w);
    if (!err)
        err = adit_transport_send(a->transport, &w);
    if (!err)
        begun(a, ADIT_TRY_PROBE);
    return err;
}

/* What is signed (RFC 4252, 7): the session's id and the request up to the key. */
enum adit_err adit_auth_client_challenge(struct adit_auth_client *a, struct adit_span blob,
                                         struct adit_auth_challenge *out)
{
    const struct adit_kex *kex = &a->transport->kex;
    struct adit_writer w;
    enum adit_err err = begin_offer(a, blob);

    if (err)
        return err;
    w = adit_writer_init(&a->challenge);
    adit_write_string(&w, adit_span_of(kex->session_id, kex->session_id_len));
    err = write_offer(a, blob, true, &w);
    if (err) {
        adit_buffer_empty(&a->challenge);
        return err;
    }
    *out =
        (struct adit_auth_challenge){ a->offered->signature_name, adit_buffer_span(&a->challenge) };
    return ADIT_OK;
}

/* Whether the signature's own name is that of the algorithm that was announced. */
static bool is_as_announced(const struct adit_auth_client *a, struct adit_span signature)
{
    struct adit_reader r = adit_reader_init(signature);

    return adit_span_is(adit_read_string(&r), a->offered->signature_name) && adit_reader_ok(&r);
}

enum adit_err adit_auth_client_signature(struct adit_auth_client *a, struct adit_span signature)
{
    const size_t session_id_len = sizeof(uint32_t) + a->transport->kex.session_id_len;
    struct adit_writer w;
    enum adit_err err;

    if (a->challenge.len == 0)
        return ADIT_ERR_USAGE;
    if (!is_as_announced(a, signature))
        return ADIT_ERR_SIGNATURE;
    w = adit_transport_message(a->transport);
    adit_write_bytes(
        &w, adit_span_of(a->challenge.data + session_id_len, a->challenge.len - session_id_len));
    adit_write_string(&w, signature);
    err = adit_writer_finish(&w);
    if (!err)
        err = adit_transport_send(a->transport, &w);
    if (!err)
        begun(a, ADIT_TRY_PUBLICKEY);
    return err;
}

enum adit_err adit_auth_client_try_key(struct adit_auth_client *a, const struct adit_key *key,
                                       struct adit_span blob)
{
    struct adit_buffer signature = adit_buffer_init(ADIT_SIGNATURE_MAX);
    struct adit_auth_challenge challenge;
    enum adit_err err;

    if (!adit_key_is_private(key))
        return ADIT_ERR_UNSUPPORTED;
    err = adit_auth_client_challenge(a, blob, &challenge);
    if (!err)
        err = adit_pkey_sign(key->pkey, a->offered, challenge.data, &signature);
    if (!err)
        err = adit_auth_client_signature(a, adit_buffer_span(&signature));
    adit_buffer_clear(&signature);
    return err;
}

enum adit_err adit_auth_client_try_password(struct adit_auth_client *a, const char *password)
{
    struct adit_buffer method_data = adit_buffer_init_secret(SIGNED_MAX);
    struct adit_writer w = adit_writer_init(&method_data);
    const struct adit_userauth_password fields = { false, adit_span_text(password),
                                                   ADIT_SPAN_EMPTY };
    enum adit_err err = begin_try(a);

    if (err)
        return err;
    adit_write_userauth_password(&w, &fields);
    err = adit_writer_finish(&w);
    if (!err) {
        a->transport->buffers->scratch.secret = true;
        err = send_request(a, "password", adit_buffer_span(&method_data));
        adit_buffer_clear(&a->transport->buffers->scratch);
        a->transport->buffers->scratch.secret = false;
    }
    if (!err)
        begun(a, ADIT_TRY_PASSWORD);
    adit_buffer_clear(&method_data);
    return err;
}

enum adit_err adit_auth_client_try_interactive(struct adit_auth_client *a)
{
    struct adit_buffer method_data = adit_buffer_init(SIGNED_MAX);
    struct adit_writer w = adit_writer_init(&method_data);
    const struct adit_userauth_interactive fields = { ADIT_SPAN_EMPTY, ADIT_SPAN_EMPTY };
    enum adit_err err = begin_try(a);

    if (err)
        return err;
    adit_write_userauth_interactive(&w, &fields);
    err = adit_writer_finish(&w);
    if (!err)
        err = send_request(a, "keyboard-interactive", adit_buffer_span(&method_data));
    if (!err)
        begun(a, ADIT_TRY_INTERACTIVE);
    adit_buffer_clear(&method_data);
    return err;
}

enum adit_err adit_auth_client_answers(struct adit_auth_client *a, const char *const *answers,
                                       uint32_t count)
{
    struct adit_writer w;
    enum adit_err err;

    if (!a->prompted || count != a->prompt_count)
        return ADIT_ERR_USAGE;
    a->transport->buffers->scratch.secret = true;
    w = adit_transport_message(a->transport);
    adit_write_userauth_info_response(&w, answers, count);
    err = adit_transport_send(a->transport, &w);
    adit_buffer_clear(&a->transport->buffers->scratch);
    a->transport->buffers->scratch.secret = false;
    if (!err)
        a->prompted = false;
    return err;
}

enum adit_err adit_auth_client_handle_service_accept(struct adit_auth_client *a,
                                                     struct adit_span payload)
{
    struct adit_span name;
    const enum adit_err err = adit_parse_service(payload, &name);

    if (err)
        return adit_transport_fault(a->transport, err, "SERVICE_ACCEPT is malformed");
    if (a->service_accepted || !adit_span_is(name, userauth_service))
        return adit_transport_fault(a->transport, ADIT_ERR_PROTOCOL,
                                    "SERVICE_ACCEPT for a service that was not asked for");
    a->service_accepted = true;
    return ADIT_OK;
}

enum adit_err adit_auth_client_handle_failure(struct adit_auth_client *a, struct adit_span payload)
{
    struct adit_msg_userauth_failure msg;
    struct adit_auth_needed_event *needed;
    char *can_continue;
    const enum adit_err err = adit_parse_userauth_failure(payload, &msg);

    if (err)
        return adit_transport_fault(a->transport, err, "USERAUTH_FAILURE is malformed");
    if (!a->service_accepted || a->outstanding == ADIT_TRY_NOTHING)
        return adit_transport_fault(a->transport, ADIT_ERR_PROTOCOL,
                                    "USERAUTH_FAILURE without a request");
    if (++a->failures > FAILURES_MAX)
        return adit_transport_fault(a->transport, ADIT_ERR_AUTH,
                                    "the server goes on refusing without an end");
    can_continue = adit_text_copy(msg.can_continue);
    if (can_continue == NULL)
        return ADIT_ERR_NO_MEMORY;
    free(a->can_continue);
    a->can_continue = (uint8_t *)can_continue;
    a->outstanding = ADIT_TRY_NOTHING;
    a->prompted = false;
    a->asked = true;
    needed = &adit_events_add(a->transport->events, ADIT_EVENT_AUTH_NEEDED)->auth_needed;
    needed->can_continue = adit_span_of(a->can_continue, msg.can_continue.len);
    needed->partial_success = msg.partial_success;
    return ADIT_OK;
}

enum adit_err adit_auth_client_handle_success(struct adit_auth_client *a, struct adit_span payload)
{
    const enum adit_err err = adit_parse_userauth_success(payload);

    if (err)
        return adit_transport_fault(a->transport, err, "USERAUTH_SUCCESS is malformed");
    /* A probe asks a question; "you are in" is no answer to it. Nor comes it before our answers. */
    if (!a->service_accepted || a->outstanding == ADIT_TRY_NOTHING ||
        a->outstanding == ADIT_TRY_PROBE || a->prompted)
        return adit_transport_fault(a->transport, ADIT_ERR_PROTOCOL,
                                    "USERAUTH_SUCCESS without a request");
    a->outstanding = ADIT_TRY_NOTHING;
    a->asked = false;
    return ADIT_OK;
}

enum adit_err adit_auth_client_handle_banner(struct adit_auth_client *a, struct adit_span payload)
{
    struct adit_msg_userauth_banner msg;
    const enum adit_err err = adit_parse_userauth_banner(payload, &msg);

    if (err)
        return adit_transport_fault(a->transport, err, "USERAUTH_BANNER is malformed");
    if (++a->banners > BANNERS_MAX || msg.message.len > BANNER_SIZE_MAX)
        return adit_transport_fault(a->transport, ADIT_ERR_LIMIT, "too many banners");
    adit_events_add(a->transport->events, ADIT_EVENT_BANNER)->text = msg.message;
    return ADIT_OK;
}

static enum adit_err handle_pk_ok(struct adit_auth_client *a, struct adit_span payload)
{
    struct adit_msg_userauth_pk_ok msg;
    const enum adit_err err = adit_parse_userauth_pk_ok(payload, &msg);

    if (err)
        return adit_transport_fault(a->transport, err, "USERAUTH_PK_OK is malformed");
    if (!adit_span_is(msg.algorithm, a->offered->name) ||
        !adit_span_equal(msg.key_blob, adit_buffer_span(&a->offered_blob)))
        return adit_transport_fault(a->transport, ADIT_ERR_PROTOCOL,
                                    "USERAUTH_PK_OK for another key than was asked about");
    a->outstanding = ADIT_TRY_NOTHING;
    a->asked = true;
    adit_events_add(a->transport->events, ADIT_EVENT_AUTH_KEY_ACCEPTED);
    return ADIT_OK;
}

static enum adit_err handle_info_request(struct adit_auth_client *a, struct adit_span payload)
{
    struct adit_msg_userauth_info_request msg;
    struct adit_auth_prompts_event *prompts;
    const enum adit_err err = adit_parse_userauth_info_request(payload, &msg);

    if (err)
        return adit_transport_fault(a->transport, err, "USERAUTH_INFO_REQUEST is malformed");
    if (a->prompted)
        return adit_transport_fault(a->transport, ADIT_ERR_PROTOCOL,
                                    "USERAUTH_INFO_REQUEST before the answers to the last one");
    if (++a->rounds > ROUNDS_MAX || msg.prompt_count > PROMPTS_MAX ||
        payload.len > PROMPTS_SIZE_MAX)
        return adit_transport_fault(a->transport, ADIT_ERR_LIMIT, "too many prompts");
    a->prompted = true;
    a->prompt_count = msg.prompt_count;
    prompts = &adit_events_add(a->transport->events, ADIT_EVENT_AUTH_PROMPTS)->auth_prompts;
    prompts->name = msg.name;
    prompts->instruction = msg.instruction;
    prompts->prompt_count = msg.prompt_count;
    prompts->prompts = msg.prompts;
    return ADIT_OK;
}

enum adit_err adit_auth_client_handle_method(struct adit_auth_client *a, struct adit_span payload)
{
    if (a->outstanding == ADIT_TRY_PROBE && payload.data[0] == SSH_MSG_USERAUTH_PK_OK)
        return handle_pk_ok(a, payload);
    if (a->outstanding == ADIT_TRY_INTERACTIVE && payload.data[0] == SSH_MSG_USERAUTH_INFO_REQUEST)
        return handle_info_request(a, payload);
    /* No password is changed from here: such a request is a plain "no" (RFC 4252, 8). */
    if (a->outstanding == ADIT_TRY_PASSWORD && payload.data[0] == SSH_MSG_USERAUTH_PASSWD_CHANGEREQ)
        return adit_transport_fault(a->transport, ADIT_ERR_AUTH,
                                    "the password has expired and must be changed at the server");
    return adit_transport_fault(a->transport, ADIT_ERR_PROTOCOL,
                                "a login message that no method of ours waits for");
}
