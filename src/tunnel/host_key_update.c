/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Only a gateway that was recognized by a line of the user's own about it alone
 * may change what is written there; not one that was just met, nor one that an
 * authority vouches for. Keys are added before others are removed.
 */
#include "tunnel/host_key_update.h"

#include "base/memory.h"
#include "base/span.h"
#include "keys/known_update.h"
#include "net/file.h"
#include "tunnel/failure.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    LIST_MAX_BYTES = 256 * 1024,
    WHY_SIZE = 256,
    QUESTION_SIZE = 4096,
};

struct adit_host_key_update {
    struct adit_buffer list; /* what the gateway has told */
    struct adit_known_name name;
    struct adit_known_update found; /* its spans are the list's */
    enum adit_err err;              /* of the errand */
};

void adit_host_key_update_free(struct adit_host_key_update *update)
{
    if (update != NULL)
        adit_buffer_clear(&update->list);
    free(update);
}

/* Keys that a login could be made with, and each once. */
static void take_offered(struct adit_host_key_update *update)
{
    struct adit_known_update *found = &update->found;
    struct adit_span rest = adit_buffer_span(&update->list);
    struct adit_span blob;

    while (found->count < ADIT_HOST_KEY_LIST_MAX && adit_host_key_next(&rest, &blob)) {
        struct adit_key *key = NULL;
        bool is_new = adit_key_from_blob(blob, &key) == ADIT_OK;

        for (size_t i = 0; i < found->count && is_new; i++)
            is_new = !adit_span_equal(found->offered[i], blob);
        if (is_new)
            found->offered[found->count++] = blob;
        adit_key_free(key);
    }
}

/* ---- the files, on errands ---- */

static enum adit_err look_through(struct adit_tunnel *t)
{
    struct adit_host_key_update *update = t->attempt.update;
    struct adit_buffer text = adit_buffer_init(ADIT_KNOWN_FILE_MAX);
    char why[ADIT_KNOWN_WHY_SIZE];
    enum adit_err err = ADIT_OK;

    update->found = (struct adit_known_update){ .count = 0 };
    take_offered(update);
    for (size_t i = 0; i < t->settings.user_known_hosts_count && err == ADIT_OK; i++) {
        if (!adit_known_file_read(t->settings.user_known_hosts[i], &text, why))
            err = ADIT_ERR_SYSTEM; /* it may say that a key is revoked */
        else
            err = adit_known_update_look(&update->found, adit_buffer_span(&text), update->name.host,
                                         update->name.port);
    }
    adit_buffer_clear(&text);
    return err;
}

/* The key of this connection is known and stays. */
static bool is_recognized(const struct adit_tunnel *t)
{
    const struct adit_known_update *found = &t->attempt.update->found;
    const struct adit_span shown = adit_buffer_span(&t->attempt.host_key);

    for (size_t i = 0; i < found->count; i++)
        if (adit_span_equal(found->offered[i], shown))
            return found->is_known[i] && !found->is_complex;
    return false;
}

static bool is_new(const struct adit_known_update *found, size_t i)
{
    return !found->is_known[i] && !found->is_revoked[i];
}

static void look(void *arg)
{
    struct adit_tunnel *t = arg;

    t->attempt.update->err = adit_known_name(&t->settings, &t->attempt.update->name);
    if (t->attempt.update->err == ADIT_OK)
        t->attempt.update->err = look_through(t);
}

static void add_keys(struct adit_tunnel *t)
{
    const struct adit_known_update *found = &t->attempt.update->found;

    for (size_t i = 0; i < found->count; i++)
        if (is_new(found, i))
            adit_known_files_add(&t->settings, &t->user, &t->attempt.update->name,
                                 found->offered[i]);
}

/* Also out of the files that nothing is added to. */
static void remove_stale(struct adit_tunnel *t, const char *path)
{
    const struct adit_host_key_update *update = t->attempt.update;
    struct adit_buffer text = adit_buffer_init(ADIT_KNOWN_FILE_MAX);
    struct adit_buffer stripped = adit_buffer_init(ADIT_KNOWN_FILE_MAX);
    char why[ADIT_KNOWN_WHY_SIZE];
    enum adit_err err;

    (void)adit_known_file_read(path, &text, why);
    err = adit_known_update_strip(&update->found, adit_buffer_span(&text), update->name.host,
                                  update->name.port, &stripped);
    if (err == ADIT_OK && stripped.len < text.len) {
        err = adit_file_rewrite(path, adit_buffer_span(&stripped), why, sizeof why);
        if (err == ADIT_OK)
            adit_user_say(&t->user, ADIT_SAY_INFO,
                          "host keys of %s that it has no more were removed from %s",
                          update->name.shown, path);
    }
    if (err)
        adit_user_say(&t->user, ADIT_SAY_ERROR, "old host keys of %s cannot be removed from %s: %s",
                      update->name.shown, path, why[0] != '\0' ? why : adit_err_text(err));
    adit_buffer_clear(&text);
    adit_buffer_clear(&stripped);
}

