/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The order within an exchange is judged here and nowhere else. New keys are
 * made for both directions as soon as K and H are known; each direction takes
 * its own into use at its NEWKEYS (RFC 4253, 7.3).
 */
#include "transport/transport.h"

#include "base/memory.h"
#include "base/span.h"
#include "base/text.h"
#include "crypto/random.h"
#include "keys/key.h"

#include <stdlib.h>

enum { KEXINIT_LIST_MAX = 4096 };

static bool is_server(const struct adit_transport *t)
{
    return t->role == ADIT_SERVER;
}

static enum adit_err copy_payload(struct adit_span payload, uint8_t **data, size_t *len)
{
    uint8_t *copy = malloc(payload.len);

    if (copy == NULL)
        return ADIT_ERR_NO_MEMORY;
    memcpy(copy, payload.data, payload.len);
    free(*data);
    *data = copy;
    *len = payload.len;
    return ADIT_OK;
}

/* What only one exchange needs. */
static void forget_exchange(struct adit_kex *kex)
{
    adit_kex_secret_free(kex->secret);
    kex->secret = NULL;
    adit_buffer_clear(&kex->init);
    free(kex->own_kexinit);
    free(kex->peer_kexinit);
    kex->own_kexinit = NULL;
    kex->peer_kexinit = NULL;
}

void adit_kex_clear(struct adit_kex *kex)
{
    forget_exchange(kex);
    adit_cipher_free(kex->next_in);
    adit_cipher_free(kex->next_out);
    free(kex->host_key);
    adit_wipe(kex, sizeof *kex);
}

/* The marks of strict kex and ext-info stand in the first KEXINIT only (T31, T33). */
static enum adit_err write_own_kexinit(struct adit_transport *t, struct adit_writer *w)
{
    const char *ext_info = is_server(t) ? ADIT_EXT_INFO_SERVER : ADIT_EXT_INFO_CLIENT;
    const char *strict = is_server(t) ? ADIT_STRICT_KEX_SERVER : ADIT_STRICT_KEX_CLIENT;
    struct adit_buffer names = adit_buffer_init(KEXINIT_LIST_MAX);
    struct adit_writer n = adit_writer_init(&names);
    uint8_t cookie[ADIT_KEXINIT_COOKIE_SIZE];
    struct adit_msg_kexinit msg = { .cookie = { cookie, sizeof cookie } };
    enum adit_err err = adit_random_bytes(cookie, sizeof cookie);

    if (err)
        goto done;
    adit_write_bytes(&n, adit_span_text(t->kexinit_lists[ADIT_KEXINIT_KEX]));
    if (!t->kex.first_done) {
        adit_write_bytes(&n, adit_span_text(","));
        adit_write_bytes(&n, adit_span_text(ext_info));
        adit_write_bytes(&n, adit_span_text(","));
        adit_write_bytes(&n, adit_span_text(strict));
    }
    err = adit_writer_finish(&n);
    if (err)
        goto done;
    for (size_t i = 0; i < ADIT_KEXINIT_LISTS; i++)
        msg.lists[i] = adit_span_text(t->kexinit_lists[i]);
    msg.lists[ADIT_KEXINIT_KEX] = adit_buffer_span(&names);
    adit_write_kexinit(w, &msg);
    err = adit_writer_finish(w);
done:
    adit_buffer_clear(&names);
    return err;
}

enum adit_err adit_kex_offer(struct adit_transport *t)
{
    struct adit_kex *kex = &t->kex;
    struct adit_writer w;
    enum adit_err err;

    if (kex->step != ADIT_KEX_IDLE)
        return ADIT_OK;
    w = adit_transport_message(t);
    err = write_own_kexinit(t, &w);
    if (err)
        return err;
    err = copy_payload(adit_buffer_span(w.out), &kex->own_kexinit, &kex->own_kexinit_len);
    if (err)
        return err;
    err = adit_transport_send(t, &w);
    if (err)
        return err;
    kex->step = ADIT_KEX_OFFERED;
    kex->deadline_ms = t->now_ms + t->kex_timeout_ms;
    return ADIT_OK;
}

