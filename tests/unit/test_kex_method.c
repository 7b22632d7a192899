/* SPDX-License-Identifier: BSD-2-Clause */
#include "exact.h"
#include "hex.h"

#include "crypto/kex_method.h"
#include "wire/reader.h"

#include <openssl/bn.h>
#include <openssl/err.h>

enum { ANY = 0, GROUPS = 3, FIRST_HYBRID = 8 };

static const struct {
    const char *name;
    size_t public_size; /* ANY: an mpint's */
    size_t secret_size;
    enum adit_hash hash;
    size_t reply_size;
} methods[] = {
    { "curve25519-sha256", 32, 32, ADIT_HASH_SHA256, 32 },
    { "curve25519-sha256@libssh.org", 32, 32, ADIT_HASH_SHA256, 32 },
    { "ecdh-sha2-nistp256", 65, 32, ADIT_HASH_SHA256, 65 },
    { "ecdh-sha2-nistp384", 97, 48, ADIT_HASH_SHA384, 97 },
    { "ecdh-sha2-nistp521", 133, 66, ADIT_HASH_SHA512, 133 },
    { "diffie-hellman-group14-sha256", ANY, 256, ADIT_HASH_SHA256, ANY },
    { "diffie-hellman-group16-sha512", ANY, 512, ADIT_HASH_SHA512, ANY },
    { "diffie-hellman-group18-sha512", ANY, 1024, ADIT_HASH_SHA512, ANY },
    { "mlkem768x25519-sha256", 1184 + 32, 32, ADIT_HASH_SHA256, 1088 + 32 },
    { "sntrup761x25519-sha512", 1158 + 32, 64, ADIT_HASH_SHA512, 1039 + 32 },
    { "sntrup761x25519-sha512@openssh.com", 1158 + 32, 64, ADIT_HASH_SHA512, 1039 + 32 },
};

/* One side's part of an exchange. */
struct side {
    struct adit_buffer public;
    struct adit_buffer shared;
    struct adit_kex_secret *secret;
};

static struct side side_init(void)
{
    return (struct side){ adit_buffer_init(ADIT_KEX_PUBLIC_MAX),
                          adit_buffer_init_secret(ADIT_KEX_SHARED_MAX), NULL };
}

static void side_clear(struct side *side)
{
    adit_buffer_clear(&side->public);
    adit_buffer_clear(&side->shared);
    adit_kex_secret_free(side->secret);
}

static const struct adit_kex_algorithm *find(const char *name)
{
    const struct adit_kex_algorithm *algorithm = adit_kex_find(adit_span_text(name));

    assert_non_null(algorithm);
    return algorithm;
}

static void start(const char *name, struct side *client)
{
    *client = side_init();
    assert_int_equal(adit_kex_start(find(name), NULL, &client->public, &client->secret), ADIT_OK);
}

/* The server's verdict on `init`, from a block of exactly its size; nothing of K on refusal. */
static enum adit_err respond(const char *name, struct adit_span init)
{
    const struct adit_span copy = exact_copy(init.data, init.len);
    struct side server = side_init();
    const enum adit_err err =
        adit_kex_respond(find(name), NULL, copy, &server.public, &server.shared);

    if (err)
        assert_int_equal(server.shared.len, 0);
    assert_int_equal(ERR_peek_error(), 0);
    side_clear(&server);
    exact_free(copy);
    return err;
}

/* The client's verdict on `reply`. */
static enum adit_err finish(const char *name, struct adit_span reply)
{
    const struct adit_span copy = exact_copy(reply.data, reply.len);
    struct side client;
    enum adit_err err;

    start(name, &client);
    err = adit_kex_finish(client.secret, copy, &client.shared);
    if (err)
        assert_int_equal(client.shared.len, 0);
    assert_int_equal(ERR_peek_error(), 0);
    side_clear(&client);
    exact_free(copy);
    return err;
}

