/* SPDX-License-Identifier: BSD-2-Clause */
/* Public key files of all that they may hold; what adit cannot use is told of all the same. */
#include "adit/public_key.h"

#include "exact.h"

#include "keys/base64_lines.h"
#include "keys/key.h"
#include "keys/public_line.h"
#include "wire/writer.h"

#define SK_ED25519 "sk-ssh-ed25519@openssh.com"
#define SK_ECDSA   "sk-ecdsa-sha2-nistp256@openssh.com"
#define CERT       "ssh-ed25519-cert-v01@openssh.com"

/* One key as openssl and as ssh-keygen write it. */
#define P256_POINT                                                                                 \
    "PrYXISI7vpOa18dw/r5gbi7aB8JR\n0XmBXVx0Wm2TkyrEnberdWOL46YXEx2LbQ4/xdA0IHxhnFjInkixZK/Gqw=="
#define P256_LINE                                                                                  \
    "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBD62FyEiO76TmtfHcP6"  \
    "+YG4u2gfCUdF5gV1cdFptk5MqxJ23q3Vji+OmFxMdi20OP8XQNCB8YZxYyJ5IsWSvxqs="
#define RSA_LINE                                                                                   \
    "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQDmIRZarvWuqKD/PsLAVnG4riGT30lhOO/mmdG0CUczmT0FWkZl2TgH" \
    "sS5bhdZ1KeAHvyzQNL/lSnV8DNwlt2j/LoBV95LcVEFw3fuw9LXezF9VEWo7+MCTEMixV/Wn4I1+qpMT7jxB8VRfaDTR" \
    "cwLK+amA5RGrR6JBgWqx8Sl7h9T7oPJ5wy4Dl1zfPHtps/pvQp5IF4rKSTZfWvHWI8Pd5IHH4dNPQEkYAyujGXbYPRmR" \
    "trZCTZsrogTArCH89vZaPQPpsJuuBRQ0vc6YLsuH5vrim7PunXlLcAc5wARHF3wmhHvxZ140B0wEN+TbTkD/bFXQn/7I" \
    "EoBPEBrtAcVJ"
#define BEGIN "-----BEGIN PUBLIC KEY-----\n"
#define END   "\n-----END PUBLIC KEY-----\n"

static const char p256_pem[] = BEGIN "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE" P256_POINT END;
static const char p256_compressed_pem[] =
    BEGIN "MDkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDIgADPrYXISI7vpOa18dw/r5gbi7aB8JR\n0XmBXVx0Wm2Tkyo=" END;
static const char rsa_pem[] = "-----BEGIN RSA PUBLIC KEY-----\n"
                              "MIIBCgKCAQEA5iEWWq71rqig/z7CwFZxuK4hk99JYTjv5pnRtAlHM5k9BVpGZdk4\n"
                              "B7EuW4XWdSngB78s0DS/5Up1fAzcJbdo/y6AVfeS3FRBcN37sPS13sxfVRFqO/jA\n"
                              "kxDIsVf1p+CNfqqTE+48QfFUX2g00XMCyvmpgOURq0eiQYFqsfEpe4fU+6DyecMu\n"
                              "A5dc3zx7abP6b0KeSBeKykk2X1rx1iPD3eSBx+HTT0BJGAMroxl22D0Zkba2Qk2b\n"
                              "K6IEwKwh/Pb2Wj0D6bCbrgUUNL3OmC7Lh+b64puz7p15S3AHOcAERxd8JoR78Wde\n"
                              "NAdMBDfk205A/2xV0J/+yBKATxAa7QHFSQIDAQAB\n"
                              "-----END RSA PUBLIC KEY-----\n";
static const char rsa_1024_pem[] =
    BEGIN "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDnmZEeFvpsO3H/iJY0E8MMhrXO\n"
          "Z+z73o3+g7ea/MNGX0oKXLx+qOKAou2rh9+97R6Wede8WRh79ueSmuTavn7/4+ux\n"
          "PRrGWApbQcaTc4J6SQg3KUDek+5p93EDuer717XY8iiCG9Sui8Lada9XLZkVfcT+\n"
          "pVDW3TPMP0C6cG4/6QIDAQAB" END;
