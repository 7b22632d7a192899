/* SPDX-License-Identifier: BSD-2-Clause */
/* Host keys judged with known_hosts files and a user who answers. */
#include "tunnel/host_key.h"

#include "base/span.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct world {
    char folder[64];
    char known_hosts[96];
    struct adit_tunnel_settings settings;
    struct adit_user user;
    struct adit_key *key;
    struct adit_key *other;
    struct adit_key *of_other_type;
    char fingerprint[ADIT_FINGERPRINT_SIZE];
    const char *answers[4];
    unsigned asked;
    char question[1024];
    char log[4096];
};

static bool prompt(void *data, enum adit_prompt_kind kind, const char *text, char *answer,
                   size_t size)
{
    struct world *w = data;

    assert_int_equal(kind, ADIT_PROMPT_HOST_KEY);
    if (w->asked == 0)
        (void)snprintf(w->question, sizeof w->question, "%s", text);
    assert_true(w->asked < ADIT_ARRAY_LEN(w->answers));
    if (w->answers[w->asked] == NULL)
        return false;
    (void)snprintf(answer, size, "%s", w->answers[w->asked++]);
    return true;
}

static void take_line(void *data, int level, const char *line)
{
    struct world *w = data;
    const size_t len = strlen(w->log);

    (void)snprintf(w->log + len, sizeof w->log - len, "%d %s\n", level, line);
}

static void make_user(struct world *w)
{
    adit_user_init(&w->user, &w->settings);
}

static int set_up(void **state)
{
    struct world *w = calloc(1, sizeof *w);

    assert_non_null(w);
    (void)snprintf(w->folder, sizeof w->folder, "/tmp/adit-known.XXXXXX");
    assert_non_null(mkdtemp(w->folder));
    (void)snprintf(w->known_hosts, sizeof w->known_hosts, "%s/known_hosts", w->folder);
    assert_int_equal(adit_key_generate(ADIT_KEY_ED25519, 0, "", &w->key), ADIT_OK);
    assert_int_equal(adit_key_generate(ADIT_KEY_ED25519, 0, "", &w->other), ADIT_OK);
    assert_int_equal(adit_key_generate(ADIT_KEY_ECDSA_P256, 0, "", &w->of_other_type), ADIT_OK);
    adit_key_fingerprint(w->key, w->fingerprint);
    w->settings = (struct adit_tunnel_settings){
        .host = "gw",
        .port = 2222,
        .user_known_hosts = { w->known_hosts },
        .user_known_hosts_count = 1,
        .log_level = ADIT_SAY_INFO,
        .log = take_line,
        .prompt = prompt,
        .user_data = w,
    };
    make_user(w);
    *state = w;
    return 0;
}

static int tear_down(void **state)
{
    struct world *w = *state;

    adit_user_clear(&w->user);
    adit_key_free(w->key);
    adit_key_free(w->other);
    adit_key_free(w->of_other_type);
    (void)unlink(w->known_hosts);
    assert_int_equal(rmdir(w->folder), 0);
    free(w);
    return 0;
}

static void know(struct world *w, const char *names, const struct adit_key *key)
{
    FILE *file = fopen(w->known_hosts, "a");
    char *line = NULL;

    assert_non_null(file);
    assert_int_equal(adit_key_write_public(key, &line), ADIT_OK);
    assert_true(fprintf(file, "%s %s", names, line) > 0);
    assert_int_equal(fclose(file), 0);
    adit_key_text_free(line);
}

static struct adit_host_key_judgement judge(struct world *w, enum adit_host_key_policy policy)
{
    struct adit_host_key_judgement judgement;

    w->settings.host_key_policy = policy;
    adit_host_key_judge(&w->settings, &w->user, adit_key_blob(w->key), &judgement);
    return judgement;
}

static bool holds(const char *text, const char *part)
{
    return strstr(text, part) != NULL;
}

static void a_known_key_is_taken_without_a_question(void **state)
{
    struct world *w = *state;

    know(w, "[gw]:2222", w->key);
    assert_true(judge(w, ADIT_HOST_KEY_STRICT).accepted);
    assert_int_equal(w->asked, 0);
}