static void assert_both_say(const char *name, struct adit_span value, enum adit_err wanted)
{
    assert_int_equal(respond(name, value), wanted);
    assert_int_equal(finish(name, value), wanted);
}

static void assert_shared_is_an_mpint(const struct adit_buffer *shared, size_t secret_size)
{
    struct adit_reader r = adit_reader_init(adit_buffer_span(shared));
    const struct adit_span magnitude = adit_read_mpint(&r);

    assert_true(adit_reader_finish(&r));
    assert_true(magnitude.len > secret_size - 8 && magnitude.len <= secret_size);
}

/* An mpint of about that size; of a hybrid a string of exactly that size. */
static void assert_shared_is_encoded(const struct adit_buffer *shared, size_t which)
{
    struct adit_reader r = adit_reader_init(adit_buffer_span(shared));

    if (which < FIRST_HYBRID) {
        assert_shared_is_an_mpint(shared, methods[which].secret_size);
        return;
    }
    assert_int_equal(adit_read_string(&r).len, methods[which].secret_size);
    assert_true(adit_reader_finish(&r));
}

static void assert_public_is_well_formed(struct adit_span public, size_t public_size,
                                         size_t secret_size)
{
    if (public_size != ANY) {
        assert_int_equal(public.len, public_size);
        return;
    }
    assert_true(public.len > secret_size - 8 && public.len <= secret_size + 1);
    assert_false(public.data[0] & 0x80);
    assert_true(public.data[0] != 0 || public.data[1] & 0x80);
}

static void both_sides_of_every_method_agree(void **state)
{
    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(methods); i++) {
        const struct adit_kex_algorithm *algorithm = find(methods[i].name);
        struct side server = side_init();
        struct side client;

        assert_int_equal(algorithm->hash, methods[i].hash);
        start(methods[i].name, &client);
        assert_int_equal(adit_kex_respond(algorithm, NULL, adit_buffer_span(&client.public),
                                          &server.public, &server.shared),
                         ADIT_OK);
        assert_int_equal(
            adit_kex_finish(client.secret, adit_buffer_span(&server.public), &client.shared),
            ADIT_OK);

        assert_public_is_well_formed(adit_buffer_span(&client.public), methods[i].public_size,
                                     methods[i].secret_size);
        assert_public_is_well_formed(adit_buffer_span(&server.public), methods[i].reply_size,
                                     methods[i].secret_size);
        assert_shared_is_encoded(&client.shared, i);
        assert_int_equal(client.shared.len, server.shared.len);
        assert_memory_equal(client.shared.data, server.shared.data, server.shared.len);
        side_clear(&client);
        side_clear(&server);
    }
}

/* T29 and T26: leading zeros come and go; in 600 exchanges some K and some e begin with them. */
static void the_first_bits_do_not_matter(void **state)
{
    static const char *const names[] = { "curve25519-sha256", "ecdh-sha2-nistp256" };

    (void)state;
    for (size_t i = 0; i < 600; i++) {
        const char *name = names[i % 2];
        struct side server = side_init();
        struct side client;

        start(name, &client);
        assert_int_equal(adit_kex_respond(find(name), NULL, adit_buffer_span(&client.public),
                                          &server.public, &server.shared),
                         ADIT_OK);
        assert_int_equal(
            adit_kex_finish(client.secret, adit_buffer_span(&server.public), &client.shared),
            ADIT_OK);
        assert_shared_is_an_mpint(&client.shared, 32);
        assert_memory_equal(client.shared.data, server.shared.data, server.shared.len);
        side_clear(&client);
        side_clear(&server);
    }
}

static void every_exchange_has_a_key_of_its_own(void **state)
{
    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(methods); i++) {
        struct side a;
        struct side b;

        start(methods[i].name, &a);
        start(methods[i].name, &b);
        assert_memory_not_equal(a.public.data, b.public.data, 32);
        side_clear(&a);
        side_clear(&b);
    }
}