static const char secp256k1_pem[] =
    BEGIN "MFYwEAYHKoZIzj0CAQYFK4EEAAoDQgAExbtLEhaI4uJhUTJWP7/k05lSnyZYj6yV\n"
          "JrM665K4o4KQG5mTFf6tUc4UnDERs69UirXyxCrlAt42SyNT/JK4ug==" END;

static struct adit_key *key;
static struct adit_key *ca;

static int make_keys(void **state)
{
    (void)state;
    assert_int_equal(adit_key_generate(ADIT_KEY_ED25519, 0, "", &key), ADIT_OK);
    assert_int_equal(adit_key_generate(ADIT_KEY_ED25519, 0, "", &ca), ADIT_OK);
    return 0;
}

static int free_keys(void **state)
{
    (void)state;
    adit_key_free(key);
    adit_key_free(ca);
    return 0;
}

static enum adit_err read_text(struct adit_span text, struct adit_public_key **out)
{
    const struct adit_span exact = exact_copy(text.data, text.len);
    const enum adit_err err = adit_public_key_read(exact, out);

    assert_int_equal(*out != NULL, err == ADIT_OK);
    exact_free(exact);
    return err;
}

/* A line with this blob. */
static enum adit_err read_blob(struct adit_span blob, struct adit_public_key **out)
{
    struct adit_buffer line = adit_buffer_init(8192);
    enum adit_err err = adit_public_line_append(blob, "a comment", &line);

    *out = NULL;
    if (err == ADIT_OK)
        err = read_text(adit_buffer_span(&line), out);
    adit_buffer_clear(&line);
    return err;
}

static enum adit_err verdict(struct adit_span blob)
{
    struct adit_public_key *told = NULL;
    const enum adit_err err = read_blob(blob, &told);

    adit_public_key_free(told);
    return err;
}

/* Cut anywhere, with a byte more, and with each 32-bit length at 0 and at its maximum. */
static void assert_exact(struct adit_buffer *blob, const size_t *lengths, size_t count)
{
    for (size_t cut = 0; cut < blob->len; cut++)
        assert_int_not_equal(verdict(adit_span_of(blob->data, cut)), ADIT_OK);
    for (size_t i = 0; i < count; i++) {
        uint8_t was[4];

        memcpy(was, blob->data + lengths[i], sizeof was);
        for (unsigned extreme = 0; extreme < 3; extreme++) {
            memset(blob->data + lengths[i], extreme == 1 ? 0xff : 0, sizeof was);
            if (extreme == 2) { /* one more than there are bytes */
                blob->data[lengths[i] + 2] = (uint8_t)((blob->len - lengths[i] - 3) >> 8);
                blob->data[lengths[i] + 3] = (uint8_t)(blob->len - lengths[i] - 3);
            }
            assert_int_not_equal(verdict(adit_buffer_span(blob)), ADIT_OK);
        }
        memcpy(blob->data + lengths[i], was, sizeof was);
    }
    assert_int_equal(verdict(adit_buffer_span(blob)), ADIT_OK);
    assert_int_equal(adit_buffer_append(blob, adit_span_of("", 1)), ADIT_OK);
    assert_int_equal(verdict(adit_buffer_span(blob)), ADIT_ERR_FORMAT);
}

static struct adit_span point_of(const struct adit_key *ecdsa)
{
    struct adit_span rest = adit_key_blob(ecdsa);
    struct adit_span point;

    for (unsigned i = 0; i < 3; i++)
        assert_true(adit_string_next(&rest, &point));
    return point;
}

static struct adit_buffer make_token_key(bool is_ecdsa, struct adit_span point)
{
    struct adit_buffer blob = adit_buffer_init(1024);
    struct adit_writer w = adit_writer_init(&blob);

