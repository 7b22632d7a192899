/* SPDX-License-Identifier: BSD-2-Clause */
/* Certificates made here, with each field as the case wants it. */
#include "exact.h"

#include "keys/certificate.h"
#include "keys/key.h"
#include "wire/writer.h"

#include <stdint.h>
#include <string.h>

static const char type_name[] = "ssh-ed25519-cert-v01@openssh.com";

static struct adit_key *ca;
static struct adit_key *user;

/* What a case says about the certificate; the rest is good. */
struct made {
    uint32_t type;
    const char *principals[3];
    uint64_t after;
    uint64_t before;
    const char *option; /* critical */
    const char *option_value;
    const char *extension;
    bool spoiled; /* a bit of what is signed */
    const struct adit_key *signer;
};

static void write_pair(struct adit_writer *w, const char *name, const char *value)
{
    struct adit_buffer inner = adit_buffer_init(256);
    struct adit_writer v = adit_writer_init(&inner);

    adit_write_text(w, name);
    if (value)
        adit_write_text(&v, value);
    adit_write_string(w, adit_buffer_span(&inner));
    adit_buffer_clear(&inner);
}

static void write_list(struct adit_writer *w, const struct made *made, int which)
{
    struct adit_buffer inner = adit_buffer_init(1024);
    struct adit_writer l = adit_writer_init(&inner);

    for (size_t i = 0; which == 0 && i < 3 && made->principals[i]; i++)
        adit_write_text(&l, made->principals[i]);
    if (which == 1 && made->option)
        write_pair(&l, made->option, made->option_value);
    if (which == 2 && made->extension)
        write_pair(&l, made->extension, NULL);
    adit_write_string(w, adit_buffer_span(&inner));
    adit_buffer_clear(&inner);
}

static struct adit_buffer make(const struct made *made)
{
    struct adit_buffer blob = adit_buffer_init(8192);
    struct adit_buffer signature = adit_buffer_init(ADIT_SIGNATURE_MAX);
    struct adit_writer w = adit_writer_init(&blob);
    const struct adit_key *signer = made->signer ? made->signer : ca;
    const struct adit_span key = adit_key_blob(user);

    adit_write_text(&w, type_name);
    adit_write_text(&w, "nonce");
    adit_write_bytes(&w, adit_span_of(key.data + 15, key.len - 15)); /* behind its name */
    adit_write_uint64(&w, 7);
    adit_write_uint32(&w, made->type ? made->type : ADIT_CERTIFICATE_USER);
    adit_write_text(&w, "an id");
    write_list(&w, made, 0);
    adit_write_uint64(&w, made->after);
    adit_write_uint64(&w, made->before ? made->before : UINT64_MAX);
    write_list(&w, made, 1);
    write_list(&w, made, 2);
    adit_write_text(&w, "");
    adit_write_string(&w, adit_key_blob(ca));
    assert_int_equal(adit_pkey_sign(signer->pkey,
                                    adit_signature_find(adit_span_text("ssh-ed25519")),
                                    adit_buffer_span(&blob), &signature),
                     ADIT_OK);
    adit_write_string(&w, adit_buffer_span(&signature));
    assert_int_equal(adit_writer_finish(&w), ADIT_OK);
    if (made->spoiled)
        blob.data[sizeof type_name + 8] ^= 1;
    adit_buffer_clear(&signature);
    return blob;
}

static int make_keys(void **state)
{
    (void)state;
    assert_int_equal(adit_key_generate(ADIT_KEY_ED25519, 0, "", &ca), ADIT_OK);
    assert_int_equal(adit_key_generate(ADIT_KEY_ED25519, 0, "", &user), ADIT_OK);
    return 0;
}

static int free_keys(void **state)
{
    (void)state;
    adit_key_free(ca);
    adit_key_free(user);
    return 0;
}