/* T28, T29: each length but the right one, from nothing to one byte too many. */
static void a_public_value_of_any_other_length_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(methods); i++) {
        uint8_t longer[134] = { 0 };
        struct side client;

        if (methods[i].public_size == ANY || i >= FIRST_HYBRID)
            continue;
        start(methods[i].name, &client);
        memcpy(longer, client.public.data, client.public.len);
        for (size_t len = 0; len <= methods[i].public_size + 1; len++) {
            if (len == methods[i].public_size)
                continue;
            assert_both_say(methods[i].name, adit_span_of(longer, len), ADIT_ERR_PROTOCOL);
        }
        assert_both_say(methods[i].name, adit_span_of(longer, methods[i].public_size), ADIT_OK);
        side_clear(&client);
    }
}

/* The two parts' sizes are the only ones, whichever part may be short. */
static void a_hybrid_of_any_other_length_is_refused(void **state)
{
    (void)state;
    for (size_t i = FIRST_HYBRID; i < ADIT_ARRAY_LEN(methods); i++) {
        uint8_t longer[1184 + 32 + 1] = { 0 };
        struct side client;

        start(methods[i].name, &client);
        memcpy(longer, client.public.data, client.public.len);
        for (size_t len = 0; len <= methods[i].public_size + 1; len++) {
            const struct adit_span value = adit_span_of(longer, len);

            assert_int_equal(respond(methods[i].name, value),
                             len == methods[i].public_size ? ADIT_OK : ADIT_ERR_PROTOCOL);
            if (len != methods[i].reply_size) {
                assert_int_equal(adit_kex_finish(client.secret, value, &client.shared),
                                 ADIT_ERR_PROTOCOL);
                assert_int_equal(client.shared.len, 0);
            }
        }
        side_clear(&client);
    }
}

/* X25519's part is held to what X25519 alone is held to. */
static void a_hybrid_with_a_point_of_low_order_is_refused(void **state)
{
    (void)state;
    for (size_t i = FIRST_HYBRID; i < ADIT_ARRAY_LEN(methods); i++) {
        struct side server = side_init();
        struct side client;

        start(methods[i].name, &client);
        assert_int_equal(adit_kex_respond(find(methods[i].name), NULL,
                                          adit_buffer_span(&client.public), &server.public,
                                          &server.shared),
                         ADIT_OK);
        memset(client.public.data + client.public.len - 32, 0, 32);
        assert_int_equal(respond(methods[i].name, adit_buffer_span(&client.public)),
                         ADIT_ERR_PROTOCOL);
        memset(server.public.data + server.public.len - 32, 0, 32);
        assert_int_equal(
            adit_kex_finish(client.secret, adit_buffer_span(&server.public), &client.shared),
            ADIT_ERR_PROTOCOL);
        assert_int_equal(client.shared.len, 0);
        side_clear(&client);
        side_clear(&server);
    }
}

/* Whether the client's K is the server's, `reply` being what it is. */
static bool agree_on(const struct side *client, const struct side *server)
{
    struct adit_buffer shared = adit_buffer_init_secret(ADIT_KEX_SHARED_MAX);
    const enum adit_err err =
        adit_kex_finish(client->secret, adit_buffer_span(&server->public), &shared);
    const bool same =
        !err && adit_span_equal(adit_buffer_span(&shared), adit_buffer_span(&server->shared));

    if (err)
        assert_int_equal(err, ADIT_ERR_PROTOCOL);
    adit_buffer_clear(&shared);
    return same;
}

/* Each part goes into K: a bit of either, in either message, and the sides do not agree. */
static void a_hybrid_with_an_altered_bit_gives_no_common_secret(void **state)
{
    (void)state;
    for (size_t i = FIRST_HYBRID; i < ADIT_ARRAY_LEN(methods); i++) {
        struct side server = side_init();
        struct side client;

        start(methods[i].name, &client);
        assert_int_equal(adit_kex_respond(find(methods[i].name), NULL,
                                          adit_buffer_span(&client.public), &server.public,
                                          &server.shared),
                         ADIT_OK);
        assert_true(agree_on(&client, &server));
        for (size_t at = 0; at < server.public.len; at++) {
            if (at == server.public.len - 1)
                continue; /* its top bit is masked by X25519; the hash of the exchange has it */
            server.public.data[at] ^= (uint8_t)(1U << at % 8);
            assert_false(agree_on(&client, &server));
            server.public.data[at] ^= (uint8_t)(1U << at % 8);
        }
        side_clear(&client);
        side_clear(&server);
    }
}