static bool user_agrees(struct adit_tunnel *t)
{
    const struct adit_known_update *found = &t->attempt.update->found;
    char question[QUESTION_SIZE];
    char answer[ADIT_ANSWER_SIZE];
    int len;

    if (t->settings.update_host_keys == ADIT_UPDATE_YES)
        return true;
    len = snprintf(question, sizeof question, "%s has other host keys than known_hosts says.\n",
                   t->attempt.update->name.shown);
    for (size_t i = 0; i < found->count; i++) {
        char fingerprint[ADIT_FINGERPRINT_SIZE];

        if (!is_new(found, i))
            continue;
        adit_blob_fingerprint(found->offered[i], fingerprint);
        len += snprintf(question + len, sizeof question - (size_t)len, "New: %s\n", fingerprint);
    }
    (void)snprintf(question + len, sizeof question - (size_t)len,
                   "No more in use: %zu lines\nIs known_hosts to be changed (yes/no)? ",
                   found->stale);
    return adit_user_ask_now(&t->user, ADIT_PROMPT_HOST_KEY, question, answer) &&
           adit_host_key_read_reply(answer, "") == ADIT_HOST_KEY_YES;
}

/* The files may have changed since they were looked through. */
static void write_down(void *arg)
{
    struct adit_tunnel *t = arg;

    if (!user_agrees(t) || look_through(t) || !is_recognized(t))
        return;
    add_keys(t);
    for (size_t i = 0; i < t->settings.user_known_hosts_count && t->attempt.update->found.stale;
         i++)
        remove_stale(t, t->settings.user_known_hosts[i]);
}

/* ---- on the loop ---- */

static void written(struct adit_tunnel *t)
{
    adit_user_say(&t->user, ADIT_SAY_DEBUG1, "the host keys of the gateway are up to date");
}

/* Has proved what is new, unless everything is known and only lines are to go. */
static void looked(struct adit_tunnel *t)
{
    const struct adit_known_update *found = &t->attempt.update->found;
    struct adit_span unknown[ADIT_HOST_KEY_LIST_MAX];
    size_t count = 0;

    if (t->stage != ADIT_STAGE_UP)
        return;
    if (t->attempt.update->err || !is_recognized(t)) {
        adit_user_say(&t->user, ADIT_SAY_DEBUG1,
                      "known_hosts is not updated: not all of its lines about %s are simple ones",
                      t->settings.host);
        return;
    }
    for (size_t i = 0; i < found->count; i++)
        if (is_new(found, i))
            unknown[count++] = found->offered[i];
    if (count > 0) {
        if (adit_session_prove_host_keys(adit_link_session(t->attempt.link), unknown, count))
            adit_user_say(&t->user, ADIT_SAY_DEBUG1, "new host keys cannot be asked for");
        adit_link_wake(t->attempt.link);
    } else if (found->stale > 0) {
        adit_tunnel_errand(t, write_down, written);
    } else {
        written(t);
    }
}

static bool is_wanted(const struct adit_tunnel *t)
{
    const bool can_ask =
        t->user.prompt != NULL && !t->settings.batch_mode && t->counts.outages == 0;

    return t->attempt.judgement.was_known && t->attempt.update == NULL &&
           t->attempt.errand_done == NULL && t->stage == ADIT_STAGE_UP &&
           (t->settings.update_host_keys == ADIT_UPDATE_YES ||
            (t->settings.update_host_keys == ADIT_UPDATE_ASK && can_ask));
}

void adit_host_key_update_offered(struct adit_tunnel *t, const struct adit_host_keys_event *event)
{
    struct adit_host_key_update *update;

    if (!is_wanted(t))
        return;
    update = adit_new(sizeof *update);
    if (update == NULL)
        return;
    t->attempt.update = update;
    update->list = adit_buffer_init(LIST_MAX_BYTES);
    if (adit_buffer_append(&update->list, event->blobs) == ADIT_OK)
        adit_tunnel_errand(t, look, looked);
}

void adit_host_key_update_proved(struct adit_tunnel *t, const struct adit_host_keys_event *event)
{
    if (t->attempt.update == NULL || t->stage != ADIT_STAGE_UP)
        return;
    if (event->proved)
        adit_tunnel_errand(t, write_down, written);
    else
        adit_user_say(
            &t->user, ADIT_SAY_INFO,
            "known_hosts is not updated: %s has not proved the host keys that it tells of",
            t->settings.host);
}