static void a_certificate_is_judged_by_all_that_it_says(void **state)
{
    static const struct {
        struct made made;
        const char *why; /* NULL: good */
    } cases[] = {
        { { .principals = { "tunnel" } }, NULL },
        { { .principals = { "other", "tunnel" } }, NULL },
        { { .principals = { "x", "second" } }, NULL },
        { { .principals = { "other" } }, "its principals do not name what it is used for" },
        { { .principals = { "tunnel*" } }, "its principals do not name what it is used for" },
        { { .principals = { "Tunnel" } }, "its principals do not name what it is used for" },
        { { .principals = { "tunnel2" } }, "its principals do not name what it is used for" },
        { { .principals = { "" } }, "its principals do not name what it is used for" },
        { { .principals = { NULL } }, "its principals do not name what it is used for" },
        { { .principals = { "tunnel" }, .type = 2 }, "it is no user's certificate" },
        { { .principals = { "tunnel" }, .type = 3 }, "it is no user's certificate" },
        { { .principals = { "tunnel" }, .after = 1000 }, NULL },
        { { .principals = { "tunnel" }, .after = 1001 }, "it is not valid yet" },
        { { .principals = { "tunnel" }, .before = 1001 }, NULL },
        { { .principals = { "tunnel" }, .before = 1000 }, "it has expired" },
        { { .principals = { "tunnel" }, .spoiled = true },
          "the signature of its authority is wrong" },
        { { .principals = { "tunnel" },
            .option = "source-address",
            .option_value = "192.0.2.0/24" },
          NULL },
        { { .principals = { "tunnel" },
            .option = "source-address",
            .option_value = "10.0.0.0/8,192.0.2.1" },
          NULL },
        { { .principals = { "tunnel" }, .option = "source-address", .option_value = "10.0.0.0/8" },
          "its source-address does not list where the peer is" },
        { { .principals = { "tunnel" }, .option = "source-address", .option_value = "" },
          "its source-address does not list where the peer is" },
        { { .principals = { "tunnel" }, .option = "source-address" },
          "its source-address does not list where the peer is" },
        { { .principals = { "tunnel" }, .option = "force-command", .option_value = "x" }, NULL },
        { { .principals = { "tunnel" }, .option = "verify-required" },
          "it has a critical option that is not known here" },
        { { .principals = { "tunnel" }, .option = "" },
          "it has a critical option that is not known here" },
    };
    static const char *const names[] = { "tunnel", "second" };
    const struct adit_certificate_use use = {
        .type = ADIT_CERTIFICATE_USER,
        .now = 1000,
        .names = names,
        .name_count = 2,
        .address = "192.0.2.1",
        .ca_algorithms = "rsa-sha2-256,ssh-ed25519",
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        struct adit_buffer blob = make(&cases[i].made);
        struct adit_certificate certificate;
        char why[128] = "";
        enum adit_err err;

        assert_int_equal(adit_certificate_parse(adit_buffer_span(&blob), &certificate), ADIT_OK);
        err = adit_certificate_check(&certificate, &use, why, sizeof why);
        if (err != (cases[i].why ? ADIT_ERR_SIGNATURE : ADIT_OK))
            fail_msg("case %zu: %s: %s", i, adit_err_text(err), why);
        assert_string_equal(why, cases[i].why ? cases[i].why : "");
        adit_buffer_clear(&blob);
    }
}

static void a_hosts_principals_are_patterns_and_it_has_no_options(void **state)
{
    static const struct {
        struct made made;
        bool good;
    } cases[] = {
        { { .type = 2, .principals = { "gw.example.com" } }, true },
        { { .type = 2, .principals = { "GW.example.com" } }, true },
        { { .type = 2, .principals = { "*.example.com" } }, true },
        { { .type = 2, .principals = { "*.example.org" } }, false },
        { { .type = 2, .principals = { NULL } }, false },
        { { .type = 1, .principals = { "gw.example.com" } }, false },
        { { .type = 2, .principals = { "*" }, .option = "force-command", .option_value = "x" },
          false },
        { { .type = 2, .principals = { "*" }, .option = "source-address", .option_value = "*" },
          false },
    };
    static const char *const names[] = { "gw.example.com" };
    const struct adit_certificate_use use = {
        .type = ADIT_CERTIFICATE_HOST,
        .now = 1000,
        .names = names,
        .name_count = 1,
        .ca_algorithms = "ssh-ed25519",
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        struct adit_buffer blob = make(&cases[i].made);
        struct adit_certificate certificate;
        char why[128];

        assert_int_equal(adit_certificate_parse(adit_buffer_span(&blob), &certificate), ADIT_OK);
        assert_int_equal(adit_certificate_check(&certificate, &use, why, sizeof why),
                         cases[i].good ? ADIT_OK : ADIT_ERR_SIGNATURE);
        adit_buffer_clear(&blob);
    }
}