    adit_write_text(&w, is_ecdsa ? SK_ECDSA : SK_ED25519);
    if (is_ecdsa)
        adit_write_text(&w, "nistp256");
    adit_write_string(&w, point);
    adit_write_text(&w, "ssh:");
    assert_int_equal(adit_writer_finish(&w), ADIT_OK);
    return blob;
}

static void a_key_of_a_token_is_told(void **state)
{
    static const size_t ed25519_lengths[] = { 0, 30, 66 };
    static const size_t ecdsa_lengths[] = { 0, 38, 50, 119 };
    const struct adit_span ed25519 = adit_key_blob(key);
    struct adit_key *ecdsa = NULL;

    (void)state;
    assert_int_equal(adit_key_generate(ADIT_KEY_ECDSA_P256, 0, "", &ecdsa), ADIT_OK);
    for (unsigned is_ecdsa = 0; is_ecdsa < 2; is_ecdsa++) {
        struct adit_buffer blob = make_token_key(
            is_ecdsa, is_ecdsa ? point_of(ecdsa) : adit_span_of(ed25519.data + 19, 32));
        char fingerprint[ADIT_FINGERPRINT_SIZE];
        struct adit_public_key *told = NULL;

        assert_int_equal(read_blob(adit_buffer_span(&blob), &told), ADIT_OK);
        if (told == NULL)
            break; /* asserted above; the analyser does not know it */
        assert_span_is(told->name, is_ecdsa ? SK_ECDSA : SK_ED25519);
        assert_int_equal(told->bits, 256);
        assert_span_is(told->application, "ssh:");
        assert_span_is(told->comment, "a comment");
        assert_false(told->is_certificate);
        adit_blob_fingerprint(adit_buffer_span(&blob), fingerprint);
        assert_string_equal(told->fingerprint, fingerprint);
        adit_public_key_free(told);
        if (is_ecdsa) { /* a point that is not on the curve */
            blob.data[60] ^= 1;
            assert_int_equal(verdict(adit_buffer_span(&blob)), ADIT_ERR_FORMAT);
            blob.data[60] ^= 1;
        }
        /* Only the application may be empty. */
        assert_exact(&blob, is_ecdsa ? ecdsa_lengths : ed25519_lengths, is_ecdsa ? 4 : 3);
        adit_buffer_clear(&blob);
    }
    adit_key_free(ecdsa);
}

static struct adit_buffer make_certificate(const char *algorithm, bool spoiled)
{
    struct adit_buffer blob = adit_buffer_init(4096);
    struct adit_buffer signature = adit_buffer_init(ADIT_SIGNATURE_MAX);
    struct adit_writer w = adit_writer_init(&blob);
    const struct adit_span plain = adit_key_blob(key);

    adit_write_text(&w, CERT);
    adit_write_text(&w, "nonce");
    adit_write_bytes(&w, adit_span_of(plain.data + 15, plain.len - 15)); /* behind its name */
    adit_write_uint64(&w, 7);
    adit_write_uint32(&w, ADIT_CERTIFICATE_HOST);
    adit_write_text(&w, "an id");
    adit_write_string(&w, adit_span_of("\0\0\0\1a", 5));
    adit_write_uint64(&w, 1);
    adit_write_uint64(&w, UINT64_MAX);
    for (unsigned i = 0; i < 3; i++)
        adit_write_text(&w, ""); /* critical options, extensions, reserved */
    adit_write_string(&w, adit_key_blob(ca));
    assert_int_equal(adit_pkey_sign(ca->pkey, adit_signature_find(adit_span_text("ssh-ed25519")),
                                    adit_buffer_span(&blob), &signature),
                     ADIT_OK);
    if (algorithm) {
        struct adit_writer other = adit_writer_init(&signature);

        adit_buffer_empty(&signature);
        adit_write_text(&other, algorithm);
        adit_write_text(&other, "a signature");
        assert_int_equal(adit_writer_finish(&other), ADIT_OK);
    }
    adit_write_string(&w, adit_buffer_span(&signature));
    assert_int_equal(adit_writer_finish(&w), ADIT_OK);
    if (spoiled)
        blob.data[sizeof CERT - 1 + 8] ^= 1; /* of the nonce */
    adit_buffer_clear(&signature);
    return blob;
}

