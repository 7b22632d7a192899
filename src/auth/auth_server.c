/* SPDX-License-Identifier: BSD-2-Clause */
#include "auth/auth_server.h"

#include "base/memory.h"
#include "base/span.h"
#include "base/text.h"
#include "keys/certificate.h"
#include "keys/key.h"
#include "keys/public_line.h"
#include "wire/auth_messages.h"

#include <stdlib.h>

enum {
    REQUESTS_MAX = 128, /* of every kind, probes included */
    USER_MAX = 256,
    PASSWORD_MAX = 1024,
    SIGNED_MAX = 64 * 1024,
};

void adit_auth_server_clear(struct adit_auth_server *a)
{
    free(a->user);
    free(a->probe);
    a->user = NULL;
    a->probe = NULL;
}

static enum adit_err fault(struct adit_auth_server *a, enum adit_err err, const char *why)
{
    return adit_transport_fault(a->transport, err, why);
}

enum adit_err adit_auth_server_handle_service_request(struct adit_auth_server *a,
                                                      struct adit_span payload)
{
    struct adit_span name;
    struct adit_writer w;
    enum adit_err err = adit_parse_service(payload, &name);

    if (err)
        return fault(a, err, "SERVICE_REQUEST is malformed");
    if (!adit_span_is(name, "ssh-userauth"))
        return fault(a, ADIT_ERR_PROTOCOL, "SERVICE_REQUEST for another service than ssh-userauth");
    a->service_accepted = true;
    w = adit_transport_message(a->transport);
    adit_write_service_accept(&w, "ssh-userauth");
    err = adit_transport_send(a->transport, &w);
    if (!err && a->banner) {
        const struct adit_msg_userauth_banner banner = { adit_span_text(a->banner),
                                                         ADIT_SPAN_EMPTY };
        w = adit_transport_message(a->transport);
        adit_write_userauth_banner(&w, &banner);
        err = adit_transport_send(a->transport, &w);
    }
    return err;
}

static enum adit_err send_failure(struct adit_auth_server *a, const char *can_continue,
                                  bool partial_success)
{
    char text[ADIT_METHODS_TEXT_SIZE];
    const struct adit_msg_userauth_failure msg = {
        adit_span_text(can_continue ? can_continue : adit_methods_text(&a->methods, text)),
        partial_success
    };
    struct adit_writer w = adit_transport_message(a->transport);

    adit_write_userauth_failure(&w, &msg);
    return adit_transport_send(a->transport, &w);
}

/* A try that came to nothing, and counts. */
static enum adit_err refuse(struct adit_auth_server *a, const char *can_continue)
{
    if (++a->failures >= a->tries_max)
        return fault(a, ADIT_ERR_AUTH, "too many login attempts that failed");
    return send_failure(a, can_continue, false);
}

/* What nobody is asked about leaves no trace; the session wipes the rest after its event. */
static void wipe_unless_asked(const struct adit_auth_server *a, struct adit_span secrets)
{
    const union {
        const uint8_t *lent;
        uint8_t *own; /* it stands in our own input */
    } bytes = { secrets.data };

    if (!a->pending && secrets.len)
        adit_wipe(bytes.own, secrets.len);
}

static struct adit_auth_request_event *put_to_driver(struct adit_auth_server *a,
                                                     enum adit_auth_method method)
{
    struct adit_auth_request_event *ask =
        &adit_events_add(a->transport->events, ADIT_EVENT_AUTH_REQUEST)->auth_request;

    a->pending = true;
    a->pending_method = method;
    ask->method = method;
    ask->user = adit_span_of(a->user, a->user_len);
    return ask;
}

