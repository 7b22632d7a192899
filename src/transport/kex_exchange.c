/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The messages of the method that was agreed, 30 to 34:
 *
 *      client                      server
 *        │── GEX_REQUEST (34) ───────▶│   only where the server chooses the group
 *        │◀─────── GEX_GROUP (31) ────│   (RFC 4419, 3)
 *        │── init (30; then: 32) ────▶│
 *        │◀────── reply (31; 33) ─────│
 */
#include "transport/kex_steps.h"

#include "base/memory.h"
#include "base/span.h"
#include "crypto/kex_group.h"
#include "keys/certificate.h"
#include "keys/key.h"
#include "keys/public_line.h"

#include <stdlib.h>

enum { GROUP_TEXT_MAX = 2100 }; /* three numbers, and p of 8192 bits with a g as long */

static bool is_server(const struct adit_transport *t)
{
    return t->role == ADIT_SERVER;
}

static bool asks_for_group(const struct adit_transport *t)
{
    return t->kex.chosen.kex->group == NULL;
}

static uint8_t init_number(const struct adit_transport *t)
{
    return asks_for_group(t) ? SSH_MSG_KEX_DH_GEX_INIT : SSH_MSG_KEX_ECDH_INIT;
}

static uint8_t reply_number(const struct adit_transport *t)
{
    return asks_for_group(t) ? SSH_MSG_KEX_DH_GEX_REPLY : SSH_MSG_KEX_ECDH_REPLY;
}

/* Client: Q_C, e or C_INIT. */
static enum adit_err send_init(struct adit_transport *t)
{
    struct adit_writer w;
    enum adit_err err;

    t->kex.init = adit_buffer_init(ADIT_KEX_PUBLIC_MAX);
    err = adit_kex_start(t->kex.chosen.kex, t->kex.group, &t->kex.init, &t->kex.secret);
    if (err)
        return err;
    w = adit_transport_message(t);
    adit_write_kex_init(&w, init_number(t), adit_buffer_span(&t->kex.init));
    return adit_transport_send(t, &w);
}

/*
 * The numbers and the group as they stand in the exchange hash (RFC 4419, 3).
 * Once `group` is there, so is all of it.
 */
static enum adit_err note_group(struct adit_kex *kex,
                                const struct adit_msg_kex_group_request *asked)
{
    struct adit_writer w;
    enum adit_err err;

    kex->group_text = adit_buffer_init(GROUP_TEXT_MAX);
    w = adit_writer_init(&kex->group_text);
    adit_write_uint32(&w, asked->min);
    adit_write_uint32(&w, asked->n);
    adit_write_uint32(&w, asked->max);
    err = adit_writer_finish(&w);
    return err ? err : adit_kex_group_write(kex->group, &kex->group_text);
}

static const struct adit_msg_kex_group_request wanted_group = { ADIT_KEX_GROUP_BITS_MIN, 3072,
                                                                ADIT_KEX_GROUP_BITS_MAX };

enum adit_err adit_kex_send_first(struct adit_transport *t)
{
    struct adit_writer w;

    if (!asks_for_group(t))
        return send_init(t);
    w = adit_transport_message(t);
    adit_write_kex_group_request(&w, &wanted_group);
    return adit_transport_send(t, &w);
}

/* Server: the client says how large the group is to be. */
static enum adit_err handle_group_request(struct adit_transport *t, struct adit_span payload)
{
    struct adit_kex *kex = &t->kex;
    struct adit_msg_kex_group_request asked;
    struct adit_writer w;
    enum adit_err err = adit_parse_kex_group_request(payload, &asked);

    if (!err)
        err = adit_kex_group_choose(asked.min, asked.n, asked.max, &kex->group);
    if (err)
        return adit_transport_fault(t, err, "no group of the size that the client asks for");
    err = note_group(kex, &asked);
    if (err)
        return err;
    w = adit_transport_message(t);
    adit_write_byte(&w, SSH_MSG_KEX_DH_GEX_GROUP);
    err = adit_kex_group_write(kex->group, w.out);
    return err ? err : adit_transport_send(t, &w);
}

/* Client: the server has chosen. */
static enum adit_err handle_group(struct adit_transport *t, struct adit_span payload)
{
    struct adit_kex *kex = &t->kex;
    struct adit_msg_kex_group msg;
    enum adit_err err = adit_parse_kex_group(payload, &msg);

