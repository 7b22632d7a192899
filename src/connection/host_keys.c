/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The server tells of all its host keys, and the client has those proved that it
 * does not know (OpenSSH's PROTOCOL, 2.5): so keys can be replaced in good time.
 */
#include "connection/connection.h"

#include "base/span.h"
#include "crypto/pkey.h"
#include "keys/key.h"
#include "keys/public_line.h"
#include "wire/host_key_messages.h"

enum {
    /* A client asks once; each signature costs us time. */
    PROOFS_MAX = 2 * ADIT_HOST_KEY_LIST_MAX,
    LIST_MAX_BYTES = 128 * 1024,
};

static struct adit_span session_id(const struct adit_connection *c)
{
    return adit_span_of(c->transport->kex.session_id, c->transport->kex.session_id_len);
}

/* With what an RSA key signs is agreed on in the key exchange, if it was about one. */
static const struct adit_signature_algorithm *agreed_for_rsa(const struct adit_connection *c)
{
    const struct adit_signature_algorithm *algorithm = c->transport->kex.chosen.host_key;

    if (algorithm == NULL || algorithm->key_type != ADIT_KEY_RSA)
        return NULL;
    return adit_signature_find(adit_span_text(algorithm->signature_name));
}

static enum adit_err proof_data(const struct adit_connection *c, struct adit_span blob,
                                struct adit_buffer *out)
{
    struct adit_writer w = adit_writer_init(out);

    adit_buffer_empty(out);
    adit_write_host_key_proof(&w, session_id(c), blob);
    return adit_writer_finish(&w);
}

/* ---- the server ---- */

enum adit_err adit_connection_send_host_keys(struct adit_connection *c)
{
    const struct adit_transport *t = c->transport;
    struct adit_buffer list = adit_buffer_init(LIST_MAX_BYTES);
    struct adit_writer w = adit_writer_init(&list);
    const struct adit_msg_global_request request = { adit_span_text(ADIT_HOST_KEYS_REQUEST), false,
                                                     ADIT_SPAN_EMPTY };
    struct adit_writer message;
    enum adit_err err;

    for (size_t i = 0; i < t->host_key_count && i < ADIT_HOST_KEY_LIST_MAX; i++)
        adit_write_string(&w, adit_key_blob(t->host_keys[i]));
    err = adit_writer_finish(&w);
    if (!err) {
        message = adit_transport_message(c->transport);
        adit_write_global_request(&message, &request);
        adit_write_bytes(&message, adit_buffer_span(&list));
        err = adit_transport_send(c->transport, &message);
    }
    adit_buffer_clear(&list);
    return err;
}

/* Our key with this blob, if it is not among the `done` ones before it. */
static const struct adit_key *find_own(const struct adit_connection *c,
                                       const struct adit_host_key_list *asked, size_t done)
{
    const struct adit_transport *t = c->transport;
    const struct adit_span blob = asked->items[done];

    for (size_t i = 0; i < done; i++)
        if (adit_span_equal(asked->items[i], blob))
            return NULL;
    for (size_t i = 0; i < t->host_key_count; i++)
        if (adit_span_equal(adit_key_blob(t->host_keys[i]), blob))
            return t->host_keys[i];
    return NULL;
}

static const struct adit_signature_algorithm *algorithm_for(const struct adit_connection *c,
                                                            const struct adit_key *key)
{
    const struct adit_signature_algorithm *agreed = agreed_for_rsa(c);

    if (adit_key_type(key) != ADIT_KEY_RSA)
        return adit_signature_find(adit_span_text(adit_key_name(key)));
    return agreed ? agreed : adit_signature_find(adit_span_text("rsa-sha2-512"));
}

/* Only keys of our own, and each once: a signature is never made over what the peer chooses. */
static enum adit_err sign_all(const struct adit_connection *c,
                              const struct adit_host_key_list *asked, struct adit_buffer *out)
{
    struct adit_buffer data = adit_buffer_init(ADIT_BLOB_MAX + ADIT_SIGNATURE_MAX);
    struct adit_buffer signature = adit_buffer_init(ADIT_SIGNATURE_MAX);
    struct adit_writer w = adit_writer_init(out);
    enum adit_err err = ADIT_OK;

    for (size_t i = 0; i < asked->count && !err; i++) {
        const struct adit_key *key = find_own(c, asked, i);

        adit_buffer_empty(&signature);
        err = key ? proof_data(c, asked->items[i], &data) : ADIT_ERR_NOT_FOUND;
        if (!err)
            err = adit_pkey_sign(key->pkey, algorithm_for(c, key), adit_buffer_span(&data),
                                 &signature);
        if (!err)
            adit_write_string(&w, adit_buffer_span(&signature));
    }
    adit_buffer_clear(&data);
    adit_buffer_clear(&signature);
    return err ? err : adit_writer_finish(&w);
}

enum adit_err adit_connection_prove_host_keys(struct adit_connection *c, struct adit_span data,
                                              struct adit_buffer *out)
{
    struct adit_host_key_list asked;
    enum adit_err err = adit_parse_host_key_list(data, &asked);

    if (err)
        return err;
    if (!c->host_keys_told || asked.count > PROOFS_MAX - c->proofs)
        return ADIT_ERR_LIMIT;
    *out = adit_buffer_init(LIST_MAX_BYTES);
    err = sign_all(c, &asked, out);
    c->proofs += asked.count;
    return err;
}

/* ---- the client ---- */

void adit_connection_tell_host_keys(struct adit_connection *c, struct adit_span data)
{
    struct adit_host_key_list list;

    if (adit_parse_host_key_list(data, &list) == ADIT_OK)
        adit_events_add(c->transport->events, ADIT_EVENT_HOST_KEYS)->host_keys.blobs = data;
}

enum adit_err adit_connection_ask_proofs(struct adit_connection *c, const struct adit_span *blobs,
                                         size_t count)
{
    struct adit_request *request;
    struct adit_writer w;
    enum adit_err err;

    if (count == 0 || count > ADIT_HOST_KEY_LIST_MAX)
        return ADIT_ERR_USAGE;
    err = adit_request_new(ADIT_REQUEST_PROVE, ADIT_SPAN_EMPTY, &request);
    if (err)
        return err;
    request->data = adit_buffer_init(LIST_MAX_BYTES);
    w = adit_writer_init(&request->data);
    for (size_t i = 0; i < count; i++)
        adit_write_string(&w, blobs[i]);
    err = adit_writer_finish(&w);
    if (!err)
        err = adit_request_send(c, request, ADIT_PROVE_HOST_KEY_REQUEST,
                                adit_buffer_span(&request->data));
    if (err)
        adit_request_free(request);
    return err;
}

/* The algorithm that the signature names, if it is one for this key; NULL otherwise. */
static const struct adit_signature_algorithm *algorithm_of(const struct adit_connection *c,
                                                           const struct adit_key *key,
                                                           struct adit_span signature)
{
    const struct adit_signature_algorithm *algorithm =
        adit_signature_find(adit_blob_type(signature));
    const struct adit_signature_algorithm *agreed = agreed_for_rsa(c);

    if (algorithm == NULL || algorithm->key_type != adit_key_type(key))
        return NULL;
    return algorithm->key_type == ADIT_KEY_RSA && agreed ? agreed : algorithm;
}

static enum adit_err verify(const struct adit_connection *c, struct adit_span blob,
                            struct adit_span signature)
{
    struct adit_buffer data = adit_buffer_init(ADIT_BLOB_MAX + ADIT_SIGNATURE_MAX);
    const struct adit_signature_algorithm *algorithm;
    struct adit_key *key = NULL;
    enum adit_err err = adit_key_from_blob(blob, &key);

    if (err)
        goto done;
    algorithm = algorithm_of(c, key, signature);
    err = algorithm ? proof_data(c, blob, &data) : ADIT_ERR_UNSUPPORTED;
    if (!err)
        err = adit_pkey_verify(key->pkey, algorithm, adit_buffer_span(&data), signature);
done:
    adit_key_free(key);
    adit_buffer_clear(&data);
    return err;
}

/* One signature for each key that was asked for, in the same order, and all of them good. */
static bool are_proved(const struct adit_connection *c, struct adit_span asked,
                       struct adit_span answer)
{
    struct adit_host_key_list blobs;
    struct adit_host_key_list signatures;

    if (adit_parse_host_key_list(asked, &blobs) || adit_parse_host_key_list(answer, &signatures) ||
        blobs.count != signatures.count)
        return false;
    for (size_t i = 0; i < blobs.count; i++)
        if (verify(c, blobs.items[i], signatures.items[i]))
            return false;
    return true;
}

void adit_connection_tell_proofs(struct adit_connection *c, const struct adit_request *request,
                                 bool success, struct adit_span answer)
{
    struct adit_host_keys_event *event =
        &adit_events_add(c->transport->events, ADIT_EVENT_HOST_KEYS_PROVED)->host_keys;

    event->blobs = adit_buffer_span(&request->data);
    event->proved = success && are_proved(c, event->blobs, answer);
}

bool adit_host_key_next(struct adit_span *blobs, struct adit_span *blob)
{
    struct adit_reader r = adit_reader_init(*blobs);

    *blob = adit_read_string(&r);
    *blobs = adit_read_rest(&r);
    return adit_reader_ok(&r) && blob->len > 0;
}