/* RFC 4252, 7: the signature covers the session's id and the request before it. */
static enum adit_err verify_request(const struct adit_auth_server *a,
                                    const struct adit_msg_userauth_request *request,
                                    const struct adit_userauth_publickey *fields,
                                    const struct adit_signature_algorithm *algorithm,
                                    const struct adit_key *key)
{
    const struct adit_kex *kex = &a->transport->kex;
    const struct adit_userauth_publickey unsigned_fields = { true, fields->algorithm,
                                                             fields->key_blob, ADIT_SPAN_EMPTY,
                                                             fields->host_key };
    struct adit_buffer method_data = adit_buffer_init(SIGNED_MAX);
    struct adit_buffer data = adit_buffer_init(SIGNED_MAX);
    struct adit_writer m = adit_writer_init(&method_data);
    struct adit_writer w = adit_writer_init(&data);
    struct adit_msg_userauth_request signed_request = *request;
    enum adit_err err;

    adit_write_userauth_publickey(&m, &unsigned_fields);
    signed_request.method_data = adit_buffer_span(&method_data);
    adit_write_string(&w, adit_span_of(kex->session_id, kex->session_id_len));
    adit_write_userauth_request(&w, &signed_request);
    err = adit_writer_finish(&m);
    if (!err)
        err = adit_writer_finish(&w);
    if (!err)
        err = adit_pkey_verify(key->pkey, algorithm, adit_buffer_span(&data), fields->signature);
    adit_buffer_clear(&method_data);
    adit_buffer_clear(&data);
    return err;
}

/* The algorithm and the blob of a probe, kept as PK_OK's payload gives them back. */
static enum adit_err keep_probe(struct adit_auth_server *a,
                                const struct adit_userauth_publickey *fields)
{
    const struct adit_msg_userauth_pk_ok msg = { fields->algorithm, fields->key_blob };
    struct adit_buffer payload = adit_buffer_init(SIGNED_MAX);
    struct adit_writer w = adit_writer_init(&payload);
    enum adit_err err;

    adit_write_userauth_pk_ok(&w, &msg);
    err = adit_writer_finish(&w);
    if (err) {
        adit_buffer_clear(&payload);
        return err;
    }
    free(a->probe);
    a->probe = payload.data; /* taken over */
    a->probe_len = payload.len;
    return ADIT_OK;
}

/* The key that has to have signed: of a certificate, the one that it certifies. */
static enum adit_err read_key(struct adit_span blob, struct adit_key **out)
{
    struct adit_buffer plain = adit_buffer_init(blob.len);
    enum adit_err err = adit_blob_plain(blob, &plain);

    if (!err)
        err = adit_key_from_blob(adit_buffer_span(&plain), out);
    adit_buffer_clear(&plain);
    return err;
}

/* With several methods in a row, each key counts once. */
static enum adit_err note_key(struct adit_auth_server *a, const struct adit_key *key, bool *is_used)
{
    const struct adit_span blob = adit_key_blob(key);
    const enum adit_err err = adit_hash_digest(ADIT_HASH_SHA256, &blob, 1, a->key_digest);
    const size_t size = adit_hash_size(ADIT_HASH_SHA256);

    *is_used = false;
    for (size_t i = 0; !err && i < a->used_key_count; i++)
        *is_used = *is_used || memcmp(a->used_keys[i], a->key_digest, size) == 0;
    return err;
}

/* Whoever relays a login to us has shown the client another host key (U10). */
static bool is_bound_to_us(const struct adit_auth_server *a, struct adit_span host_key)
{
    const struct adit_kex *kex = &a->transport->kex;

    return kex->host_key_len &&
           adit_span_equal(host_key, adit_span_of(kex->host_key, kex->host_key_len));
}

static enum adit_err handle_publickey(struct adit_auth_server *a,
                                      const struct adit_msg_userauth_request *request,
                                      bool is_host_bound)
{
    struct adit_userauth_publickey fields;
    const struct adit_signature_algorithm *algorithm;
    struct adit_auth_request_event *ask;
    struct adit_key *key = NULL;
    bool is_used;
    enum adit_err err = is_host_bound
                            ? adit_parse_userauth_host_bound(request->method_data, &fields)
                            : adit_parse_userauth_publickey(request->method_data, &fields);

    if (err)
        return fault(a, err, "a publickey request is malformed");
    if (is_host_bound && !is_bound_to_us(a, fields.host_key))
        return refuse(a, NULL);
    algorithm = adit_text_list_has(adit_span_text(a->accepted), fields.algorithm)
                    ? adit_signature_find(fields.algorithm)
                    : NULL;
    if (!adit_methods_may_try(&a->methods, ADIT_METHOD_PUBLICKEY) || algorithm == NULL ||
        !adit_span_is(adit_blob_type(fields.key_blob), algorithm->key_name) ||
        read_key(fields.key_blob, &key) != ADIT_OK || adit_key_type(key) != algorithm->key_type) {
        adit_key_free(key);
        return refuse(a, NULL);
    }
    err = note_key(a, key, &is_used);
    if (!err && is_used)
        err = ADIT_ERR_SIGNATURE;
    else if (!err)
        err = fields.has_signature ? verify_request(a, request, &fields, algorithm, key)
                                   : keep_probe(a, &fields);
    adit_key_free(key);
    if (err == ADIT_ERR_SIGNATURE)
        return refuse(a, NULL);
    if (err)
        return err;
    ask = put_to_driver(a, fields.has_signature ? ADIT_AUTH_PUBLICKEY : ADIT_AUTH_PUBLICKEY_PROBE);
    ask->key_blob = fields.key_blob;
    ask->algorithm = algorithm->name;
    return ADIT_OK;
}

