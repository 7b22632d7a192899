/* SPDX-License-Identifier: BSD-2-Clause */
#include "tunnel/identities.h"

#include "base/buffer.h"
#include "base/memory.h"
#include "base/span.h"
#include "base/text.h"
#include "keys/certificate.h"
#include "keys/lines.h"
#include "keys/public_line.h"
#include "net/file.h"
#include "tunnel/agent.h"
#include "tunnel/failure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    WHY_SIZE = 256,
    PATH_TEXT_SIZE = 4096,
    COMMENT_SIZE = 128,
};

/* Behind everything of the agent. */
enum { RANK_OF_CERTIFICATE = 1, RANK_OF_FILE = 2 + 2 * ADIT_AGENT_KEYS_MAX };

#define KEY_FILE_MAX ((size_t)1 << 20)

/* Whoever may read the file: a public half is not told to be kept secret. */
static bool is_public_key(const char *path)
{
    struct adit_buffer text = adit_buffer_init_secret(KEY_FILE_MAX);
    struct adit_key *key = NULL;
    char why[WHY_SIZE];
    const bool is_one = adit_file_read(path, ADIT_FILE_ANY, &text, why, sizeof why) == ADIT_OK &&
                        adit_key_read_public(adit_buffer_span(&text), &key) == ADIT_OK;

    adit_key_free(key);
    adit_buffer_clear(&text);
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
    if ((err == ADIT_ERR_FORMAT || err == ADIT_ERR_SYSTEM) && is_public_key(path))
        (void)snprintf(why, sizeof why, "%s: is a public key, and the private one is wanted", path);
    if (why[0] != '\0') /* it begins with the path */
        adit_failure_set(failure, err, ADIT_LEG_CLIENT, "key %s", why);
    else if (err)
        adit_failure_set(failure, err, ADIT_LEG_CLIENT, "key %s: %s", path, adit_key_err_text(err));
    adit_buffer_clear(&text);
    return err;
}

/* The blob of a .pub file, of whatever type it is, or nothing. */
static void load_public_half(const char *path, const char *suffix, struct adit_buffer *blob)
{
    struct adit_buffer text = adit_buffer_init(KEY_FILE_MAX);
    struct adit_public_line line;
    char public_path[PATH_TEXT_SIZE];
    char why[WHY_SIZE];
    const int len = snprintf(public_path, sizeof public_path, "%s%s", path, suffix);

    *blob = adit_buffer_init(KEY_FILE_MAX);
    if (len < 0 || (size_t)len >= sizeof public_path ||
        adit_file_read(public_path, ADIT_FILE_ANY, &text, why, sizeof why) != ADIT_OK ||
        !adit_public_line_split(adit_line_trim(adit_buffer_span(&text)), &line) ||
        adit_public_line_decode(&line, blob) != ADIT_OK)
        adit_buffer_clear(blob);
    adit_buffer_clear(&text);
}

/*
 * One identity for a file. Where its private half cannot be had, the public one
 * may do: the agent may have the other.
 */
static enum adit_err read_file(const char *path, struct adit_identity *identity,
                               struct adit_failure *failure)
{
    const enum adit_err err = adit_key_load(path, NULL, &identity->own, failure);

    identity->path = path;
    identity->key = identity->own;
    identity->rank = RANK_OF_FILE;
    if (err == ADIT_OK) {
        identity->blob = adit_key_blob(identity->own);
        return ADIT_OK;
    }
    load_public_half(path, ".pub", &identity->held);
    if (identity->held.len == 0 && err != ADIT_ERR_NOT_FOUND)
        load_public_half(path, "", &identity->held);
    identity->blob = adit_buffer_span(&identity->held);
    identity->locked = err == ADIT_ERR_PASSPHRASE;
    return identity->locked || identity->blob.len > 0 ? ADIT_OK : err;
}

/* Reads a certificate into the identity, whose key it is to certify. */
static enum adit_err read_certificate(const char *path, const char *suffix,
                                      struct adit_identity *identity)
{
    load_public_half(path, suffix, &identity->held);
    identity->blob = adit_buffer_span(&identity->held);
    if (!adit_blob_is_certificate(identity->blob))
        return ADIT_ERR_NOT_FOUND;
    identity->plain = adit_buffer_init(identity->blob.len);
    return adit_blob_plain(identity->blob, &identity->plain);
}

/* What signs for a certificate is what signs for its key. */
static void share_key(struct adit_identity *certificate, const struct adit_identity *key)
{
    certificate->key = key->key;
    certificate->path = key->path;
    certificate->locked = key->locked;
}

