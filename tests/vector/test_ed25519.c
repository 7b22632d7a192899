/* SPDX-License-Identifier: BSD-2-Clause */
/* RFC 8032, 7.1, through SSH's blobs (RFC 8709, 4 and 6). Ed25519 is deterministic. */
#include "hex.h"

#include "crypto/pkey.h"
#include "wire/writer.h"

static const struct {
    const char *seed, *public, *message, *signature;
} vectors[] = {
    { "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
      "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9"
      "b46bd25bf5f0595bbe24655141438e7a100b" },
    { "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
      "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f1"
      "1d8c387b2eaeb4302aeeb00d291612bb0c00" },
    { "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
      "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
      "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984d"
      "c6594a7c15e9716ed28dc027beceea1ec40a" },
};

static struct adit_buffer blob_of(const struct hex *content)
{
    struct adit_buffer blob = adit_buffer_init(256);
    struct adit_writer w = adit_writer_init(&blob);

    adit_write_text(&w, "ssh-ed25519");
    adit_write_string(&w, hex_span(content));
    assert_int_equal(adit_writer_finish(&w), ADIT_OK);
    return blob;
}

static void signatures_are_those_of_the_rfc(void **state)
{
    const struct adit_signature_algorithm *algorithm =
        adit_signature_find(adit_span_text("ssh-ed25519"));

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(vectors); i++) {
        const struct hex seed = hex_decode(vectors[i].seed);
        const struct hex public = hex_decode(vectors[i].public);
        const struct hex message = hex_decode(vectors[i].message);
        const struct hex raw = hex_decode(vectors[i].signature);
        struct adit_buffer wanted = blob_of(&raw);
        struct adit_buffer blob = blob_of(&public);
        struct adit_buffer signature = adit_buffer_init(ADIT_SIGNATURE_MAX);
        const struct adit_private_numbers numbers = { .ed25519_seed = hex_span(&seed),
                                                      .ed25519_public = hex_span(&public) };
        struct adit_pkey *signer = NULL;
        struct adit_pkey *verifier = NULL;

        assert_int_equal(adit_pkey_from_numbers(ADIT_KEY_ED25519, &numbers, &signer), ADIT_OK);
        assert_int_equal(adit_pkey_from_blob(adit_buffer_span(&blob), &verifier), ADIT_OK);
        assert_int_equal(adit_pkey_sign(signer, algorithm, hex_span(&message), &signature),
                         ADIT_OK);
        assert_true(adit_span_equal(adit_buffer_span(&signature), adit_buffer_span(&wanted)));
        assert_int_equal(
            adit_pkey_verify(verifier, algorithm, hex_span(&message), adit_buffer_span(&wanted)),
            ADIT_OK);
        adit_pkey_free(signer);
        adit_pkey_free(verifier);
        adit_buffer_clear(&wanted);
        adit_buffer_clear(&blob);
        adit_buffer_clear(&signature);
    }
}

/* RFC 8032, 5.1.7: S must be below the group's order, or each signature has a second form. */
static void a_signature_with_s_plus_the_order_is_refused(void **state)
{
    static const char order[] = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";
    const struct adit_signature_algorithm *algorithm =
        adit_signature_find(adit_span_text("ssh-ed25519"));
    const struct hex public = hex_decode(vectors[1].public);
    const struct hex message = hex_decode(vectors[1].message);
    const struct hex l = hex_decode(order);
    struct hex raw = hex_decode(vectors[1].signature);
    struct adit_buffer key_blob = blob_of(&public);
    struct adit_pkey *key = NULL;
    unsigned carry = 0;

    (void)state;
    for (size_t i = 0; i < 32; i++) {
        carry += (unsigned)raw.bytes[32 + i] + l.bytes[i];
        raw.bytes[32 + i] = (uint8_t)carry;
        carry >>= 8;
    }
    assert_int_equal(carry, 0);
    struct adit_buffer signature = blob_of(&raw);
    assert_int_equal(adit_pkey_from_blob(adit_buffer_span(&key_blob), &key), ADIT_OK);
    assert_int_equal(
        adit_pkey_verify(key, algorithm, hex_span(&message), adit_buffer_span(&signature)),
        ADIT_ERR_SIGNATURE);
    adit_pkey_free(key);
    adit_buffer_clear(&key_blob);
    adit_buffer_clear(&signature);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signatures_are_those_of_the_rfc),
        cmocka_unit_test(a_signature_with_s_plus_the_order_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