static enum adit_err handle_password(struct adit_auth_server *a,
                                     const struct adit_msg_userauth_request *request)
{
    struct adit_userauth_password fields;
    const enum adit_err err = adit_parse_userauth_password(request->method_data, &fields);

    if (err)
        return fault(a, err, "a password request is malformed");
    if (!adit_methods_may_try(&a->methods, ADIT_METHOD_PASSWORD) || fields.is_change ||
        fields.password.len > PASSWORD_MAX)
        return refuse(a, NULL);
    put_to_driver(a, ADIT_AUTH_PASSWORD)->password = fields.password;
    return ADIT_OK;
}

static enum adit_err handle_interactive(struct adit_auth_server *a,
                                        const struct adit_msg_userauth_request *request)
{
    struct adit_userauth_interactive fields;
    const enum adit_err err = adit_parse_userauth_interactive(request->method_data, &fields);

    if (err)
        return fault(a, err, "a keyboard-interactive request is malformed");
    if (!adit_methods_may_try(&a->methods, ADIT_METHOD_INTERACTIVE))
        return refuse(a, NULL);
    put_to_driver(a, ADIT_AUTH_INTERACTIVE);
    return ADIT_OK;
}

enum adit_err adit_auth_server_ask(struct adit_auth_server *a, const char *name,
                                   const char *instruction, const struct adit_auth_prompt *prompts,
                                   uint32_t count)
{
    const struct adit_msg_userauth_info_request msg = {
        .name = adit_span_text(name),
        .instruction = adit_span_text(instruction),
        .prompt_count = count,
    };
    struct adit_writer w;

    if (!a->pending ||
        (a->pending_method != ADIT_AUTH_INTERACTIVE && a->pending_method != ADIT_AUTH_ANSWERS))
        return ADIT_ERR_USAGE;
    a->pending = false;
    a->asking = true;
    a->prompt_count = count;
    w = adit_transport_message(a->transport);
    adit_write_userauth_info_request(&w, &msg);
    for (uint32_t i = 0; i < count; i++)
        adit_write_userauth_prompt(&w, prompts[i].text, prompts[i].echo);
    return adit_transport_send(a->transport, &w);
}

/* RFC 4256, 3.4: as many answers as there were prompts, or it has failed. */
static enum adit_err judge_info_response(struct adit_auth_server *a, struct adit_span payload)
{
    struct adit_msg_userauth_info_response msg;
    struct adit_auth_request_event *ask;
    const enum adit_err err = adit_parse_userauth_info_response(payload, &msg);

    if (err)
        return fault(a, err, "USERAUTH_INFO_RESPONSE is malformed");
    if (!a->asking)
        return fault(a, ADIT_ERR_PROTOCOL, "USERAUTH_INFO_RESPONSE to no question");
    if (++a->requests > REQUESTS_MAX)
        return fault(a, ADIT_ERR_AUTH, "too many login requests");
    a->asking = false;
    if (msg.answer_count != a->prompt_count)
        return refuse(a, NULL);
    ask = put_to_driver(a, ADIT_AUTH_ANSWERS);
    ask->answer_count = msg.answer_count;
    ask->answers = msg.answers;
    return ADIT_OK;
}

enum adit_err adit_auth_server_handle_info_response(struct adit_auth_server *a,
                                                    struct adit_span payload)
{
    const enum adit_err err = judge_info_response(a, payload);

    wipe_unless_asked(a, payload);
    return err;
}

