/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The order within an exchange is judged here and nowhere else. New keys are
 * made for both directions as soon as K and H are known; each direction takes
 * its own into use at its NEWKEYS (RFC 4253, 7.3).
 */
#include "transport/kex_steps.h"

#include "base/memory.h"
#include "base/span.h"
#include "base/text.h"
#include "crypto/kex_group.h"
#include "crypto/random.h"

#include <stdlib.h>

enum { KEXINIT_LIST_MAX = 4096 };

static bool is_server(const struct adit_transport *t)
{
    return t->role == ADIT_SERVER;
}

enum adit_err adit_kex_keep(struct adit_span payload, uint8_t **data, size_t *len)
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
    adit_buffer_clear(&kex->group_text);
    adit_kex_group_free(kex->group);
    kex->group = NULL;
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
    struct adit_msg_kexinit own;
    struct adit_writer w;
    enum adit_err err;

    if (kex->step != ADIT_KEX_IDLE)
        return ADIT_OK;
    w = adit_transport_message(t);
    err = write_own_kexinit(t, &w);
    if (err)
        return err;
    /* Before the peer says so. */
    if (adit_parse_kexinit(adit_buffer_span(w.out), &own) != ADIT_OK)
        return adit_transport_fault(t, ADIT_ERR_USAGE, "a list of our own algorithms is malformed");
    err = adit_kex_keep(adit_buffer_span(w.out), &kex->own_kexinit, &kex->own_kexinit_len);
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
    err = adit_kex_keep(payload, &kex->peer_kexinit, &kex->peer_kexinit_len);
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
    return is_server(t) ? ADIT_OK : adit_kex_send_first(t);
}

/* RFC 8308, 2.4: right after the server's first NEWKEYS. */
static enum adit_err send_ext_info(struct adit_transport *t)
{
    const struct adit_extension extensions[] = {
        { adit_span_text("server-sig-algs"), adit_span_text(t->server_sig_algs) },
        { adit_span_text("publickey-hostbound@openssh.com"), adit_span_text("0") },
        { adit_span_text("ping@openssh.com"), adit_span_text("0") },
    };
    struct adit_writer w = adit_transport_message(t);

    adit_write_ext_info(&w, extensions, ADIT_ARRAY_LEN(extensions));
    return adit_transport_send(t, &w);
}

enum adit_err adit_kex_send_newkeys(struct adit_transport *t)
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

enum adit_err adit_kex_host_key_accepted(struct adit_transport *t)
{
    if (t->kex.step != ADIT_KEX_KEY_UNJUDGED)
        return ADIT_ERR_USAGE;
    return adit_kex_send_newkeys(t);
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
