/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/span.h"
#include "base/text.h"
#include "crypto/algorithms.h"
#include "crypto/cipher.h"
#include "crypto/kex_method.h"
#include "crypto/pkey.h"

static bool is_known(enum adit_algorithm_kind kind, struct adit_span name)
{
    switch (kind) {
    case ADIT_ALGORITHM_KEX:
    case ADIT_ALGORITHM_SERVER_KEX:
        return adit_kex_find(name) != NULL;
    case ADIT_ALGORITHM_HOST_KEY:
    case ADIT_ALGORITHM_USER_KEY:
    case ADIT_ALGORITHM_CA_SIGNATURE:
        return adit_signature_find(name) != NULL;
    case ADIT_ALGORITHM_CIPHER:
        return adit_cipher_find(name) != NULL;
    case ADIT_ALGORITHM_MAC:
        return adit_mac_find(name) != NULL;
    case ADIT_ALGORITHM_COMPRESSION:
        return adit_span_is(name, "none") || adit_span_is(name, "zlib@openssh.com");
    }
    return false;
}

/* Names of the list; each is known, short enough for RFC 4251, 6, and stands once. */
static size_t check_list(enum adit_algorithm_kind kind, const char *text)
{
    struct adit_span list = adit_span_text(text);
    struct adit_span name;
    size_t count = 0;

    while (adit_text_list_next(&list, &name)) {
        struct adit_span rest = list;

        assert_true(name.len > 0 && name.len <= 64);
        assert_true(is_known(kind, name));
        assert_true(adit_text_list_has(adit_span_text(adit_algorithms_supported(kind)), name));
        assert_false(rest.len > 0 && adit_text_list_has(rest, name));
        count++;
    }
    return count;
}

static void every_name_in_every_list_is_known(void **state)
{
    static const size_t counts[ADIT_ALGORITHM_KINDS] = { 12, 12, 16, 6, 4, 2, 6, 12 };

    (void)state;
    for (unsigned i = 0; i < ADIT_ALGORITHM_KINDS; i++) {
        const enum adit_algorithm_kind kind = (enum adit_algorithm_kind)i;

        assert_int_equal(check_list(kind, adit_algorithms_supported(kind)), counts[i]);
        assert_true(check_list(kind, adit_algorithms_default(kind, true)) > 0);
        assert_true(check_list(kind, adit_algorithms_default(kind, false)) > 0);
    }
}

static void defaults_are_in_their_order(void **state)
{
    (void)state;
    assert_string_equal(adit_algorithms_default(ADIT_ALGORITHM_KEX, true),
                        "mlkem768x25519-sha256,sntrup761x25519-sha512,"
                        "sntrup761x25519-sha512@openssh.com,"
                        "curve25519-sha256,curve25519-sha256@libssh.org,"
                        "ecdh-sha2-nistp256,ecdh-sha2-nistp384,ecdh-sha2-nistp521,"
                        "diffie-hellman-group16-sha512,diffie-hellman-group18-sha512,"
                        "diffie-hellman-group14-sha256,diffie-hellman-group-exchange-sha256");
    /* In a group the server's work costs its client nothing (CVE-2002-20001). */
    assert_null(strstr(adit_algorithms_default(ADIT_ALGORITHM_SERVER_KEX, true), "diffie-"));
    assert_null(strstr(adit_algorithms_default(ADIT_ALGORITHM_SERVER_KEX, false), "diffie-"));
    assert_memory_equal(adit_algorithms_default(ADIT_ALGORITHM_KEX, true),
                        adit_algorithms_default(ADIT_ALGORITHM_SERVER_KEX, true),
                        strlen(adit_algorithms_default(ADIT_ALGORITHM_SERVER_KEX, true)));
    assert_string_equal(adit_algorithms_supported(ADIT_ALGORITHM_SERVER_KEX),
                        adit_algorithms_supported(ADIT_ALGORITHM_KEX));
    assert_string_equal(adit_algorithms_default(ADIT_ALGORITHM_HOST_KEY, true),
                        "ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,"
                        "rsa-sha2-512,rsa-sha2-256");
    assert_string_equal(adit_algorithms_default(ADIT_ALGORITHM_MAC, true),
                        "hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com,"
                        "hmac-sha2-256,hmac-sha2-512");
    /* T17: compression is asked for by the user, never by default. */
    assert_string_equal(adit_algorithms_default(ADIT_ALGORITHM_COMPRESSION, true), "none");
}

static void the_processor_decides_the_first_cipher(void **state)
{
    (void)state;
    assert_string_equal(adit_algorithms_default(ADIT_ALGORITHM_CIPHER, true),
                        "aes128-gcm@openssh.com,aes256-gcm@openssh.com,"
                        "chacha20-poly1305@openssh.com,aes128-ctr,aes192-ctr,aes256-ctr");
    assert_string_equal(adit_algorithms_default(ADIT_ALGORITHM_CIPHER, false),
                        "chacha20-poly1305@openssh.com,aes128-gcm@openssh.com,"
                        "aes256-gcm@openssh.com,aes128-ctr,aes192-ctr,aes256-ctr");
}

/* T15, T36, T38: what must not come back by accident. */
static void nothing_weak_is_known(void **state)
{
    static const char *const weak[] = {
        "aes128-cbc",
        "3des-cbc",
        "arcfour",
        "none",
        "hmac-sha1",
        "hmac-md5",
        "hmac-sha1-96",
        "ssh-rsa",
        "ssh-dss",
        "",
        "aes128-ctr ",
        "AES128-CTR",
        "curve25519-",
        "ext-info-c",
        "diffie-hellman-group1-sha1",
        "diffie-hellman-group14-sha1",
        "diffie-hellman-group-exchange-sha1",
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(weak); i++) {
        for (unsigned kind = 0; kind < ADIT_ALGORITHM_COMPRESSION; kind++)
            assert_false(is_known((enum adit_algorithm_kind)kind, adit_span_text(weak[i])));
    }
}

static void the_processor_answers_the_same_each_time(void **state)
{
    (void)state;
    assert_int_equal(adit_processor_has_aes(), adit_processor_has_aes());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_name_in_every_list_is_known),
        cmocka_unit_test(defaults_are_in_their_order),
        cmocka_unit_test(the_processor_decides_the_first_cipher),
        cmocka_unit_test(nothing_weak_is_known),
        cmocka_unit_test(the_processor_answers_the_same_each_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