/* T28: uncompressed only, on the curve only. */
static void a_point_of_another_form_or_off_the_curve_is_refused(void **state)
{
    static const uint8_t forms[] = { 0, 1, 2, 3, 5, 6, 7, 0xff };

    (void)state;
    for (size_t i = 2; i <= 4; i++) {
        const char *name = methods[i].name;
        struct side client;
        uint8_t *point;

        start(name, &client);
        point = client.public.data;
        for (size_t f = 0; f < sizeof forms; f++) {
            point[0] = forms[f];
            assert_both_say(name, adit_buffer_span(&client.public), ADIT_ERR_PROTOCOL);
            /* As a compressed point, and as infinity, they would have had these sizes. */
            assert_both_say(name, adit_span_of(point, methods[i].secret_size + 1),
                            ADIT_ERR_PROTOCOL);
            assert_both_say(name, adit_span_of(point, 1), ADIT_ERR_PROTOCOL);
        }
        point[0] = 4;
        for (size_t byte = 1; byte < client.public.len; byte += 7) {
            point[byte] ^= 1;
            assert_both_say(name, adit_buffer_span(&client.public), ADIT_ERR_PROTOCOL);
            point[byte] ^= 1;
        }
        memset(point + 1, 0, client.public.len - 1);
        assert_both_say(name, adit_buffer_span(&client.public), ADIT_ERR_PROTOCOL);
        memset(point + 1, 0xff, client.public.len - 1);
        assert_both_say(name, adit_buffer_span(&client.public), ADIT_ERR_PROTOCOL);
        side_clear(&client);
    }
}

/* T29: RFC 7748, 6.1; RFC 8731, 3: whatever gives the secret 0. */
static void x25519_points_of_low_order_are_refused(void **state)
{
    static const char *const points[] = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(points); i++) {
        struct hex point = hex_decode(points[i]);

        assert_both_say("curve25519-sha256", hex_span(&point), ADIT_ERR_PROTOCOL);
        point.bytes[31] |= 0x80; /* RFC 7748, 5: this bit is masked */
        assert_both_say("curve25519-sha256", hex_span(&point), ADIT_ERR_PROTOCOL);
    }
}

/* The content of the mpint p + `offset`. */
static struct adit_span near_the_modulus(size_t group, int offset, uint8_t room[static 1025])
{
    BIGNUM *p = group == 0   ? BN_get_rfc3526_prime_2048(NULL)
                : group == 1 ? BN_get_rfc3526_prime_4096(NULL)
                             : BN_get_rfc3526_prime_8192(NULL);
    int len;

    assert_non_null(p);
    if (offset < 0)
        assert_int_equal(BN_sub_word(p, (BN_ULONG)-offset), 1);
    else
        assert_int_equal(BN_add_word(p, (BN_ULONG)offset), 1);
    room[0] = 0;
    len = BN_bn2bin(p, room + 1);
    BN_free(p);
    return (struct adit_span){ room, (size_t)len + 1 };
}

