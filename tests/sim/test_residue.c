/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whole lives of keys, passphrases, passwords and sessions, and then a search of
 * the process's memory for what is left of them (U13, CVE-2015-2157). The keys of
 * a session are seen where they are derived: the linker sends adit_derive_key()
 * here (--wrap).
 */
#include "sim/pair.h"
#include "sim/residue.h"

#include "base/memory.h"
#include "base/span.h"
#include "crypto/hash.h"
#include "crypto/pkey.h"
#include "crypto/random.h"
#include "keys/key.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static bool libcrypto_wipes;

enum { SECRET_TEXT_LEN = 64, NUMBERS_MAX = 16 * 1024 };

enum adit_err __real_adit_derive_key(enum adit_hash hash, struct adit_span secret,
                                     struct adit_span exchange_hash, char letter,
                                     struct adit_span session_id, uint8_t *out, size_t len);
enum adit_err __wrap_adit_derive_key(enum adit_hash hash, struct adit_span secret,
                                     struct adit_span exchange_hash, char letter,
                                     struct adit_span session_id, uint8_t *out, size_t len);

enum adit_err __wrap_adit_derive_key(enum adit_hash hash, struct adit_span secret,
                                     struct adit_span exchange_hash, char letter,
                                     struct adit_span session_id, uint8_t *out, size_t len)
{
    const bool is_chacha = letter <= 'D' && len == 64; /* no other cipher has a key of that size */
    const enum adit_err err =
        __real_adit_derive_key(hash, secret, exchange_hash, letter, session_id, out, len);

    assert_int_equal(err, ADIT_OK);
    residue_know(RESIDUE_SHARED, secret);
    if (letter >= 'C') /* A and B make what is counted, and no secret */
        residue_know(is_chacha ? RESIDUE_CHACHA_KEY : RESIDUE_SESSION_KEY, adit_span_of(out, len));
    return err;
}

/* A new text that nobody else has. */
static char *make_text(enum residue_kind kind)
{
    uint8_t bytes[SECRET_TEXT_LEN];
    char *text = malloc(SECRET_TEXT_LEN + 1);

    assert_non_null(text);
    assert_int_equal(adit_random_bytes(bytes, sizeof bytes), ADIT_OK);
    for (size_t i = 0; i < SECRET_TEXT_LEN; i++)
        text[i] = (char)('!' + bytes[i] % 94);
    text[SECRET_TEXT_LEN] = '\0';
    adit_wipe(bytes, sizeof bytes);
    residue_know(kind, adit_span_text(text));
    return text;
}

static void know_key(const struct adit_key *key)
{
    struct adit_buffer storage = adit_buffer_init_secret(NUMBERS_MAX);
    struct adit_private_numbers numbers;

    assert_int_equal(adit_pkey_numbers(key->pkey, &storage, &numbers), ADIT_OK);
    residue_know(RESIDUE_KEY, numbers.ed25519_seed);
    residue_know(RESIDUE_KEY, numbers.ec_scalar);
    residue_know(RESIDUE_KEY, numbers.rsa_d);
    residue_know(RESIDUE_KEY, numbers.rsa_p);
    residue_know(RESIDUE_KEY, numbers.rsa_q);
    residue_know(RESIDUE_KEY, numbers.rsa_iqmp);
    adit_buffer_clear(&storage);
}

/* Without AES instructions libcrypto's generator keeps the last block that it gave, until the next. */
static struct adit_key *make_key(enum adit_key_type type)
{
    struct adit_key *key;
    struct adit_key *next;

    assert_int_equal(adit_key_generate(type, type == ADIT_KEY_RSA ? 2048 : 0, "", &key), ADIT_OK);
    know_key(key);
    assert_int_equal(adit_key_generate(ADIT_KEY_ED25519, 0, "", &next), ADIT_OK);
    adit_key_free(next);
    return key;
}