/* What the peer's first KEXINIT says for the whole session. */
static enum adit_err judge_first_kexinit(struct adit_transport *t,
                                         const struct adit_msg_kexinit *msg)
{
    const char *ext_info = is_server(t) ? ADIT_EXT_INFO_CLIENT : ADIT_EXT_INFO_SERVER;
    const char *strict = is_server(t) ? ADIT_STRICT_KEX_CLIENT : ADIT_STRICT_KEX_SERVER;
    const struct adit_span names = msg->lists[ADIT_KEXINIT_KEX];

    t->kex.strict = adit_text_list_has(names, adit_span_text(strict));
    t->kex.peer_ext_info = adit_text_list_has(names, adit_span_text(ext_info));
    if (t->kex.strict && t->in.sequence_number != 1)
        return adit_transport_fault(t, ADIT_ERR_PROTOCOL,
                                    "strict key exchange, but KEXINIT was not the first packet");
    if (!t->kex.strict && t->require_strict_kex)
        return adit_transport_fault(t, ADIT_ERR_NO_AGREEMENT,
                                    "the peer has no strict key exchange, which is required here");
    return ADIT_OK;
}

/* Client: the first message of the method. */
static enum adit_err send_init(struct adit_transport *t)
{
    struct adit_writer w;
    enum adit_err err;

    t->kex.init = adit_buffer_init(ADIT_KEX_PUBLIC_MAX);
    err = adit_kex_start(t->kex.chosen.kex, &t->kex.init, &t->kex.secret);
    if (err)
        return err;
    w = adit_transport_message(t);
    adit_write_kex_init(&w, adit_buffer_span(&t->kex.init));
    return adit_transport_send(t, &w);
}

enum adit_err adit_kex_handle_kexinit(struct adit_transport *t, struct adit_span payload)
{
    struct adit_kex *kex = &t->kex;
    struct adit_msg_kexinit own;
    struct adit_msg_kexinit peer;
    enum adit_err err = adit_parse_kexinit(payload, &peer);

    if (err)
        return adit_transport_fault(t, err, "KEXINIT is malformed");
    if (kex->step != ADIT_KEX_IDLE && kex->step != ADIT_KEX_OFFERED)
        return adit_transport_fault(t, ADIT_ERR_PROTOCOL,
                                    "a second KEXINIT within one key exchange");
    if (!kex->first_done) {
        err = judge_first_kexinit(t, &peer);
        if (err)
            return err;
    }
    err = adit_kex_offer(t);
    if (err)
        return err;
    err = copy_payload(payload, &kex->peer_kexinit, &kex->peer_kexinit_len);
    if (err)
        return err;
    err = adit_parse_kexinit(adit_span_of(kex->own_kexinit, kex->own_kexinit_len), &own);
    if (err)
        return err;
    err = adit_negotiate(is_server(t) ? &peer : &own, is_server(t) ? &own : &peer, is_server(t),
                         &kex->chosen, &kex->failed_list);
    if (err)
        return adit_transport_fault(t, err, NULL);
    kex->drop_next = kex->chosen.guess_wrong;
    kex->step = ADIT_KEX_EXCHANGING;
    return is_server(t) ? ADIT_OK : send_init(t);
}

/* H over what both sides have said (RFC 4253, 8; RFC 5656, 4). */
static enum adit_err exchange_hash(const struct adit_transport *t, struct adit_span host_key,
                                   struct adit_span init, struct adit_span reply,
                                   struct adit_span shared, uint8_t h[static ADIT_HASH_MAX])
{
    const struct adit_kex *kex = &t->kex;
    const struct adit_span own_id = adit_span_text(t->own_identification);
    const struct adit_span peer_id = adit_span_text(t->peer_identification);
    const struct adit_span own_init = { kex->own_kexinit, kex->own_kexinit_len };
    const struct adit_span peer_init = { kex->peer_kexinit, kex->peer_kexinit_len };
    const bool server = is_server(t);
    const struct adit_span strings[] = {
        server ? peer_id : own_id,
        server ? own_id : peer_id,
        server ? peer_init : own_init,
        server ? own_init : peer_init,
        host_key,
        init,
        reply,
    };
    enum { COUNT = ADIT_ARRAY_LEN(strings) };
    struct adit_span pieces[2 * COUNT + 1];
    uint8_t lengths[COUNT][4];

    for (size_t i = 0; i < COUNT; i++) {
        adit_put_uint32(lengths[i], (uint32_t)strings[i].len);
        pieces[2 * i] = adit_span_of(lengths[i], sizeof lengths[i]);
        pieces[2 * i + 1] = strings[i];
    }
    pieces[2 * (size_t)COUNT] = shared; /* its length is part of it */
    return adit_hash_digest(kex->chosen.kex->hash, pieces, ADIT_ARRAY_LEN(pieces), h);
}

struct key_letters {
    char iv, key, mac;
};