static void clear_identity(struct adit_identity *identity)
{
    adit_key_free(identity->own);
    adit_buffer_clear(&identity->held);
    adit_buffer_clear(&identity->plain);
    free(identity->comment);
    *identity = (struct adit_identity){ 0 };
}

/* Says why a file is passed over; an error where the settings require it. */
static enum adit_err pass_over(const struct adit_tunnel_settings *settings, struct adit_user *user,
                               enum adit_err err, const struct adit_failure *why)
{
    if (settings->identity_files_required)
        return err;
    adit_user_say(user, err == ADIT_ERR_NOT_FOUND ? ADIT_SAY_DEBUG1 : ADIT_SAY_INFO,
                  "passed over: %s", why->text);
    return ADIT_OK;
}

/* PATH-cert.pub; none, or one that is broken, is none. */
static void add_certificate_beside(struct adit_identities *out, const struct adit_identity *key)
{
    struct adit_identity *certificate = &out->items[out->count];

    if (read_certificate(key->path, "-cert.pub", certificate) != ADIT_OK) {
        clear_identity(certificate);
        return;
    }
    share_key(certificate, key);
    certificate->rank = RANK_OF_FILE;
    out->count++;
}

static enum adit_err read_files(const struct adit_tunnel_settings *settings, struct adit_user *user,
                                struct adit_identities *out, struct adit_failure *why)
{
    for (size_t i = 0; i < settings->identity_file_count; i++) {
        struct adit_identity *identity = &out->items[out->count];
        enum adit_err err = read_file(settings->identity_files[i], identity, why);

        if (err == ADIT_OK) {
            out->count++;
            add_certificate_beside(out, identity);
            continue;
        }
        clear_identity(identity);
        err = pass_over(settings, user, err, why);
        if (err)
            return err;
    }
    return ADIT_OK;
}

/* CertificateFile: each with the key that it certifies, from a file or, later, the agent. */
static void read_certificates(const struct adit_tunnel_settings *settings, struct adit_user *user,
                              struct adit_identities *out)
{
    const size_t key_count = out->count;

    for (size_t i = 0; i < settings->certificate_file_count; i++) {
        const char *path = settings->certificate_files[i];
        struct adit_identity *certificate = &out->items[out->count];

        if (read_certificate(path, "", certificate) != ADIT_OK) {
            adit_user_say(user, ADIT_SAY_INFO, "passed over: %s is no certificate", path);
            clear_identity(certificate);
            continue;
        }
        certificate->rank = RANK_OF_CERTIFICATE;
        for (size_t k = 0; k < key_count && certificate->path == NULL; k++)
            if (adit_span_equal(out->items[k].blob, adit_buffer_span(&certificate->plain)))
                share_key(certificate, &out->items[k]);
        out->count++;
    }
}

/* A public half whose private one is neither in its file nor in the agent is of no use. */
static enum adit_err drop_halves(const struct adit_tunnel_settings *settings,
                                 struct adit_user *user, struct adit_identities *out,
                                 struct adit_failure *why)
{
    enum adit_err err = ADIT_OK;
    size_t kept = 0;

    for (size_t i = 0; i < out->count; i++) {
        struct adit_identity *identity = &out->items[i];

        if (identity->key != NULL || identity->locked || identity->in_agent) {
            out->items[kept++] = *identity;
            continue;
        }
        if (identity->plain.len > 0) {
            adit_user_say(user, ADIT_SAY_INFO, "passed over: a certificate without its key");
        } else if (err == ADIT_OK) {
            err = adit_key_load(identity->path, NULL, &identity->own, why);
            err = err ? pass_over(settings, user, err, why) : ADIT_OK;
        }
        clear_identity(identity);
    }
    out->count = kept;
    return err;
}

static void sort(struct adit_identities *identities)
{
    for (size_t i = 1; i < identities->count; i++) {
        const struct adit_identity identity = identities->items[i];
        size_t at = i;

        for (; at > 0 && identities->items[at - 1].rank > identity.rank; at--)
            identities->items[at] = identities->items[at - 1];
        identities->items[at] = identity;
    }
}

enum adit_err adit_identities_read(const struct adit_tunnel_settings *settings,
                                   struct adit_user *user, struct adit_identities *out,
                                   struct adit_failure *failure)
{
    /* Each file may have a certificate beside it. */
    const size_t most = settings->key_count + 2 * settings->identity_file_count +
                        settings->certificate_file_count + ADIT_AGENT_KEYS_MAX;
    struct adit_failure why = { 0 };
    enum adit_err err;

