/* SPDX-License-Identifier: BSD-2-Clause */
#include "transport/negotiate.h"

#include "base/span.h"
#include "base/text.h"
#include "crypto/algorithms.h"
#include "transport/compress.h"

/* The first of the client's names that the server has too; empty when there is none. */
static struct adit_span choose(const struct adit_msg_kexinit *client,
                               const struct adit_msg_kexinit *server, enum adit_kexinit_list list)
{
    struct adit_span names = client->lists[list];
    struct adit_span name;

    while (adit_text_list_next(&names, &name))
        if (name.len && adit_text_list_has(server->lists[list], name))
            return name;
    return ADIT_SPAN_EMPTY;
}

static struct adit_span first_name(struct adit_span names)
{
    struct adit_span name = ADIT_SPAN_EMPTY;

    (void)adit_text_list_next(&names, &name);
    return name;
}

/* RFC 4253, 7: a guess is right when the first names of kex and host key are the same. */
static bool guess_is_wrong(const struct adit_msg_kexinit *client,
                           const struct adit_msg_kexinit *server)
{
    for (int list = ADIT_KEXINIT_KEX; list <= ADIT_KEXINIT_HOST_KEY; list++)
        if (!adit_span_equal(first_name(client->lists[list]), first_name(server->lists[list])))
            return true;
    return false;
}

const char *adit_kexinit_list_text(enum adit_kexinit_list list)
{
    static const char *const texts[ADIT_KEXINIT_LISTS] = {
        [ADIT_KEXINIT_KEX] = "key exchange method",
        [ADIT_KEXINIT_HOST_KEY] = "host key algorithm",
        [ADIT_KEXINIT_CIPHER_C2S] = "cipher (client to server)",
        [ADIT_KEXINIT_CIPHER_S2C] = "cipher (server to client)",
        [ADIT_KEXINIT_MAC_C2S] = "MAC (client to server)",
        [ADIT_KEXINIT_MAC_S2C] = "MAC (server to client)",
        [ADIT_KEXINIT_COMPRESSION_C2S] = "compression (client to server)",
        [ADIT_KEXINIT_COMPRESSION_S2C] = "compression (server to client)",
        [ADIT_KEXINIT_LANGUAGES_C2S] = "language (client to server)",
        [ADIT_KEXINIT_LANGUAGES_S2C] = "language (server to client)",
    };

    return texts[list];
}

struct adit_remedy adit_negotiate_remedy(const struct adit_msg_kexinit *peer,
                                         enum adit_kexinit_list list)
{
    static const struct {
        const char *keyword;
        enum adit_algorithm_kind kind;
    } settings[ADIT_KEXINIT_LISTS] = {
        [ADIT_KEXINIT_KEX] = { "KexAlgorithms", ADIT_ALGORITHM_KEX },
        [ADIT_KEXINIT_HOST_KEY] = { "HostKeyAlgorithms", ADIT_ALGORITHM_HOST_KEY },
        [ADIT_KEXINIT_CIPHER_C2S] = { "Ciphers", ADIT_ALGORITHM_CIPHER },
        [ADIT_KEXINIT_CIPHER_S2C] = { "Ciphers", ADIT_ALGORITHM_CIPHER },
        [ADIT_KEXINIT_MAC_C2S] = { "MACs", ADIT_ALGORITHM_MAC },
        [ADIT_KEXINIT_MAC_S2C] = { "MACs", ADIT_ALGORITHM_MAC },
    };
    struct adit_remedy remedy = { settings[list].keyword, ADIT_SPAN_EMPTY };
    struct adit_span names = peer->lists[list];
    struct adit_span name;
    struct adit_span known;

    if (remedy.keyword == NULL)
        return remedy;
    known = adit_span_text(adit_algorithms_supported(settings[list].kind));
    while (remedy.name.len == 0 && adit_text_list_next(&names, &name))
        if (name.len && adit_text_list_has(known, name))
            remedy.name = name;
    return remedy;
}

static const char *const compressions[] = {
    [ADIT_COMPRESS_NONE] = "none",
    [ADIT_COMPRESS_AFTER_LOGIN] = ADIT_COMPRESSION_ZLIB,
    [ADIT_COMPRESS_AT_ONCE] = "zlib",
};

const char *adit_compression_name(enum adit_compression compression)
{
    return compressions[compression];
}

static bool find_compression(struct adit_span name, enum adit_compression *out)
{
    for (size_t i = 0; i < ADIT_ARRAY_LEN(compressions); i++) {
        if (adit_span_is(name, compressions[i])) {
            *out = (enum adit_compression)i;
            return true;
        }
    }
    return false;
}

enum adit_err adit_negotiate(const struct adit_msg_kexinit *client,
                             const struct adit_msg_kexinit *server, bool peer_is_client,
                             struct adit_negotiated *out, enum adit_kexinit_list *failed_list)
{
    const struct adit_msg_kexinit *peer = peer_is_client ? client : server;
    struct adit_negotiated n = { 0 };

    *failed_list = ADIT_KEXINIT_KEX;
    n.kex = adit_kex_find(choose(client, server, ADIT_KEXINIT_KEX));
    if (n.kex == NULL)
        return ADIT_ERR_NO_AGREEMENT;
    *failed_list = ADIT_KEXINIT_HOST_KEY;
    n.host_key = adit_signature_find(choose(client, server, ADIT_KEXINIT_HOST_KEY));
    if (n.host_key == NULL)
        return ADIT_ERR_NO_AGREEMENT;
    *failed_list = ADIT_KEXINIT_CIPHER_C2S;
    n.cipher_c2s = adit_cipher_find(choose(client, server, ADIT_KEXINIT_CIPHER_C2S));
    if (n.cipher_c2s == NULL)
        return ADIT_ERR_NO_AGREEMENT;
    *failed_list = ADIT_KEXINIT_CIPHER_S2C;
    n.cipher_s2c = adit_cipher_find(choose(client, server, ADIT_KEXINIT_CIPHER_S2C));
    if (n.cipher_s2c == NULL)
        return ADIT_ERR_NO_AGREEMENT;
    /* An AEAD authenticates by itself: then no common MAC is needed. */
    *failed_list = ADIT_KEXINIT_MAC_C2S;
    if (n.cipher_c2s->tag_size == 0) {
        n.mac_c2s = adit_mac_find(choose(client, server, ADIT_KEXINIT_MAC_C2S));
        if (n.mac_c2s == NULL)
            return ADIT_ERR_NO_AGREEMENT;
    }
    *failed_list = ADIT_KEXINIT_MAC_S2C;
    if (n.cipher_s2c->tag_size == 0) {
        n.mac_s2c = adit_mac_find(choose(client, server, ADIT_KEXINIT_MAC_S2C));
        if (n.mac_s2c == NULL)
            return ADIT_ERR_NO_AGREEMENT;
    }
    *failed_list = ADIT_KEXINIT_COMPRESSION_C2S;
    if (!find_compression(choose(client, server, ADIT_KEXINIT_COMPRESSION_C2S), &n.compression_c2s))
        return ADIT_ERR_NO_AGREEMENT;
    *failed_list = ADIT_KEXINIT_COMPRESSION_S2C;
    if (!find_compression(choose(client, server, ADIT_KEXINIT_COMPRESSION_S2C), &n.compression_s2c))
        return ADIT_ERR_NO_AGREEMENT;
    n.guess_wrong = peer->first_kex_packet_follows && guess_is_wrong(client, server);
    *out = n;
    return ADIT_OK;
}
