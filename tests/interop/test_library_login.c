/* SPDX-License-Identifier: BSD-2-Clause */
/* Host keys and logins of the library at the system's sshd. */
#include "library_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int want_two_keys(void **state)
{
    *state = world_new("AuthenticationMethods publickey,publickey");
    return 0;
}

/* ---- steps ---- */

static char steps[2048]; /* what was told, one line each */

static void note_step(void *user, const char *hop, enum adit_step step, const char *text)
{
    const size_t len = strlen(steps);

    (void)user;
    (void)snprintf(steps + len, sizeof steps - len, "%d %s|%s\n", (int)step, hop, text);
}

static void each_step_to_the_login_is_told_in_its_order(void **state)
{
    struct world *w = *state;
    char fingerprint[ADIT_FINGERPRINT_SIZE];
    char expected[600];

    steps[0] = '\0';
    w->settings.step = note_step;
    adit_tunnel_free(world_open(w));
    adit_key_fingerprint(w->sshd.host_key, fingerprint);
    (void)snprintf(expected, sizeof expected,
                   "0 |\n1 |127.0.0.1\n2 |127.0.0.1:%u\n3 |SSH-2.0-OpenSSH", w->sshd.port);
    assert_memory_equal(steps, expected, strlen(expected));
    (void)snprintf(expected, sizeof expected, "\n4 |\n5 |%s %s\n6 |%s\n",
                   adit_key_name(w->sshd.host_key), fingerprint, w->sshd.user);
    assert_true(says(steps, expected));
}

static void the_step_that_fails_is_not_told(void **state)
{
    struct world *w = *state;

    steps[0] = '\0';
    w->settings.step = note_step;
    w->settings.user_known_hosts[0] = "/dev/null";
    (void)world_refused(w, ADIT_ERR_HOST_KEY);
    assert_true(says(steps, "\n4 |\n"));
    assert_false(says(steps, "\n5 |"));
    steps[0] = '\0';
    w->settings.host = "nowhere.invalid";
    (void)world_refused(w, ADIT_ERR_NOT_FOUND);
    assert_string_equal(steps, "0 |\n");
}

/* ---- host keys ---- */

static void a_changed_host_key_ends_the_attempt(void **state)
{
    struct world *w = *state;
    char path[SSHD_PEER_PATH_SIZE];
    char text[512];
    char *line;

    assert_int_equal(adit_key_write_public(w->sshd.user_key, &line), ADIT_OK);
    (void)snprintf(text, sizeof text, "[127.0.0.1]:%u %s", w->sshd.port, line);
    adit_key_text_free(line);
    sshd_peer_write(&w->sshd, "wrong_known_hosts", text, path);
    w->settings.user_known_hosts[0] = path;
    assert_true(says(world_refused(w, ADIT_ERR_HOST_KEY), "ssh-keygen -f"));
    assert_int_equal(w->failure.leg, ADIT_LEG_GATEWAY);

    w->settings.host_key_policy = ADIT_HOST_KEY_OFF;
    adit_tunnel_free(world_open(w)); /* a key gives nothing away */
    assert_true(says(w->log, "0 WARNING: "));
}

static void a_new_host_key_is_written_down_once(void **state)
{
    struct world *w = *state;
    char path[SSHD_PEER_PATH_SIZE];

    sshd_peer_write(&w->sshd, "new_known_hosts", "", path);
    w->settings.user_known_hosts[0] = path;
    assert_true(says(world_refused(w, ADIT_ERR_HOST_KEY), "is not known"));
    w->settings.host_key_policy = ADIT_HOST_KEY_ACCEPT_NEW;
    adit_tunnel_free(world_open(w));
    w->ended = 0;
    w->settings.host_key_policy = ADIT_HOST_KEY_STRICT;
    adit_tunnel_free(world_open(w));
}

/* ---- logins ---- */

static void a_key_that_the_gateway_does_not_know_is_refused(void **state)
{
    struct world *w = *state;
    const struct adit_key *keys[] = { w->sshd.host_key };
    char expected[256];

    w->settings.identity_file_count = 0;
    w->settings.keys = keys;
    w->settings.key_count = 1;
    (void)snprintf(expected, sizeof expected,
                   "gateway: login as %s refused: tried publickey (1 key); the server offers ",
                   w->sshd.user);
    assert_true(says(world_refused(w, ADIT_ERR_AUTH), expected));
}

static void of_several_keys_the_good_one_is_found(void **state)
{
    struct world *w = *state;
    const struct adit_key *keys[] = { w->sshd.host_key, w->sshd.user_key };

    w->settings.identity_file_count = 0;
    w->settings.keys = keys;
    w->settings.key_count = 2;
    adit_tunnel_free(world_open(w));
}