    *out = (struct adit_identities){ .items = calloc(most, sizeof *out->items) };
    if (out->items == NULL)
        return adit_failure_return(failure, ADIT_ERR_NO_MEMORY, ADIT_LEG_CLIENT, "out of memory");
    for (size_t i = 0; i < settings->key_count; i++)
        out->items[out->count++] = (struct adit_identity){
            .key = settings->keys[i],
            .blob = adit_key_blob(settings->keys[i]),
        };
    err = read_files(settings, user, out, &why);
    if (!err) {
        read_certificates(settings, user, out);
        err = adit_agent_add(settings, user, out);
    }
    if (!err)
        err = drop_halves(settings, user, out, &why);
    sort(out);
    if (err == ADIT_OK)
        return ADIT_OK;
    adit_identities_clear(out);
    if (why.text[0] == '\0')
        adit_failure_set(&why, err, ADIT_LEG_CLIENT, "keys: %s", adit_err_text(err));
    if (failure != NULL)
        *failure = why;
    return err;
}

void adit_identities_clear(struct adit_identities *identities)
{
    for (size_t i = 0; i < identities->count; i++)
        clear_identity(&identities->items[i]);
    free(identities->items);
    *identities = (struct adit_identities){ 0 };
}

/* Takes the private key over. false: it does not belong to the public half. */
static bool adopt_private(struct adit_identity *identity, struct adit_user *user,
                          struct adit_key *private_key)
{
    const struct adit_span known =
        identity->plain.len > 0 ? adit_buffer_span(&identity->plain) : identity->blob;

    if (known.len > 0 && !adit_span_equal(known, adit_key_blob(private_key))) {
        adit_user_say(user, ADIT_SAY_ERROR, "key %s: %s.pub beside it is of another key",
                      identity->path, identity->path);
        adit_key_free(private_key);
        return false;
    }
    identity->own = private_key;
    identity->key = private_key;
    if (identity->plain.len == 0)
        identity->blob = adit_key_blob(private_key);
    identity->locked = false;
    return true;
}

void adit_identities_unlocked(struct adit_identities *identities,
                              const struct adit_identity *unlocked)
{
    for (size_t i = 0; i < identities->count; i++) {
        struct adit_identity *identity = &identities->items[i];

        if (identity == unlocked || !identity->locked || unlocked->path == NULL ||
            strcmp(identity->path, unlocked->path) != 0)
            continue;
        identity->key = unlocked->key;
        identity->locked = false;
        if (identity->plain.len == 0)
            identity->blob = adit_key_blob(unlocked->key);
    }
}

/* With what was asked for another login. A key that has another passphrase by now is asked for. */
static struct adit_key *unlock_again(const struct adit_identity *identity, struct adit_user *user)
{
    char passphrase[ADIT_ANSWER_SIZE];
    struct adit_key *key = NULL;

    if (adit_passphrases_find(user->passphrases, identity->path, passphrase, sizeof passphrase))
        (void)!adit_key_load(identity->path, passphrase, &key, NULL);
    adit_wipe(passphrase, sizeof passphrase);
    return key;
}

static struct adit_key *ask_and_unlock(const struct adit_identity *identity, struct adit_user *user,
                                       unsigned tries)
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
    if (key != NULL)
        adit_passphrases_keep(user->passphrases, identity->path, answer);
    adit_wipe(answer, sizeof answer);
    return key;
}

bool adit_identity_unlock(struct adit_identity *identity, struct adit_user *user, unsigned tries)
{
    struct adit_key *key = unlock_again(identity, user);

    if (key == NULL && !user->is_unattended) {
        adit_passphrases_take_turn(user->passphrases);
        key = unlock_again(identity, user);
        if (key == NULL)
            key = ask_and_unlock(identity, user, tries);
        adit_passphrases_end_turn(user->passphrases);
    }
    identity->unopened = key == NULL;
    return key != NULL && adopt_private(identity, user, key);
}

const char *adit_identity_text(const struct adit_identity *identity, char *out, size_t size)
{
    const struct adit_span type = adit_blob_type(identity->blob);
    char fingerprint[ADIT_FINGERPRINT_SIZE] = "";
    char comment[COMMENT_SIZE];

    if (identity->blob.len > 0)
        adit_blob_fingerprint(identity->blob, fingerprint);
    if (identity->path != NULL)
        (void)snprintf(out, size, "key %s%s%s", identity->path, fingerprint[0] ? " " : "",
                       fingerprint);
    else
        (void)snprintf(out, size, "key %.*s %s", (int)type.len, (const char *)type.data,
                       fingerprint);
    if (identity->comment != NULL)
        (void)snprintf(
            out + strlen(out), size - strlen(out), " of the agent (%s)",
            adit_text_printable(adit_span_text(identity->comment), comment, sizeof comment));
    return out;
}
