/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * T14. chacha20-poly1305@openssh.com built a second time, from a ChaCha20 block
 * function and Poly1305 in big numbers as RFC 8439 writes them down; proved by
 * the RFC's examples, then compared with sealed packets both ways.
 */
#include "hex.h"

#include "crypto/cipher.h"
#include "wire/writer.h"

#include <openssl/bn.h>

enum { KEY = 32, BLOCK = 64, TAG = 16, LENGTH = 4, PACKET_MAX = 1024 };

static uint32_t get_little(const uint8_t *bytes)
{
    return (uint32_t)bytes[3] << 24 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[1] << 8 | bytes[0];
}

static uint32_t rotate(uint32_t word, unsigned by)
{
    return word << by | word >> (32 - by);
}

static void quarter_round(uint32_t *a, uint32_t *b, uint32_t *c, uint32_t *d)
{
    *a += *b;
    *d = rotate(*d ^ *a, 16);
    *c += *d;
    *b = rotate(*b ^ *c, 12);
    *a += *b;
    *d = rotate(*d ^ *a, 8);
    *c += *d;
    *b = rotate(*b ^ *c, 7);
}

/* RFC 8439, 2.3. `tail` is what stands behind the key: counter and nonce. */
static void chacha20_block(const uint8_t key[static KEY], const uint8_t tail[static 16],
                           uint8_t out[static BLOCK])
{
    uint32_t input[16] = { 0x61707865, 0x3320646e, 0x79622d32, 0x6b206574 };
    uint32_t x[16];

    for (size_t i = 0; i < 8; i++)
        input[4 + i] = get_little(key + 4 * i);
    for (size_t i = 0; i < 4; i++)
        input[12 + i] = get_little(tail + 4 * i);
    memcpy(x, input, sizeof x);
    for (size_t round = 0; round < 10; round++) {
        for (size_t i = 0; i < 4; i++)
            quarter_round(&x[i], &x[4 + i], &x[8 + i], &x[12 + i]);
        for (size_t i = 0; i < 4; i++)
            quarter_round(&x[i], &x[4 + (i + 1) % 4], &x[8 + (i + 2) % 4], &x[12 + (i + 3) % 4]);
    }
    for (size_t i = 0; i < BLOCK; i++)
        out[i] = (uint8_t)((x[i / 4] + input[i / 4]) >> 8 * (i % 4));
}

/* The stream of OpenSSH: 64-bit counter, little-endian; 64-bit nonce, big-endian. */
static void chacha20(const uint8_t key[static KEY], uint32_t sequence_number, uint8_t block_number,
                     uint8_t *bytes, size_t len)
{
    uint8_t tail[16] = { block_number };
    uint8_t block[BLOCK];

    adit_put_uint32(tail + 12, sequence_number);
    for (size_t at = 0; at < len; at++) {
        if (at % BLOCK == 0) {
            chacha20_block(key, tail, block);
            tail[0]++;
        }
        bytes[at] ^= block[at % BLOCK];
    }
}

/* RFC 8439, 2.5.1. */
static void poly1305(const uint8_t key[static KEY], const uint8_t *bytes, size_t len,
                     uint8_t tag[static TAG])
{
    BN_CTX *ctx = BN_CTX_new();
    BIGNUM *sum = BN_new();
    BIGNUM *p = BN_new();
    BIGNUM *s = BN_lebin2bn(key + 16, 16, NULL);
    uint8_t r_bytes[16];
    uint8_t low[17];

    memcpy(r_bytes, key, 16);
    for (size_t i = 3; i < 16; i += 4)
        r_bytes[i] &= 15;
    for (size_t i = 4; i < 16; i += 4)
        r_bytes[i] &= 252;
    BIGNUM *r = BN_lebin2bn(r_bytes, 16, NULL);
    assert_int_equal(BN_set_bit(p, 130), 1);
    assert_int_equal(BN_sub_word(p, 5), 1);

    for (size_t at = 0; at < len; at += 16) {
        const size_t part = len - at < 16 ? len - at : 16;
        BIGNUM *n = BN_lebin2bn(bytes + at, (int)part, NULL);

        assert_int_equal(BN_set_bit(n, (int)part * 8), 1);
        assert_int_equal(BN_add(sum, sum, n), 1);
        assert_int_equal(BN_mod_mul(sum, sum, r, p, ctx), 1);
        BN_free(n);
    }
    assert_int_equal(BN_add(sum, sum, s), 1);
    if (BN_num_bits(sum) > 128)
        assert_int_equal(BN_mask_bits(sum, 128), 1);
    assert_int_equal(BN_bn2lebinpad(sum, low, sizeof low), sizeof low);
    memcpy(tag, low, TAG);
    BN_free(sum);
    BN_free(p);
    BN_free(s);
    BN_free(r);
    BN_CTX_free(ctx);
}

