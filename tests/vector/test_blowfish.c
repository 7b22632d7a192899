/* SPDX-License-Identifier: BSD-2-Clause */
/* Blowfish's own key schedule, by the vectors of Eric Young that its author publishes. */
#include "hex.h"

#include "crypto/blowfish.h"
#include "wire/writer.h"

static const struct {
    const char *key, *clear, *encrypted;
} rows[] = {
    { "0000000000000000", "0000000000000000", "4ef997456198dd78" },
    { "ffffffffffffffff", "ffffffffffffffff", "51866fd5b85ecb8a" },
    { "3000000000000000", "1000000000000001", "7d856f9a613063f2" },
    { "1111111111111111", "1111111111111111", "2466dd878b963c9d" },
    { "0123456789abcdef", "1111111111111111", "61f9c3802281b096" },
    { "1111111111111111", "0123456789abcdef", "7d0cc630afda1ec7" },
    { "fedcba9876543210", "0123456789abcdef", "0aceab0fc6a0a28d" },
    { "7ca110454a1a6e57", "01a1d6d039776742", "59c68245eb05282b" },
    { "0131d9619dc1376e", "5cd54ca83def57da", "b1b8cc0b250f09a0" },
    { "018310dc409b26d6", "1d9d5c5018f728c2", "d1abb290658bc778" },
    { "1f1f1f1f0e0e0e0e", "0123456789abcdef", "a790795108ea3cae" },
    { "0123456789abcdef", "0000000000000000", "245946885754369a" },
    { "fedcba9876543210", "ffffffffffffffff", "6b5c5a9c5d9e0a5a" },
};

static void blocks_are_encrypted_as_published(void **state)
{
    static const uint32_t no_salt[ADIT_BLOWFISH_KEY_WORDS];

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(rows); i++) {
        const struct hex key = hex_decode(rows[i].key);
        const struct hex clear = hex_decode(rows[i].clear);
        uint32_t block[2] = { adit_get_uint32(clear.bytes), adit_get_uint32(clear.bytes + 4) };
        uint32_t words[ADIT_BLOWFISH_KEY_WORDS];
        struct adit_blowfish blowfish;
        uint8_t encrypted[8];

        for (size_t k = 0; k < ADIT_BLOWFISH_KEY_WORDS; k++) /* over and over */
            words[k] = adit_get_uint32(key.bytes + 4 * (k % 2));
        adit_blowfish_init(&blowfish);
        adit_blowfish_expand(&blowfish, no_salt, words);
        adit_blowfish_encrypt(&blowfish, block);
        adit_put_uint32(encrypted, block[0]);
        adit_put_uint32(encrypted + 4, block[1]);
        assert_hex(encrypted, sizeof encrypted, rows[i].encrypted);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_are_encrypted_as_published),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