    if (!err)
        err = adit_kex_group_import(msg.p, msg.g, &kex->group);
    if (err)
        return adit_transport_fault(t, err, "the server's group is too small, or is none");
    err = note_group(kex, &wanted_group);
    return err ? err : send_init(t);
}

/* What the server shows, and the private key that goes with it. */
struct shown_key {
    const struct adit_key *key;
    struct adit_span blob; /* the key's own, or that of a certificate */
};

static bool find_host_key(const struct adit_transport *t,
                          const struct adit_signature_algorithm *algorithm, struct shown_key *out)
{
    for (size_t i = 0; i < t->host_key_count; i++) {
        const struct adit_key *key = t->host_keys[i];

        if (adit_key_type(key) != algorithm->key_type)
            continue;
        *out = (struct shown_key){ key, adit_key_blob(key) };
        if (adit_span_is(adit_blob_type(out->blob), algorithm->key_name))
            return true;
        for (size_t c = 0; c < t->host_certificate_count; c++) {
            out->blob = t->host_certificates[c];
            if (adit_span_is(adit_blob_type(out->blob), algorithm->key_name) &&
                adit_certificate_is_for(out->blob, adit_key_blob(key)))
                return true;
        }
    }
    return false;
}

static enum adit_err send_reply(struct adit_transport *t, const struct shown_key *shown,
                                struct adit_span reply, struct adit_span h)
{
    struct adit_buffer signature = adit_buffer_init(ADIT_SIGNATURE_MAX);
    enum adit_err err = adit_pkey_sign(shown->key->pkey, t->kex.chosen.host_key, h, &signature);

    if (!err) {
        const struct adit_msg_kex_reply msg = { shown->blob, reply, adit_buffer_span(&signature) };
        struct adit_writer w = adit_transport_message(t);

        adit_write_kex_reply(&w, reply_number(t), &msg);
        err = adit_transport_send(t, &w);
    }
    adit_buffer_clear(&signature);
    return err;
}

/* Server: the client's init comes, reply and NEWKEYS go. */
static enum adit_err handle_init(struct adit_transport *t, struct adit_span payload)
{
    struct shown_key shown;
    struct adit_buffer reply = adit_buffer_init(ADIT_KEX_PUBLIC_MAX);
    struct adit_buffer shared = adit_buffer_init_secret(ADIT_KEX_SHARED_MAX);
    const size_t h_len = adit_hash_size(t->kex.chosen.kex->hash);
    uint8_t h[ADIT_HASH_MAX];
    struct adit_kex_transcript transcript;
    struct adit_span init;
    enum adit_err err = adit_parse_kex_init(payload, &init);

    if (!find_host_key(t, t->kex.chosen.host_key, &shown))
        return ADIT_ERR_NO_AGREEMENT; /* what was offered, there is a key for */
    if (!err)
        err = adit_kex_respond(t->kex.chosen.kex, t->kex.group, init, &reply, &shared);
    if (err) {
        err = adit_transport_fault(t, err, "the client's key exchange value is not valid");
        goto done;
    }
    transcript = (struct adit_kex_transcript){ shown.blob, init, adit_buffer_span(&reply),
                                               adit_buffer_span(&shared) };
    err = adit_kex_hash(t, &transcript, h);
    if (!err)
        err = adit_kex_make_keys(t, adit_buffer_span(&shared), h, h_len);
    if (!err)
        err = send_reply(t, &shown, adit_buffer_span(&reply), adit_span_of(h, h_len));
    if (!err && !t->kex.first_done)
        err = adit_kex_keep(shown.blob, &t->kex.host_key, &t->kex.host_key_len);
    if (!err)
        err = adit_kex_send_newkeys(t);
done:
    adit_buffer_clear(&reply);
    adit_buffer_clear(&shared);
    adit_wipe(h, sizeof h);
    return err;
}

/* T24: the key is of the negotiated type, and it signed H by the negotiated algorithm. */
static enum adit_err verify_host_key(struct adit_transport *t, const struct adit_msg_kex_reply *msg,
                                     struct adit_span h)
{
    struct adit_buffer plain = adit_buffer_init(msg->host_key.len);
    struct adit_pkey *key = NULL;
    enum adit_err err = adit_blob_plain(msg->host_key, &plain);