static void the_block_function_is_that_of_the_rfc(void **state)
{
    const struct hex key = hex_decode("000102030405060708090a0b0c0d0e0f"
                                      "101112131415161718191a1b1c1d1e1f");
    const struct hex tail = hex_decode("01000000 000000090000004a00000000");
    uint8_t block[BLOCK];

    (void)state;
    chacha20_block(key.bytes, tail.bytes, block); /* RFC 8439, 2.3.2 */
    assert_hex(block, BLOCK,
               "10f1e7e4d13b5915500fdd1fa32071c4c7d1f4c733c068030422aa9ac3d46c4e"
               "d2826446079faa0914c2d705d98b02a2b5129cd1de164eb9cbd083e8a2503c4e");
}

static void the_authenticator_is_that_of_the_rfc(void **state)
{
    const struct hex key = hex_decode("85d6be7857556d337f4452fe42d506a8"
                                      "0103808afb0db2fd4abff6af4149f51b");
    const struct adit_span text = adit_span_text("Cryptographic Forum Research Group");
    uint8_t tag[TAG];

    (void)state;
    poly1305(key.bytes, text.data, text.len, tag); /* RFC 8439, 2.5.2 */
    assert_hex(tag, TAG, "a8061dc1305136c6c22b8baf0c0127a9");
}

/* K_2 is the first half of the key, K_1 the second. */
static void seal_independently(const uint8_t key[static 2 * KEY], uint32_t sequence_number,
                               uint8_t *packet, size_t len)
{
    uint8_t poly_key[KEY] = { 0 };

    chacha20(key, sequence_number, 0, poly_key, KEY);
    chacha20(key + KEY, sequence_number, 0, packet, LENGTH);
    chacha20(key, sequence_number, 1, packet + LENGTH, len - LENGTH);
    poly1305(poly_key, packet, len, packet + len);
}

static void packets_are_those_of_the_construction(void **state)
{
    static const size_t sizes[] = { 12, 20, 68, 76, 132, 140, 516, 1004 };
    static const uint32_t numbers[] = { 0, 1, 255, 0x01020304, 0x80000000, UINT32_MAX };
    const struct adit_cipher_algorithm *algorithm =
        adit_cipher_find(adit_span_text("chacha20-poly1305@openssh.com"));
    struct adit_cipher *sealer = NULL;
    struct adit_cipher *opener = NULL;
    uint8_t key[2 * KEY];

    (void)state;
    for (size_t i = 0; i < sizeof key; i++)
        key[i] = (uint8_t)(3 * i + 1);
    assert_int_equal(adit_cipher_new(algorithm, NULL, true, key, NULL, NULL, &sealer), ADIT_OK);
    assert_int_equal(adit_cipher_new(algorithm, NULL, false, key, NULL, NULL, &opener), ADIT_OK);

    for (size_t i = 0; i < ADIT_ARRAY_LEN(sizes) * ADIT_ARRAY_LEN(numbers); i++) {
        const size_t len = sizes[i / ADIT_ARRAY_LEN(numbers)];
        const uint32_t number = numbers[i % ADIT_ARRAY_LEN(numbers)];
        uint8_t clear[PACKET_MAX] = { 0 };
        uint8_t wanted[PACKET_MAX];
        uint8_t packet[PACKET_MAX];
        uint32_t packet_length = 0;

        for (size_t at = LENGTH; at < len; at++)
            clear[at] = (uint8_t)(at * 5);
        adit_put_uint32(clear, (uint32_t)(len - LENGTH));
        memcpy(wanted, clear, sizeof clear);
        memcpy(packet, clear, sizeof clear);
        seal_independently(key, number, wanted, len);
        assert_int_equal(adit_cipher_seal(sealer, number, packet, len), ADIT_OK);
        assert_memory_equal(packet, wanted, len + TAG);

        assert_int_equal(adit_cipher_open_length(opener, number, wanted, &packet_length), ADIT_OK);
        assert_int_equal(packet_length, len - LENGTH);
        assert_int_equal(adit_cipher_open(opener, number, wanted, len), ADIT_OK);
        assert_memory_equal(wanted, clear, len);
    }
    adit_cipher_free(sealer);
    adit_cipher_free(opener);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_block_function_is_that_of_the_rfc),
        cmocka_unit_test(the_authenticator_is_that_of_the_rfc),
        cmocka_unit_test(packets_are_those_of_the_construction),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
