/* SPDX-License-Identifier: BSD-2-Clause */
#include "transport/negotiate.h"

#include "exact.h"

#include <string.h>

struct side {
    const char *lists[ADIT_KEXINIT_LISTS];
    bool follows; /* first_kex_packet_follows */
};

static const struct side plain = {
    .lists = { [ADIT_KEXINIT_KEX] = "curve25519-sha256,ecdh-sha2-nistp256",
               [ADIT_KEXINIT_HOST_KEY] = "ssh-ed25519,rsa-sha2-512",
               [ADIT_KEXINIT_CIPHER_C2S] = "aes128-ctr,aes256-ctr",
               [ADIT_KEXINIT_CIPHER_S2C] = "aes256-ctr,aes128-ctr",
               [ADIT_KEXINIT_MAC_C2S] = "hmac-sha2-256,hmac-sha2-512",
               [ADIT_KEXINIT_MAC_S2C] = "hmac-sha2-512,hmac-sha2-256",
               [ADIT_KEXINIT_COMPRESSION_C2S] = "none",
               [ADIT_KEXINIT_COMPRESSION_S2C] = "none",
               [ADIT_KEXINIT_LANGUAGES_C2S] = "",
               [ADIT_KEXINIT_LANGUAGES_S2C] = "" },
};

/* In blocks of their exact size: nothing behind a list may be looked at. */
static struct adit_msg_kexinit message_of(const struct side *side)
{
    struct adit_msg_kexinit msg = { .first_kex_packet_follows = side->follows };

    for (size_t i = 0; i < ADIT_KEXINIT_LISTS; i++)
        msg.lists[i] = exact_copy(side->lists[i], strlen(side->lists[i]));
    return msg;
}

static void message_clear(struct adit_msg_kexinit *msg)
{
    for (size_t i = 0; i < ADIT_KEXINIT_LISTS; i++)
        exact_free(msg->lists[i]);
}

static enum adit_err negotiate(const struct side *client, const struct side *server,
                               bool peer_is_client, struct adit_negotiated *out,
                               enum adit_kexinit_list *failed)
{
    struct adit_msg_kexinit c = message_of(client);
    struct adit_msg_kexinit s = message_of(server);
    const enum adit_err err = adit_negotiate(&c, &s, peer_is_client, out, failed);

    message_clear(&c);
    message_clear(&s);
    return err;
}

/* The name that was agreed on for a list; NULL: none was needed. */
static const char *agreed(const struct adit_negotiated *n, enum adit_kexinit_list list)
{
    const struct adit_mac_algorithm *mac = list == ADIT_KEXINIT_MAC_C2S ? n->mac_c2s : n->mac_s2c;

    switch (list) {
    case ADIT_KEXINIT_KEX:
        return n->kex->name;
    case ADIT_KEXINIT_HOST_KEY:
        return n->host_key->name;
    case ADIT_KEXINIT_CIPHER_C2S:
        return n->cipher_c2s->name;
    case ADIT_KEXINIT_CIPHER_S2C:
        return n->cipher_s2c->name;
    case ADIT_KEXINIT_MAC_C2S:
    case ADIT_KEXINIT_MAC_S2C:
        return mac ? mac->name : NULL;
    case ADIT_KEXINIT_COMPRESSION_C2S:
        return adit_compression_name(n->compression_c2s);
    case ADIT_KEXINIT_COMPRESSION_S2C:
        return adit_compression_name(n->compression_s2c);
    case ADIT_KEXINIT_LANGUAGES_C2S:
    case ADIT_KEXINIT_LANGUAGES_S2C:
    case ADIT_KEXINIT_LISTS:
        break;
    }
    return "none";
}

