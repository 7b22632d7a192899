/* SPDX-License-Identifier: BSD-2-Clause */
/* bcrypt_pbkdf, by the vectors of OpenBSD's regress and of Go's x/crypto. */
#include "hex.h"

#include "crypto/bcrypt_pbkdf.h"

#define TEXT(text)                                                                                 \
    {                                                                                              \
        (const uint8_t *)(text), sizeof(text) - 1                                                  \
    }

static const uint8_t binary_passphrase[] = { 0x0d, 0xb3, 0xac, 0x94, 0xb3, 0xee, 0x53, 0x28,
                                             0x4f, 0x4a, 0x22, 0x89, 0x3b, 0x3c, 0x24, 0xae };
static const uint8_t binary_salt[] = { 0x3a, 0x62, 0xf0, 0xf0, 0xdb, 0xce, 0xf8, 0x23,
                                       0xcf, 0xcc, 0x85, 0x48, 0x56, 0xea, 0x10, 0x28 };

#define BINARY_PASSPHRASE                                                                          \
    {                                                                                              \
        binary_passphrase, sizeof binary_passphrase                                                \
    }
#define BINARY_SALT                                                                                \
    {                                                                                              \
        binary_salt, sizeof binary_salt                                                            \
    }

static const struct {
    struct adit_span passphrase;
    struct adit_span salt;
    uint32_t rounds;
    const char *output;
} rows[] = {
    /* OpenBSD */
    { TEXT("password"), TEXT("salt"), 4,
      "5bbf0cc293587f1c3635555c27796598d47e579071bf427e9d8fbe842aba34d9" },
    { TEXT("password"), TEXT("\0"), 4, "c12b566235eee04c212598970a579a67" },
    { TEXT("\0"), TEXT("salt"), 4, "6051be18c2f4f82cbf0efee5471b4bb9" },
    { TEXT("password\0"), TEXT("salt\0"), 4,
      "7410e44cf4fa07bfaac8a928b1727fac001375e7bf7384370f48efd121743050" },
    { TEXT("pass\0wor"), TEXT("sa\0l"), 4, "c2bffd9db38f6569efef4372f4de83c0" },
    { TEXT("pass\0word"), TEXT("sa\0lt"), 4, "4ba4ac3925c0e8d7f0cdb6bb1684a56f" },
    { TEXT("password"), TEXT("salt"), 8,
      "e1367ec5151a33faac4cc1c144cd23fa15d5548493ecc99b9b5d9c0d3b27bec7"
      "6227ea66088b849b20ab7aa478010246e74bba51723fefa9f9474d6508845e8d" },
    { TEXT("password"), TEXT("salt"), 42, "833cf0dcf56db65608e8f0dc0ce882bd" },
    { BINARY_PASSPHRASE, BINARY_SALT, 8, "204438175eee7ce136c91b49a67923ff" },
    { BINARY_PASSPHRASE, BINARY_SALT, 8,
      "2054b9fff34e3721440334746828e9ed38de4b72e0a69adc170a13b5e8d646385ea4034ae6d26600"
      "ee2332c5ed40ad557c86e3403fbb30e4e1dc1ae06b99a071368f518d2c426651c9e7e437fd6c915b"
      "1bbfc3a4cea71491490ea7afb7dd0290a678a4f441128db1792eab2776b21eb4238e0715add4127d"
      "ff44e4b3e4cc4c4f9970083f3f74bd698873fdf648844f75c9bf7f9e0c4d9e5d89a7783997492966"
      "616707611cb901de31a19726b6e08c3a8001661f2d5c9dcc33b4aa072f90dd0b3f548d5eeba42113"
      "97e2fb062e526e1d68f46a4ce256185b4badc2685fbe78e1c7657b59f83ab9ab80cf9318d6add1f5"
      "933f12d6f36182c8e8115f68030a1244" },
    /* Go */
    { TEXT("password"), TEXT("salt"), 12,
      "1ae42c05d487bc02f64921a4ebe4ea93bcacfe135fda99974c06b7b01fae149a" },
    { TEXT("passwordy\0PASSWORD\0"), TEXT("salty\0SALT\0"), 3,
      "7f310bd3e78c3280c59ce4595211a2928e8d4ec744c1ed2efc9f764e3388e0ad" },
    { TEXT("секретное слово"), TEXT("посолить немножко"), 8,
      "8df43fc6fe131fc47f0c9e39224bd94c70b6fcc8ee8135faddf61156e6cb2733ea765f315a3e1e4a"
      "fc35bf8687d189254c1e05a6fe80c0617f9183d67260d6a115c6c94e3603e2303fbb43a76a64523f"
      "fda686b1d4518543" },
};

static void keys_are_derived_as_published(void **state)
{
    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(rows); i++) {
        const size_t len = strlen(rows[i].output) / 2;
        uint8_t *out = malloc(len);

        assert_non_null(out);
        assert_int_equal(
            adit_bcrypt_pbkdf(rows[i].passphrase, rows[i].salt, rows[i].rounds, out, len), ADIT_OK);
        assert_hex(out, len, rows[i].output);
        free(out);
    }
}

/* A length that is no multiple of the block, in a heap block of exactly this length. */
static void any_length_up_to_the_maximum_may_be_asked_for(void **state)
{
    static const size_t lengths[] = { 1, 31, 33, 48, 63, 65, ADIT_BCRYPT_PBKDF_MAX };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(lengths); i++) {
        uint8_t *out = calloc(1, lengths[i]);
        uint8_t filled = 0;

        assert_non_null(out);
        assert_int_equal(adit_bcrypt_pbkdf(rows[0].passphrase, rows[0].salt, 1, out, lengths[i]),
                         ADIT_OK);
        for (size_t k = 0; k < lengths[i] && k < 4; k++)
            filled |= out[lengths[i] - 1 - k];
        assert_int_not_equal(filled, 0);
        free(out);
    }
}

static void what_is_out_of_bounds_is_refused(void **state)
{
    const struct adit_span some = adit_span_text("some");
    uint8_t out[ADIT_BCRYPT_PBKDF_MAX + 1];

    (void)state;
    assert_int_equal(adit_bcrypt_pbkdf(ADIT_SPAN_EMPTY, some, 1, out, 32), ADIT_ERR_USAGE);
    assert_int_equal(adit_bcrypt_pbkdf(some, ADIT_SPAN_EMPTY, 1, out, 32), ADIT_ERR_USAGE);
    assert_int_equal(adit_bcrypt_pbkdf(some, some, 0, out, 32), ADIT_ERR_USAGE);
    assert_int_equal(adit_bcrypt_pbkdf(some, some, 1, out, 0), ADIT_ERR_USAGE);
    assert_int_equal(adit_bcrypt_pbkdf(some, some, 1, out, sizeof out), ADIT_ERR_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_derived_as_published),
        cmocka_unit_test(any_length_up_to_the_maximum_may_be_asked_for),
        cmocka_unit_test(what_is_out_of_bounds_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