static void a_broken_line_is_told_once_with_its_file(void **state)
{
    static const char line[] = "[gw]:2222 ssh-\0ed25519 AAAA\n\0\ngw ssh-rsa AAAA!\n";
    struct world *w = *state;
    char wanted[256];
    FILE *file = fopen(w->known_hosts, "w");

    assert_non_null(file);
    assert_int_equal(fwrite(line, 1, sizeof line - 1, file), sizeof line - 1);
    assert_int_equal(fclose(file), 0);
    know(w, "[gw]:2222", w->key);
    assert_true(judge(w, ADIT_HOST_KEY_STRICT).accepted);
    (void)snprintf(wanted, sizeof wanted, "%d known hosts: %s line 1 has a NUL byte\n",
                   ADIT_SAY_INFO, w->known_hosts);
    assert_string_equal(w->log, wanted);
}

static void a_line_without_port_is_good_for_any_port(void **state)
{
    struct world *w = *state;

    know(w, "gw", w->key);
    assert_true(judge(w, ADIT_HOST_KEY_STRICT).accepted);
}

static void another_key_on_port_22_does_not_make_a_new_port_changed(void **state)
{
    struct world *w = *state;

    know(w, "gw", w->other);
    assert_true(judge(w, ADIT_HOST_KEY_ACCEPT_NEW).accepted);
}

static void an_unknown_key_is_refused_when_strict(void **state)
{
    struct world *w = *state;
    const struct adit_host_key_judgement judgement = judge(w, ADIT_HOST_KEY_STRICT);

    assert_false(judgement.accepted);
    assert_int_equal(judgement.failure.err, ADIT_ERR_HOST_KEY);
    assert_int_equal(judgement.failure.leg, ADIT_LEG_GATEWAY);
    assert_true(holds(judgement.failure.text, "[gw]:2222"));
    assert_true(holds(judgement.failure.text, w->fingerprint));
}

static void a_key_that_the_user_agrees_to_is_written_down(void **state)
{
    struct world *w = *state;

    w->answers[0] = "maybe";
    w->answers[1] = w->fingerprint;
    assert_true(judge(w, ADIT_HOST_KEY_ASK).accepted);
    assert_int_equal(w->asked, 2);
    assert_true(holds(w->question, w->fingerprint));
    assert_true(holds(w->question, "[gw]:2222"));
    assert_true(judge(w, ADIT_HOST_KEY_STRICT).accepted);
}

static void a_key_that_the_user_does_not_agree_to_is_refused(void **state)
{
    struct world *w = *state;

    w->answers[0] = "no";
    assert_false(judge(w, ADIT_HOST_KEY_ASK).accepted);
    w->asked = 0;
    w->answers[0] = w->answers[1] = w->answers[2] = "perhaps";
    assert_false(judge(w, ADIT_HOST_KEY_ASK).accepted);
    assert_int_equal(w->asked, 3);
    w->asked = 0;
    w->answers[0] = NULL;
    assert_false(judge(w, ADIT_HOST_KEY_ASK).accepted);
    assert_int_equal(access(w->known_hosts, F_OK), -1);
}

static void in_batch_mode_nobody_is_asked(void **state)
{
    struct world *w = *state;

    adit_user_clear(&w->user);
    w->settings.batch_mode = true;
    make_user(w);
    assert_false(judge(w, ADIT_HOST_KEY_ASK).accepted);
    assert_int_equal(w->asked, 0);
}

static void a_new_key_is_written_down_hashed_if_wanted(void **state)
{
    struct world *w = *state;
    char line[512] = "";
    FILE *file;

    w->settings.hash_known_hosts = true;
    assert_true(judge(w, ADIT_HOST_KEY_ACCEPT_NEW).accepted);
    assert_true(judge(w, ADIT_HOST_KEY_STRICT).accepted);
    file = fopen(w->known_hosts, "r");
    assert_non_null(file);
    assert_non_null(fgets(line, sizeof line, file));
    assert_int_equal(fclose(file), 0);
    assert_memory_equal(line, "|1|", 3);
}