static void a_certificate_is_told_with_what_its_signature_is_worth(void **state)
{
    static const struct {
        const char *algorithm;
        bool spoiled;
        enum adit_signature_verdict verdict;
    } cases[] = {
        { NULL, false, ADIT_SIGNATURE_GOOD },
        { NULL, true, ADIT_SIGNATURE_WRONG },
        { "ssh-ed25519", false, ADIT_SIGNATURE_WRONG },
        { "rsa-sha2-256", false, ADIT_SIGNATURE_WRONG },
        { "ssh-dss", false, ADIT_SIGNATURE_UNCHECKED },
        { "", false, ADIT_SIGNATURE_UNCHECKED },
    };
    char fingerprint[ADIT_FINGERPRINT_SIZE];

    (void)state;
    adit_key_fingerprint(key, fingerprint);
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        struct adit_buffer blob = make_certificate(cases[i].algorithm, cases[i].spoiled);
        struct adit_public_key *told = NULL;

        assert_int_equal(read_blob(adit_buffer_span(&blob), &told), ADIT_OK);
        if (told == NULL)
            break; /* asserted above; the analyser does not know it */
        assert_span_is(told->name, CERT);
        assert_int_equal(told->bits, 256);
        assert_string_equal(told->fingerprint, fingerprint); /* of the key that it is for */
        assert_int_equal(told->application.len, 0);
        assert_true(told->is_certificate);
        assert_int_equal(told->certificate.serial, 7);
        assert_span_is(told->certificate.key_id, "an id");
        assert_int_equal(told->signature, cases[i].verdict);
        adit_public_key_free(told);
        adit_buffer_clear(&blob);
    }
}

static void of_a_broken_certificate_nothing_is_told(void **state)
{
    static const size_t lengths[] = { 0, 36, 45, 93, 102, 127, 131, 135, 139, 194 };
    struct adit_buffer blob = make_certificate(NULL, false);

    (void)state;
    for (size_t cut = 0; cut < blob.len; cut++)
        assert_int_not_equal(verdict(adit_span_of(blob.data, cut)), ADIT_OK);
    for (size_t i = 0; i < ADIT_ARRAY_LEN(lengths); i++) {
        const uint8_t was = blob.data[lengths[i]];

        blob.data[lengths[i]] = 0xff;
        assert_int_not_equal(verdict(adit_buffer_span(&blob)), ADIT_OK);
        blob.data[lengths[i]] = was;
    }
    assert_int_equal(verdict(adit_buffer_span(&blob)), ADIT_OK);
    adit_buffer_clear(&blob);
}

static void pem_is_the_key_that_openssh_writes_of_it(void **state)
{
    static const struct {
        const char *pem;
        const char *line;
        unsigned bits;
    } files[] = {
        { p256_pem, P256_LINE, 256 },
        { p256_compressed_pem, P256_LINE, 256 },
        { rsa_pem, RSA_LINE, 2048 },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(files); i++) {
        struct adit_key_description description;
        struct adit_key *wanted = NULL;
        struct adit_key *read = NULL;
        struct adit_public_key *told = NULL;

        assert_int_equal(adit_key_read_public(adit_span_text(files[i].line), &wanted), ADIT_OK);
        assert_int_equal(adit_key_describe(adit_span_text(files[i].pem), &description, &read),
                         ADIT_OK);
        assert_int_equal(description.format, ADIT_KEY_FORMAT_PEM_PUBLIC);
        assert_true(adit_span_equal(adit_key_blob(read), adit_key_blob(wanted)));
        assert_int_equal(read_text(adit_span_text(files[i].pem), &told), ADIT_OK);
        assert_int_equal(told->bits, files[i].bits);
        assert_span_is(told->name, adit_key_name(wanted));
        adit_public_key_free(told);
        adit_key_free(read);
        adit_key_free(wanted);
    }
}