/* A key that was made, written under a passphrase (NULL: without one), read again and freed. */
static void use_key_file(enum adit_key_type type, enum adit_key_format format,
                         const char *passphrase)
{
    const struct adit_key_writing how = { .format = format, .passphrase = passphrase };
    struct adit_key *key = make_key(type);
    char *text;

    assert_int_equal(adit_key_write(key, &how, &text), ADIT_OK);
    adit_key_free(key);
    assert_int_equal(adit_key_read_private(adit_span_text(text), passphrase, &key), ADIT_OK);
    adit_key_text_free(text);
    adit_key_free(key);
}

static void libcrypto_is_told_before_its_first_use_or_not_at_all(void **state)
{
    (void)state;
    assert_false(adit_wipe_libcrypto_memory()); /* the tests before have used it */
}

static void nothing_is_left(void)
{
    assert_int_equal(residue_search(), 0);
}

/* What the other tests rely on. */
static void a_copy_that_is_left_is_found(void **state)
{
    static uint8_t data[3 * SECRET_TEXT_LEN];
    char *text = make_text(RESIDUE_PASSWORD);
    char *copy = malloc(3 * SECRET_TEXT_LEN);

    (void)state;
    assert_non_null(copy);
    memset(copy, 0, 3 * SECRET_TEXT_LEN);
    assert_int_equal(residue_search(), SECRET_TEXT_LEN / 8);
    memcpy(copy + SECRET_TEXT_LEN + 1, text + 3, 15); /* from anywhere to anywhere */
    memcpy(data + 5, text, SECRET_TEXT_LEN);
    assert_int_equal(residue_search(), 2 * SECRET_TEXT_LEN / 8 + 1);
    adit_wipe(data, sizeof data);
    adit_text_free_secret(text);
    assert_int_equal(residue_search(), 1);
    adit_wipe(copy, 3 * SECRET_TEXT_LEN);
    free(copy);
    nothing_is_left();
}

static void check_key_file(enum adit_key_type type, enum adit_key_format format)
{
    /* The lock is the same for all types and takes its time, as does an RSA key. */
    const bool locked = type == ADIT_KEY_ED25519 || type == ADIT_KEY_RSA;
    char *passphrase;

    if (type != ADIT_KEY_RSA)
        use_key_file(type, format, NULL);
    if (residue_search() != 0)
        fail_msg("of a key of type %d in format %d", (int)type, (int)format);
    if (!locked)
        return;
    passphrase = make_text(RESIDUE_PASSPHRASE);
    use_key_file(type, format, passphrase);
    adit_text_free_secret(passphrase);
    if (residue_search() != 0)
        fail_msg("of a locked key of type %d in format %d", (int)type, (int)format);
}

static void of_a_key_and_its_passphrase_nothing_is_left(void **state)
{
    static const enum adit_key_type types[] = { ADIT_KEY_ED25519, ADIT_KEY_ECDSA_P256,
                                                ADIT_KEY_ECDSA_P384, ADIT_KEY_ECDSA_P521,
                                                ADIT_KEY_RSA };
    static const enum adit_key_format ours[] = { ADIT_KEY_FORMAT_OPENSSH, ADIT_KEY_FORMAT_PPK2,
                                                 ADIT_KEY_FORMAT_PPK3 };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(types); i++) {
        for (size_t j = 0; j < ADIT_ARRAY_LEN(ours); j++)
            check_key_file(types[i], ours[j]);
        if (!libcrypto_wipes)
            continue;
        check_key_file(types[i], ADIT_KEY_FORMAT_PKCS8);
        if (types[i] != ADIT_KEY_ED25519) /* which has no traditional form */
            check_key_file(types[i], ADIT_KEY_FORMAT_PEM);
    }
}

struct life {
    const char *kex;
    const char *cipher;
    const char *mac;
    enum adit_key_type key; /* of both sides */
    bool by_password;
};

static void nothing_is_left_on_the_stack(struct side *side, const struct adit_event *event)
{
    if (residue_search_stack() != 0)
        fail_msg("on the stack of the %s at event %d", side->name, (int)event->type);
}