static void a_gateway_that_wants_two_keys_gets_two(void **state)
{
    struct world *w = *state;

    assert_true(says(world_refused(w, ADIT_ERR_AUTH), "refused after a first success"));
    w->settings.identity_files[1] = w->sshd.second_identity;
    w->settings.identity_file_count = 2;
    adit_tunnel_free(world_open(w));
}

static void a_wrong_password_is_asked_for_again_and_then_given_up(void **state)
{
    struct world *w = *state;

    w->settings.identity_file_count = 0;
    w->settings.password = "not this";
    w->settings.prompt = world_answer;
    w->settings.password_prompts = 2;
    w->answer = "nor this";
    assert_true(says(world_refused(w, ADIT_ERR_AUTH), "tried password; the server offers "));
    assert_int_equal(w->prompts, 2);
}

/* An encrypted key that the gateway takes; its public half lies beside it. */
static void make_encrypted_key(struct world *w, const char *kind,
                               char path[static SSHD_PEER_PATH_SIZE])
{
    char command[1024];

    (void)snprintf(path, SSHD_PEER_PATH_SIZE, "%s/encrypted", w->sshd.folder);
    (void)snprintf(command, sizeof command,
                   "ssh-keygen -q %s -N secret -f %s && "
                   "cat %s.pub >>%s/authorized_keys",
                   kind, path, path, w->sshd.folder);
    assert_int_equal(system(command), 0); /* NOLINT(cert-env33-c,concurrency-mt-unsafe) */
}

static void unlock_with_and_without_public_half(struct world *w, const char *kind)
{
    char path[SSHD_PEER_PATH_SIZE];
    char public_path[SSHD_PEER_PATH_SIZE + 4];

    make_encrypted_key(w, kind, path);
    w->settings.identity_files[0] = path;
    w->settings.prompt = world_answer;
    w->answer = "secret";
    adit_tunnel_free(world_open(w)); /* probed first */
    assert_int_equal(w->prompts, 1);
    (void)snprintf(public_path, sizeof public_path, "%s.pub", path);
    assert_int_equal(unlink(public_path), 0);
    /* Nothing to probe with before it is unlocked, by the passphrase that was told before. */
    adit_tunnel_free(world_open(w));
    assert_int_equal(w->prompts, 1);
}

static void an_encrypted_openssh_key_is_unlocked_by_its_passphrase(void **state)
{
    unlock_with_and_without_public_half(*state, "-t ed25519");
}

static void an_encrypted_pem_key_is_unlocked_by_its_passphrase(void **state)
{
    unlock_with_and_without_public_half(*state, "-t ecdsa -m PKCS8");
}

static void an_encrypted_key_without_its_passphrase_is_passed_over(void **state)
{
    struct world *w = *state;
    char path[SSHD_PEER_PATH_SIZE];

    make_encrypted_key(w, "-t ed25519", path);
    w->settings.identity_files[0] = path;
    w->settings.preferred_methods = "publickey";
    w->settings.prompt = world_answer;
    w->settings.password_prompts = 2;
    w->answer = "wrong";
    (void)world_refused(w, ADIT_ERR_AUTH);
    assert_int_equal(w->prompts, 2);
    w->settings.batch_mode = true;
    assert_true(says(world_refused(w, ADIT_ERR_AUTH), "a key is encrypted"));
    assert_int_equal(w->prompts, 2);
}

static void a_key_file_that_is_required_must_be_there(void **state)
{
    struct world *w = *state;

    w->settings.identity_files[0] = "/nonexistent/key";
    assert_true(says(world_refused(w, ADIT_ERR_NOT_FOUND), "client side: key /nonexistent/key"));
    w->settings.identity_files[1] = w->sshd.identity;
    w->settings.identity_file_count = 2;
    w->settings.identity_files_required = false;
    adit_tunnel_free(world_open(w));
}

#define WITH_SSHD(test) cmocka_unit_test_setup_teardown(test, world_set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SSHD(each_step_to_the_login_is_told_in_its_order),
        WITH_SSHD(the_step_that_fails_is_not_told),
        WITH_SSHD(a_changed_host_key_ends_the_attempt),
        WITH_SSHD(a_new_host_key_is_written_down_once),
        WITH_SSHD(a_key_that_the_gateway_does_not_know_is_refused),
        WITH_SSHD(of_several_keys_the_good_one_is_found),
        cmocka_unit_test_setup_teardown(a_gateway_that_wants_two_keys_gets_two, want_two_keys,
                                        world_tear_down),
        WITH_SSHD(a_wrong_password_is_asked_for_again_and_then_given_up),
        WITH_SSHD(an_encrypted_openssh_key_is_unlocked_by_its_passphrase),
        WITH_SSHD(an_encrypted_pem_key_is_unlocked_by_its_passphrase),
        WITH_SSHD(an_encrypted_key_without_its_passphrase_is_passed_over),
        WITH_SSHD(a_key_file_that_is_required_must_be_there),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
