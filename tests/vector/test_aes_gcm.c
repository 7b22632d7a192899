/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * T13. AES-GCM built a second time, from single AES blocks and a GHASH that goes
 * bit by bit; proved by the published test cases 4 and 16 of the GCM
 * specification (McGrew and Viega), then compared with packets that each library sealed.
 */
#include "gcm_library.h"
#include "hex.h"

#include "crypto/cipher.h"
#include "wire/writer.h"

#include <openssl/evp.h>

enum { BLOCK = 16, IV = 12, LENGTH = 4 };

struct gcm {
    EVP_CIPHER_CTX *aes;
    uint8_t h[BLOCK];
};

static void encrypt_block(const struct gcm *gcm, const uint8_t in[static BLOCK],
                          uint8_t out[static BLOCK])
{
    int len = 0;

    assert_int_equal(EVP_EncryptUpdate(gcm->aes, out, &len, in, BLOCK), 1);
    assert_int_equal(len, BLOCK);
}

static struct gcm gcm_init(const uint8_t *key, size_t key_size)
{
    const uint8_t zeros[BLOCK] = { 0 };
    struct gcm gcm = { .aes = EVP_CIPHER_CTX_new() };

    assert_int_equal(EVP_EncryptInit_ex(gcm.aes,
                                        key_size == 16 ? EVP_aes_128_ecb() : EVP_aes_256_ecb(),
                                        NULL, key, NULL),
                     1);
    assert_int_equal(EVP_CIPHER_CTX_set_padding(gcm.aes, 0), 1);
    encrypt_block(&gcm, zeros, gcm.h);
    return gcm;
}

/* x = x * h in GF(2^128), the first bit being the lowest power. */
static void multiply(uint8_t x[static BLOCK], const uint8_t h[static BLOCK])
{
    uint8_t product[BLOCK] = { 0 };
    uint8_t v[BLOCK];

    memcpy(v, h, BLOCK);
    for (size_t bit = 0; bit < 8 * BLOCK; bit++) {
        const bool low = v[BLOCK - 1] & 1;

        if (x[bit / 8] >> (7 - bit % 8) & 1) {
            for (size_t i = 0; i < BLOCK; i++)
                product[i] ^= v[i];
        }
        for (size_t i = BLOCK; i-- > 0;)
            v[i] = (uint8_t)(v[i] >> 1 | (i ? v[i - 1] << 7 : 0));
        v[0] ^= low ? 0xe1 : 0;
    }
    memcpy(x, product, BLOCK);
}

static void hash_padded(const struct gcm *gcm, uint8_t x[static BLOCK], const uint8_t *bytes,
                        size_t len)
{
    for (size_t at = 0; at < len; at++) {
        x[at % BLOCK] ^= bytes[at];
        if (at % BLOCK == BLOCK - 1 || at == len - 1)
            multiply(x, gcm->h);
    }
}

/* Encrypts `text` in place. */
static void gcm_seal(const struct gcm *gcm, const uint8_t iv[static IV], struct adit_span aad,
                     uint8_t *text, size_t len, uint8_t tag[static BLOCK])
{
    uint8_t counter[BLOCK] = { 0 };
    uint8_t lengths[BLOCK] = { 0 };
    uint8_t mask[BLOCK];
    uint8_t x[BLOCK] = { 0 };

    memcpy(counter, iv, IV);
    for (size_t at = 0; at < len; at++) {
        if (at % BLOCK == 0) {
            adit_put_uint32(counter + IV, (uint32_t)(2 + at / BLOCK));
            encrypt_block(gcm, counter, mask);
        }
        text[at] ^= mask[at % BLOCK];
    }
    adit_put_uint32(lengths + 4, (uint32_t)aad.len * 8);
    adit_put_uint32(lengths + 12, (uint32_t)len * 8);
    hash_padded(gcm, x, aad.data, aad.len);
    hash_padded(gcm, x, text, len);
    hash_padded(gcm, x, lengths, BLOCK);
    adit_put_uint32(counter + IV, 1);
    encrypt_block(gcm, counter, mask);
    for (size_t i = 0; i < BLOCK; i++)
        tag[i] = x[i] ^ mask[i];
}