static void only_the_authority_itself_can_have_signed(void **state)
{
    const struct made made = { .principals = { "tunnel" }, .signer = user };
    static const char *const names[] = { "tunnel" };
    struct adit_certificate_use use = {
        .type = ADIT_CERTIFICATE_USER,
        .names = names,
        .name_count = 1,
        .address = "::1",
        .ca_algorithms = "ssh-ed25519",
    };
    const struct made good = { .principals = { "tunnel" } };
    struct adit_buffer blob = make(&made);
    struct adit_certificate certificate;
    char why[128];

    (void)state;
    assert_int_equal(adit_certificate_parse(adit_buffer_span(&blob), &certificate), ADIT_OK);
    assert_int_equal(adit_certificate_check(&certificate, &use, why, sizeof why),
                     ADIT_ERR_SIGNATURE);
    adit_buffer_clear(&blob);
    blob = make(&good);
    assert_int_equal(adit_certificate_parse(adit_buffer_span(&blob), &certificate), ADIT_OK);
    assert_int_equal(adit_certificate_check(&certificate, &use, why, sizeof why), ADIT_OK);
    use.ca_algorithms = "rsa-sha2-512";
    assert_int_equal(adit_certificate_check(&certificate, &use, why, sizeof why),
                     ADIT_ERR_SIGNATURE);
    assert_string_equal(why, "its authority signed by an algorithm that is not accepted");
    adit_buffer_clear(&blob);
}

static void it_gives_its_key_back(void **state)
{
    const struct made made = { .extension = "permit-port-forwarding" };
    struct adit_buffer blob = make(&made);
    struct adit_buffer plain = adit_buffer_init(1024);
    struct adit_certificate certificate;

    (void)state;
    assert_true(adit_blob_is_certificate(adit_buffer_span(&blob)));
    assert_false(adit_blob_is_certificate(adit_key_blob(user)));
    assert_int_equal(adit_certificate_parse(adit_key_blob(user), &certificate),
                     ADIT_ERR_UNSUPPORTED);
    assert_int_equal(adit_blob_plain(adit_buffer_span(&blob), &plain), ADIT_OK);
    assert_true(adit_span_equal(adit_buffer_span(&plain), adit_key_blob(user)));
    adit_buffer_clear(&plain);
    assert_int_equal(adit_blob_plain(adit_key_blob(user), &plain), ADIT_OK);
    assert_true(adit_span_equal(adit_buffer_span(&plain), adit_key_blob(user)));
    assert_int_equal(adit_certificate_parse(adit_buffer_span(&blob), &certificate), ADIT_OK);
    assert_int_equal(certificate.serial, 7);
    assert_span_is(certificate.key_id, "an id");
    assert_true(adit_certificate_has_extension(&certificate, "permit-port-forwarding"));
    assert_false(adit_certificate_has_extension(&certificate, "permit-port-forwardin"));
    adit_buffer_clear(&plain);
    adit_buffer_clear(&blob);
}

static enum adit_err parse_exactly(const uint8_t *bytes, size_t len)
{
    const struct adit_span copy = exact_copy(bytes, len);
    struct adit_certificate certificate;
    const enum adit_err err = adit_certificate_parse(copy, &certificate);

    exact_free(copy);
    return err;
}

/* Every truncation, and every length field at other values, wherever it stands. */
static void broken_ones_are_none(void **state)
{
    const struct made made = { .principals = { "tunnel", "b" },
                               .option = "source-address",
                               .option_value = "::1",
                               .extension = "x" };
    struct adit_buffer blob = make(&made);
    static const uint32_t values[] = { 0, 1, 0x7fffffff, UINT32_MAX };

    (void)state;
    for (size_t len = 0; len < blob.len; len++)
        assert_int_not_equal(parse_exactly(blob.data, len), ADIT_OK);
    assert_int_equal(parse_exactly(blob.data, blob.len), ADIT_OK);
    assert_int_equal(adit_buffer_append(&blob, adit_span_of("", 1)), ADIT_OK);
    assert_int_equal(parse_exactly(blob.data, blob.len), ADIT_ERR_MALFORMED);
    blob.len--;
    /* 4 bytes anywhere: most are no length, and none may lead astray. */
    for (size_t at = 0; at + 4 <= blob.len; at++)
        for (size_t v = 0; v < ADIT_ARRAY_LEN(values); v++) {
            uint8_t kept[4];

            memcpy(kept, blob.data + at, 4);
            adit_put_uint32(blob.data + at, values[v]);
            (void)!parse_exactly(blob.data, blob.len);
            memcpy(blob.data + at, kept, 4);
        }
    adit_buffer_clear(&blob);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_certificate_is_judged_by_all_that_it_says),
        cmocka_unit_test(a_hosts_principals_are_patterns_and_it_has_no_options),
        cmocka_unit_test(only_the_authority_itself_can_have_signed),
        cmocka_unit_test(it_gives_its_key_back),
        cmocka_unit_test(broken_ones_are_none),
    };

    return cmocka_run_group_tests(tests, make_keys, free_keys);
}