    if (!err && !adit_span_is(adit_blob_type(msg->host_key), t->kex.chosen.host_key->key_name))
        err = ADIT_ERR_SIGNATURE;
    if (!err)
        err = adit_pkey_from_blob(adit_buffer_span(&plain), &key);
    adit_buffer_clear(&plain);
    if (err)
        return adit_transport_fault(t, err, "the host key cannot be read");
    err = adit_pkey_verify(key, t->kex.chosen.host_key, h, msg->signature);
    adit_pkey_free(key);
    if (err)
        return adit_transport_fault(t, err, "the host key's signature is wrong");
    return ADIT_OK;
}

/* The first host key is asked about; later exchanges must show the same one (T43). */
static enum adit_err judge_host_key(struct adit_transport *t, struct adit_span blob)
{
    struct adit_kex *kex = &t->kex;
    struct adit_host_key_event *ask;
    enum adit_err err;

    if (kex->first_done) {
        if (!adit_span_equal(blob, adit_span_of(kex->host_key, kex->host_key_len)))
            return adit_transport_fault(t, ADIT_ERR_HOST_KEY,
                                        "the host key changed within the session");
        return adit_kex_host_key_accepted(t);
    }
    err = adit_kex_keep(blob, &kex->host_key, &kex->host_key_len);
    if (err)
        return err;
    ask = &adit_events_add(t->events, ADIT_EVENT_HOST_KEY)->host_key;
    ask->blob = adit_span_of(kex->host_key, kex->host_key_len);
    ask->algorithm = kex->chosen.host_key->name;
    return ADIT_OK;
}

/* Client: the server's reply. */
static enum adit_err handle_reply(struct adit_transport *t, struct adit_span payload)
{
    struct adit_kex *kex = &t->kex;
    struct adit_buffer shared = adit_buffer_init_secret(ADIT_KEX_SHARED_MAX);
    const size_t h_len = adit_hash_size(kex->chosen.kex->hash);
    uint8_t h[ADIT_HASH_MAX];
    struct adit_kex_transcript transcript;
    struct adit_msg_kex_reply msg;
    enum adit_err err = adit_parse_kex_reply(payload, &msg);

    if (!err)
        err = adit_kex_finish(kex->secret, msg.reply, &shared);
    if (err) {
        err = adit_transport_fault(t, err, "the server's key exchange value is not valid");
        goto done;
    }
    transcript = (struct adit_kex_transcript){ msg.host_key, adit_buffer_span(&kex->init),
                                               msg.reply, adit_buffer_span(&shared) };
    err = adit_kex_hash(t, &transcript, h);
    if (!err)
        err = verify_host_key(t, &msg, adit_span_of(h, h_len));
    if (!err)
        err = adit_kex_make_keys(t, adit_buffer_span(&shared), h, h_len);
    if (!err) {
        kex->step = ADIT_KEX_KEY_UNJUDGED;
        err = judge_host_key(t, msg.host_key);
    }
done:
    adit_buffer_clear(&shared);
    adit_wipe(h, sizeof h);
    return err;
}

enum adit_err adit_kex_handle_method(struct adit_transport *t, struct adit_span payload)
{
    const uint8_t number = payload.data[0];

    if (t->kex.step != ADIT_KEX_EXCHANGING)
        return adit_transport_fault(t, ADIT_ERR_PROTOCOL, "a key exchange message out of its turn");
    if (t->kex.drop_next) {
        t->kex.drop_next = false;
        return ADIT_OK;
    }
    if (asks_for_group(t) && t->kex.group == NULL) {
        if (number == (is_server(t) ? SSH_MSG_KEX_DH_GEX_REQUEST : SSH_MSG_KEX_DH_GEX_GROUP))
            return is_server(t) ? handle_group_request(t, payload) : handle_group(t, payload);
    } else if (number == (is_server(t) ? init_number(t) : reply_number(t))) {
        return is_server(t) ? handle_init(t, payload) : handle_reply(t, payload);
    }
    return adit_transport_fault(t, ADIT_ERR_PROTOCOL, "not the key exchange message expected");
}
