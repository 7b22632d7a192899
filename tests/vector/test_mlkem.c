/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ML-KEM-768 as Wycheproof has it. Left out are 66 cases of wrong lengths, which
 * the types do not let in (unit/test_kex_method.c tries every length on the
 * wire), and of private keys that are no key: we read none.
 */
#include "hex.h"

#include "crypto/hash.h"
#include "crypto/keccak.h"
#include "crypto/mlkem.h"

enum kind {
    GENERATE,    /* digest: of public key and private key */
    EXCHANGE,    /* digest: of public key and ciphertext */
    ENCAPSULATE, /* digest: of the ciphertext */
    DECAPSULATE,
    EXPANDED,  /* private: s only; rejection: z; digest: of the private key */
    OVERFLOW,  /* one coefficient of the public key is too large */
    UNREDUCED, /* every coefficient of the seed's public key that can is larger by q; its digest */
    KINDS,
};

static const struct {
    enum kind kind;
    unsigned id;
    const char *seed, *message, *secret, *digest, *public, *ciphertext, *private, *rejection;
} cases[] = {
#include "wycheproof_mlkem768.inc"
};

static const size_t counts[KINDS] = { 100, 130, 3, 23, 3, 12, 100 };

struct key {
    uint8_t public[ADIT_MLKEM_PUBLIC_SIZE];
    uint8_t private[ADIT_MLKEM_PRIVATE_SIZE];
};

static struct key generate(const char *seed)
{
    const struct hex bytes = hex_decode(seed);
    struct key key;

    assert_int_equal(bytes.len, ADIT_MLKEM_SEED_SIZE);
    adit_mlkem_generate(bytes.bytes, key.public, key.private);
    assert_true(adit_mlkem_is_public_key(key.public));
    return key;
}

static void assert_digest(struct adit_span a, struct adit_span b, const char *wanted)
{
    const struct adit_span pieces[] = { a, b };
    uint8_t digest[ADIT_HASH_MAX];

    assert_int_equal(adit_hash_digest(ADIT_HASH_SHA256, pieces, 2, digest), ADIT_OK);
    assert_hex(digest, 32, wanted);
}

static void assert_encapsulates(const uint8_t *public, size_t i, uint8_t *ciphertext)
{
    const struct hex message = hex_decode(cases[i].message);
    uint8_t secret[ADIT_KEM_SECRET_SIZE];

    assert_true(adit_mlkem_is_public_key(public));
    adit_mlkem_encapsulate(public, message.bytes, ciphertext, secret);
    assert_hex(secret, sizeof secret, cases[i].secret);
}

static void assert_decapsulates(const uint8_t *private, const uint8_t *ciphertext, size_t i)
{
    uint8_t secret[ADIT_KEM_SECRET_SIZE];

    adit_mlkem_decapsulate(private, ciphertext, secret);
    assert_hex(secret, sizeof secret, cases[i].secret);
}

static void check_generate(size_t i)
{
    const struct key key = generate(cases[i].seed);

    assert_digest(adit_span_of(key.public, sizeof key.public),
                  adit_span_of(key.private, sizeof key.private), cases[i].digest);
}

static void check_exchange(size_t i)
{
    const struct key key = generate(cases[i].seed);
    uint8_t ciphertext[ADIT_MLKEM_CIPHERTEXT_SIZE];

    assert_encapsulates(key.public, i, ciphertext);
    assert_digest(adit_span_of(key.public, sizeof key.public),
                  adit_span_of(ciphertext, sizeof ciphertext), cases[i].digest);
    assert_decapsulates(key.private, ciphertext, i);
}

static void check_encapsulate(size_t i)
{
    const struct hex public = hex_decode(cases[i].public);
    uint8_t ciphertext[ADIT_MLKEM_CIPHERTEXT_SIZE];

    assert_encapsulates(public.bytes, i, ciphertext);
    assert_digest(adit_span_of(ciphertext, sizeof ciphertext), ADIT_SPAN_EMPTY, cases[i].digest);
}

static void check_decapsulate(size_t i)
{
    const struct hex ciphertext = hex_decode(cases[i].ciphertext);
    const struct key key = generate(cases[i].seed);

    assert_decapsulates(key.private, ciphertext.bytes, i);
}

static void check_expanded(size_t i)
{
    const struct hex s = hex_decode(cases[i].private);
    const struct hex public = hex_decode(cases[i].public);
    const struct hex z = hex_decode(cases[i].rejection);
    const struct hex ciphertext = hex_decode(cases[i].ciphertext);
    uint8_t private[ADIT_MLKEM_PRIVATE_SIZE];

    memcpy(private, s.bytes, s.len);
    memcpy(private + s.len, public.bytes, public.len);
    adit_sha3_256(hex_span(&public), ADIT_SPAN_EMPTY, private + s.len + public.len);
    memcpy(private + s.len + public.len + 32, z.bytes, z.len);
    assert_digest(adit_span_of(private, sizeof private), ADIT_SPAN_EMPTY, cases[i].digest);
    assert_decapsulates(private, ciphertext.bytes, i);
}

static void assert_refused(const uint8_t *public)
{
    uint8_t ciphertext[ADIT_MLKEM_CIPHERTEXT_SIZE];
    uint8_t secret[ADIT_KEM_SECRET_SIZE];

    assert_false(adit_mlkem_is_public_key(public));
    assert_int_equal(adit_mlkem768.encapsulate(public, ciphertext, secret), ADIT_ERR_PROTOCOL);
}

static void check_overflow(size_t i)
{
    const struct hex public = hex_decode(cases[i].public);

    assert_int_equal(public.len, ADIT_MLKEM_PUBLIC_SIZE);
    assert_refused(public.bytes);
}

static void check_unreduced(size_t i)
{
    struct key key = generate(cases[i].seed);

    for (uint8_t *at = key.public; at < key.public + ADIT_MLKEM_PUBLIC_SIZE - 32; at += 3) {
        unsigned a = at[0] | (at[1] & 0xfU) << 8;
        unsigned b = at[1] >> 4 | (unsigned)at[2] << 4;

        a += a < 4096 - 3329 ? 3329 : 0;
        b += b < 4096 - 3329 ? 3329 : 0;
        at[0] = (uint8_t)a;
        at[1] = (uint8_t)(a >> 8 | b << 4);
        at[2] = (uint8_t)(b >> 4);
    }
    assert_digest(adit_span_of(key.public, sizeof key.public), ADIT_SPAN_EMPTY, cases[i].digest);
    assert_refused(key.public);
}

static void every_wycheproof_case_holds(void **state)
{
    static void (*const checks[KINDS])(size_t i) = {
        [GENERATE] = check_generate,       [EXCHANGE] = check_exchange,
        [ENCAPSULATE] = check_encapsulate, [DECAPSULATE] = check_decapsulate,
        [EXPANDED] = check_expanded,       [OVERFLOW] = check_overflow,
        [UNREDUCED] = check_unreduced,
    };
    size_t seen[KINDS] = { 0 };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        checks[cases[i].kind](i);
        seen[cases[i].kind]++;
    }
    assert_memory_equal(seen, counts, sizeof counts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_wycheproof_case_holds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