static enum adit_err make_cipher(const struct adit_kex *kex, bool c2s, bool seals,
                                 struct adit_span shared, struct adit_span h,
                                 struct adit_cipher **out)
{
    /* RFC 4253, 7.2 */
    const struct key_letters letters =
        c2s ? (struct key_letters){ 'A', 'C', 'E' } : (struct key_letters){ 'B', 'D', 'F' };
    const struct adit_cipher_algorithm *cipher =
        c2s ? kex->chosen.cipher_c2s : kex->chosen.cipher_s2c;
    const struct adit_mac_algorithm *mac = c2s ? kex->chosen.mac_c2s : kex->chosen.mac_s2c;
    const struct adit_span session_id = { kex->session_id, kex->session_id_len };
    const enum adit_hash hash = kex->chosen.kex->hash;
    uint8_t iv[ADIT_HASH_MAX];
    uint8_t key[2 * ADIT_HASH_MAX];
    uint8_t mac_key[ADIT_HASH_MAX];
    enum adit_err err =
        adit_derive_key(hash, shared, h, letters.iv, session_id, iv, cipher->iv_size);

    if (!err)
        err = adit_derive_key(hash, shared, h, letters.key, session_id, key, cipher->key_size);
    if (!err && mac)
        err = adit_derive_key(hash, shared, h, letters.mac, session_id, mac_key, mac->key_size);
    if (!err)
        err = adit_cipher_new(cipher, mac, seals, key, iv, mac_key, out);
    adit_wipe(iv, sizeof iv);
    adit_wipe(key, sizeof key);
    adit_wipe(mac_key, sizeof mac_key);
    return err;
}

/* The new keys of both directions, made and not in use; the session's id if it has none. */
static enum adit_err make_keys(struct adit_transport *t, struct adit_span shared, const uint8_t *h,
                               size_t h_len)
{
    struct adit_kex *kex = &t->kex;
    const bool server = is_server(t);
    enum adit_err err;

    if (!kex->first_done) {
        memcpy(kex->session_id, h, h_len);
        kex->session_id_len = h_len;
    }
    err = make_cipher(kex, !server, true, shared, adit_span_of(h, h_len), &kex->next_out);
    if (err)
        return err;
    return make_cipher(kex, server, false, shared, adit_span_of(h, h_len), &kex->next_in);
}

/* RFC 8308, 2.4: right after the server's first NEWKEYS. */
static enum adit_err send_ext_info(struct adit_transport *t)
{
    const struct adit_extension extensions[] = {
        { adit_span_text("server-sig-algs"), adit_span_text(t->server_sig_algs) },
        { adit_span_text("ping@openssh.com"), adit_span_text("0") },
    };
    struct adit_writer w = adit_transport_message(t);

    adit_write_ext_info(&w, extensions, ADIT_ARRAY_LEN(extensions));
    return adit_transport_send(t, &w);
}

static enum adit_err send_newkeys(struct adit_transport *t)
{
    struct adit_kex *kex = &t->kex;
    struct adit_writer w = adit_transport_message(t);
    enum adit_err err;

    adit_write_newkeys(&w);
    err = adit_transport_send(t, &w);
    if (err)
        return err;
    adit_direction_switch(&t->out, kex->next_out, kex->strict);
    kex->next_out = NULL;
    err = adit_transport_renew_deflate(t);
    if (err)
        return err;
    kex->step = ADIT_KEX_SWITCHING;
    if (!kex->first_done && kex->peer_ext_info && is_server(t)) {
        err = send_ext_info(t);
        if (err)
            return err;
    }
    return adit_transport_release_held(t);
}

static const struct adit_key *find_host_key(const struct adit_transport *t, enum adit_key_type type)
{
    for (size_t i = 0; i < t->host_key_count; i++)
        if (adit_key_type(t->host_keys[i]) == type)
            return t->host_keys[i];
    return NULL;
}

static enum adit_err send_reply(struct adit_transport *t, const struct adit_key *key,
                                struct adit_span reply, struct adit_span h)
{
    struct adit_buffer signature = adit_buffer_init(ADIT_SIGNATURE_MAX);
    enum adit_err err = adit_pkey_sign(key->pkey, t->kex.chosen.host_key, h, &signature);

    if (!err) {
        const struct adit_msg_kex_reply msg = { adit_key_blob(key), reply,
                                                adit_buffer_span(&signature) };
        struct adit_writer w = adit_transport_message(t);

        adit_write_kex_reply(&w, &msg);
        err = adit_transport_send(t, &w);
    }
    adit_buffer_clear(&signature);
    return err;
}

