/* SPDX-License-Identifier: BSD-2-Clause */
/* Key files on disk: opened with their passphrase, written whole or not at all. */
#ifndef ADIT_APP_KEY_STORE_H
#define ADIT_APP_KEY_STORE_H

#include "adit/key.h"

#include "password_file.h"

/* To be cleared, which wipes. */
struct adit_key_file_text {
    char *data; /* NUL-terminated */
    size_t len;
};

/* The file, or stdin for "-". False: it has been said why. */
bool adit_key_file_read(const char *path, struct adit_key_file_text *out);
void adit_key_file_clear(struct adit_key_file_text *text);

static inline struct adit_span adit_key_file_span(const struct adit_key_file_text *text)
{
    return (struct adit_span){ (const uint8_t *)text->data, text->len };
}

/* A key and what it took to open it. To be cleared, which wipes. */
struct adit_opened_key {
    struct adit_key_description description;
    struct adit_key *key;
    char passphrase[ADIT_PASSWORD_SIZE]; /* "" when it is not encrypted */
};

/*
 * Reads a private or public key. Of an encrypted one the passphrase is in
 * `passphrase_file`, or asked for when that is NULL. False: it has been said why.
 */
bool adit_key_open(const char *path, const char *passphrase_file, struct adit_opened_key *out);
/* The same of a file that has been read already. */
bool adit_key_open_text(const char *path, struct adit_span text, const char *passphrase_file,
                        struct adit_opened_key *out);
void adit_opened_key_clear(struct adit_opened_key *opened);

/*
 * The passphrase for a file that is to be written: from `file`, or asked for
 * twice when that is NULL; "" is none. False: it has been said why.
 */
bool adit_key_ask_new_passphrase(const char *file, const char *path,
                                 char out[static ADIT_PASSWORD_SIZE]);

/*
 * Writes the key to a new file beside `path` and gives that its name, with mode
 * 0600, or 0644 for a public format; "-" is stdout. Unless `force` is set, a file
 * that is there stays as it is. False: it has been said why.
 */
bool adit_key_store(const struct adit_key *key, const struct adit_key_writing *how,
                    const char *path, bool force);

#endif
