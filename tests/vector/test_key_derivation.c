/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RFC 4253, 7.2, against libcrypto's SSHKDF, which was written by others, and
 * against the formula itself. T23: session_id and H may differ in length.
 */
#include "hex.h"

#include "crypto/hash.h"

#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

enum { LENGTH_MAX = 200 };

static const uint8_t secret[] = { 0, 0, 0, 5, 0, 0x80, 1, 2, 3 }; /* an mpint */
static uint8_t exchange_hash[ADIT_HASH_MAX];
static uint8_t session_id[ADIT_HASH_MAX];

static OSSL_PARAM octets(const char *name, const uint8_t *bytes, size_t len)
{
    static uint8_t room[4][ADIT_HASH_MAX];
    static size_t next;
    uint8_t *copy = room[next++ % 4];

    memcpy(copy, bytes, len);
    return OSSL_PARAM_construct_octet_string(name, copy, len);
}

static void derive_with_libcrypto(const char *digest, char letter, size_t h_len, size_t id_len,
                                  uint8_t *out, size_t len)
{
    EVP_KDF *kdf = EVP_KDF_fetch(NULL, "SSHKDF", NULL);
    EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(kdf);
    char name[16];
    char type[2] = { letter, '\0' };
    OSSL_PARAM params[6];

    (void)strcpy(name, digest);
    params[0] = OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, name, 0);
    params[1] = octets(OSSL_KDF_PARAM_KEY, secret, sizeof secret);
    params[2] = octets(OSSL_KDF_PARAM_SSHKDF_XCGHASH, exchange_hash, h_len);
    params[3] = octets(OSSL_KDF_PARAM_SSHKDF_SESSION_ID, session_id, id_len);
    params[4] = OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_SSHKDF_TYPE, type, 0);
    params[5] = OSSL_PARAM_construct_end();
    assert_non_null(ctx);
    assert_int_equal(EVP_KDF_derive(ctx, out, len, params), 1);
    EVP_KDF_CTX_free(ctx);
    EVP_KDF_free(kdf);
}

static void every_letter_and_length_agrees_with_libcrypto(void **state)
{
    static const struct {
        enum adit_hash hash;
        const char *name;
        size_t id_len;
    } cases[] = {
        { ADIT_HASH_SHA256, "SHA256", 32 }, { ADIT_HASH_SHA384, "SHA384", 48 },
        { ADIT_HASH_SHA512, "SHA512", 64 }, { ADIT_HASH_SHA512, "SHA512", 32 },
        { ADIT_HASH_SHA256, "SHA256", 64 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof exchange_hash; i++) {
        exchange_hash[i] = (uint8_t)i;
        session_id[i] = (uint8_t)(255 - i);
    }
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        const size_t h_len = adit_hash_size(cases[i].hash);
        const struct adit_span k = { secret, sizeof secret };
        const struct adit_span h = { exchange_hash, h_len };
        const struct adit_span id = { session_id, cases[i].id_len };

        for (size_t len = 1; len <= LENGTH_MAX; len++) {
            const char letter = (char)('A' + len % 6);
            uint8_t wanted[LENGTH_MAX];
            uint8_t *out = malloc(len);

            assert_non_null(out);
            derive_with_libcrypto(cases[i].name, letter, h_len, id.len, wanted, len);
            assert_int_equal(adit_derive_key(cases[i].hash, k, h, letter, id, out, len), ADIT_OK);
            assert_memory_equal(out, wanted, len);
            free(out);
        }
    }
}

/* K1 = HASH(K || H || X || session_id), K2 = HASH(K || H || K1), K3 = HASH(K || H || K1 || K2). */
static void three_blocks_follow_the_formula(void **state)
{
    const struct adit_span k = { secret, sizeof secret };
    const struct adit_span h = { exchange_hash, 32 };
    const struct adit_span id = { session_id, 32 };
    const struct adit_span letter = { (const uint8_t *)"C", 1 };
    uint8_t blocks[3][ADIT_HASH_MAX];
    uint8_t out[96];

    (void)state;
    const struct adit_span first[] = { k, h, letter, id };
    assert_int_equal(adit_hash_digest(ADIT_HASH_SHA256, first, 4, blocks[0]), ADIT_OK);
    const struct adit_span second[] = { k, h, { blocks[0], 32 } };
    assert_int_equal(adit_hash_digest(ADIT_HASH_SHA256, second, 3, blocks[1]), ADIT_OK);
    const struct adit_span third[] = { k, h, { blocks[0], 32 }, { blocks[1], 32 } };
    assert_int_equal(adit_hash_digest(ADIT_HASH_SHA256, third, 4, blocks[2]), ADIT_OK);

    assert_int_equal(adit_derive_key(ADIT_HASH_SHA256, k, h, 'C', id, out, sizeof out), ADIT_OK);
    for (size_t i = 0; i < 3; i++)
        assert_memory_equal(out + 32 * i, blocks[i], 32);
}

static void nothing_asked_is_nothing_written(void **state)
{
    const struct adit_span k = { secret, sizeof secret };
    uint8_t byte = 7;

    (void)state;
    assert_int_equal(adit_derive_key(ADIT_HASH_SHA256, k, k, 'A', k, &byte, 0), ADIT_OK);
    assert_int_equal(byte, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_letter_and_length_agrees_with_libcrypto),
        cmocka_unit_test(three_blocks_follow_the_formula),
        cmocka_unit_test(nothing_asked_is_nothing_written),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