/* U4: user and service are the same in every request. */
static enum adit_err check_names(struct adit_auth_server *a,
                                 const struct adit_msg_userauth_request *request)
{
    if (!adit_span_is(request->service_name, "ssh-connection"))
        return fault(a, ADIT_ERR_PROTOCOL, "a login for another service than ssh-connection");
    if (request->user_name.len > USER_MAX)
        return fault(a, ADIT_ERR_LIMIT, "the user name is too long");
    if (a->user) {
        if (!adit_span_equal(request->user_name, adit_span_of(a->user, a->user_len)))
            return fault(a, ADIT_ERR_PROTOCOL, "the user name changed between two requests");
        return ADIT_OK;
    }
    a->user = (uint8_t *)adit_text_copy(request->user_name);
    a->user_len = request->user_name.len;
    return a->user ? ADIT_OK : ADIT_ERR_NO_MEMORY;
}

static enum adit_err judge_request(struct adit_auth_server *a, struct adit_span payload)
{
    struct adit_msg_userauth_request request;
    enum adit_err err;

    if (a->authenticated)
        return ADIT_OK; /* RFC 4252, 5.1: silently ignored */
    err = adit_parse_userauth_request(payload, &request);
    if (err)
        return fault(a, err, "USERAUTH_REQUEST is malformed");
    if (++a->requests > REQUESTS_MAX)
        return fault(a, ADIT_ERR_AUTH, "too many login requests");
    err = check_names(a, &request);
    if (err)
        return err;
    a->asking = false; /* another request gives the prompts up (RFC 4256, 3.1) */
    if (adit_span_is(request.method_name, "publickey"))
        return handle_publickey(a, &request, false);
    if (adit_span_is(request.method_name, ADIT_METHOD_HOST_BOUND))
        return handle_publickey(a, &request, true);
    if (adit_span_is(request.method_name, "password"))
        return handle_password(a, &request);
    if (adit_span_is(request.method_name, "keyboard-interactive"))
        return handle_interactive(a, &request);
    if (adit_span_is(request.method_name, "none") && !a->none_seen) {
        a->none_seen = true; /* the first one is a question and costs no try (U6) */
        return send_failure(a, NULL, false);
    }
    return refuse(a, NULL);
}

enum adit_err adit_auth_server_handle_request(struct adit_auth_server *a, struct adit_span payload)
{
    const enum adit_err err = judge_request(a, payload);

    wipe_unless_asked(a, payload);
    return err;
}

static enum adit_method method_of(enum adit_auth_method pending)
{
    switch (pending) {
    case ADIT_AUTH_PASSWORD:
        return ADIT_METHOD_PASSWORD;
    case ADIT_AUTH_INTERACTIVE:
    case ADIT_AUTH_ANSWERS:
        return ADIT_METHOD_INTERACTIVE;
    case ADIT_AUTH_NONE:
    case ADIT_AUTH_PUBLICKEY_PROBE:
    case ADIT_AUTH_PUBLICKEY:
        break;
    }
    return ADIT_METHOD_PUBLICKEY;
}

/* The pending method is good. true: that is enough. */
static bool is_enough(struct adit_auth_server *a)
{
    const enum adit_method method = method_of(a->pending_method);

    if (method == ADIT_METHOD_PUBLICKEY && a->used_key_count < ADIT_METHODS_DONE_MAX)
        memcpy(a->used_keys[a->used_key_count++], a->key_digest, sizeof a->key_digest);
    return adit_methods_succeed(&a->methods, method);
}

enum adit_err adit_auth_server_verdict(struct adit_auth_server *a, enum adit_verdict verdict,
                                       const char *can_continue)
{
    struct adit_writer w;
    enum adit_err err;

    if (!a->pending)
        return ADIT_ERR_USAGE;
    a->pending = false;
    if (verdict == ADIT_VERDICT_NO)
        return refuse(a, can_continue);
    if (verdict == ADIT_VERDICT_PARTIAL && a->pending_method != ADIT_AUTH_PUBLICKEY_PROBE)
        return send_failure(a, can_continue, true);
    w = adit_transport_message(a->transport);
    if (a->pending_method == ADIT_AUTH_PUBLICKEY_PROBE) {
        /* U8: an answer to a question; it changes nothing here. */
        adit_write_bytes(&w, adit_span_of(a->probe, a->probe_len));
        return adit_transport_send(a->transport, &w);
    }
    if (!is_enough(a))
        return send_failure(a, NULL, true);
    adit_write_userauth_success(&w);
    err = adit_transport_send(a->transport, &w);
    if (err)
        return err;
    a->authenticated = true;
    adit_events_add(a->transport->events, ADIT_EVENT_AUTHENTICATED);
    return ADIT_OK;
}