static void a_changed_key_is_refused_with_its_place_and_the_remedy(void **state)
{
    struct world *w = *state;
    static const enum adit_host_key_policy policies[] = { ADIT_HOST_KEY_STRICT, ADIT_HOST_KEY_ASK,
                                                          ADIT_HOST_KEY_ACCEPT_NEW };
    char remedy[512];

    know(w, "elsewhere", w->key);
    know(w, "[gw]:2222", w->other);
    (void)snprintf(remedy, sizeof remedy,
                   "%s line 2 differs; when the new one is confirmed: "
                   "ssh-keygen -f '%s' -R '[gw]:2222'",
                   w->known_hosts, w->known_hosts);
    for (size_t i = 0; i < ADIT_ARRAY_LEN(policies); i++) {
        const struct adit_host_key_judgement judgement = judge(w, policies[i]);

        assert_false(judgement.accepted);
        assert_true(holds(judgement.failure.text, remedy));
    }
    assert_int_equal(w->asked, 0);
}

static void a_changed_key_with_checking_off_is_a_warning_and_bars_passwords(void **state)
{
    struct world *w = *state;
    struct adit_host_key_judgement judgement;

    know(w, "[gw]:2222", w->other);
    judgement = judge(w, ADIT_HOST_KEY_OFF);
    assert_true(judgement.accepted);
    assert_true(judgement.passwords_barred);
    assert_true(holds(w->log, "0 WARNING: "));
}

static void a_host_known_by_other_types_is_not_new(void **state)
{
    struct world *w = *state;

    know(w, "[gw]:2222", w->of_other_type);
    assert_false(judge(w, ADIT_HOST_KEY_ACCEPT_NEW).accepted);
    assert_true(judge(w, ADIT_HOST_KEY_OFF).passwords_barred);
    w->answers[0] = "yes";
    assert_true(judge(w, ADIT_HOST_KEY_ASK).accepted);
    assert_true(holds(w->question, "other types"));
}

static void a_revoked_key_is_refused_whatever_the_policy(void **state)
{
    struct world *w = *state;

    know(w, "[gw]:2222", w->key);
    know(w, "@revoked *", w->key);
    for (unsigned policy = ADIT_HOST_KEY_STRICT; policy <= ADIT_HOST_KEY_OFF; policy++)
        assert_false(judge(w, (enum adit_host_key_policy)policy).accepted);
}

static void without_a_file_to_write_to_a_new_key_is_still_taken(void **state)
{
    struct world *w = *state;

    w->settings.user_known_hosts[0] = "/dev/null";
    assert_true(judge(w, ADIT_HOST_KEY_ACCEPT_NEW).accepted);
    w->settings.user_known_hosts_count = 0;
    assert_true(judge(w, ADIT_HOST_KEY_ACCEPT_NEW).accepted);
    assert_false(holds(w->log, "cannot be written"));
}

#define WITH_FILES(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_FILES(a_known_key_is_taken_without_a_question),
        WITH_FILES(a_broken_line_is_told_once_with_its_file),
        WITH_FILES(a_line_without_port_is_good_for_any_port),
        WITH_FILES(another_key_on_port_22_does_not_make_a_new_port_changed),
        WITH_FILES(an_unknown_key_is_refused_when_strict),
        WITH_FILES(a_key_that_the_user_agrees_to_is_written_down),
        WITH_FILES(a_key_that_the_user_does_not_agree_to_is_refused),
        WITH_FILES(in_batch_mode_nobody_is_asked),
        WITH_FILES(a_new_key_is_written_down_hashed_if_wanted),
        WITH_FILES(a_changed_key_is_refused_with_its_place_and_the_remedy),
        WITH_FILES(a_changed_key_with_checking_off_is_a_warning_and_bars_passwords),
        WITH_FILES(a_host_known_by_other_types_is_not_new),
        WITH_FILES(a_revoked_key_is_refused_whatever_the_policy),
        WITH_FILES(without_a_file_to_write_to_a_new_key_is_still_taken),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