/* T19: list by list, the first name of the client's that the server has; `wanted` NULL: none. */
static void the_first_name_of_the_client_that_the_server_has_is_chosen(void **state)
{
    static const struct {
        enum adit_kexinit_list list;
        const char *client;
        const char *server;
        const char *wanted;
    } cases[] = {
        { ADIT_KEXINIT_KEX, "curve25519-sha256,ecdh-sha2-nistp256",
          "ecdh-sha2-nistp256,curve25519-sha256", "curve25519-sha256" },
        { ADIT_KEXINIT_KEX, "ecdh-sha2-nistp256,curve25519-sha256",
          "curve25519-sha256,ecdh-sha2-nistp256", "ecdh-sha2-nistp256" },
        { ADIT_KEXINIT_KEX, "no-such@x,curve25519-sha256", "curve25519-sha256",
          "curve25519-sha256" },
        { ADIT_KEXINIT_KEX, "curve25519-sha256", "no-such@x,curve25519-sha256",
          "curve25519-sha256" },
        /* A name is equal as a whole or not at all. */
        { ADIT_KEXINIT_KEX, "curve25519-sha256@libssh.org", "curve25519-sha256", NULL },
        { ADIT_KEXINIT_KEX, "curve25519-sha25,ecdh-sha2-nistp256",
          "curve25519-sha256,ecdh-sha2-nistp256", "ecdh-sha2-nistp256" },
        { ADIT_KEXINIT_KEX, "Curve25519-sha256", "curve25519-sha256", NULL },
        /* T33: a mark is never a method, though both should name it. */
        { ADIT_KEXINIT_KEX, "kex-strict-c-v00@openssh.com", "kex-strict-c-v00@openssh.com", NULL },
        { ADIT_KEXINIT_KEX, "ext-info-c", "ext-info-c", NULL },
        { ADIT_KEXINIT_HOST_KEY, "ssh-dss,rsa-sha2-256", "rsa-sha2-512,rsa-sha2-256",
          "rsa-sha2-256" },
        { ADIT_KEXINIT_HOST_KEY, "ssh-rsa", "ssh-rsa", NULL },
        { ADIT_KEXINIT_CIPHER_C2S, "aes256-ctr,aes128-ctr", "aes128-ctr,aes256-ctr", "aes256-ctr" },
        { ADIT_KEXINIT_CIPHER_S2C, "aes192-ctr", "aes128-ctr,aes192-ctr", "aes192-ctr" },
        { ADIT_KEXINIT_CIPHER_C2S, "none", "none", NULL },
        { ADIT_KEXINIT_MAC_C2S, "hmac-sha2-512,hmac-sha2-256", "hmac-sha2-256,hmac-sha2-512",
          "hmac-sha2-512" },
        { ADIT_KEXINIT_MAC_S2C, "hmac-sha2-256", "hmac-sha2-512,hmac-sha2-256", "hmac-sha2-256" },
        { ADIT_KEXINIT_MAC_S2C, "none", "none", NULL },
        { ADIT_KEXINIT_COMPRESSION_C2S, "zlib@openssh.com,none", "none", "none" },
        { ADIT_KEXINIT_COMPRESSION_S2C, "none", "zlib,none", "none" },
        { ADIT_KEXINIT_COMPRESSION_C2S, "zlib@openssh.com,zlib,none", "none,zlib", "zlib" },
        /* T17: what both might want and we cannot do is not agreed on. */
        { ADIT_KEXINIT_COMPRESSION_S2C, "zstd", "zstd", NULL },
        { ADIT_KEXINIT_LANGUAGES_C2S, "de", "en", "none" },
        { ADIT_KEXINIT_LANGUAGES_S2C, "de", "", "none" },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        struct side client = plain;
        struct side server = plain;
        struct adit_negotiated n;
        enum adit_kexinit_list failed;
        enum adit_err err;

        client.lists[cases[i].list] = cases[i].client;
        server.lists[cases[i].list] = cases[i].server;
        err = negotiate(&client, &server, true, &n, &failed);
        assert_int_equal(err, cases[i].wanted ? ADIT_OK : ADIT_ERR_NO_AGREEMENT);
        if (cases[i].wanted)
            assert_string_equal(agreed(&n, cases[i].list), cases[i].wanted);
        else
            assert_int_equal(failed, cases[i].list);
    }
}