/* T26: 2 and p-2 are the last ones in; what is no minimal positive mpint is out. */
static void dh_values_out_of_range_are_refused(void **state)
{
    static const uint8_t small[][3] = {
        { 0 }, { 1 }, { 0, 2 }, { 0, 0x7f }, { 0x80 }, { 0xff, 2 }
    };
    static const size_t small_len[] = { 1, 1, 2, 2, 1, 2 };

    (void)state;
    for (size_t i = 0; i < GROUPS; i++) {
        const char *name = methods[5 + i].name;
        uint8_t room[1026];
        struct adit_span value;

        assert_both_say(name, ADIT_SPAN_EMPTY, ADIT_ERR_PROTOCOL);
        for (size_t s = 0; s < ADIT_ARRAY_LEN(small); s++)
            assert_both_say(name, adit_span_of(small[s], small_len[s]), ADIT_ERR_PROTOCOL);
        for (int offset = -1; offset <= 2; offset++)
            assert_both_say(name, near_the_modulus(i, offset, room), ADIT_ERR_PROTOCOL);

        value = near_the_modulus(i, -2, room);
        assert_both_say(name, adit_span_of(value.data + 1, value.len - 1), ADIT_ERR_PROTOCOL);
        memmove(room + 1, room, value.len);
        assert_both_say(name, adit_span_of(room, value.len + 1), ADIT_ERR_PROTOCOL);
        memset(room, 0x7f, sizeof room);
        assert_both_say(name, adit_span_of(room, value.len), ADIT_ERR_PROTOCOL);
        assert_both_say(name, adit_span_of(room, sizeof room), ADIT_ERR_PROTOCOL);
    }
}

static void dh_values_at_the_edges_are_taken(void **state)
{
    static const uint8_t two = 2;
    uint8_t room[1026];

    (void)state;
    assert_both_say("diffie-hellman-group14-sha256", adit_span_of(&two, 1), ADIT_OK);
    assert_both_say("diffie-hellman-group14-sha256", near_the_modulus(0, -2, room), ADIT_OK);
}

static void a_point_of_another_curve_is_refused(void **state)
{
    (void)state;
    for (size_t i = 2; i <= 4; i++) {
        struct side other;

        start(methods[i].name, &other);
        for (size_t k = 0; k <= 4; k++) {
            if (k != i)
                assert_both_say(methods[k].name, adit_buffer_span(&other.public),
                                ADIT_ERR_PROTOCOL);
        }
        side_clear(&other);
    }
}

static void a_buffer_that_is_too_small_is_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(methods); i++) {
        struct adit_buffer small = adit_buffer_init(31);
        struct adit_kex_secret *secret = NULL;
        struct side client;

        assert_int_equal(adit_kex_start(find(methods[i].name), NULL, &small, &secret),
                         ADIT_ERR_LIMIT);
        assert_null(secret);
        start(methods[i].name, &client);
        assert_int_equal(adit_kex_respond(find(methods[i].name), NULL,
                                          adit_buffer_span(&client.public), &small, &client.shared),
                         ADIT_ERR_LIMIT);
        adit_buffer_clear(&small);
        side_clear(&client);
    }
}

static void unknown_names_are_not_found(void **state)
{
    static const char *const names[] = { "", "curve25519-sha25", "ext-info-c",
                                         "kex-strict-c-v00@openssh.com",
                                         "diffie-hellman-group14-sha1" };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(names); i++)
        assert_null(adit_kex_find(adit_span_text(names[i])));
    adit_kex_secret_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_sides_of_every_method_agree),
        cmocka_unit_test(the_first_bits_do_not_matter),
        cmocka_unit_test(every_exchange_has_a_key_of_its_own),
        cmocka_unit_test(a_public_value_of_any_other_length_is_refused),
        cmocka_unit_test(a_hybrid_of_any_other_length_is_refused),
        cmocka_unit_test(a_hybrid_with_a_point_of_low_order_is_refused),
        cmocka_unit_test(a_hybrid_with_an_altered_bit_gives_no_common_secret),
        cmocka_unit_test(a_point_of_another_form_or_off_the_curve_is_refused),
        cmocka_unit_test(x25519_points_of_low_order_are_refused),
        cmocka_unit_test(dh_values_out_of_range_are_refused),
        cmocka_unit_test(dh_values_at_the_edges_are_taken),
        cmocka_unit_test(a_point_of_another_curve_is_refused),
        cmocka_unit_test(a_buffer_that_is_too_small_is_told),
        cmocka_unit_test(unknown_names_are_not_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