static void pem_that_is_none_is_told(void **state)
{
    static const struct {
        const char *text;
        enum adit_err err;
    } cases[] = {
        { rsa_1024_pem, ADIT_ERR_LIMIT },
        { secp256k1_pem, ADIT_ERR_UNSUPPORTED },
        { BEGIN "AAAA" END, ADIT_ERR_FORMAT },
        { BEGIN "not base64" END, ADIT_ERR_FORMAT },
        { BEGIN, ADIT_ERR_FORMAT },
        { BEGIN END, ADIT_ERR_FORMAT },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        struct adit_public_key *told = NULL;

        assert_int_equal(read_text(adit_span_text(cases[i].text), &told), cases[i].err);
    }
    for (size_t cut = 0; cut < sizeof rsa_pem - 6; cut++) { /* it may lack the last dashes' end */
        struct adit_public_key *told = NULL;

        assert_int_not_equal(read_text(adit_span_of(rsa_pem, cut), &told), ADIT_OK);
    }
}

/* An RSA key of one bit more than is taken, in DER: SEQUENCE { INTEGER n, INTEGER e }. */
static void an_rsa_key_that_is_too_large_is_told(void **state)
{
    static const uint8_t head[] = { 0x30, 0x82, 0x08, 0x0a, 0x02, 0x82, 0x08, 0x01, 0x01 };
    static const uint8_t exponent[] = { 0x02, 0x03, 0x01, 0x00, 0x01 };
    uint8_t der[sizeof head + ADIT_RSA_BITS_MAX / 8 + sizeof exponent];
    struct adit_buffer text = adit_buffer_init(8192);
    struct adit_writer w = adit_writer_init(&text);
    struct adit_public_key *told = NULL;

    (void)state;
    memset(der, 0xff, sizeof der);
    memcpy(der, head, sizeof head);
    memcpy(der + sizeof der - sizeof exponent, exponent, sizeof exponent);
    adit_write_bytes(&w, adit_span_text("-----BEGIN RSA PUBLIC KEY-----\n"));
    assert_int_equal(adit_base64_lines_encode(adit_span_of(der, sizeof der), 64, &text), ADIT_OK);
    adit_write_bytes(&w, adit_span_text("-----END RSA PUBLIC KEY-----\n"));
    assert_int_equal(adit_writer_finish(&w), ADIT_OK);
    assert_int_equal(read_text(adit_buffer_span(&text), &told), ADIT_ERR_LIMIT);
    adit_buffer_clear(&text);
}

static void what_is_not_known_by_name_is_not_told(void **state)
{
    struct adit_buffer blob = adit_buffer_init(64);
    struct adit_writer w = adit_writer_init(&blob);

    (void)state;
    adit_write_text(&w, "ssh-dss");
    adit_write_text(&w, "fields");
    assert_int_equal(adit_writer_finish(&w), ADIT_OK);
    assert_int_equal(verdict(adit_buffer_span(&blob)), ADIT_ERR_UNSUPPORTED);
    adit_buffer_clear(&blob);
    adit_public_key_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_of_a_token_is_told),
        cmocka_unit_test(a_certificate_is_told_with_what_its_signature_is_worth),
        cmocka_unit_test(of_a_broken_certificate_nothing_is_told),
        cmocka_unit_test(pem_is_the_key_that_openssh_writes_of_it),
        cmocka_unit_test(pem_that_is_none_is_told),
        cmocka_unit_test(an_rsa_key_that_is_too_large_is_told),
        cmocka_unit_test(what_is_not_known_by_name_is_not_told),
    };

    return cmocka_run_group_tests(tests, make_keys, free_keys);
}
