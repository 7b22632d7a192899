/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Keys: a public key, or a private key with its public half. Immutable once
 * made; may be read from several threads. Secrets are wiped by adit_key_free().
 */
#ifndef ADIT_KEY_H
#define ADIT_KEY_H

#include "adit/err.h"

#ifdef __cplusplus
extern "C" {
#endif

struct adit_key;

enum adit_key_type {
    ADIT_KEY_ED25519,
    ADIT_KEY_ECDSA_P256,
    ADIT_KEY_ECDSA_P384,
    ADIT_KEY_ECDSA_P521,
    ADIT_KEY_RSA,
};

/* What is done about a host key that is not in known_hosts. */
enum adit_host_key_policy {
    ADIT_HOST_KEY_STRICT,     /* unknown keys are refused */
    ADIT_HOST_KEY_ASK,        /* …are shown to the prompt callback */
    ADIT_HOST_KEY_ACCEPT_NEW, /* …are taken and written down; a changed one is refused */
    ADIT_HOST_KEY_OFF,        /* every key is taken (StrictHostKeyChecking=no): a changed one
                                 with a warning, and then without passwords */
};

/* "SHA256:" and 43 letters, with its NUL. */
#define ADIT_FINGERPRINT_SIZE 51

/*
 * Reads a private key from the text of a key file; what format it is in is told
 * by its content: OpenSSH ("BEGIN OPENSSH PRIVATE KEY"), PEM (PKCS#1, SEC1,
 * PKCS#8). `passphrase` may be NULL.
 * FORMAT: no key, or broken. PASSPHRASE: encrypted, and the passphrase is
 * missing or wrong. UNSUPPORTED: a kind of key or encryption that is not known
 * here. LIMIT: an RSA key under 2048 or over 16384 bits, more than 1024 rounds
 * of bcrypt (seconds of work), or a text over 1 MiB.
 */
ADIT_API ADIT_MUST_USE enum adit_err adit_key_read_private(struct adit_span text,
                                                           const char *passphrase,
                                                           struct adit_key **out);

/*
 * Reads one line of a public key file, "ssh-ed25519 AAAA… comment". FORMAT,
 * UNSUPPORTED, LIMIT as above.
 */
ADIT_API ADIT_MUST_USE enum adit_err adit_key_read_public(struct adit_span line,
                                                          struct adit_key **out);

/* Makes a key from a public key blob (RFC 4253, 6.6). MALFORMED, UNSUPPORTED, LIMIT. */
ADIT_API ADIT_MUST_USE enum adit_err adit_key_from_blob(struct adit_span blob,
                                                        struct adit_key **out);

/* A new key pair. `bits` is for RSA only: 2048 to 16384, 0 for 3072. LIMIT, CRYPTO. */
ADIT_API ADIT_MUST_USE enum adit_err adit_key_generate(enum adit_key_type type, unsigned bits,
                                                       const char *comment, struct adit_key **out);

ADIT_API void adit_key_free(struct adit_key *key);

ADIT_API enum adit_key_type adit_key_type(const struct adit_key *key);
ADIT_API unsigned adit_key_bits(const struct adit_key *key);
ADIT_API bool adit_key_is_private(const struct adit_key *key);
/* The name in its blob: "ssh-ed25519", "ecdsa-sha2-nistp256", "ssh-rsa". Static. */
ADIT_API const char *adit_key_name(const struct adit_key *key);
/* The comment, "" when there is none. Lives as long as the key. Not made safe to show. */
ADIT_API const char *adit_key_comment(const struct adit_key *key);
/* The public key blob (RFC 4253, 6.6). Lives as long as the key. */
ADIT_API struct adit_span adit_key_blob(const struct adit_key *key);
/* "SHA256:…" as ssh-keygen -l shows it. */
ADIT_API void adit_key_fingerprint(const struct adit_key *key, char out[ADIT_FINGERPRINT_SIZE]);
/* The same of a blob that need not be a key that is known here. */
ADIT_API void adit_blob_fingerprint(struct adit_span blob, char out[ADIT_FINGERPRINT_SIZE]);

/*
 * The private key as an OpenSSH key file without passphrase, and the public
 * one as a line of a .pub file with its newline. `*out` is NUL-terminated and
 * goes back with adit_key_text_free(), which wipes it.
 */
ADIT_API ADIT_MUST_USE enum adit_err adit_key_write_private(const struct adit_key *key, char **out);
ADIT_API ADIT_MUST_USE enum adit_err adit_key_write_public(const struct adit_key *key, char **out);
ADIT_API void adit_key_text_free(char *text);

#ifdef __cplusplus
}
#endif

#endif