static void a_list_without_a_common_name_is_told(void **state)
{
    static const char *const strangers[] = { "", ",", "no-such@x", "no-such@x,nor-this@x" };

    (void)state;
    for (int list = 0; list < ADIT_KEXINIT_LISTS; list++)
        for (size_t i = 0; i < ADIT_ARRAY_LEN(strangers); i++) {
            const bool is_language = list >= ADIT_KEXINIT_LANGUAGES_C2S;
            const enum adit_err wanted = is_language ? ADIT_OK : ADIT_ERR_NO_AGREEMENT;
            enum adit_kexinit_list failed;
            struct adit_negotiated n;
            struct side other = plain;

            other.lists[list] = strangers[i];
            assert_int_equal(negotiate(&other, &plain, true, &n, &failed), wanted);
            if (!is_language)
                assert_int_equal(failed, list);
            assert_int_equal(negotiate(&plain, &other, false, &n, &failed), wanted);
            if (!is_language)
                assert_int_equal(failed, list);
        }
}

/* T13: each direction by itself. */
static void a_mac_is_agreed_on_only_where_the_cipher_has_need_of_one(void **state)
{
    static const char *const macs[] = { "hmac-sha2-256", "hmac-sha2-512" };

    (void)state;
    for (int c2s_is_aead = 0; c2s_is_aead < 2; c2s_is_aead++)
        for (int s2c_is_aead = 0; s2c_is_aead < 2; s2c_is_aead++)
            for (int have_macs = 0; have_macs < 2; have_macs++) {
                struct side client = plain;
                struct side server = plain;
                struct adit_negotiated n;
                enum adit_kexinit_list failed;
                enum adit_err err;

                if (c2s_is_aead)
                    client.lists[ADIT_KEXINIT_CIPHER_C2S] = server.lists[ADIT_KEXINIT_CIPHER_C2S] =
                        "aes128-gcm@openssh.com";
                if (s2c_is_aead)
                    client.lists[ADIT_KEXINIT_CIPHER_S2C] = server.lists[ADIT_KEXINIT_CIPHER_S2C] =
                        "chacha20-poly1305@openssh.com";
                if (!have_macs)
                    for (int list = ADIT_KEXINIT_MAC_C2S; list <= ADIT_KEXINIT_MAC_S2C; list++) {
                        client.lists[list] = macs[0];
                        server.lists[list] = macs[1];
                    }
                err = negotiate(&client, &server, true, &n, &failed);
                if (!have_macs && (!c2s_is_aead || !s2c_is_aead)) {
                    assert_int_equal(err, ADIT_ERR_NO_AGREEMENT);
                    assert_int_equal(failed,
                                     c2s_is_aead ? ADIT_KEXINIT_MAC_S2C : ADIT_KEXINIT_MAC_C2S);
                    continue;
                }
                assert_int_equal(err, ADIT_OK);
                assert_int_equal(n.mac_c2s == NULL, c2s_is_aead);
                assert_int_equal(n.mac_s2c == NULL, s2c_is_aead);
            }
}

/* RFC 4253, 7 (T20): right when the first names of kex and of host key are the same. */
static void a_guess_is_judged_by_the_first_names(void **state)
{
    static const struct {
        const char *kex[2];      /* the client's, the server's */
        const char *host_key[2]; /* … */
        bool wrong;
    } cases[] = {
        { { "curve25519-sha256", "curve25519-sha256" }, { "ssh-ed25519", "ssh-ed25519" }, false },
        { { "curve25519-sha256,ecdh-sha2-nistp256", "curve25519-sha256" },
          { "ssh-ed25519", "ssh-ed25519,rsa-sha2-512" },
          false },
        { { "curve25519-sha256", "ecdh-sha2-nistp256,curve25519-sha256" },
          { "ssh-ed25519", "ssh-ed25519" },
          true },
        { { "curve25519-sha256", "curve25519-sha256" },
          { "rsa-sha2-512", "ssh-ed25519,rsa-sha2-512" },
          true },
        { { "ecdh-sha2-nistp256,curve25519-sha256", "curve25519-sha256" },
          { "rsa-sha2-512,ssh-ed25519", "ssh-ed25519" },
          true },
        /* The first names count, though what is agreed on is another one. */
        { { "no-such@x,curve25519-sha256", "curve25519-sha256" },
          { "ssh-ed25519", "ssh-ed25519" },
          true },
        { { "no-such@x,curve25519-sha256", "no-such2@x,curve25519-sha256" },
          { "ssh-ed25519", "ssh-ed25519" },
          true },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++)
        for (int flags = 0; flags < 8; flags++) {
            const bool client_follows = flags & 1;
            const bool server_follows = flags & 2;
            const bool peer_is_client = flags & 4;
            struct side client = plain;
            struct side server = plain;
            struct adit_negotiated n;
            enum adit_kexinit_list failed;

            client.lists[ADIT_KEXINIT_KEX] = cases[i].kex[0];
            server.lists[ADIT_KEXINIT_KEX] = cases[i].kex[1];
            client.lists[ADIT_KEXINIT_HOST_KEY] = cases[i].host_key[0];
            server.lists[ADIT_KEXINIT_HOST_KEY] = cases[i].host_key[1];
            client.follows = client_follows;
            server.follows = server_follows;
            assert_int_equal(negotiate(&client, &server, peer_is_client, &n, &failed), ADIT_OK);
            /* Whether a packet of ours is wrong is for the peer to say. */
            assert_int_equal(n.guess_wrong,
                             cases[i].wrong && (peer_is_client ? client_follows : server_follows));
        }
}