static void the_construction_gives_the_published_texts(void **state)
{
    static const char key_text[] = "feffe9928665731c6d6a8f9467308308"
                                   "feffe9928665731c6d6a8f9467308308";
    static const struct {
        size_t key_size;
        const char *text, *tag;
    } cases[] = {
        { 16,
          "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e"
          "21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091",
          "5bc94fbc3221a5db94fae95ae7121a47" },
        { 32,
          "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
          "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662",
          "76fc6ece0f4e1768cddf8853bb2d551b" },
    };
    const struct hex key = hex_decode(key_text);
    const struct hex iv = hex_decode("cafebabefacedbaddecaf888");
    const struct hex aad = hex_decode("feedfacedeadbeeffeedfacedeadbeefabaddad2");

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        struct gcm gcm = gcm_init(key.bytes, cases[i].key_size);
        struct hex text =
            hex_decode("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a"
                       "721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39");
        uint8_t tag[BLOCK];

        gcm_seal(&gcm, iv.bytes, hex_span(&aad), text.bytes, text.len, tag);
        assert_hex(text.bytes, text.len, cases[i].text);
        assert_hex(tag, BLOCK, cases[i].tag);
        EVP_CIPHER_CTX_free(gcm.aes);
    }
}

static const struct {
    const char *name;
    size_t key_size;
    bool libgcrypt;
} ciphers[] = {
    { "aes128-gcm@openssh.com", 16, false },
    { "aes256-gcm@openssh.com", 32, false },
    { "aes128-gcm@openssh.com", 16, true },
    { "aes256-gcm@openssh.com", 32, true },
};

static const uint8_t key[32] = "the key of both, or half of it.";

/* `count` packets from this IV on, each compared; `ivs` are the IVs that they must have. */
static void assert_packets(size_t which, const char *const *ivs, size_t count)
{
    struct gcm gcm = gcm_init(key, ciphers[which].key_size);
    const struct hex first = hex_decode(ivs[0]);
    struct adit_cipher *cipher = NULL;

    gcm_with_libgcrypt = ciphers[which].libgcrypt;
    assert_int_equal(adit_cipher_new(adit_cipher_find(adit_span_text(ciphers[which].name)), NULL,
                                     true, key, first.bytes, NULL, &cipher),
                     ADIT_OK);
    for (size_t i = 0; i < count; i++) {
        const struct hex iv = hex_decode(ivs[i]);
        const size_t len = LENGTH + BLOCK * (1 + 3 * i);
        uint8_t wanted[LENGTH + 10 * BLOCK + BLOCK] = { 0 };
        uint8_t packet[LENGTH + 10 * BLOCK + BLOCK];

        for (size_t at = LENGTH; at < len; at++)
            wanted[at] = (uint8_t)(at * 7);
        adit_put_uint32(wanted, (uint32_t)(len - LENGTH));
        memcpy(packet, wanted, sizeof packet);
        gcm_seal(&gcm, iv.bytes, adit_span_of(wanted, LENGTH), wanted + LENGTH, len - LENGTH,
                 wanted + len);
        assert_int_equal(adit_cipher_seal(cipher, 99, packet, len), ADIT_OK);
        assert_memory_equal(packet, wanted, len + BLOCK);
    }
    adit_cipher_free(cipher);
    EVP_CIPHER_CTX_free(gcm.aes);
}

static void packets_are_gcm_with_the_length_as_additional_data(void **state)
{
    static const char *const ivs[] = { "0102030405060708090a0b0c", "0102030405060708090a0b0d",
                                       "0102030405060708090a0b0e", "0102030405060708090a0b0f" };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(ciphers); i++)
        assert_packets(i, ivs, ADIT_ARRAY_LEN(ivs));
}

/* RFC 5647, 7.1: the invocation counter has 64 bits; the fixed field before it never changes. */
static void the_counter_carries_and_wraps_in_its_field(void **state)
{
    static const char *const carry[] = { "ffffffff00000000fffffffe", "ffffffff00000000ffffffff",
                                         "ffffffff0000000100000000" };
    static const char *const wrap[] = { "00000000ffffffffffffffff", "000000000000000000000000",
                                        "000000000000000000000001" };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(ciphers); i++) {
        assert_packets(i, carry, ADIT_ARRAY_LEN(carry));
        assert_packets(i, wrap, ADIT_ARRAY_LEN(wrap));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_construction_gives_the_published_texts),
        cmocka_unit_test(packets_are_gcm_with_the_length_as_additional_data),
        cmocka_unit_test(the_counter_carries_and_wraps_in_its_field),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
