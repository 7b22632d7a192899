/* SPDX-License-Identifier: BSD-2-Clause */
/* From what was said and K to the exchange hash and the keys (RFC 4253, 7.2 and 8). */
#include "transport/kex_steps.h"

#include "base/memory.h"
#include "base/span.h"

static bool is_server(const struct adit_transport *t)
{
    return t->role == ADIT_SERVER;
}

enum adit_err adit_kex_hash(const struct adit_transport *t,
                            const struct adit_kex_transcript *transcript,
                            uint8_t h[static ADIT_HASH_MAX])
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
        transcript->host_key,
        transcript->init,
        transcript->reply,
    };
    enum { COUNT = ADIT_ARRAY_LEN(strings), BEHIND_HOST_KEY = 5 };
    struct adit_span pieces[2 * COUNT + 2];
    uint8_t lengths[COUNT][4];
    size_t count = 0;

    for (size_t i = 0; i < COUNT; i++) {
        if (i == BEHIND_HOST_KEY)
            pieces[count++] = adit_buffer_span(&kex->group_text); /* encoded as it is hashed */
        adit_put_uint32(lengths[i], (uint32_t)strings[i].len);
        pieces[count++] = adit_span_of(lengths[i], sizeof lengths[i]);
        pieces[count++] = strings[i];
    }
    pieces[count++] = transcript->shared; /* its length is part of it */
    return adit_hash_digest(kex->chosen.kex->hash, pieces, count, h);
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

enum adit_err adit_kex_make_keys(struct adit_transport *t, struct adit_span shared,
                                 const uint8_t *h, size_t h_len)
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