static void live(const struct life *life)
{
    const unsigned shared = residue_known(RESIDUE_SHARED);
    char *password = make_text(RESIDUE_PASSWORD);
    struct adit_key *host_key = make_key(life->key);
    const struct adit_key *host_keys[] = { host_key };
    struct pair_settings settings;
    uint64_t hash = PAIR_HASH_START;
    struct pair *pair;

    pair_settings_init(&settings);
    settings.client.algorithms.kex = life->kex;
    settings.client.algorithms.ciphers = life->cipher;
    settings.client.algorithms.macs = life->mac;
    settings.server.host_keys = host_keys;
    settings.server.host_key_count = 1;
    settings.server.password_offered = life->by_password;
    settings.password = life->by_password ? password : NULL;
    settings.on_event = nothing_is_left_on_the_stack;
    pair = pair_new(&settings);
    adit_key_free(pair->user_key);
    pair->user_key = make_key(life->key);
    pair_log_in(pair);
    pair_open_channel(pair);
    assert_int_equal(pair_send(&pair->client, 100000, &hash), 100000);
    pair_run(pair);
    adit_session_rekey(pair->client.session);
    pair_run(pair);
    assert_int_equal(pair_send(&pair->client, 1000, &hash), 1000);
    pair_run(pair);
    assert_int_equal(pair->server.hash_received, hash);
    pair_free(pair);
    adit_key_free(host_key);
    adit_text_free_secret(password);
    assert_true(residue_known(RESIDUE_SHARED) - shared >= 2 * 2 * 4); /* A to D at least */
}

static void of_a_session_nothing_is_left(void **state)
{
    static const struct life lives[] = {
        { "mlkem768x25519-sha256", "aes128-gcm@openssh.com", NULL, ADIT_KEY_ED25519, true },
        { "sntrup761x25519-sha512", "chacha20-poly1305@openssh.com", NULL, ADIT_KEY_ED25519,
          false },
        { "curve25519-sha256", "aes256-gcm@openssh.com", NULL, ADIT_KEY_ECDSA_P256, false },
        { "ecdh-sha2-nistp256", "aes128-ctr", "hmac-sha2-256", ADIT_KEY_ECDSA_P384, true },
        { "ecdh-sha2-nistp521", "aes256-ctr", "hmac-sha2-512-etm@openssh.com", ADIT_KEY_ECDSA_P521,
          false },
        { "diffie-hellman-group14-sha256", "aes192-ctr", "hmac-sha2-256-etm@openssh.com",
          ADIT_KEY_ED25519, false },
        { "diffie-hellman-group-exchange-sha256", "aes256-ctr", "hmac-sha2-512", ADIT_KEY_RSA,
          true },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(lives); i++) {
        live(&lives[i]);
        if (residue_search() != 0)
            fail_msg("of a session with %s and %s", lives[i].kex, lives[i].cipher);
    }
}

/* What an application sees that leaves libcrypto's memory as it is. */
static int run_unwiped(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_copy_that_is_left_is_found),
        cmocka_unit_test(of_a_key_and_its_passphrase_nothing_is_left),
        cmocka_unit_test(libcrypto_is_told_before_its_first_use_or_not_at_all),
    };

    return cmocka_run_group_tests_name("libcrypto as it is", tests, NULL, NULL);
}

static int run_wiped(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_copy_that_is_left_is_found),
        cmocka_unit_test(of_a_key_and_its_passphrase_nothing_is_left),
        cmocka_unit_test(of_a_session_nothing_is_left),
    };

    libcrypto_wipes = adit_wipe_libcrypto_memory();
    return libcrypto_wipes ? cmocka_run_group_tests(tests, NULL, NULL) : EXIT_FAILURE;
}

/* Two processes: libcrypto is told before its first use. */
int main(void)
{
    int status = EXIT_FAILURE;
    pid_t child;

    if (!residue_can_search())
        return EXIT_SUCCESS;
    child = fork();
    if (child == 0)
        exit(run_unwiped());
    if (child < 0 || waitpid(child, &status, 0) != child || status != 0)
        return EXIT_FAILURE;
    return run_wiped();
}
