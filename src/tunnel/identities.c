/* SPDX-License-Identifier: BSD-2-Clause */
#include "tunnel/identities.h"

#include "base/buffer.h"
#include "base/memory.h"
#include "base/span.h"
#include "net/file.h"
#include "tunnel/failure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    WHY_SIZE = 256,
    PATH_TEXT_SIZE = 4096,
};

#define KEY_FILE_MAX ((size_t)1 << 20)

static bool is_public_key(struct adit_span text)
{
    struct adit_key *key = NULL;
    const bool is_one = adit_key_read_public(text, &key) == ADIT_OK;

    adit_key_free(key);
    return is_one;
}

enum adit_err adit_key_load(const char *path, const char *passphrase, struct adit_key **out,
                            struct adit_failure *failure)
{
    struct adit_buffer text = adit_buffer_init_secret(KEY_FILE_MAX);
    char why[WHY_SIZE] = "";
    enum adit_err err = adit_file_read(path, ADIT_FILE_PRIVATE, &text, why, sizeof why);

    *out = NULL;
    if (err == ADIT_OK)
        err = adit_key_read_private(adit_buffer_span(&text), passphrase, out);
    if (err == ADIT_ERR_FORMAT && is_public_key(adit_buffer_span(&text)))
        (void)snprintf(why, sizeof why, "%s: is a public key, and the private one is wanted", path);
    if (why[0] != '\0') /* it begins with the path */
        adit_failure_set(failure, err, ADIT_LEG_CLIENT, "key %s", why);
    else if (err)
        adit_failure_set(failure, err, ADIT_LEG_CLIENT, "key %s: %s", path, adit_err_text(err));
    adit_buffer_clear(&text);
    return err;
}

/* The public half that lies beside an encrypted key, or NULL. */
static struct adit_key *load_public_half(const char *path)
{
    struct adit_buffer text = adit_buffer_init(KEY_FILE_MAX);
    struct adit_key *key = NULL;
    char public_path[PATH_TEXT_SIZE];
    char why[WHY_SIZE];
    const int len = snprintf(public_path, sizeof public_path, "%s.pub", path);

    if (len > 0 && (size_t)len < sizeof public_path &&
        adit_file_read(public_path, ADIT_FILE_ANY, &text, why, sizeof why) == ADIT_OK &&
        adit_key_read_public(adit_buffer_span(&text), &key) != ADIT_OK)
        key = NULL;
    adit_buffer_clear(&text);
    return key;
}

static enum adit_err read_file(const char *path, struct adit_identity *identity,
                               struct adit_failure *failure)
{
    const enum adit_err err = adit_key_load(path, NULL, &identity->own, failure);

    if (err != ADIT_OK && err != ADIT_ERR_PASSPHRASE)
        return err;
    if (err == ADIT_ERR_PASSPHRASE) {
        identity->locked = true;
        identity->own = load_public_half(path);
    }
    identity->key = identity->own;
    identity->path = path;
    return ADIT_OK;
}

enum adit_err adit_identities_read(const struct adit_tunnel_settings *settings,
                                   struct adit_user *user, struct adit_identities *out,
                                   struct adit_failure *failure)
{
    const size_t most = settings->key_count + settings->identity_file_count;
    struct adit_failure why;

    *out = (struct adit_identities){ .items = calloc(most + 1, sizeof *out->items) };
    if (out->items == NULL)
        return adit_failure_return(failure, ADIT_ERR_NO_MEMORY, ADIT_LEG_CLIENT, "out of memory");
    for (size_t i = 0; i < settings->key_count; i++)
        out->items[out->count++] = (struct adit_identity){ .key = settings->keys[i] };
    for (size_t i = 0; i < settings->identity_file_count; i++) {
        const char *path = settings->identity_files[i];
        const enum adit_err err = read_file(path, &out->items[out->count], &why);

        if (err == ADIT_OK) {
            out->count++;
            continue;
        }
        if (settings->identity_files_required) {
            adit_identities_clear(out);
            if (failure != NULL)
                *failure = why;
            return err;
        }
        adit_user_say(user, err == ADIT_ERR_NOT_FOUND ? ADIT_SAY_DEBUG1 : ADIT_SAY_INFO,
                      "passed over: %s", why.text);
    }
    return ADIT_OK;
}

void adit_identities_clear(struct adit_identities *identities)
{
    for (size_t i = 0; i < identities->count; i++)
        adit_key_free(identities->items[i].own);
    free(identities->items);
    *identities = (struct adit_identities){ 0 };
}

/* Takes the private key over. false: it does not belong to the public half. */
static bool adopt_private(struct adit_identity *identity, struct adit_user *user,
                          struct adit_key *private_key)
{
    if (identity->own != NULL &&
        !adit_span_equal(adit_key_blob(identity->own), adit_key_blob(private_key))) {
        adit_user_say(user, ADIT_SAY_ERROR, "key %s: %s.pub beside it is of another key",
                      identity->path, identity->path);
        adit_key_free(private_key);
        return false;
    }
    adit_key_free(identity->own);
    identity->own = private_key;
    identity->key = private_key;
    identity->locked = false;
    return true;
}

bool adit_identity_unlock(struct adit_identity *identity, struct adit_user *user, unsigned tries)
{
    char question[PATH_TEXT_SIZE];
    char answer[ADIT_ANSWER_SIZE];
    struct adit_key *key = NULL;
    struct adit_failure why = { .err = ADIT_ERR_PASSPHRASE };

    (void)snprintf(question, sizeof question, "Passphrase of key %s: ", identity->path);
    for (unsigned i = 0; i < tries && why.err == ADIT_ERR_PASSPHRASE && key == NULL; i++) {
        const bool answered = adit_user_ask(user, ADIT_PROMPT_PASSPHRASE, question, answer);

        if (!answered || answer[0] == '\0')
            break; /* an empty answer passes the key over */
        if (adit_key_load(identity->path, answer, &key, &why) != ADIT_OK)
            adit_user_say(user, ADIT_SAY_INFO, "%s", why.text);
    }
    adit_wipe(answer, sizeof answer);
    return key != NULL && adopt_private(identity, user, key);
}

const char *adit_identity_text(const struct adit_identity *identity, char *out, size_t size)
{
    char fingerprint[ADIT_FINGERPRINT_SIZE] = "";

    if (identity->key != NULL)
        adit_key_fingerprint(identity->key, fingerprint);
    if (identity->path != NULL)
        (void)snprintf(out, size, "key %s %s", identity->path, fingerprint);
    else if (identity->key != NULL)
        (void)snprintf(out, size, "key %s %s", adit_key_name(identity->key), fingerprint);
    else
        (void)snprintf(out, size, "key");
    return out;
}