/* Server: the client's init comes, reply and NEWKEYS go. */
static enum adit_err handle_init(struct adit_transport *t, struct adit_span payload)
{
    const struct adit_key *key = find_host_key(t, t->kex.chosen.host_key->key_type);
    struct adit_buffer reply = adit_buffer_init(ADIT_KEX_PUBLIC_MAX);
    struct adit_buffer shared = adit_buffer_init_secret(ADIT_KEX_SHARED_MAX);
    const size_t h_len = adit_hash_size(t->kex.chosen.kex->hash);
    uint8_t h[ADIT_HASH_MAX];
    struct adit_span init;
    enum adit_err err = adit_parse_kex_init(payload, &init);

    if (!err)
        err = adit_kex_respond(t->kex.chosen.kex, init, &reply, &shared);
    if (err) {
        err = adit_transport_fault(t, err, "the client's key exchange value is not valid");
        goto done;
    }
    err = exchange_hash(t, adit_key_blob(key), init, adit_buffer_span(&reply),
                        adit_buffer_span(&shared), h);
    if (!err)
        err = make_keys(t, adit_buffer_span(&shared), h, h_len);
    if (!err)
        err = send_reply(t, key, adit_buffer_span(&reply), adit_span_of(h, h_len));
    if (!err)
        err = send_newkeys(t);
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
    struct adit_pkey *key = NULL;
    enum adit_err err = adit_pkey_from_blob(msg->host_key, &key);

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
    err = copy_payload(blob, &kex->host_key, &kex->host_key_len);
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
    struct adit_msg_kex_reply msg;
    enum adit_err err = adit_parse_kex_reply(payload, &msg);

    if (!err)
        err = adit_kex_finish(kex->secret, msg.reply, &shared);
    if (err) {
        err = adit_transport_fault(t, err, "the server's key exchange value is not valid");
        goto done;
    }
    err = exchange_hash(t, msg.host_key, adit_buffer_span(&kex->init), msg.reply,
                        adit_buffer_span(&shared), h);
    if (!err)
        err = verify_host_key(t, &msg, adit_span_of(h, h_len));
    if (!err)
        err = make_keys(t, adit_buffer_span(&shared), h, h_len);
    if (!err) {
        kex->step = ADIT_KEX_KEY_UNJUDGED;
        err = judge_host_key(t, msg.host_key);
    }
done:
    adit_buffer_clear(&shared);
    adit_wipe(h, sizeof h);
    return err;
}

enum adit_err adit_kex_host_key_accepted(struct adit_transport *t)
{
    if (t->kex.step != ADIT_KEX_KEY_UNJUDGED)
        return ADIT_ERR_USAGE;
    return send_newkeys(t);
}

enum adit_err adit_kex_handle_method(struct adit_transport *t, struct adit_span payload)
{
    const uint8_t expected = is_server(t) ? SSH_MSG_KEX_ECDH_INIT : SSH_MSG_KEX_ECDH_REPLY;

    if (t->kex.step != ADIT_KEX_EXCHANGING)
        return adit_transport_fault(t, ADIT_ERR_PROTOCOL, "a key exchange message out of its turn");
    if (t->kex.drop_next) {
        t->kex.drop_next = false;
        return ADIT_OK;
    }
    if (payload.data[0] != expected)
        return adit_transport_fault(t, ADIT_ERR_PROTOCOL, "not the key exchange message expected");
    return is_server(t) ? handle_init(t, payload) : handle_reply(t, payload);
}

enum adit_err adit_kex_handle_newkeys(struct adit_transport *t, struct adit_span payload)
{
    struct adit_kex *kex = &t->kex;
    enum adit_err err = adit_parse_newkeys(payload);

    if (err)
        return adit_transport_fault(t, err, "NEWKEYS is malformed");
    if (kex->step != ADIT_KEX_SWITCHING)
        return adit_transport_fault(t, ADIT_ERR_PROTOCOL, "NEWKEYS out of its turn");
    adit_direction_switch(&t->in, kex->next_in, kex->strict);
    kex->next_in = NULL;
    err = adit_transport_renew_inflate(t);
    if (err)
        return err;
    kex->step = ADIT_KEX_IDLE;
    kex->first_done = true;
    kex->done_ms = t->now_ms;
    forget_exchange(kex);
    adit_events_add(t->events, ADIT_EVENT_KEYS_CHANGED);
    return ADIT_OK;
}