static void every_list_has_a_text_of_its_own(void **state)
{
    (void)state;
    for (int i = 0; i < ADIT_KEXINIT_LISTS; i++) {
        assert_non_null(adit_kexinit_list_text((enum adit_kexinit_list)i));
        for (int k = 0; k < i; k++)
            assert_string_not_equal(adit_kexinit_list_text((enum adit_kexinit_list)i),
                                    adit_kexinit_list_text((enum adit_kexinit_list)k));
    }
}

static struct adit_msg_kexinit kexinit(enum adit_kexinit_list list, const char *names)
{
    struct adit_msg_kexinit msg = { .cookie = ADIT_SPAN_EMPTY };

    msg.lists[list] = adit_span_text(names);
    return msg;
}

static void the_remedy_is_the_first_name_that_is_known_here(void **state)
{
    static const struct {
        enum adit_kexinit_list list;
        const char *peer, *keyword, *name;
    } cases[] = {
        { ADIT_KEXINIT_KEX, "x,diffie-hellman-group14-sha256,curve25519-sha256", "KexAlgorithms",
          "diffie-hellman-group14-sha256" },
        { ADIT_KEXINIT_KEX, "ext-info-s,diffie-hellman-group1-sha1,kex-strict-s-v00@openssh.com",
          "KexAlgorithms", "" },
        { ADIT_KEXINIT_HOST_KEY, "ssh-dss,rsa-sha2-512", "HostKeyAlgorithms", "rsa-sha2-512" },
        { ADIT_KEXINIT_CIPHER_C2S, "aes128-cbc,aes256-ctr", "Ciphers", "aes256-ctr" },
        { ADIT_KEXINIT_CIPHER_S2C, "3des-cbc", "Ciphers", "" },
        { ADIT_KEXINIT_MAC_C2S, "", "MACs", "" },
        { ADIT_KEXINIT_MAC_S2C, "hmac-md5,hmac-sha2-256", "MACs", "hmac-sha2-256" },
        { ADIT_KEXINIT_COMPRESSION_C2S, "none", NULL, "" },
        { ADIT_KEXINIT_LANGUAGES_S2C, "none", NULL, "" },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        const struct adit_msg_kexinit peer = kexinit(cases[i].list, cases[i].peer);
        const struct adit_remedy remedy = adit_negotiate_remedy(&peer, cases[i].list);

        if (cases[i].keyword)
            assert_string_equal(remedy.keyword, cases[i].keyword);
        else
            assert_null(remedy.keyword);
        assert_true(adit_span_is(remedy.name, cases[i].name));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_name_of_the_client_that_the_server_has_is_chosen),
        cmocka_unit_test(a_list_without_a_common_name_is_told),
        cmocka_unit_test(a_mac_is_agreed_on_only_where_the_cipher_has_need_of_one),
        cmocka_unit_test(a_guess_is_judged_by_the_first_names),
        cmocka_unit_test(every_list_has_a_text_of_its_own),
        cmocka_unit_test(the_remedy_is_the_first_name_that_is_known_here),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
