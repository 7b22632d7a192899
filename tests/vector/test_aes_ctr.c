/* SPDX-License-Identifier: BSD-2-Clause */
/* NIST SP 800-38A, F.5 (CTR), and the MACs over what T11 and T12 say. */
#include "hex.h"

#include "crypto/cipher.h"
#include "wire/writer.h"

static const char initial_counter[] = "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff";
static const char clear_text[] = "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
                                 "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710";

static const struct {
    const char *name, *key, *cipher_text;
} vectors[] = {
    { "aes128-ctr", "2b7e151628aed2a6abf7158809cf4f3c",
      "874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff"
      "5ae4df3edbd5d35e5b4f09020db03eab1e031dda2fbe03d1792170a0f3009cee" },
    { "aes192-ctr", "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b",
      "1abc932417521ca24f2b0459fe7e6e0b090339ec0aa6faefd5ccc2c6f4ce8e94"
      "1e36b26bd1ebc670d1bd1d665620abf74f78a7f6d29809585a97daec58c6b050" },
    { "aes256-ctr", "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
      "601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c5"
      "2b0930daa23de94ce87017ba2d84988ddfc9c58db67aada613c2dd08457941a6" },
};

enum { TEXT_SIZE = 64 };

static const uint8_t mac_key[64] = "the MAC's";

static struct adit_cipher *new_cipher(size_t vector, const char *mac)
{
    const struct hex key = hex_decode(vectors[vector].key);
    const struct hex iv = hex_decode(initial_counter);
    struct adit_cipher *cipher = NULL;

    assert_int_equal(adit_cipher_new(adit_cipher_find(adit_span_text(vectors[vector].name)),
                                     adit_mac_find(adit_span_text(mac)), true, key.bytes, iv.bytes,
                                     mac_key, &cipher),
                     ADIT_OK);
    return cipher;
}

/* HMAC(key, sequence_number || bytes), by the one-shot function. */
static void assert_mac(const char *mac, uint32_t number, const uint8_t *bytes, size_t len,
                       const uint8_t *is)
{
    const struct adit_mac_algorithm *algorithm = adit_mac_find(adit_span_text(mac));
    uint8_t input[4 + 4 + TEXT_SIZE];
    uint8_t wanted[ADIT_HASH_MAX];

    adit_put_uint32(input, number);
    memcpy(input + 4, bytes, len);
    assert_int_equal(adit_hmac(algorithm->hash, adit_span_of(mac_key, algorithm->key_size),
                               adit_span_of(input, 4 + len), wanted),
                     ADIT_OK);
    assert_memory_equal(is, wanted, algorithm->tag_size);
}

/* The whole packet is encrypted; the MAC covers what it was before (RFC 4253, 6.4). */
static void mac_then_encrypt_gives_the_published_text(void **state)
{
    static const char *const macs[] = { "hmac-sha2-256", "hmac-sha2-512" };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(vectors) * ADIT_ARRAY_LEN(macs); i++) {
        const size_t v = i / ADIT_ARRAY_LEN(macs);
        const char *mac = macs[i % ADIT_ARRAY_LEN(macs)];
        struct adit_cipher *cipher = new_cipher(v, mac);
        const struct hex clear = hex_decode(clear_text);
        uint8_t packet[TEXT_SIZE + ADIT_HASH_MAX];

        memcpy(packet, clear.bytes, TEXT_SIZE);
        assert_int_equal(adit_cipher_seal(cipher, 0x01020304, packet, TEXT_SIZE), ADIT_OK);
        assert_hex(packet, TEXT_SIZE, vectors[v].cipher_text);
        assert_mac(mac, 0x01020304, clear.bytes, TEXT_SIZE, packet + TEXT_SIZE);
        adit_cipher_free(cipher);
    }
}

/* The length stays; the MAC covers what is sent (PROTOCOL, 1.5). */
static void encrypt_then_mac_gives_the_published_text(void **state)
{
    static const char *const macs[] = { "hmac-sha2-256-etm@openssh.com",
                                        "hmac-sha2-512-etm@openssh.com" };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(vectors) * ADIT_ARRAY_LEN(macs); i++) {
        const size_t v = i / ADIT_ARRAY_LEN(macs);
        const char *mac = macs[i % ADIT_ARRAY_LEN(macs)];
        struct adit_cipher *cipher = new_cipher(v, mac);
        const struct hex clear = hex_decode(clear_text);
        uint8_t packet[4 + TEXT_SIZE + ADIT_HASH_MAX];

        adit_put_uint32(packet, TEXT_SIZE);
        memcpy(packet + 4, clear.bytes, TEXT_SIZE);
        assert_int_equal(adit_cipher_seal(cipher, 7, packet, 4 + TEXT_SIZE), ADIT_OK);
        assert_int_equal(adit_get_uint32(packet), TEXT_SIZE);
        assert_hex(packet + 4, TEXT_SIZE, vectors[v].cipher_text);
        assert_mac(mac, 7, packet, 4 + TEXT_SIZE, packet + 4 + TEXT_SIZE);
        adit_cipher_free(cipher);
    }
}

/* T15: the four blocks as two packets. */
static void the_counter_runs_on_from_packet_to_packet(void **state)
{
    (void)state;
    for (size_t v = 0; v < ADIT_ARRAY_LEN(vectors); v++) {
        struct adit_cipher *cipher = new_cipher(v, "hmac-sha2-256");
        const struct hex clear = hex_decode(clear_text);
        const struct hex wanted = hex_decode(vectors[v].cipher_text);

        for (uint32_t half = 0; half < 2; half++) {
            uint8_t packet[32 + 32];

            memcpy(packet, clear.bytes + 32 * half, 32);
            assert_int_equal(adit_cipher_seal(cipher, half, packet, 32), ADIT_OK);
            assert_memory_equal(packet, wanted.bytes + 32 * half, 32);
        }
        adit_cipher_free(cipher);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mac_then_encrypt_gives_the_published_text),
        cmocka_unit_test(encrypt_then_mac_gives_the_published_text),
        cmocka_unit_test(the_counter_runs_on_from_packet_to_packet),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
